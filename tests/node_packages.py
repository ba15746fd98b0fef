"""Packages from the npm registry that tests run: installed once, just as the lock file says."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

WITHIN = 300.0
"""How long an installation may take, in seconds."""

_CACHE = Path(__file__).parents[1] / ".cache" / "node"
_FILES = ("package.json", "package-lock.json")
_NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")


def node_packages(folder: Path) -> Path:
    """Return the `node_modules` of what a folder's lock file names; installed if it is not yet.

    Any number of processes may ask at once. Without Node the test that asks is skipped.
    """
    npm = _command("npm")
    _command("node")
    content = b"".join((folder / name).read_bytes() for name in _FILES)
    place = _CACHE / hashlib.sha256(content).hexdigest()[:16]
    _CACHE.mkdir(parents=True, exist_ok=True)
    with _alone(place.with_suffix(".lock")):
        if not place.exists():
            _install(npm, folder, place)
    return place / "node_modules"


def left_out(reason: str) -> None:
    """Skip the test that runs, with a word; or fail it where nothing may be skipped, as in CI."""
    if os.environ.get("SKIP_NO_TESTS"):
        pytest.fail(f"{reason}, and SKIP_NO_TESTS is set", pytrace=False)
    pytest.skip(reason)


def _command(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        left_out(f"needs {name}, which is not installed here")
    return str(found)


def _install(npm: str, folder: Path, place: Path) -> None:
    """Install beside the place and move it there, so that half an installation is none."""
    with TemporaryDirectory(dir=_CACHE, prefix="new-") as new:
        whole = Path(new) / "whole"
        whole.mkdir()
        for name in _FILES:
            shutil.copy(folder / name, whole)
        done = subprocess.run(  # noqa: S603 (npm, with our own arguments)
            [npm, *_NPM_CI],
            cwd=whole,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"npm ci failed:\n{done.stdout}{done.stderr}", pytrace=False)
        whole.rename(place)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock between processes; the system lets it go if this one dies."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
