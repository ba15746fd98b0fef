"""What an integrator writes whose tests are not async; `test_fixtures.py` runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from anyio.from_thread import start_blocking_portal

from tidings import Notification, Tidings, blocking
from tidings.testing import Clock, Pushed


@pytest.fixture
def build(tidings: Tidings) -> Iterator[Callable[[], None]]:
    """An application that opens its Tidings itself, in a thread as web frameworks' clients do."""

    async def build() -> None:
        later = datetime.now(UTC) + timedelta(hours=1)
        await tidings.push("ann", Notification(heading="Build passed"))
        await tidings.push("ann", Notification(heading="Still there?", send_after=later))

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(tidings):
        yield lambda: portal.call(build)


def test_blocking_code_pushes(
    blocking_tidings: blocking.Tidings, pushed: Pushed, tidings_clock: Clock
) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    blocking_tidings.push("ann", Notification(heading="Stand-up", send_after=later))
    pushed.to("ann").none()
    tidings_clock.advance(timedelta(hours=1))
    pushed.to("ann").one(heading="Stand-up")


def test_an_application_opens_it_by_itself(
    build: Callable[[], None], pushed: Pushed, tidings_clock: Clock
) -> None:
    build()
    pushed.to("ann").one(heading="Build passed")
    pushed.to("ann").none(heading="Still there?")
    tidings_clock.advance(timedelta(hours=1))
    pushed.to("ann").one(heading="Still there?")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_fails_on_trio(anyio_backend: str, tidings: Tidings) -> None: ...


def test_fails_with_what_there_was(blocking_tidings: blocking.Tidings, pushed: Pushed) -> None:
    blocking_tidings.push("ann", Notification(id="b7", heading="Build passed"))
    pushed.to("ann").one(heading="Build failed")
