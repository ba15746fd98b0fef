"""A process is killed while it stages or moves: each notification is there once, or never was."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sql.transactions import by_session
from tidings import Abilities, Event, Notification, Tidings, hookimpl, user_channel
from tidings_sql import SqlStore

ANN = user_channel("ann")
IDS = ["one", "two", "three"]

MOVER = """
import asyncio, os, signal, sys
from tidings import Abilities, Tidings, hookimpl
from tidings_sql import SqlStore, moving

class Mail:
    abilities = Abilities(role="carrier")

    @hookimpl
    async def push(self, events):
        pass

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(moving, sys.argv[2], die)

async def main():
    async with Tidings(SqlStore(sys.argv[1]), Mail()):
        await asyncio.Event().wait()

asyncio.run(main())
"""

APPLICATION = """
import asyncio, sys
from sqlalchemy import create_engine
from tidings import Notification, Tidings
from tidings_sql import SqlStore
from tidings_sql.engines import parsed

async def main():
    async with Tidings(SqlStore(sys.argv[1])) as tidings:
        with create_engine(parsed(sys.argv[1])).connect() as connection:
            await tidings.push("ann", Notification(heading="Never"), connection=connection)
            print("staged", flush=True)
            sys.stdin.readline()

asyncio.run(main())
"""


class Mail:
    """A carrier that keeps what it is handed."""

    abilities = Abilities(role="carrier")

    def __init__(self) -> None:
        self.carried: asyncio.Queue[Event] = asyncio.Queue()

    @hookimpl
    async def push(self, events: list[Event]) -> None:
        for event in events:
            self.carried.put_nowait(event)


@contextmanager
def process(code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", code, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as started:  # noqa: S603
        try:
            yield started
        finally:
            started.kill()


async def stage_and_close(url: str) -> None:
    """Stage, and commit when nothing is open that would move it."""
    async with by_session(url) as transaction:
        async with Tidings(SqlStore(url)) as tidings:
            for each in IDS:
                told = Notification(heading="Build passed", id=each)
                await tidings.push("ann", told, connection=transaction.connection)
        await transaction.commit()


@pytest.mark.parametrize(
    "killed_at",
    [
        pytest.param("save", id="before it has committed"),
        pytest.param("_tell", id="after it has committed"),
    ],
)
async def test_a_mover_that_is_killed_loses_and_repeats_nothing(url: str, killed_at: str) -> None:
    await stage_and_close(url)

    with process(MOVER, url, killed_at) as mover:
        code = await asyncio.to_thread(mover.wait, 50)
    assert code == -signal.SIGKILL

    mail, store = Mail(), SqlStore(url)
    async with Tidings(store, mail):
        async with asyncio.timeout(20):
            carried = [await mail.carried.get() for _ in IDS]
        log = await store.recall(ANN, 0, 99)

    assert [event.id for event in log.events] == IDS
    assert carried == list(log.events)
    assert mail.carried.empty()


async def test_an_application_that_is_killed_before_it_commits_has_pushed_nothing(url: str) -> None:
    with process(APPLICATION, url) as application:
        assert application.stdout is not None
        assert await asyncio.to_thread(application.stdout.readline) == "staged\n"
        application.kill()

    async with Tidings(SqlStore(url)) as tidings:
        receipt = await tidings.push("ann", Notification(heading="The first"))
        assert receipt.positions["ann"].offset == 1
