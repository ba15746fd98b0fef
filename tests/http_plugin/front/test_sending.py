"""Pushes and events from applications in other languages: in batches, each with its result."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from http_site import ANN, Open, Site
from tidings import AccessRequest, Denial, Event, Grant, Stored, StoreError, hookimpl
from tidings_memory import MemoryStore

NOTE = {"heading": "Build passed"}


class Batches(MemoryStore):
    """A store that notes how many events each of its batches has."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        self.sizes.append(len(events))
        return await super().persist(events)


async def test_a_push_has_a_result_for_each_user(here: Site) -> None:
    async with here.stream("ann") as ann:
        pushed = await here.post("/push", "ops", {"users": ["ann", "bob"], "notification": NOTE})
        assert pushed.status_code == 200
        results = pushed.json()["results"]
        assert list(results) == ["ann", "bob"]
        assert results["ann"] == {
            "state": "stored",
            "position": ann.welcome.data["position"] | {"offset": 1},
            "counts": {"pending": 1, "unseen": 1},
            "duplicate": False,
        }
        assert (await ann.next()).data["data"]["heading"] == "Build passed"


async def test_a_thousand_users_are_one_batch_of_the_store(opened: Open) -> None:
    store, users = Batches(), [f"user{n}" for n in range(1000)]
    async with opened(store=store) as here:
        pushed = await here.post("/push", "ops", {"users": users, "notification": NOTE})
        assert list(pushed.json()["results"]) == users
    assert store.sizes == [1000]


async def test_more_than_a_thousand_users_are_too_many(here: Site) -> None:
    users = [f"user{n}" for n in range(1001)]
    refused = await here.post("/push", "ops", {"users": users, "notification": NOTE})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "body.users"


async def test_pushing_again_is_safe(here: Site) -> None:
    body = {"users": ["ann"], "notification": NOTE | {"id": "b7"}}
    await here.post("/push", "ops", body)
    again = await here.post("/push", "ops", body | {"users": ["ann", "bob"]})
    assert [r["duplicate"] for r in again.json()["results"].values()] == [True, False]
    assert (await here.get("/inbox/counts", "ann")).json()["counts"]["pending"] == 1


async def test_an_id_that_was_used_for_something_else_is_a_conflict_for_that_user(
    here: Site,
) -> None:
    await here.post("/push", "ops", {"users": ["ann"], "notification": NOTE | {"id": "b7"}})
    other = {"id": "b7", "heading": "Build failed"}
    for users in (["ann"], ["ann", "bob"]):
        pushed = await here.post("/push", "ops", {"users": users, "notification": other})
        assert pushed.status_code == 200
        failed = pushed.json()["results"]["ann"]
        assert failed["state"] == "failed"
        assert failed["error"]["code"] == "conflict"
        assert failed["error"]["status"] == 409
    assert pushed.json()["results"]["bob"]["state"] == "stored"


async def test_a_notification_may_be_for_later(here: Site) -> None:
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    later = NOTE | {"id": "b7", "send_after": at}
    pushed = await here.post("/push", "ops", {"users": ["ann"], "notification": later})
    result = pushed.json()["results"]["ann"]
    assert result["state"] == "scheduled"
    assert datetime.fromisoformat(result["at"]) == datetime.fromisoformat(at)
    again = await here.post("/push", "ops", {"users": ["ann"], "notification": later})
    assert again.json()["results"]["ann"]["duplicate"] is True


async def test_a_notification_that_has_expired_is_refused(here: Site) -> None:
    past = NOTE | {"expires_at": "2020-01-01T00:00:00Z"}
    refused = await here.post("/push", "ops", {"users": ["ann"], "notification": past})
    assert refused.status_code == 422
    assert refused.json()["code"] == "invalid_data"


@pytest.mark.parametrize(
    ("notification", "field"),
    [
        ({}, "heading"),
        ({"heading": ""}, "heading"),
        ({"heading": "x\ny"}, "heading"),
        ({"heading": "x" * 201}, "heading"),
        ({"heading": 7}, "heading"),
        ({"heading": "x", "hedding": "y"}, "hedding"),
        ({"heading": "x", "payload": {"path": 1}}, "payload.path"),
        ({"heading": "x", "payload": {"pth": "/"}}, "payload.pth"),
        ({"heading": "x", "buttons": [{"id": "a"}]}, "buttons.0.text"),
        ({"heading": "x", "send_after": "2030-01-01T00:00:00"}, "send_after"),
        ({"heading": "x", "expires_at": "2030-02-30T00:00:00Z"}, "expires_at"),
    ],
)
async def test_what_is_no_notification_is_refused_by_its_field(
    here: Site, notification: Any, field: str
) -> None:
    refused = await here.post("/push", "ops", {"users": ["ann"], "notification": notification})
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert error["field"] == f"body.notification.{field}"


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"send_after": 1_900_000_000}, "send_after must be text"),
        ({"expires_at": "1900000000"}, "expires_at must be text"),
        ({"createdAt": "soon"}, "createdAt must be text"),
        ({"payload": {"auth": 1}}, "payload.auth must be true or false"),
    ],
)
async def test_times_and_truths_are_written_as_json_has_them(
    here: Site, odd: Any, words: str
) -> None:
    body = {"users": ["ann"], "notification": NOTE | odd}
    refused = await here.post("/push", "ops", body)
    assert refused.status_code == 422
    assert words in refused.json()["errors"][0]["detail"]


@pytest.mark.parametrize("user", ["", "x" * 151, "a\nb", "née" * 40])
async def test_who_cannot_be_a_user_is_refused(here: Site, user: str) -> None:
    refused = await here.post("/push", "ops", {"users": ["ann", user], "notification": NOTE})
    assert refused.status_code == 422
    assert (await here.get("/inbox/counts", "ann")).json()["counts"]["pending"] == 0


async def test_half_a_character_is_refused_wherever_it_stands(here: Site) -> None:
    for users, heading in ((r"\ud800", "x"), ("ann", r"\ud800")):
        body = f'{{"users":["{users}"],"notification":{{"heading":"{heading}"}}}}'
        refused = await here.ask(
            "POST", "/push", "ops", content=body, headers={"content-type": "application/json"}
        )
        assert refused.status_code == 422
    body = r'{"events":[{"channel":"a","name":"b","data":"\ud800"}]}'
    refused = await here.ask(
        "POST", "/publish", "ops", content=body, headers={"content-type": "application/json"}
    )
    assert refused.json()["results"][0]["error"]["code"] == "invalid_data"


async def test_who_may_push_to_nobody_is_denied(here: Site) -> None:
    body = {"users": ["ann", "bob"], "notification": NOTE}
    assert (await here.post("/push", "ann", body)).status_code == 403
    assert (await here.post("/push", json=body)).status_code == 401
    assert (await here.get("/inbox/counts", "ann")).json()["counts"]["pending"] == 0


class SalesAlone:
    """Lets the sales desk push to its customers and publish on its channel, and nowhere else."""

    name = "sales"

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | Denial | None:
        if request.identity is None or request.identity.user != "sales":
            return None
        if request.action in ("push", "publish"):
            own = request.channel in (ANN, "private-sales")
            return Grant() if own else Denial("no customer of yours")
        return None


async def test_who_may_push_to_some_pushes_to_them_and_is_told_of_the_others(opened: Open) -> None:
    async with opened(SalesAlone()) as here:
        body = {"users": ["bob", "ann"], "notification": NOTE}
        results = (await here.post("/push", "sales", body)).json()["results"]
        assert list(results) == ["bob", "ann"]
        assert results["bob"]["state"] == "failed"
        assert results["bob"]["error"]["detail"] == "no customer of yours"
        assert results["ann"]["state"] == "stored"
        assert (await here.get("/inbox/counts", "bob")).json()["counts"]["pending"] == 0


async def test_who_was_cut_off_pushes_no_more(here: Site) -> None:
    old = here.bearer("ops")
    await here.tidings.disconnect("ops", revoke=True)
    body = {"users": ["ann"], "notification": NOTE}
    assert (await here.post("/push", json=body, headers=old)).status_code == 401


async def test_events_are_published_in_order_with_a_result_for_each(here: Site) -> None:
    events = [
        {"channel": ANN, "name": "a", "data": {"née": 1}},
        {"channel": "news", "name": "b"},
        {"channel": ANN, "name": "c", "data": [None, 1.5, "x"], "id": "c1"},
    ]
    async with here.stream("ann") as ann:
        published = await here.post("/publish", "ops", {"events": events})
        first, passed, third = published.json()["results"]
        assert passed == {"state": "passed"}
        assert [first["position"]["offset"], third["position"]["offset"]] == [1, 2]
        a, c = await ann.take(2)
        assert (a.name, a.data["data"]) == ("a", {"née": 1})
        assert (c.name, c.data["data"], c.data["id"]) == ("c", [None, 1.5, "x"], "c1")
    again = await here.post("/publish", "ops", {"events": events[2:]})
    assert again.json()["results"][0]["duplicate"] is True


async def test_events_that_are_not_taken_are_told_in_their_place(opened: Open) -> None:
    async with opened(SalesAlone()) as here:
        events = [
            {"channel": "private-sales", "name": "a"},
            {"channel": "private-else", "name": "b"},
            {"channel": "private-sales", "name": "c", "data": "x" * 70_000},
            {"channel": "private-sales", "name": "d"},
        ]
        results = (await here.post("/publish", "sales", {"events": events})).json()["results"]
        assert [result["state"] for result in results] == ["passed", "failed", "failed", "passed"]
        codes = [result["error"]["code"] for result in results[1:3]]
        assert codes == ["denied", "invalid_data"]


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"channel": "news"}, "name"),
        ({"channel": "news", "name": ""}, "name"),
        ({"channel": "news", "name": "tidings:opened"}, "name"),
        ({"channel": "news", "name": "pusher:x"}, "name"),
        ({"channel": "news", "name": "x\n"}, "name"),
        ({"channel": "#tidings", "name": "x"}, "channel"),
        ({"channel": "né", "name": "x"}, "channel"),
        ({"channel": "x" * 165, "name": "x"}, "channel"),
        ({"channel": "news", "name": "x", "id": ""}, "id"),
        ({"channel": "news", "name": "x", "dta": 1}, "dta"),
    ],
)
async def test_what_is_no_event_is_refused_by_its_field(here: Site, event: Any, field: str) -> None:
    refused = await here.post("/publish", "ops", {"events": [{"channel": "a", "name": "b"}, event]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == f"body.events.1.{field}"


async def test_who_may_publish_nowhere_is_denied(here: Site) -> None:
    body = {"events": [{"channel": "news", "name": "x"}]}
    assert (await here.post("/publish", "ann", body)).status_code == 403
    assert (await here.post("/publish", json=body)).status_code == 401


async def test_a_store_that_fails_is_told_of_without_its_words(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(MemoryStore):
        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            raise StoreError("password=hunter2")

    async with opened(store=Broken()) as here:
        body = {"users": ["ann", "bob"], "notification": NOTE}
        results = (await here.post("/push", "ops", body)).json()["results"]
        assert {result["error"]["status"] for result in results.values()} == {503}
        changed = await here.post("/inbox/open", "ann", {"ids": ["x"]})
        assert changed.status_code == 503
        assert changed.headers["retry-after"] == "1"
        assert "hunter2" not in changed.text + str(results)
    assert "hunter2" not in caplog.text


async def test_what_was_accepted_is_stored_though_its_sender_goes(opened: Open) -> None:
    begun, on = asyncio.Event(), asyncio.Event()

    class Slow(MemoryStore):
        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            begun.set()
            await on.wait()
            return await super().persist(events)

    async with opened(store=Slow()) as here, here.stream("bob") as bob:
        body = {"users": ["ann", "bob"], "notification": NOTE}
        sending = asyncio.create_task(here.post("/push", "ops", body))
        await begun.wait()
        sending.cancel()
        await asyncio.wait([sending])
        on.set()
        assert (await bob.next()).name == "tidings:notification"
        assert (await here.get("/inbox/counts", "ann")).json()["counts"]["pending"] == 1
