"""`tidings db`: a person looks after the database."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.cli.runs import Run, run_command
from sql.revisions import stamp
from tidings import (
    Abilities,
    Notification,
    Options,
    Position,
    Reset,
    Tidings,
    hookimpl,
    user_channel,
)
from tidings_sql import SqlStore
from tidings_sql.schema import REVISION

PLACE = "TIDINGS_PLUGINS__SQL__URL"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command, with no settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return run_command


@pytest.fixture
def db(run: Run, url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `tidings db` on the fresh database."""
    monkeypatch.setenv(PLACE, url)
    return lambda *arguments, **rest: run("db", *arguments, **rest)


class FarAway:
    """A carrier that never comes to it."""

    abilities = Abilities(role="carrier")

    @hookimpl
    async def push(self, events: object) -> None:
        raise ConnectionError("the far side is down")


def test_upgrade_makes_the_tables_and_says_so(db: Run) -> None:
    assert db("upgrade").out == f"Upgraded from nothing to revision {REVISION}.\n"
    assert db("upgrade").out == f"Up to date: revision {REVISION}.\n"
    assert db("upgrade", "--json").only == {"from": REVISION, "to": REVISION}


def test_upgrade_refuses_what_a_newer_program_made(db: Run, url: str) -> None:
    stamp(url, "9999")

    ran = db("upgrade")

    assert ran.code == 1
    assert "made by a newer Tidings" in ran.words


@pytest.mark.parametrize(
    ("revision", "state", "cure"),
    [
        ("0000", "older", "`tidings db upgrade`"),
        ("9999", "newer", "upgrade the program"),
        (REVISION, "current", "Up to date"),
    ],
)
def test_current_says_where_the_tables_stand(
    db: Run, url: str, revision: str, state: str, cure: str
) -> None:
    stamp(url, revision)

    ran = db("current")

    assert ran.code == (0 if state == "current" else 1)
    assert cure in ran.words
    told = {"state": state, "database": revision, "program": REVISION}
    assert db("current", "--json").only == told


def test_current_of_nothing_makes_nothing(db: Run, url: str, tmp_path: Path) -> None:
    ran = db("current")

    assert ran.code == 1
    assert "`tidings db upgrade`" in ran.words
    assert url.startswith("postgresql") or not Path(url.removeprefix("sqlite:///")).exists()


async def test_after_new_epoch_devices_read_anew_and_nothing_is_lost(url: str, db: Run) -> None:
    store, hasty = SqlStore(url), Options(close_within=0.01)
    async with Tidings(store, FarAway(), options=hasty) as tidings:
        await tidings.push("ann", Notification(heading="Build passed", id="b412"))
        old = (await tidings.inbox("ann")).position

    ran = await asyncio.to_thread(db, "new-epoch", "--json")

    epoch = ran.only["epoch"]
    assert ran.only == {"epoch": epoch, "channels": 1}
    async with Tidings(store) as tidings:
        page = await tidings.inbox("ann")
        assert [entry.id for entry in page.entries] == ["b412"]
        assert page.position == Position(epoch, 1)
        assert (await tidings.inbox("never heard of")).position == Position(epoch, 0)
        async with tidings.subscribe(user_channel("ann"), after=old) as events:
            assert await anext(events) == Reset(user_channel("ann"), page.position, "new epoch")
        (owed,) = await store.owed("far-away", 9)
        assert owed.event.position == page.position


def test_new_epoch_tells_people_how_many_channels_there_are(db: Run) -> None:
    db("upgrade")

    assert db("new-epoch").out.endswith(" has begun, in 0 channels.\n")


@pytest.mark.parametrize("command", ["new-epoch", "stats"])
def test_what_needs_tables_says_how_to_make_them(db: Run, command: str) -> None:
    ran = db(command)

    assert ran.code == 1
    assert "`tidings db upgrade`" in ran.words


async def test_stats_shows_sizes_oldest_entries_and_the_largest_inboxes(url: str, db: Run) -> None:
    began, later = datetime.now(UTC), datetime.now(UTC) + timedelta(days=400)
    hasty = Options(close_within=0.01)
    async with Tidings(SqlStore(url), FarAway(), options=hasty) as tidings:
        for user, count in (("ann", 3), ("bob", 5), ("cyd", 1)):
            for _ in range(count):
                await tidings.push(user, Notification(heading="Build passed"))
        await tidings.push("ann", Notification(heading="Happy birthday", send_after=later))
        await tidings.inbox("bob").open_all()

    told = (await asyncio.to_thread(db, "stats", "--top", "2", "--json")).only
    shown = await asyncio.to_thread(db, "stats")

    held = {kind["what"]: kind for kind in told["held"]}
    assert {what: kind["rows"] for what, kind in held.items()} == {
        "channels": 3,
        "events": 10,
        "known ids": 11,
        "scheduled": 1,
        "staged": 0,
        "owed to far-away": 10,
        "revocations": 0,
    }
    assert began <= datetime.fromisoformat(held["events"]["oldest"]) <= datetime.now(UTC)
    assert datetime.fromisoformat(held["scheduled"]["due"]) == later
    assert told["bytes"] > 4096
    assert told["inboxes"] == [
        {"user": "bob", "notifications": 5, "pending": 0, "unseen": 0},
        {"user": "ann", "notifications": 3, "pending": 3, "unseen": 3},
    ]
    assert f"due {later.astimezone():%Y-%m-%d}" in shown.words
    assert "bob 5 0 0 ann 3 3 3 cyd 1 1 1" in shown.words
    assert max(map(len, shown.out.splitlines())) <= 80


def test_without_a_sql_store_it_says_how_to_configure_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tidings.toml").write_text("[plugins.memory-store]\n")

    ran = run("db", "current")

    assert ran.code == 1
    assert "no SQL store is configured" in ran.err
    assert PLACE in ran.err


def test_without_settings_it_is_the_file_in_which_the_command_keeps_things(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "tidings.db"
    for command in ("current", "stats", "new-epoch"):
        assert "there is no file tidings.db yet" in run("db", command).err
    assert not file.exists()

    made = run("db", "upgrade")
    run("push", "--to", "ann", "--heading", "Build passed")
    told = run("db", "stats", "--json")

    assert f"this is kept in {file}" in made.err
    assert [inbox["user"] for inbox in told.only["inboxes"]] == ["ann"]
    assert told.err == run("db", "new-epoch").err == ""


def test_a_server_that_is_not_there_is_told_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PLACE, "postgresql://ann:hunter2@127.0.0.1:1/app")

    ran = run("db", "upgrade")

    assert ran.code == 1
    assert "it cannot be reached" in ran.words
    assert "hunter2" not in ran.words


@pytest.mark.parametrize("command", ["current", "upgrade", "stats", "new-epoch"])
def test_without_sqlalchemy_it_says_so_too(tmp_path: Path, command: str) -> None:
    code = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        f"from tidings.cli.root import cli; cli.main(['db', '{command}'])"
    )
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("Error: no SQL store is configured")


def test_help_imports_no_database() -> None:
    code = (
        "import sys; from tidings.cli.root import cli\n"
        "for arguments in (['--help'], ['db', '--help'], ['db', 'stats', '--help']):\n"
        "    try: cli.main(arguments)\n"
        "    except SystemExit: pass\n"
        "print([m for m in ('sqlalchemy', 'alembic', 'tidings_sql.store') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    assert "largest inboxes" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "[]"
