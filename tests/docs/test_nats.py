"""The NATS broker of the tutorial: what it does when its server fails, denies, or is small."""

from __future__ import annotations

import asyncio
import logging
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint
from itertools import pairwise
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen, run
from typing import Any

import nats
import pytest
import tidings_nats.line
from tidings_nats import NatsBroker
from tidings_nats.testing import NatsServer, nats_server

from docs.blocks import blocks
from docs.example_server import EXAMPLES
from docs.test_pages import ROOT, as_shown, reader_environment
from fronts import until, warnings
from tidings import (
    Event,
    Notification,
    Options,
    SettingsError,
    Tidings,
    TransportError,
    TransportState,
)
from tidings_memory import MemoryStore

NATS = EXAMPLES / "nats"
LUCKY = 5  # step 2 has a race that it loses nearly always: so many times it is not won
QUICK = Options(straggler=0.001)  # its head beat is far off: nothing here waits for that
EVENT = Event("news", "said", b"{}", "e1")
STRANGE = (
    b"hello",
    b"{}\n{}",
    b"[1]\n{}",
    b"[1, 2, null, null, null]\n{}",
    b'["said", "e1", [], null, null]\n{}',
    b'["said", "e1", "cd", null, null]\n{}',
    b'["said", "e1", null, null, null]',
    b"[" * 100_000 + b"\n{}",
)


@pytest.fixture(scope="module")
def server() -> Iterator[NatsServer]:
    with nats_server() as server:
        yield server


@asynccontextmanager
async def connected(broker: NatsBroker) -> AsyncIterator[NatsBroker]:
    """Connect a broker by itself."""
    async with broker.connect():
        yield broker


def state_of(tidings: Tidings) -> TransportState:
    return next(state for state in tidings.transports if state.transport == "nats")


def note(number: int) -> Notification:
    return Notification(id=f"n{number}", heading=f"Number {number}")


async def test_nothing_is_lost_when_the_server_dies_and_comes_back() -> None:
    store = MemoryStore()
    with nats_server() as server:
        async with (
            Tidings(NatsBroker(url=server.url), store, options=QUICK) as one,
            Tidings(NatsBroker(url=server.url), store, options=QUICK) as other,
            other.inbox("ann").changes() as device,
        ):
            for number in range(20):
                await one.push("ann", note(number))
            server.kill()
            for number in range(20, 40):
                await one.push("ann", note(number))
            server.start()
            async with asyncio.timeout(20):
                heard = [(await anext(device)).entry.id for _ in range(40)]  # type: ignore[union-attr]
            await one.push("ann", note(40))  # and it is live again
            async with asyncio.timeout(20):
                heard += [(await anext(device)).entry.id]  # type: ignore[union-attr]
    assert heard == [f"n{number}" for number in range(41)]


async def test_what_is_pushed_while_the_server_is_away_is_carried_once_it_is_back() -> None:
    with nats_server() as server:
        async with Tidings(NatsBroker(url=server.url), MemoryStore(), options=QUICK) as tidings:
            server.kill()
            receipt = await tidings.push("ann", note(1))
            assert (await receipt.outcomes())["nats"].state == "retrying"
            server.start()
            await until(lambda: state_of(tidings).carried == 1, "it was carried")
            assert state_of(tidings).given_up == 0


async def test_a_server_that_answers_no_more_is_left_and_the_end_comes_all_the_same() -> None:
    with nats_server() as server:
        broker = NatsBroker(url=server.url, timeout=1)
        with pytest.raises(TransportError, match=r"127\.0\.0\.1:\d+ does not answer"):
            await _push_to_it_frozen(broker, server)
    with pytest.raises(TransportError, match=r"no connection to .* just now"):
        await broker.push(events=[EVENT])


async def _push_to_it_frozen(broker: NatsBroker, server: NatsServer) -> None:
    async with connected(broker):
        server.freeze()
        with pytest.raises(TransportError, match="does not answer"):
            await broker.push(events=[EVENT])
        await asyncio.Event().wait()  # until the line is cut, and the core begins anew


async def test_a_listener_that_leaves_while_it_is_let_in_harms_nobody_else(
    server: NatsServer,
) -> None:
    heard: list[Event] = []
    async with connected(NatsBroker(url=server.url)) as broker:
        async with broker.subscribe("news", heard.append):
            for _ in range(5):
                leaving = asyncio.create_task(_listen(broker, "weather"))
                await asyncio.sleep(0)
                leaving.cancel()
                await asyncio.wait([leaving])
            await broker.push(events=[EVENT])
            await until(lambda: heard, "the other was heard")
        assert broker._line is not None
        assert broker._line._hearing == {}
    assert heard == [EVENT]


async def _listen(broker: NatsBroker, channel: str, *events: Event) -> None:
    async with broker.subscribe(channel, lambda event: None):
        if events:
            await broker.push(events=events)
        await asyncio.Event().wait()


async def test_a_start_without_a_server_is_refused_and_says_what_to_do() -> None:
    with nats_server() as server:
        pass
    with pytest.raises(TransportError, match="start nats-server there"):
        async with Tidings(NatsBroker(url=server.url), MemoryStore()):
            pass


async def test_secrets_let_in_and_are_told_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with nats_server("--auth", "right-guess") as server:
        right = NatsBroker(url=server.url, token="right-guess")
        async with connected(right) as broker:
            await broker.push(events=[EVENT])
        wrong = NatsBroker(url=server.url, token="wrong-guess")
        with pytest.raises(TransportError, match="Authorization Violation") as refused:
            async with connected(wrong):
                pass
    settings = vars(wrong._account), vars(wrong)
    told = f"{right!r} {wrong!r} {settings!r} {refused.value!r} {caplog.text}"
    assert "guess" not in told


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"url": "nats://ann:hers@127.0.0.1"}, "take it out"),
        ({"url": "127.0.0.1:4222"}, "nats://host:4222"),
        ({"prefix": "a..b"}, "single dots"),
        ({"user": "ann"}, "give both"),
        ({"timeout": 0}, "more than 0"),
    ],
)
def test_a_setting_that_cannot_be_says_what_to_write(settings: Any, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        NatsBroker(**settings)
    assert "hers" not in str(refused.value)


async def test_a_server_of_small_messages_is_refused_or_told_of(tmp_path: Path) -> None:
    with nats_server("--config", configured(tmp_path, "max_payload: 40000")) as server:
        with pytest.raises(SettingsError, match=r"set max_payload here to 31,808 or less"):
            async with connected(NatsBroker(url=server.url)):
                pass
        small = NatsBroker(url=server.url, max_payload=31_808)
        async with Tidings(small, MemoryStore(), options=QUICK) as tidings:
            receipt = await tidings.publish("news", "said", "x" * 40_000)
            assert "31,808 that nats carries" in str((await receipt.outcomes())["nats"].error)
            receipt = await tidings.publish("news", "said", "x" * 31_806)
            assert (await receipt.outcomes())["nats"].state == "carried"


async def test_a_subject_that_the_server_denies_is_an_error_for_whoever_used_it(
    tmp_path: Path,
) -> None:
    permitted = '"tidings.fence.>"'
    permissions = f"{{ publish: [{permitted}], subscribe: [{permitted}] }}"
    users = (
        f"authorization {{ users = [{{ user: ann, password: b, permissions: {permissions} }}] }}"
    )
    with nats_server("--config", configured(tmp_path, users)) as server:
        async with connected(NatsBroker(url=server.url, user="ann", password="b")) as broker:
            with pytest.raises(TransportError, match=r"publish to 'tidings\.news': permit it"):
                await broker.push(events=[EVENT])
            with pytest.raises(TransportError, match=r"subscription to 'tidings\.news': permit it"):
                await _listen(broker, "news")


async def test_a_listener_that_messages_were_dropped_for_begins_anew(
    server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidings_nats.line, "WAITING", 1)
    async with connected(NatsBroker(url=server.url)) as broker:
        with pytest.raises(TransportError, match="faster than they went"):
            await _listen(broker, "news", *[EVENT] * 50)


async def test_what_others_say_under_its_prefix_is_passed_over(
    server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Event] = []
    stranger = await nats.connect(server.url)
    async with (
        connected(NatsBroker(url=server.url)) as broker,
        broker.subscribe("news", heard.append),
    ):
        for message in STRANGE:
            await stranger.publish("tidings.news", message)
        await stranger.close()
        await broker.push(events=[EVENT])
        await until(lambda: heard, "ours was heard")
        await until(lambda: len(warnings(caplog)) == len(STRANGE), "theirs were told of")
    assert heard == [EVENT]
    told = "a message that is no event, on tidings.news: who else uses it?"
    assert warnings(caplog) == [told] * len(STRANGE)


def test_its_package_offers_it_by_name() -> None:
    package = tomllib.loads((NATS / "pyproject.toml").read_text("utf-8"))["project"]
    ((name, value),) = package["entry-points"]["tidings"].items()
    assert EntryPoint(name, value, "tidings").load() is NatsBroker
    assert name == NatsBroker.name


def test_the_page_shows_what_its_commands_print(server: NatsServer) -> None:
    shown = list(blocks(ROOT / "docs/plugins/nats.md"))
    tried = [pair for pair in pairwise(shown) if pair[0].language == "bash"]
    tried = [(command, text) for command, text in tried if text.language == "text"]
    assert len(tried) == 5
    for command, text in tried:
        times = LUCKY if "step2" in command.text else 1
        printed = [printed_by(command.text, server)]
        while not as_shown(printed[-1], text.text) and len(printed) < times:
            printed.append(printed_by(command.text, server))
        assert as_shown(printed[-1], text.text), f"{command.text} prints\n{printed[-1]}"


def printed_by(command: str, server: NatsServer) -> str:
    done = run(  # noqa: S602 (a reader's shell)
        command,
        shell=True,
        cwd=NATS / "steps",
        env=environment(server),
        stdout=PIPE,
        stderr=DEVNULL,
        text=True,
        check=False,
        timeout=50,
    )
    return done.stdout


@pytest.mark.long
async def test_what_one_process_pushes_another_shows(server: NatsServer, tmp_path: Path) -> None:
    (tmp_path / "tidings.toml").write_bytes((NATS / "tidings.toml").read_bytes())
    log = tmp_path / "log"
    with (
        log.open("wb") as written,
        Popen(  # noqa: ASYNC220, S603 (it does not wait)
            [sys.executable, NATS / "watch.py"],
            cwd=tmp_path,
            env=environment(server),
            stdout=written,
            stderr=STDOUT,
        ) as watching,
    ):
        try:
            await until(lambda: "watching" in log.read_text(), "it watched", 30)
            push = ["-m", "tidings", "push", "--to", "ann", "--heading", "Build passed"]
            await asyncio.to_thread(
                run, [sys.executable, *push], cwd=tmp_path, env=environment(server), check=True
            )
            await until(lambda: "Build passed" in log.read_text(), "it was shown")
        finally:
            watching.terminate()


def environment(server: NatsServer) -> dict[str, str]:
    return reader_environment() | {
        "NATS_URL": server.url,
        "TIDINGS_PLUGINS__NATS__URL": server.url,
        "PYTHONPATH": str(NATS / "src"),
    }


def configured(folder: Path, text: str) -> str:
    """Write a server's configuration."""
    (folder / "nats.conf").write_text(text, "utf-8")
    return str(folder / "nats.conf")


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_who_is_cancelled_while_it_disconnects_leaves_nothing_behind(
    server: NatsServer, turns: int
) -> None:
    entered, before = asyncio.Event(), asyncio.all_tasks()

    async def come_and_go() -> None:
        async with connected(NatsBroker(url=server.url)):
            entered.set()

    going = asyncio.create_task(come_and_go())
    await entered.wait()
    for _ in range(turns):
        await asyncio.sleep(0)
    going.cancel()
    await asyncio.wait([going])
    await until(lambda: asyncio.all_tasks() <= before | {going}, "all its tasks were gone")
