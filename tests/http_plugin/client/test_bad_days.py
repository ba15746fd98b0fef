"""What goes wrong between a store and its backend: it is mended, or told in plain words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from fronts import until
from http_plugin.client.backend import backend, inbox_at
from http_plugin.client.gateway import Answer, Gateway, Way, gateway
from served import Served
from tidings import Counts, InvalidData, Notification, Options, PushFailed, StoreError, Tidings
from tidings_http import HttpFront, HttpInbox
from tidings_memory import MemoryBroker
from tidings_sql import SqlStore

CALM = Options(head_beat=3600)


def note(id: str = "n", **fields: object) -> Notification:  # noqa: A002
    return Notification.model_validate({"id": id, "heading": "Build passed", **fields})


@pytest.fixture
async def server() -> AsyncIterator[Served]:
    async with backend() as server, Tidings(inbox_at(server)):  # which has answered before
        yield server


@pytest.fixture
async def between(server: Served) -> AsyncIterator[Gateway]:
    async with gateway(server) as between:
        yield between


@pytest.mark.parametrize(
    "way", [Way.LOST, Way.ANSWER_LOST, Answer(502), Answer(503), Answer(504), Answer(429)]
)
async def test_what_passes_is_tried_again_and_done_once(
    between: Gateway, way: Way | Answer
) -> None:
    async with Tidings(between.inbox(), options=CALM) as tidings:
        between.next.append(way)
        receipt = await tidings.push("ann", note())
        between.next.append(way)
        counts = await tidings.inbox("ann").counts()

    assert receipt.positions["ann"].offset == 1
    assert counts == Counts(1, 1)
    assert len(between.asked("/store/append")) == 2
    assert len(between.asked("/store/counts")) == 2


async def test_a_server_that_wants_to_be_left_alone_is(between: Gateway) -> None:
    loop = asyncio.get_running_loop()
    async with Tidings(between.inbox(), options=CALM) as tidings:
        between.next.append(Answer(503, headers={"Retry-After": "1"}))
        began = loop.time()
        await tidings.inbox("ann").counts()

    assert loop.time() - began >= 1


async def test_one_that_wants_it_for_longer_than_there_is_time_is_not_waited_for(
    between: Gateway,
) -> None:
    async with Tidings(between.inbox(), options=CALM) as tidings:
        between.next.append(Answer(429, headers={"Retry-After": "3600"}))
        with pytest.raises(StoreError, match="it answers 429 Too Many Requests"):
            await tidings.inbox("ann").counts()


async def test_a_server_that_is_silent_is_asked_again(between: Gateway) -> None:
    async with Tidings(between.inbox(attempt=1.0), options=CALM) as tidings:
        between.next.append(Way.SILENCE)
        assert await tidings.inbox("ann").counts() == Counts(0, 0)

    assert len(between.asked("/store/counts")) >= 2  # more where answering takes over a second


async def test_one_that_stays_silent_is_given_up(between: Gateway) -> None:
    async with Tidings(between.inbox(timeout=2.0), options=CALM) as tidings:
        between.next += [Way.SILENCE] * 2
        with pytest.raises(StoreError, match="no answer within 2 s"):
            await tidings.inbox("ann").counts()
        with pytest.raises(StoreError, match="it may be stored or not, and trying again is safe"):
            await tidings.push("ann", note())


async def test_what_might_be_done_twice_is_asked_once(between: Gateway) -> None:
    async with Tidings(between.inbox(), options=CALM) as tidings:
        between.next.append(Way.ANSWER_LOST)
        with pytest.raises(StoreError, match="the connection was lost"):
            await tidings.forget("ann")
        between.next.append(Way.ANSWER_LOST)
        with pytest.raises(StoreError, match="the connection was lost"):
            await tidings.cancel("n")

    assert len(between.asked("/store/forget")) == 1
    assert len(between.asked("/store/cancel")) == 1


async def test_what_did_not_arrive_does_not_overtake(between: Gateway) -> None:
    users = [f"user-{number}" for number in range(2500)]
    async with Tidings(between.inbox(timeout=2.0), options=CALM) as tidings:
        await tidings.inbox("ann").counts()
        between.next += [Way.SILENCE] * 100
        with pytest.raises(PushFailed) as caught:
            await tidings.push(users, note())

    assert set(caught.value.errors) == set(users)
    assert len({request.body for request in between.asked("/store/append")}) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(200), "does not speak as Tidings does: an answer that is no JSON"),
        (Answer(200, b"{", {"Content-Type": "application/json"}), "does not speak as Tidings does"),
        (Answer(200, b"{}", {"Content-Type": "application/json"}), "does not speak as Tidings"),
        (Answer(200, b"[1]", {"Content-Type": "application/json"}), "does not speak as Tidings"),
        (Answer(404), "it answers 404 Not Found: is the path right"),
        (Answer(500), "it answers 500 Internal Server Error"),
        (Answer(302, headers={"Location": "/login"}), "give the URL that it leads to"),
    ],
)
async def test_whoever_is_no_backend_is_told_of_at_the_start_and_later(
    between: Gateway, answer: Answer, words: str
) -> None:
    between.next.append(answer)
    with pytest.raises(StoreError, match=words):
        async with Tidings(between.inbox()):
            pass

    async with Tidings(between.inbox(), options=CALM) as tidings:
        between.next.append(answer)
        with pytest.raises(StoreError, match=words):
            await tidings.inbox("ann").page()
        between.next.append(answer)
        with pytest.raises(StoreError, match=words):
            await tidings.push("ann", note())

    assert between.requests[-1].path == "/store/append"


async def test_an_answer_without_end_is_not_read_to_it(between: Gateway) -> None:
    async with Tidings(between.inbox(answer=10_000), options=CALM) as tidings:
        between.next.append(Answer(200, b" " * 100_000, {"Content-Type": "application/json"}))
        with pytest.raises(StoreError, match="an answer of more than 10,000 bytes"):
            await tidings.inbox("ann").counts()
        assert await tidings.inbox("ann").counts() == Counts(0, 0)


async def test_who_is_cancelled_half_way_leaves_room_for_others(between: Gateway) -> None:
    async with Tidings(between.inbox(in_flight=1), options=CALM) as tidings:
        between.next.append(Way.SILENCE)
        asking = asyncio.create_task(tidings.inbox("ann").counts())
        await between.waiting.wait()
        asking.cancel()
        assert isinstance(
            *await asyncio.gather(asking, return_exceptions=True), asyncio.CancelledError
        )

        assert await tidings.inbox("ann").counts() == Counts(0, 0)
    await until(lambda: not between.waiting.is_set())


async def test_no_more_are_asked_at_once_than_were_allowed(between: Gateway) -> None:
    async with Tidings(between.inbox(in_flight=2), options=CALM) as tidings:
        between.next += [Way.SILENCE] * 2
        first = [asyncio.create_task(tidings.inbox("ann").counts()) for _ in range(10)]
        await until(lambda: len(between.asked("/store/counts")) == 2)
        assert len(between.asked("/store/counts")) == 2
        for asking in first[:2]:
            asking.cancel()
        answers = await asyncio.gather(*first, return_exceptions=True)

    assert answers[2:] == [Counts(0, 0)] * 8


async def test_what_is_too_much_for_the_server_is_sent_in_parts() -> None:
    async with (
        backend(front=HttpFront(body=20_000)) as server,
        gateway(server) as between,
        Tidings(between.inbox(), options=CALM) as tidings,
    ):
        users = [f"user-{number}" for number in range(1000)]
        receipt = await tidings.push(users, note(content="x" * 4000))
        assert {position.offset for position in receipt.positions.values()} == {1}
        with pytest.raises(InvalidData, match="more than 20,000 bytes"):
            await tidings.push("ann", note("large", data="x" * 30_000))
        assert (await tidings.push("ann", note("small"))).positions["ann"].offset == 1

    assert len(between.asked("/store/append")) == 5


async def test_a_server_that_restarts_is_waited_for(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/tidings.db"
    async with backend(SqlStore(url)) as server:
        store = HttpInbox(f"http://127.0.0.1:{server.port}", server.admin())
        async with Tidings(store, MemoryBroker(), options=CALM) as tidings:
            await tidings.push("ann", note("a"))
            await server.stop()
            pushing = asyncio.create_task(tidings.push("ann", note("b")))
            async with backend(SqlStore(url), port=server.port):
                assert (await pushing).positions["ann"].offset == 2
                page = await tidings.inbox("ann")

    assert [entry.id for entry in page.entries] == ["b", "a"]


async def test_no_token_is_ever_shown(between: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    store = between.inbox()
    async with Tidings(store, options=CALM) as tidings:
        await tidings.push("ann", note())
        between.next += [Answer(500), Answer(401)]
        errors = await asyncio.gather(
            tidings.inbox("ann").counts(), tidings.inbox("ann").counts(), return_exceptions=True
        )
    token = between.requests[0].head.partition("Bearer ")[2].partition("\r\n")[0]

    assert len(token) > 50
    shown = [repr(store), *map(repr, errors), *(record.getMessage() for record in caplog.records)]
    assert [text for text in shown if token in text] == []
