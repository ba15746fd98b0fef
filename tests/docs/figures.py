"""Makes the figures of docs/operations/performance.md: `cd tests && uv run python -m docs.figures`.

They are those that the benchmarks printed when docs/figures.json was recorded. On the page, a
table stands below a comment that says of which.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "operations/performance.md"

CALLED = {
    "delivery": "a delivery",
    "grown": "in a full database",
    "latency": "latency, on SQLite",
    "memory, SQL": "memory, on SQLite",
    "page": "a page, in memory",
    "page, SQL": "a page, on SQLite",
    "page asked for to badge shown": "from asking for the page to a number on the badge",
    "push": "one push to 1,000 users, on SQLite",
    "push, memory": "one push to 1,000 users, in memory",
    "returning": "5,000 clients return at once, on SQLite",
    "returning, memory": "5,000 clients return at once, in memory",
    "signatures": "checking signatures",
    "singly": "200 callers, each pushes to one user at a time, on SQLite",
    "trigger": "a trigger",
}
"""What a figure is called on the page, where its name in the program says too little."""

_TABLE = re.compile(r"(?<=<!-- figures of )([\w, ]+)( -->\n\n)(?:\|.*\n)*(?:\n\*Taken .*\*\n)?\n*")


def recorded() -> Mapping[str, Any]:
    """Return what was recorded: of each program its figures, the day and the machine."""
    found: Mapping[str, Any] = json.loads((DOCS / "figures.json").read_text("utf-8"))
    return found


def made(page: str) -> str:
    """Return the page with its tables made anew."""
    of = recorded()
    return _TABLE.sub(lambda found: f"{found[1]}{found[2]}{_table(of[found[1]])}", page)


def shown(page: str) -> set[str]:
    """Return whose figures a page shows."""
    return {found[1] for found in _TABLE.finditer(page)}


def _table(record: Mapping[str, Any]) -> str:
    figures = record["figures"].items()
    shown = [(CALLED.get(name, name), re.sub(r"\bus\b", "µs", said)) for name, said in figures]
    rows = "".join(f"| {name} | {said} |\n" for name, said in shown)
    return f"| | measured |\n|---|---|\n{rows}\n*Taken {record['day']}: {record['machine']}.*\n\n"


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text("utf-8")), "utf-8")
