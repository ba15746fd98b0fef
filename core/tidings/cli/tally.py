"""How pushing a file went, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tidings import Outcome, Passed, Scheduled, Stored
from tidings.cli.pushed import Pushed, Result

_KINDS = ("stored", "duplicate", "scheduled", "passed", "failed")


@dataclass
class Tally:
    """What became of a file's lines, and of what they said for each user."""

    line: int = 0
    """All lines up to this one are dealt with."""
    pushed: int = 0
    failed: int = 0
    users: Counter[str] = field(default_factory=Counter)
    uncarried: dict[str, Outcome] = field(default_factory=dict)
    """The last trouble of each transport."""

    @property
    def clean(self) -> bool:
        """Nothing failed."""
        return not (self.failed or self.uncarried)

    def add(self, pushed: Pushed) -> None:
        """Count a line that was pushed, be it to some of its users only."""
        self.users.update(map(_kind, pushed.results.values()))
        self.uncarried |= {outcome.transport: outcome for outcome in pushed.uncarried}
        if pushed.failed:
            self.failed += 1
        else:
            self.pushed += 1

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        counts = {kind: self.users[kind] for kind in _KINDS}
        return {"pushed": self.pushed, "failed": self.failed, "users": counts}

    def as_text(self) -> str:
        """Return it for people."""
        told = f"{_lines(self.pushed)} pushed"
        if self.failed:
            told += f", {self.failed:,} failed"
        counts = ", ".join(f"{self.users[kind]:,} {kind}" for kind in _KINDS if self.users[kind])
        return f"{told}. For users: {counts}." if counts else f"{told}."


def _kind(result: Result) -> str:
    match result:
        case Stored(duplicate=duplicate):
            return "duplicate" if duplicate else "stored"
        case Scheduled():
            return "scheduled"
        case Passed():
            return "passed"
    return "failed"


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"
