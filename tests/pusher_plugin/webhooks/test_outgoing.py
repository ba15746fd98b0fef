"""What waits for one receiver: in order, in batches, and not without end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidings_pusher.webhooks.outgoing import BATCH, Outgoing
from tidings_pusher.webhooks.seldom import Seldom

NEVER = -1.0


def filled(count: int, *, most: int = 100, batch: int = BATCH) -> Outgoing:
    outgoing = Outgoing(most, batch)
    for number in range(count):
        outgoing.put(b"%d" % number, float(number))
    return outgoing


def test_batches_are_taken_in_order_and_forgotten_when_done() -> None:
    outgoing = filled(25)
    assert outgoing.take() == [b"%d" % number for number in range(20)]
    assert len(outgoing) == 25
    outgoing.done()
    assert outgoing.take() == [b"20", b"21", b"22", b"23", b"24"]
    outgoing.done()
    assert len(outgoing) == 0


def test_what_was_not_delivered_goes_out_first_again() -> None:
    outgoing = filled(3, batch=1)
    assert outgoing.take() == [b"0"]
    outgoing.put(b"3", 3.0)
    assert outgoing.put_back(NEVER) == 0
    assert [took(outgoing) for _ in range(4)] == [[b"0"], [b"1"], [b"2"], [b"3"]]


def test_what_waits_for_too_long_is_given_up() -> None:
    outgoing = filled(5, batch=2)
    outgoing.take()
    assert outgoing.put_back(old=3.0) == 4
    assert outgoing.take() == [b"4"]


def test_of_too_many_the_oldest_go_but_not_those_being_sent() -> None:
    outgoing = filled(2, most=3, batch=1)
    assert outgoing.take() == [b"0"]
    outgoing.put(b"2", 2.0)
    outgoing.put(b"3", 3.0)
    assert outgoing.dropped == 1
    outgoing.done()
    assert [took(outgoing), took(outgoing)] == [[b"2"], [b"3"]]


def test_large_events_are_bounded_by_their_bytes_too() -> None:
    outgoing, large = Outgoing(1_000, BATCH), b"x" * 1_000_000
    for number in range(40):
        outgoing.put(b"%02d" % number + large, 0.0)
    assert outgoing.dropped == 40 - 33
    assert outgoing.take() == [b"07" + large]  # nor do several of these go in one POST
    outgoing.done()
    for _ in range(32):
        outgoing.take()
        outgoing.done()
    assert len(outgoing) == 0
    outgoing.put(large, 0.0)
    assert outgoing.dropped == 40 - 33


def test_of_a_count_the_newest_waits_in_the_place_of_the_first() -> None:
    outgoing = Outgoing(100, BATCH)
    outgoing.put(b"a1", 0.0, count_of="a")
    outgoing.put(b"x", 1.0)
    outgoing.put(b"a2", 2.0, count_of="a")
    assert outgoing.take() == [b"a2", b"x"]


def test_a_count_that_is_being_sent_is_followed_by_the_newer_or_replaced_by_it() -> None:
    outgoing = Outgoing(100, 1)
    outgoing.put(b"a1", 0.0, count_of="a")
    assert outgoing.take() == [b"a1"]
    outgoing.put(b"x", 1.0)
    outgoing.put(b"a2", 1.0, count_of="a")
    outgoing.put_back(NEVER)
    assert [took(outgoing), took(outgoing)] == [[b"a2"], [b"x"]]
    assert len(outgoing) == 0


@given(st.lists(st.sampled_from(["put", "done", "put_back"])), st.integers(1, 4))
def test_however_it_fails_each_event_arrives_once_and_in_order(does: list[str], batch: int) -> None:
    outgoing, put = Outgoing(1_000, batch), 0
    arrived: list[bytes] = []
    for what in does:
        if what == "put":
            outgoing.put(b"%d" % put, float(put))
            put += 1
        elif outgoing:
            texts = outgoing.take()
            if what == "done":
                arrived += texts
                outgoing.done()
            else:
                assert outgoing.put_back(NEVER) == 0
    while outgoing:
        arrived += took(outgoing)
    assert arrived == [b"%d" % number for number in range(put)]


def took(outgoing: Outgoing) -> list[bytes]:
    texts = outgoing.take()
    outgoing.done()
    return texts


def test_a_channel_has_its_turn_once_in_a_while() -> None:
    seldom = Seldom(10.0)
    assert [seldom.allows("a", now) for now in (0.0, 9.9, 10.0, 19.9)] == [True, False, True, False]
    assert seldom.allows("b", 0.0)


def test_of_more_channels_than_are_remembered_the_one_of_long_ago_is_forgotten() -> None:
    seldom = Seldom(10.0, most=2)
    assert all(seldom.allows(channel, 0.0) for channel in "abc")
    assert [seldom.allows(channel, 1.0) for channel in "cba"] == [False, False, True]
