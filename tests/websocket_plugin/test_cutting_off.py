"""Cutting users off: when the application says so, on whichever node, and when proofs end."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from fronts import BOB, KEY, Client, Open, Shell, Site, site, until
from tidings import AccessRequest, Event, Grant, Notification, Tidings, Tokens, hookimpl
from tidings_memory import MemoryBroker, MemoryStore
from tidings_websocket import PlainDialect
from tidings_websocket.control import obey

SOON = timedelta(seconds=30)


class Clock:
    """A clock that stands until it is set forward."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


async def test_a_user_is_cut_off_with_all_connections_and_nobody_else_is(here: Site) -> None:
    async with (
        here.connect("ann") as phone,
        here.connect("ann") as laptop,
        here.connect("bob") as bob,
    ):
        await here.tidings.disconnect("ann")
        assert [await phone.ended(), await laptop.ended()] == [4003, 4003]
        await bob.nothing_more()
        async with here.connect("ann") as again:
            await again.nothing_more()
    assert here.counters.ended["disconnected"] == 2


async def test_a_user_whose_proofs_are_revoked_has_to_sign_in_again(here: Site) -> None:
    old = here.tokens.issue("ann")
    async with here.connect("ann") as phone, here.connect() as laptop:
        await laptop.ask("authenticate", token=old)
        await here.tidings.disconnect("ann", revoke=True)
        assert [await phone.ended(), await laptop.ended()] == [4004, 4004]
    async with here.connect() as again:
        assert await again.refused("authenticate", token=old) == "invalid_token"
        assert "error" not in await again.ask("authenticate", token=here.tokens.issue("ann"))


async def test_a_user_is_cut_off_on_every_node(shell: Shell) -> None:
    broker, store = MemoryBroker(), MemoryStore()
    async with AsyncExitStack() as stack:
        here, there = [
            await stack.enter_async_context(site(shell, broker, store=store)) for _ in range(2)
        ]
        async with here.connect("ann") as phone, there.connect("ann") as laptop:
            async with Tidings(broker, store, tokens=Tokens(KEY)) as without_a_front:
                await without_a_front.disconnect("ann")
            assert [await phone.ended(), await laptop.ended()] == [4003, 4003]
        async with here.connect("ann") as phone, there.connect("ann") as laptop:
            await there.tidings.disconnect("ann", revoke=True)
            assert [await phone.ended(), await laptop.ended()] == [4004, 4004]


async def test_who_comes_while_control_cannot_be_heard_waits_or_is_sent_away(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    class Deaf(MemoryBroker):
        @hookimpl
        def subscribe(self, channel, deliver):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            if deaf:
                raise ConnectionError("secret")
            return super().subscribe(channel, deliver)

    deaf = True
    dialects = [PlainDialect(), PlainDialect("/public", anonymous=True)]
    async with opened(Deaf(), dialects=dialects, handshake=0.1) as here:
        for path in ("/ws", "/public"):
            async with here.connect("ann", path=path, greeted=False) as client:
                assert await client.ended() == 1011
        deaf = False
        await until(here.front.listening.is_set)
        async with here.connect("ann") as client:
            await here.tidings.disconnect("ann")
            assert await client.ended() == 4003
    assert "the control channel cannot be heard: ConnectionError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_connection_ends_with_its_token(opened: Open) -> None:
    clock = Clock()
    async with opened(clock=clock, handshake=0.02) as here, here.connect("bob") as bob:
        token = here.tokens.issue("ann", ttl=SOON)
        async with here.connect(headers={"Authorization": f"Bearer {token}"}) as ann:
            await ann.nothing_more()
            clock.now += SOON
            assert await ann.ended() == 4002
        await bob.nothing_more()
    assert here.counters.ended["expired"] == 1


async def test_a_connection_lives_on_with_a_fresh_token(opened: Open) -> None:
    clock = Clock()
    async with opened(clock=clock, handshake=0.02) as here, here.connect() as ann:
        await ann.ask("authenticate", token=here.tokens.issue("ann", ttl=SOON))
        await ann.ask("authenticate", token=here.tokens.issue("ann", ttl=3 * SOON))
        async with here.connect() as other:
            await other.ask("authenticate", token=here.tokens.issue("eve", ttl=SOON))
            clock.now += SOON
            assert await other.ended() == 4002
        await here.tidings.push("ann", Notification(heading="Build passed"))
        assert (await ann.next())["data"]["heading"] == "Build passed"
        clock.now += 2 * SOON
        assert await ann.ended() == 4002


async def test_an_expired_token_lets_nobody_in(opened: Open) -> None:
    clock = Clock()
    async with opened(clock=clock) as here:
        token, ticket = here.tokens.issue("ann", ttl=SOON), here.ticket("ann")
        clock.now += timedelta(hours=1)
        for opening in (
            {"headers": {"Authorization": f"Bearer {token}"}},
            {"query": {"ticket": ticket}},
        ):
            async with here.connect(**opening, greeted=False) as client:  # type: ignore[arg-type]
                assert await client.ended() == 4001
                assert client.unread[0]["error"]["code"] == "invalid_token"


async def test_who_is_revoked_while_being_let_in_hears_nothing(opened: Open) -> None:
    """It was known by its token before, and asks for its channel after."""

    class Revoking:
        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant | None:
            if request.action == "admin":
                await here.tidings.disconnect("bob", revoke=True)
            return None

    async with opened(Revoking()) as here, here.connect("bob", greeted=False) as bob:
        assert await bob.ended() == 4004
        assert not [frame for frame in bob.unread if frame.get("channel") == BOB]


async def test_what_control_says_beside_that_ends_nobody(here: Site) -> None:
    async with here.connect("ann") as ann:
        obey(here.front, [Event("#tidings", "tidings:other", b"[]", "id")])
        await ann.nothing_more()


async def test_who_is_cut_off_is_not_said_to_be_present_any_longer(opened: Open) -> None:
    class Doorkeeper:
        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant | None:
            return Grant() if request.channel == "presence-room" else None

    async def join(client: Client) -> None:
        assert "error" not in await client.ask("subscribe", channel="presence-room")

    async with opened(Doorkeeper()) as here, here.connect("ann") as ann, here.connect("bob") as bob:
        await join(ann)
        await join(bob)
        await here.tidings.disconnect("bob")
        assert await bob.ended() == 4003
        await until(lambda: len(here.front.seats._seats) == 1)
        assert (await ann.named("tidings:member_removed"))["data"] == {"user": "bob"}
