"""Whatever happens, in whatever order: at rest, every device shows what every event made.

Nodes, devices, pushes, state changes, lost connections, trimming, expiry, forgetting and a
transport that loses, repeats, delays and reorders, over a store that answers late. All on an
event loop whose clock jumps, so that a failure found once is found again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from logic.following import note
from logic.onlookers import Onlooker, Reader, Screen
from logic.whole import START, USERS, Whole
from tidings import Notification

HOUR = timedelta(hours=1)

users = st.sampled_from(USERS)
nodes = st.integers(0, 1)
numbers = st.integers(0, 15)
changes = st.sampled_from(["open", "unopen", "see", "archive", "unarchive", "delete"])
categories = st.sampled_from([None, "x"])
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

    @initialize(seed=st.integers(0, 10_000), queue=st.sampled_from([3, 10_000]))
    def open(self, seed: int, queue: int) -> None:
        self.whole = Whole(seed, queue)
        self.onlookers = self.whole.onlookers
        self.pushed = self.whole.pushed
        self.forgotten = 0

    @rule(to=st.sets(users, min_size=1), number=numbers, node=nodes, other=st.booleans())
    def push(self, to: set[str], number: int, node: int, other: bool) -> None:
        content = "other" if other and number < 3 else ""
        self.whole.begin(self.whole.push(node, sorted(to), notification(number, content)))

    @rule(user=users, node=nodes, first=numbers, count=st.integers(2, 9))
    def push_many(self, user: str, node: int, first: int, count: int) -> None:
        for number in range(first, first + count):
            self.whole.begin(self.whole.push(node, [user], notification(number % 16)))

    @rule(user=users, node=nodes)
    def publish(self, user: str, node: int) -> None:
        channel = self.whole.channel(user)
        self.whole.begin(self.whole.nodes[node].publish(channel, "said", {"ids": ["n1"]}))

    @rule(user=users, node=nodes, change=changes, of=st.lists(numbers, min_size=1, max_size=9))
    def change(self, user: str, node: int, change: str, of: list[int]) -> None:
        inbox = self.whole.nodes[node].inbox(user)
        self.whole.begin(getattr(inbox, change)(*(f"n{number}" for number in of)))

    @rule(user=users, node=nodes, change=changes, of=categories)
    def change_all_as_read(self, user: str, node: int, change: str, of: str | None) -> None:
        async def read_and_change() -> None:
            inbox = self.whole.nodes[node].inbox(user)
            await inbox.page(1)
            await getattr(inbox, f"{change}_all")(of)

        self.whole.begin(read_and_change())

    @precondition(lambda self: self.pushed)
    @rule(node=nodes, change=changes, of=categories, at=which)
    def change_all_through(self, node: int, change: str, of: str | None, at: int) -> None:
        user, position, _ = self.pushed[at % len(self.pushed)]
        inbox = self.whole.nodes[node].inbox(user)
        self.whole.begin(getattr(inbox, f"{change}_all")(of, position))

    @precondition(lambda self: len(self.onlookers) < 6)
    @rule(user=users, node=nodes, limit=st.integers(1, 5))
    def open_screen(self, user: str, node: int, limit: int) -> None:
        self.whole.begin(self._look(lambda: Screen(self.whole.nodes[node], user, limit)))

    @precondition(lambda self: len(self.onlookers) < 6)
    @rule(user=users, node=nodes)
    def open_reader(self, user: str, node: int) -> None:
        self.whole.begin(self._look(lambda: Reader(self.whole.nodes[node], user)))

    @precondition(lambda self: self.onlookers)
    @rule(one=which)
    def close(self, one: int) -> None:
        onlooker = self._pick(one)
        self.whole.run(onlooker.disconnect())
        if isinstance(onlooker, Screen):
            self.onlookers.remove(onlooker)

    @precondition(lambda self: self.onlookers)
    @rule(one=which, node=nodes)
    def come_back(self, one: int, node: int) -> None:
        async def connect() -> None:
            onlooker.connect(self.whole.nodes[node])

        onlooker = self._pick(one)
        if not onlooker.connected:
            self.whole.run(connect())

    @precondition(lambda self: self.onlookers)
    @rule(one=which, slow=st.booleans())
    def slow_down(self, one: int, slow: bool) -> None:
        reading = self._pick(one).reading
        reading.clear() if slow else reading.set()

    @rule(user=users, share=st.sampled_from([0.5, 0.9, 1]))
    def trim(self, user: str, share: float) -> None:
        self.whole.begin(self.whole.trim(self.whole.channel(user), share))

    @precondition(lambda self: len(self.pushed) > 20 * self.forgotten)
    @rule(user=users, node=nodes)
    def forget(self, user: str, node: int) -> None:
        self.forgotten += 1
        self.whole.begin(self.whole.nodes[node].forget(user))

    @rule(hours=st.sampled_from([1, 24, 24 * 8, 24 * 25]))
    def pass_time(self, hours: int) -> None:
        self.whole.pass_time(hours * HOUR)

    @rule(millis=st.integers(0, 20))
    def breathe(self, millis: int) -> None:
        self.whole.run(asyncio.sleep(millis / 1000))

    @rule()
    def rest(self) -> None:
        self.whole.run(self.whole.rest())

    def teardown(self) -> None:
        try:
            self.whole.run(self.whole.rest())
        finally:
            self.whole.run(self.whole.close())
            self.whole.end()

    async def _look(self, make: Callable[[], Onlooker]) -> None:
        self.onlookers.append(make())

    def _pick(self, one: int) -> Onlooker:
        return self.onlookers[one % len(self.onlookers)]


TestEverything = Everything.TestCase
TestEverything.settings = settings(max_examples=settings().max_examples * 6 // 10)
