import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import tidings.demo.worlds
from core.demo.project import Project
from core.demo.worlds import Rewords, world
from tidings.cli.root import cli

ANN, BOB = "ann@example.org", "bob@example.org"


@pytest.fixture(autouse=True)
def _nothing_above(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)


def demo(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["demo", *arguments])


@pytest.fixture
def shared(project: Project) -> Project:
    for number in range(6):
        project.commit((ANN, BOB)[number % 2], f"Change {number}", write={"a": str(number)})
    return project


def test_the_demo_runs_where_it_stands(shared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shared.path)
    result = demo()
    assert result.exit_code == 0, result.output
    assert "6 commits, 5 notifications to 2 users: each author hears of" in result.stdout
    assert "all equal" in result.stdout
    assert "Inbox of ann@example.org" in result.stdout
    assert "Change 5" in result.stdout
    assert result.stderr == ""


def test_for_programs_it_is_one_line_of_json(shared: Project) -> None:
    result = demo("--json", "--repo", str(shared.path), "--limit", "5")
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    assert (found["notifications"], found["users"], found["commits"]) == (4, 2, 5)
    assert list(found["transports"]) == ["memory", "sql", "pusher"]
    for transport in found["transports"].values():
        assert transport["equal"] is True
        assert transport["caught_up"] > 0
    assert found["transports"]["sql"]["reopened"] is True
    assert found["transports"]["sql"]["compared_with"] == "memory"


def test_it_leaves_nothing_behind(
    shared: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = sorted(tmp_path.rglob("*"))
    assert demo("--repo", str(shared.path)).exit_code == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_not_installed_is_left_out(
    shared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("alembic", "uvicorn"):
        monkeypatch.setitem(sys.modules, module, None)
    result = demo("--json", "--repo", str(shared.path))
    assert result.exit_code == 0, result.output
    assert list(json.loads(result.stdout)["transports"]) == ["memory"]
    assert result.stderr == ""


def test_a_history_of_one_author_works_too(project: Project) -> None:
    project.commit(ANN, "")
    result = demo("--repo", str(project.path))
    assert result.exit_code == 0, result.output
    assert "as this history has one author only" in result.stdout
    assert "(no message)" in result.stdout


def test_anything_unequal_is_told_and_fails(
    shared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.commit(ANN, "Work", write={"a": "x"})
    monkeypatch.setattr(tidings.demo.worlds, "worlds", lambda: [world(Rewords)])
    result = demo("--repo", str(shared.path))
    assert result.exit_code == 1
    assert "NOT EQUAL" in result.stdout
    assert f"inbox of {BOB}: 1 other than pushed, such as {shared.head}" in result.stderr
    as_json = demo("--repo", str(shared.path), "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["transports"]["test"]["equal"] is False
    assert json.loads(as_json.stderr.splitlines()[0])["error"]["type"] == "Unequal"


def test_outside_a_repository_it_says_what_to_do(tmp_path: Path) -> None:
    result = demo()
    assert result.exit_code == 1
    assert f"Error: no git repository at {tmp_path}: go into one" in result.stderr
    assert "Traceback" not in result.output


def test_an_empty_repository_is_told(project: Project) -> None:
    result = demo("--repo", str(project.path))
    assert result.exit_code == 1
    assert "has no commit yet" in result.stderr


@pytest.mark.parametrize("arguments", [["--repo", "nowhere"], ["--limit", "0"]])
def test_wrong_arguments_are_refused(arguments: Sequence[str]) -> None:
    result = demo(*arguments)
    assert result.exit_code == 2
    assert f"Invalid value for '{arguments[0]}'" in result.stderr
