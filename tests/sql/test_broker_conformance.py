"""The store keeps all rules for transports too, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sql.databases import Fresh
from tidings.testing import TRANSPORT_RULES, Node, Rule
from tidings_sql import SqlStore

NOT_CLAIMED = ("local", "presence")


@pytest.mark.parametrize("rule", TRANSPORT_RULES, ids=lambda rule: rule.id)
async def test_the_store_keeps_the_rules_for_transports(fresh: Fresh, rule: Rule) -> None:
    @asynccontextmanager
    async def make() -> AsyncIterator[Node]:
        with fresh() as url:
            yield lambda: SqlStore(url)

    skipped = await rule.run(make)

    assert (skipped is None) or any(need in NOT_CLAIMED for need in rule.needs)
