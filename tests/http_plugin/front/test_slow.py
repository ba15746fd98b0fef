"""A stream that takes less than it is sent is ended, the others notice nothing, it catches up."""

from __future__ import annotations

import pytest

from event_source import EventSource
from fronts import until, warnings
from http_site import ANN, Open, Site

SIZE = 20_000


async def send(here: Site, number: int) -> None:
    """Publish on ann's channel what is large and says its number."""
    await here.tidings.publish(ANN, "much", {"number": number, "more": "x" * SIZE})


def numbers(source: EventSource) -> list[int]:
    """Return what came before the end."""
    return [told.data["data"]["number"] for told in source.unread if told.name == "much"]


async def too_much(here: Site, reading: EventSource) -> int:
    """Send until some stream is found to be slow, while another reads; return how many."""
    sent = 0
    while not here.counters.ended["slow"]:
        await send(here, sent)
        assert (await reading.next()).data["data"]["number"] == sent
        sent += 1
        assert sent < 200
    return sent


async def test_it_has_the_rest_when_it_comes_back(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(outgoing=200_000) as here, here.stream("ann") as laptop:
        async with here.stream("ann", reluctant=True) as phone:
            phone.pause()
            sent = await too_much(here, laptop)
            await send(here, sent)
            assert (await laptop.next()).data["data"]["number"] == sent
            await until(lambda: len(here.front.streams) == 1, "it was cut off")
            phone.resume()
            assert await phone.ended() is None
            assert not phone.whole
        had = numbers(phone)
        assert had == list(range(len(had)))
        missed = range(len(had), sent + 1)
        assert missed
        async with here.stream("ann", last=phone.last or phone.welcome.id) as phone:
            assert [(await phone.next()).data["data"]["number"] for _ in missed] == list(missed)
            await here.nothing_more(phone)
            assert (await laptop.next()).name == "nothing more"
        assert here.counters.ended["slow"] == 1
    assert warnings(caplog) == []


async def test_the_others_have_each_event_at_once_while_it_blocks(opened: Open) -> None:
    async with (
        opened(outgoing=2_000_000) as here,
        here.stream("ann", reluctant=True) as slow,
        here.stream("ann") as ann,
    ):
        slow.pause()
        for number in range(30):
            await send(here, number)
            assert (await ann.next()).data["data"]["number"] == number
        assert not here.counters.ended["slow"]
