"""Users who sign in, what is theirs alone, and who they watch."""

from __future__ import annotations

import pytest

from fronts import until
from pusher_plugin.server.by_hand import ONE_SHELL, Open, PusherSite
from pusher_plugin.server.signing_by_hand import to_sign_in

WATCHED = "pusher_internal:watchlist_events"


def online(*users: str) -> tuple[str, object]:
    return WATCHED, {"events": [{"name": "online", "user_ids": list(users)}]}


def offline(*users: str) -> tuple[str, object]:
    return WATCHED, {"events": [{"name": "offline", "user_ids": list(users)}]}


async def test_what_is_published_to_a_user_reaches_each_of_their_connections_and_nobody_else(
    here: PusherSite,
) -> None:
    async with here.connect() as laptop, here.connect() as phone, here.connect() as bob:
        for client in (laptop, phone):
            await client.own("ann")
        await bob.own("bob")
        await here.trigger("#server-to-user-ann", "said", {"n": 1})
        await here.push("ann", "Hello")
        for client in (laptop, phone):
            assert await client.told() == [("said", {"n": 1})]
            assert await client.headings(1) == ["Hello"]
        await bob.nothing_more()


@ONE_SHELL
@pytest.mark.parametrize("user", ["bob", "ann2", "an", "Ann", "private-user-ann"])
async def test_nobody_hears_what_is_another_users(here: PusherSite, user: str) -> None:
    channel = f"#server-to-user-{user}"
    async with here.connect() as client:
        await client.asks_to_hear(channel)
        assert "sign in first" in await client.not_let_in(channel)
        await client.own("ann")
        await client.asks_to_hear(channel)
        assert "not this user's" in await client.not_let_in(channel)


async def test_a_user_may_sign_in_again_and_nobody_else_may(here: PusherSite) -> None:
    async with here.connect() as bob, here.connect() as ann:
        await bob.sign_in("bob", watchlist=["ann"])
        assert await bob.told() == [offline("ann")]
        for _ in range(2):
            await ann.sign_in("ann")
        assert await bob.told() == [online("ann")]
        await ann.say("pusher:signin", to_sign_in(ann.app, ann.socket_id, {"id": "eve"}))
        assert await ann.error() == ("Sign-in: this connection is another user's", 4009)
        await ann.hear("#server-to-user-ann")
        await bob.nothing_more()


async def test_what_was_signed_for_one_connection_is_nothing_on_another(here: PusherSite) -> None:
    async with here.connect() as ann, here.connect() as eve:
        await eve.say("pusher:signin", to_sign_in(ann.app, ann.socket_id, {"id": "ann"}))
        assert (await eve.error())[1] == 4009
        await eve.asks_to_hear("#server-to-user-ann")
        await eve.not_let_in("#server-to-user-ann")


async def test_who_watches_is_told_who_is_there_who_comes_and_who_goes(here: PusherSite) -> None:
    async with here.connect() as eve, here.connect() as bob:
        await eve.sign_in("eve")
        await bob.sign_in("bob", watchlist=["ann", "eve", "eve", 7])
        events = [{"name": "online", "user_ids": ["eve"]}, {"name": "offline", "user_ids": ["ann"]}]
        assert await bob.told() == [(WATCHED, {"events": events})]
        async with here.connect() as tab:
            await tab.sign_in("ann")
            assert await bob.told() == [online("ann")]
            async with here.connect() as other:
                await other.sign_in("ann")
                await other.nothing_more()
        assert await bob.told() == [offline("ann")]
        await bob.nothing_more()


async def test_of_a_watchlist_the_first_hundred_count(here: PusherSite) -> None:
    async with here.connect() as bob, here.connect() as last, here.connect() as over:
        await bob.sign_in("bob", watchlist=[f"u{number}" for number in range(101)])
        assert (await bob.error())[1] == 4302
        assert await bob.told() == [offline(*(f"u{number}" for number in range(100)))]
        await over.sign_in("u100")
        await last.sign_in("u99")
        assert await bob.told() == [online("u99")]
        await bob.nothing_more()


async def test_a_user_has_as_many_connections_as_the_front_lets_them(opened: Open) -> None:
    async with opened(per_user=1) as here, here.connect() as second:
        async with here.connect() as first:
            await first.sign_in("ann")
            data = to_sign_in(second.app, second.socket_id, {"id": "ann"})
            await second.say("pusher:signin", data)
            words, code = await second.error()
            assert ("too many connections" in words, code) == (True, 4009)
        await until(lambda: not here.live.census.is_online("ann"))
        await second.own("ann")
