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

_TABLE = re.compile(r"(?<=<!-- table of )(\w+)( -->\n\n)(?:\|.*\n)*\n*")
_MEASURED = re.compile(r"^([\d,.]+)( us| ms| KiB| pushes/s)")
_MILLISECOND = 1000
_NAME = re.compile(r"[\w-]+(\[\w+\])?")


class Backend(NamedTuple):
    """A row: where its results, abilities and needs are found, and what only words can tell.

    results: its name in docs/conformance.json. figures: for each column of figures, of which
    benchmark which one is shown; None: it has none of its own.
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
        "tutorial.md",
        "memory-store",
        _claimed("memory-store"),
        "memory",
        ["this process alone"],
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
        ["processes of one machine"],
        [("sqlite", "one caller"), ("sqlite", "200 callers"), ("sqlite", "inbox page")],
    ),
    Backend(
        "`SqlStore`, PostgreSQL",
        "backends/sql.md",
        "sql on PostgreSQL",
        _SQL,
        "postgresql",
        ["whoever reaches the database"],
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
        ["whoever reaches the server that has the store"],
        [None, None, ("http", "page")],
    ),
    Backend(
        "`WebSocketClient`",
        "backends/websocket-client.md",
        "websocket-client",
        _claimed("websocket-client"),
        "websocket",
        ["whoever reaches the server that has the store"],
        [None, None, None],
    ),
)

TRANSPORTS = (
    Backend(
        "`MemoryBroker`",
        "plugins/transport.md",
        "memory",
        _claimed("memory"),
        "memory",
        ["listeners in this process"],
    ),
    Backend(
        "`SqlStore`, SQLite",
        "backends/sql.md",
        "sql on SQLite",
        _SQL,
        "sql",
        ["processes of one machine, that poll the file"],
        [("channels, sqlite", "pushed elsewhere")],
    ),
    Backend(
        "`SqlStore`, PostgreSQL",
        "backends/sql.md",
        "sql on PostgreSQL",
        _SQL,
        "postgresql",
        ["processes on any machine, by LISTEN and NOTIFY"],
        [("channels, postgresql", "pushed elsewhere")],
    ),
    Backend(
        "`WebSocketClient`",
        "backends/websocket-client.md",
        "websocket-client",
        _claimed("websocket-client"),
        "websocket",
        ["a server with a `WebSocketFront`, and all who are connected there"],
    ),
    Backend(
        "`PusherTransport`",
        "backends/pusher.md",
        "pusher-transport",
        _PUSHER,
        "pusher",
        ["browsers and phones that are connected to Pusher"],
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
        [("http", "delivery"), None],
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
        [("pusher", "delivery"), None],
    ),
    Backend(
        "Pusher's hosted service",
        "backends/pusher.md",
        "",
        None,
        "pusher",
        ["the same", "by reading their inbox over HTTP"],
        [None, None],
    ),
)


def made(page: str) -> str:
    """Return the page with its tables made anew."""
    return _TABLE.sub(lambda found: f"{found[1]}{found[2]}{TABLES[found[1]]()}", page)


def shown(page: str) -> set[str]:
    """Return what a page has tables of."""
    return {found[1] for found in _TABLE.finditer(page)}


def _stores() -> str:
    head = (
        "| store | shared by | outlives the process | rules it keeps | one caller | 200 callers |"
        " a page of 50 | `pip install` |"
    )
    return _lines(
        head,
        [
            [
                _linked(row),
                *row.words,
                "yes" if row.abilities and row.abilities.durable else "no",
                _kept(row.results, "store"),
                *map(_figure, row.figures),
                _extra(row.extra),
            ]
            for row in STORES
        ],
    )


def _transports() -> str:
    head = (
        "| transport | is a | reaches | knows who is there | largest event | rules it keeps |"
        " until another process hears | `pip install` |"
    )
    return _lines(head, [_transport(row) for row in TRANSPORTS])


def _transport(row: Backend) -> Sequence[str]:
    abilities = row.abilities or Abilities()
    largest = f"{abilities.max_payload:,} bytes" if abilities.max_payload else "any"
    return [
        _linked(row),
        abilities.role or "",
        *row.words,
        "yes" if abilities.presence else "no",
        largest + ("; of larger ones the word that they are there" if abilities.stubs else ""),
        _kept(row.results, "transport"),
        _figure(row.figures[0] if row.figures else None),
        _extra(row.extra),
    ]


def _fronts() -> str:
    head = (
        "| front | who connects | whoever was away is given | a delivery |"
        " memory for each | `pip install` |"
    )
    return _lines(
        head,
        [
            [_linked(row), *row.words, *map(_figure, row.figures), _extra(row.extra)]
            for row in FRONTS
        ],
    )


TABLES: Mapping[str, Callable[[], str]] = {
    "stores": _stores,
    "transports": _transports,
    "fronts": _fronts,
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
    number, unit = _MEASURED.findall(said)[0]
    value = float(number.replace(",", ""))
    return (
        f"{value / 1000:,.0f} ms" if unit == "us" and value >= _MILLISECOND else f"{number}{unit}"
    )


def _extra(name: str) -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project: Any = tomllib.load(file)["project"]
    needs = [_NAME.match(entry) for entry in project["optional-dependencies"][name]]
    brought = ", ".join(found[0] for found in needs if found) or "nothing more"
    return f"`tidings[{name}]`: {brought}"


def _lines(head: str, rows: Sequence[Sequence[str]]) -> str:
    rule = "|---" * (head.count("|") - 1) + "|"
    return "\n".join([head, rule, *(f"| {' | '.join(row)} |" for row in rows), "", ""])


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text("utf-8")), "utf-8")
