"""The command's root: which subcommands there are, and the one way they all end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from tidings.cli.failure import report
from tidings.cli.invocation import Invocation
from tidings.cli.lazy import LazyGroup, add_shared
from tidings.cli.offered import lines_of_help, load_offered, offered

INTERRUPTED = 130

_COMMANDS = {
    "demo": ("tidings.cli.demo:demo", "Notify the authors of a git repository, on each transport."),
    "push": ("tidings.cli.push:push", "Push one notification, or many from a file."),
    "inbox": ("tidings.cli.inbox:inbox", "Read, change or watch a user's inbox."),
    "token": ("tidings.cli.token:token", "Issue a token for a user."),
    "plugins": ("tidings.cli.plugins:plugins", "Show the plugins: what each is and can do."),
    "check": ("tidings.cli.check:check", "Check the settings: what would run, what is wrong."),
    "conformance": (
        "tidings.cli.conformance:conformance",
        "Hold a plugin to the rules for its kind.",
    ),
    "new": ("tidings.cli.new:new", "Write the files of a new project."),
}


class Root(LazyGroup):
    """The group that turns every ending into an exit code, and every mistake into plain words.

    0: all done. 1: something failed. 2: wrong arguments. 130: interrupted.

    Beside its own commands it has those that plugins offer; where both have a name, its own wins.
    """

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run the command line and end the process."""
        called = Invocation()
        extra |= {"standalone_mode": False, "obj": called}
        try:
            code = super().main(args, *rest, **extra)
        except click.Abort as abort:
            if not isinstance(abort.__cause__, EOFError):
                sys.exit(INTERRUPTED)
            code = report(called, abort.__cause__)  # a connection's end, which click takes for ^D
        except Exception as error:
            if isinstance(error, click.UsageError):  # it may have come before the option was read
                called.as_json |= "--json" in (sys.argv if args is None else args)
            code = report(called, error)
        sys.exit(code if isinstance(code, int) else 0)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names: its own, then those of plugins."""
        own = super().list_commands(ctx)
        return [*own, *(name for name in offered() if name not in own)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        own = super().get_command(ctx, cmd_name)
        if own is not None or cmd_name not in offered():
            return own
        return add_shared(load_offered(cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands; those of plugins have to be imported for that."""
        super().format_commands(ctx, formatter)
        own = super().list_commands(ctx)
        if lines := [line for line in lines_of_help() if line[0] not in own]:
            with formatter.section("Commands of plugins"):
                formatter.write_dl(lines)


@click.group(
    cls=Root,
    commands=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Try it:
  tidings demo
  tidings push --to ann --heading "Build passed"
  tidings check

Settings are read from ./tidings.toml, .env and the environment (TIDINGS_...).
Without a store in them, what you push is kept in ./tidings.db.
""",
)
@click.version_option(package_name="tidings", message="%(prog)s %(version)s")
def cli() -> None:
    """In-app notifications: every device of every user shows each once, in order."""


add_shared(cli)
