"""Writing the project's files under other names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from tidings.new_plugin.names import Names

_NAME = re.compile(r"tidings_heliograph|Heliograph|heliograph|tidings>=0")


def write(names: Names, directory: Path) -> Sequence[Path]:
    """Write a plugin's project; return its files.

    Args:
        names: what it is called.
        directory: where to; it must be new or empty.

    Raises:
        FileExistsError: the directory has something in it, or is a file.
        OSError: it cannot be written to.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty")
    written = []
    for path, text in _project():
        file = directory / _named(path.as_posix(), names)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_named(text, names), "utf-8", newline="\n")
        written.append(file)
    return written


def _project() -> Iterator[tuple[PurePosixPath, str]]:
    """Go through the files that there are to begin with, by path."""
    return _within(files("tidings.new_plugin") / "project", PurePosixPath())


def _within(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for found in sorted(folder.iterdir(), key=lambda found: found.name):
        if found.name.startswith((".", "__pycache__")):  # left by a tool or an installer
            continue
        name = re.sub("^dot-", ".", found.name)
        if found.is_dir():
            yield from _within(found, path / name)
        else:
            yield path / name, found.read_text("utf-8")


def _named(text: str, names: Names) -> str:
    new = {
        "tidings_heliograph": names.module,
        "Heliograph": names.prefix,
        "heliograph": names.plugin,
        "tidings>=0": f"tidings>={version('tidings')}",
    }
    return _NAME.sub(lambda found: new[found[0]], text)
