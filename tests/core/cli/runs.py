"""Running the command, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from tidings.cli.root import cli


class Ran(NamedTuple):
    """What a run of the command came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """The JSON objects on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def only(self) -> Any:
        """The one JSON object on stdout."""
        (line,) = self.lines
        return line

    @property
    def told(self) -> list[Any]:
        """The JSON objects on stderr."""
        return [json.loads(line) for line in self.err.splitlines()]

    @property
    def words(self) -> str:
        """Both outputs on one line, however they were folded."""
        return " ".join(f"{self.out} {self.err}".split())


Run = Callable[..., Ran]


def run_command(*arguments: str, stdin: str | bytes | None = None) -> Ran:
    """Run the command in this process."""
    result = CliRunner().invoke(cli, list(arguments), input=stdin)
    return Ran(result.exit_code, result.stdout, result.stderr)


def configure(folder: Path, *tables: str) -> None:
    """Write tidings.toml: a store that lasts for the test, and these lines."""
    store = f"""
[plugins.memory-store]
class = "core.cli.local_plugins:LastingStore"
key = {json.dumps(str(folder))}
"""
    (folder / "tidings.toml").write_text("\n".join([*tables, store]), "utf-8")
