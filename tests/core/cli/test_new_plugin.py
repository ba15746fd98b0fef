import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.cli.runs import Run
from tidings.new_plugin.origin import clone, folder_of
from tidings.testing import TRANSPORT_RULES, Node, audit

FILES = [
    ".github/workflows/tests.yml",
    ".gitignore",
    "README.md",
    "pyproject.toml",
    "src/tidings_mqtt/__init__.py",
    "src/tidings_mqtt/broker.py",
    "src/tidings_mqtt/py.typed",
    "src/tidings_mqtt/wire.py",
    "tests/test_broker.py",
    "tests/test_conformance.py",
]


def files_of(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_it_writes_a_project_and_says_how_to_go_on(run: Run, tmp_path: Path) -> None:
    ran = run("new", "plugin", "mqtt")

    assert ran.code == 0
    here = clone()
    first = "uv sync" if here is None else f"uv add --editable {shlex.quote(str(here))}"
    assert f"\n  cd tidings-mqtt\n  {first}\n  uv run pytest\n" in ran.out
    assert files_of(tmp_path / "tidings-mqtt") == FILES


@pytest.mark.parametrize(
    ("noted", "folder"),
    [
        (None, None),
        ('{"url": "file:///src/my%20clone", "dir_info": {"editable": true}}', "/src/my clone"),
        ('{"url": "file:///src/tidings", "dir_info": {}}', "/src/tidings"),
        ('{"url": "file:///src/tidings-0.1.0-py3-none-any.whl", "archive_info": {}}', None),
        ('{"url": "https://host/tidings", "vcs_info": {"vcs": "git"}}', None),
    ],
)
def test_a_clone_that_tidings_came_from_is_where_the_project_has_it_from(
    noted: str | None, folder: str | None
) -> None:
    assert folder_of(noted) == (folder and Path(folder))


def test_programs_are_told_the_names_and_files(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere" / "mine"

    told = run("new", "plugin", "Tidings_MQTT.5", "--directory", str(folder), "--json").only

    assert told["plugin"] == "mqtt-5"
    assert told["package"] == "tidings-mqtt-5"
    assert told["module"] == "tidings_mqtt_5"
    assert told["directory"] == str(folder)
    assert sorted(told["files"]) == files_of(folder)


def test_every_file_has_the_new_name_and_only_that(run: Run, tmp_path: Path) -> None:
    run("new", "plugin", "heliograph-2")

    project = tmp_path / "tidings-heliograph-2"
    entry = 'heliograph-2 = "tidings_heliograph_2:Heliograph2Broker"\n'
    assert entry in (project / "pyproject.toml").read_text()
    run("new", "plugin", "mqtt")
    for file in files_of(tmp_path / "tidings-mqtt"):
        assert "heliograph" not in (tmp_path / "tidings-mqtt" / file).read_text().lower()


@pytest.mark.parametrize("name", ["x", "mqtt-over-web-sockets-of-all-2"])
def test_what_it_writes_is_formatted_whatever_the_name(run: Run, tmp_path: Path, name: str) -> None:
    run("new", "plugin", name, "--directory", "made")

    for arguments in (["check"], ["format", "--check"]):
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "ruff", *arguments, "--no-cache", "made"],
            cwd=tmp_path,
            check=True,
        )


async def test_what_it_writes_keeps_the_rules(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("new", "plugin", "just-written")
    monkeypatch.syspath_prepend(tmp_path / "tidings-just-written/src")
    broker = import_module("tidings_just_written").JustWrittenBroker

    @asynccontextmanager
    async def make() -> AsyncIterator[Node]:
        with TemporaryDirectory() as folder:
            yield lambda: broker(directory=Path(folder))

    report = await audit(TRANSPORT_RULES, make)

    assert {"transport.event.whole", "transport.nodes.hears_itself"} <= set(report.passed)
    assert not [str(verdict) for verdict in report.verdicts if verdict.result == "failed"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("5g", "'5g' is no name for a plugin: write a letter"),
        ("tidings-", "is no name for a plugin"),
        ("a" * 31, "30 characters at most"),
        ("grüße", "is no name for a plugin"),
        ("../up", "is no name for a plugin"),
        ("memory-store", "a plugin 'memory-store' is installed"),
        ("memory", "a plugin 'memory' is installed, tidings_memory:MemoryBroker"),
        ("pytest", "a module 'tidings_pytest' is installed"),
    ],
)
def test_what_it_cannot_be_called_is_told(run: Run, tmp_path: Path, name: str, words: str) -> None:
    ran = run("new", "plugin", name)

    assert ran.code == 2
    assert "Invalid value for 'NAME'" in ran.words
    assert words in ran.words
    assert files_of(tmp_path) == ["tidings.toml"]


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tidings-mqtt").mkdir()
    (tmp_path / "tidings-mqtt" / "README.md").write_text("mine")

    ran = run("new", "plugin", "mqtt")

    assert ran.code == 2
    assert "tidings-mqtt has something in it: give a new one with --directory" in ran.words
    assert files_of(tmp_path / "tidings-mqtt") == ["README.md"]


def test_a_directory_that_cannot_be_made_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    ran = run("new", "plugin", "mqtt", "--directory", str(tmp_path / "file" / "below"))

    assert ran.code == 1
    assert "Not a directory" in ran.words
