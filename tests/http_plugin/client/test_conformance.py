"""The store over HTTP is held to the rules for stores, as every store is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from http_plugin.client.backend import backend, inbox_at
from tidings.protocols import Outbox, Schedule
from tidings.testing import STORE_RULES, Node, Rule

ELSEWHERE = {Outbox: "is no Outbox", Schedule: "appends what is due where it is"}
"""What a backend has for itself, so that a store which asks it does not claim it, and why not."""


@asynccontextmanager
async def a_backend() -> AsyncIterator[Node]:
    async with backend(logged=["*"]) as server:
        yield lambda: inbox_at(server)


@pytest.mark.parametrize("rule", STORE_RULES, ids=lambda rule: rule.id)
async def test_it_keeps_the_rules_for_stores(rule: Rule) -> None:
    lacking = await rule.run(a_backend)

    assert lacking == next((why for need, why in ELSEWHERE.items() if need in rule.needs), None)
