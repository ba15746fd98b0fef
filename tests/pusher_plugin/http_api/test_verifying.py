"""Which requests an app has signed, by the documents alone: no server is needed to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pusher.signature import sign

from pusher_plugin.http_api.own_server import SHOP
from tidings_pusher import App
from tidings_pusher.server.http_api.refusals import Refused
from tidings_pusher.server.http_api.verifying import Verifier, query, verify_body

SECRET = SHOP.secret.get_secret_value()
PATH = "/apps/3/events"
NOW = 1353088179.0
BODY = b'{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}'
SIGNED = {
    "auth_key": SHOP.key,
    "auth_timestamp": "1353088179",
    "auth_version": "1.0",
    "body_md5": "ec365a775a4cd0599faeb73354201b6f",
    "auth_signature": "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c",
}


def status(
    parameters: dict[str, str],
    *,
    method: str = "POST",
    paths: Sequence[str] = (PATH,),
    body: bytes = BODY,
    now: float = NOW,
    app: App = SHOP,
) -> int:
    try:
        read = query(urlencode(parameters).encode())
        Verifier(app).verify(method, paths, read, now)
        verify_body(read, body)
    except Refused as refused:
        return refused.status if SECRET not in refused.words else -1
    return 200


def signed(parameters: dict[str, str]) -> dict[str, str]:
    """Sign parameters as the documents say; they name the app, the time and the version."""
    asked = {"auth_key": SHOP.key, "auth_timestamp": f"{NOW:.0f}", "auth_version": "1.0"}
    asked |= parameters
    lowered = sorted((key.lower(), value) for key, value in asked.items())
    text = "&".join(f"{key}={value}" for key, value in lowered)
    return {**asked, "auth_signature": sign(SECRET, f"POST\n{PATH}\n{text}")}


def test_the_documents_own_example_is_taken() -> None:
    assert status(SIGNED) == 200


def test_the_order_of_the_query_means_nothing() -> None:
    assert status(dict(reversed(SIGNED.items()))) == 200


def test_names_are_signed_in_lower_case() -> None:
    assert status(signed({"Name": "Something else"}), body=b"") == 200
    assert status({key.upper(): value for key, value in SIGNED.items()}) == 200


@pytest.mark.parametrize("name", list(SIGNED))
def test_each_parameter_is_needed(name: str) -> None:
    assert status({key: value for key, value in SIGNED.items() if key != name}) == 401


@pytest.mark.parametrize("name", list(SIGNED))
def test_no_parameter_can_be_another(name: str) -> None:
    for other in ("", SIGNED[name][:-1], SIGNED[name] + "0", "0" * len(SIGNED[name]), "é"):
        assert status({**SIGNED, name: other}) == 401


def test_nothing_can_be_added_to_what_was_signed() -> None:
    assert status({**SIGNED, "info": "user_count"}) == 401


@pytest.mark.parametrize(
    "other",
    [
        {"method": "GET"},
        {"paths": ["/apps/3/batch_events"]},
        {"paths": ["/apps/4/events"]},
        {"paths": []},
        {"body": BODY + b" "},
        {"body": b""},
        {"app": SHOP.model_copy(update={"key": "other"})},
        {"app": App(id="3", key=SHOP.key, secret=cast("Any", "other"))},
    ],
    ids=str,
)
def test_it_is_signed_for_one_request_only(other: Any) -> None:
    assert status(SIGNED, **other) == 401


def test_any_of_the_paths_may_be_the_one_that_was_signed() -> None:
    assert status(SIGNED, paths=["/pusher" + PATH, PATH]) == 200


@pytest.mark.parametrize(("seconds", "expected"), [(0, 200), (600, 200), (601, 401), (1e9, 401)])
def test_it_holds_for_600_seconds(seconds: float, expected: int) -> None:
    assert status(SIGNED, now=NOW + seconds) == expected
    assert status(SIGNED, now=NOW - seconds) == expected


@pytest.mark.parametrize("time", ["", "-1", "1e9", "1353088179.0", "9" * 5000, "१३५३०८८१७९", " "])
def test_a_time_is_digits(time: str) -> None:
    assert status(signed({"auth_timestamp": time}), body=b"") == 401


def test_other_versions_are_not_understood() -> None:
    assert status(signed({"auth_version": "2.0"}), body=b"") == 401


def test_a_request_without_a_body_may_name_the_digest_of_nothing() -> None:
    nothing = "d41d8cd98f00b204e9800998ecf8427e"
    assert status(signed({"body_md5": nothing}), body=b"") == 200
    assert status(signed({}), body=b"") == 200
    assert status(signed({}), body=b"x") == 401
    assert status(signed({"body_md5": nothing}), body=b"x") == 401


@pytest.mark.parametrize(
    "text",
    [
        b"auth_key=a&auth_key=b",
        b"auth_key=a&AUTH_KEY=a",
        b"info=a%26b=c",
        b"info%3Da=b",
        b"info=%ff",
        b"info=\xff",
        b"&".join(b"p%d=" % n for n in range(21)),
    ],
)
def test_a_query_that_can_be_read_in_two_ways_is_refused(text: bytes) -> None:
    with pytest.raises(Refused) as refused:
        query(text)
    assert refused.value.status == 400


@given(
    st.dictionaries(
        st.text("abcxyz_", min_size=1, max_size=8),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="&"), max_size=30),
        max_size=10,
    )
)
def test_whatever_was_signed_is_taken_and_with_any_change_it_is_not(
    parameters: dict[str, str],
) -> None:
    asked = signed(parameters)
    assert status(asked, body=b"") == 200
    for name, value in asked.items():
        assert status({**asked, name: value + "1"}, body=b"") == 401


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: quote(text).encode()))
def test_no_query_is_more_than_refused(text: bytes) -> None:
    with pytest.raises(Refused) as refused:
        Verifier(SHOP).verify("POST", [PATH], query(text), NOW)
    assert refused.value.status in {400, 401}


@given(st.text("ab=&_.1", max_size=30) | st.text("ab=&%2+;", max_size=30))
def test_what_needs_no_decoding_is_read_as_anything_else(text: str) -> None:
    pairs = [(key.lower(), value) for key, value in parse_qsl(text, keep_blank_values=True)]
    try:
        read = query(text.encode())
    except Refused:
        twice = len(dict(pairs)) < len(pairs)
        assert twice or "%" in text
    else:
        assert list(read.items()) == pairs
