"""Without a store in the settings, the command keeps things in a file."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.cli.runs import Run
from tidings import Tidings

PUSH = ("push", "--to", "ann", "--heading", "Build passed", "--id", "b412")


@pytest.fixture
def bare(run: Run, tmp_path: Path) -> Run:
    """Run the command where there are no settings at all."""
    (tmp_path / "tidings.toml").unlink()
    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tidings.db"


def listed(run: Run) -> list[str]:
    return [entry["id"] for entry in run("inbox", "list", "ann", "--json").only["entries"]]


def test_what_is_pushed_now_is_there_tomorrow(bare: Run) -> None:
    assert bare(*PUSH).code == 0

    assert listed(bare) == ["b412"]
    assert bare("inbox", "open", "ann", "b412").out == "Opened 1. ann: 0 pending, 0 unseen\n"
    assert bare("inbox", "list", "ann").out.startswith("ann: 0 pending, 0 unseen\n")


def test_where_it_is_kept_is_told_once(bare: Run, file: Path) -> None:
    told = f"no store is configured, so this is kept in {file}"

    assert bare(*PUSH).err == f"Note: {told}\n"
    assert bare(*PUSH).err == ""
    assert bare("inbox", "list", "ann").err == ""

    file.unlink()
    (note,) = bare("inbox", "list", "ann", "--json").told
    assert note == {"note": {"type": "KeptIn", "message": told, "file": str(file)}}


def test_many_from_a_file_are_kept_too(bare: Run) -> None:
    lines = "".join(f'{{"to":"ann","heading":"News","id":"{n}"}}\n' for n in range(9))

    assert bare("push", "--file", "-", stdin=lines).code == 0

    assert listed(bare) == [str(n) for n in reversed(range(9))]


@pytest.mark.parametrize("settings", ["queue = 500\n", "[plugins.memory]\n"])
def test_settings_without_a_store_are_no_obstacle(bare: Run, tmp_path: Path, settings: str) -> None:
    (tmp_path / "tidings.toml").write_text(settings)

    bare(*PUSH)

    assert listed(bare) == ["b412"]


@pytest.mark.parametrize(
    "settings", ["[plugins.memory-store]\n", "[plugins.sql]\nenabled = false\n"]
)
def test_settings_that_want_none_have_none(
    bare: Run, file: Path, tmp_path: Path, settings: str
) -> None:
    (tmp_path / "tidings.toml").write_text(settings)

    assert "in memory only" in bare(*PUSH).err

    assert listed(bare) == []
    assert not file.exists()


def test_a_configured_file_is_used_as_it_is_and_nothing_is_told(
    bare: Run, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "tidings.toml").write_text('[plugins.sql]\nurl = "sqlite:///mine.db"\n')

    assert bare(*PUSH).err == ""

    assert listed(bare) == ["b412"]
    assert not file.exists()


def test_a_file_that_cannot_be_used_is_told(bare: Run, file: Path) -> None:
    file.write_text("Dear diary, today nothing happened. " * 100)

    ran = bare(*PUSH)

    assert ran.code == 1
    assert "tidings.db: the file is no SQLite database" in ran.words


def test_a_program_without_settings_stays_in_memory(bare: Run, file: Path) -> None:
    bare(*PUSH)

    for tidings in (Tidings(), Tidings.from_settings()):
        assert "sql" not in tidings.hooks.plugins
        assert "memory-store" in tidings.hooks.plugins


@pytest.mark.parametrize("missing", ["sqlalchemy", "alembic"])
def test_where_the_extra_is_not_installed_it_is_in_memory_and_says_how_to_install_it(
    bare: Run, file: Path, tmp_path: Path, missing: str
) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        f"from tidings.cli.root import cli; cli.main({list(PUSH)})"
    )
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=tmp_path
    )

    assert ran.returncode == 0
    assert "in memory only, and gone when the command ends" in ran.stderr
    assert "pip install 'tidings[sql]'" in ran.stderr
    assert "ann  stored, at 1" in ran.stdout
    assert not file.exists()


@asynccontextmanager
async def watching(folder: Path) -> AsyncIterator[asyncio.StreamReader]:
    """Run `tidings inbox watch` as a process of its own; give what it writes."""
    command = (sys.executable, "-m", "tidings", "inbox", "watch", "ann", "--json")
    watch = await asyncio.create_subprocess_exec(*command, stdout=-1, stderr=-1, cwd=folder)
    assert watch.stdout is not None
    try:
        yield watch.stdout
    finally:
        watch.terminate()
        await watch.communicate()


async def test_watching_in_one_terminal_shows_what_is_pushed_in_another(
    bare: Run, tmp_path: Path
) -> None:
    async with watching(tmp_path) as lines:
        assert json.loads(await lines.readline())["entries"] == []

        await asyncio.to_thread(bare, *PUSH)
        added = json.loads(await lines.readline())
        await asyncio.to_thread(bare, "inbox", "open", "ann", "b412")
        opened = json.loads(await lines.readline())

    assert (added["update"], added["entry"]["id"], added["pending"]) == ("added", "b412", 1)
    assert (opened["name"], opened["pending"]) == ("tidings:opened", 0)
