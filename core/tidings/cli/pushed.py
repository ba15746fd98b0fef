"""What one push came to, for each user and each transport: done, then told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidings import Notification, Outcome, Passed, PushFailed, Scheduled, Staged, Stored, Tidings
from tidings.cli.failure import words

if TYPE_CHECKING:
    from rich.console import RenderableType

Result = Stored | Scheduled | Passed | Exception

_SHOWN = 20


@dataclass(frozen=True)
class Pushed:
    """A notification, what became of it for each user, and what each transport did with it."""

    notification: Notification
    results: Mapping[str, Result]
    outcomes: Mapping[str, Outcome]

    @property
    def uncarried(self) -> Sequence[Outcome]:
        """What transports have not done, or not yet."""
        return [outcome for outcome in self.outcomes.values() if outcome.state != "carried"]

    @property
    def failed(self) -> Mapping[str, Exception]:
        """The users who were not served, and why."""
        return {
            user: result for user, result in self.results.items() if isinstance(result, Exception)
        }


async def attempt(tidings: Tidings, users: Sequence[str], notification: Notification) -> Pushed:
    """Push, and wait for what the transports say.

    Raises:
        TidingsError: nobody was served.
    """
    failed: Mapping[str, Exception] = {}
    try:
        receipt = await tidings.push(users, notification)
    except PushFailed as failure:
        receipt, failed = failure.receipt, failure.errors
    served = {  # none is staged, for there is no connection
        user: result for user, result in receipt.results.items() if not isinstance(result, Staged)
    }
    results = {**served, **failed}
    in_order = {user: results[user] for user in users}
    return Pushed(notification, in_order, await receipt.outcomes())


def as_json(pushed: Pushed) -> dict[str, Any]:
    """Return it for programs."""
    return {
        "id": pushed.notification.id,
        "users": {user: _result(result) for user, result in pushed.results.items()},
        "transports": {
            name: {"state": outcome.state} | _error(outcome.error)
            for name, outcome in pushed.outcomes.items()
        },
    }


def as_text(pushed: Pushed) -> Iterator[RenderableType]:
    """Return it for people."""
    from rich.table import Table
    from rich.text import Text

    yield Text.assemble(
        (pushed.notification.heading, "bold"), "  ", (pushed.notification.id, "dim")
    )
    table = Table.grid(padding=(0, 2))
    for user, result in list(pushed.results.items())[:_SHOWN]:
        style = "red" if isinstance(result, Exception) else "green"
        table.add_row("", user, Text(said(result), style))
    yield table
    if (more := len(pushed.results) - _SHOWN) > 0:
        yield f"  and {more:,} more"


def said(result: Result) -> str:
    """Return in a few words what became of a notification for one user."""
    match result:
        case Stored(position, _, duplicate):
            return f"{'had it already' if duplicate else 'stored'}, at {position.offset}"
        case Scheduled(at, duplicate):
            when = at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
            return f"{'was ' * duplicate}scheduled for {when}"
        case Passed():
            return "passed on to who listens; nothing stores it"
        case error:
            return words(error)


def not_carried(outcome: Outcome) -> str:
    """Return in plain words what a transport has not done."""
    why = words(outcome.error) if outcome.error else "no reason given"
    if outcome.state == "retrying":
        return f"{outcome.transport} has not carried it yet: {why}"
    return f"{outcome.transport} has given it up: {why}"


def _result(result: Result) -> dict[str, Any]:
    match result:
        case Stored(position, _, duplicate):
            return {"state": "stored", "duplicate": duplicate, **position._asdict()}
        case Scheduled(at, duplicate):
            return {"state": "scheduled", "duplicate": duplicate, "at": at.isoformat()}
        case Passed():
            return {"state": "passed"}
        case error:
            return {"state": "failed", **_error(error)}


def _error(error: Exception | None) -> dict[str, Any]:
    if error is None:
        return {}
    return {"error": {"type": type(error).__name__, "message": words(error)}}
