"""`tidings new plugin`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from tidings.cli.invocation import Invocation
from tidings.cli.values import Value
from tidings.new_plugin import Names, clone, names, write


@click.command(
    "plugin",
    epilog="""\b
Examples:
  tidings new plugin mqtt
  tidings new plugin mqtt --directory ~/src/tidings-mqtt
""",
)
@click.argument("called_so", metavar="NAME", type=Value("name", names))
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="PATH",
    help="Where to; by default ./tidings-NAME.",
)
@click.pass_obj
def plugin(called: Invocation, /, called_so: Names, directory: Path | None) -> None:
    """Write a complete project for a plugin called NAME, to be changed piece by piece.

    It has a transport that works, its conformance test, an entry point by which Tidings finds it,
    types, and a workflow that runs its tests. Nothing is overwritten.
    """
    folder = directory or Path(called_so.package)
    try:
        files = write(called_so, folder)
    except FileExistsError as error:
        told = f"{folder} has something in it: give a new one with --directory"
        raise click.UsageError(told) from error
    except OSError as error:
        raise click.FileError(str(folder), error.strerror) from error
    if called.as_json:
        paths = [file.relative_to(folder).as_posix() for file in files]
        called.emit({**called_so._asdict(), "directory": str(folder), "files": paths})
        return
    called.show(f"Wrote {len(files)} files to {folder}. Its tests pass as they are:")
    for command in _first_commands(folder):
        click.echo(f"  {command}")  # never folded: it is there to be copied
    called.show("What to change is in its README.md.")


def _first_commands(folder: Path) -> Iterator[str]:
    """Yield what to type; a Tidings that came from a folder is no other from elsewhere."""
    yield f"cd {shlex.quote(str(folder))}"
    here = clone()
    yield "uv sync" if here is None else f"uv add --editable {shlex.quote(str(here))}"
    yield "uv run pytest"
