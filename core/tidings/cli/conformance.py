"""`tidings conformance`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from tidings.cli.asking import judge, rules_for
from tidings.cli.invocation import Invocation, printable
from tidings.cli.opening import told_to
from tidings.cli.under_test import under_test, working_directory_importable
from tidings.cli.values import Value, seconds
from tidings.spelling import did_you_mean
from tidings.testing import Make, Rule, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

_STYLES = {"passed": "green", "failed": "bold red", "skipped": "yellow"}
_FACTORY = "MODULE:FACTORY"
_LONGEST = 600  # characters of what was expected or seen that are shown to people


@click.command(
    epilog="""\b
Examples:
  tidings conformance tidings_memory:MemoryBroker
  tidings conformance tests.far_sides:valkey --rule 'transport.order.*'
  tidings conformance tests.test_conformance:TestValkey
"""
)
@click.argument("factory", metavar=_FACTORY)
@click.option(
    "--within",
    type=Value("seconds", seconds),
    metavar="SECONDS",
    help="How long anything may take to arrive; by default 5, or what a class of tests says.",
)
@click.option(
    "--rule",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Only rules whose id is like this, as store.page.*; may be given again.",
)
@click.pass_obj
def conformance(
    called: Invocation, /, factory: str, within: float | None, patterns: Sequence[str]
) -> int:
    """Hold a plugin to the rules for its kind, and show which of them it keeps.

    FACTORY is a function under @asynccontextmanager that opens a fresh far side (a database, a
    namespace on a server) and yields a function that makes a plugin object on it. Where an object
    is itself its far side, it is the plugin's class, or a function that makes one. A class of tests
    for pytest, such as one of TransportTests, has such a function as its method `make`.

    The exit code is 1 if one failed. Those about what the plugin does not claim are skipped.
    """
    with working_directory_importable(), told_to(called):
        try:
            asked = under_test(factory)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=f"'{_FACTORY}'") from error
        patience = asked.within if within is None else within
        return asyncio.run(_conformance(called, factory, asked.make, patience, patterns))


async def _conformance(
    called: Invocation, factory: str, make: Make, within: float, patterns: Sequence[str]
) -> int:
    """Ask about each rule, and tell at once; return the exit code."""
    counts: Counter[str] = Counter()
    for kind, rules in _wanted(await rules_for(make), patterns).items():
        if not called.as_json:
            called.show(f"{factory} as a {kind}")
        for rule in rules:
            verdict = await judge(rule, make, within)
            counts[verdict.result] += 1
            if called.as_json:
                called.emit({"kind": kind, **_as_json(verdict)})
            else:
                called.show(*_as_text(verdict))
    results = {result: counts[result] for result in _STYLES}
    if called.as_json:
        called.emit({"summary": {"factory": factory, **results}})
    else:
        called.show(", ".join(f"{count} {result}" for result, count in results.items()) + ".")
    return 1 if counts["failed"] else 0


def _wanted(
    asked: Mapping[str, Sequence[Rule]], patterns: Sequence[str]
) -> Mapping[str, Sequence[Rule]]:
    """Return the rules that are like any of the patterns; without one, all.

    Raises:
        click.BadParameter: a pattern is like none.
    """
    ids = [rule.id for rules in asked.values() for rule in rules]
    for pattern in patterns:
        if not any(fnmatchcase(id, pattern) for id in ids):  # noqa: A001
            told = f"no rule for this plugin is like {pattern!r}{did_you_mean(pattern, ids)}"
            raise click.BadParameter(told, param_hint="'--rule'")
    like = {
        kind: [rule for rule in rules if any(fnmatchcase(rule.id, pattern) for pattern in patterns)]
        for kind, rules in asked.items()
    }
    return {kind: rules for kind, rules in like.items() if rules} if patterns else asked


def _as_json(verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = {"rule": verdict.rule.id, "says": verdict.rule.says}
    told["result"] = verdict.result
    if verdict.lacking is not None:
        told["lacking"] = verdict.lacking
    if verdict.error is not None:
        told |= {"expected": verdict.error.expected, "seen": verdict.error.seen}
    return told


def _as_text(verdict: Verdict) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    line = Text.assemble("  ", (f"{verdict.result:7}", _STYLES[verdict.result]), "  ")
    line.append(verdict.rule.id)
    if verdict.lacking is not None:
        line.append(f": {verdict.lacking}", "dim")
    yield line
    if (error := verdict.error) is not None:
        told = [verdict.rule.says, f"expected: {error.expected}", f"seen: {error.seen}"]
        if error.expected == verdict.rule.says:  # it raised, and nothing else was looked at
            del told[1]
        for words in told:
            cut = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}... (--json has it all)"
            yield Padding(Text(printable(cut)), (0, 0, 0, 11), expand=False)
