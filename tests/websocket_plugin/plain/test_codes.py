"""A failure has one code, and words that tell nothing of what goes on within the server."""

from __future__ import annotations

import json

import pytest

from tidings import (
    Conflict,
    InvalidName,
    PluginError,
    SettingsError,
    StoreError,
    TidingsError,
    TransportError,
    Unsupported,
)
from tidings_websocket.dialect import Ending, Malformed
from tidings_websocket.errors import Denied, LimitExceeded, Unauthenticated
from tidings_websocket.plain import PlainDialect
from tidings_websocket.plain.codes import CLOSES

DIALECT = PlainDialect()


def told(error: Exception) -> tuple[str, str]:
    frame = json.loads(DIALECT.refusal(1, error)[0])
    return frame["error"]["code"], frame["error"]["message"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Malformed("no request"), "malformed"),
        (Denied("members only"), "denied"),
        (Unauthenticated("say who you are"), "unauthenticated"),
        (LimitExceeded("at most 100 channels"), "limit"),
        (Conflict("this id was used"), "conflict"),
        (InvalidName("user id 'x' is too long"), "invalid_name"),
        (Unsupported("nothing here has a schedule"), "unsupported"),
    ],
)
def test_an_error_that_is_the_clients_business_is_told(error: Exception, code: str) -> None:
    assert told(error) == (code, str(error))


def test_a_more_special_error_has_the_code_of_its_kind() -> None:
    class Embargoed(Denied):
        """Not before noon."""

    assert told(Embargoed("not before noon")) == ("denied", "not before noon")


@pytest.mark.parametrize(
    "error",
    [
        StoreError("postgresql://user:secret@host is down"),
        TransportError("secret"),
        PluginError("secret", "secret"),
        SettingsError("secret"),
        TidingsError("secret"),
        ValueError("secret"),
        KeyError("secret"),
    ],
)
def test_what_fails_within_stays_within(error: Exception) -> None:
    assert told(error) == ("failed", "the server could not do this")


def test_every_ending_has_a_close_code_of_its_own() -> None:
    assert set(CLOSES) == set(Ending)
    assert len({code for code, _ in CLOSES.values()}) == len(Ending)


@pytest.mark.parametrize("ending", Ending)
def test_a_close_code_can_be_sent(ending: Ending) -> None:
    code, reason = DIALECT.close(ending)
    # RFC 6455, section 7.4.2: 4000 to 4999 are for private use; IANA's registry has the others
    assert 4000 <= code <= 4999 or code in {1003, 1009, 1011, 1012, 1013}
    assert 0 < len(reason.encode()) <= 123
