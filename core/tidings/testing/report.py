"""What came of holding a plugin to the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class ConformanceError(AssertionError):
    """A plugin broke a rule.

    Attributes:
        rule: the rule's id, such as `store.offsets.no_holes`.
        expected: what had to be.
        seen: what was.
    """

    def __init__(self, rule: str, expected: str, seen: str) -> None:
        super().__init__(f"{rule}\n  expected: {expected}\n  seen:     {seen}")
        self.rule = rule
        self.expected = expected
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Report:
    """Which rules a plugin keeps, and which it was not asked about.

    passed: ids of rules. skipped: ids of rules, each with what the plugin does not claim to be.
    """

    passed: Sequence[str]
    skipped: Mapping[str, str]

    def __str__(self) -> str:
        skipped = [f"skipped {rule}: {reason}" for rule, reason in self.skipped.items()]
        return "\n".join([*(f"passed  {rule}" for rule in self.passed), *skipped])
