"""Coming in: with what, and what is said where that does not do."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from served import Served
from tidings import (
    Closed,
    InvalidToken,
    Notification,
    SettingsError,
    StoreError,
    Tidings,
    TransportError,
)
from tidings_websocket import WebSocketClient
from tidings_websocket.errors import Denied


@pytest.fixture
async def server() -> AsyncIterator[Served]:
    async with Served() as server:
        yield server


async def test_users_have_their_own_inbox_by_their_own_token(server: Served) -> None:
    async with Tidings(WebSocketClient(server.url, server.admin())) as ops:
        await ops.push(["ann", "bob"], Notification(id="a", heading="Build passed"))

    client = WebSocketClient(server.url, server.tokens.issue("ann"))
    async with Tidings(client) as tidings:
        assert client.user == "ann"
        assert [entry.id async for entry in tidings.inbox("ann").entries()] == ["a"]
        assert (await tidings.inbox("ann").open("a")).counts == (0, 0)
        with pytest.raises(Denied):
            await tidings.inbox("bob").counts()
        with pytest.raises(Denied):
            await tidings.push("ann", Notification(heading="To myself"))


async def test_a_wrong_token_refuses_the_start(server: Served) -> None:
    forged = server.tokens.issue("ann")[:-4] + "AAAA"

    with pytest.raises(InvalidToken, match="not signed with this key") as caught:
        async with Tidings(WebSocketClient(server.url, forged)):
            pass

    assert forged not in repr(caught.value)


async def test_what_is_no_token_is_not_even_sent() -> None:
    for text in ("", "two words", "line\r\nX-Evil: 1"):
        with pytest.raises(InvalidToken, match="one line of text without spaces"):
            async with Tidings(WebSocketClient("ws://127.0.0.1:9/ws", text)):
                pass


async def test_nobody_there_refuses_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    url = f"ws://127.0.0.1:{port}/ws"

    with pytest.raises(TransportError, match=f"^no connection to {url}: .*Connect call failed"):
        async with Tidings(WebSocketClient(url, "token")):
            pass


async def test_a_server_that_says_nothing_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as listening:
        url = f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}/ws"
        with pytest.raises(TransportError, match="it does not answer in time"):
            async with Tidings(WebSocketClient(url, "token", handshake=0.1)):
                pass


async def test_a_token_that_never_comes_is_given_up(server: Served) -> None:
    async def never() -> str:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    with pytest.raises(TransportError, match=r"no token for .* came in time"):
        async with Tidings(WebSocketClient(server.url, never, handshake=0.05)):
            pass


async def test_a_token_function_that_fails_is_told_without_its_words(server: Served) -> None:
    async def broken() -> str:
        raise ValueError("a secret")

    with pytest.raises(TransportError, match=r"no connection to .*: ValueError at test_") as caught:
        async with Tidings(WebSocketClient(server.url, broken)):
            pass
    assert "secret" not in str(caught.value)


async def test_a_wrong_path_is_told(server: Served) -> None:
    url = server.url.replace("/ws", "/sw")

    with pytest.raises(TransportError, match="it answers 404 Not Found: is the path right"):
        async with Tidings(WebSocketClient(url, server.admin())):
            pass


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/ws",
        "example.com",
        "ws://ann:secret@example.com/ws",
        "ws://example.com/ws?token=secret",
        "ws://example.com/ws?ticket=secret",
    ],
)
def test_a_url_is_one_of_a_websocket_and_without_secrets(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^url: ") as caught:
        WebSocketClient(url, "token")

    assert "secret" not in str(caught.value).replace("it has a secret in it", "")


@pytest.mark.parametrize("limit", ["timeout", "handshake", "in_flight", "message"])
def test_limits_are_more_than_nothing(limit: str) -> None:
    with pytest.raises(SettingsError, match=f"{limit}: must be more than 0"):
        WebSocketClient("ws://a/ws", "token", **{limit: 0})


async def test_no_token_is_ever_shown(server: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    first, second = server.tokens.issue("ann", n=1), server.tokens.issue("ann", n=2)
    tokens = iter([first, second])

    async def next_token() -> str:
        return next(tokens)

    client = WebSocketClient(server.url, next_token)
    async with Tidings(client) as tidings:
        await tidings.inbox("ann").counts()
        server.cut()
        await tidings.inbox("ann").counts()

    for token in (first, second):
        assert token not in caplog.text
        assert token not in repr(client) + repr(vars(client))
    assert caplog.records


async def test_a_token_is_asked_for_by_the_settings(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tidings.toml").write_text(
        f'[plugins.websocket-client]\nurl = "{server.url}"\ntimeout = 5.0\n', "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIDINGS_PLUGINS__WEBSOCKET_CLIENT__TOKEN", server.admin())

    async with Tidings.from_settings() as tidings:
        assert (await tidings.inbox("ann").counts()).pending == 0


async def test_a_client_is_open_once(server: Served) -> None:
    client = WebSocketClient(server.url, server.admin())
    with pytest.raises(Closed, match="use it within `async with Tidings"):
        await client.counts("private-user-ann")

    async with Tidings(client):
        with pytest.raises(StoreError, match="open already"):
            async with Tidings(client):
                pass
    async with Tidings(client) as tidings:
        assert (await tidings.inbox("ann").counts()).pending == 0


async def test_a_token_is_renewed_before_it_expires(server: Served) -> None:
    given: list[str] = []
    third = asyncio.Event()

    async def token() -> str:
        given.append(server.tokens.issue("ann", ttl=timedelta(seconds=1.5)))
        if len(given) == 3:
            third.set()
        return given[-1]

    client = WebSocketClient(server.url, token)
    async with Tidings(client) as tidings:
        first = client._remote.asking.current
        await third.wait()
        await tidings.inbox("ann").counts()
        assert client._remote.asking.current is first
