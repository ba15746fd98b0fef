"""Events to try a plugin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tidings.event import Event, Stored
from tidings.ids import new_id
from tidings.names import user_channel
from tidings.notification import NOTIFICATION, Notification
from tidings.testing.far_side import FarSide, Store
from tidings.testing.rules import Unmet, hold


def a_channel() -> str:
    """Return the name of a public channel that nobody used before."""
    return f"kit-{new_id()}"


def an_inbox() -> str:
    """Return the channel of a user whom nobody has heard of before."""
    return user_channel(f"kit-{new_id()}")


def said(channel: str, data: bytes | None = None, name: str = "said", **fields: Any) -> Event:
    """Return a plain event, whose data is like no other's."""
    event = Event(channel, name, data or b"", **{"id": new_id(), **fields})
    return event if data is not None else event._replace(data=b'{"said": "%b"}' % event.id.encode())


def told(channel: str, **fields: Any) -> Event:
    """Return the event that a notification is."""
    notification = Notification(**{"heading": "Build passed", **fields})
    return Event(channel, NOTIFICATION, notification.to_json(), notification.id)


async def append(store: Store, events: Iterable[Event]) -> list[Stored]:
    """Persist these events in one batch; all must be stored."""
    given = list(events)
    results = await store.persist(events=given)
    hold(f"{len(given)} results for {len(given)} events", len(results) == len(given), results)
    return [_stored(result) for result in results]


async def logged(store: Store, events: Iterable[Event]) -> list[Event]:
    """Persist these events; return them as they now stand in the log."""
    given = list(events)
    stored = await append(store, given)
    return [
        event._replace(position=result.position, counts=result.counts)
        for event, result in zip(given, stored, strict=True)
    ]


async def offsets_in_log(store: Store, channel: str) -> list[int]:
    """Return the offsets that a channel's log has."""
    return offsets((await store.recall(channel, 0, 1000)).events)


async def fired(far: FarSide, store: Store, now: datetime) -> Sequence[Event]:
    """Let the store fire all that is due at this moment; return the events."""
    far.now = now
    events: list[Event] = []
    for _ in range(1000):
        answer = await store.fire(far.now, 100)
        events += answer.events
        if answer.due is None or answer.due > far.now:
            return events
    raise Unmet("an end to what is due", f"{answer.due} at {far.now}, after 1000 times")


def offsets(events: Sequence[Event | Stored]) -> list[int]:
    """Return the offsets of events or results, which all must have one."""
    positions = [event.position for event in events]
    hold("a position for each event", all(positions), positions)
    return [position.offset for position in positions if position]


def _stored(result: Stored | Exception) -> Stored:
    if not isinstance(result, Stored):
        raise Unmet("Stored, for an event that nothing speaks against", repr(result))
    return result
