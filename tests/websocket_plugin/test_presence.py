"""Who is on a presence channel: users, not connections, and with some patience."""

from __future__ import annotations

import pytest

from fronts import Client, Open, Site, until, warnings
from tidings import AccessRequest, Grant, Member, hookimpl
from tidings_memory import MemoryBroker

ROOM = "presence-room"


class Doorkeeper:
    """Lets everyone into presence channels, and says what the others see of them."""

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        identity, action = request.identity, request.action
        if identity is None:
            return None
        if identity.user == "ops":
            return Grant()
        if request.channel.startswith("presence-") and action == "subscribe":
            return Grant(member={"name": identity.user.title()})
        return None


async def join(client: Client) -> list[str]:
    """Enter the room; return who is there."""
    reply = await client.ask("subscribe", channel=ROOM)
    return [member["user"] for member in reply["members"]]


async def heard(client: Client) -> tuple[str, str]:
    """Return the next event of the room, and whom it is about."""
    frame = await client.next()
    assert frame["channel"] == ROOM
    return frame["event"].removeprefix("tidings:member_"), frame["data"]["user"]


async def present(here: Site) -> list[str]:
    return [member.user for member in await here.tidings.presence.members(ROOM)]


async def test_who_enters_is_told_who_is_there_and_the_others_of_who_entered(opened: Open) -> None:
    async with opened(Doorkeeper()) as here, here.connect("ann") as ann:
        assert await join(ann) == ["ann"]
        async with here.connect("bob") as bob:
            reply = await bob.ask("subscribe", channel=ROOM)
            assert reply["members"] == [
                {"user": "ann", "info": {"name": "Ann"}},
                {"user": "bob", "info": {"name": "Bob"}},
            ]
            added = await ann.next()
            assert added["event"] == "tidings:member_added"
            assert added["data"] == {"user": "bob", "info": {"name": "Bob"}}
            await bob.ask("unsubscribe", channel=ROOM)
            assert await heard(ann) == ("removed", "bob")
            reply = await ann.ask("members", channel=ROOM)
            assert [member["user"] for member in reply["members"]] == ["ann"]


async def test_a_user_is_there_once_and_until_the_last_connection_has_gone(opened: Open) -> None:
    async with opened(Doorkeeper()) as here, here.connect("ann") as ann:
        await join(ann)
        await ann.nothing_more()
        async with here.connect("bob") as phone:
            await join(phone)
            assert await heard(ann) == ("added", "bob")
            async with here.connect("bob") as laptop:
                assert await join(laptop) == ["ann", "bob"]
            await until(lambda: here.counters.connections == 2)
            await ann.nothing_more()
            assert await present(here) == ["ann", "bob"]
        assert await heard(ann) == ("removed", "bob")
        await ann.nothing_more()


async def test_who_comes_back_soon_was_never_away(opened: Open) -> None:
    async with opened(Doorkeeper(), presence_grace=60.0) as here, here.connect("ann") as ann:
        await join(ann)
        async with here.connect("bob") as bob:
            await join(bob)
            assert await heard(ann) == ("added", "bob")
        await until(lambda: here.counters.connections == 1)
        assert await present(here) == ["ann", "bob"]
        async with here.connect("bob") as bob:
            assert await join(bob) == ["ann", "bob"]
        await until(lambda: here.counters.connections == 1)
        await ann.nothing_more()
        await here.front.tasks.end()  # rather than wait for a minute


async def test_who_does_not_come_back_is_gone_after_some_time(opened: Open) -> None:
    async with opened(Doorkeeper(), presence_grace=0.05) as here, here.connect("ann") as ann:
        await join(ann)
        async with here.connect("bob") as bob:
            await join(bob)
            assert await heard(ann) == ("added", "bob")
        assert await heard(ann) == ("removed", "bob")


async def test_subscribing_again_is_no_second_seat(opened: Open) -> None:
    async with opened(Doorkeeper()) as here, here.connect("ann") as ann:
        await join(ann)
        await join(ann)
        await ann.ask("unsubscribe", channel=ROOM)
        await ann.ask("unsubscribe", channel=ROOM)
        await until(lambda: not here.front.seats._seats)
        assert await present(here) == []


async def test_who_may_steer_everything_listens_without_being_there(opened: Open) -> None:
    async with opened(Doorkeeper()) as here, here.connect("ops") as ops:
        assert await join(ops) == []
        async with here.connect("ann") as ann:
            assert await join(ann) == ["ann"]
            assert await heard(ops) == ("added", "ann")


async def test_what_happens_while_a_client_is_told_who_is_there_comes_after_that(
    opened: Open,
) -> None:
    class Eventful(MemoryBroker):
        async def members(self, channel: str) -> list[Member]:
            members = list(await super().members(channel))
            await here.tidings.publish(channel, "meanwhile", 1)
            return members

    async with opened(Eventful(), Doorkeeper()) as here, here.connect("ann") as ann:
        await join(ann)
        assert [frame["event"] for frame in ann.unread] == []
        assert (await ann.named("meanwhile"))["data"] == 1
        await ann.nothing_more()


async def test_of_very_much_that_happens_meanwhile_some_is_dropped_and_that_is_told(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_websocket.followed.EARLY", 3)

    class Busy(MemoryBroker):
        async def members(self, channel: str) -> list[Member]:
            for number in range(10):
                await here.tidings.publish(channel, "meanwhile", number)
            return []

    async with opened(Busy(), Doorkeeper()) as here, here.connect("ann") as ann:
        await ann.ask("subscribe", channel=ROOM)
        events = await ann.take(4)
        assert events[-1]["event"] == "tidings:lagged"
        assert events[-1]["data"]["missed"] >= 7
        await ann.nothing_more()


async def test_who_cannot_enter_is_told_why_and_is_nowhere(opened: Open) -> None:
    class Unheard(MemoryBroker):
        async def members(self, channel: str) -> list[Member]:
            raise ConnectionError("secret")

    async with opened(Unheard(), Doorkeeper()) as here, here.connect("ann") as ann:
        assert await ann.refused("subscribe", channel=ROOM) == "failed"
        await until(lambda: not here.front.seats._seats)
        assert here.counters.subscriptions == 1
        await here.tidings.publish(ROOM, "event", 1)
        await ann.nothing_more()


async def test_a_broker_that_refuses_a_member_is_told_to_the_client(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    class Picky:
        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant | None:
            return Grant(member={"no": {1, 2}}) if request.channel == ROOM else None  # no JSON

    async with opened(Picky()) as here, here.connect("ann") as ann:
        assert await ann.refused("subscribe", channel=ROOM) == "invalid_data"
    assert not warnings(caplog)


async def test_an_admin_can_have_others_present_and_take_that_back(opened: Open) -> None:
    async with opened(Doorkeeper()) as here, here.connect("ann") as ann:
        await join(ann)
        await ann.nothing_more()
        async with here.connect("ops") as ops:
            for _ in range(2):
                await ops.ask("enter", channel=ROOM, user="bob", info={"name": "Bob"})
            assert await heard(ann) == ("added", "bob")
            await ops.ask("leave", channel=ROOM, user="bob")
            await ann.nothing_more()
            await ops.ask("leave", channel=ROOM, user="bob")
            assert await heard(ann) == ("removed", "bob")
            await ops.ask("leave", channel=ROOM, user="bob")  # is left alone
            await ops.ask("enter", channel=ROOM, user="bob")
            assert await heard(ann) == ("added", "bob")
            assert await ops.refused("enter", channel="room", user="bob") == "denied"
        assert await heard(ann) == ("removed", "bob")


async def test_users_do_not_enter_others(opened: Open) -> None:
    async with opened(Doorkeeper()) as here, here.connect("ann") as ann:
        assert await ann.refused("enter", channel=ROOM, user="bob") == "denied"
        assert await ann.refused("leave", channel=ROOM, user="bob") == "denied"
        assert await present(here) == []
