"""NatsBroker keeps the rules for transports, on a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import ClassVar
from uuid import uuid4

import pytest
from tidings_nats import NatsBroker
from tidings_nats.testing import nats_server

from tidings.testing import Node
from tidings.testing.pytest import TransportTests


class TestNats(TransportTests):
    url: ClassVar[str]

    @pytest.fixture(scope="class", autouse=True)
    @staticmethod
    def server() -> Iterator[None]:
        with nats_server() as server:
            TestNats.url = server.url
            yield

    @asynccontextmanager
    async def make(self) -> AsyncIterator[Node]:
        prefix = f"test-{uuid4().hex}"  # what nobody used before
        yield lambda: NatsBroker(url=self.url, prefix=prefix)
