"""`tidings demo --serve` as people run it: a history to look at, until Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from core.demo.project import Project
from tidings.cli.root import cli

ANN, BOB = "ann@example.org", "bob@example.org"


@pytest.fixture
def shared(project: Project) -> Project:
    for number in range(6):
        project.commit((ANN, BOB)[number % 2], f"Change {number}", write={"a": str(number)})
    return project


class Shown:
    """The demo's server: what it said, and a client of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.told: dict[str, Any] = json.loads(process.stdout.readline())
        self.browser = httpx.Client(base_url=self.told["page"])

    def get(self, path: str, token: str) -> Any:
        """Ask for something with a token."""
        answer = self.browser.get(path, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def token(self, user: str) -> str:
        """Return the token of a guest."""
        answer = self.browser.post("/start/token", params={"user": user})
        return str(answer.json()["token"])


@contextmanager
def shown(project: Project, number: int = signal.SIGINT) -> Iterator[Shown]:
    """Show a project's history, until exit; then a signal ends it well."""
    command = [sys.executable, "-m", "tidings", "--json", "demo", "--serve", "--port", "0"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIDINGS_")}
    with subprocess.Popen(  # noqa: S603
        [*command, "--repo", str(project.path)],
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            here = Shown(process)
            with here.browser:
                yield here
            process.send_signal(number)
            _, errors = process.communicate(timeout=30)
        finally:
            process.kill()
        assert (process.returncode, errors) == (0, "")


def test_a_history_is_there_to_be_looked_at(shared: Project) -> None:
    with shown(shared) as here:
        assert here.told["pushed"] == 5
        assert here.told["users"] == 2
        assert "<title>Tidings</title>" in here.browser.get("/").text
        assert here.browser.get("/start/offer").json() == {
            "guests": [ANN, BOB],
            "elsewhere": False,
            "pushing": None,
        }
        page = here.get("/inbox", here.token(ANN))
        headings = [entry["notification"]["heading"] for entry in page["entries"]]
        assert headings == ["Change 5", "Change 3", "Change 1"]
        assert any(entry["opened"] for entry in page["entries"])


def test_its_console_shows_what_was_pushed(shared: Project) -> None:
    with shown(shared, signal.SIGTERM) as here:
        state = here.get("/console/state", here.told["operator"])
        assert (
            len([each for each in state["events"] if each["name"] == "tidings:notification"]) == 5
        )


def test_streams_that_are_open_do_not_keep_it(shared: Project) -> None:
    with shown(shared) as here:
        headers = {"authorization": f"Bearer {here.token(BOB)}"}
        with here.browser.stream("GET", "/inbox/events", headers=headers) as stream:
            lines = stream.iter_lines()
            assert "event: tidings:welcome" in lines
            here.process.send_signal(signal.SIGINT)
            assert "event: tidings:end" in lines
            here.process.wait(30)


def test_a_port_that_is_taken_is_told(shared: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        arguments = ["demo", "--serve", "--port", port, "--repo", str(shared.path)]
        result = CliRunner().invoke(cli, arguments)

    assert result.exit_code == 1
    assert f"port {port} cannot be listened on" in result.stderr


def test_a_port_is_for_what_is_served() -> None:
    result = CliRunner().invoke(cli, ["demo", "--port", "0"])

    assert result.exit_code == 2
    assert "give --serve too" in result.stderr


def test_what_is_not_installed_is_told_with_what_installs_it(
    shared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    arguments = ["demo", "--serve", "--port", "0", "--repo", str(shared.path)]
    result = CliRunner().invoke(cli, arguments)

    assert result.exit_code == 1
    assert "pip install 'tidings[serve]'" in result.stderr
