"""A group of commands that imports each only when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from tidings.cli.invocation import Invocation
from tidings.spelling import did_you_mean


class LazyGroup(click.Group):
    """Knows its commands by name: where each is (`module:attribute`), and a line of help.

    Each command also takes the options that all have: `--config`, `--json`, `--debug`.
    """

    def __init__(
        self,
        name: str | None = None,
        commands: Mapping[str, tuple[str, str]] | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(name, **rest)
        self._places = commands or {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands' names, in the order they were given."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in self._places:
            return None
        module, _, attribute = self._places[cmd_name][0].partition(":")
        return add_shared(getattr(import_module(module), attribute))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; a slip of the keyboard gets a suggestion."""
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            known = self.list_commands(ctx)
            ctx.fail(f"There is no command {args[0]!r}{did_you_mean(args[0], known)}")
        return super().resolve_command(ctx, args)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in self._places.items()])


def add_shared(command: click.Command) -> click.Command:
    """Give a command the options that all have, but for those it has itself."""
    own = {name for option in command.params for name in option.opts}
    command.params += [option for option in _shared() if option.opts[0] not in own]
    return command


def _shared() -> list[click.Option]:
    return [
        _option(
            "--config",
            "config",
            type=click.Path(dir_okay=False),
            help="The settings file, in place of ./tidings.toml.",
        ),
        _option("--json", "as_json", is_flag=True, help="Write JSON, for programs to read."),
        _option(
            "--debug", "debug", is_flag=True, help="Show an error's traceback; it may hold secrets."
        ),
    ]


def _option(flag: str, attribute: str, **rest: Any) -> click.Option:
    def note(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        if value:  # given at one place, it holds at all
            setattr(ctx.ensure_object(Invocation), attribute, value)

    return click.Option([flag], expose_value=False, is_eager=True, callback=note, **rest)
