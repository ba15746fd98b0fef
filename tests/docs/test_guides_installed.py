"""The guides' first commands, in an environment that has nothing but what they install."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from docs.blocks import blocks
from fresh_environment import fresh_environment
from fronts import until

ROOT = Path(__file__).parents[2]
GUIDES = sorted(path.stem for path in (ROOT / "docs/integrations").glob("*.md"))
FOLDERS = ("core", "plugins", "docs")
FILES = ("pyproject.toml", "README.md", "LICENSE")
SERVERS = ("uvicorn ", "flask ")
ASIDE = ("npm ", "curl ", "python manage.py createsuperuser")
"""What brings a front end, which other tests do, and what asks questions."""
PORTS = {"UVICORN_PORT": "0", "FLASK_RUN_PORT": "0"}
PIP = '#!/bin/sh\nexec uv pip "$@"\n'  # a new one for each guide would take minutes
LISTENS = re.compile(r"unning on http://127\.0\.0\.1:[1-9]")


@pytest.mark.long
@pytest.mark.timeout(300)  # it downloads what uv has not cached
@pytest.mark.parametrize("guide", GUIDES)
async def test_a_guide_installs_all_that_its_server_needs(guide: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with typed(commands(guide), tmp_path, log) as shell:
        await until(
            lambda: LISTENS.search(log.read_text()) or shell.poll() is not None, "it served", 240
        )
        assert LISTENS.search(log.read_text()), log.read_text()


def commands(guide: str) -> str:
    """Return what its reader types, up to the server."""
    shown = blocks(ROOT / f"docs/integrations/{guide}.md")
    lines = "".join(block.text for block in shown if block.language == "bash").splitlines()
    end = next(number for number, line in enumerate(lines) if line.startswith(SERVERS))
    return "\n".join(line for line in lines[: end + 1] if not line.startswith(ASIDE))


@contextmanager
def typed(lines: str, folder: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Type these into a shell in a clone, in a new environment; end all that it started."""
    shell = ("bash", "-ec", lines)
    with (
        log.open("wb") as written,
        subprocess.Popen(  # noqa: S603
            shell,
            cwd=clone(folder),
            env=PORTS | with_pip(fresh_environment(folder / "env")),
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):  # all of it has ended
                os.killpg(process.pid, signal.SIGKILL)


def clone(folder: Path) -> Path:
    """Copy what the package is built of, and the examples."""
    made = folder / "clone"
    made.mkdir()
    for name in FOLDERS:
        shutil.copytree(ROOT / name, made / name, ignore=shutil.ignore_patterns("node_modules"))
    for name in FILES:
        shutil.copy(ROOT / name, made)
    return made


def with_pip(environment: dict[str, str]) -> dict[str, str]:
    """Put a `pip` into it."""
    pip = Path(environment["VIRTUAL_ENV"], "bin/pip")
    pip.write_text(PIP)
    pip.chmod(0o755)
    return environment
