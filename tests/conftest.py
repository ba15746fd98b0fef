"""What every test has: asyncio as the one event loop, and nothing shared."""

import pytest
from hypothesis import HealthCheck, settings


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="try a hundred times as many examples")


def pytest_configure(config: pytest.Config) -> None:
    # neither a deadline nor a speed is promised: a busy machine is no bug
    calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("quick", calm)
    settings.register_profile("thorough", calm, max_examples=10_000)
    settings.load_profile("thorough" if config.getoption("--thorough") else "quick")
    if config.getoption("--thorough"):
        config.option.timeout = 0
