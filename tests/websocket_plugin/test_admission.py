"""Letting clients in: what proves who they are, where it may stand, and what they are told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from websockets.exceptions import InvalidStatus

from fronts import ANN, BOB, Client, Open, Site, until
from tidings import AccessRequest, Denial, Notification, Stored, Tokens, hookimpl
from tidings_websocket import PlainDialect

HOUR = timedelta(hours=1)


async def hears_ann(here: Site, client: Client) -> bool:
    """Tell whether what is pushed to ann comes to a client, with nothing else sent."""
    await here.tidings.push("ann", Notification(heading="Build passed"))
    event = await client.next()
    return (event["channel"], event["data"]["heading"]) == (ANN, "Build passed")


async def turned_away(client: Client) -> tuple[str, int]:
    """Return the code of the only frame there is, and the close code."""
    code = await client.ended()
    (frame,) = client.unread
    assert frame["reply"] is None
    return frame["error"]["code"], code


async def test_a_ticket_in_the_url_is_enough_to_hear_ones_own_inbox(here: Site) -> None:
    async with here.connect("ann") as ann:
        await here.tidings.push("ann", Notification(heading="Build passed"))
        event = await ann.next()
    assert event["channel"] == ANN
    assert event["event"] == "tidings:notification"
    assert event["data"]["heading"] == "Build passed"
    assert event["position"]["offset"] == 1
    assert event["counts"] == {"pending": 1, "unseen": 1}


async def test_the_welcome_says_who_one_is_where_one_begins_and_what_the_badge_shows(
    here: Site,
) -> None:
    receipt = await here.tidings.push("ann", Notification(heading="Build passed"))
    stored = receipt.results["ann"]
    assert isinstance(stored, Stored)
    async with here.connect("ann") as ann:
        welcome = ann.welcome
    assert welcome["channel"] == ANN
    assert welcome["data"]["user"] == "ann"
    assert welcome["position"] == stored.position._asdict()
    assert welcome["counts"] == {"pending": 1, "unseen": 1}


async def test_a_token_in_the_first_message_will_do(here: Site) -> None:
    async with here.connect() as client:
        assert "user" not in client.welcome["data"] or client.welcome["data"]["user"] is None
        reply = await client.ask("authenticate", token=here.tokens.issue("ann"))
        assert (reply["user"], reply["channel"]) == ("ann", ANN)
        assert await hears_ann(here, client)


async def test_a_token_in_a_header_will_do(here: Site) -> None:
    headers = {"Authorization": f"Bearer {here.tokens.issue('ann')}"}
    async with here.connect(headers=headers) as client:
        assert await hears_ann(here, client)


async def test_a_token_in_a_subprotocol_will_do_beside_the_one_that_is_spoken(here: Site) -> None:
    offered = ["tidings.v1", f"tidings.token.{here.tokens.issue('ann')}"]
    async with here.connect(subprotocols=offered) as client:
        assert client.raw.subprotocol == "tidings.v1"
        assert await hears_ann(here, client)


async def test_a_client_may_offer_to_speak_something_else_and_is_answered_plainly(
    here: Site,
) -> None:
    async with here.connect("ann", subprotocols=["soap"]) as client:
        assert client.raw.subprotocol is None
        assert await hears_ann(here, client)


async def test_a_dialect_does_not_answer_to_anothers_subprotocol(opened: Open) -> None:
    other = PlainDialect("/other")
    other.subprotocol = "other.v1"
    async with opened(dialects=[PlainDialect(), other]) as here:
        async with here.connect("ann", subprotocols=["other.v1"]) as client:
            assert client.raw.subprotocol is None
        async with here.connect("ann", path="/other", subprotocols=["other.v1"]) as client:
            assert client.raw.subprotocol == "other.v1"


async def test_a_token_in_the_url_is_refused_for_servers_write_urls_down(here: Site) -> None:
    query = {"token": here.tokens.issue("ann")}
    async with here.connect(query=query, greeted=False) as client:
        assert await turned_away(client) == ("invalid_token", 4001)


async def test_a_ticket_is_taken_once(here: Site) -> None:
    query = {"ticket": here.ticket("ann")}
    async with here.connect(query=query), here.connect(query=query, greeted=False) as second:
        assert await turned_away(second) == ("invalid_token", 4001)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\N{SNOWMAN}" * 50])
async def test_what_is_no_token_lets_nobody_in(here: Site, token: str) -> None:
    query = {"ticket": token or "-"}
    async with here.connect(query=query, greeted=False) as client:
        assert await turned_away(client) == ("invalid_token", 4001)


async def test_a_token_of_another_key_lets_nobody_in(here: Site) -> None:
    forged = Tokens("another secret of at least thirty-two bytes").issue("ann")
    async with here.connect(headers={"Authorization": f"Bearer {forged}"}, greeted=False) as client:
        assert await turned_away(client) == ("invalid_token", 4001)


async def test_a_wrong_token_in_a_message_is_refused_and_another_may_be_tried(here: Site) -> None:
    async with here.connect() as client:
        assert await client.refused("authenticate", token="x") == "invalid_token"
        assert await client.refused("subscribe", channel=ANN) == "unauthenticated"
        reply = await client.ask("authenticate", token=here.tokens.issue("ann"))
        assert reply["channel"] == ANN


async def test_a_token_that_was_revoked_lets_nobody_in(here: Site) -> None:
    token = here.tokens.issue("ann")
    await here.tidings.disconnect("ann", revoke=True)
    async with here.connect(headers={"Authorization": f"Bearer {token}"}, greeted=False) as client:
        assert await turned_away(client) == ("invalid_token", 4001)


async def test_a_connection_stays_its_users(here: Site) -> None:
    async with here.connect("ann") as client:
        token = here.tokens.issue("bob")
        assert await client.refused("authenticate", token=token) == "denied"
        await here.tidings.push("bob", Notification(heading="For bob alone"))
        assert await hears_ann(here, client)
        assert await client.refused("page", user="bob") == "denied"


async def test_a_fresh_token_keeps_the_connection_and_says_nothing_twice(here: Site) -> None:
    async with here.connect("ann") as client:
        reply = await client.ask("authenticate", token=here.tokens.issue("ann", ttl=HOUR))
        assert reply["user"] == "ann"
        assert reply["channel"] == ANN
        assert reply["expires_at"]
        assert await hears_ann(here, client)
        await client.nothing_more()


async def test_who_says_nothing_of_themselves_may_ask_for_nothing(here: Site) -> None:
    async with here.connect() as client:
        for request, fields in (
            ("subscribe", {"channel": "news"}),
            ("publish", {"channel": "news", "event": "e"}),
            ("page", {}),
            ("counts", {}),
            ("mark", {"change": "open", "ids": ["x"]}),
            ("recall", {"channel": ANN, "after": 0}),
            ("heads", {"channels": [ANN]}),
            ("members", {"channel": "presence-room"}),
            ("cancel", {"notification": "x"}),
            ("forget", {"user": "ann"}),
            ("disconnect", {"user": "ann"}),
            ("revoked", {"user": "ann"}),
            ("push", {"users": ["ann"], "notification": {"heading": "x"}}),
        ):
            assert await client.refused(request, **fields) == "unauthenticated", request
        assert "error" not in await client.ask("ping")


async def test_the_anonymous_may_hear_public_channels_where_the_dialect_lets_them(
    opened: Open,
) -> None:
    dialects = [PlainDialect("/public", anonymous=True), PlainDialect()]
    async with (
        opened(dialects=dialects, handshake=0.02) as here,
        here.connect(path="/public") as client,
    ):
        assert "error" not in await client.ask("subscribe", channel="news")
        assert await client.refused("subscribe", channel=ANN) == "denied"
        assert await client.refused("page") == "unauthenticated"
        assert await client.refused("subscribe", channel="presence-news") == "denied"
        async with here.connect() as silent:
            assert await silent.ended() == 4001  # by then the first would be gone too
        await here.tidings.publish("news", "issue", 7)
        assert (await client.next())["data"] == 7


async def test_an_anonymous_client_keeps_what_it_hears_when_it_says_who_it_is(
    opened: Open,
) -> None:
    dialect = PlainDialect(anonymous=True)
    async with opened(dialects=[dialect]) as here, here.connect() as client:
        await client.ask("subscribe", channel="news")
        await client.ask("authenticate", token=here.tokens.issue("ann"))
        await here.tidings.publish("news", "issue", 7)
        assert (await client.next())["data"] == 7
        assert await hears_ann(here, client)


async def test_a_path_where_nothing_is_spoken_is_not_found(here: Site) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with here.connect("ann", path="/elsewhere"):
            pass
    assert refused.value.response.status_code == (404 if here.shell == "fast" else 403)


@pytest.mark.parametrize(
    "query",
    [
        {"after": "x"},
        {"after": ":1"},
        {"after": "epoch:-1"},
        {"after": "epoch:1e3"},
        {"after": f"epoch:{10**18}"},
        {f"q{n}": "1" for n in range(30)},
    ],
)
async def test_a_query_that_makes_no_sense_is_told_so(here: Site, query: dict[str, str]) -> None:
    ticket = {"ticket": here.ticket("ann")}
    async with here.connect(query={**ticket, **query}, greeted=False) as client:
        assert await turned_away(client) == ("malformed", 4001)


class _Failing:
    """Stands for a store that is down when counts are asked for."""

    def __init__(self, here: Site) -> None:
        self.store = here.tidings.rows
        self.down = True
        here.tidings._parts = replace(here.tidings._parts, rows=cast("Any", self))

    async def counts(self, channel: str) -> Any:
        if self.down:
            raise ConnectionError("secret: no route to db.example")
        return await self.store.counts(channel)

    async def page(self, *asked: Any) -> Any:
        return await self.store.page(*asked)


async def test_a_store_that_fails_is_no_reason_to_sign_in_again(
    here: Site, caplog: pytest.LogCaptureFixture
) -> None:
    _Failing(here)
    async with here.connect("ann", greeted=False) as client:
        assert await turned_away(client) == ("failed", 1011)
    assert "ConnectionError" in caplog.text
    assert "secret" not in caplog.text


async def test_who_could_not_be_let_in_may_try_again_on_the_same_connection(here: Site) -> None:
    rows = _Failing(here)
    async with here.connect() as client:
        token = here.tokens.issue("ann")
        assert await client.refused("authenticate", token=token) == "failed"
        assert await client.refused("subscribe", channel=ANN) == "unauthenticated"
        rows.down = False
        assert (await client.ask("authenticate", token=token))["channel"] == ANN
        assert await hears_ann(here, client)
        await client.nothing_more()


async def test_what_happens_while_a_client_is_welcomed_comes_after_the_welcome(here: Site) -> None:
    class Pushing(_Failing):
        async def counts(self, channel: str) -> Any:
            counts = await self.store.counts(channel)
            await here.tidings.push("ann", Notification(heading="Meanwhile"))
            return counts

    Pushing(here)
    async with here.connect("ann") as client:  # it expects to be greeted first
        assert client.welcome["position"]["offset"] == 0
        event = await client.next()
        assert (event["position"]["offset"], event["data"]["heading"]) == (1, "Meanwhile")
        await client.nothing_more()


async def test_a_user_without_a_channel_of_their_own_right_is_welcome_all_the_same(
    opened: Open,
) -> None:
    class Closed:
        @hookimpl
        async def authorize(self, request: AccessRequest) -> Denial | None:
            return Denial("not today") if request.channel == BOB else None

    async with opened(Closed()) as here, here.connect("bob") as client:
        assert client.welcome["data"]["user"] == "bob"
        assert client.welcome.get("channel") is None
        reply = await client.ask("subscribe", channel=BOB)
        assert reply["error"] == {"code": "denied", "message": "not today"}


async def test_a_client_that_goes_while_it_is_let_in_leaves_nothing(opened: Open) -> None:
    asked, never = asyncio.Event(), asyncio.Event()

    class Slow:
        @hookimpl
        async def authorize(self, request: AccessRequest) -> None:
            asked.set()
            await never.wait()

    async with opened(Slow()) as here:
        async with here.connect("ann", greeted=False) as client:
            await asked.wait()
            client.raw.transport.abort()
        await until(lambda: not here.front.sessions)
