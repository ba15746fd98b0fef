"""What went wrong, in plain words and an exit code."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import click

from tidings.errors import TidingsError
from tidings.redaction import failure

if TYPE_CHECKING:
    from tidings.cli.invocation import Invocation


def report(called: Invocation, error: BaseException) -> int:
    """Tell the user of an error; return the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    if called.debug:
        click.echo("".join(traceback.format_exception(error)), err=True)
    if isinstance(error, click.ClickException):
        kind = "UsageError" if isinstance(error, click.UsageError) else type(error).__name__
        called.complain(kind, _with_usage(error, brief=called.as_json))
        return error.exit_code
    called.complain(type(error).__name__, words(error))
    return 1


def words(error: BaseException) -> str:
    """Return what to tell of an error: its own words only where they are known to be no secret."""
    if isinstance(error, TidingsError):
        return str(error)
    return f"{failure(error)} (with --debug: its words, and how it came to that)"


def _with_usage(error: click.ClickException, *, brief: bool) -> str:
    message = error.format_message()
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if brief or ctx is None:
        return message
    return f"{message}\n{ctx.get_usage()}\nFor help: {ctx.command_path} --help"
