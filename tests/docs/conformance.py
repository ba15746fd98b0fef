"""Makes the tables of docs/plugins/conformance.md: `cd tests && uv run python -m docs.conformance`.

They are what the kit's rules say of themselves, and what came of holding the built-in plugins to
them. With `--record` (a minute or two), that is found out anew; do so where rules have changed.
On the page, a table stands below a comment that says of what.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from docs.built_ins import FAILED, PASSED, built_in_results, record
from tidings import Abilities
from tidings.cli.asking import RULES
from tidings.hooks import HOOKS
from tidings.testing import Rule

PAGE = Path(__file__).parents[2] / "docs/plugins/conformance.md"

_TABLE = re.compile(r"(?<=<!-- )(rules for|results of) (\w+)( -->\n\n)(?:\|.*\n)*\n*")
_ROLES = {"broker": "brokers", "carrier": "carriers"}
_CLAIMS = "does not claim "


def made(page: str) -> str:
    """Return the page with its tables made anew."""
    return _TABLE.sub(
        lambda found: f"{found[1]} {found[2]}{found[3]}{_table(*found.groups())}", page
    )


def shown(page: str) -> set[tuple[str, str]]:
    """Return of what a page has tables."""
    return {(found[1], found[2]) for found in _TABLE.finditer(page)}


def _table(what: str, kind: str, _: str) -> str:
    return _rules(kind) if what == "rules for" else _results(kind)


def _rules(kind: str) -> str:
    rows = [f"| `{rule.id}`<br>{_demand(rule)} | {asked(rule)} |" for rule in RULES[kind]]
    return _lines("| rule, and what it demands | asked of |", rows)


def _demand(rule: Rule) -> str:
    return " ".join(rule.says.partition("\n\n")[0].split()).replace("|", "\\|")


def asked(rule: Rule) -> str:
    """Say whom a rule is asked of: by what a plugin has to be, to have and to claim."""
    roles = [_ROLES[claim] for claim in rule.claims if claim in _ROLES]
    claimed = [f"`{claim}`" for claim in rule.claims if claim in Abilities.model_fields]
    hooks = [f"`{claim}`" for claim in rule.claims if claim in HOOKS]
    there = {*_ROLES, *Abilities.model_fields, *HOOKS}
    protocols = [
        f"[`{claim}`][tidings.protocols.{claim}]" for claim in rule.claims if claim not in there
    ]
    whom = " and ".join(roles) or ("those" if rule.claims else "all")
    has = [*hooks, *protocols]
    return whom + _and(" with ", has) + _and(" that claim ", claimed)


def _and(before: str, words: list[str]) -> str:
    return before + " and ".join(words) if words else ""


def _results(kind: str) -> str:
    found = {name: of[kind] for name, of in sorted(built_in_results().items()) if kind in of}
    rows = [f"| `{name}` | {_passed(of)} | {_others(of)} |" for name, of in found.items()]
    return _lines("| plugin | rules passed | not the others, since it |", rows)


def _passed(results: Mapping[str, str]) -> str:
    passed = sum(result == PASSED for result in results.values())
    return f"all {passed}" if passed == len(results) else f"{passed} of {len(results)}"


def _others(results: Mapping[str, str]) -> str:
    """Say of the rules that are not passed why: what is not claimed, in one go."""
    reasons = Counter(result for result in results.values() if result not in (PASSED, FAILED))
    told: dict[str, list[str]] = {}
    for reason, count in reasons.items():
        claims = reason.startswith(_CLAIMS)
        what = f"`{reason.removeprefix(_CLAIMS)}`" if claims else reason
        told.setdefault(_CLAIMS if claims else "", []).append(what + f" ({count})" * (count > 1))
    parts = [start + ", ".join(whats) for start, whats in told.items()]
    failed = [f"`{rule}`" for rule, result in results.items() if result == FAILED]
    return "; ".join([*parts, *([f"**fails** {', '.join(failed)}"] if failed else [])])


def _lines(head: str, rows: list[str]) -> str:
    return "\n".join([head, "|---" * (head.count("|") - 1) + "|", *rows, "", ""])


if __name__ == "__main__":
    if "--record" in sys.argv:
        asyncio.run(record())
    PAGE.write_text(made(PAGE.read_text("utf-8")), "utf-8")
