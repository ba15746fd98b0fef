"""What code without an event loop sees of `Tidings`: it opens, takes calls, closes."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tidings import (
    Abilities,
    AccessRequest,
    Closed,
    Conflict,
    Counts,
    Denial,
    Event,
    Grant,
    Identity,
    InvalidName,
    Lagged,
    Notification,
    Options,
    Reset,
    Tokens,
    hookimpl,
)
from tidings.blocking import OnEventLoop, Tidings
from tidings_memory import MemoryStore

CHANGES = {
    "see": Counts(pending=1, unseen=0),
    "open": Counts(pending=0, unseen=0),
    "unopen": Counts(pending=1, unseen=0),
    "archive": Counts(pending=0, unseen=0),
    "unarchive": Counts(pending=1, unseen=0),
    "delete": Counts(pending=0, unseen=0),
}
"""Each change of state, and the counts after it."""

PASSED = Notification(id="b412", heading="Build passed")


class GatedCarrier:
    """Carries nothing before its gate is opened."""

    abilities = Abilities(role="carrier")

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.carried: list[Event] = []

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        self.begun.set()
        await asyncio.to_thread(self.gate.wait)
        self.carried += events


class ShyPlugin:
    """Refuses its first connection."""

    def __init__(self) -> None:
        self.attempts = 0

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Any) -> AsyncIterator[None]:
        self.attempts += 1
        if self.attempts == 1:
            raise ConnectionRefusedError("no server")
        yield


def background_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "tidings"]


def test_a_push_is_in_the_inbox_when_it_returns() -> None:
    with Tidings() as tidings:
        receipt = tidings.push(["ann", "bob"], PASSED)
        inbox = tidings.inbox("ann")

        assert set(receipt.positions) == {"ann", "bob"}
        assert receipt.outcomes()["memory"].state == "carried"
        assert [entry.id for entry in inbox.page().entries] == ["b412"]
        assert inbox.counts().unseen == 1


def test_states_change_as_in_the_inbox_it_stands_for() -> None:
    with Tidings() as tidings:
        tidings.push("ann", PASSED)
        inbox = tidings.inbox("ann")
        for change, counts in CHANGES.items():
            assert getattr(inbox, change)("b412").counts == counts
            assert getattr(inbox, f"{change}_all")().counts == counts
        assert inbox.get("b412") is None


def test_all_entries_are_gone_through_page_by_page() -> None:
    with Tidings() as tidings:
        for number in range(120):
            tidings.push("ann", Notification(id=f"n{number}", heading="Build passed"))

        entries = tidings.inbox("ann").entries()

        assert [entry.id for entry in entries] == [f"n{number}" for number in reversed(range(120))]


def test_pushing_again_is_told_as_a_duplicate() -> None:
    with Tidings() as tidings:
        tidings.push("ann", PASSED)
        assert tidings.push("ann", PASSED).duplicates == {"ann"}


def test_what_is_for_later_can_be_cancelled() -> None:
    later = Notification(heading="Soon", send_after=datetime.now(UTC) + timedelta(days=1))
    with Tidings() as tidings:
        tidings.push("ann", later)
        assert tidings.cancel(later.id) == 1


def test_forgetting_a_user_erases_their_inbox() -> None:
    with Tidings() as tidings:
        tidings.push("ann", PASSED)
        tidings.forget("ann")
        assert tidings.inbox("ann").counts().pending == 0


def test_access_is_decided_by_its_policies() -> None:
    with Tidings() as tidings:
        mine = AccessRequest(Identity("ann"), "private-user-ann")
        theirs = AccessRequest(Identity("eve"), "private-user-ann")
        assert tidings.authorize(mine) == Grant()
        assert tidings.authorize(theirs) == Denial("not granted")


def test_a_client_is_admitted_until_its_tokens_are_revoked() -> None:
    tokens = Tokens("a secret of at least thirty-two bytes")
    with Tidings(tokens=tokens) as tidings:
        token = tokens.issue("ann")
        assert tidings.admit(token).user == "ann"
        assert tidings.tokens is tokens

        tidings.disconnect("ann", revoke=True)

        with pytest.raises(Exception, match="revoked"):
            tidings.admit(token)


def test_it_opens_at_first_use_and_ends_its_thread_when_closed() -> None:
    tidings = Tidings()
    inbox = tidings.inbox("ann")
    before = background_threads()

    tidings.push("ann", PASSED)
    assert background_threads() == [*before, "tidings"]
    assert inbox.counts().pending == 1

    tidings.close()
    tidings.close()
    assert background_threads() == before


def test_it_is_made_as_the_settings_say() -> None:
    with Tidings.from_settings(queue=7) as tidings:
        assert tidings.options.queue == 7
        assert tidings.push("ann", PASSED).positions


def test_once_closed_it_stays_so_until_it_is_opened_again() -> None:
    with Tidings() as tidings:
        inbox = tidings.inbox("ann")
        tidings.push("ann", PASSED)
    with pytest.raises(Closed, match=r"open\(\) it again"):
        inbox.counts()

    tidings.open()
    assert inbox.counts().pending == 1
    tidings.close()


def test_a_refused_start_reaches_the_caller_and_the_next_use_tries_again() -> None:
    before = background_threads()
    tidings = Tidings(ShyPlugin(), MemoryStore())
    with pytest.raises(ConnectionRefusedError, match="no server"):
        tidings.push("ann", PASSED)
    assert background_threads() == before

    assert tidings.push("ann", PASSED).positions
    tidings.close()


def test_closing_waits_until_what_was_accepted_is_carried() -> None:
    carrier = GatedCarrier()
    tidings = Tidings(carrier, MemoryStore())
    receipt = tidings.push("ann", PASSED)
    with ThreadPoolExecutor() as pool:
        assert carrier.begun.wait(10)
        closing = pool.submit(tidings.close)
        assert not closing.done()
        carrier.gate.set()
        closing.result(10)

    assert [event.id for event in carrier.carried] == ["b412"]
    assert receipt.outcomes()["gated-carrier"].state == "carried"


def test_outcomes_that_closing_did_not_wait_for_are_not_waited_for_either() -> None:
    class Hanging:
        abilities = Abilities(role="carrier")

        @hookimpl
        async def push(self, events: Sequence[Event]) -> None:
            await asyncio.Event().wait()

    with Tidings(Hanging(), MemoryStore(), options=Options(close_within=0.01)) as tidings:
        receipt = tidings.push("ann", PASSED)

    outcome = receipt.outcomes()["hanging"]
    assert outcome.state == "retrying"
    assert isinstance(outcome.error, Closed)


def test_closing_answers_who_still_waits() -> None:
    class Silent:
        begun = threading.Event()

        @hookimpl
        async def authorize(self, request: AccessRequest) -> None:
            self.begun.set()
            await asyncio.Event().wait()

    tidings = Tidings(Silent())
    with ThreadPoolExecutor() as pool:
        asking = pool.submit(tidings.authorize, AccessRequest(None, "news"))
        assert Silent.begun.wait(10)
        tidings.close()
        with pytest.raises(Closed, match="before the call was answered"):
            asking.result(10)


async def test_on_an_event_loop_it_refuses_and_says_what_to_do() -> None:
    tidings = Tidings()
    with pytest.raises(OnEventLoop, match=r"await tidings\.Tidings here"):
        tidings.push("ann", PASSED)
    with pytest.raises(OnEventLoop), tidings:
        pass
    with pytest.raises(OnEventLoop):
        tidings.close()

    await asyncio.to_thread(tidings.push, "ann", PASSED)
    stream = await asyncio.to_thread(tidings.subscribe, "news")
    with pytest.raises(OnEventLoop):
        next(stream)
    await asyncio.to_thread(tidings.close)


def test_a_plugin_that_calls_it_from_its_own_event_loop_is_refused_too() -> None:
    class Confused:
        tidings: Tidings

        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant:
            with pytest.raises(OnEventLoop):
                self.tidings.push("ann", PASSED)
            return Grant()

    confused = Confused()
    with Tidings(confused) as tidings:
        confused.tidings = tidings
        assert tidings.authorize(AccessRequest(None, "private-x")) == Grant()


def test_errors_come_as_they_were_raised_with_their_tracebacks() -> None:
    raised = ZeroDivisionError("no such thing")

    class BrokenStore(MemoryStore):
        async def cancel(self, id: str) -> int:  # noqa: A002
            raise raised

    with Tidings(BrokenStore()) as tidings, pytest.raises(ZeroDivisionError) as caught:
        tidings.cancel("b412")

    assert caught.value is raised
    frames = [frame.name for frame in traceback.extract_tb(raised.__traceback__)]
    assert frames[0] == "test_errors_come_as_they_were_raised_with_their_tracebacks"
    assert frames[-1] == "cancel"


def test_wrong_arguments_are_refused_as_by_the_original() -> None:
    with Tidings() as tidings:
        tidings.push("ann", PASSED)
        with pytest.raises(Conflict):
            tidings.push("ann", Notification(id="b412", heading="Build failed"))
        with pytest.raises(InvalidName):
            tidings.publish("", "tick")
        with pytest.raises(ValueError, match="no ids"):
            tidings.inbox("ann").open()


def test_users_may_come_from_a_generator_which_runs_in_the_callers_thread() -> None:
    threads = []

    def users() -> Any:
        threads.append(threading.current_thread())
        yield "ann"
        yield "bob"

    with Tidings() as tidings:
        assert set(tidings.push(users(), PASSED).positions) == {"ann", "bob"}
    assert threads == [threading.current_thread()]


def test_plugins_see_the_callers_context() -> None:
    request_id = ContextVar("request_id", default="none")
    seen = []

    def clock() -> datetime:
        seen.append(request_id.get())
        return datetime.now(UTC)

    later = Notification(heading="Soon", send_after=datetime.now(UTC) + timedelta(days=1))
    with Tidings(clock=clock) as tidings:
        token = request_id.set("r7")
        tidings.push("ann", later)
        request_id.reset(token)
    assert "r7" in seen


def test_many_threads_use_one_object_from_its_first_moment_on() -> None:
    tidings = Tidings()
    before = background_threads()
    start = threading.Barrier(8)

    def work(worker: int) -> None:
        start.wait(10)
        for number in range(25):
            tidings.push(["all", f"user{worker}"], Notification(heading=f"{worker}/{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    assert background_threads() == [*before, "tidings"]
    assert tidings.inbox("all").counts().pending == 8 * 25
    assert [tidings.inbox(f"user{n}").counts().pending for n in range(8)] == [25] * 8
    tidings.close()


def test_threads_that_push_while_it_closes_are_answered_or_refused() -> None:
    store = MemoryStore()
    tidings = Tidings(store)
    accepted = [0] * 4
    pushing = threading.Barrier(5)

    def work(worker: int) -> None:
        tidings.push("ann", Notification(heading="First"))
        accepted[worker] += 1
        pushing.wait(10)
        with suppress(Closed):
            while True:
                tidings.push("ann", Notification(heading="More"))
                accepted[worker] += 1

    with ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(work, worker) for worker in range(4)]
        pushing.wait(10)
        tidings.close()
        for worker in workers:
            worker.result(10)

    with Tidings(store) as again:
        assert again.inbox("ann").counts().pending >= sum(accepted)


def test_what_is_published_is_heard() -> None:
    with Tidings() as tidings, tidings.subscribe("news") as news:
        tidings.publish("news", "tick", {"n": 1})
        event = next(news)
        assert not isinstance(event, Lagged | Reset)
        assert (event.name, event.data) == ("tick", b'{"n":1}')
