"""The store keeps all rules for stores, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sql.databases import Fresh
from tidings.testing import STORE_RULES, Node, Rule
from tidings_sql import SqlStore


@pytest.mark.parametrize("rule", STORE_RULES, ids=lambda rule: rule.id)
async def test_the_store_keeps_the_rules(fresh: Fresh, rule: Rule) -> None:
    @asynccontextmanager
    async def make() -> AsyncIterator[Node]:
        with fresh() as url:
            yield lambda: SqlStore(url)

    assert await rule.run(make) is None
