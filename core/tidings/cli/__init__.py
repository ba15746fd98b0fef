"""The command `tidings`: each subcommand in a module of its own, imported when it is called."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command with the process's arguments, and end the process."""
    from tidings.cli.root import cli

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without the letter shows its number
            stream.reconfigure(errors="backslashreplace")
    cli()
