"""Rules of what a transport carries: events whole, of every name and size, in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any, cast

from tidings.encoding import encode
from tidings.event import Counts, Event, Position
from tidings.names import CHANNEL_LIMIT, CONTROL_CHANNEL, EVENT_LIMIT
from tidings.protocols import Log
from tidings.service import DISCONNECT
from tidings.testing.far_side import FarSide, Store, Transport
from tidings.testing.heard import pushed, without_id
from tidings.testing.rules import equal, rule
from tidings.testing.samples import a_channel, an_inbox, logged, said, told


@rule("transport.push.unheard")
async def unheard(far: FarSide) -> None:
    """Events that nobody listens for, or that come again, are taken all the same."""
    async with far.transport() as transport:
        event = said(a_channel())
        for _ in range(2):
            await pushed(transport, [event, said(a_channel())])


@rule("transport.event.whole", "subscribe")
async def whole(far: FarSide) -> None:
    """All of an event comes through, data byte for byte; none of it is made up."""
    async with far.transport() as node, far.transport() as other:
        channel, without_log, heard = an_inbox(), a_channel(), far.heard()
        at: dict[str, Any] = {"position": Position("epoch-é", 7), "counts": Counts(3, 0)}
        events = [
            told(channel, heading="Grüße, 世界 👋🏽")._replace(**at, origin="connection 7"),
            said(channel, b'{ "spaced" :\t[1.50, 1e3, "\\u00e9\\u0000"] }', **at),
            said(without_log, b"null", name="grüße 👋", id="!id~" * 32, origin="é"),
            said(channel, b"{}", position=Position("e", 2**53), counts=Counts(0, 0)),
        ]
        async with (
            node.subscribe(channel=channel, deliver=heard),
            node.subscribe(channel=without_log, deliver=heard),
        ):
            events = await _in_its_log(other, events)
            await pushed(other, events)
            if node.abilities.carries:  # a remote one is not told of others' connections
                events = [event._replace(origin=None) for event in events]
            await heard.all_of(events)
        events = [without_id(event) for event in events] if far.bare else events
        equal("what was heard", {e.id: e for e in heard.events}, {e.id: e for e in events})


@rule("transport.event.unlogged", "subscribe")
async def unlogged(far: FarSide) -> None:
    """Events without a position are carried as any other, and come without one."""
    async with far.transport() as node, far.transport() as other:
        heard, channel = far.heard(), a_channel()
        async with node.subscribe(channel=channel, deliver=heard):
            await heard.all_of(await pushed(other, [said(channel)]))
        equal("positions", [event.position for event in heard.events], [None])


@rule("transport.event.names", "subscribe")
async def names(far: FarSide) -> None:
    """Channels of every kind and length are carried; events' names of 200 characters too."""
    prefixes = ["", "private-", "presence-", "cache-", "private-encrypted-"]
    dotted, longest = ".k..k.", "k" * CHANNEL_LIMIT
    channels = [*(prefix + "k_=@,.;9" for prefix in prefixes), dotted, longest]
    async with far.transport() as node, far.transport() as other, AsyncExitStack() as stack:
        heard = far.heard()
        for name in channels:
            await stack.enter_async_context(node.subscribe(channel=name, deliver=heard))
        events = [said(name, name="👋" * EVENT_LIMIT) for name in channels]
        await heard.all_of(await pushed(other, events))


@rule("transport.event.control", "subscribe", "broker")
async def control(far: FarSide) -> None:
    """That a user is cut off is told to every node."""
    async with far.transport() as node, far.transport() as other:
        heard, told = far.heard(), {"user": "kit", "revoked": False}
        async with node.subscribe(channel=CONTROL_CHANNEL, deliver=heard):
            await pushed(other, [said(CONTROL_CHANNEL, encode(told), name=DISCONNECT)])
            await heard.until(
                lambda event: event.name == DISCONNECT and json.loads(event.data) == told,
                f"{DISCONNECT} {told}",
            )


@rule("transport.order.batch", "subscribe")
async def batch_order(far: FarSide) -> None:
    """On a quiet line, what is pushed in order arrives in order, in one batch and in several."""
    async with far.transport() as node, far.transport() as other:
        heard, channel = far.heard(), a_channel()
        events = [said(channel, b"%d" % number) for number in range(120)]
        async with node.subscribe(channel=channel, deliver=heard):
            for start, end in ((0, 100), (100, 101), (101, 120)):
                await pushed(other, events[start:end])
            await heard.all_of(events)
        arrived = [int(event.data) for event in heard.events]
        equal("order of arrival", arrived, list(range(120)))


async def _in_its_log(transport: Transport, events: Sequence[Event]) -> list[Event]:
    """Persist those that have a position where the transport is the store as well.

    It may then carry no more than the word that its log has grown.
    """
    if not isinstance(transport, Log):
        return list(events)
    bare = [event._replace(position=None, counts=None) for event in events if event.position]
    found = iter(await logged(cast("Store", transport), bare))
    return [next(found) if event.position else event for event in events]


RULES = (unheard, whole, unlogged, names, control, batch_order)
