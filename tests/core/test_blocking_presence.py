"""Who is on a channel, asked and told from threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import anyio
import pytest

from tidings import Abilities, Event, Member, Unsupported, hookimpl
from tidings.blocking import Tidings
from tidings_memory import MemoryBroker

ANN = Member("ann", {"name": "Ann"})


class DeafBroker:
    """Hears itself, it says."""

    abilities = Abilities(role="broker", local=True)

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        pass

    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        yield


class TaskGroupBroker(DeafBroker):
    """Its presence must be left in the task that entered it."""

    abilities = Abilities(role="broker", presence=True, local=True)

    def __init__(self) -> None:
        self.left: list[Member] = []

    @asynccontextmanager
    async def enter(self, channel: str, member: Member) -> AsyncIterator[None]:
        if channel != "presence-room":
            raise LookupError("no such room")
        async with anyio.create_task_group() as group:
            yield
            group.cancel_scope.cancel()
        await asyncio.to_thread(lambda: None)  # leaving takes its time
        self.left.append(member)

    async def members(self, channel: str) -> Sequence[Member]:
        return []


def test_a_member_is_there_until_exit() -> None:
    with Tidings() as tidings:
        with tidings.presence.enter("presence-room", ANN):
            assert tidings.presence.members("presence-room") == [ANN]
        assert tidings.presence.members("presence-room") == []


def test_entering_and_leaving_happen_in_one_task() -> None:
    broker = TaskGroupBroker()
    with Tidings(broker) as tidings:
        with tidings.presence.enter("presence-room", ANN):
            assert broker.left == []
        assert broker.left == [ANN]


def test_a_refusal_to_enter_reaches_the_caller() -> None:
    with (
        Tidings(TaskGroupBroker()) as tidings,
        pytest.raises(LookupError, match="no such room"),
        tidings.presence.enter("presence-cellar", ANN),
    ):
        pass


def test_closing_leaves_for_those_who_have_not() -> None:
    broker = MemoryBroker()
    tidings = Tidings(broker)
    with tidings.presence.enter("presence-room", ANN):
        tidings.close()
    with Tidings(broker) as again:
        assert again.presence.members("presence-room") == []


def test_without_a_broker_that_knows_it_is_refused() -> None:
    with pytest.raises(Unsupported, match="no broker here knows"):
        _ = Tidings(DeafBroker()).presence
