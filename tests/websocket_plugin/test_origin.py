"""The connection that something comes from is told no more of it than its position."""

from __future__ import annotations

from fronts import ANN, Client, Frame, Open
from tidings import AccessRequest, Grant, Notification, hookimpl


class Everyone:
    """Lets users do what they like on channels that are nobody's."""

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        free = not request.channel.startswith("private-user-") and request.action != "admin"
        return Grant() if free and request.identity is not None else None


def is_echo(frame: Frame) -> bool:
    return frame.keys() <= {"channel", "id", "position", "counts"}


async def opened_by(client: Client, notification: str) -> Frame:
    """Open a notification; return the reply."""
    return await client.ask("mark", change="open", ids=[notification])


async def test_what_one_device_does_the_other_sees_and_it_gets_the_position(opened: Open) -> None:
    async with opened() as here, here.connect("ann") as phone, here.connect("ann") as laptop:
        pushed = Notification(heading="Build passed")
        await here.tidings.push("ann", pushed)
        for device in (phone, laptop):
            assert (await device.next())["id"] == pushed.id
        reply = await opened_by(phone, pushed.id)
        echo, seen = await phone.next(), await laptop.next()
    assert seen["event"] == "tidings:opened"
    assert seen["data"] == {"ids": [pushed.id]}
    assert is_echo(echo)
    assert echo["channel"] == ANN
    assert echo["position"] == seen["position"] == reply["position"]
    assert echo["counts"] == seen["counts"] == {"pending": 0, "unseen": 0}


async def test_who_asks_for_an_echo_hears_what_all_hear(opened: Open) -> None:
    async with opened() as here, here.connect("ann") as phone, here.connect("ann") as laptop:
        await here.tidings.push("ann", Notification(id="n", heading="Build passed"))
        await phone.next()
        await laptop.next()
        await phone.ask("mark", change="open", ids=["n"], echo=True)
        assert await phone.next() == await laptop.next()


async def test_what_is_published_comes_back_to_its_sender_without_its_content(
    opened: Open,
) -> None:
    async with (
        opened(Everyone()) as here,
        here.connect("ann") as ann,
        here.connect("bob") as bob,
    ):
        for client in (ann, bob):
            await client.ask("subscribe", channel="private-room")
        await ann.ask("publish", channel="private-room", event="said", data={"text": "hello"})
        echo, heard = await ann.next(), await bob.next()
        assert (heard["event"], heard["data"]) == ("said", {"text": "hello"})
        assert is_echo(echo)
        assert echo["id"] == heard["id"]
        await ann.ask("publish", channel="private-room", event="said", data=1, echo=True)
        assert await ann.next() == await bob.next()


async def test_one_batch_has_ones_own_and_others_in_their_order(opened: Open) -> None:
    async with opened(Everyone()) as here, here.connect("ann") as ann:
        await ann.ask("subscribe", channel="room")
        for number in range(5):
            await ann.begin("publish", channel="room", event="said", data=number)
            await here.tidings.publish("room", "said", number)
        frames = await ann.take(15)
    events = [frame for frame in frames if "reply" not in frame]
    others = [frame["data"] for frame in events if not is_echo(frame)]
    assert others == [0, 1, 2, 3, 4]
    assert sum(map(is_echo, events)) == 5


async def test_in_the_log_too_ones_own_is_no_more_than_a_position(opened: Open) -> None:
    async with opened() as here, here.connect("ann") as phone:
        begin = phone.welcome["position"]
        await here.tidings.push("ann", Notification(id="n", heading="Build passed"))
        await opened_by(phone, "n")
        await phone.take(2)
        await phone.ask("subscribe", channel=ANN, after=begin)
        again, own = await phone.take(2)
        assert again["event"] == "tidings:notification"
        assert is_echo(own)
        async with here.connect("ann", after=begin) as laptop:
            assert (await laptop.take(2))[1]["event"] == "tidings:opened"
        await phone.nothing_more()
