"""The pytest fixtures for applications, which pytest finds by itself.

Example:
    async def test_ann_is_told(tidings, pushed):
        await build_passed(tidings)
        pushed.to("ann").one(heading="Build passed")
"""

# pytest imports this in every run of everyone who has Tidings installed, so it imports nothing of
# Tidings: a fixture does, when a test asks for it.

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tidings import Options, Tidings, Tokens, blocking
    from tidings.testing import Clock, Pushed

__all__ = [
    "blocking_tidings",
    "pushed",
    "tidings",
    "tidings_clock",
    "tidings_options",
    "tidings_plugins",
    "tidings_store",
    "tidings_tokens",
]


def pytest_configure(config: pytest.Config) -> None:
    """Add the fixtures that pytest-asyncio has to know as its own, where it is installed."""
    if config.pluginmanager.hasplugin("asyncio"):
        config.pluginmanager.import_plugin("tidings_pytest.on_asyncio")


@pytest.fixture
def tidings_clock() -> Clock:
    """The time that `tidings` goes by: this machine's, until `await tidings_clock.advance(...)`."""
    from tidings.testing import Clock

    return Clock()


@pytest.fixture
def pushed() -> Pushed:
    """What was pushed by `tidings` and `blocking_tidings`: `pushed.to("ann").one(heading=...)`."""
    from tidings.testing import Pushed

    return Pushed()


@pytest.fixture
def tidings_plugins() -> Sequence[object]:
    """The plugins beside the store: none. Override it to give policies and transports."""
    return ()


@pytest.fixture
def tidings_store() -> object:
    """The store: one in memory, and new. Override it to give another.

    Example:
        @pytest.fixture
        def tidings_store(tmp_path):
            return SqlStore(url=f"sqlite:///{tmp_path}/tidings.db")
    """
    from tidings_memory import MemoryStore

    return MemoryStore()


@pytest.fixture
def tidings_options() -> Options | None:
    """The core's settings: their defaults. Override it to give others.

    Example:
        @pytest.fixture
        def tidings_options():
            return Options(logged=("private-user-*", "news"))
    """
    return None


@pytest.fixture
def tidings_tokens() -> Tokens | None:
    """What makes and checks tokens: nothing. Override it for tests that admit clients.

    Example:
        @pytest.fixture
        def tidings_tokens(tidings_clock):
            return Tokens("a key of 32 characters or more, say", clock=tidings_clock)
    """
    return None


@pytest.fixture
def _tidings_all_plugins(
    pushed: Pushed,
    tidings_clock: Clock,
    tidings_plugins: Sequence[object],
    tidings_store: object,
) -> Sequence[object]:
    return [pushed, tidings_clock, *tidings_plugins, tidings_store]


@pytest.fixture
def _tidings_keywords(
    tidings_clock: Clock, tidings_options: Options | None, tidings_tokens: Tokens | None
) -> dict[str, Any]:
    return {"options": tidings_options, "tokens": tidings_tokens, "clock": tidings_clock}


@pytest.fixture
def _tidings_closed(
    _tidings_all_plugins: Sequence[object], _tidings_keywords: dict[str, Any]
) -> Tidings:
    from tidings import Tidings

    return Tidings(*_tidings_all_plugins, **_tidings_keywords)


@pytest.fixture
async def _tidings_on_anyio(_tidings_closed: Tidings) -> AsyncIterator[Tidings]:
    async with _tidings_closed:
        yield _tidings_closed


@pytest.fixture
def tidings(request: pytest.FixtureRequest) -> Tidings:
    """A `Tidings` object for one test, in memory.

    In a test that anyio or pytest-asyncio runs it is open, on that test's event loop, and closed
    after it. In any other test it is closed, for the application to open in its lifespan.
    """
    opened: Tidings = request.getfixturevalue(_opening(request))
    return opened


@pytest.fixture
def blocking_tidings(
    _tidings_all_plugins: Sequence[object], _tidings_keywords: dict[str, Any]
) -> Iterator[blocking.Tidings]:
    """A `tidings.blocking.Tidings` object for one test, in memory, open, and closed after it."""
    from tidings.blocking import Tidings

    with Tidings(*_tidings_all_plugins, **_tidings_keywords) as opened:
        yield opened


def _opening(request: pytest.FixtureRequest) -> str:
    """Return the fixture that opens it where this test runs."""
    if "anyio_backend" in request.fixturenames:
        if request.getfixturevalue("anyio_backend_name") != "asyncio":
            pytest.fail(
                "Tidings runs on asyncio: let your fixture `anyio_backend` return 'asyncio'",
                pytrace=False,
            )
        return "_tidings_on_anyio"
    mark = request.node.get_closest_marker("asyncio")
    if mark is None or not request.config.pluginmanager.hasplugin("asyncio"):
        return "_tidings_closed"
    default = request.config.getini("asyncio_default_test_loop_scope")
    return f"_tidings_on_asyncio_{mark.kwargs.get('loop_scope') or default}"
