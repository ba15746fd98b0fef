"""Rules of brokers that know who is on a channel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack

from tidings.event import Event
from tidings.presence import MEMBER_ADDED, MEMBER_REMOVED, Member
from tidings.testing.far_side import FarSide
from tidings.testing.heard import pushed
from tidings.testing.rules import equal, rule
from tidings.testing.samples import said

_CHANNEL = "presence-kit"


@rule("transport.presence.members", "presence")
async def members(far: FarSide) -> None:
    """Each user is there once, in the order they came, on every node, while one connection is."""
    async with far.transport() as one, far.transport() as other, AsyncExitStack() as bob:
        ann = Member("ann", {"name": "Änn 👋"})
        equal("at first", list(await one.members(_CHANNEL)), [])
        await bob.enter_async_context(one.enter(_CHANNEL, Member("bob")))
        async with one.enter(_CHANNEL, ann):
            async with other.enter(_CHANNEL, ann):
                await bob.aclose()
                equal("with two connections", list(await other.members(_CHANNEL)), [ann])
            async with other.enter(_CHANNEL, Member("bob")):
                equal("with one", list(await one.members(_CHANNEL)), [ann, Member("bob")])
        equal("in the end", list(await other.members(_CHANNEL)), [])


@rule("transport.presence.events", "presence", "subscribe")
async def events(far: FarSide) -> None:
    """A user's first connection is told to the channel's listeners, and the end of the last."""
    async with far.transport() as one, far.transport() as other:
        heard, fence = far.heard(), said(_CHANNEL)
        ann = Member("ann", {"name": "Änn"})
        async with one.subscribe(channel=_CHANNEL, deliver=heard):
            async with other.enter(_CHANNEL, ann), other.enter(_CHANNEL, ann):
                pass
            await heard.all_of(await pushed(other, [fence]))
        told = [event for event in heard.events if event != fence]
        equal("what was told", [event.name for event in told], [MEMBER_ADDED, MEMBER_REMOVED])
        expected = [{"user": "ann", "info": {"name": "Änn"}}, {"user": "ann"}]
        equal("of whom", _data(told), expected)


@rule("transport.presence.apart", "presence")
async def apart(far: FarSide) -> None:
    """Who is on one channel is on no other."""
    async with far.transport() as node, node.enter(_CHANNEL, Member("ann")):
        equal("on another channel", list(await node.members("presence-KIT")), [])


def _data(events: Sequence[Event]) -> list[object]:
    return [json.loads(event.data) for event in events]


RULES = (members, events, apart)
