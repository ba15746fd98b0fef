"""Who connects and does not get on with it, on a server in the test's own loop."""

from __future__ import annotations

from fronts import Site, until
from tidings_websocket.cli.doorway import HEAD_LIMIT, Doorway
from websocket_plugin.cli.inside import serving

SOON = 0.1


async def answer(here: Site, *said: bytes) -> bytes:
    """Connect, say this, and return all that comes until the connection is closed."""
    reader, writer = await here.raw()
    for part in said:
        writer.write(part)
        await writer.drain()
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def test_half_a_request_is_not_waited_for() -> None:
    async with serving(handshake=SOON) as here:
        said = await answer(here, b"GET /ws HTTP/1.1\r\nHost: x\r\n")

        assert said.startswith(b"HTTP/1.1 408 ")
        assert here.counters.refused == {"handshake": 1}


async def test_who_says_nothing_is_not_waited_for() -> None:
    async with serving(handshake=SOON) as here:
        assert (await answer(here)).startswith(b"HTTP/1.1 408 ")


async def test_who_asked_before_is_waited_for_no_longer() -> None:
    async with serving(handshake=SOON) as here:
        reader, writer = await here.raw()
        writer.write(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"Nothing is here.\n")

        writer.write(b"GET / HTTP/1.1\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_who_was_answered_may_ask_again_later() -> None:
    async with serving(handshake=SOON) as here:
        reader, writer = await here.raw()
        writer.write(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"Nothing is here.\n")
        await answer(here)  # came later, and is sent away

        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
        writer.close()


async def test_a_request_that_comes_slowly_but_in_time_is_answered() -> None:
    async with serving() as here:
        parts = [
            bytes([byte]) for byte in b"GET / HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\n"
        ]

        assert (await answer(here, *parts)).startswith(b"HTTP/1.1 200 OK\r\n")


async def test_a_client_that_has_come_in_stays() -> None:
    async with serving(handshake=SOON) as here, here.connect("ann") as ann:
        await answer(here)  # came later, and is sent away

        assert "error" not in await ann.ask("ping")


async def test_a_head_without_end_is_cut_off() -> None:
    async with serving() as here:
        said = await answer(here, b"GET / HTTP/1.1\r\n", *[b"X: " + b"y" * 8000 + b"\r\n"] * 9)

        assert said[:13] in (b"HTTP/1.1 431 ", b"")  # a reset may overtake the words
        assert here.counters.refused == {"message": 1}
        assert HEAD_LIMIT < 9 * 8000


async def test_there_are_no_more_connections_than_may_be_those_that_wait_included() -> None:
    async with serving(connections=3) as here, here.connect("ann"):
        waiting = [await here.raw() for _ in range(2)]
        await until(lambda: len(here.server.server_state.connections) == 3, "they came")

        assert (await answer(here)).startswith(b"HTTP/1.1 503 ")
        assert here.counters.refused == {"connections": 1}

        for _, writer in waiting:
            writer.close()
        await until(lambda: len(here.server.server_state.connections) == 1, "they went")
        async with here.connect("bob"):
            pass
        assert not here.server.lifespan.state[Doorway.STATE]._waiting


async def test_one_address_may_not_wait_with_many_connections() -> None:
    async with serving(per_address=1) as here:
        _, first = await here.raw()
        await until(lambda: here.server.server_state.connections, "it came")

        assert (await answer(here)).startswith(b"HTTP/1.1 503 ")
        assert here.counters.refused == {"per_address": 1}
        first.close()


async def test_a_proxy_may_wait_with_many_for_it_speaks_for_others() -> None:
    async with serving(per_address=1, proxies=["127.0.0.0/8"], handshake=SOON) as here:
        _, first = await here.raw()
        await until(lambda: here.server.server_state.connections, "it came")

        assert (await answer(here)).startswith(b"HTTP/1.1 408 ")
        first.close()


async def test_what_is_no_websocket_is_told_where_it_is() -> None:
    async with serving() as here:
        got = {
            path: await answer(here, b"GET %s HTTP/1.0\r\n\r\n" % path)
            for path in (b"/", b"/ws", b"/favicon.ico")
        }

    assert b" 200 OK" in got[b"/"]
    assert b"tidings watch" in got[b"/"]
    assert b" 426 " in got[b"/ws"]
    assert b"\r\nupgrade: websocket\r\n" in got[b"/ws"]
    assert b" 404 " in got[b"/favicon.ico"]


async def test_nonsense_is_refused() -> None:
    async with serving() as here:
        assert b" 400 " in await answer(here, b"\x16\x03\x01 nonsense\r\n\r\n")
