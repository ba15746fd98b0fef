"""Reports that take their time: a Celery worker makes them, and whoever asked hears of it.

Run it by `celery -A tasks worker --beat --loglevel info`, with TIDINGS_PLUGINS__SQL__URL in the
environment; beside it, with the same, `uvicorn web:app --ws web:sockets.protocol`.
"""

import csv
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from os import environ
from pathlib import Path
from typing import Any

from celery import Celery, Task
from celery.signals import worker_process_shutdown

from tidings import Conflict, Notification, Payload, StoreError
from tidings.blocking import Tidings

SALES = Path(environ.get("SALES", "sales"))  # another program writes a file here, each month
REPORTS = Path(environ.get("REPORTS", "reports"))
USERS = ("ann", "bob")  # in yours a table

app = Celery("tasks", config_source="celeryconfig")

# --8<-- [start:tidings]
tidings = Tidings.from_settings()  # not open yet: each process of the pool opens its own


@worker_process_shutdown.connect
def close(**_: Any) -> None:
    """Have what was accepted carried before a process of the pool ends."""
    tidings.close()


# --8<-- [end:tidings]


# --8<-- [start:report]
class Asked(Task):
    """A report that somebody asked for: they are told as well when it cannot be made."""

    def on_failure(self, _exc: Exception, task_id: str, args: Any, *_: Any) -> None:
        """Tell them, once Celery has given the task up."""
        user, month = args
        heading = f"Your report on {month} could not be made"
        tidings.push(user, Notification(id=f"no-report-{task_id}", heading=heading))


@app.task(
    base=Asked,
    bind=True,
    autoretry_for=(OSError, StoreError),
    retry_backoff=True,  # after up to 1 second, 2, 4, ...
    max_retries=8,  # within four minutes or so
)
def report(self: Task, user: str, month: str) -> None:
    """Make a report and tell who asked. However often it is done, they are told once."""
    with (SALES / f"{month}.csv").open(newline="") as file:  # if it is not there yet: later
        total = sum(Decimal(row["amount"]) for row in csv.DictReader(file))
    REPORTS.mkdir(exist_ok=True)
    part = REPORTS / f"{month}.{self.request.id}"
    part.write_text(f"Sales of {month}: {total}\n")
    part.replace(REPORTS / f"{month}.txt")  # nobody reads half of it
    told = Notification(
        id=f"report-{self.request.id}",  # the same when the task is retried or comes again
        heading=f"Your report on {month} is ready",
        category="reports",
        payload=Payload(path=f"/reports/{month}"),
    )
    tidings.push(user, told)


# --8<-- [end:report]


# --8<-- [start:digest]
@app.task
def digest() -> None:
    """Remind everybody of the reports that they have not opened, once a day."""
    today = datetime.now(app.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    for user in USERS:
        page = tidings.inbox(user).page(state="pending", category="reports", limit=100)
        if not page.entries:
            continue
        number = f"more than {len(page.entries)}" if page.more else len(page.entries)
        told = Notification(
            id=f"digest-{today:%Y-%m-%d}",
            heading=f"Reports that wait for you: {number}",
            content="\n".join(entry.notification.heading for entry in page.entries[:5]),
            category="digest",
            expires_at=today + timedelta(days=1, hours=8),  # when the next one comes
        )
        with suppress(Conflict):  # a second run, later that day, would say something else
            tidings.push(user, told)


# --8<-- [end:digest]
