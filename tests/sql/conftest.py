"""Every test of the store is tried on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import pytest

from sql.databases import Fresh, own_database, postgresql, running_server, sqlite


@pytest.fixture(scope="session")
def postgresql_url(testrun_uid: str, worker_id: str) -> Iterator[str]:
    """Give the URL of a database of this worker's own, on a server that all workers share."""
    folder = Path(gettempdir()) / f"tidings-{testrun_uid}"  # pytest's own let in no other user
    with running_server(folder) as server, own_database(server, worker_id) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """Give what opens a fresh database."""
    if request.param == "sqlite":
        return sqlite
    return postgresql(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def url(fresh: Fresh) -> Iterator[str]:
    """Give the URL of a fresh database."""
    with fresh() as url:
        yield url
