"""A project that `tidings new plugin` wrote, built and installed as anyone would do it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.runs import Run
from fresh_environment import fresh_environment

ROOT = Path(__file__).parents[3]
SETTINGS = '[plugins.mqtt]\ndirectory = "sockets"\n'


@pytest.mark.long
@pytest.mark.timeout(300)  # it downloads what uv has not cached, and builds two wheels
def test_it_is_found_typed_and_keeps_the_rules_where_it_is_installed(
    run: Run, tmp_path: Path
) -> None:
    run("new", "plugin", "mqtt")
    project, wheels = tmp_path / "tidings-mqtt", tmp_path / "wheels"
    environment = fresh_environment(tmp_path / "env")

    def do(*command: str | Path) -> str:
        """Run a command there, which must succeed; return what it writes."""
        done = subprocess.run(  # noqa: S603
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    for built in (ROOT, project):
        do("uv", "build", "--wheel", "--out-dir", wheels, built)
    do("uv", "pip", "install", "pytest>=8.4", *wheels.glob("*.whl"))

    assert " passed" in do("python", "-m", "pytest", "-q")

    python = tmp_path / "env/bin/python"
    mypy = (sys.executable, "-m", "mypy", "--python-executable", python)
    assert "no issues found" in do(*mypy)

    (project / "tidings.toml").write_text(SETTINGS)
    plugins = map(json.loads, do("tidings", "plugins", "--json").splitlines())
    (found,) = [plugin for plugin in plugins if plugin["name"] == "mqtt"]
    assert (found["use"], found["roles"]) == ("configured", ["broker"])
    assert found["source"] == "tidings-mqtt 0.1.0, tidings_mqtt:MqttBroker"
    assert json.loads(do("tidings", "check", "--json"))["ok"]
