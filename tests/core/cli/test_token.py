from datetime import UTC, datetime, timedelta

import pytest

from core.cli.runs import Run
from tidings import Tokens

KEY = "a secret of at least thirty-two bytes"


@pytest.fixture
def keyed(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TIDINGS_TOKEN_KEY", KEY)
    return run


def test_it_prints_a_token_and_nothing_else(keyed: Run) -> None:
    ran = keyed("token", "ann", "--ttl", "15m")

    assert (ran.code, ran.err) == (0, "")
    identity = Tokens(KEY).verify(ran.out.removesuffix("\n"))
    assert identity.user == "ann"
    assert identity.expires_at is not None
    assert identity.expires_at - datetime.now(UTC) <= timedelta(minutes=15)


@pytest.mark.parametrize(("flags", "claims"), [((), {}), (("--admin",), {"tidings": "admin"})])
def test_only_where_asked_it_is_an_admins(
    keyed: Run, flags: tuple[str, ...], claims: dict[str, str]
) -> None:
    ran = keyed("token", "ops", *flags)

    assert Tokens(KEY).verify(ran.out.strip()).claims == claims


def test_as_json_it_says_until_when(keyed: Run) -> None:
    told = keyed("--json", "token", "ann").only

    assert told["user"] == "ann"
    assert Tokens(KEY).verify(told["token"]).user == "ann"
    expires = datetime.fromisoformat(told["expires_at"])
    assert timedelta(minutes=59) < expires - datetime.now(UTC) <= timedelta(hours=1)


def test_without_a_key_it_says_how_to_configure_one(run: Run) -> None:
    ran = run("token", "ann")

    assert (ran.code, ran.out) == (1, "")
    assert "TIDINGS_TOKEN_KEY" in ran.err


@pytest.mark.parametrize("flags", [(), ("--json",), ("--debug",)])
def test_a_weak_key_is_refused_and_never_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TIDINGS_TOKEN_KEY", "hunter2")

    ran = run("token", "ann", *flags)

    assert ran.code == 1
    assert "32 bytes" in ran.err
    assert "hunter2" not in ran.out + ran.err


def test_a_wrong_span_is_a_wrong_argument(keyed: Run) -> None:
    assert keyed("token", "ann", "--ttl", "1 hour").code == 2
    assert keyed("token", "").code == 2


def test_a_ttl_that_is_none_is_refused(keyed: Run) -> None:
    ran = keyed("token", "ann", "--ttl", "0s")

    assert ran.code == 1
    assert "ttl must be more than 0" in ran.err
