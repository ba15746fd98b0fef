"""What is the broker's own, beside the rules for transports."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tidings import Event, Tidings, TransportError

from tidings_heliograph import HeliographBroker

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def directory() -> Iterator[Path]:
    with TemporaryDirectory() as folder:  # a socket's path must be short
        yield Path(folder)


@contextmanager
def a_socket(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(path))
        yield made


async def test_another_process_hears_what_is_published(directory: Path) -> None:
    async with (
        Tidings(HeliographBroker(directory=directory)) as one,
        Tidings(HeliographBroker(directory=directory)) as other,
        other.subscribe("news") as news,
    ):
        await one.publish("news", "headline", {"text": "Rain at last"})

        event = await anext(news)
        assert isinstance(event, Event)
        assert event.data == b'{"text":"Rain at last"}'


async def test_a_process_that_is_gone_is_forgotten(directory: Path) -> None:
    broker = HeliographBroker(directory=directory)
    with a_socket(directory / "gone"):
        pass

    await broker.push([Event("news", "headline", b"{}", "1")])

    assert not list(directory.iterdir())


async def test_a_process_that_does_not_read_is_an_error(directory: Path) -> None:
    broker = HeliographBroker(directory=directory, patience=0.05)
    events = [Event("news", "headline", b"{}", str(number)) for number in range(5000)]

    with a_socket(directory / "stalled"), pytest.raises(TransportError, match="not read from"):
        await broker.push(events)


async def test_what_is_no_event_is_passed_over(directory: Path) -> None:
    broker = HeliographBroker(directory=directory)
    async with Tidings(broker) as tidings, tidings.subscribe("news") as news:
        (ear,) = directory.iterdir()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            for datagram in (b"", b"5", b"[1, 2]", b"\xff"):
                stranger.sendto(datagram, str(ear))

        await tidings.publish("news", "headline", {})

        assert getattr(await anext(news), "name", None) == "headline"
