"""What every test has: asyncio as the one event loop, and a server for those that need one."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import pytest

if sys.dont_write_bytecode:
    # Whoever does not want it beside the sources has it where pytest keeps things: compiling all
    # that the tests import, in each worker and in each process that they start, takes very long.
    COMPILED = str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")
    sys.dont_write_bytecode, sys.pycache_prefix = False, COMPILED
    os.environ["PYTHONPYCACHEPREFIX"] = COMPILED
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.async_api import Browser


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _compiled_is_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what was compiled, but of what stands in folders that no other run has."""
    yield
    folder = tmp_path_factory.getbasetemp()
    if sys.pycache_prefix is not None:
        shutil.rmtree(Path(sys.pycache_prefix, *folder.parts[1:]), ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """Let clients of httpx share what they trust: each reads the world's authorities for 30 ms."""
    from httpx._transports import default

    made = vars(default)["create_ssl_context"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(default, "create_ssl_context", cache(made))
        yield


@pytest.fixture(scope="session")
def postgresql_url(testrun_uid: str, worker_id: str) -> Iterator[str]:
    """Give the URL of a database of this worker's own, on a server that all workers share."""
    from sql.databases import own_database, running_server

    folder = Path(gettempdir()) / f"tidings-{testrun_uid}"  # pytest's own let in no other user
    with running_server(folder) as server, own_database(server, worker_id) as url:
        yield url


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Give Chromium, which all tests of a worker share."""
    from http_plugin.browser.chromium import chromium

    async with chromium() as browser:
        yield browser


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run also what takes its time")
    parser.addoption("--thorough", action="store_true", help="try a hundred times as many examples")


def pytest_xdist_auto_num_workers() -> int | None:
    """Have three workers on two cores: much of what tests do is waiting for what they started."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # whoever sets it decides
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return cores + (cores + 1) // 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        config.hook.pytest_deselected(items=[item for item in items if _is_long(item)])
        items[:] = [item for item in items if not _is_long(item)]


def _is_long(item: pytest.Item) -> bool:
    return item.get_closest_marker("long") is not None


def pytest_configure(config: pytest.Config) -> None:
    # a shell's background jobs ignore Ctrl-C, and so would the processes that tests press it for
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # neither a deadline nor a speed is promised: a busy machine is no bug
    calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("quick", calm)
    settings.register_profile("thorough", calm, max_examples=10_000)
    settings.load_profile("thorough" if config.getoption("--thorough") else "quick")
    if config.getoption("--thorough"):
        config.option.timeout = 0
