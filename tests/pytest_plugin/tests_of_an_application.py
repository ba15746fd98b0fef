"""What an integrator writes; `test_fixtures.py` runs it by each of the pytest plugins for async."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tidings import Abilities, Closed, Event, Notification, Options, Tidings, hookimpl
from tidings.testing import Clock, Pushed

opened: list[Tidings] = []


class Mail:
    """A carrier of the application's own."""

    abilities = Abilities(role="carrier")

    def __init__(self) -> None:
        self.sent: list[str] = []

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        self.sent += [event.channel for event in events]


@pytest.fixture
def mail() -> Mail:
    return Mail()


@pytest.fixture
def tidings_plugins(mail: Mail) -> Sequence[object]:
    return [mail]


@pytest.fixture
def tidings_options() -> Options:
    return Options(queue=7)


@pytest.fixture
def remind(tidings: Tidings) -> Callable[[str], Awaitable[None]]:
    async def remind(user: str) -> None:
        later = datetime.now(UTC) + timedelta(hours=8)
        await tidings.push(user, Notification(heading="Stand-up", send_after=later))

    return remind


async def test_the_application_pushes(tidings: Tidings, pushed: Pushed) -> None:
    opened.append(tidings)
    await tidings.push("ann", Notification(heading="Build passed"))
    pushed.to("ann").one(heading="Build passed")


async def test_the_application_reminds(
    remind: Callable[[str], Awaitable[None]], pushed: Pushed, tidings_clock: Clock
) -> None:
    await remind("ann")
    pushed.to("ann").none()
    await tidings_clock.advance(timedelta(hours=8))
    pushed.to("ann").one(heading="Stand-up")


async def test_plugins_and_options_are_the_tests_own(tidings: Tidings, mail: Mail) -> None:
    receipt = await tidings.push("ann", Notification(heading="Build passed"))
    await receipt.outcomes()
    assert mail.sent == ["private-user-ann"]
    assert tidings.options.queue == 7


async def test_it_was_closed_after_its_test() -> None:
    with pytest.raises(Closed, match="not open"):
        _ = opened[0].transports
