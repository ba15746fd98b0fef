"""Makes the tables of docs/choosing.md: `cd tests && uv run python -m docs.choosing`.

What a backend promises is what its `Abilities` claim and the conformance kit found; what it needs
is what its extra installs; what it can do is what the benchmarks measured. In words of this file
stands only what none of these can tell.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from docs.built_ins import FAILED, PASSED, built_in_results
from docs.figures import recorded
from tidings import Abilities
from tidings.discovery import load
from tidings_pusher import PusherTransport

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/choosing.md"

_MADE = re.compile(r"(?<=<!-- table of )(\w+)( -->\n\n)(?:\|.*\n)*\n*")
_MEASURED = re.compile(r"^([\d,.]+) (us|ms|KiB|pushes/s)")
_MILLISECOND = 1000  # in microseconds
_UNITS = {"us": "\N{MICRO SIGN}s"}
_TIMES = re.compile(r": ([\d.]+) times$")
_NAME = re.compile(r"[\w-]+(\[\w+\])?")


class Times(NamedTuple):
    """A figure that is shown as a multiple of what it was measured beside, in the same run."""

    program: str
    name: str


class Backend(NamedTuple):
    """A row: where its results, abilities and needs are found, and what only words can tell.

    results: its name in docs/conformance.json. extra: what installs it; empty for one that has a
    row already. figures: for each column of figures, of which benchmark which one is shown; None:
    it has none of its own.
    """

    title: str
    page: str
    results: str
    abilities: Abilities | None
    extra: str
    words: Sequence[str]
    figures: Sequence[tuple[str, str] | None] = ()


def _claimed(plugin: str) -> Abilities:
    of: Any = load(plugin)
    found: Abilities = of.abilities
    return found


_PUSHER = PusherTransport(app_id="1", key="key", secret="secret", cluster="eu").abilities
_SQL = _claimed("sql")

STORES = (
    Backend(
        "`MemoryStore`",
        "reference/plugins-api.md#tidings_memory.MemoryStore",
        "memory-store",
        _claimed("memory-store"),
        "memory",
        ["this process"],
        [
            ("memory", "one caller, one device"),
            ("memory", "200 callers, one device"),
            ("memory", "inbox page"),
        ],
    ),
    Backend(
        "`SqlStore`, SQLite",
        "backends/sql.md",
        "sql on SQLite",
        _SQL,
        "sql",
        ["one machine"],
        [("sqlite", "one caller"), ("sqlite", "200 callers"), ("sqlite", "inbox page")],
    ),
    Backend(
        "`SqlStore`, PostgreSQL",
        "backends/sql.md",
        "sql on PostgreSQL",
        _SQL,
        "postgresql",
        ["all who reach the database"],
        [
            ("postgresql", "one caller"),
            ("postgresql", "200 callers"),
            ("postgresql", "inbox page"),
        ],
    ),
    Backend(
        "`HttpInbox`",
        "backends/http-inbox.md",
        "http-inbox",
        _claimed("http-inbox"),
        "http-inbox",
        ["all who reach its server"],
        [None, None, ("http", "page")],
    ),
    Backend(
        "`WebSocketClient`",
        "backends/websocket-client.md",
        "websocket-client",
        _claimed("websocket-client"),
        "websocket",
        ["all who reach its server"],
    ),
)

TRANSPORTS = (
    Backend(
        "`MemoryBroker`",
        "reference/plugins-api.md#tidings_memory.MemoryBroker",
        "memory",
        _claimed("memory"),
        "memory",
        ["this process"],
    ),
    Backend(
        "`SqlStore`, SQLite",
        "backends/sql.md",
        "sql on SQLite",
        _SQL,
        "sql",
        ["one machine, which polls the file"],
        [("channels, sqlite", "pushed elsewhere")],
    ),
    Backend(
        "`SqlStore`, PostgreSQL",
        "backends/sql.md",
        "sql on PostgreSQL",
        _SQL,
        "postgresql",
        ["any machine, by LISTEN and NOTIFY"],
        [("channels, postgresql", "pushed elsewhere")],
    ),
    Backend(
        "`WebSocketClient`",
        "backends/websocket-client.md",
        "websocket-client",
        _claimed("websocket-client"),
        "websocket",
        ["all on a server's `WebSocketFront`"],
    ),
    Backend(
        "`PusherTransport`",
        "backends/pusher.md",
        "pusher-transport",
        _PUSHER,
        "pusher",
        ["Pusher's clients"],
    ),
)

FRONTS = (
    Backend(
        "`WebSocketFront`",
        "backends/websocket.md",
        "",
        None,
        "websocket",
        ["browsers, programs: JSON over WebSockets", "all they missed, by offset"],
        [("websocket", "paced"), ("websocket", "memory")],
    ),
    Backend(
        "`HttpFront`",
        "backends/http.md",
        "",
        None,
        "http",
        [
            "browsers, `curl`, any language: HTTP and server-sent events",
            "all they missed, by `Last-Event-ID`",
        ],
        [Times("http", "delivery"), None],
    ),
    Backend(
        "`PusherServer`",
        "backends/pusher-server.md",
        "",
        None,
        "pusher",
        [
            "pusher-js, Laravel Echo, Pusher's libraries, as they are",
            "what is pending, at sign-in; by offset for clients that ask",
        ],
        [Times("pusher", "delivery"), None],
    ),
    Backend(
        "Pusher's hosted service",
        "backends/pusher.md",
        "",
        None,
        "",
        ["the same", "by reading their inbox over HTTP"],
    ),
)


def made(page: str) -> str:
    """Return the page with its tables made anew."""
    return _MADE.sub(lambda found: f"{found[1]}{found[2]}{TABLES[found[1]]()}", page)


def shown(page: str) -> set[str]:
    """Return what a page has tables of."""
    return {found[1] for found in _MADE.finditer(page)}


def _stores() -> str:
    return _table(
        ["store", "shared by", "outlives the process", "rules it keeps"],
        [
            [
                _linked(row),
                *row.words,
                _yes(row.abilities is not None and row.abilities.durable),
                _kept(row.results, "store"),
            ]
            for row in STORES
        ],
    )


def _transports() -> str:
    return _table(
        ["transport", "is a", "reaches", "until another process hears"],
        [
            [
                _linked(row),
                row.abilities.role or "" if row.abilities else "",
                *row.words,
                _figure(row.figures[0] if row.figures else None),
            ]
            for row in TRANSPORTS
        ],
    )


def _abilities() -> str:
    return _table(
        ["transport", "knows who is there", "largest event", "rules it keeps"],
        [_able(row, row.abilities or Abilities()) for row in TRANSPORTS],
    )


def _able(row: Backend, abilities: Abilities) -> Sequence[str]:
    largest = f"{abilities.max_payload:,} bytes" if abilities.max_payload else "no limit of its own"
    return [
        _linked(row),
        _yes(abilities.presence),
        largest + ("; of a larger one, only that it is there" if abilities.stubs else ""),
        _kept(row.results, "transport"),
    ]


def _fronts() -> str:
    return _table(
        ["front", "who connects", "whoever was away is given"],
        [[_linked(row), *row.words] for row in FRONTS],
    )


def _pushes() -> str:
    return _measured(["store", "one caller", "200 callers", "a page of 50"], STORES)


def _deliveries() -> str:
    return _measured(["front", "a delivery", "memory for each client"], FRONTS)


def _measured(head: Sequence[str], rows: Sequence[Backend]) -> str:
    return _table(head, [[row.title, *map(_figure, row.figures)] for row in rows if row.figures])


def _needs() -> str:
    of: dict[str, list[str]] = {}
    for row in (*STORES, *TRANSPORTS, *FRONTS):
        if row.extra and row.title not in of.setdefault(row.extra, []):
            of[row.extra].append(row.title)
    return _table(
        ["extra", "is for", "brings"],
        [[f"`{name}`", "; ".join(titles), _brought(name)] for name, titles in of.items()],
    )


TABLES: Mapping[str, Callable[[], str]] = {
    "stores": _stores,
    "transports": _transports,
    "abilities": _abilities,
    "fronts": _fronts,
    "pushes": _pushes,
    "deliveries": _deliveries,
    "needs": _needs,
}


def _linked(row: Backend) -> str:
    return f"[{row.title}]({row.page})"


def _kept(results: str, kind: str) -> str:
    found = [*built_in_results()[results][kind].values()]
    passed, failed = found.count(PASSED), found.count(FAILED)
    share = f"{passed} of {passed + failed}" if failed else f"all {passed}"
    return f"[{share}](plugins/conformance.md)"


def _figure(where: tuple[str, str] | None) -> str:
    if where is None:
        return "–"  # noqa: RUF001 (as tables have it)
    program, name = where
    said: str = recorded()[program]["figures"][name]
    if isinstance(where, Times):
        return f"{_TIMES.findall(said)[0]} times that"
    number, unit = _MEASURED.findall(said)[0]
    value = float(number.replace(",", ""))
    return (
        f"{value / _MILLISECOND:,.0f} ms"
        if unit == "us" and value >= _MILLISECOND
        else f"{number} {_UNITS.get(unit, unit)}"
    )


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _brought(name: str) -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project: Any = tomllib.load(file)["project"]
    needs = [_NAME.match(entry) for entry in project["optional-dependencies"][name]]
    return ", ".join(found[0] for found in needs if found) or "nothing more"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    first, *others = (f"| {' | '.join(line)} |" for line in (head, *rows))
    return "\n".join([first, "|---" * len(head) + "|", *others, "", ""])


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text("utf-8")), "utf-8")
