"""Event streams: what comes, as `curl -N` sees it, and who may hear what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence

import pytest

from event_source import EventSource
from fronts import until, warnings
from http_site import ANN, Open, Site
from tidings import (
    AccessRequest,
    Event,
    Grant,
    Notification,
    Options,
    Position,
    hookimpl,
)
from tidings.ids import new_id
from tidings_memory import MemoryStore


async def headings(source: EventSource, count: int) -> list[str]:
    """Return what the next notifications say."""
    return [told.data["data"]["heading"] for told in await source.take(count)]


async def test_a_stream_begins_with_a_welcome(here: Site) -> None:
    await here.push(1)
    async with here.stream("ann") as ann:
        assert ann.headers["content-type"] == "text/event-stream"
        assert ann.headers["cache-control"] == "no-store"
        assert ann.headers["x-accel-buffering"] == "no"
        welcome = ann.welcome.data
        assert ann.welcome.retry in range(1_000, 5_001)
        assert ann.welcome.id == f"{welcome['position']['epoch']}:1"
        assert welcome["data"]["user"] == "ann"
        assert welcome["data"]["channel"] == ANN
        assert welcome["counts"] == {"pending": 1, "unseen": 1}
        await here.nothing_more(ann)


async def test_each_notification_comes_as_it_was_pushed(here: Site) -> None:
    note = Notification(heading='Build\n"passed"'.replace("\n", " "), data={"née": [1, None]})
    async with here.stream("ann") as ann:
        await here.tidings.push("ann", note)
        told = await ann.next()
    assert told.name == "tidings:notification"
    assert told.data["data"] == json.loads(note.to_json())
    assert told.data["id"] == note.id
    assert told.data["counts"] == {"pending": 1, "unseen": 1}
    assert told.id == "{epoch}:{offset}".format(**told.data["position"])
    assert set(told.data) == {"data", "id", "position", "counts"}


async def test_all_devices_of_a_user_see_what_one_does(here: Site) -> None:
    async with here.stream("ann") as phone, here.stream("ann") as laptop:
        await here.push(1)
        ids = [(await device.next()).data["id"] for device in (phone, laptop)]
        await here.post("/inbox/open", "ann", {"ids": ids[:1]})
        for device in (phone, laptop):
            told = await device.next()
            assert told.name == "tidings:opened"
            assert told.data["data"] == {"ids": ids[:1]}
            assert told.data["counts"] == {"pending": 0, "unseen": 0}


async def test_an_event_is_encoded_once_for_all_who_hear_it(
    here: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tidings_http import event_text, line

    encoded: list[object] = []

    def noting(found: object, *, main: bool) -> bytes:
        encoded.append(found)
        return event_text.delivery(found, main=main)  # type: ignore[arg-type]

    monkeypatch.setattr(line, "delivery", noting)
    async with here.stream("ann") as one, here.stream("ann") as two, here.stream("ann") as three:
        await here.push(1)
        for source in (one, two, three):
            await source.next()
    assert len(encoded) == 1
    assert here.counters.events == 1
    assert here.counters.deliveries == 3


async def test_other_channels_are_heard_beside_it(here: Site) -> None:
    async with here.stream("ann", query=[("channel", "news"), ("channel", "sport")]) as ann:
        await here.tidings.publish("sport", "goal", {"by": 9})
        goal = await ann.next()
        assert goal.name == "goal"
        assert goal.id is None
        assert goal.data["channel"] == "sport"
        assert goal.data["data"] == {"by": 9}
        await here.push(1)
        assert await headings(ann, 1) == ["1"]
        await here.tidings.publish("news", "rain")
        assert (await ann.next()).data["channel"] == "news"


async def test_a_logged_channel_beside_it_leaves_the_place_to_go_on_from_alone(
    opened: Open,
) -> None:
    options = Options(logged=("private-user-*", "news"))
    async with (
        opened(options=options) as here,
        here.stream("ann", query=[("channel", "news")]) as ann,
    ):
        await here.tidings.publish("news", "rain")
        rain = await ann.next()
        assert rain.id is None
        assert rain.data["position"]["offset"] == 1


async def test_anyone_may_hear_a_public_channel(here: Site) -> None:
    async with here.stream(path="/channels/news/events") as source:
        assert "user" not in source.welcome.data["data"]
        assert source.welcome.id is None
        await here.tidings.publish("news", "rain", [1])
        told = await source.next()
        assert (told.name, told.data["data"]) == ("rain", [1])
        assert "channel" not in told.data


async def test_private_channels_are_denied_unless_a_policy_grants_them(opened: Open) -> None:
    class Teams:
        name = "teams"

        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant | None:
            return Grant() if request.channel == "private-red" and request.identity else None

    path = "/channels/private-red/events"
    async with opened(Teams()) as here:
        async with here.stream("ann", path=path) as ann:
            await here.nothing_more(ann, channel="private-red")
        async with here.stream(path=path, greeted=False) as nobody:
            assert nobody.status == 401
        async with here.stream("ann", query=[("channel", "private-blue")], greeted=False) as ann:
            assert (await ann.problem())["code"] == "denied"
        async with here.stream("ann", path="/channels/private-blue/events", greeted=False) as ann:
            assert ann.status == 403


async def test_an_operator_may_follow_anyones_inbox(here: Site) -> None:
    path = "/users/ann/inbox/events"
    async with here.stream("ops", path=path) as ops, here.stream("ann") as ann:
        assert ops.welcome.data["data"] == ann.welcome.data["data"] | {
            "user": "ops",
            "expires_at": ops.welcome.data["data"]["expires_at"],
        }
        await here.push(1)
        assert (await ops.next()) == (await ann.next())
    async with here.stream("bob", path=path, greeted=False) as bob:
        assert bob.status == 403


async def test_a_ticket_is_good_for_one_stream(here: Site) -> None:
    ticket = here.ticket("ann")
    async with here.stream(query=[("ticket", ticket)]) as ann:
        assert ann.welcome.data["data"]["user"] == "ann"
    async with here.stream(query=[("ticket", ticket)], greeted=False) as ann:
        assert (await ann.problem())["code"] == "invalid_token"


async def test_what_others_write_with_line_ends_between_its_tokens_stays_one_line(
    here: Site,
) -> None:
    data = b'{\r\n  "text":\n"a\\nb",\r"event": "x"\n}'
    async with here.stream("ann") as ann:
        await here.tidings.submit([Event(ANN, "odd", data, new_id())])
        told = await ann.next()
        assert told.name == "odd"
        assert told.data["data"] == {"text": "a\nb", "event": "x"}


async def test_an_event_whose_name_has_a_line_end_is_left_out_and_the_log_says_so(
    here: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async with here.stream("ann") as ann:
        await here.tidings.submit([Event(ANN, "x\ndata: {}", b"{}", new_id())])
        await here.nothing_more(ann)
    (words,) = warnings(caplog)
    assert words.startswith("what cannot be said in an event stream: ValueError at ")


async def test_who_is_sent_nothing_is_sent_comments(opened: Open) -> None:
    async with opened(ping=0.02) as here, here.stream("ann") as ann:
        await ann.pinged(3)
        await here.nothing_more(ann)


async def test_a_user_may_have_so_many_streams(opened: Open) -> None:
    async with opened(per_user=2) as here:
        async with (
            here.stream("ann"),
            here.stream("ann"),
            here.stream("bob"),
            here.stream("ann", greeted=False) as third,
        ):
            assert third.status == 429
            assert third.headers["retry-after"] == "1"
            assert (await third.problem())["code"] == "limit"
        await until(lambda: not len(here.front.streams))
        async with here.stream("ann"):
            pass
        assert here.counters.refused["per_user"] == 1


async def test_so_many_streams_may_be_open(opened: Open) -> None:
    async with (
        opened(streams=1) as here,
        here.stream("ann"),
        here.stream("bob", greeted=False) as bob,
    ):
        assert bob.status == 503


async def test_a_stream_may_hear_so_many_channels(opened: Open) -> None:
    query = [("channel", f"news-{n}") for n in range(3)]
    async with opened(channels=3) as here:
        async with here.stream("ann", query=query, greeted=False) as ann:
            assert ann.status == 422
        assert here.counters.refused["channels"] == 1
        async with here.stream("ann", query=query[:2]) as ann:
            await here.nothing_more(ann)


async def test_a_stream_that_cannot_be_opened_in_time_is_refused(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_http.event_response.OPEN_WITHIN", 0.05)
    never = asyncio.Event()

    class Stuck(MemoryStore):
        async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
            await never.wait()
            return await super().heads(channels)

    async with opened(store=Stuck()) as here:
        async with here.stream("ann", greeted=False) as ann:
            assert ann.status == 503
            assert ann.headers["retry-after"] == "1"
        assert not here.counters.opened


async def test_who_is_cut_off_while_a_stream_is_opened_has_none(opened: Open) -> None:
    begun, on = asyncio.Event(), asyncio.Event()

    class Slow(MemoryStore):
        async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
            if ANN in channels:
                begun.set()
                await on.wait()
            return await super().heads(channels)

    async with opened(store=Slow()) as here:

        async def end() -> str | None:
            async with here.stream("ann", greeted=False) as ann:
                assert ann.status == 200
                return await ann.ended()

        opening = asyncio.create_task(end())
        await begun.wait()
        await here.tidings.disconnect("ann", revoke=True)
        on.set()
        assert await opening == "revoked"


async def test_who_goes_leaves_nothing(here: Site) -> None:
    async with here.stream("ann") as ann, here.stream("ann", query=[("channel", "news")]) as other:
        ann.abort()
        await until(lambda: len(here.front.streams) == 1)
        await here.nothing_more(other)
        other.abort()
        await here.quiet()
    assert here.counters.ended == {"gone": 2}
