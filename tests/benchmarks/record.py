"""Takes all figures anew, for the documentation: `uv run python tests/benchmarks/record.py`.

Runs the other programs of this folder one after another, about ten minutes in all on a machine
that does nothing else meanwhile, and writes what they print to docs/figures.json, with the day and
the machine. The pages that show them are made from it: `cd tests && uv run python -m docs.figures`.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

FIGURES = Path(__file__).parents[2] / "docs/figures.json"
PROGRAMS = {
    "memory": ("memory.py",),
    "sqlite": ("sql.py", "sqlite"),
    "postgresql": ("sql.py", "postgresql"),
    "websocket": ("websocket.py",),
    "http": ("http_front.py",),
    "pusher": ("pusher.py",),
    "bell": ("bell.py",),
    "blocking": ("blocking.py",),
    "channels": ("channels.py", "memory"),
    "channels, sqlite": ("channels.py", "sqlite"),
    "channels, postgresql": ("channels.py", "postgresql"),
}
_FIGURE = re.compile(r"(\S.*?)(?:\s{2,}|: )(.*)")


def main() -> None:
    recorded = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    for name in sys.argv[1:] or PROGRAMS:
        print(f"\n{name}", flush=True)
        recorded[name] = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine()}
        recorded[name]["figures"] = dict(figures(PROGRAMS[name]))
        in_order = {known: recorded[known] for known in PROGRAMS if known in recorded}
        FIGURES.write_text(json.dumps(in_order, indent=2) + "\n", "utf-8")


def figures(program: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Run a program; go through the names and the words of what it prints."""
    command = [sys.executable, str(Path(__file__).parent / program[0]), *program[1:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            if found := _FIGURE.fullmatch(line.rstrip()):
                yield found[1], found[2]
    if running.returncode:
        raise SystemExit(f"{' '.join(command)} exits {running.returncode}")


def machine() -> str:
    """Say what this machine is, and how fast its Python."""
    began = process_time()
    for _ in range(10_000_000):
        pass
    took = process_time() - began
    return (
        f"{_processor()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"which goes round an empty loop ten million times in {took:.2f} s"
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    text = information.read_text() if information.exists() else ""
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


if __name__ == "__main__":
    main()
