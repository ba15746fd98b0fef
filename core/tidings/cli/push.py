"""`tidings push`: one notification from options, or many from a file."""

from __future__ import annotations

import asyncio
from typing import Any, BinaryIO

import click
from pydantic import ValidationError

from tidings.cli.failure import words
from tidings.cli.field_errors import field_errors
from tidings.cli.invocation import Invocation
from tidings.cli.opening import opened
from tidings.cli.push_many import push_many
from tidings.cli.pushed import as_json, as_text, attempt, not_carried
from tidings.cli.values import BUTTON, JSON, MOMENT, USER
from tidings.notification import Notification

_OPTIONS = {"buttons": "--button", "payload.path": "--path", "payload.auth": "--auth"}


@click.command(
    epilog="""\b
Examples:
  tidings push --to ann --to bob --heading "Build passed" --path /builds/7
  tidings push --to ann --heading "Stand-up" --send-after 15m --expires-at 2h
  tidings push --file many.jsonl
  my-exporter | tidings push --file -

\b
A line of a file is one JSON object: `to` (a user, or a list of them) and the
notification's fields, in snake_case or camelCase:
  {"to": ["ann", "bob"], "heading": "Build passed", "payload": {"path": "/7"}}
A bad line is reported by its number and skipped; the exit code then is 1. Lines
with an `id` can be pushed again safely: nobody gets a notification twice.
"""
)
@click.option("--to", "users", multiple=True, type=USER, help="A user's id; may be repeated.")
@click.option("--heading", metavar="TEXT", help="One line, up to 200 characters.")
@click.option("--content", metavar="TEXT", help="Up to 4,000 characters, in lines.")
@click.option("--path", metavar="PATH", help="Where in the application it leads.")
@click.option("--auth", is_flag=True, help="Its path wants a signed-in user.")
@click.option("--category", metavar="TEXT", help="A kind of your own, to filter inboxes by.")
@click.option("--image-url", metavar="URL", help="A picture.")
@click.option("--button", "buttons", multiple=True, type=BUTTON, help="A button; up to 5 of them.")
@click.option("--data", type=JSON, help="Any JSON, for the application's own code.")
@click.option("--id", metavar="ID", help="Pushing it again adds nothing; by default a new UUIDv7.")
@click.option("--send-after", type=MOMENT, help="Not before: a moment (ISO 8601), or 15m from now.")
@click.option("--expires-at", type=MOMENT, help="Leaves the inbox then: a moment, or 2h from now.")
@click.option("--file", "file", type=click.File("rb"), help="JSON Lines to push; - is stdin.")
@click.pass_obj
def push(called: Invocation, /, users: tuple[str, ...], file: BinaryIO | None, **given: Any) -> int:
    """Push a notification to users, or many from a file.

    Each user's inbox gets it once, and their devices show it at once.
    """
    fields = _fields(given)
    if file is not None:
        if users or fields:
            raise click.UsageError("--file brings its own users and fields: give it alone.")
        return asyncio.run(push_many(called, file))
    if not users or "heading" not in fields:
        raise click.UsageError("Say who gets what: --to and --heading, or --file.")
    return asyncio.run(_push_one(called, list(dict.fromkeys(users)), _notification(fields)))


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    """Return the notification's fields out of the options that were given."""
    payload = {name: given.pop(name) for name in ("path", "auth")}
    fields = {name: value for name, value in given.items() if value not in (None, ())}
    if any(payload.values()):
        fields["payload"] = payload
    return fields


def _notification(fields: dict[str, Any]) -> Notification:
    try:
        return Notification.model_validate(fields)
    except ValidationError as error:
        problems = [_told(field, told) for field, told in field_errors(error)]
        raise click.UsageError("\n".join(problems)) from error


def _told(field: str, words: str) -> str:
    if not field:
        return words
    option = _OPTIONS.get(field) or _OPTIONS.get(field.partition(".")[0])
    return f"{option or '--' + field.replace('_', '-')}: {words}"


async def _push_one(called: Invocation, users: list[str], notification: Notification) -> int:
    async with opened(called) as tidings:
        pushed = await attempt(tidings, users, notification)
    if called.as_json:
        called.emit(as_json(pushed))
    else:
        called.show(*as_text(pushed))
    for user, error in pushed.failed.items():
        called.complain(type(error).__name__, f"user {user}: {words(error)}", user=user)
    for outcome in pushed.uncarried:
        called.complain("NotCarried", not_carried(outcome), transport=outcome.transport)
    return 1 if pushed.failed or pushed.uncarried else 0
