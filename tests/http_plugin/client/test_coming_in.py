"""Coming in: where to, with what, and what is said where that does not do."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from http_plugin.client.backend import backend, inbox_at, url_of
from http_plugin.client.gateway import gateway
from served import Served
from tidings import (
    Closed,
    Counts,
    InvalidToken,
    Notification,
    SettingsError,
    StoreError,
    Tidings,
    blocking,
)
from tidings_http import HttpInbox


@pytest.fixture
async def server() -> AsyncIterator[Served]:
    async with backend() as server:
        yield server


def in_turn(*tokens: str) -> Callable[[], Awaitable[str]]:
    """Make a function that returns one token after the other."""
    left = list(tokens)

    async def token() -> str:
        return left.pop(0)

    return token


async def test_a_wrong_token_refuses_the_start(server: Served) -> None:
    forged = server.tokens.issue("ann")[:-4] + "AAAA"

    with pytest.raises(
        InvalidToken, match=r"does not accept the token: .* not signed with"
    ) as caught:
        async with Tidings(HttpInbox(url_of(server), forged)):
            pass

    assert forged not in repr(caught.value)


@pytest.mark.parametrize("text", ["", "two words", "line\r\nX-Evil: 1"])
async def test_what_is_no_token_is_not_even_sent(text: str) -> None:
    with pytest.raises(InvalidToken, match="one line of text without spaces"):
        async with Tidings(HttpInbox("http://127.0.0.1:9", text)):
            pass


async def test_nobody_there_refuses_the_start_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(StoreError, match=f"^{url}: no connection: "):
        async with Tidings(HttpInbox(url, "token")):
            pass


async def test_a_path_below_which_nothing_is_refuses_the_start(server: Served) -> None:
    with pytest.raises(StoreError, match="is the path right"):
        async with Tidings(HttpInbox(f"{url_of(server)}/tidings", server.admin())):
            pass


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ws://example.com", "write it as https://example.com/tidings"),
        ("example.com", "write it as https://example.com/tidings"),
        ("https://", "write it as https://example.com/tidings"),
        ("https://example.com:many", "write it as https://example.com/tidings"),
        ("https://ann:secret@example.com", "the `token`"),
        ("https://example.com/?token=secret", "the `token`"),
    ],
)
def test_a_url_where_no_front_can_be_is_refused(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        HttpInbox(url, "token")

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("limit", ["timeout", "attempt", "in_flight", "answer"])
def test_a_limit_that_lets_nothing_through_is_refused(limit: str) -> None:
    with pytest.raises(SettingsError, match=f"HttpInbox: {limit}: must be more than 0"):
        HttpInbox("https://example.com", "token", **{limit: 0})


def test_a_token_that_is_neither_text_nor_a_function_is_refused() -> None:
    with pytest.raises(SettingsError, match="token: give it as text, or an async function"):
        HttpInbox("https://example.com", None)  # type: ignore[arg-type]


async def test_a_function_is_asked_for_a_token_once_and_again_when_that_is_refused(
    server: Served,
) -> None:
    good = server.tokens.issue("ann")
    async with (
        gateway(server) as between,
        Tidings(HttpInbox(between.url, in_turn("forged", good))) as tidings,
    ):
        await asyncio.gather(*(tidings.inbox("ann").counts() for _ in range(5)))

    heads = [request.head for request in between.requests]
    brought = [head.partition("Bearer ")[2].partition("\r\n")[0] for head in heads]
    assert brought == ["forged"] + [good] * 6


async def test_a_function_whose_tokens_are_all_refused_is_told_so(server: Served) -> None:
    store = HttpInbox(url_of(server), in_turn("forged", "forged-again"))

    with pytest.raises(InvalidToken, match="does not accept the token"):
        async with Tidings(store):
            pass


async def test_a_function_that_fails_is_told_of_without_its_words(server: Served) -> None:
    async def broken() -> str:
        raise ValueError("a secret")

    with pytest.raises(StoreError, match="no token to ask with: ValueError at test_") as caught:
        async with Tidings(HttpInbox(url_of(server), broken)):
            pass

    assert "secret" not in str(caught.value)


async def test_a_token_that_never_comes_is_not_waited_for(server: Served) -> None:
    async def never() -> str:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    with pytest.raises(StoreError, match="no token to ask with came in time"):
        async with Tidings(HttpInbox(url_of(server), never, attempt=0.05)):
            pass


def test_it_needs_nothing_that_a_server_needs() -> None:
    code = "from tidings_http import HttpInbox; import sys; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )

    assert "httpx" in done.stdout.split()
    assert {"fastapi", "starlette", "uvicorn"}.isdisjoint(done.stdout.split())


async def test_threads_without_an_event_loop_have_it_too(server: Served) -> None:
    def read() -> Counts:
        with blocking.Tidings(inbox_at(server)) as tidings:
            tidings.push("ann", Notification(heading="Build passed"))
            return tidings.inbox("ann").counts()

    assert await asyncio.to_thread(read) == Counts(1, 1)


async def test_one_store_is_of_one_application(server: Served) -> None:
    store = inbox_at(server)
    async with Tidings(store) as tidings:
        with pytest.raises(StoreError, match="this store is open already"):
            async with Tidings(store):
                pass
        assert await tidings.inbox("ann").counts() == Counts(0, 0)

    with pytest.raises(Closed, match="this store is closed"):
        await store.counts("private-user-ann")
