"""The whole of an application for the state machine: nodes, what goes on, and how it rests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from logic.instant import InstantLoop
from logic.onlookers import Onlooker
from logic.oracle import Oracle
from logic.witness import WitnessedStore
from tidings import Notification, Options, Position, Tidings, TidingsError
from tidings.beat import ask_heads
from tidings.page import Filter
from tidings.testing import FaultyTransport
from tidings_memory import MemoryBroker

START = datetime(2030, 1, 1, tzinfo=UTC)
USERS = ("ann", "bob")


class Whole:
    """Two nodes on one store that answers late and one transport that carries badly.

    Attributes:
        onlookers: the devices there are.
        pushed: for each push to a user, where it is stored and its id.
    """

    def __init__(self, seed: int, queue: int) -> None:
        self.now = START
        self.onlookers: list[Onlooker] = []
        self.pushed: list[tuple[str, Position, str]] = []
        self.store = WitnessedStore(seed=seed, inbox_age=timedelta(days=20))
        self._runner = asyncio.Runner(loop_factory=InstantLoop)
        self._busy: list[asyncio.Task[object]] = []
        self._transport = FaultyTransport(MemoryBroker(), seed=seed, held=20)
        options = Options(straggler=0.001, queue=queue, recall_batch=4, held=5)
        self.nodes = [
            Tidings(self._transport, self.store, options=options, clock=lambda: self.now)
            for _ in range(2)
        ]
        for node in self.nodes:
            self.run(node.__aenter__())

    def begin(self, doing: Coroutine[Any, Any, object]) -> None:
        """Begin something; it goes on when the loop next runs."""
        self._busy.append(self._runner.get_loop().create_task(doing))

    def run(self, doing: Coroutine[Any, Any, object]) -> None:
        """Let everything go on until this has ended."""
        self._runner.run(doing)

    def channel(self, user: str) -> str:
        return self.nodes[0].inbox(user).channel

    async def push(self, node: int, users: list[str], notification: Notification) -> None:
        receipt = await self.nodes[node].push(users, notification)
        for user, position in receipt.positions.items():
            self.pushed.append((user, position, notification.id))

    async def trim(self, channel: str, share: float) -> None:
        """Trim this share of a channel's log."""
        head = await self.store.head(channel)
        await self.store.trim(channel, int(share * head.offset))

    def pass_time(self, span: timedelta) -> None:
        self.now += span
        for node in self.nodes:
            assert node._open.scheduler is not None
            node._open.scheduler.wake()

    async def rest(self) -> None:
        """Let all come to its end, with one asking of heads; then look whether all is right."""
        await self._end_what_was_begun()
        self._transport.calm()
        for node in self.nodes:
            await _fire_and_carry(node)
        listening = [onlooker for onlooker in self.onlookers if onlooker.connected]
        for onlooker in listening:
            onlooker.reading.set()
            await _until(partial(getattr, onlooker, "listens"), f"{onlooker} does not begin")
        for node in self.nodes:
            await _until(partial(_is_quiet, node), "a feed mends without an end")
            await ask_heads(node._open.channels, self.store)
        for onlooker in listening:
            head = await self.store.head(onlooker.channel)
            stands = partial(onlooker.stands_at, head)
            await _until(stands, f"{onlooker} does not reach {head}")
        await self._check()
        self._transport.disturb()

    async def close(self) -> None:
        """Close all; no task may be left."""
        for onlooker in self.onlookers:
            await onlooker.disconnect()
        for node in self.nodes:
            await node.__aexit__(None, None, None)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, left

    def end(self) -> None:
        """End the event loop."""
        self._runner.close()

    async def _end_what_was_begun(self) -> None:
        busy, self._busy = self._busy, []
        for result in await asyncio.gather(*busy, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, TidingsError):
                raise result

    async def _check(self) -> None:
        for user in USERS:
            await self._check_inbox(user)
        for onlooker in self.onlookers:
            if onlooker.connected:
                await onlooker.check(self.store)

    async def _check_inbox(self, user: str) -> None:
        """Hold the store's inbox, and the counts it gave, against the oracle."""
        channel = self.channel(user)
        await self.store.trimmed(channel)
        epoch, head = await self.store.head(channel)
        history = self.store.history(channel, epoch)
        assert [e.position for e in history] == [Position(epoch, n + 1) for n in range(head)]
        oracle = Oracle(history)
        assert [event.counts for event in history] == list(oracle.counts.values())[1:]
        page = await self.store.page(channel, Filter(), 1000, None)
        assert list(page.entries) == oracle.newest(1000)
        assert page.counts == oracle.counts[head]
        for name, position, id in self.pushed:  # noqa: A001
            if (name, position.epoch) == (user, epoch):
                assert history[position.offset - 1].id == id


async def _fire_and_carry(node: Tidings) -> None:
    running = node._open
    assert running.scheduler is not None
    while await running.scheduler.fire() == 0:
        pass
    for sender in running.senders:
        await sender.drain()


def _is_quiet(node: Tidings) -> bool:
    """Tell whether no channel of this node is being mended."""
    return not any(feed._mending for _, feed in node._open.channels.ordered())


async def _until(holds: Callable[[], bool], otherwise: str) -> None:
    for _ in range(2000):  # twenty seconds: less than until the next beat
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(otherwise)
