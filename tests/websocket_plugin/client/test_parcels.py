"""Events as commands, and answers as results."""

from __future__ import annotations

from datetime import UTC, datetime

from tidings import (
    Conflict,
    Event,
    InvalidData,
    Notification,
    Passed,
    Position,
    Scheduled,
    Stored,
    StoreError,
    TransportError,
    Unsupported,
    user_channel,
)
from tidings.changes import EXPIRED, OPENED, Change
from tidings.names import CONTROL_CHANNEL
from tidings.notification import NOTIFICATION
from tidings.service import DISCONNECT
from tidings_websocket.client.parcels import TOGETHER, Parcel, packed, scheduled, stored
from tidings_websocket.commands import Disconnect, Mark, Publish, Push, Pushed

NOTE = Notification(id="n", heading="Build passed")
OTHER = Notification(id="m", heading="Build failed")
AT = datetime(2030, 1, 1, tzinfo=UTC)
STORED = Stored(Position("e", 1))


def told(user: str, notification: Notification = NOTE) -> Event:
    return Event(user_channel(user), NOTIFICATION, notification.to_json(), notification.id)


def users(parcels: list[Parcel]) -> list[tuple[str, ...]]:
    return [parcel.command.users for parcel in parcels if isinstance(parcel.command, Push)]


def test_one_notification_to_many_users_is_one_push() -> None:
    (parcel,) = packed([told("ann"), told("bob"), told("=?")])

    assert parcel.command == Push(("ann", "bob", "=?"), NOTE)


def test_a_user_who_is_named_twice_is_asked_for_twice() -> None:
    parcels = list(packed([told("ann"), told("bob"), told("ann")]))

    assert users(parcels) == [("ann", "bob"), ("ann",)]


def test_another_notification_is_another_push() -> None:
    again = NOTE.model_copy(update={"content": "Another"})
    events = [told("ann"), told("bob", OTHER), told("cleo", again), told("dan")]

    assert users(list(packed(events))) == [("ann",), ("bob",), ("cleo",), ("dan",)]


def test_a_push_to_very_many_is_several() -> None:
    pushes = users(list(packed([told(f"user {n}") for n in range(TOGETHER + 1)])))

    assert [len(push) for push in pushes] == [TOGETHER, 1]


def test_order_is_kept_among_kinds() -> None:
    change = Change(OPENED, ("n",)).event(user_channel("ann"))
    said = Event("news", "said", b"1", "s")

    parcels = list(packed([told("ann"), change, said, told("ann")]))

    assert [parcel.command for parcel in parcels] == [
        Push(("ann",), NOTE),
        Mark("ann", Change(OPENED, ("n",)), change.id, echo=True),
        Publish("news", "said", b"1", "s", echo=True),
        Push(("ann",), NOTE),
    ]
    assert [event for parcel in parcels for event in parcel.events][1:3] == [change, said]


def test_what_is_no_notification_is_refused_here_and_stops_no_other() -> None:
    bad = Event(user_channel("ann"), NOTIFICATION, b"[]", "x")

    refused, fine = packed([bad, told("ann")])

    assert refused.command is None
    assert isinstance(refused.error, InvalidData)
    assert list(stored(refused, refused.error)) == [refused.error]
    assert fine.command == Push(("ann",), NOTE)


def test_a_change_that_is_none_is_refused_here() -> None:
    (refused,) = packed([Event(user_channel("ann"), OPENED, b"7", "x")])

    assert isinstance(refused.error, InvalidData)


def test_what_only_a_store_says_is_left_to_the_server_to_refuse() -> None:
    expired = Change(EXPIRED, ("n",)).event(user_channel("ann"))

    (parcel,) = packed([expired])

    assert isinstance(parcel.command, Publish)


def test_cutting_a_user_off_is_a_command() -> None:
    (parcel,) = packed([Event(CONTROL_CHANNEL, DISCONNECT, b'{"user":"ann","revoked":false}', "x")])

    assert parcel.command == Disconnect("ann")


def test_each_user_gets_their_own_result() -> None:
    (parcel,) = packed([told("ann"), told("bob")])
    conflict = Conflict("used before")

    assert list(stored(parcel, Pushed({"bob": conflict, "ann": STORED}))) == [STORED, conflict]


def test_no_answer_may_be_stored_or_not() -> None:
    (parcel,) = packed([told("ann")])

    (result,) = stored(parcel, TransportError("no answer from x within 3 s"))

    assert isinstance(result, StoreError)
    assert str(result) == (
        "no answer from x within 3 s: it may be stored or not, and trying again is safe"
    )


def test_a_channel_that_only_this_side_takes_for_logged_is_an_error() -> None:
    (parcel,) = packed([Event("news", "said", b"1", "s")])

    (result,) = stored(parcel, Passed())

    assert isinstance(result, Unsupported)


def test_clocks_that_differ_are_told_of() -> None:
    (parcel,) = packed([told("ann"), told("bob")])
    answer = Pushed({"ann": Scheduled(AT), "bob": Stored(Position("e", 1), duplicate=True)})

    late, fine = stored(parcel, answer)
    assert isinstance(late, StoreError)
    assert isinstance(fine, Stored)
    assert list(scheduled(parcel, answer, AT)) == [Scheduled(AT), Scheduled(AT, duplicate=True)]
