"""Reports by a Celery worker, and pages with a bell, run as docs/integrations/celery.md says."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from runpy import run_path
from typing import Any, NamedTuple

import pytest
from celery import Celery

from docs.example_server import EXAMPLES, end, running
from docs.visitors import VARIABLES, Visitor, visitor
from fronts import until
from tidings import Notification, Tidings
from tidings_sql import SqlStore

SERVE = ("uvicorn", "--port", "0", "web:app", "--ws", "web:sockets.protocol")
WORKER = ("celery", "-A", "tasks", "worker", "--loglevel", "info", "--concurrency", "1")
pytestmark = pytest.mark.timeout(120)  # two programs that import much
SALES = "amount\n19.99\n5.01\n"


class Office(NamedTuple):
    """The pages, what goes to the worker, and what is shared.

    url: of the pages. folder: where things are. settings: of Celery.
    """

    url: str
    folder: Path
    settings: dict[str, Any]

    @property
    def said(self) -> str:
        """What the worker has written to its log."""
        return (self.folder / "worker.log").read_text()

    async def send(
        self,
        task: str,
        *arguments: str,
        id: str | None = None,  # noqa: A002
        retries: int = 0,
    ) -> None:
        """Have a task done, as another program of the application's would."""
        broker = {name: self.settings[name] for name in ("broker_url", "broker_transport_options")}
        with Celery(config_source=broker) as app:
            send = partial(app.send_task, f"tasks.{task}", arguments, task_id=id, retries=retries)
            await asyncio.to_thread(send)


@contextmanager
def worker(folder: Path, variables: dict[str, str]) -> Iterator[None]:
    """Run a worker until exit, which it does by itself when told to."""
    with (
        (folder / "worker.log").open("wb") as written,
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", *WORKER],
            cwd=EXAMPLES / "celery",
            env=os.environ | variables,
            stdout=written,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield
        finally:
            assert end(process) == 0
    errors = re.findall("ERROR/.*", (folder / "worker.log").read_text())
    assert all("[hopeless-" in error for error in errors), errors


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """Give the pages, with a worker at work."""
    folder = tmp_path_factory.mktemp("office")
    variables = VARIABLES | {
        "TIDINGS_PLUGINS__SQL__URL": f"sqlite:///{folder / 'office.db'}",
        "QUEUE": str(folder / "queue"),
        "REPORTS": str(folder / "reports"),
        "SALES": str(folder),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUEUE", variables["QUEUE"])
        settings = run_path(str(EXAMPLES / "celery/celeryconfig.py"))
    async with running("celery", folder, *SERVE, **variables) as url:
        with worker(folder, variables):
            yield Office(url, folder, settings)


@pytest.fixture
async def ann(office: Office) -> AsyncIterator[Visitor]:
    """Give somebody who wants reports."""
    async with visitor(office.url, "ann") as ann:
        yield ann


async def test_whoever_asked_hears_once_when_a_report_is_ready(
    office: Office, ann: Visitor
) -> None:
    async with ann.hears() as hers, visitor(office.url, "bob") as bob:
        asked = await ann.http.post("/reports/2030-01")
        assert asked.status_code == 202
        await until(lambda: "FileNotFoundError" in office.said, "the task was retried", 40)
        (office.folder / "2030-01.csv").write_text(SALES)

        told = await hers.named("tidings:notification")
        assert told["data"]["heading"] == "Your report on 2030-01 is ready"
        assert told["id"] == f"report-{asked.json()}"
        report = await ann.http.get(told["data"]["payload"]["path"])
        assert report.text == "Sales of 2030-01: 25.00\n"
        assert told["data"]["heading"] not in await bob.headings()


async def test_a_task_that_comes_twice_tells_once(office: Office, ann: Visitor) -> None:
    (office.folder / "2030-02.csv").write_text(SALES)
    (office.folder / "2030-03.csv").write_text(SALES)
    async with ann.hears() as hers:
        for _ in range(2):  # as a broker does when a worker died before it said that it was done
            await office.send("report", "ann", "2030-02", id="again")
        await office.send("report", "ann", "2030-03")

        told = [(await hers.named("tidings:notification"))["data"]["heading"] for _ in range(2)]
        assert told == ["Your report on 2030-02 is ready", "Your report on 2030-03 is ready"]
        assert len(await ann.headings()) == len(set(await ann.headings()))


async def test_whoever_asked_hears_when_a_report_is_given_up(office: Office, ann: Visitor) -> None:
    (office.folder / "2030-06.csv").write_text("amount\nmany\n")
    async with ann.hears() as hers:
        await office.send("report", "ann", "2030-05", id="hopeless-1", retries=8)  # the last one
        await office.send("report", "ann", "2030-06", id="hopeless-2")

        for month in "2030-05", "2030-06":
            told = (await hers.named("tidings:notification"))["data"]["heading"]
            assert told == f"Your report on {month} could not be made"


async def test_a_digest_of_more_than_it_reads_says_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'office.db'}"
    async with Tidings(SqlStore(url)) as tidings:
        for number in range(101):
            told = Notification(heading=f"Report {number} is ready", category="reports")
            await tidings.push("ann", told)
        variables = {"TIDINGS_PLUGINS__SQL__URL": url, "QUEUE": str(tmp_path / "queue")}
        subprocess.run(  # noqa: ASYNC221 (nobody waits for this)
            [sys.executable, "-c", "import tasks; tasks.digest(); tasks.tidings.close()"],
            cwd=EXAMPLES / "celery",
            env=os.environ | variables,
            check=True,
        )
        (entry,) = (await tidings.inbox("ann").page(category="digest")).entries
        assert entry.notification.heading == "Reports that wait for you: more than 100"


async def test_the_digest_says_once_a_day_what_waits(office: Office) -> None:
    async with visitor(office.url, "bob") as bob, bob.hears() as his:
        (office.folder / "2030-04.csv").write_text(SALES)
        await bob.http.post("/reports/2030-04")
        await his.named("tidings:notification")
        await office.send("digest")
        told = await his.named("tidings:notification")
        assert told["data"]["heading"] == "Reports that wait for you: 1"

        await bob.http.post("/reports/2030-04")
        await his.named("tidings:notification")
        await office.send("digest")
        await office.send("report", "bob", "2030-04")
        told = await his.named("tidings:notification")
        assert told["data"]["category"] == "reports"  # the digest before it said nothing more


async def test_what_runs_by_the_clock_is_a_task(office: Office) -> None:
    timed = {entry["task"] for entry in office.settings["beat_schedule"].values()}
    assert timed
    await until(lambda: all(f". {task}\n" in office.said for task in timed), "they are known", 40)


async def test_the_page_finds_its_bell(ann: Visitor) -> None:
    assert 'import("/tidings/bell.js")' in (await ann.http.get("/")).text
    assert (await ann.http.get("/tidings/bell.js")).status_code == 200
