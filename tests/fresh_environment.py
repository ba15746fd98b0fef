"""An environment that has nothing but what is installed into it, as a stranger's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

OURS = ("PYTHONPATH", "PYTEST_ADDOPTS", "VIRTUAL_ENV")
"""Variables that would bring in the one that the tests run in."""


def fresh_environment(folder: Path) -> dict[str, str]:
    """Make one in this folder; return the variables of a shell in which it is active."""
    make = ("uv", "venv", "--quiet", "--python", sys.executable, folder)
    subprocess.run(make, check=True)  # noqa: S603
    given = {name: value for name, value in os.environ.items() if name not in OURS}
    path = f"{folder / 'bin'}:{given['PATH']}"
    return {**given, "PATH": path, "VIRTUAL_ENV": str(folder)}
