import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tidings.encoding import DATA_LIMIT
from tidings.errors import InvalidData
from tidings.notification import Button, Notification, Payload, content_digest, same_content

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

LINE = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\t\n"))
DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | LINES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LINE, inner, max_size=3),
    max_leaves=8,
)
MOMENTS = st.datetimes(timezones=st.timezones())


@st.composite
def notifications(draw: st.DrawFn) -> Notification:
    after = draw(st.none() | st.datetimes(max_value=datetime(9000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    return Notification(
        id=str(draw(st.uuids())),
        heading=draw(LINE),
        content=draw(LINES.map(lambda text: text[:4000])),
        payload=draw(st.none() | st.builds(Payload, path=LINE, data=DATA, auth=st.booleans())),
        image_url=draw(st.none() | LINE),
        buttons=tuple(Button(id=str(n), text=draw(LINE)) for n in range(draw(st.integers(0, 5)))),
        category=draw(st.none() | LINE),
        data=draw(DATA),
        send_after=after,
        expires_at=after and after + timedelta(days=1),
    )


def refusal(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Notification(**{"heading": "Build passed", **fields})
    return str(caught.value)


def test_a_heading_is_enough() -> None:
    made = Notification(heading="Build passed")

    assert UUID(made.id).version == 7
    assert made.created_at.tzinfo is UTC


@given(notifications())
def test_json_brings_back_the_same_notification(made: Notification) -> None:
    assert Notification.from_json(made.to_json()) == made
    assert Notification.from_json(made.to_json(by_alias=True)) == made


def test_json_has_snake_case_and_leaves_out_what_is_not_set() -> None:
    made = Notification(id="b7", heading="Build passed", image_url="/ok.png", created_at=NOON)

    assert json.loads(made.to_json()) == {
        "id": "b7",
        "heading": "Build passed",
        "content": "",
        "image_url": "/ok.png",
        "buttons": [],
        "created_at": "2026-01-01T12:00:00Z",
    }


def test_json_has_camel_case_on_request() -> None:
    made = Notification(
        heading="x", image_url="/ok.png", send_after=NOON, expires_at="3000-01-01T00:00Z"
    )

    keys = json.loads(made.to_json(by_alias=True)).keys()

    assert {"imageUrl", "sendAfter", "expiresAt", "createdAt"} <= keys


def test_camel_case_is_understood() -> None:
    text = '{"heading":"x","imageUrl":"/ok.png","sendAfter":"2026-01-01T12:00:00Z"}'

    read = Notification.from_json(text)

    assert (read.image_url, read.send_after) == ("/ok.png", NOON)


def test_a_uuid_may_be_the_id() -> None:
    given_id = uuid4()

    assert Notification(id=given_id, heading="x").id == str(given_id)


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("id", "", "1 to 128 visible ASCII characters"),
        ("id", "a b", "1 to 128 visible ASCII characters"),
        ("id", "x" * 129, "1 to 128 visible ASCII characters"),
        ("id", 7, "1 to 128 visible ASCII characters"),
        ("heading", "", "one line of 1 to 200 characters"),
        ("heading", "x" * 201, "one line of 1 to 200 characters"),
        ("heading", "two\nlines", "one line of 1 to 200 characters"),
        ("heading", "a line\n", "one line of 1 to 200 characters"),
        ("heading", "\ud800", "one line of 1 to 200 characters"),
        ("content", "x" * 4001, "at most 4,000 characters"),
        ("content", "bell \x07", "none of them a control character"),
        ("content", "carriage \r\n", "none of them a control character"),
        ("content", "next line \x85", "none of them a control character"),
        ("image_url", "x" * 2001, "one line of 1 to 2,000 characters"),
        ("category", "x" * 65, "one line of 1 to 64 characters"),
        ("buttons", [{"id": str(n), "text": "x"} for n in range(6)], "at most 5 items"),
        ("buttons", [{"id": "a", "text": "x" * 81}], "one line of 1 to 80 characters"),
        ("buttons", [{"id": "a", "text": "x"}] * 2, "give each its own"),
        ("payload", {"path": ""}, "one line of 1 to 2,000 characters"),
        ("payload", {"data": float("nan")}, "data is no JSON"),
        ("data", {"x": float("inf")}, "data is no JSON"),
        ("data", {"x": object()}, "data is no JSON"),
        ("data", "x" * DATA_LIMIT, "at most 65,536"),
        ("send_after", datetime(2026, 1, 1), "should have timezone info"),  # noqa: DTZ001
        ("expires_at", "2026-01-01T12:00:00", "should have timezone info"),
        ("expires_at", "2026-01-01", "should have timezone info"),
        ("expires_at", "0001-01-01T00:00:00+05:00", "beyond the years 1 to 9999"),
        ("sent_after", NOON, "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_field_is_told_its_rule(field: str, value: object, rule: str) -> None:
    said = refusal(**{field: value})

    assert field in said
    assert rule in said


@pytest.mark.parametrize(
    "text", ['{"heading":"x","data":{"n":NaN}}', '{"heading":"x","data":1e999}']
)
def test_json_from_outside_may_hold_no_infinity_either(text: str) -> None:
    with pytest.raises(ValidationError, match="data is no JSON"):
        Notification.from_json(text)


def test_nobody_would_see_what_expires_before_it_is_sent() -> None:
    assert "nobody would see it" in refusal(send_after=NOON, expires_at=NOON)


def test_limits_hold_up_to_their_last_character() -> None:
    Notification(
        id="x" * 128,
        heading="ö" * 200,
        content="ö\t\n" * 1333,
        image_url="x" * 2000,
        category="x" * 64,
        buttons=tuple(Button(id=str(n), text="x" * 80) for n in range(5)),
    )


def test_a_notification_cannot_be_changed_by_who_made_it() -> None:
    data = {"step": [1]}
    made = Notification(heading="x", data=data, payload=Payload(data=data))

    data["step"].append(2)

    assert made.data == {"step": [1]}
    assert made.payload == Payload(data={"step": [1]})
    with pytest.raises(ValidationError, match="frozen"):
        made.heading = "y"  # type: ignore[misc]


def test_data_is_what_json_makes_of_it() -> None:
    assert Notification(heading="x", data={1: ("a", "b")}).data == {"1": ["a", "b"]}


def test_one_that_is_too_large_as_a_whole_is_told_so() -> None:
    made = Notification(id="b7", heading="x", data="x" * 40_000, payload=Payload(data="x" * 40_000))

    with pytest.raises(InvalidData, match=r"'b7' is 80,\d+ bytes of JSON, over 65,536"):
        made.to_json()


@given(MOMENTS)
def test_times_are_told_in_utc_whatever_their_zone(moment: datetime) -> None:
    try:
        in_utc = moment.astimezone(UTC)
    except OverflowError:
        assert "beyond the years" in refusal(created_at=moment)
    else:
        made = Notification(heading="x", created_at=moment)

        assert made.created_at == in_utc
        assert made.to_json().endswith(b'Z"}')


def test_when_it_was_made_is_no_part_of_what_it_says() -> None:
    one = Notification(id="b7", heading="x", created_at=NOON)
    other = Notification(id="b7", heading="x", created_at=NOON + timedelta(days=1))

    assert same_content(one.to_json(), other.to_json())


def test_neither_the_order_of_keys_nor_the_zone_of_times_is() -> None:
    east = timezone(timedelta(hours=2))
    one = Notification(id="b7", heading="x", data={"a": {"b": 1, "c": 2}}, send_after=NOON)
    other = Notification(
        id="b7", heading="x", data={"a": {"c": 2, "b": 1}}, send_after=NOON.astimezone(east)
    )

    assert same_content(one.to_json(), other.to_json())


@pytest.mark.parametrize(
    "change",
    [{"heading": "y"}, {"data": {"a": 2}}, {"category": "c"}, {"send_after": NOON}, {"id": "b8"}],
)
def test_any_other_difference_is_a_conflict(change: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"id": "b7", "heading": "x", "data": {"a": 1}}
    one, other = Notification(**fields), Notification(**{**fields, **change})

    assert not same_content(one.to_json(), other.to_json())


@given(notifications())
def test_a_digest_stands_for_what_was_said(made: Notification) -> None:
    later = made.model_copy(update={"created_at": NOON})

    assert content_digest(made.to_json()) == content_digest(later.to_json())
    assert len(content_digest(made.to_json())) == 16


def test_a_digest_is_made_of_the_largest_notification_too() -> None:
    numbers = [1e-7] * 6_000  # one byte longer in Python's JSON than in pydantic's
    made = Notification(heading="x", data=numbers, payload=Payload(data=numbers))

    assert len(content_digest(made.to_json())) == 16
