"""Whatever happens, in whatever order: at rest, every device shows what every event made.

Nodes, devices, pushes, state changes, lost connections, trimming, expiry, forgetting and a
transport that loses, repeats, delays and reorders, over a store that answers late. All on an
event loop whose clock jumps, so that a failure found once is found again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from logic.following import note
from logic.instant import InstantLoop
from logic.onlookers import Onlooker, Reader, Screen
from logic.oracle import Oracle
from logic.witness import WitnessedStore
from tidings import Notification, Options, Position, Tidings, TidingsError
from tidings.beat import ask_heads
from tidings.page import Filter
from tidings.testing import FaultyTransport
from tidings_memory import MemoryBroker

START = datetime(2030, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

users = st.sampled_from(["ann", "bob"])
nodes = st.integers(0, 1)
numbers = st.integers(0, 15)
changes = st.sampled_from(["open", "unopen", "see", "archive", "unarchive", "delete"])
which = st.integers(0, 1000)


def notification(number: int, content: str = "") -> Notification:
    """Return the notification of this number: some are for later, some expire."""
    fields: dict[str, object] = {"content": content, "created_at": START}
    if number % 3 == 0:
        fields["category"] = "x"
    if number % 5 == 0:
        fields["expires_at"] = START + (1 + 60 * number) * HOUR
    if number % 7 == 0:
        fields["send_after"] = START + 40 * number * HOUR
    return note(f"n{number}", **fields)


class Everything(RuleBasedStateMachine):
    """Rules begin things; `breathe` lets them go on a little, `rest` to their end."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=InstantLoop)
        self.now = START
        self.busy: list[asyncio.Task[object]] = []
        self.onlookers: list[Onlooker] = []
        self.pushed: list[tuple[str, Position, str]] = []
        self.nodes: list[Tidings] = []
        self.forgotten = 0

    @initialize(seed=st.integers(0, 10_000), queue=st.sampled_from([3, 10_000]))
    def open(self, seed: int, queue: int) -> None:
        self.transport = FaultyTransport(MemoryBroker(), seed=seed, held=20)
        self.store = WitnessedStore(seed=seed, inbox_age=timedelta(days=20))
        options = Options(straggler=0.001, queue=queue, recall_batch=4, held=5)
        for _ in range(2):
            plugins = self.transport, self.store
            node = Tidings(*plugins, options=options, clock=lambda: self.now)
            self.nodes.append(self.runner.run(node.__aenter__()))

    @rule(to=st.sets(users, min_size=1), number=numbers, node=nodes, other=st.booleans())
    def push(self, to: set[str], number: int, node: int, other: bool) -> None:
        content = "other" if other and number < 3 else ""
        self.begin(self._push(self.nodes[node], sorted(to), notification(number, content)))

    @rule(user=users, node=nodes, first=numbers, count=st.integers(2, 9))
    def push_many(self, user: str, node: int, first: int, count: int) -> None:
        for number in range(first, first + count):
            self.begin(self._push(self.nodes[node], [user], notification(number % 16)))

    @rule(user=users, node=nodes)
    def publish(self, user: str, node: int) -> None:
        self.begin(self.nodes[node].publish(self.channel(user), "said", {"ids": ["n1"]}))

    @rule(user=users, node=nodes, change=changes, of=st.lists(numbers, min_size=1, max_size=9))
    def change(self, user: str, node: int, change: str, of: list[int]) -> None:
        inbox = self.nodes[node].inbox(user)
        self.begin(getattr(inbox, change)(*(f"n{number}" for number in of)))

    @rule(user=users, node=nodes, change=changes, of=st.sampled_from([None, "x"]))
    def change_all_as_read(self, user: str, node: int, change: str, of: str | None) -> None:
        self.begin(self._change_all(self.nodes[node], user, change, of))

    @precondition(lambda self: self.pushed)
    @rule(node=nodes, change=changes, of=st.sampled_from([None, "x"]), at=which)
    def change_all_through(self, node: int, change: str, of: str | None, at: int) -> None:
        user, position, _ = self.pushed[at % len(self.pushed)]
        inbox = self.nodes[node].inbox(user)
        self.begin(getattr(inbox, f"{change}_all")(of, position))

    @precondition(lambda self: len(self.onlookers) < 6)
    @rule(user=users, node=nodes, limit=st.integers(1, 5))
    def open_screen(self, user: str, node: int, limit: int) -> None:
        self.begin(self._look(lambda: Screen(self.nodes[node], user, limit)))

    @precondition(lambda self: len(self.onlookers) < 6)
    @rule(user=users, node=nodes)
    def open_reader(self, user: str, node: int) -> None:
        self.begin(self._look(lambda: Reader(self.nodes[node], user)))

    @precondition(lambda self: self.onlookers)
    @rule(one=which)
    def close(self, one: int) -> None:
        self.runner.run(self._pick(one).disconnect())
        self.onlookers = [o for o in self.onlookers if o.connected or isinstance(o, Reader)]

    @precondition(lambda self: self.onlookers)
    @rule(one=which, node=nodes)
    def come_back(self, one: int, node: int) -> None:
        onlooker = self._pick(one)
        if not onlooker.connected:
            self.runner.run(self._connect(onlooker, node))

    @precondition(lambda self: self.onlookers)
    @rule(one=which, slow=st.booleans())
    def slow_down(self, one: int, slow: bool) -> None:
        reading = self._pick(one).reading
        reading.clear() if slow else reading.set()

    @rule(user=users, share=st.sampled_from([0.5, 0.9, 1]))
    def trim(self, user: str, share: float) -> None:
        self.begin(self._trim(self.channel(user), share))

    @precondition(lambda self: len(self.pushed) > 20 * self.forgotten)
    @rule(user=users, node=nodes)
    def forget(self, user: str, node: int) -> None:
        self.forgotten += 1
        self.begin(self.nodes[node].forget(user))

    @rule(hours=st.sampled_from([1, 24, 24 * 8, 24 * 25]))
    def pass_time(self, hours: int) -> None:
        self.now += hours * HOUR
        for node in self.nodes:
            assert node._open.scheduler is not None
            node._open.scheduler.wake()

    @rule(millis=st.integers(0, 20))
    def breathe(self, millis: int) -> None:
        self.runner.run(asyncio.sleep(millis / 1000))

    @rule()
    def rest(self) -> None:
        self.runner.run(self._rest())

    def teardown(self) -> None:
        try:
            self.runner.run(self._rest())
        finally:
            self.runner.run(self._close())
            self.runner.close()

    def begin(self, doing: Coroutine[Any, Any, object]) -> None:
        """Begin something; it goes on when the loop next runs."""
        self.busy.append(self.runner.get_loop().create_task(doing))

    def channel(self, user: str) -> str:
        return self.nodes[0].inbox(user).channel

    async def _push(self, node: Tidings, to: list[str], notification: Notification) -> None:
        receipt = await node.push(to, notification)
        for user, position in receipt.positions.items():
            self.pushed.append((user, position, notification.id))

    async def _change_all(self, node: Tidings, user: str, change: str, of: str | None) -> None:
        inbox = node.inbox(user)
        await inbox.page(1)
        await getattr(inbox, f"{change}_all")(of)

    async def _look(self, make: Any) -> None:
        self.onlookers.append(make())

    async def _connect(self, onlooker: Onlooker, node: int) -> None:
        onlooker.connect(self.nodes[node])

    async def _trim(self, channel: str, share: float) -> None:
        head = await self.store.head(channel)
        await self.store.trim(channel, int(share * head.offset))

    def _pick(self, one: int) -> Onlooker:
        return self.onlookers[one % len(self.onlookers)]

    async def _rest(self) -> None:
        """Let all come to its end, without any beat; then look whether all is right."""
        await self._end_what_was_begun()
        self.transport.calm()
        for node in self.nodes:
            running = node._open
            assert running.scheduler is not None
            while await running.scheduler.fire() == 0:
                pass
            for sender in running.senders:
                await sender.drain()
        for onlooker in filter(attrgetter("connected"), self.onlookers):
            await self._until(partial(getattr, onlooker, "listens"), f"{onlooker} begins not")
        for node in self.nodes:
            await self._until(partial(_is_quiet, node), "a feed mends without an end")
            await ask_heads(node._open.channels, self.store)
        for onlooker in self.onlookers:
            onlooker.reading.set()
            if onlooker.connected:
                await self._reach_head(onlooker)
        await self._check()
        self.transport.disturb()

    async def _end_what_was_begun(self) -> None:
        busy, self.busy = self.busy, []
        for result in await asyncio.gather(*busy, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, TidingsError):
                raise result

    async def _reach_head(self, onlooker: Onlooker) -> None:
        head = await self.store.head(onlooker.channel)
        await self._until(
            lambda: onlooker.connected and onlooker.position == head,
            f"{onlooker} does not reach {head}",
        )

    async def _until(self, holds: Callable[[], bool], otherwise: str) -> None:
        for _ in range(2000):  # twenty seconds: less than until the next beat
            if holds():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(otherwise)

    async def _check(self) -> None:
        for user in ("ann", "bob"):
            await self._check_store(user)
        for onlooker in self.onlookers:
            if onlooker.connected:
                await onlooker.check(self.store)

    async def _check_store(self, user: str) -> None:
        channel = self.channel(user)
        await self.store.trimmed(channel)
        epoch, head = await self.store.head(channel)
        history = self.store.history(channel, epoch)
        assert [event.position for event in history] == [
            Position(epoch, offset) for offset in range(1, head + 1)
        ]
        oracle = Oracle(history)
        for event in history:
            assert event.position is not None
            assert event.counts == oracle.counts[event.position.offset]
        page = await self.store.page(channel, Filter(), 1000, None)
        assert list(page.entries) == oracle.newest(1000)
        assert page.counts == oracle.counts[head]
        for name, position, id in self.pushed:  # noqa: A001
            if (name, position.epoch) == (user, epoch):
                assert history[position.offset - 1].id == id

    async def _close(self) -> None:
        for onlooker in self.onlookers:
            await onlooker.disconnect()
        for node in self.nodes:
            await node.__aexit__(None, None, None)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, left


def _is_quiet(node: Tidings) -> bool:
    """Tell whether no channel of this node is being mended."""
    return not any(feed._mending for _, feed in node._open.channels.ordered())


TestEverything = Everything.TestCase
TestEverything.settings = settings(max_examples=settings().max_examples * 6 // 10)
