"""What every test has: asyncio as the one event loop, and a server for those that need one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import pytest
from hypothesis import HealthCheck, settings


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """Let the processes that tests start find compiled what others have, whatever is set here."""
    folder = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        shared = folder if worker_id == "master" else folder.parent
        patch.setenv("PYTHONPYCACHEPREFIX", str(shared / "compiled"))
        yield


@pytest.fixture(scope="session")
def postgresql_url(testrun_uid: str, worker_id: str) -> Iterator[str]:
    """Give the URL of a database of this worker's own, on a server that all workers share."""
    from sql.databases import own_database, running_server

    folder = Path(gettempdir()) / f"tidings-{testrun_uid}"  # pytest's own let in no other user
    with running_server(folder) as server, own_database(server, worker_id) as url:
        yield url


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run also what takes its time")
    parser.addoption("--thorough", action="store_true", help="try a hundred times as many examples")


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
