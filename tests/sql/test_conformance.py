"""The store keeps all rules, as a store and as a broker, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sql.databases import Fresh
from tidings.testing import STORE_RULES, TRANSPORT_RULES, Node
from tidings.testing.pytest import StoreTests, TransportTests
from tidings_sql import SqlStore


class TestAsStore(StoreTests):
    @pytest.fixture(autouse=True)
    def _fresh(self, fresh: Fresh) -> None:
        self.fresh = fresh

    @asynccontextmanager
    async def make(self) -> AsyncIterator[Node]:
        with self.fresh() as url:
            yield lambda: SqlStore(url)


class TestAsBroker(TransportTests):
    @pytest.fixture(autouse=True)
    def _fresh(self, fresh: Fresh) -> None:
        self.fresh = fresh

    @asynccontextmanager
    async def make(self) -> AsyncIterator[Node]:
        with self.fresh() as url:
            yield lambda: SqlStore(url)


def test_it_claims_all_that_a_database_can_do() -> None:
    store = SqlStore("sqlite:///never-opened.db")
    lacking = {rule.lacking(store) for rule in (*STORE_RULES, *TRANSPORT_RULES)}

    assert lacking == {
        None,
        *(f"does not claim {claim}" for claim in ("bare", "carries", "local", "presence", "stubs")),
    }
