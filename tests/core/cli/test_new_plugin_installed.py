"""A project that `tidings new plugin` wrote, built and installed as anyone would do it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.runs import Run

ROOT = Path(__file__).parents[3]
OURS = ("PYTHONPATH", "PYTEST_ADDOPTS", "VIRTUAL_ENV")
"""Variables that would bring in this environment."""
SETTINGS = '[plugins.mqtt]\ndirectory = "sockets"\n'


@pytest.mark.long
@pytest.mark.timeout(300)  # it downloads what uv has not cached, and builds two wheels
def test_it_is_found_typed_and_keeps_the_rules_where_it_is_installed(
    run: Run, tmp_path: Path
) -> None:
    run("new", "plugin", "mqtt")
    project, wheels, python = tmp_path / "tidings-mqtt", tmp_path / "wheels", tmp_path / "env/bin"
    for built in (ROOT, project):
        do(tmp_path, "uv", "build", "--wheel", "--out-dir", wheels, built)
    do(tmp_path, "uv", "venv", "--python", sys.executable, "env")
    install = ("uv", "pip", "install", "--python", python / "python", "pytest>=8.4")
    do(tmp_path, *install, *wheels.glob("*.whl"))

    assert " passed" in do(project, python / "python", "-m", "pytest", "-q")

    mypy = (sys.executable, "-m", "mypy", "--python-executable", python / "python")
    assert "no issues found" in do(project, *mypy)

    (project / "tidings.toml").write_text(SETTINGS)
    plugins = map(json.loads, do(project, python / "tidings", "plugins", "--json").splitlines())
    (found,) = [plugin for plugin in plugins if plugin["name"] == "mqtt"]
    assert (found["use"], found["roles"]) == ("configured", ["broker"])
    assert found["source"] == "tidings-mqtt 0.1.0, tidings_mqtt:MqttBroker"
    assert json.loads(do(project, python / "tidings", "check", "--json"))["ok"]


def do(folder: Path, *command: str | Path) -> str:
    """Run a command, which must succeed; return what it writes."""
    done = subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in OURS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
