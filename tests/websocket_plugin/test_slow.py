"""A client that takes less than it is sent is closed, the others notice nothing, it catches up."""

from __future__ import annotations

import asyncio

import pytest

from fronts import ANN, Client, Open, Site, until
from tidings import Notification

SIZE = 20_000


async def send(here: Site, number: int) -> None:
    """Publish on ann's channel what is large and says its number."""
    await here.tidings.publish(ANN, "much", {"number": number, "more": "x" * SIZE})


def numbers(client: Client) -> list[int]:
    """Return what came before the end."""
    return [frame["data"]["number"] for frame in client.unread if frame.get("event") == "much"]


async def too_much(here: Site, reading: Client) -> int:
    """Send until some client is found to be slow, while another reads; return how many."""
    sent = 0
    while not here.counters.slow:
        await send(here, sent)
        assert (await reading.next())["data"]["number"] == sent
        sent += 1
        assert sent < 200
    return sent


async def test_it_is_told_so_and_has_the_rest_when_it_comes_back(opened: Open) -> None:
    async with opened(outgoing=200_000) as here, here.connect("ann") as laptop:
        async with here.reluctant("ann") as phone:
            sent = await too_much(here, laptop)
            await send(here, sent)
            assert (await laptop.next())["data"]["number"] == sent
            assert await phone.ended() == 4005
        had = numbers(phone)
        assert had == list(range(len(had)))
        missed = range(len(had), sent + 1)
        assert missed
        async with here.connect("ann", after=phone.unread[-1]["position"]) as phone:
            assert [(await phone.next())["data"]["number"] for _ in missed] == list(missed)
            await phone.nothing_more()
        assert here.counters.slow == 1
        assert here.counters.ended["slow"] == 1


async def test_the_others_have_each_event_at_once_while_it_blocks(opened: Open) -> None:
    async with (
        opened(outgoing=2_000_000) as here,
        here.reluctant("ann") as slow,
        here.connect("ann") as ann,
    ):
        for number in range(30):
            await send(here, number)
            assert (await ann.next())["data"]["number"] == number
        assert not here.counters.slow
        slow.raw.transport.abort()


async def test_one_that_never_reads_is_cut_off_in_the_end(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_websocket.fast.CLOSE_WITHIN", 0.05)
    monkeypatch.setattr("tidings_websocket.asgi.CLOSE_WITHIN", 0.05)
    async with opened(outgoing=100_000) as here, here.connect("ann") as laptop:
        async with here.reluctant("ann") as phone:
            await too_much(here, laptop)
            state = here.server.server_state
            if here.shell == "fast":
                await until(lambda: len(state.connections) == 1, "it was cut off")
            await until(lambda: len(state.tasks) <= 1, "its task had ended")
            assert len(here.front.sessions) == 1
            phone.raw.transport.abort()
        await laptop.nothing_more()


async def test_one_that_asks_and_does_not_take_the_answers_is_waited_for(opened: Open) -> None:
    async with opened(outgoing=100_000, rate=1_000) as here, here.connect("bob") as bob:
        for number in range(10):
            await here.tidings.push("ann", Notification(heading=str(number), content="x" * 4_000))
        async with here.reluctant("ann") as ann:
            asked = [await ann.begin("page") for _ in range(80)]
            await bob.nothing_more()
            for request in asked:
                assert len((await ann.reply(request))["entries"]) == 10
        assert here.counters.slow == 0


async def test_one_that_pings_and_does_not_take_the_pongs_is_cut_off(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_websocket.fast.CLOSE_WITHIN", 60)
    async with opened(outgoing=100_000, rate=1_000_000) as here:
        if here.shell == "portable":
            pytest.skip("the server below answers pings by itself")
        async with here.reluctant("ann") as phone:
            phone.raw.transport.pause_reading()

            async def flood() -> None:
                while True:
                    phone.raw.protocol.send_ping(b"x" * 125)
                    phone.raw.transport.write(b"".join(phone.raw.protocol.data_to_send()))
                    if phone.raw.transport.get_write_buffer_size() > 100_000:
                        await asyncio.sleep(0)

            flooding = asyncio.create_task(flood())
            await until(lambda: not here.server.server_state.connections, "it was cut off")
            flooding.cancel()
            await asyncio.wait([flooding])
        assert here.counters.slow == 1
