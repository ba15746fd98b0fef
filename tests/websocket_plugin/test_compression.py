"""Large texts are compressed once for all who can read that, and arrive as they were."""

from __future__ import annotations

from random import Random

import pytest
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from fronts import ANN, Client, Open, Site
from hostile import DEFLATE, Raw
from tidings import Notification

_FAR = "".join(Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=2_000)) * 20
"""What repeats itself, further back than a small window reaches."""

TEXTS = (_FAR, "x" * 60_000, "".join(map(chr, range(32, 10_000))), "\N{SNOWMAN}" * 10_000, "short")


async def intact(here: Site, client: Client) -> None:
    for text in TEXTS:
        await here.tidings.publish(ANN, "text", text)
        assert (await client.next())["data"] == text


async def test_texts_arrive_as_they_were(here: Site) -> None:
    async with here.connect("ann", compression="deflate") as ann:
        assert ann.raw.protocol.extensions
        await intact(here, ann)


@pytest.mark.parametrize(
    "offer",
    [
        {"server_max_window_bits": 9},
        {"server_max_window_bits": 9, "client_max_window_bits": 9},
        {"server_max_window_bits": 15},
        {"server_no_context_takeover": True, "client_no_context_takeover": True},
        {"client_max_window_bits": None},
    ],
)
async def test_a_client_with_a_small_window_is_not_asked_to_read_more(
    here: Site, offer: dict[str, int]
) -> None:
    factory = ClientPerMessageDeflateFactory(**offer)  # type: ignore[arg-type]
    async with here.connect("ann", extensions=[factory]) as ann:
        assert ann.raw.protocol.extensions
        await intact(here, ann)
        await ann.raw.send('{"request":"ping","id":1' + " " * 5_000 + "}")
        assert (await ann.next())["reply"] == 1


async def test_who_can_and_who_cannot_hear_the_same(here: Site) -> None:
    async with (
        here.connect("ann", compression="deflate") as one,
        here.connect("ann") as other,
    ):
        for text in TEXTS:
            await here.tidings.publish(ANN, "text", text)
            assert (await one.next())["data"] == (await other.next())["data"] == text


async def test_a_large_text_is_small_on_the_wire(opened: Open) -> None:
    async with opened() as here, Raw(here.port) as raw:
        await raw.open(f"/ws?ticket={here.ticket('ann')}", DEFLATE)
        await here.connected("ann")
        await here.tidings.push("ann", Notification(heading="Long", content="x" * 4_000))
        await here.tidings.disconnect("ann")
        received = await raw.rest()
    assert len(received) < 2_000


async def test_without_compression_the_frames_are_plain(here: Site) -> None:
    async with here.connect("ann") as ann:
        assert not ann.raw.protocol.extensions
        await intact(here, ann)
