"""What came of holding a plugin to the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tidings.redaction import masked

if TYPE_CHECKING:
    from tidings.testing.rules import Rule

Result = Literal["passed", "failed", "skipped"]


class ConformanceError(AssertionError):
    """A plugin broke a rule.

    Attributes:
        rule: the rule's id, such as `store.offsets.no_holes`.
        expected: what had to be.
        seen: what was; a URL in it shows no user and no password.

    Example:
        try:
            await check_transport(make)
        except ConformanceError as error:
            print(error.rule, error.expected, error.seen)
    """

    def __init__(self, rule: str, expected: str, seen: str) -> None:
        self.rule = rule
        self.expected = expected
        self.seen = masked(seen)
        super().__init__(f"{rule}\n  expected: {expected}\n  seen:     {self.seen}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one rule.

    rule: its `id`, what it `says`, and what it `needs`. result: `passed`, `failed` or `skipped`.
    lacking: what the plugin does not claim, where it was skipped. error: how it failed, if it did.

    Example:
        broken = [verdict for verdict in report.verdicts if verdict.error is not None]
    """

    rule: Rule
    result: Result
    lacking: str | None = None
    error: ConformanceError | None = None

    def __str__(self) -> str:
        line = f"{self.result:7} {self.rule.id}"
        if self.error is not None:
            return f"{line}\n  expected: {self.error.expected}\n  seen:     {self.error.seen}"
        return f"{line}: {self.lacking}" if self.lacking else line


@dataclass(frozen=True, slots=True)
class Report:
    """Which rules a plugin keeps, and which it was not asked about: a verdict on each, in order.

    Example:
        report = await check_transport(make)
        print(report)
        assert "transport.order.batch" in report.passed
    """

    verdicts: Sequence[Verdict]

    @property
    def passed(self) -> Sequence[str]:
        """The ids of the rules it keeps."""
        return [verdict.rule.id for verdict in self.verdicts if verdict.result == "passed"]

    @property
    def skipped(self) -> Mapping[str, str]:
        """The ids of those it was not asked about, each with what it does not claim to be."""
        return {verdict.rule.id: verdict.lacking for verdict in self.verdicts if verdict.lacking}

    def __str__(self) -> str:
        ordered = sorted(self.verdicts, key=lambda verdict: verdict.result == "skipped")
        return "\n".join(map(str, ordered))
