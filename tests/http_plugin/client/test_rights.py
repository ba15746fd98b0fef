"""What a store may do is what its token's user may: theirs, or all for nodes of the application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from http_plugin.client.backend import backend, inbox_at, url_of
from served import Served
from tidings import (
    AccessRequest,
    Conflict,
    Counts,
    Event,
    Grant,
    InvalidData,
    InvalidName,
    InvalidToken,
    Notification,
    PushFailed,
    Stored,
    Tidings,
    Unsupported,
    hookimpl,
    user_channel,
)
from tidings.changes import FORGOTTEN, OPENED, REDACTED
from tidings.notification import NOTIFICATION
from tidings_http import Denied, HttpInbox
from tidings_memory import MemoryBroker, MemoryStore

ANN, BOB = user_channel("ann"), user_channel("bob")


class Friends:
    """Ann may push to bob, and publish to herself."""

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        may = request.identity is not None and request.identity.user == "ann"
        granted = {(BOB, "push"), (ANN, "publish")}
        return Grant() if may and (request.channel, request.action) in granted else None


@pytest.fixture
async def server() -> AsyncIterator[Served]:
    async with backend(MemoryBroker(), MemoryStore(), Friends()) as server:
        yield server


@pytest.fixture
async def ops(server: Served) -> AsyncIterator[Tidings]:
    async with Tidings(inbox_at(server)) as ops:
        yield ops


@pytest.fixture
async def store(server: Served) -> HttpInbox:
    return inbox_at(server, "ann")


@pytest.fixture
async def anns(store: HttpInbox) -> AsyncIterator[Tidings]:
    async with Tidings(store) as anns:
        yield anns


def event(channel: str, name: str, data: bytes = b"{}", **fields: Any) -> Event:
    return Event(channel, name, data, **{"id": f"{name}-1", **fields})


async def test_users_have_their_own_inbox_and_no_other(ops: Tidings, anns: Tidings) -> None:
    await ops.push(["ann", "bob"], Notification(id="n", heading="Build passed"))

    assert [entry.id async for entry in anns.inbox("ann").entries()] == ["n"]
    assert (await anns.inbox("ann").open("n")).counts == Counts(0, 0)
    for reading in (anns.inbox("bob").counts(), anns.inbox("bob").page(), anns.inbox("x").get("n")):
        with pytest.raises(Denied, match="not granted"):
            await reading
    with pytest.raises(Denied):
        await anns.inbox("bob").open("n")
    assert (await ops.inbox("bob").counts()) == Counts(1, 1)


async def test_users_push_to_whom_a_policy_lets_them(ops: Tidings, anns: Tidings) -> None:
    note = Notification(id="n", heading="Lunch?")

    assert (await anns.push("bob", note)).positions["bob"].offset == 1
    with pytest.raises(PushFailed) as caught:
        await anns.push(["ann", "bob", "cleo"], note)

    assert {user: type(error) for user, error in caught.value.errors.items()} == {
        "ann": Denied,
        "cleo": Denied,
    }
    assert caught.value.receipt.duplicates == {"bob"}
    with pytest.raises(Conflict, match="used before with other content"):
        await anns.push("bob", Notification(id="n", heading="Dinner?"))


async def test_users_have_no_rights_of_nodes(
    server: Served, ops: Tidings, anns: Tidings, store: HttpInbox
) -> None:
    await ops.push("ann", Notification(id="n", heading="Build passed"))
    for asking in (
        store.trim(ANN, 1),
        anns.forget("ann"),
        anns.cancel("n"),
        anns.disconnect("bob", revoke=True),
        store.not_before("ann"),
    ):
        with pytest.raises(Denied, match="for nodes of the application"):
            await asking

    assert (await anns.inbox("ann")).counts == Counts(1, 1)


async def test_users_cannot_speak_as_the_core_does(anns: Tidings, store: HttpInbox) -> None:
    published, forgotten, redacted, elsewhere = await store.persist(
        [
            event(ANN, "typing", origin="somebody's connection"),
            event(ANN, FORGOTTEN),
            event(ANN, REDACTED),
            event("private-user-=", NOTIFICATION),
        ]
    )

    assert isinstance(published, Stored)
    for refused in (forgotten, redacted, elsewhere):
        assert isinstance(refused, InvalidName)
    recalled = await store.recall(ANN, 0, 10)
    assert [(each.name, each.origin) for each in recalled.events] == [("typing", None)]


async def test_what_users_push_is_a_notification(anns: Tidings, store: HttpInbox) -> None:
    other = Notification(id="other", heading="Lunch?").to_json()
    spaced = b'{"id": "spaced", "heading": "Lunch?", "created_at": "2029-01-01T00:00Z"}'
    refused = [
        event(BOB, NOTIFICATION, b"{}"),
        event(BOB, NOTIFICATION, b"{"),
        event(BOB, NOTIFICATION, other, id="n"),
        event(ANN, OPENED, b"[]"),
        event(ANN, "typing", b"{"),
        event(ANN, "typing", b"NaN"),
    ]

    *answers, stored = await store.persist(
        [*refused, event(BOB, NOTIFICATION, spaced, id="spaced")]
    )

    assert [type(answer) for answer in answers] == [InvalidData] * 6
    assert isinstance(stored, Stored)


async def test_what_nobody_could_read_is_taken_from_no_node_either(ops: Tidings) -> None:
    store = ops.hooks.store
    assert isinstance(store, HttpInbox)
    refused = [
        event(ANN, NOTIFICATION, b"[]"),
        event(ANN, NOTIFICATION, Notification(heading="Lunch?").to_json()),
        event(ANN, "said", b"{"),
        event(ANN, "said", b"\xff"),
        event(ANN, "\ud800"),
        event(ANN, "said", id="two words"),
        event(ANN, OPENED, b"[]"),
    ]

    *answers, stored = await store.persist([*refused, event(ANN, "said")])

    assert [type(answer) for answer in answers] == [InvalidData] * len(refused)
    assert isinstance(stored, Stored)
    assert stored.position.offset == 1


async def test_an_id_that_none_has_is_found_nowhere(ops: Tidings) -> None:
    for id in ("", "two words", "x" * 129, "\n", "é"):  # noqa: A001
        assert await ops.inbox("ann").get(id) is None


async def test_nodes_tell_origins_and_are_told_them(server: Served, ops: Tidings) -> None:
    await ops.publish(ANN, "typing", origin="connection 7")

    store = ops.hooks.store
    assert isinstance(store, HttpInbox)
    recalled = await store.recall(ANN, 0, 10)
    assert [each.origin for each in recalled.events] == ["connection 7"]
    users = inbox_at(server, "ann")
    async with Tidings(users):
        recalled = await users.recall(ANN, 0, 10)
    assert [each.origin for each in recalled.events] == [None]


async def test_whoever_is_revoked_is_refused(server: Served, ops: Tidings, anns: Tidings) -> None:
    assert await anns.inbox("ann").counts() == Counts(0, 0)

    await ops.disconnect("ann", revoke=True)

    with pytest.raises(InvalidToken, match="revoked"):
        await anns.inbox("ann").counts()
    assert await ops.inbox("ann").counts() == Counts(0, 0)


async def test_clients_elsewhere_are_told_that_they_have_to_sign_in_again(
    server: Served, ops: Tidings
) -> None:
    bearer = {"Authorization": f"Bearer {server.tokens.issue('ann')}"}
    async with connect(server.url, additional_headers=bearer) as phone:
        await phone.recv()  # its welcome
        await ops.disconnect("ann", revoke=True)
        await phone.wait_closed()
    assert phone.close_code == 4004


async def test_a_node_checks_its_clients_tokens_by_what_the_backend_revoked(
    server: Served,
) -> None:
    async with Tidings(inbox_at(server), tokens=server.tokens) as node:
        token = server.tokens.issue("ann")
        assert (await node.admit(token)).user == "ann"
        await node.disconnect("ann", revoke=True)
        with pytest.raises(InvalidToken, match="revoked"):
            await node.admit(token)


async def test_a_channel_that_the_server_does_not_log_is_told_of(ops: Tidings) -> None:
    store = ops.hooks.store
    assert isinstance(store, HttpInbox)

    (answer,) = await store.persist([event("news", "said")])

    assert isinstance(answer, Unsupported)
    assert "has no log on the server" in str(answer)


async def test_only_notifications_can_be_scheduled(ops: Tidings, anns: Tidings) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    store = ops.hooks.store
    assert isinstance(store, HttpInbox)

    (refused,) = await store.schedule([event(ANN, "said")], at)
    assert isinstance(refused, InvalidData)
    with pytest.raises(Denied):
        await anns.push("ann", Notification(heading="Later", send_after=at))


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("append", {"events": []}, 422),
        (
            "append",
            {"events": [{"channels": ["a"] * 1001, "name": "n", "text": "1", "id": "i"}]},
            422,
        ),
        (
            "append",
            {"events": [{"channels": ["a"] * 600, "name": "n", "text": "1", "id": "i"}] * 2},
            422,
        ),
        (
            "append",
            {"events": [{"channels": ["a"], "name": "n", "text": "1", "id": "i", "x": 1}]},
            422,
        ),
        ("append", {"events": [{"channels": ["a"], "name": "n\n", "text": "1", "id": "i"}]}, 422),
        ("recall", {"channel": "a", "after": -1, "limit": 1}, 422),
        ("recall", {"channel": "a", "after": 0, "limit": 1001}, 422),
        ("page", {"channel": "news", "limit": 1}, 422),
        ("page", {"channel": ANN, "limit": 1, "since": 12345678}, 422),
        ("counts", {"channel": "#tidings"}, 422),
        ("revoke", {"user": "", "not_before": "2030-01-01T00:00Z"}, 422),
        ("revoke", {"user": "ann", "not_before": "2030-01-01T00:00"}, 422),
        ("nothing", {}, 404),
    ],
)
async def test_what_makes_no_sense_is_refused(
    server: Served, path: str, body: object, status: int
) -> None:
    headers = {"Authorization": f"Bearer {server.admin()}"}
    async with httpx.AsyncClient(base_url=url_of(server), headers=headers) as client:
        answer = await client.post(f"/store/{path}", json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nobody_in_particular_is_told_to_say_who_they_are(server: Served) -> None:
    async with httpx.AsyncClient(base_url=url_of(server)) as client:
        for path, body in (("counts", {"channel": ANN}), ("trim", {"channel": ANN, "through": 1})):
            answer = await client.post(f"/store/{path}", json=body)
            assert answer.status_code == 401
