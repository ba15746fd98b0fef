"""Events do to a channel's log, inbox and ids what they say, all at one moment."""

from __future__ import annotations

import pytest

from memory.samples import ANN, NEWS, NOON, said, told
from tidings.changes import DELETED, EXPIRED, OPENED, REDACTED, Change
from tidings.errors import Conflict, InvalidData, StalePosition
from tidings.event import Counts, Event, Position, Stored
from tidings.keeps import Keeps
from tidings_memory.channel import Channel

KEEPS = Keeps(log_count=5, log_age=100, inbox_count=50, inbox_age=1000, remember=10)


def a_channel(*events: Event, name: str = ANN) -> Channel:
    channel = Channel(name, "e", KEEPS)
    for event in events:
        channel.append(event, 0.0)
    return channel


def in_log(channel: Channel) -> list[Event]:
    return list(channel.log.recall(0, 100).events)


def test_an_event_gets_the_next_position_and_the_counts_after_it() -> None:
    channel = a_channel(told("n1"))

    event = channel.append(told("n2"), 0.0)
    opened = channel.append(Change(OPENED, ("n1",)).event(ANN), 0.0)

    assert (event.position, event.counts) == (Position("e", 2), Counts(2, 2))
    assert (opened.position, opened.counts) == (Position("e", 3), Counts(1, 1))


def test_an_event_keeps_all_that_it_came_with() -> None:
    event = said(b'{"n":1}', NEWS, origin="tab-1")

    appended = a_channel(name=NEWS).append(event, 0.0)

    assert appended == event._replace(position=Position("e", 1))


def test_a_channel_that_is_no_users_has_no_inbox() -> None:
    channel = a_channel(told("n1", NEWS), name=NEWS)

    assert (channel.inbox, in_log(channel)[0].counts) == (None, None)


def test_what_is_known_is_told_with_its_old_position_and_counts() -> None:
    event, change = said(b"1"), Change(OPENED, ("n1",)).event(ANN)
    channel = a_channel(told("n1"), event, change, told("n2"))

    assert channel.known(told("n1")) == Stored(Position("e", 1), Counts(1, 1), duplicate=True)
    assert channel.known(event) == Stored(Position("e", 2), Counts(1, 1), duplicate=True)
    assert channel.known(change) == Stored(Position("e", 3), Counts(0, 0), duplicate=True)
    assert channel.known(told("n3")) is None


def test_an_id_is_known_once_its_entry_is_trimmed_but_not_with_which_counts() -> None:
    event = said(b"1")
    channel = a_channel(told("n1"), event)

    channel.trim(2, 0.0)

    assert channel.known(told("n1")) == Stored(Position("e", 1), None, duplicate=True)
    assert channel.known(event) == Stored(Position("e", 2), None, duplicate=True)


@pytest.mark.parametrize("name", [DELETED, EXPIRED])
@pytest.mark.parametrize("trimmed_before", [True, False])
def test_an_id_is_known_once_its_notification_has_left(name: str, *, trimmed_before: bool) -> None:
    channel = a_channel(told("n1"))
    if trimmed_before:
        channel.trim(1, 0.0)

    channel.append(Change(name, ("n1",)).event(ANN), 0.0)

    known = channel.known(told("n1"))
    assert known is not None
    assert (known.position, known.duplicate) == (Position("e", 1), True)
    with pytest.raises(Conflict):
        channel.known(told("n1", heading="Build failed"))


def test_when_a_notification_was_made_is_no_part_of_its_content() -> None:
    channel = a_channel(told("n1"))

    again = channel.known(told("n1", created_at=NOON.replace(hour=13)))

    assert again == Stored(Position("e", 1), Counts(1, 1), duplicate=True)


@pytest.mark.parametrize(
    "other",
    [
        told("n1", heading="Build failed"),
        said(b"1", id="n1"),
        told("n1")._replace(name="said"),
        said(b"2", id="s1"),
        told("s1"),
    ],
)
def test_a_known_id_with_other_content_is_a_conflict(other: Event) -> None:
    channel = a_channel(told("n1"), said(b"1", id="s1"))

    with pytest.raises(Conflict, match=f"{other.id!r} was used before with other content"):
        channel.known(other)


def test_a_deleted_notification_leaves_its_id_and_position_in_the_log() -> None:
    channel = a_channel(told("n1"), told("n2"))

    deleted = channel.append(Change(DELETED, ("n1",)).event(ANN), 0.0)

    redacted = Event(ANN, REDACTED, b"{}", "n1", Position("e", 1), Counts(1, 1))
    assert in_log(channel)[::2] == [redacted, deleted]


def test_deleting_all_up_to_a_position_redacts_all_of_those() -> None:
    channel = a_channel(told("n1"), told("n2"), told("n3"))

    channel.append(Change(DELETED, through=Position("e", 2)).event(ANN), 0.0)

    assert [event.name == REDACTED for event in in_log(channel)] == [True, True, False, False]


def test_what_has_expired_is_redacted_when_it_is_deleted() -> None:
    channel = a_channel(told("n1"), Change(EXPIRED, ("n1",)).event(ANN))
    assert in_log(channel)[0].name != REDACTED

    channel.append(Change(DELETED, ("n1", "unknown")).event(ANN), 0.0)

    assert in_log(channel)[0].name == REDACTED


def test_deleting_takes_no_other_kind_of_event_out_of_the_log() -> None:
    event = said(b"1", id="s1")
    channel = a_channel(event)

    channel.append(Change(DELETED, ("s1",)).event(ANN), 0.0)

    assert in_log(channel)[0].data == b"1"


def test_a_change_through_a_position_of_another_log_changes_nothing() -> None:
    channel = a_channel(told("n1"))

    with pytest.raises(StalePosition):
        channel.append(Change(OPENED, through=Position("old", 1)).event(ANN), 0.0)

    assert (channel.log.head, channel.inbox and channel.inbox.counts) == (1, Counts(1, 1))


@pytest.mark.parametrize(
    "broken",
    [
        Event(ANN, OPENED, b"no json", "e1"),
        told("n2")._replace(data=b'{"expires_at":"soon","created_at":"now"}'),
    ],
)
def test_an_event_that_cannot_be_read_changes_nothing(broken: Event) -> None:
    channel = a_channel(told("n1"))

    with pytest.raises(InvalidData):
        channel.append(broken, 0.0)

    assert channel.known(broken) is None
    assert (channel.log.head, channel.inbox and channel.inbox.counts) == (1, Counts(1, 1))


def test_a_log_holds_its_newest_events_and_no_more() -> None:
    channel = a_channel(*(told(f"n{n}") for n in range(1, 9)))

    assert (channel.log.first, channel.log.head) == (4, 8)
    assert [event.id for event in in_log(channel)] == ["n4", "n5", "n6", "n7", "n8"]
    assert len(channel.inbox or ()) == 8
