"""Every test of the store is tried on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sql.databases import Fresh, postgresql, sqlite


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
