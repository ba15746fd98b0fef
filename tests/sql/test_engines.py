"""A URL is understood, or refused with what to write instead; its password is never told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from tidings import SettingsError
from tidings_sql import SqlStore
from tidings_sql.engines import engines, parsed


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ann:s3cret@host/app",
        "postgresql://ann:s3cret@host/app",
        "postgresql+psycopg://ann:s3cret@host/app",
        SecretStr("postgresql://ann:s3cret@host/app"),
    ],
)
def test_every_spelling_of_postgresql_means_psycopg(url: SecretStr | str) -> None:
    assert parsed(url).drivername == "postgresql+psycopg"
    assert parsed(url).password == "s3cret"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("s3cret", "is none; write sqlite:///path"),
        ("postgresql://ann:s3cret@host:port/app", "is none; write sqlite:///path"),
        ("mysql://ann:s3cret@host/app", "'mysql' is not supported; write sqlite:///path"),
        ("postgresql+asyncpg://ann:s3cret@host/app", "asyncpg' is not supported; write"),
        ("sqlite://", "names no file; .* What need not last keeps a MemoryStore"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_a_url_that_will_not_do_is_refused_with_what_will(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=f"SqlStore: url: .*{words}") as refused:
        SqlStore(url)

    assert "s3cret" not in f"{refused.value} {refused.value.__cause__}"


def test_no_object_shows_the_password() -> None:
    made = engines(parsed("postgresql://ann:s3cret@host/app"), "FULL")

    assert "s3cret" not in repr(made)
    assert "s3cret" not in repr(vars(SqlStore("postgresql://ann:s3cret@host/app")))


def test_how_safely_sqlite_writes_is_one_of_two(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/tidings.db"
    for synchronous, level in {"FULL": 2, "NORMAL": 1}.items():
        for engine in engines(parsed(url), synchronous):
            with engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == level
                assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            engine.dispose()

    with pytest.raises(SettingsError, match="SqlStore: synchronous: use FULL or NORMAL"):
        SqlStore(url, synchronous="OFF")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"log_count": 0}, {"inbox_age": "a year"}, {"remember": -1}])
def test_what_is_kept_is_checked_by_name(wrong: dict[str, object]) -> None:
    (name,) = wrong

    with pytest.raises(SettingsError, match=f"SqlStore: {name}: "):
        SqlStore("sqlite:///tidings.db", **wrong)  # type: ignore[arg-type]
