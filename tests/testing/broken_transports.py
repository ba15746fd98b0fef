"""Transports and policies that each break the kit's rules in one way."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count

from tidings import AccessRequest, Denial, Event, Grant, Member, Undeliverable, hookimpl
from tidings.names import CONTROL_CHANNEL, USER_PREFIX
from tidings.policy import OwnChannels
from tidings_memory import MemoryBroker


class ReversesBatches(MemoryBroker):
    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(events=events[::-1])


class RewritesJson(MemoryBroker):
    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        rewritten = [e._replace(data=json.dumps(json.loads(e.data)).encode()) for e in events]
        await super().push(events=rewritten)


class LosesOrigins(MemoryBroker):
    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(events=[event._replace(origin=None) for event in events])


class CarriesLittle(MemoryBroker):
    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        if any(len(event.data) > 10_000 for event in events):
            raise Undeliverable("too large")
        await super().push(events=events)


class IgnoresCase(MemoryBroker):
    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        names = {name.lower(): name for name in reversed(self._listeners)}
        named = [e._replace(channel=names.get(e.channel.lower(), e.channel)) for e in events]
        await super().push(events=named)


class NeverLeaves(MemoryBroker):
    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        await super().subscribe(channel=channel, deliver=deliver).__aenter__()
        yield


class HearsTheFirstOnly(MemoryBroker):
    def _deliver(self, event: Event) -> None:
        for deliver in self._listeners.get(event.channel, ())[:1]:
            with suppress(Exception):
                deliver(event)


class DeliversFromAThread(MemoryBroker):
    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        for event in events:
            await asyncio.to_thread(self._deliver, event)


class KeepsControlToItself(MemoryBroker):
    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(events=[event for event in events if event.channel != CONTROL_CHANNEL])


class DropsWhatWaits(MemoryBroker):
    ROOM = 200

    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        waiting = deque[Event]()

        def one() -> None:
            if waiting:
                deliver(waiting.popleft())

        def take(event: Event) -> None:
            if len(waiting) < self.ROOM:
                waiting.append(event)
                asyncio.get_running_loop().call_soon(one)

        async with super().subscribe(channel=channel, deliver=take):
            yield
        waiting.clear()


class TellsEveryConnection(MemoryBroker):
    @asynccontextmanager
    async def enter(self, channel: str, member: Member) -> AsyncIterator[None]:
        async with super().enter(channel, member), MemoryBroker.enter(self._aside, channel, member):
            yield

    @property
    def _aside(self) -> MemoryBroker:
        aside = MemoryBroker()
        aside._listeners = self._listeners
        return aside


BROKEN_TRANSPORTS = {
    ReversesBatches: {"transport.order.batch"},
    RewritesJson: {"transport.event.whole"},
    LosesOrigins: {"transport.event.whole"},
    CarriesLittle: {"transport.event.largest"},
    IgnoresCase: {"transport.subscribe.own_channel"},
    NeverLeaves: {"transport.subscribe.left", "transport.subscribe.cancelled"},
    HearsTheFirstOnly: {"transport.nodes.all_hear"},
    DeliversFromAThread: {"transport.subscribe.on_loop"},
    KeepsControlToItself: {"transport.event.control"},
    DropsWhatWaits: {"transport.subscribe.stalled"},
    TellsEveryConnection: {"transport.presence.events"},
}
"""Each with the ids of exactly the rules that it breaks."""


class ComparesBeginnings(OwnChannels):
    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        own = request.identity and request.channel.startswith(USER_PREFIX + request.identity.user)
        return Grant() if own and request.action == "inbox" else None


class GrantsEverything(OwnChannels):
    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        return Grant()


class SaysYes(OwnChannels):
    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        return bool(await super().authorize(request=request))  # type: ignore[return-value]


class ThinksForEver(OwnChannels):
    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        if request.channel == "presence-kit":
            await asyncio.Event().wait()
        return await super().authorize(request=request)


class DrawsLots(OwnChannels):
    def __init__(self) -> None:
        self._lots = count()

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | Denial | None:  # type: ignore[override]
        return Denial() if next(self._lots) % 3 else await super().authorize(request=request)


BROKEN_POLICIES = {
    ComparesBeginnings: {"policy.users.own_channel_only"},
    GrantsEverything: {"policy.users.own_channel_only", "policy.users.nobody_steers"},
    SaysYes: {"policy.answer.type"},
    ThinksForEver: {"policy.answer.quick"},
    DrawsLots: {"policy.answer.same", "policy.answer.together"},
}
"""Each with the ids of exactly the rules that it breaks."""
