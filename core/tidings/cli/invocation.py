"""One call of the command: the options that all subcommands have, and where its output goes."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass
class Invocation:
    """How the command was called, and its two outlets: results on stdout, the rest on stderr.

    config: the settings file. as_json: write JSON in place of words and tables. debug: show the
    tracebacks of errors.
    """

    config: str | None = None
    as_json: bool = False
    debug: bool = False

    @cached_property
    def out(self) -> Console:
        """The terminal for results."""
        return _console(stderr=False)

    @cached_property
    def err(self) -> Console:
        """The terminal for warnings, errors and progress."""
        return _console(stderr=True)

    def show(self, *parts: RenderableType) -> None:
        """Write a result for people."""
        for part in parts:
            self.out.print(part)

    def emit(self, value: Mapping[str, Any]) -> None:
        """Write a result for programs: one JSON object on a line of its own, at once."""
        try:
            click.echo(_json(value))
        except BrokenPipeError:
            leave_quietly()

    def note(self, kind: str, message: str, **details: Any) -> None:
        """Say on stderr what is good to know."""
        if self.as_json:
            _echo_error({"note": {"type": kind, "message": message, **details}})
        else:
            self._tell("Note: ", "bold", message)

    def warn(self, kind: str, message: str) -> None:
        """Say on stderr what is worth knowing, though nothing failed."""
        if self.as_json:
            _echo_error({"warning": {"type": kind, "message": message}})
        else:
            self._tell("Warning: ", "bold yellow", message)

    def complain(self, kind: str, message: str, **details: Any) -> None:
        """Say on stderr that something failed."""
        if self.as_json:
            _echo_error({"error": {"type": kind, "message": message, **details}})
        else:
            self._tell("Error: ", "bold red", message)

    def _tell(self, label: str, style: str, message: str) -> None:
        from rich.text import Text

        text = Text.assemble((label, style), printable(message))
        self.err.print(text, soft_wrap=not self.err.is_terminal)


def printable(text: str) -> str:
    """Return text that cannot steer a terminal, whoever wrote it."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def leave_quietly() -> NoReturn:
    """End the command because nobody reads its output any more, as `| head` does."""
    _silence(sys.stdout)
    raise click.exceptions.Exit(1)


def _silence(stream: TextIO) -> None:
    """Let what is still in a buffer go nowhere, rather than into an error at the very end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    class Outlet(Console):
        def on_broken_pipe(self) -> None:
            self.quiet = True
            if not stderr:
                leave_quietly()
            _silence(sys.stderr)

    return Outlet(stderr=stderr, highlight=False, markup=False, emoji=False)


def _echo_error(value: Mapping[str, Any]) -> None:
    try:
        click.echo(_json(value), err=True)
    except BrokenPipeError:
        _silence(sys.stderr)


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")  # half a surrogate pair, from an argument
