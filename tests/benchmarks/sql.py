"""How fast the SQL store is: `uv run python tests/benchmarks/sql.py [sqlite|postgresql]`.

Each figure is taken in a process of its own, on a fresh database in a temporary folder: by the
clock, for disks are part of it, and by this process's processor time. The first lines measure the
machine: what the same rows cost without anything around them. The prints are for people, nothing
asserts them. `ROWS=1000000` in the environment fills the last three with more than the 100,000.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tidings import Notification, Payload, Tidings
from tidings.ids import new_id
from tidings.page import State
from tidings_sql import SqlStore

Bench = Callable[[str], Coroutine[Any, Any, str]]
ROWS = int(os.environ.get("ROWS", "100000"))


def note(n: int) -> Notification:
    """Return a notification of about 300 bytes of JSON."""
    return Notification(
        heading=f"Build {n} passed",
        content="All 1,204 tests passed in 3 minutes and 12 seconds on two machines; " * 2,
        payload=Payload(path=f"/builds/{n}"),
    )


class Watch:
    """Takes the time."""

    def __init__(self) -> None:
        self._clock = time.perf_counter()
        self._processor = time.process_time()

    def rate(self, count: int, what: str) -> str:
        clock = count / (time.perf_counter() - self._clock)
        processor = count / (time.process_time() - self._processor)
        return f"{clock:,.0f} {what}/s ({processor:,.0f} a second of processor time)"

    def millis(self, count: int, what: str) -> str:
        return f"{(time.perf_counter() - self._clock) / count * 1000:.2f} ms {what}"


def pushing(callers: int, each: int) -> Bench:
    async def bench(url: str) -> str:
        async with Tidings(SqlStore(url)) as tidings:

            async def call(caller: int) -> None:
                for n in range(each):
                    await tidings.push("ann", note(caller * each + n))

            await tidings.push("ann", note(0))
            watch = Watch()
            await asyncio.gather(*(call(caller) for caller in range(callers)))
            return watch.rate(callers * each, "pushes")

    return bench


async def thousand_users(url: str) -> str:
    users = [f"user{n}" for n in range(1000)]
    async with Tidings(SqlStore(url)) as tidings:
        await tidings.push(users, note(0))
        watch = Watch()
        for n in range(20):
            await tidings.push(users, note(n))
        return watch.rate(20_000, "entries")


async def inbox_page(url: str) -> str:
    async with filled(url) as tidings:
        inbox = tidings.inbox("user0")
        middle = (await inbox.page(1)).position._replace(offset=ROWS // 20)
        answers = []
        states: tuple[State | None, ...] = (None, "pending", "archived")
        for state in states:
            watch = Watch()
            for _ in range(100):
                page = await inbox.page(50, before=middle, state=state)
            assert len(page.entries) == 50 * (state != "archived")
            answers.append(watch.millis(100, state or "all"))
        return f"{', '.join(answers)}: 50 of {ROWS // 10:,}, among {ROWS:,}"


async def recalling(url: str) -> str:
    async with filled(url) as tidings:
        store = tidings.hooks.store
        assert isinstance(store, SqlStore)
        watch = Watch()
        for n in range(20):
            recalled = await store.recall("private-user-user0", n * 10, 1000)
            assert len(recalled.events) == 1000
        return watch.millis(20, f"for 1,000 among {ROWS:,}")


async def grown(url: str) -> str:
    async with filled(url) as tidings:
        watch = Watch()
        await asyncio.gather(*(tidings.push(f"user{n % 900}", note(n)) for n in range(10_000)))
        return f"{watch.rate(10_000, 'pushes')}, 1,000 at a time among {ROWS:,}"


@asynccontextmanager
async def filled(url: str) -> AsyncIterator[Tidings]:
    """Fill a database: a tenth of the rows in one inbox, the others in a thousand."""
    store = SqlStore(url, log_count=10_000, inbox_count=1_000_000, synchronous="NORMAL")
    async with Tidings(store) as tidings:
        for begin in range(0, ROWS // 10, 1000):
            await asyncio.gather(*(tidings.push("user0", note(begin + n)) for n in range(1000)))
        users = [f"user{n}" for n in range(1, 1001)]
        for n in range(ROWS * 9 // 10_000):
            await tidings.push(users, note(n))
        yield tidings


def raw(rows: int, transactions: int) -> Bench:
    """Return what rows of that size cost in SQLite alone: one table, one index, FULL."""

    async def bench(url: str) -> str:
        connection = sqlite3.connect(url.removeprefix("sqlite:///") + ".raw", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE one (id TEXT PRIMARY KEY, n INTEGER, data BLOB)")
        data = note(0).to_json()
        watch = Watch()
        for _ in range(transactions):
            connection.execute("BEGIN IMMEDIATE")
            made = ((new_id(), n, data) for n in range(rows))
            connection.executemany("INSERT INTO one VALUES (?, ?, ?)", made)
            connection.execute("COMMIT")
        connection.close()
        return watch.rate(rows * transactions, "rows")

    return bench


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Open a fresh database, and give its URL."""
    with TemporaryDirectory(prefix="tidings-bench-") as folder:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/tidings.db"
            return
        sys.path[0] = str(Path(__file__).parent.parent)  # in this folder, `sql` is this file
        from sql.databases import running_server

        with running_server(Path(folder) / "postgresql", durable=True) as server:
            yield server.get_uri()


MACHINE: dict[str, Bench] = {
    "sqlite3 alone, 1 row a commit": raw(1, 300),
    "sqlite3 alone, 1,000 a commit": raw(1000, 20),
}
BENCHES: dict[str, Bench] = {
    "one caller": pushing(1, 300),
    "16 callers": pushing(16, 100),
    "200 callers": pushing(200, 40),
    "1,000 callers": pushing(1000, 15),
    "one push to 1,000 users": thousand_users,
    "inbox page": inbox_page,
    "recall": recalling,
    "grown": grown,
}


def main() -> None:
    if len(sys.argv) > 2:
        kind, name = sys.argv[1:]
        with database(kind) as url:
            print(asyncio.run({**MACHINE, **BENCHES}[name](url)))
        return
    for kind in sys.argv[1:] or ("sqlite", "postgresql"):
        print(f"\n{kind}")
        for name in [*MACHINE, *BENCHES] if kind == "sqlite" else BENCHES:
            found = subprocess.run(
                [sys.executable, __file__, kind, name], capture_output=True, text=True, check=True
            )
            print(f"{name:30} {found.stdout.strip()}")


if __name__ == "__main__":
    main()
