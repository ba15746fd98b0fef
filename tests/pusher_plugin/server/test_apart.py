"""Several apps on one server: nothing of one is heard, counted or named by another."""

from __future__ import annotations

import pytest

from pusher_plugin.server.by_hand import ONE_SHELL, Open
from pusher_plugin.server.signing_by_hand import BLOG, SHOP, to_sign_in
from tidings import user_channel
from tidings_pusher import App

APPS = (SHOP, BLOG.model_copy(update={"client_events": True, "subscription_count": True}))
CHANNELS = {  # as clients of both call them, and as Tidings calls the blog's
    "news": "blog;news",
    "private-x": "private-blog;x",
    "private-encrypted-x": "private-encrypted-blog;x",
    "private-user-ann": "private-user-blog;ann",
    "presence-x": "presence-blog;x",
    "cache-x": "cache-blog;x",
    "private-cache-x": "private-cache-blog;x",
    "presence-cache-x": "presence-cache-blog;x",
}


@ONE_SHELL
@pytest.mark.parametrize("channel", CHANNELS)
async def test_channels_of_one_name_are_two_in_two_apps(opened: Open, channel: str) -> None:
    app, other = APPS
    async with opened(*APPS) as here, here.connect(app) as shop, here.connect(other) as blog:
        for client in (shop, blog):
            await client.hear(channel, {"user_id": "ann"} if "presence-" in channel else None)
            await client.say("pusher:ping", {})
            await client.named("pusher:pong")  # what a channel begins with is looked at elsewhere
        await here.tidings.publish(channel, "said", {"in": "the shop"})
        await here.tidings.publish(CHANNELS[channel], "said", {"in": "the blog"})
        assert await shop.told() == [("said", {"in": "the shop"})]
        assert await blog.told() == [("said", {"in": "the blog"})]
        if channel.startswith(("private-", "presence-")):
            await shop.say("client-x", 3, channel=channel)
        for client in (shop, blog):
            await client.nothing_more()
        assert [set(live.census.channels) for live in here.server.live] == [{channel}] * 2


async def test_who_recovers_and_who_does_not_hear_the_same_of_their_own_app(opened: Open) -> None:
    async with (
        opened(*APPS) as here,
        here.connect(APPS[0], recovery=True) as shop,
        here.connect(APPS[1], recovery=True) as blog,
    ):
        for client in (shop, blog):
            await client.own("ann")
        await blog.take(1)  # how many hear it
        await here.push("ann", "in the shop")
        await here.push("blog;ann", "in the blog")
        assert await shop.headings(1) == ["in the shop"]
        assert await blog.headings(1) == ["in the blog"]
        for client in (shop, blog):
            await client.nothing_more()


@ONE_SHELL
@pytest.mark.parametrize("user", ["ann", "Åsa", "a b", "cache-ann"])
async def test_users_of_one_id_are_two_in_two_apps(opened: Open, user: str) -> None:
    async with opened(SHOP, BLOG) as here, here.connect() as shop, here.connect(BLOG) as blog:
        await here.push(user, "pending in the shop")
        await here.push(f"blog;{user}", "pending in the blog")
        await shop.own(user)
        await blog.own(user)
        assert await shop.headings(1) == ["pending in the shop"]
        assert await blog.headings(1) == ["pending in the blog"]
        own = user_channel(user)
        await blog.hear(own)  # the same, as clients without a sign-in call it
        await here.push(f"blog;{user}", "live in the blog")
        frames = await blog.take(2)
        assert {frame["channel"] for frame in frames} == {own, f"#server-to-user-{user}"}
        await shop.nothing_more()
        await here.tidings.disconnect(f"blog;{user}")
        assert await blog.ended() == 4009
        await shop.nothing_more()


@ONE_SHELL
@pytest.mark.parametrize(
    "channel",
    [
        "blog;news",
        "private-blog;x",
        "presence-blog;x",
        "private-encrypted-blog;x",
        "cache-blog;x",
        "private-cache-blog;x",
        user_channel("blog;ann"),
        user_channel("blog;Åsa"),
        user_channel("blog;a b"),
        "blog;",
    ],
)
async def test_an_app_without_a_namespace_cannot_name_what_is_anothers(
    opened: Open, channel: str
) -> None:
    async with opened(SHOP, BLOG) as here, here.connect() as shop:
        member = {"user_id": "eve"} if channel.startswith("presence-") else None
        await shop.asks_to_hear(channel, member)
        assert await shop.not_let_in(channel) == "it is another app's"
        await shop.say("client-x", 1, channel=channel)
        assert (await shop.error())[1] == 4301


async def test_an_app_without_a_namespace_has_no_user_of_anothers(opened: Open) -> None:
    async with opened(SHOP, BLOG) as here, here.connect() as shop:
        await shop.say("pusher:signin", to_sign_in(SHOP, shop.socket_id, {"id": "blog;ann"}))
        assert (await shop.error())[1] == 4009


@pytest.mark.parametrize("borrowed", [SHOP, BLOG])
async def test_what_another_app_signed_is_nothing_here(opened: Open, borrowed: App) -> None:
    own = BLOG if borrowed is SHOP else SHOP
    async with opened(SHOP, BLOG) as here, here.connect(own) as client:
        client.app = borrowed
        await client.asks_to_hear("private-x")
        assert "signature" in await client.not_let_in("private-x")
        client.app = borrowed.model_copy(update={"key": own.key})  # its secret, another's key
        await client.asks_to_hear("private-x")
        assert "signature" in await client.not_let_in("private-x")


async def test_who_watches_is_told_of_users_of_their_own_app(opened: Open) -> None:
    async with (
        opened(SHOP, BLOG) as here,
        here.connect() as bob,
        here.connect(BLOG) as ann,
        here.connect(BLOG) as eve,
    ):
        await bob.sign_in("bob", watchlist=["ann"])
        await eve.sign_in("eve", watchlist=["ann"])
        for client in (bob, eve):
            await client.take(1)
        await ann.sign_in("ann")
        await eve.take(1)
        await bob.nothing_more()
