"""What an application under test has pushed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from tidings.event import Delivery, Event
from tidings.hooks import hookimpl
from tidings.names import channel_user, user_channel
from tidings.notification import NOTIFICATION, Notification
from tidings.service import Tidings
from tidings.testing.selection import Selection


class SentEvent(NamedTuple):
    """A plain event as it was sent, for a test to look at; `data` is what its JSON says.

    Example:
        event = pushed.events("news").one(name="headline")
        assert event.data == {"text": "Rain at last"}
    """

    name: str
    data: Any
    id: str
    origin: str | None


class Pushed:
    """A plugin that notes what a `Tidings` object pushes and publishes, to be asserted on.

    It notes what the store has accepted, by whichever way it came, each once: a duplicate is none
    of it, and what is scheduled is none of it until it is sent. To note what several objects
    push, give it to each.

    Example:
        pushed = Pushed()
        async with Tidings(pushed, MemoryStore()) as tidings:
            await tidings.push("ann", Notification(heading="Build passed"))
        assert pushed.to("ann").one().heading == "Build passed"
    """

    def __init__(self) -> None:
        self._events: dict[tuple[str, str], Event] = {}  # all ever, as each is noted once
        self._forgotten = 0

    def to(self, user: str) -> Selection[Notification]:
        """Return the notifications that this user was given up to now.

        Raises:
            InvalidName: the user id cannot be one.

        Example:
            pushed.to("ann").one(heading="Build passed")
            pushed.to("bob").none()
        """
        channel = user_channel(user)
        return Selection(
            f"notification to {user!r}",
            [Notification.from_json(event.data) for event in self._notifications(channel)],
            tuple(Notification.model_fields),
            self._others(channel),
        )

    def events(self, channel: str) -> Selection[SentEvent]:
        """Return what was sent on this channel up to now, users' channels and changes included.

        Example:
            pushed.events("news").one(name="headline", data={"text": "Rain at last"})
        """
        return Selection(
            f"event on {channel!r}",
            [_sent(event) for event in self._noted() if event.channel == channel],
            SentEvent._fields,
            _counted("Sent on other channels", self._channels(channel)),
        )

    def users(self) -> list[str]:
        """Return who was given any notification, in the order in which they first were.

        Example:
            assert pushed.users() == ["ann", "bob"]
        """
        return list(dict.fromkeys(map(_user, self._notifications())))

    def clear(self) -> None:
        """Forget what was pushed up to now, as a test does once it has set the scene."""
        self._forgotten = len(self._events)

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        """Watch this object until it closes."""
        with tidings.observe(_Observer(self._events)):
            yield

    def _noted(self) -> Sequence[Event]:
        """Return what was noted up to now; an event loop in another thread may go on noting."""
        return list(self._events.values())[self._forgotten :]

    def _notifications(self, channel: str | None = None) -> Iterator[Event]:
        for event in self._noted():
            if event.name == NOTIFICATION and channel in (None, event.channel):
                yield event

    def _channels(self, but: str) -> Iterator[str]:
        return (event.channel for event in self._noted() if event.channel != but)

    def _others(self, but: str) -> str:
        users = [_user(event) for event in self._notifications() if event.channel != but]
        return _counted("Pushed to others", users)


class _Observer:
    """Sees what leaves, and not what is heard: that is the same, or another process's."""

    def __init__(self, events: dict[tuple[str, str], Event]) -> None:
        self._events = events

    def shipped(self, events: Sequence[Event]) -> None:
        for event in events:
            self._events.setdefault((event.channel, event.id), event)

    def heard(self, deliveries: Sequence[Delivery]) -> None:
        pass


def _user(event: Event) -> str:
    return channel_user(event.channel) or event.channel


def _sent(event: Event) -> SentEvent:
    return SentEvent(event.name, json.loads(event.data), event.id, event.origin)


def _counted(title: str, names: Iterator[str] | Sequence[str]) -> str:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    shown = ", ".join(f"{name!r} ({count})" for name, count in counts.items())
    return f"{title}: {shown or 'nothing'}."
