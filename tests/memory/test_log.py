"""A channel's log is read from any place, as far back as it goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidings.event import Event, Position, Recalled
from tidings_memory.log import ChannelLog


def entry(offset: int) -> Event:
    return Event("news", "said", b"{}", f"e{offset}", Position("e", offset))


def a_log(length: int, trimmed: int = 0) -> ChannelLog:
    log = ChannelLog("e")
    for offset in range(1, length + 1):
        log.append(entry(offset))
    log.drop(trimmed)
    return log


def test_a_log_nobody_wrote_to_stands_before_its_first_event() -> None:
    log = ChannelLog("e")

    assert log.position == Position("e", 0)
    assert log.recall(0, 10) == Recalled([], "e", first=1, head=0)


def test_a_log_that_was_trimmed_away_goes_on_behind_its_head() -> None:
    log = a_log(5, trimmed=5)
    assert log.recall(0, 10) == Recalled([], "e", first=6, head=5)

    log.append(entry(6))

    assert log.recall(0, 10) == Recalled([entry(6)], "e", first=6, head=6)


def test_an_event_is_found_by_its_offset_while_it_is_there() -> None:
    log = a_log(5, trimmed=2)

    assert [log.get(offset) for offset in (2, 3, 5)] == [None, entry(3), entry(5)]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 60), st.integers(1, 60))
def test_recall_reads_what_is_left_behind_an_offset(
    length: int, trimmed: int, after: int, limit: int
) -> None:
    log = a_log(length, min(trimmed, length))
    assert log.drop(trimmed // 2) == []  # gone already
    answer = log.recall(after, limit)

    left = [n for n in range(1, length + 1) if n > trimmed and n > after]
    assert answer.events == [entry(n) for n in left[:limit]]
    assert (answer.first, answer.head) == (min(trimmed, length) + 1, length)
