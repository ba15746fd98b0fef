"""The store over HTTP is held to the rules for stores, as every store is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from http_plugin.client.backend import backend, inbox_at
from tidings.testing import STORE_RULES, Node
from tidings.testing.pytest import StoreTests
from tidings_http import HttpInbox


class TestHttpInbox(StoreTests):
    @asynccontextmanager
    async def make(self) -> AsyncIterator[Node]:
        async with backend(logged=["*"]) as server:
            yield lambda: inbox_at(server)


def test_it_does_not_claim_what_a_backend_does_for_itself() -> None:
    store = HttpInbox("http://127.0.0.1", "token")
    lacking = {rule.lacking(store) for rule in STORE_RULES}

    assert lacking == {None, "is no Outbox", "appends what is due where it is"}
