"""The plugins that come with Tidings, each with a far side, held to the rules for what it is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from http_plugin.client.test_conformance import TestHttpInbox
from pusher_plugin.test_conformance import TestPusherTransport
from sql.databases import Fresh, own_database, postgresql, running_server, sqlite
from testing.far_sides import shared
from tidings.cli.asking import RULES
from tidings.policy import AdminTokens, OwnChannels
from tidings.testing import Make, Node, audit
from tidings_memory import MemoryBroker, MemoryStore
from tidings_sql import SqlStore
from websocket_plugin.client.test_conformance import TestStore, TestTransport

FILE = Path(__file__).parents[2] / "docs/conformance.json"
PASSED, FAILED = "passed", "failed"

Results = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Of each plugin, for each kind that it is, by each rule's id: "passed", "failed", or what the
plugin does not claim, so that it was not asked."""


def built_in_results() -> Results:
    """Return what was recorded when the built-in plugins were last held to the rules.

    Example:
        built_in_results()["memory"]["transport"]["transport.order.batch"]  # "passed"
    """
    found: Results = json.loads(FILE.read_text("utf-8"))
    return found


def on(fresh: Fresh) -> Make:
    """Return the far side that a database is."""

    @asynccontextmanager
    async def make() -> AsyncIterator[Node]:
        with fresh() as url:
            yield lambda: SqlStore(url)

    return make


BUILT_IN: Mapping[str, Mapping[str, Make]] = {
    "memory-store": {"store": shared(MemoryStore)},
    "memory": {"transport": shared(MemoryBroker)},
    "sql on SQLite": {"store": on(sqlite), "transport": on(sqlite)},
    "http-inbox": {"store": TestHttpInbox().make},
    "websocket-client": {"store": TestStore().make, "transport": TestTransport().make},
    "pusher-transport": {"transport": TestPusherTransport().make},
    "own-channels": {"policy": shared(OwnChannels)},
    "admin-tokens": {"policy": shared(AdminTokens)},
}
"""Each with a far side for all kinds that it is; but for `sql on PostgreSQL`, which needs a server
to begin with.
"""


async def record(within: float = 20.0) -> None:
    """Hold all of them to their rules, and write down what came of it."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        server = stack.enter_context(running_server(folder))
        url = stack.enter_context(own_database(server, "kit"))
        make = on(postgresql(url))
        on_server = {"sql on PostgreSQL": {"store": make, "transport": make}}
        results = {
            name: {kind: await _held(kind, make, within) for kind, make in kinds.items()}
            for name, kinds in {**BUILT_IN, **on_server}.items()
        }
    FILE.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


async def _held(kind: str, make: Make, within: float) -> Mapping[str, str]:
    report = await audit(RULES[kind], make, within=within)
    return {verdict.rule.id: verdict.lacking or str(verdict.result) for verdict in report.verdicts}
