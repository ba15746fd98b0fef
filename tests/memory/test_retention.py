"""Time and number take away from a channel what they should, when they should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from memory.samples import ANN, NEWS, NOON, said, told
from tidings.changes import DELETED, EVICTED, EXPIRED, OPENED, Change, read_change
from tidings.event import Counts, Event, Position
from tidings.keeps import Keeps
from tidings_memory.channel import Channel
from tidings_memory.retention import next_due, tend

KEEPS = Keeps(log_count=1000, log_age=100, inbox_count=500, inbox_age=1000, remember=10)
START = NOON.timestamp()


def a_channel(*events: Event, name: str = ANN, at: float = 0, keeps: Keeps = KEEPS) -> Channel:
    channel = Channel(name, "e", keeps)
    for event in events:
        channel.append(event, START + at)
    return channel


def tended(channel: Channel, at: float, keeps: Keeps = KEEPS) -> list[Event]:
    """Tend a channel until nothing more is due; return the events."""
    events: list[Event] = []
    while next_due(channel, keeps, START + at) <= START + at:
        events += tend(channel, keeps, START + at, 70).events
    return events


def due(channel: Channel, at: float) -> float:
    return next_due(channel, KEEPS, START + at) - START


def expiring(id: str, after: float) -> Event:  # noqa: A002
    moment = datetime.fromtimestamp(START + after, UTC)
    return told(id, created_at=moment - timedelta(days=1), expires_at=moment)


def test_nothing_is_due_on_a_channel_without_content() -> None:
    assert next_due(Channel(ANN, "e", KEEPS), KEEPS, START) == inf


def test_an_event_leaves_the_log_at_its_age_and_its_id_stays_for_a_while() -> None:
    event = said()
    channel = a_channel(event, name=NEWS)
    channel.append(said(), START + 50)

    assert due(channel, 50) == 100
    assert tended(channel, 99.9) == []
    assert channel.log.first == 1
    tended(channel, 100)
    assert (channel.log.first, due(channel, 100)) == (2, 110)
    assert channel.known(event) is not None
    tended(channel, 110)
    assert channel.known(event) is None


def test_a_notification_outlives_its_event_in_the_log_and_so_does_its_id() -> None:
    channel = a_channel(told("n1"))

    assert tended(channel, 999) == []

    assert channel.log.first == 2
    assert channel.known(told("n1")) is not None
    assert due(channel, 999) == 1000


def test_a_notification_is_evicted_at_its_age_by_an_event() -> None:
    channel = a_channel(told("n1"))
    channel.append(told("n2"), START + 1)

    (evicted,) = tended(channel, 1000)

    assert (evicted.name, read_change(evicted).ids) == (EVICTED, ("n1",))
    assert (evicted.position, evicted.counts) == (Position("e", 3), Counts(1, 1))
    assert channel.log.get(3) == evicted


def test_an_evicted_id_is_forgotten_once_it_has_been_gone_for_long_enough() -> None:
    channel = a_channel(told("n1"))
    tended(channel, 1000)

    tended(channel, 1009)
    assert channel.known(told("n1")) is not None
    tended(channel, 1010)

    assert channel.known(told("n1")) is None


def test_the_oldest_give_way_in_an_inbox_that_is_too_full() -> None:
    keeps = KEEPS.model_copy(update={"inbox_count": 2})
    channel = a_channel(*(told(f"n{n}") for n in range(1, 6)), keeps=keeps)

    (evicted,) = tended(channel, 0, keeps)

    assert read_change(evicted).ids == ("n1", "n2", "n3")
    assert evicted.counts == Counts(2, 2)


def test_a_notification_expires_at_its_moment_and_not_before() -> None:
    channel = a_channel(expiring("n1", 30), told("n2"))

    assert due(channel, 0) == 30
    assert tended(channel, 29.9) == []
    (expired,) = tended(channel, 30)
    assert (expired.name, read_change(expired).ids) == (EXPIRED, ("n1",))
    assert expired.counts == Counts(1, 1)


@pytest.mark.parametrize("name", [DELETED, EVICTED])
def test_what_has_left_by_itself_does_not_expire(name: str) -> None:
    channel = a_channel(expiring("n1", 30), Change(name, ("n1",)).event(ANN))

    assert tended(channel, 30) == []


def test_what_was_opened_expires_like_the_others() -> None:
    channel = a_channel(expiring("n1", 30), Change(OPENED, ("n1",)).event(ANN))

    assert [event.name for event in tended(channel, 30)] == [EXPIRED]


def test_one_event_names_up_to_a_hundred() -> None:
    channel = a_channel(*(expiring(f"n{n}", 30) for n in range(250)))

    events = tend(channel, KEEPS, START + 30, 1000).events

    assert [len(read_change(event).ids) for event in events] == [100, 100, 50]
    assert [event.counts for event in events] == [Counts(150, 150), Counts(50, 50), Counts(0, 0)]


def test_much_is_taken_away_in_small_steps() -> None:
    keeps = KEEPS.model_copy(update={"inbox_count": 10})
    channel = a_channel(*(expiring(f"n{n}", 30) for n in range(20)), keeps=keeps)
    for n in range(20, 40):
        channel.append(told(f"n{n}"), START)

    taken = [tend(channel, keeps, START + 100, 15).taken for _ in range(8)]

    # 20 expire, 10 are evicted; 40 leave the log (the events of retention are new there).
    assert taken == [15, 15, 15, 15, 10, 0, 0, 0]
    assert next_due(channel, keeps, START + 100) > START + 100
    tended(channel, 110, keeps)
    assert channel.known(told("n39")) is not None
    assert channel.known(expiring("n0", 30)) is None


def test_times_that_are_no_longer_needed_are_let_go_of() -> None:
    channel = a_channel(told("n1"))
    for second in range(1, 500):
        channel.append(said(), START + second)
        tended(channel, second)
    assert len(channel.ages._seconds) == 500  # the inbox's oldest entry still counts on them

    channel.append(Change(DELETED, ("n1",)).event(ANN), START + 500)
    tended(channel, 500)

    assert len(channel.ages._seconds) == 100
