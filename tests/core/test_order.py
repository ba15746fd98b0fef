"""Whatever a transport does to a channel's events, they leave once and in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidings.event import Event, Position, Recalled
from tidings.order import Lost, Order


def event(offset: int, epoch: str = "e") -> Event:
    return Event("c", "n", b"{}", f"id-{epoch}-{offset}", Position(epoch, offset))


def offsets(events: list[Event]) -> list[int]:
    return [event.position.offset for event in events if event.position]


def test_an_event_in_its_turn_leaves_at_once() -> None:
    order = Order(Position("e", 4))

    assert offsets(order.receive(event(5))) == [5]


def test_an_event_seen_before_is_dropped() -> None:
    order = Order(Position("e", 5))

    assert order.receive(event(5)) == []
    assert not order.behind


def test_an_event_ahead_waits_for_those_before_it() -> None:
    order = Order(Position("e", 4))

    assert order.receive(event(7)) == []
    assert order.behind
    assert offsets(order.receive(event(5))) == [5]
    assert offsets(order.receive(event(6))) == [6, 7]
    assert not order.behind


def test_a_hole_is_filled_from_the_log() -> None:
    order = Order(Position("e", 4))
    order.receive(event(7))

    released, lost = order.recalled(Recalled([event(5), event(6)], "e", 1, 7), after=4)

    assert (offsets(released), lost) == ([5, 6, 7], None)


def test_a_log_that_lags_is_asked_again() -> None:
    order = Order(Position("e", 4))
    order.receive(event(7))

    released, lost = order.recalled(Recalled([event(5)], "e", 1, 5), after=4)

    assert (offsets(released), lost, order.behind) == ([5], None, True)


def test_a_hole_that_the_log_has_trimmed_is_lost() -> None:
    order = Order(Position("e", 4))
    order.receive(event(9))

    answer = Recalled([event(8), event(9)], "e", 8, 9)

    assert order.recalled(answer, after=4) == ([], Lost("trimmed", Position("e", 9)))


def test_a_reading_older_than_what_was_released_since_is_no_loss() -> None:
    order = Order(Position("e", 4))
    order.receive(event(6))
    order.receive(event(5))

    _, lost = order.recalled(Recalled([], "e", 1, 4), after=4)

    assert lost is None


def test_an_event_of_another_epoch_makes_the_head_be_asked() -> None:
    order = Order(Position("e", 4))

    assert order.receive(event(1, "f")) == []
    assert order.foreign


def test_a_straggler_of_an_old_epoch_changes_nothing() -> None:
    order = Order(Position("e", 4))
    order.receive(event(9, "old"))

    assert order.headed(Position("e", 4), order.ask().offset) is None
    assert not order.foreign
    assert offsets(order.receive(event(5))) == [5]


def test_what_is_foreign_after_the_head_was_asked_makes_it_be_asked_again() -> None:
    order = Order(Position("e", 4))
    order.receive(event(1, "f"))
    asked_at = order.ask()
    order.receive(event(2, "f"))
    lost = order.headed(Position("f", 1), asked_at.offset)
    assert lost is not None
    order.restart(lost.head)

    assert order.foreign


def test_what_came_while_the_log_was_read_is_not_lost_though_it_was_trimmed() -> None:
    order = Order(Position("e", 4))
    order.receive(event(6))
    order.receive(event(5))

    assert order.recalled(Recalled([event(7)], "e", 7, 7), after=4) == ([event(7)], None)


def test_a_new_epoch_in_the_log_is_a_loss() -> None:
    order = Order(Position("e", 4))

    assert order.headed(Position("f", 2), asked_at=4) == Lost("new epoch", Position("f", 2))


def test_a_log_shorter_than_what_was_released_is_a_loss() -> None:
    order = Order(Position("e", 4))

    assert order.headed(Position("e", 3), asked_at=4) == Lost("behind", Position("e", 3))


def test_the_head_betrays_a_lost_last_event() -> None:
    order = Order(Position("e", 4))

    order.headed(Position("e", 5), asked_at=4)

    assert order.behind


def test_what_is_held_is_bounded_and_the_log_restores_the_rest() -> None:
    order = Order(Position("e", 0), held=2)
    for offset in (5, 4, 3, 2):
        order.receive(event(offset))

    assert offsets(order.receive(event(1))) == [1, 2, 3]
    assert order.behind
    released, _ = order.recalled(Recalled([event(4), event(5)], "e", 1, 5), after=3)
    assert offsets(released) == [4, 5]


@given(st.lists(st.integers(1, 12), max_size=60), st.integers(1, 4))
def test_every_order_of_arrival_gives_the_same_order_of_leaving(
    arrivals: list[int], held: int
) -> None:
    order, log = Order(Position("e", 0), held), [event(n) for n in range(1, 13)]
    left = [e for offset in arrivals for e in order.receive(event(offset))]
    while order.behind:
        after = order.offset
        released, lost = order.recalled(Recalled(log[after : after + 3], "e", 1, 12), after)
        assert lost is None
        left += released

    assert offsets(left) == list(range(1, len(left) + 1))
    assert len(left) >= max(arrivals, default=0)
