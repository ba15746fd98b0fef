"""A Django view pushes in its own transaction, through the blocking facade."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from django import setup
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from sqlalchemy import make_url

from sql.transactions import path
from tidings import Event, Notification, Staged, Unsupported, user_channel
from tidings.blocking import OnEventLoop, Stream, Tidings
from tidings.event import Delivery
from tidings.scheduler import Scheduler
from tidings_sql import SqlStore

ANN = user_channel("ann")
PASSED = Notification(heading="Build passed", id="passed")


def settings_of(url: str) -> dict[str, Any]:
    """Return what stands in Django's DATABASES for this URL."""
    if url.startswith("sqlite"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path(url)}
    found = make_url(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.database,
        "USER": found.username,
        "PASSWORD": found.password or "",
        "HOST": found.query.get("host", found.host or ""),
        "OPTIONS": {"options": found.query["options"]},
    }


@pytest.fixture
def django(url: str) -> Iterator[str]:
    """Give the name of the database among Django's."""
    if not settings.configured:  # as another test may have done, without the rest
        settings.configure()
    setup()
    connections.settings |= connections.configure_settings({DEFAULT_DB_ALIAS: settings_of(url)})
    yield DEFAULT_DB_ALIAS
    connections[DEFAULT_DB_ALIAS].close()
    del connections[DEFAULT_DB_ALIAS]


@pytest.fixture
def tidings(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tidings]:
    """Give an open one that looks at its store only when it is said that there is something."""
    monkeypatch.setattr(Scheduler, "LOOK_EVERY", 3600.0)
    with Tidings(SqlStore(url)) as tidings:
        yield tidings


def heard(listening: Stream[Delivery]) -> Event:
    """Return the next event."""
    event = listening.next(timeout=20)
    assert isinstance(event, Event)
    return event


def test_a_view_that_succeeds_has_pushed_at_once(tidings: Tidings, django: str) -> None:
    with tidings.subscribe(ANN) as listening:
        with transaction.atomic(using=django), connections[django].cursor() as cursor:
            receipt = tidings.push("ann", PASSED, connection=cursor)
            assert receipt.results == {"ann": Staged()}
            assert tidings.inbox("ann").counts().pending == 0

        assert heard(listening).id == "passed"


def test_a_view_that_fails_has_not(tidings: Tidings, django: str) -> None:
    def view() -> None:
        with transaction.atomic(using=django):
            tidings.push("ann", PASSED, connection=connections[django])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        view()

    assert tidings.push("ann", Notification(heading="Another")).positions["ann"].offset == 1


def test_a_process_may_begin_with_a_push_in_a_transaction_that_has_written(
    tidings: Tidings, url: str, django: str
) -> None:
    with closing(Tidings(SqlStore(url))) as fresh, tidings.subscribe(ANN) as listening:
        with transaction.atomic(using=django), connections[django].cursor() as cursor:
            tidings.push("bob", PASSED, connection=cursor)
            fresh.push("ann", PASSED, connection=cursor)

        assert heard(listening).id == "passed"


def test_without_a_transaction_it_is_pushed_as_it_is_written(tidings: Tidings, django: str) -> None:
    with tidings.subscribe(ANN) as listening:
        tidings.push("ann", PASSED, connection=connections[django])

        assert heard(listening).id == "passed"


def test_a_transaction_that_django_does_not_manage_is_looked_for_later(
    url: str, django: str
) -> None:
    connections[django].set_autocommit(False)
    with Tidings(SqlStore(url)) as tidings, tidings.subscribe(ANN) as listening:
        tidings.push("ann", PASSED, connection=connections[django])
        connections[django].commit()

        assert heard(listening).id == "passed"


async def test_on_an_event_loop_it_is_refused_as_ever(tidings: Tidings) -> None:
    with pytest.raises(OnEventLoop):
        tidings.push("ann", PASSED, connection=object())


def test_an_async_connection_belongs_to_its_event_loop(tidings: Tidings, url: str) -> None:
    async def opened() -> Any:
        return await psycopg.AsyncConnection.connect(url)

    if url.startswith("postgresql"):
        with asyncio.Runner() as runner:
            connection = runner.run(opened())
            for thing in (connection, connection.cursor()):
                with pytest.raises(Unsupported, match=r"is async: await tidings\.Tidings\.push"):
                    tidings.push("ann", PASSED, connection=thing)
            runner.run(connection.close())
