"""What clients can ask for: each thing, in the order it was asked for, and what goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from fronts import ANN, BOB, KEY, Client, Frame, Open, Site, serving, until, warnings
from tidings import (
    AccessRequest,
    Denial,
    Event,
    Grant,
    Notification,
    Stored,
    Tidings,
    Tokens,
    hookimpl,
)
from tidings_memory import MemoryBroker, MemoryStore
from tidings_websocket import PlainDialect, WebSocketFront
from tidings_websocket.commands import Answer, Command, Ping, Request


class Generous:
    """Grants ops everything and every user a room to talk in."""

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | Denial | None:
        if request.identity is not None and request.identity.user == "ops":
            return Grant()
        if request.channel == "private-room" and request.action in ("subscribe", "publish"):
            return Grant()
        return Denial("members only") if request.channel == "private-club" else None


async def test_a_page_of_ones_own_inbox_and_the_next(here: Site) -> None:
    async with here.connect("ann") as ann:
        for number in range(5):
            await here.tidings.push("ann", Notification(heading=str(number)))
        page = await ann.ask("page", limit=3)
        assert [entry["data"]["heading"] for entry in page["entries"]] == ["4", "3", "2"]
        assert page["counts"] == {"pending": 5, "unseen": 5}
        assert page["more"]
        page = await ann.ask("page", limit=3, before=page["cursor"])
        assert [entry["data"]["heading"] for entry in page["entries"]] == ["1", "0"]
        assert not page["more"]


async def test_a_page_of_what_is_pending_alone(here: Site) -> None:
    async with here.connect("ann") as ann:
        for name in ("a", "b"):
            await here.tidings.push("ann", Notification(id=name, heading=name))
        await ann.ask("mark", change="open", ids=["a"])
        page = await ann.ask("page", state="pending")
        assert [entry["id"] for entry in page["entries"]] == ["b"]


async def test_a_cursor_of_an_inbox_that_is_no_more_is_stale(here: Site) -> None:
    async with here.connect("ann") as ann:
        for name in ("a", "b"):
            await here.tidings.push("ann", Notification(id=name, heading=name))
        cursor = (await ann.ask("page", limit=1))["cursor"]
        await here.tidings.forget("ann")
        assert await ann.refused("page", limit=1, before=cursor) == "stale_position"


async def test_a_page_has_no_more_than_may_wait_to_leave(opened: Open) -> None:
    async with opened(outgoing=10_000) as here, here.connect("ann") as ann:
        for number in range(5):
            said = Notification(heading=str(number), content="x" * 4_000)
            await here.tidings.push("ann", said)
            await ann.next()
        headings: list[str] = []
        cursor: Frame = {}
        while True:
            page = await ann.ask("page", **cursor)
            assert len(page["entries"]) <= 2
            headings += [entry["data"]["heading"] for entry in page["entries"]]
            if not page["more"]:
                break
            cursor = {"before": page["cursor"]}
        assert headings == ["4", "3", "2", "1", "0"]
        recalled = await ann.ask("recall", channel=ANN, after=0)
        assert [event["data"]["heading"] for event in recalled["events"]] == ["0", "1"]
        assert recalled["head"] == 5


async def test_an_answer_larger_than_may_wait_to_leave_is_no_reason_to_be_cut_off(
    opened: Open,
) -> None:
    room = "presence-room"
    async with opened(Generous(), outgoing=50_000) as here, here.connect("ops") as ops:
        for number in range(40):
            about = {"about": "x" * 5_000}
            await ops.ask("enter", channel=room, user=f"user-{number}", info=about)
        async with here.reluctant("ops") as reluctant:
            before = here.counters.bytes_out
            members = await reluctant.begin("members", channel=room)
            await until(lambda: here.counters.bytes_out > before + 200_000)
            for number in range(3):
                await here.tidings.publish("private-user-ops", "said", number)
                assert (await ops.next())["data"] == number
            assert len((await reluctant.reply(members))["members"]) == 40
            assert [frame["data"] for frame in await reluctant.take(3)] == [0, 1, 2]
        assert here.counters.slow == 0


async def test_counts_and_changes(here: Site) -> None:
    async with here.connect("ann") as ann:
        await here.tidings.push("ann", Notification(id="a", heading="a"))
        position = (await ann.next())["position"]
        assert (await ann.ask("counts"))["counts"] == {"pending": 1, "unseen": 1}
        stored = await ann.ask("mark", change="see", ids=["a"], event_id="once")
        assert stored["counts"] == {"pending": 1, "unseen": 0}
        assert (await ann.ask("mark", change="see", ids=["a"], event_id="once"))["duplicate"]
        await ann.ask("mark", change="archive", through=position)
        assert (await ann.ask("counts"))["counts"] == {"pending": 0, "unseen": 0}
        stale = {"epoch": "other", "offset": 1}
        assert await ann.refused("mark", change="open", through=stale) == "stale_position"
        conflict = {"change": "delete", "ids": ["a"], "event_id": "once"}
        assert await ann.refused("mark", **conflict) == "conflict"


async def test_publishing_where_a_grant_allows_it(opened: Open) -> None:
    async with opened(Generous()) as here, here.connect("ann") as ann:
        reply = await ann.ask("publish", channel="private-room", event="said", data={"a": 1})
        assert reply["state"] == "passed"
        assert await ann.refused("publish", channel="news", event="said") == "denied"
        assert await ann.refused("publish", channel=ANN, event="said") == "denied"
        denied = await ann.ask("publish", channel="private-club", event="said")
        assert denied["error"] == {"code": "denied", "message": "members only"}


async def test_what_is_published_is_passed_on_as_it_was_written(opened: Open) -> None:
    async with opened(Generous()) as here, here.connect("ann") as ann, here.connect("bob") as bob:
        await bob.ask("subscribe", channel="private-room")
        await ann.raw.send(
            '{"request":"publish","id":1,"channel":"private-room","event":"said",'
            '"data":{"big": 12345678901234567890, "e":1e2,  "s":"\\u00e4"}}'
        )
        assert b'{"big": 12345678901234567890, "e":1e2,  "s":"\\u00e4"}' in await bob.raw.recv(
            decode=False
        )


async def test_pushing_to_several_users_tells_what_became_of_each(opened: Open) -> None:
    async with opened(Generous()) as here, here.connect("ops") as ops, here.connect("ann") as ann:
        said = {"id": "n", "heading": "Build passed"}
        reply = await ops.ask("push", users=["ann", "bob"], notification=said)
        assert {user: result["state"] for user, result in reply["results"].items()} == {
            "ann": "stored",
            "bob": "stored",
        }
        assert (await ann.next())["data"]["heading"] == "Build passed"
        await here.tidings.push("eve", Notification(id="m", heading="Another"))
        said = {"id": "m", "heading": "Build passed"}
        results = (await ops.ask("push", users=["ann", "eve"], notification=said))["results"]
        assert results["ann"]["state"] == "stored"
        assert results["eve"]["error"]["code"] == "conflict"
        assert await ops.refused("push", users=["eve"], notification=said) == "conflict"
        assert await ann.refused("push", users=["ann"], notification=said) == "denied"


async def test_what_is_scheduled_can_be_cancelled(opened: Open) -> None:
    async with opened(Generous()) as here, here.connect("ops") as ops:
        later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        said = {"id": "n", "heading": "Later", "send_after": later}
        reply = await ops.ask("push", users=["ann"], notification=said)
        assert reply["results"]["ann"]["state"] == "scheduled"
        assert (await ops.ask("cancel", notification="n"))["cancelled"] == 1
        assert (await ops.ask("cancel", notification="n"))["cancelled"] == 0


async def test_logs_can_be_read_and_trimmed(opened: Open) -> None:
    async with opened(Generous()) as here, here.connect("ops") as ops, here.connect("ann") as ann:
        for number in range(3):
            await here.tidings.push("ann", Notification(heading=str(number)))
        heads = (await ann.ask("heads", channels=[ANN]))["heads"]
        assert heads[ANN]["offset"] == 3
        await ops.ask("trim", channel=ANN, through=1)
        recalled = await ann.ask("recall", channel=ANN, after=0)
        assert [event["position"]["offset"] for event in recalled["events"]] == [2, 3]
        assert (recalled["first"], recalled["head"]) == (2, 3)


async def test_a_user_can_be_forgotten(opened: Open) -> None:
    async with opened(Generous()) as here, here.connect("ops") as ops, here.connect("ann") as ann:
        await here.tidings.push("ann", Notification(heading="Secret"))
        await ops.ask("forget", user="ann")
        assert (await ann.named("tidings:reset"))["data"]["reason"] == "new epoch"
        assert (await ann.ask("page"))["entries"] == []


async def test_a_user_can_be_cut_off_by_a_client_that_may(opened: Open) -> None:
    async with opened(Generous()) as here, here.connect("ops") as ops, here.connect("ann") as ann:
        await ops.ask("disconnect", user="ann")
        assert await ann.ended() == 4003
        await ops.nothing_more()


async def test_tokens_of_before_a_moment_can_be_revoked_by_a_client_that_may(opened: Open) -> None:
    moment = "2030-01-31T09:00:00+00:00"
    async with opened(Generous()) as here, here.connect("ops") as ops, here.connect("ann") as ann:
        assert "not_before" not in await ops.ask("revoked", user="ann")
        await ops.ask("disconnect", user="ann", revoke=True, not_before=moment)
        assert await ann.ended() == 4004
        assert (await ops.ask("revoked", user="ann"))["not_before"] == moment
        assert "not_before" not in await ops.ask("revoked", user="bob")


async def test_a_channel_is_heard_until_it_is_left(here: Site) -> None:
    async with here.connect("ann") as ann:
        assert (await ann.ask("subscribe", channel="news"))["channel"] == "news"
        await here.tidings.publish("news", "issue", 1)
        assert (await ann.next())["data"] == 1
        await ann.ask("unsubscribe", channel="news")
        await ann.ask("unsubscribe", channel="news")  # is left alone
        await here.tidings.publish("news", "issue", 2)
        await ann.nothing_more()
        assert here.counters.subscriptions == 1
        await until(lambda: "news" not in here.tidings._running.channels._places)  # type: ignore[union-attr]


async def test_many_share_a_channel_and_one_leaving_takes_nothing_from_the_others(
    here: Site,
) -> None:
    async with here.connect("ann") as ann, here.connect("bob") as bob:
        async with here.connect("eve") as eve:
            for client in (eve, ann, bob):
                await client.ask("subscribe", channel="news")
            assert here.front.lines._lines.keys() >= {("news", "plain")}
            await here.tidings.publish("news", "issue", 1)
            for client in (eve, ann, bob):
                assert (await client.next())["data"] == 1
            await eve.ask("unsubscribe", channel="news")  # it was the first
            await here.tidings.publish("news", "issue", 2)
            await eve.nothing_more()
        await here.tidings.publish("news", "issue", 3)
        for client in (ann, bob):
            assert [frame["data"] for frame in await client.take(2)] == [2, 3]


async def test_what_is_asked_after_a_change_sees_it(opened: Open) -> None:
    on = asyncio.Event()

    class Hesitant(MemoryStore):
        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            if any(event.name == "tidings:opened" for event in events):
                await on.wait()
            return await super().persist(events)

    async with opened(store=Hesitant()) as here, here.connect("ann") as ann:
        for name in ("a", "b"):
            await here.tidings.push("ann", Notification(id=name, heading=name))
        first = await ann.begin("mark", change="open", ids=["a"])
        second = await ann.begin("mark", change="open", ids=["b"])
        counts = await ann.begin("counts")
        on.set()
        assert "error" not in await ann.reply(first)
        assert "error" not in await ann.reply(second)
        assert (await ann.reply(counts))["counts"]["pending"] == 0


async def test_changes_are_stored_together_and_what_reads_waits_for_the_last_of_them(
    opened: Open,
) -> None:
    batches: list[int] = []
    storing, on = asyncio.Event(), asyncio.Event()

    class Gathering(MemoryStore):
        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            batches.append(len(events))
            storing.set()
            if len(batches) <= 2:  # the first comes alone, the second with all behind it
                await on.wait()
            return await super().persist(events)

    async with opened(store=Gathering()) as here, here.connect("ann") as ann:
        first = await ann.begin("mark", change="see", ids=["0"])
        await storing.wait()
        for number in range(1, 10):
            await ann.begin("mark", change="see", ids=[str(number)])
        await until(lambda: len(here.front.tasks) >= 10)
        on.set()
        await ann.reply(first)
        await ann.ask("counts")
        assert batches == [1, 9]


async def test_a_read_waits_for_changes_still_under_way_when_others_are_done(opened: Open) -> None:
    storing = asyncio.Event()
    may_end = {"early": asyncio.Event(), "late": asyncio.Event()}

    class Uneven(MemoryStore):
        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            storing.set()
            for event in events:
                await may_end[event.id].wait()
            return await super().persist(events)

    async with opened(store=Uneven()) as here, here.connect("ann") as ann:
        early = await ann.begin("mark", change="see", ids=["x"], event_id="early")
        await storing.wait()
        late = await ann.begin("mark", change="see", ids=["x"], event_id="late")
        await until(lambda: len(here.front.tasks) >= 2)
        may_end["early"].set()
        await ann.reply(early)
        counts = asyncio.create_task(ann.ask("counts"))
        await until(lambda: here.counters.requests["ReadCounts"])
        await asyncio.wait([counts], timeout=0.02)
        assert not counts.done()
        may_end["late"].set()
        await counts
        assert late in [frame.get("reply") for frame in ann.unread]


async def test_a_change_is_stored_even_if_its_author_goes(opened: Open) -> None:
    storing, on = asyncio.Event(), asyncio.Event()

    class Hesitant(MemoryStore):
        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            storing.set()
            await on.wait()
            return await super().persist(events)

    async with opened(store=Hesitant()) as here:
        async with here.connect("ann") as ann:
            await ann.begin("mark", change="see", ids=["a"])
            await storing.wait()
            ann.raw.transport.abort()
            await until(lambda: not here.front.sessions)
            on.set()
        await until(lambda: not here.front.tasks)
        assert (await here.tidings.log.heads([ANN]))[ANN].offset == 1


async def test_erasing_comes_to_its_end_even_if_the_client_goes(opened: Open) -> None:
    erasing, on = asyncio.Event(), asyncio.Event()

    class Hesitant(MemoryStore):
        async def forget(self, channel: str) -> None:
            erasing.set()
            await on.wait()
            await super().forget(channel)

    async with opened(Generous(), store=Hesitant()) as here:
        await here.tidings.push("bob", Notification(heading="Secret"))
        async with here.connect("ops") as ops:
            await ops.begin("forget", user="bob")
            await erasing.wait()
            ops.raw.transport.abort()
            await until(lambda: not here.front.sessions)
            on.set()
        await until(lambda: not here.front.tasks)
        assert not (await here.tidings.inbox("bob")).entries
        assert (await here.tidings.log.heads([BOB]))[BOB].offset == 1  # its followers were told


async def test_more_requests_than_may_wait_are_taken_one_after_another(here: Site) -> None:
    async with here.connect("ann") as ann:
        asked = [await ann.begin("counts") for _ in range(90)]
        for request in asked:
            assert (await ann.reply(request))["counts"]["pending"] == 0


async def test_of_a_client_that_asks_faster_than_it_is_answered_no_more_is_read(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_websocket.fast.CLOSE_WITHIN", 600)
    asked, on = asyncio.Event(), asyncio.Event()

    class Slow(MemoryStore):
        async def heads(self, channels: Sequence[str]) -> Mapping[str, Any]:
            if slow:
                asked.set()
                await on.wait()
            return await super().heads(channels)

    slow, count = False, 2_000
    async with opened(store=Slow(), rate=1_000_000) as here, here.connect("ann") as ann:
        slow = True
        await ann.begin("heads", channels=[ANN])
        await asked.wait()
        sending = asyncio.create_task(_ping(ann, count))
        await until(lambda: here.counters.requests["Ping"] >= 64)
        async with here.connect("ann") as other:  # is answered meanwhile
            for _ in range(20):
                await other.nothing_more()
        assert here.counters.requests["Ping"] < 1_500  # the rest waits on the way here
        slow = False
        on.set()
        for _ in range(count):
            await ann.next()
        await sending
        slow = True
        on.clear()
        await ann.begin("heads", channels=[ANN])
        await _ping(ann, 100)
        await here.tidings.disconnect("ann")  # who is not being read from sees the end too
        assert await ann.ended() == 4003
        await until(lambda: not here.server.server_state.connections)
        on.set()


async def _ping(client: Client, count: int) -> None:
    for _ in range(count):
        await client.raw.send('{"request":"ping","id":0}' + " " * 1_000)


async def test_more_changes_than_may_be_stored_at_once_are_stored_all_the_same(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_websocket.work.WRITING", 3)
    monkeypatch.setattr("tidings_websocket.work.WAITING", 4)
    async with opened(rate=1_000) as here, here.connect("ann") as ann:
        asked = [await ann.begin("mark", change="see", ids=[str(n)]) for n in range(50)]
        offsets = [(await ann.reply(request))["position"]["offset"] for request in asked]
        assert offsets == list(range(1, 51))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ping",
        "[]",
        "{}",
        '{"request":"ping"}',
        '{"request":"ping","id":-1}',
        '{"request":"ping","id":{"a":1}}',
        '{"request":"dance","id":1}',
        '{"request":"ping","id":1,"more":1}',
        '{"request":"page","id":1,"limit":"5"}',
        '{"request":"page","id":1,"limit":1e400}',
        '{"request":"page","id":1,"limit":' + "9" * 5_000 + "}",
        '{"request":"subscribe","id":1,"channel":"a b"}',
        '{"request":"subscribe","id":1,"channel":7}',
        '{"request":"publish","id":1,"channel":"c","event":"tidings:opened"}',
        "[" * 100_000,
        '{"request":"ping","id":1,"x":' + "[" * 50_000 + "]" * 50_000 + "}",
        '{"request":"ping","id":"\\ud800"}',
        '{"request":"ping","id":1}{"request":"ping","id":2}',
        '{"request":"ping","id":1,"id":2}',
        '{"request":"ping","id":NaN}',
        "\x00" * 1_000,
    ],
    ids=lambda text: text[:40] or "nothing",
)
async def test_what_is_no_request_is_told_so_and_the_next_is_answered(
    here: Site, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with here.connect("ann") as ann:
        await ann.raw.send(text)
        assert (await ann.next())["error"]["code"] == "malformed"
        assert "error" not in await ann.ask("ping")
    assert not warnings(caplog)


async def test_where_there_is_no_store_what_needs_one_is_refused_by_name() -> None:
    front = WebSocketFront()
    tidings = Tidings(MemoryBroker(), front, tokens=Tokens(KEY))
    async with tidings, serving("fast", front) as (port, _):
        here = Site("fast", front, tidings)
        here.port = port
        async with here.connect("ann") as ann:
            assert ann.welcome.get("counts") is None
            assert ann.welcome.get("position") is None
            for request, fields in (
                ("page", {}),
                ("counts", {}),
                ("recall", {"channel": ANN, "after": 0}),
                ("heads", {"channels": [ANN]}),
            ):
                assert await ann.refused(request, **fields) == "unsupported", request
            await tidings.publish(ANN, "event", 1)
            assert (await ann.next())["data"] == 1


async def test_a_failure_within_is_logged_and_the_client_told_no_more_than_that(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(MemoryStore):
        async def heads(self, channels: Sequence[str]) -> Mapping[str, Any]:
            if broken:
                raise ConnectionError("secret: db.example is down")
            return await super().heads(channels)

        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            raise ConnectionError("secret: db.example is down")

    broken = False
    async with opened(store=Broken()) as here, here.connect("ann") as ann:
        broken = True
        reply = await ann.ask("heads", channels=[ANN])
        assert reply["error"] == {"code": "failed", "message": "the server could not do this"}
        assert await ann.refused("mark", change="see", ids=["a"]) == "failed"
        broken = False
        assert "error" not in await ann.ask("heads", channels=[ANN])
    assert "ReadHeads failed: ConnectionError" in caplog.text
    assert "Mark failed: StoreError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_dialect_that_is_broken_harms_no_other_request(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(PlainDialect):
        def read(self, text: str, connection: str) -> Request:
            if text == "raise":
                raise KeyError("secret")
            return Request(1, Ping() if text == "ping" else cast("Command", text))

        def answer(self, request: Request, answer: Answer) -> Sequence[bytes]:
            raise KeyError("secret")

    async with opened(dialects=[Broken()]) as here, here.connect("ann") as ann:
        for text in ("raise", "no command", "ping"):
            await ann.raw.send(text)
            assert (await ann.next())["error"]["code"] == "failed"
        await here.tidings.publish(ANN, "event", 1)
        assert (await ann.next())["data"] == 1
    assert "reading a request failed: KeyError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_plugin_that_cancels_something_of_its_own_leaves_no_request_unanswered(
    opened: Open,
) -> None:
    class Odd(MemoryStore):
        async def counts(self, channel: str) -> Any:
            if odd:
                raise asyncio.CancelledError
            return await super().counts(channel)

    odd = False
    async with opened(store=Odd()) as here, here.connect("ann") as ann:
        odd = True
        assert await ann.refused("counts") == "failed"
        assert "error" not in await ann.ask("ping")


async def test_requests_are_counted_by_what_they_were_and_failures_by_their_error(
    here: Site,
) -> None:
    async with here.connect("ann") as ann:
        await ann.ask("ping")
        await ann.ask("subscribe", channel=BOB)
        await ann.raw.send("no request")
        await ann.next()
        text = json.dumps({"request": "ping", "id": "ä"}, ensure_ascii=False)
        before = here.counters.bytes_in
        await ann.raw.send(text)
        assert (await ann.next())["reply"] == "ä"
    assert here.counters.bytes_in - before == len(text.encode())
    assert here.counters.requests == {"Ping": 2, "Subscribe": 1}
    assert here.counters.failures == {"Denied": 1, "Malformed": 1}
