"""Inboxes over HTTP: pages with filters and cursor, counts, changes of state; one's own alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from http_site import ANN, Open, Site
from tidings import AccessRequest, Grant, Notification, Options, hookimpl
from tidings_http.inbox_routes import CHANGES


def headings(page: httpx.Response) -> list[str]:
    """Return what the entries of a page say."""
    return [entry["notification"]["heading"] for entry in page.json()["entries"]]


async def ids(here: Site) -> list[str]:
    """Return the ids of ann's entries, newest first."""
    return [entry["id"] for entry in (await here.get("/inbox", "ann")).json()["entries"]]


async def test_a_page_has_entries_counts_and_position_of_one_moment(here: Site) -> None:
    note = Notification(heading="Build passed", data={"née": [1.5, None]})
    await here.tidings.push("ann", note)
    page = await here.get("/inbox", "ann")
    assert page.headers["content-type"] == "application/json"
    assert page.headers["cache-control"] == "no-store"
    told = page.json()
    assert told["entries"] == [
        {
            "id": note.id,
            "offset": 1,
            "opened": False,
            "seen": False,
            "archived": False,
            "notification": json.loads(note.to_json()),
        }
    ]
    assert told["counts"] == {"pending": 1, "unseen": 1}
    assert told["position"]["offset"] == 1
    assert told["cursor"] is None


async def test_a_page_has_twenty_entries_unless_more_are_asked_for(here: Site) -> None:
    await here.push(*range(30))
    assert headings(await here.get("/inbox", "ann")) == [str(n) for n in range(29, 9, -1)]
    assert len(headings(await here.get("/inbox?limit=25", "ann"))) == 25
    assert len(headings(await here.get("/inbox?limit=1000", "ann"))) == 30


async def test_one_page_leads_to_the_next(here: Site) -> None:
    await here.push(*range(7))
    read, cursor, pages = [], "", 0
    while cursor is not None:
        query = {"limit": "3"} | ({"before": cursor} if cursor else {})
        page = await here.get("/inbox", "ann", params=query)
        assert page.json()["counts"] == {"pending": 7, "unseen": 7}
        read += headings(page)
        cursor, pages = page.json()["cursor"], pages + 1
    assert read == [str(n) for n in range(6, -1, -1)]
    assert pages == 3


async def test_a_cursor_may_be_an_offset_alone(here: Site) -> None:
    await here.push(1, 2, 3)
    assert headings(await here.get("/inbox?before=3", "ann")) == ["2", "1"]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "x:", ":1", "x:-1", "x:1.5", "x:y:z", "é:1", "x:" + "9" * 17, "a b:1", "x:\uff11"],
)
async def test_what_is_no_cursor_is_refused(here: Site, cursor: str) -> None:
    refused = await here.get("/inbox", "ann", params={"before": cursor})
    assert refused.status_code == 400
    assert refused.json()["code"] == "malformed"


async def test_a_cursor_of_an_inbox_that_is_no_more_is_gone(here: Site) -> None:
    await here.push(1, 2)
    cursor = (await here.get("/inbox?limit=1", "ann")).json()["cursor"]
    await here.tidings.forget("ann")
    await here.push(3)
    gone = await here.get("/inbox", "ann", params={"before": cursor})
    assert gone.status_code == 410
    assert gone.json()["code"] == "stale_position"


async def test_pages_are_filtered(here: Site) -> None:
    since = datetime.now(UTC)
    old = Notification(heading="old", created_at=since - timedelta(days=1))
    await here.tidings.push("ann", old)
    await here.push(1, 2, 3, 4)
    await here.push(5, category="builds")
    four, three, two, one = (await ids(here))[1:5]
    await here.post("/inbox/open", "ann", {"ids": [one]})
    await here.post("/inbox/see", "ann", {"ids": [two]})
    await here.post("/inbox/archive", "ann", {"ids": [three]})

    async def found(**query: Any) -> list[str]:
        return headings(await here.get("/inbox", "ann", params=query))

    assert await found(state="pending") == ["5", "4", "2", "old"]
    assert await found(state="unseen") == ["5", "4", "old"]
    assert await found(state="opened") == ["1"]
    assert await found(state="archived") == ["3"]
    assert await found(category="builds") == ["5"]
    assert await found(since=since.isoformat()) == ["5", "4", "3", "2", "1"]
    assert await found(id=[two, four, "none"]) == ["4", "2"]


async def test_an_answer_has_a_bound_and_a_cursor_to_what_it_had_no_room_for(opened: Open) -> None:
    async with opened(answer=20_000) as here:
        for number in range(6):
            await here.push(number, data="x" * 6_000)
        first = await here.get("/inbox?limit=6", "ann")
        assert headings(first) == ["5", "4", "3"]
        rest = await here.get("/inbox", "ann", params={"before": first.json()["cursor"]})
        assert headings(rest) == ["2", "1", "0"]
        assert rest.json()["cursor"] is None


async def test_an_entry_larger_than_the_bound_comes_alone(opened: Open) -> None:
    async with opened(answer=10) as here:
        await here.push(1, 2)
        page = await here.get("/inbox", "ann")
        assert headings(page) == ["2"]
        assert page.json()["cursor"].endswith(":2")


async def test_counts_are_read_alone(here: Site) -> None:
    await here.push(1, 2)
    await here.post("/inbox/see", "ann", {"ids": [(await ids(here))[0]]})
    told = await here.get("/inbox/counts", "ann")
    assert told.json() == {"counts": {"pending": 2, "unseen": 1}}


async def test_every_change_that_an_inbox_knows_is_made(here: Site) -> None:
    await here.push(1, 2, 3)
    new, mid, old = await ids(here)

    async def change(word: str, *names: str) -> dict[str, int]:
        changed = await here.post(f"/inbox/{word}", "ann", {"ids": names})
        assert changed.status_code == 200, changed.text
        assert changed.json()["duplicate"] is False
        counts: dict[str, int] = changed.json()["counts"]
        return counts

    assert await change("see", new) == {"pending": 3, "unseen": 2}
    assert await change("open", new, mid) == {"pending": 1, "unseen": 1}
    assert await change("unopen", mid) == {"pending": 2, "unseen": 1}
    assert await change("archive", mid, old) == {"pending": 0, "unseen": 0}
    assert await change("unarchive", old) == {"pending": 1, "unseen": 1}
    assert await change("delete", old, new) == {"pending": 0, "unseen": 0}
    assert await ids(here) == [mid]
    assert set(CHANGES) == {"see", "open", "unopen", "archive", "unarchive", "delete"}


async def test_all_entries_are_changed_at_once(here: Site) -> None:
    await here.push(1, 2)
    changed = await here.post("/inbox/open", "ann", {"all": True})
    assert changed.json()["counts"] == {"pending": 0, "unseen": 0}
    assert changed.json()["position"]["offset"] == 3


async def test_all_means_those_that_its_author_had_seen(here: Site) -> None:
    await here.push(1)
    seen = (await here.get("/inbox", "ann")).json()["position"]
    for through in (seen, "{epoch}:{offset}".format(**seen)):
        await here.push(2)
        await here.post("/inbox/open", "ann", {"all": True, "through": through})
    assert headings(await here.get("/inbox?state=pending", "ann")) == ["2", "2"]


async def test_all_of_a_category_are_changed(here: Site) -> None:
    await here.push(1, category="builds")
    await here.push(2)
    await here.post("/inbox/archive", "ann", {"all": True, "category": "builds"})
    assert headings(await here.get("/inbox?state=archived", "ann")) == ["1"]


async def test_all_through_a_position_of_a_log_that_is_no_more_is_refused(here: Site) -> None:
    await here.push(1)
    through = {"epoch": "another", "offset": 1}
    gone = await here.post("/inbox/open", "ann", {"all": True, "through": through})
    assert gone.status_code == 410
    assert gone.json()["code"] == "stale_position"


async def test_a_change_with_an_id_is_made_once(here: Site) -> None:
    await here.push(1)
    body = {"ids": await ids(here), "event_id": "e1"}
    first = await here.post("/inbox/open", "ann", body)
    again = await here.post("/inbox/open", "ann", body)
    assert again.json()["duplicate"] is True
    assert again.json()["position"] == first.json()["position"]
    other = await here.post("/inbox/archive", "ann", body)
    assert other.status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": []},
        {"ids": ["a"] * 101},
        {"ids": ["a"], "all": True},
        {"ids": ["a"], "category": "x"},
        {"ids": ["a"], "through": "x:1"},
        {"all": False},
        {"all": True, "category": ""},
        {"all": True, "through": {"epoch": "x"}},
        {"all": True, "through": {"epoch": "x", "offset": "1"}},
        {"all": True, "through": {"epoch": "x", "offset": 1, "more": 1}},
        {"ids": "a"},
        {"ids": [1]},
        {"ids": ["a\n"]},
        {"ids": ["a"], "event_id": "with space"},
        {"ids": ["a"], "evnt_id": "e"},
        [],
        None,
        "ids",
    ],
)
async def test_what_names_no_entries_is_refused(here: Site, body: Any) -> None:
    refused = await here.ask(
        "POST", "/inbox/open", "ann", content=json.dumps(body),
        headers={"content-type": "application/json"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert refused.json()["errors"]


async def test_through_needs_its_epoch(here: Site) -> None:
    refused = await here.post("/inbox/open", "ann", {"all": True, "through": "7"})
    assert refused.status_code == 400
    assert "epoch" in refused.json()["detail"]


async def test_another_users_inbox_is_denied_whether_there_is_one_or_not(here: Site) -> None:
    await here.push(1)
    refusals = []
    for user in ("ann", "nobody", "née"):
        for path in ("inbox", "inbox/counts", "inbox/log?after=0", "inbox/events"):
            answer = await here.get(f"/users/{user}/{path}", "bob")
            refusals.append(answer)
        for word in CHANGES:
            body = {"ids": ["x"]} if word == "open" else {"all": True}
            refusals.append(await here.post(f"/users/{user}/inbox/{word}", "bob", body))
    assert {answer.status_code for answer in refusals} == {403}
    assert len({answer.content for answer in refusals}) == 1


async def test_whoever_a_policy_lets_reads_another_users_inbox(opened: Open) -> None:
    class Helpdesk:
        name = "helpdesk"

        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant | None:
            desk = request.identity is not None and request.identity.user == "desk"
            return Grant() if desk and request.action == "inbox" else None

    async with opened(Helpdesk()) as here:
        await here.push(1, user="a/née b")
        path = "/users/a%2Fn%C3%A9e%20b/inbox"
        assert headings(await here.get(path, "desk")) == ["1"]
        assert (await here.get(f"{path}/counts", "desk")).json()["counts"]["pending"] == 1
        changed = await here.post(f"{path}/open", "desk", {"all": True})
        assert changed.json()["counts"]["pending"] == 0
        assert (await here.get(f"{path}/log?after=0", "desk")).status_code == 403


async def test_a_log_is_read_from_behind_an_offset(here: Site) -> None:
    await here.push(1, 2)
    await here.post("/inbox/open", "ann", {"all": True})
    told = (await here.get("/inbox/log?after=1", "ann")).json()
    assert [event["event"] for event in told["events"]] == [
        "tidings:notification",
        "tidings:opened",
    ]
    assert told["events"][0]["data"]["heading"] == "2"
    assert told["events"][0]["position"] == {"epoch": told["epoch"], "offset": 2}
    assert told["events"][0]["counts"] == {"pending": 2, "unseen": 2}
    assert (told["first"], told["head"]) == (1, 3)
    short = (await here.get("/inbox/log?after=0&limit=1", "ann")).json()
    assert len(short["events"]) == 1
    same = await here.get(f"/channels/{ANN}/log?after=1", "ann")
    assert same.json() == told


async def test_the_newest_positions_are_read_in_one_reading(opened: Open) -> None:
    async with opened(options=Options(logged=("private-user-*", "news"))) as here:
        await here.push(1)
        told = (await here.post("/heads", "ann", {"channels": [ANN, "news", ANN]})).json()
        assert {name: head["offset"] for name, head in told["heads"].items()} == {ANN: 1, "news": 0}
        denied = await here.post("/heads", "ann", {"channels": [ANN, "private-user-bob"]})
        assert denied.status_code == 403
