"""What every test has: asyncio as the one event loop, and nothing shared."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
