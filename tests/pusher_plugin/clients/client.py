"""What a JavaScript client told its page, and how a test waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from node_process import Line

if TYPE_CHECKING:
    from pusher_plugin.clients.page import Page


@dataclass(frozen=True, slots=True)
class Heard:
    """What a client told its page.

    Attributes:
        source: channel, connection, user, watchlist, echo; or frame, as it came on the wire.
        event: its name.
        channel: where there is one.
        data: as the client gives it: parsed, decrypted.
        metadata: of events that were bound by name.
    """

    source: str
    event: str
    channel: str | None
    data: Any
    metadata: Any

    @classmethod
    def of(cls, line: Line) -> Heard:
        channel, data = line.get("channel"), line.get("data")
        return cls(line["source"], line["event"], channel, data, line.get("metadata"))


class Client:
    """One client of a page.

    Attributes:
        heard: all that it told so far, in order.
    """

    def __init__(self, page: Page, name: str) -> None:
        self.heard: list[Heard] = []
        self._page = page
        self._name = name
        self._read = 0

    async def do(self, command: str, **arguments: Any) -> Any:
        """Have it do what the driver calls so."""
        return await self._page.node.ask(command, client=self._name, **arguments)

    async def event(
        self, event: str, channel: str | None = None, *, source: str = "channel"
    ) -> Heard:
        """Wait for the next event of this name; what came before it is not looked at again."""

        def found() -> Heard | None:
            for index in range(self._read, len(self.heard)):
                each = self.heard[index]
                named = (each.source, each.event) == (source, event)
                if named and channel in (None, each.channel):
                    self._read = index + 1
                    return each
            return None

        return await self._page.once(found, f"{source} event {event!r} of {channel or 'any'}")

    async def state(self, state: str) -> None:
        """Wait until its connection is in this state."""
        await self._page.once(lambda: self.states()[-1:] == [state], f"state {state!r}")

    def states(self) -> list[str]:
        """Return the states that its connection went through."""
        changes = (each.data for each in self.heard if each.event == "state_change")
        return [change["current"] for change in changes]

    def events(self, channel: str, source: str = "channel") -> list[str]:
        """Return the names of what it heard on a channel."""
        chosen = (each for each in self.heard if (each.source, each.channel) == (source, channel))
        return [each.event for each in chosen]
