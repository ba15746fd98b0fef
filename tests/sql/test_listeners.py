"""Who listens hears what was carried and what was read, and it is known how far each is."""

from __future__ import annotations

import pytest

from tidings import Event, Position
from tidings_sql.growth import Growth
from tidings_sql.listeners import Listeners


def at(offset: int, epoch: str = "one", channel: str = "news") -> Event:
    return Event(channel, "said", b"1", f"{epoch}-{offset}", Position(epoch, offset))


def known(listeners: Listeners) -> dict[str, Position | None]:
    return dict(listeners.known(["news", "nobody listens"]))


def test_a_channel_is_delivered_to_its_listener_until_it_leaves() -> None:
    listeners, heard = Listeners(), list[Event]()
    listeners.carried([at(1)])
    listeners.add("news", heard.append)
    assert listeners
    listeners.carried([at(2), at(3, channel="other")])
    listeners.grown([Growth("news", Position("one", 3), at(3))])
    listeners.remove("news")
    listeners.carried([at(4)])

    assert heard == [at(2), at(3)]
    assert not listeners


def test_the_newest_position_is_known_however_it_came_to_be() -> None:
    listeners = Listeners()
    listeners.add("news", lambda _: None)
    assert known(listeners) == {"news": None}
    listeners.saw({"news": Position("one", 2)})
    listeners.carried([at(5), at(4)])
    assert known(listeners) == {"news": Position("one", 5)}
    listeners.pushed([at(7), at(1, channel="other")])
    listeners.grown([Growth("news", Position("one", 9), at(6))])
    assert known(listeners) == {"news": Position("one", 7)}
    listeners.carried([at(1, "two"), at(1)._replace(position=None)])
    assert known(listeners) == {"news": Position("two", 1)}


@pytest.mark.parametrize("head", [Position("two", 0), Position("two", 8), Position("one", 3)])
def test_a_log_that_has_nothing_where_it_is_now_is_asked_by_the_core(head: Position) -> None:
    listeners, heard = Listeners(), list[Event]()
    listeners.add("news", heard.append)
    listeners.saw({"news": Position("one", 5)})
    listeners.grown([Growth("news", head, None)])

    assert [event.position for event in heard] == [Position("", 0)]
    assert known(listeners) == {"news": head}


def test_nothing_is_said_of_a_log_of_which_nothing_was_known() -> None:
    listeners, heard = Listeners(), list[Event]()
    listeners.add("news", heard.append)
    listeners.grown([Growth("news", Position("one", 5), None)])

    assert heard == []
    assert known(listeners) == {"news": Position("one", 5)}
