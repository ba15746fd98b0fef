"""Plugins that implement all that their abilities need, and are not what they claim."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from testing.broken_transports import CarriesLittle, KeepsControlToItself
from testing.far_sides import shared
from testing.log_alone import LogAlone
from tidings import Abilities, Event, Fired, Member, Scheduled, hookimpl
from tidings.testing import Make, Node
from tidings_memory import MemoryBroker, MemoryStore


class LastingStore(MemoryStore):
    abilities = Abilities(durable=True)


class KnowsNobody(MemoryBroker):
    async def members(self, channel: str) -> Sequence[Member]:
        return []


class Peer(MemoryBroker):
    """Brings events to all others, and not to itself."""

    abilities = Abilities(role="broker", local=True, taskless=True)

    def __init__(self, peers: list[MemoryBroker]) -> None:
        super().__init__()
        peers.append(self)
        self._peers = peers

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        for peer in self._peers:
            if peer is not self:
                await MemoryBroker.push(peer, events=events)


class StartsATask(MemoryBroker):
    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        task = asyncio.create_task(asyncio.Event().wait())
        try:
            async with super().subscribe(channel=channel, deliver=deliver):
                yield
        finally:
            task.cancel()
            await asyncio.wait([task])


class StoresAndIsSilent(LogAlone, MemoryBroker):
    abilities = Abilities(role="broker", local=True, taskless=True, carries=True)

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(events=[event._replace(origin=None) for event in events])


class HandsOnWhatIsDue(LogAlone):
    abilities = Abilities(carries=True)

    async def schedule(
        self, events: Sequence[Event], at: datetime
    ) -> Sequence[Scheduled | Exception]:
        return await self._memory.schedule(events, at)

    async def cancel(self, id: str) -> int:  # noqa: A002
        return await self._memory.cancel(id)

    async def fire(self, now: datetime, limit: int) -> Fired:
        return await self._memory.fire(now, limit)


class HearsNothing(MemoryBroker):
    abilities = Abilities(role="carrier", listen=True)

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        """Take them, and that is all."""


class CarriesLess(CarriesLittle):
    abilities = Abilities(
        role="broker", presence=True, local=True, taskless=True, max_payload=10_001
    )


class TellsNothingOfTheLarge(CarriesLittle):
    abilities = Abilities(
        role="broker", presence=True, local=True, taskless=True, max_payload=10_000, stubs=True
    )


class GivesOneId(MemoryBroker):
    abilities = Abilities(role="broker", local=True, taskless=True, bare=True)

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(events=[e if e.position else e._replace(id="same") for e in events])


class LosesIds(MemoryBroker):
    """Claims less than it must."""

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(events=[e if e.position else e._replace(id="") for e in events])


@asynccontextmanager
async def peers() -> AsyncIterator[Node]:
    them: list[MemoryBroker] = []
    yield lambda: Peer(them)


FALSE: Sequence[tuple[str, Make, str]] = (
    ("role", shared(KeepsControlToItself), "transport.event.control"),
    ("durable", shared(LastingStore), "store.connect.durable"),
    ("presence", shared(KnowsNobody), "transport.presence.members"),
    ("local", peers, "transport.nodes.hears_itself"),
    ("taskless", shared(StartsATask), "transport.subscribe.taskless"),
    ("carries", shared(StoresAndIsSilent), "transport.carries.heard"),
    ("carries", shared(HandsOnWhatIsDue), "store.schedule.carried"),
    ("listen", shared(HearsNothing), "transport.subscribe.confirmed"),
    ("max_payload", shared(CarriesLess), "transport.event.largest"),
    ("stubs", shared(TellsNothingOfTheLarge), "transport.event.stubs"),
    ("bare", shared(GivesOneId), "transport.event.own_ids"),
    ("bare", shared(LosesIds), "transport.event.whole"),
)
"""An ability that is claimed falsely, by whom, and the rule that finds it out."""
