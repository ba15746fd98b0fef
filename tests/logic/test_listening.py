"""A front reads up what a client missed while more comes in: nothing is missed or heard twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from logic.following import WITHIN, note, push_all
from logic.hesitant import HesitantStore
from logic.instant import InstantLoop
from tidings import Event, Options, Position, Reset, Tidings, user_channel
from tidings.beat import ask_heads
from tidings.event import Delivery
from tidings.testing import FaultyTransport
from tidings_memory import MemoryBroker, MemoryStore

ANN = user_channel("ann")


class Client:
    """What a client behind a front hears, from a position on; it is held to the order at once.

    Attributes:
        position: how far it has come.
        ids: of what it has heard.
        resets: how often history was lost to it.
    """

    def __init__(self, after: Position) -> None:
        self.position = after
        self.ids: list[str] = []
        self.resets = 0
        self._news = asyncio.Event()

    @asynccontextmanager
    async def follow(self, node: Tidings, pause: float = 0.0) -> AsyncIterator[None]:
        """Read up, taking this long over each batch, then listen."""
        async with node.listen(ANN) as listening:
            reading = listening.read_up(self.position)
            async for deliveries in reading:
                for delivery in deliveries:
                    self._take(delivery)
                await asyncio.sleep(pause)
            assert reading.position == self.position
            listening.attach(self._hear)
            yield

    async def come_to(self, position: Position) -> None:
        """Wait until it has come there."""
        async with asyncio.timeout(WITHIN):
            while self.position != position:
                self._news.clear()
                await self._news.wait()

    def _hear(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            position = delivery.position if isinstance(delivery, Event | Reset) else None
            assert position is not None
            ahead = position.epoch == self.position.epoch and position <= self.position
            if not ahead:
                self._take(delivery)
        self._news.set()

    def _take(self, delivery: Delivery) -> None:
        assert isinstance(delivery, Event | Reset)
        assert delivery.position is not None
        if isinstance(delivery, Reset):
            self.resets += 1
        else:
            epoch, offset = self.position
            assert delivery.position == (epoch, offset + 1)
            self.ids.append(delivery.id)
        self.position = delivery.position


async def test_clients_that_come_back_while_more_comes_in_hear_all_of_it_once(
    tidings: Tidings, elsewhere: Tidings
) -> None:
    names = [f"n{number}" for number in range(60)]
    await push_all(elsewhere, "ann", names[:20])
    epoch = (await tidings.inbox("ann")).position.epoch
    clients = [Client(Position(epoch, after)) for after in (0, 7, 20) for _ in range(3)]

    async def come_back(client: Client) -> None:
        missed = names[client.position.offset :]
        async with client.follow(tidings):
            await client.come_to(Position(epoch, len(names)))
        assert client.ids == missed
        assert not client.resets

    async with asyncio.TaskGroup() as group:
        for number, client in enumerate(clients):
            group.create_task(come_back(client))
            await push_all(elsewhere, "ann", names[20 + 4 * number :][:4])
        await push_all(elsewhere, "ann", names[56:])


class Stream:
    """Notifications for ann, over a bad line and a store that answers late, and her clients."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.clients: list[Client] = []
        self.pushed: list[str] = []
        self._transport = FaultyTransport(MemoryBroker(), seed=seed, held=20)
        self._store = HesitantStore(seed=seed, span=0.002)
        options = Options(straggler=0.001, recall_batch=4, held=5)
        self._node = Tidings(self._transport, self._store, options=options)

    async def run(self, actions: Sequence[str]) -> Position:
        """Take these actions; return where the log is once every client has come there."""
        async with self._node, asyncio.TaskGroup() as group:
            self._ended = asyncio.Event()
            for action in actions:
                group.create_task(getattr(self, action)())
                await asyncio.sleep(self.random.random() * 0.002)
            await asyncio.sleep(1)
            self._transport.calm()
            await ask_heads(self._node._open.channels, self._store)
            head = await self._head()
            for client in self.clients:
                await client.come_to(head)
            self._ended.set()
        return head

    async def push(self) -> None:
        name = f"n{len(self.pushed)}"
        self.pushed.append(name)
        await self._node.push("ann", note(name))

    async def trim(self) -> None:
        head = await self._head()
        await self._store.trim(ANN, int(self.random.random() * (head.offset + 1)))

    async def forget(self) -> None:
        await self._node.forget("ann")

    async def come(self) -> None:
        head = await self._head()
        client = Client(head._replace(offset=self.random.randint(0, head.offset)))
        self.clients.append(client)
        async with client.follow(self._node, pause=self.random.random() * 0.01):
            await self._ended.wait()

    async def _head(self) -> Position:
        return (await MemoryStore.heads(self._store, [ANN]))[ANN]


def ran(stream: Stream, actions: Sequence[str]) -> Position:
    with asyncio.Runner(loop_factory=InstantLoop) as runner:
        return runner.run(stream.run(actions))


seeds = st.integers(0, 10_000)


@given(seeds, st.lists(st.sampled_from(["push", "push", "push", "come"]), max_size=60))
def test_whatever_the_transport_does_a_client_hears_what_it_missed_and_what_comes(
    seed: int, actions: list[str]
) -> None:
    stream = Stream(seed)
    head = ran(stream, actions)

    assert head.offset == len(stream.pushed)
    for client in stream.clients:
        assert not client.resets
        assert client.ids == stream.pushed[head.offset - len(client.ids) :]


@given(seeds, st.lists(st.sampled_from(["push"] * 6 + ["come"] * 2 + ["trim", "forget"])))
def test_a_client_whose_history_is_lost_is_told_and_hears_what_comes_after(
    seed: int, actions: list[str]
) -> None:
    stream = Stream(seed)
    head = ran(stream, actions)

    assert [client.position for client in stream.clients] == [head] * len(stream.clients)
