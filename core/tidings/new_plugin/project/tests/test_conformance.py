"""The broker keeps the rules for transports: a test for each rule, named by its id."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tidings.testing import Node
from tidings.testing.pytest import TransportTests

from tidings_heliograph import HeliographBroker


class TestHeliograph(TransportTests):
    @asynccontextmanager
    async def make(self) -> AsyncIterator[Node]:
        with TemporaryDirectory() as folder:
            yield lambda: HeliographBroker(directory=Path(folder))
