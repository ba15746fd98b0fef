"""What carriers owe is kept until it is struck off."""

from __future__ import annotations

from memory.samples import ANN, BOB, told
from tidings.event import Event, Owed, Position
from tidings_memory.outbox import OwedEvents


def logged(offset: int, channel: str = ANN) -> Event:
    return told(f"n{offset}", channel)._replace(position=Position("e", offset))


def test_every_carrier_owes_every_event_in_order() -> None:
    outbox = OwedEvents()

    with outbox.serving(("mail", "push")):
        outbox.note(logged(1), 10.0)
        outbox.note(logged(2), 11.0)

    for carrier in ("mail", "push"):
        assert outbox.read(carrier, 9) == [Owed(logged(1), 10.0), Owed(logged(2), 11.0)]
    assert outbox.read("mail", 1) == [Owed(logged(1), 10.0)]


def test_what_one_carrier_settles_the_other_still_owes() -> None:
    outbox = OwedEvents()
    with outbox.serving(("mail", "push")):
        outbox.note(logged(1), 10.0)
        outbox.note(logged(2), 10.0)

    outbox.settle("mail", [logged(1), logged(7)])

    assert [owed.event for owed in outbox.read("mail", 9)] == [logged(2)]
    assert [owed.event for owed in outbox.read("push", 9)] == [logged(1), logged(2)]


def test_a_carrier_owes_what_comes_while_it_serves() -> None:
    outbox = OwedEvents()

    outbox.note(logged(1), 10.0)
    with outbox.serving(("mail",)):
        outbox.note(logged(2), 10.0)
    outbox.note(logged(3), 10.0)

    assert [owed.event for owed in outbox.read("mail", 9)] == [logged(2)]


def test_two_nodes_with_the_same_carrier_owe_an_event_once() -> None:
    outbox = OwedEvents()

    with outbox.serving(("mail",)):
        with outbox.serving(("mail", "push")):
            outbox.note(logged(1), 10.0)
        outbox.note(logged(2), 10.0)

    assert [owed.event for owed in outbox.read("mail", 9)] == [logged(1), logged(2)]
    assert [owed.event for owed in outbox.read("push", 9)] == [logged(1)]


def test_nothing_is_owed_of_a_channel_that_is_forgotten() -> None:
    outbox = OwedEvents()
    with outbox.serving(("mail",)):
        outbox.note(logged(1, ANN), 10.0)
        outbox.note(logged(1, BOB), 10.0)

    outbox.forget(ANN)

    assert [owed.event.channel for owed in outbox.read("mail", 9)] == [BOB]


def test_a_carrier_nobody_named_owes_nothing() -> None:
    outbox = OwedEvents()

    outbox.settle("unheard of", [logged(1)])

    assert outbox.read("unheard of", 9) == []
