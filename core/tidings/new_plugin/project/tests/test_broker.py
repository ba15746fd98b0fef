"""What is the broker's own, beside the rules for transports."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tidings import Event, Tidings, TransportError

from tidings_heliograph import HeliographBroker
from tidings_heliograph.wire import LARGEST, decode

STRANGE = (
    b"",
    b"5",
    b"[1, 2]",
    b"\xff",
    b"[" * 100_000,
    b'[[], "", "", 0, 0, 0]\n{}',
    b'["news", 1, "2", null, null, null]\n{}',
    b'["news", "said", "2", "cd", null, null]\n{}',
    b'["news", "said", "2", null, null, null]',
)
"""Datagrams that are no events."""

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


def fill(path: Path) -> None:
    """Send to a socket until it takes no more."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
        sending.setblocking(False)
        sending.connect(str(path))
        with suppress(OSError):
            while True:
                sending.send(b"x")


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
    with a_socket(directory / "gone.tidings"):
        pass

    await broker.push([Event("news", "headline", b"{}", "1")])

    assert not list(directory.iterdir())


async def test_what_else_is_in_the_directory_is_left_alone(directory: Path) -> None:
    broker = HeliographBroker(directory=directory)
    (directory / "application.pid").touch()
    (directory / "named-alike.tidings").touch()
    (directory / "folder.tidings").mkdir()

    with a_socket(directory / "server.sock"):
        await broker.push([Event("news", "headline", b"{}", "1")])

    left = ["application.pid", "folder.tidings", "named-alike.tidings", "server.sock"]
    assert sorted(path.name for path in directory.iterdir()) == left


async def test_a_process_that_does_not_read_is_an_error_and_the_others_hear(
    directory: Path,
) -> None:
    broker = HeliographBroker(directory=directory, patience=0.05)
    stalled, reads = directory / "1.tidings", directory / "2.tidings"
    event = Event("news", "headline", b"{}", "1")

    with a_socket(stalled), a_socket(reads) as reading:
        fill(stalled)
        with pytest.raises(TransportError, match="not read from"):
            await broker.push([event])

        reading.settimeout(5)
        assert decode(reading.recv(LARGEST)) == event


async def test_what_is_no_event_is_passed_over(directory: Path) -> None:
    broker = HeliographBroker(directory=directory)
    async with Tidings(broker) as tidings, tidings.subscribe("news") as news:
        (ear,) = directory.iterdir()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            for datagram in STRANGE:
                stranger.sendto(datagram, str(ear))

        await tidings.publish("news", "headline", {})

        assert getattr(await anext(news), "name", None) == "headline"
