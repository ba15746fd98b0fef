"""Who listens to which channel in this process, and how far each is known to have come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tidings.event import Event, Position
from tidings.ids import new_id
from tidings_sql.growth import Growth

_NOWHERE = Position("", 0)


class _Listener:
    __slots__ = ("deliver", "seen")

    def __init__(self, deliver: Callable[[Event], None]) -> None:
        self.deliver = deliver
        self.seen: Position | None = None

    def saw(self, position: Position | None) -> None:
        seen = self.seen
        if position and not (seen and seen.epoch == position.epoch and seen > position):
            self.seen = position


class Listeners:
    """Delivers what is heard, and notes the newest position of each channel.

    What is delivered may have holes and come twice: the core mends that.
    """

    def __init__(self) -> None:
        self._listeners: dict[str, _Listener] = {}

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def add(self, channel: str, deliver: Callable[[Event], None]) -> None:
        """Have what is heard on a channel delivered."""
        self._listeners[channel] = _Listener(deliver)

    def remove(self, channel: str) -> None:
        """Deliver nothing more of a channel."""
        del self._listeners[channel]

    @property
    def channels(self) -> Sequence[str]:
        """The channels that are listened to."""
        return list(self._listeners)

    def known(self, channels: Iterable[str]) -> Sequence[tuple[str, Position | None]]:
        """Return those of these channels that are listened to, each with its newest position."""
        listeners = self._listeners
        return [(name, listeners[name].seen) for name in channels if name in listeners]

    def saw(self, heads: Mapping[str, Position]) -> None:
        """Note how far channels have come."""
        for channel, head in heads.items():
            self._listeners[channel].saw(head)

    def pushed(self, events: Iterable[Event]) -> None:
        """Note what this process pushed: it hears that by itself."""
        for event in events:
            listener = self._listeners.get(event.channel)
            if listener is not None:
                listener.saw(event.position)

    def carried(self, events: Iterable[Event]) -> None:
        """Deliver events that another process pushed."""
        for event in events:
            listener = self._listeners.get(event.channel)
            if listener is not None:
                listener.saw(event.position)
                listener.deliver(event)

    def grown(self, found: Iterable[Growth]) -> None:
        """Deliver what was read of logs."""
        for channel, head, event in found:
            listener = self._listeners.get(channel)
            if listener is None:
                continue
            if event is not None:
                listener.saw(event.position)
                listener.deliver(event)
                continue
            if listener.seen is not None:
                listener.deliver(_elsewhere(channel))
            listener.seen = head


def _elsewhere(channel: str) -> Event:
    """Return an event of an epoch that no log has.

    There is none to deliver where a log is at another place than before and has nothing there. For
    this one the core asks the log; nobody else gets to see it.
    """
    return Event(channel, "tidings:elsewhere", b"null", new_id(), _NOWHERE)
