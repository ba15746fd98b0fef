"""Channels and inboxes as plain iterators: they wait, they end, they lose nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tidings import Added, Event, Lagged, Notification, Reloaded
from tidings.blocking import Stream, Tidings
from tidings.event import Delivery


@pytest.fixture
def tidings() -> Iterator[Tidings]:
    with Tidings() as tidings:
        yield tidings


def note(id: str) -> Notification:  # noqa: A002
    return Notification(id=id, heading="Build passed")


def data(delivery: Delivery) -> bytes:
    assert isinstance(delivery, Event)
    return delivery.data


def test_an_inbox_is_followed_from_when_it_was_entered(tidings: Tidings) -> None:
    inbox = tidings.inbox("ann")
    with inbox.changes() as changes, inbox.watch() as pages, inbox.watch_pending() as pending:
        tidings.push("ann", note("b1"))

        added = next(changes)
        assert isinstance(added, Added)
        assert added.entry.id == "b1"
        assert [len(next(pages).entries) for _ in range(2)] == [0, 1]
        assert [next(pending) for _ in range(2)] == [0, 1]


def test_what_was_missed_comes_first(tidings: Tidings) -> None:
    with tidings.subscribe("private-user-ann") as events:
        tidings.push("ann", note("b1"))
        next(events)
        seen = events.position
    tidings.push("ann", note("b2"))

    with tidings.subscribe("private-user-ann", after=seen) as events:
        event = next(events)
        assert isinstance(event, Event)
        assert event.id == "b2"


def test_a_timeout_loses_nothing(tidings: Tidings) -> None:
    with tidings.subscribe("news") as news:
        with pytest.raises(TimeoutError):
            news.next(timeout=0.01)
        tidings.publish("news", "tick", 1)
        tidings.publish("news", "tick", 2)
        assert [data(news.next(timeout=10)) for _ in range(2)] == [b"1", b"2"]


def test_its_position_is_that_of_what_was_taken_not_of_what_came(tidings: Tidings) -> None:
    with tidings.subscribe("private-user-ann") as events:
        began = events.position
        with pytest.raises(TimeoutError):
            events.next(timeout=0.01)
        tidings.push("ann", note("b1"))
        with tidings.inbox("ann").changes() as later:  # by then it was heard in the background
            tidings.push("ann", note("b2"))
            next(later)
        assert events.position == began

        taken = next(events)
        assert not isinstance(taken, Lagged)
        assert events.position == taken.position


def test_a_reader_that_waits_is_told_when_another_thread_closes_it(tidings: Tidings) -> None:
    stream = tidings.subscribe("news")
    assert ended(stream, stream.close) == []


def test_a_reader_that_waits_is_told_when_the_object_closes() -> None:
    tidings = Tidings()
    assert ended(tidings.subscribe("news"), tidings.close) == []


def test_a_stream_that_outlives_its_object_has_ended() -> None:
    with Tidings() as tidings:
        stream = tidings.inbox("ann").watch()
        assert len(next(stream).entries) == 0
    assert list(stream) == []
    stream.close()


def ended(stream: Stream[Delivery], end: object) -> list[Delivery]:
    """Read a stream in a thread, end it once that waits, and return what was read."""
    reading = threading.Event()

    def read() -> list[Delivery]:
        with stream:
            reading.set()
            return list(stream)

    with ThreadPoolExecutor() as pool:
        reader = pool.submit(read)
        assert reading.wait(10)
        assert callable(end)
        end()
        return reader.result(10)


def test_threads_share_the_items_of_one_stream(tidings: Tidings) -> None:
    read: list[bytes] = []
    all_read = threading.Event()

    def work() -> None:
        for delivery in stream:
            read.append(data(delivery))
            if len(read) == 100:
                all_read.set()

    with tidings.subscribe("news") as stream, ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(work)
        for number in range(100):
            tidings.publish("news", "tick", number)
        assert all_read.wait(10)
        stream.close()

    assert sorted(read, key=int) == [b"%d" % number for number in range(100)]


def test_a_reader_waits_for_another_no_longer_than_it_said(tidings: Tidings) -> None:
    reading = threading.Event()

    def work() -> list[Delivery]:
        reading.set()
        return list(stream)

    with tidings.subscribe("news") as stream, ThreadPoolExecutor() as pool:
        pool.submit(work)
        assert reading.wait(10)
        with pytest.raises(TimeoutError):
            stream.next(timeout=0.01)
        stream.close()


def test_forgetting_a_user_is_told_to_who_follows(tidings: Tidings) -> None:
    tidings.push("ann", note("b1"))
    with tidings.inbox("ann").changes() as changes:
        tidings.forget("ann")
        assert isinstance(next(changes), Reloaded)
