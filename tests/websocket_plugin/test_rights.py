"""Nobody hears, reads or steers what was not granted, by whatever name they call it."""

from __future__ import annotations

from typing import Any

import pytest

from fronts import ANN, BOB, Client, Open, Site
from tidings import AccessRequest, Grant, Notification, hookimpl, user_channel
from tidings.policy import AdminTokens
from tidings.testing.policy_rules import _spellings
from tidings_websocket import PlainDialect
from tidings_websocket.commands import Publish, Request

USERS = ("bob", "bob-2", "b=b", "böb", "bob bob", "=Ym9i", "encrypted-bob")

STEERING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("enter", {"channel": "presence-room", "user": "bob"}),
    ("leave", {"channel": "presence-room", "user": "bob"}),
    ("cancel", {"notification": "n"}),
    ("trim", {"channel": BOB, "through": 1}),
    ("forget", {"user": "bob"}),
    ("disconnect", {"user": "eve"}),
    ("revoked", {"user": "eve"}),
    ("push", {"users": ["bob"], "notification": {"heading": "x"}}),
    ("page", {"user": "bob"}),
    ("counts", {"user": "bob"}),
    ("mark", {"user": "bob", "change": "open", "ids": ["x"]}),
    ("subscribe", {"channel": BOB}),
    ("recall", {"channel": BOB, "after": 0}),
    ("heads", {"channels": [BOB]}),
    ("publish", {"channel": "private-room", "event": "said"}),
)


async def refusals(client: Client, channel: str) -> set[str]:
    """Ask for all that a client can do with a channel; return how it was refused."""
    return {
        await client.refused("subscribe", channel=channel),
        await client.refused("publish", channel=channel, event="said", data=1),
        await client.refused("recall", channel=channel, after=0),
        await client.refused("heads", channels=[channel]),
        await client.refused("heads", channels=[ANN, channel]),
        await client.refused("members", channel=channel),
        await client.refused("trim", channel=channel, through=1),
    }


@pytest.mark.parametrize("user", USERS)
async def test_anothers_channel_is_closed_by_every_spelling_of_its_name(
    here: Site, user: str
) -> None:
    async with here.connect("ann") as ann:
        for channel in _spellings(user):
            if not channel.startswith("private-encrypted-"):
                assert await refusals(ann, channel) <= {"denied", "malformed"}, channel
        await here.tidings.push(user, Notification(heading="Secret"))
        await ann.nothing_more()


@pytest.mark.parametrize(
    "channel", ["#tidings", "%23tidings", " #tidings", "#tidings ", "\uff03tidings", "#TIDINGS"]
)
async def test_control_is_nobodys_to_hear_or_to_send(here: Site, channel: str) -> None:
    async with here.connect("ann") as ann:
        assert await refusals(ann, channel) <= {"denied", "malformed"}
        await here.tidings.disconnect("bob")
        await ann.nothing_more()


@pytest.mark.parametrize(
    "name",
    ["tidings:opened", "tidings:notification", "pusher:ping", "pusher_internal:x", "tidings:"],
)
async def test_names_that_are_reserved_come_from_no_client(opened: Open, name: str) -> None:
    class Everything:
        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant:
            return Grant()

    async with opened(Everything()) as here, here.connect("ann") as ann:
        assert await ann.refused("publish", channel=ANN, event=name, data={}) == "malformed"
        await ann.nothing_more()


async def test_no_dialect_can_let_them_through(opened: Open) -> None:
    class Loose(PlainDialect):
        def read(self, text: str, connection: str) -> Request:
            return Request(1, Publish(ANN, text, b"{}"))

    class Everything:
        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant:
            return Grant()

    async with opened(Everything(), dialects=[Loose()]) as here, here.connect("ann") as ann:
        await ann.raw.send("tidings:opened")
        assert (await ann.next())["error"]["code"] == "invalid_name"
        assert (await here.tidings.log.heads([ANN]))[ANN].offset == 0


async def test_who_has_an_admins_token_may_all_that_others_may_not(opened: Open) -> None:
    async with opened(AdminTokens()) as here, here.connect("ann") as ann:
        for request, fields in STEERING:
            assert await ann.refused(request, **fields) == "denied", request
        token = here.tokens.issue("ops", tidings="admin")
        async with here.connect(headers={"Authorization": f"Bearer {token}"}) as ops:
            for request, fields in STEERING:
                assert "error" not in await ops.ask(request, **fields), request


async def test_a_claim_is_worth_nothing_without_a_policy_that_reads_it(here: Site) -> None:
    token = here.tokens.issue("ops", tidings="admin")
    async with here.connect(headers={"Authorization": f"Bearer {token}"}) as ops:
        for request, fields in STEERING:
            assert await ops.refused(request, **fields) == "denied", request


async def test_of_many_users_one_without_a_grant_is_enough_for_nobody_to_be_pushed_to(
    opened: Open,
) -> None:
    class Colleagues:
        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant | None:
            return Grant() if request.channel == BOB and request.action == "push" else None

    said = {"heading": "Lunch?"}
    async with opened(Colleagues()) as here, here.connect("ann") as ann:
        assert await ann.refused("push", users=["bob", "eve"], notification=said) == "denied"
        assert (await here.tidings.log.heads([BOB]))[BOB].offset == 0
        assert "error" not in await ann.ask("push", users=["bob"], notification=said)


async def test_a_right_that_ends_with_a_fresh_token_is_gone(opened: Open) -> None:
    async with opened(AdminTokens(), rate=0.1) as here:
        token = here.tokens.issue("ops", tidings="admin")
        async with here.connect(headers={"Authorization": f"Bearer {token}"}) as ops:
            assert "error" not in await ops.ask("counts", user="bob")
            assert "error" not in await ops.ask("authenticate", token=here.tokens.issue("ops"))
            assert await ops.refused("counts", user="bob") == "denied"
            await ops.begin("ping")
            assert await ops.ended() == 4006  # limits hold for it again, too


async def test_users_whose_ids_look_alike_have_channels_of_their_own(here: Site) -> None:
    for user in USERS:
        async with here.connect(user) as client:
            assert client.welcome["channel"] == user_channel(user)
            await here.tidings.push(user, Notification(heading=user))
            assert (await client.next())["data"]["heading"] == user
            for other in USERS:
                if other != user:
                    await here.tidings.push(other, Notification(heading="For another"))
            await client.nothing_more()
