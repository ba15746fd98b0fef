"""Asking without a network: room, time and order."""

from __future__ import annotations

import asyncio
import json
from typing import cast

import pytest

from tidings import Closed, Conflict, InvalidToken, TransportError
from tidings_websocket.client.asking import Asking, closed, refused
from tidings_websocket.client.connection import Connection
from tidings_websocket.client.endings import TooLarge
from tidings_websocket.commands import Cancel, Leave, Ping
from tidings_websocket.plain.reading import read

CONNECTION = cast("Connection", object())


def asking(*, timeout: float = 5.0, in_flight: int = 10) -> Asking:
    made = Asking("ws://far/ws", timeout=timeout, in_flight=in_flight)
    made.connected(CONNECTION)
    return made


async def sent(asking: Asking) -> int:
    """Take what is to be sent next; return its name."""
    return cast("int", json.loads(await asking.text())["id"])


def answer(asking: Asking, ref: int, number: int) -> None:
    asking.answered(read(f'{{"reply":{ref},"cancelled":{number}}}'))  # type: ignore[arg-type]


async def test_answers_find_their_questions_in_any_order() -> None:
    far = asking()
    first, second = (asyncio.create_task(far.ask(Cancel(name))) for name in "ab")
    refs = [await sent(far), await sent(far)]

    answer(far, refs[1], 2)
    answer(far, refs[0], 1)

    assert (await first, await second) == (1, 2)


async def test_no_more_are_under_way_than_there_is_room_for() -> None:
    far = asking(in_flight=2)
    all_of_them = asyncio.create_task(far.ask_all([Cancel("a"), Cancel("b"), Cancel("c")]))
    refs = [await sent(far), await sent(far)]
    third = asyncio.create_task(sent(far))
    await asyncio.sleep(0)
    assert not third.done()

    answer(far, refs[1], 2)
    answer(far, await third, 3)
    answer(far, refs[0], 1)

    assert await all_of_them == [1, 2, 3]


async def test_whoever_does_not_wait_any_more_makes_room() -> None:
    far = asking(in_flight=1)
    gone = asyncio.create_task(far.ask(Ping()))
    await sent(far)
    gone.cancel()
    await asyncio.wait([gone])

    next_one = asyncio.create_task(far.ask(Cancel("a")))
    answer(far, await sent(far), 1)

    assert await next_one == 1


async def test_silence_has_an_end() -> None:
    far = asking(timeout=0.01, in_flight=1)

    with pytest.raises(TransportError, match=r"no answer from ws://far/ws within 0\.01 s"):
        await far.ask(Ping())
    results = await far.ask_all([Ping(), Ping(), Ping()])

    assert [type(result) for result in results] == [TransportError] * 3


async def test_each_of_many_has_its_own_answer_or_error() -> None:
    far = asking()
    many = asyncio.create_task(far.ask_all([Cancel("a"), Cancel("b")]))
    refs = [await sent(far), await sent(far)]

    refusal = f'{{"reply":{refs[0]},"error":{{"code":"conflict","message":"used"}}}}'
    far.answered(read(refusal))  # type: ignore[arg-type]
    answer(far, refs[1], 2)

    conflict, two = await many
    assert (type(conflict), two) == (Conflict, 2)


async def test_an_answer_that_cannot_be_read_is_an_error_of_its_question_alone() -> None:
    far = asking()
    question = asyncio.create_task(far.ask(Cancel("a")))
    far.answered(read(f'{{"reply":{await sent(far)},"cancelled":"many"}}'))  # type: ignore[arg-type]

    with pytest.raises(TransportError, match="Cancel got no answer that can be read"):
        await question


async def test_what_was_under_way_is_sent_again_before_what_came_later() -> None:
    far = asking()
    many = asyncio.create_task(far.ask_all([Cancel("a"), Cancel("b")]))
    first = await sent(far)
    far.lost(TransportError("lost"))
    later = asyncio.create_task(far.ask(Cancel("c")))
    far.connected(CONNECTION)

    refs = [await sent(far) for _ in range(3)]
    for number, ref in enumerate(refs):
        answer(far, ref, number)

    assert refs[0] == first
    assert (await many, await later) == ([0, 1], 2)


async def test_what_a_connection_was_too_small_for_is_not_sent_again() -> None:
    far = asking()
    question = asyncio.create_task(far.ask(Cancel("a")))
    await sent(far)
    far.lost(TooLarge("1009"))

    with pytest.raises(TransportError, match="1009"):
        await question


async def test_what_means_something_on_one_connection_is_not_asked_on_another() -> None:
    far = asking()
    leaving = asyncio.create_task(far.ask(Leave("presence-a", "ann"), on=CONNECTION))
    await sent(far)
    far.lost(TransportError("lost"))
    with pytest.raises(TransportError, match="lost"):
        await leaving

    another = cast("Connection", object())
    far.connected(another)
    with pytest.raises(TransportError, match="was lost"):
        await far.ask(Leave("presence-a", "ann"), on=CONNECTION)
    far.tell(Leave("presence-a", "ann"), CONNECTION)
    far.tell(Leave("presence-a", "bob"), another)
    assert json.loads(await far.text())["user"] == "bob"


async def test_while_the_token_is_refused_all_is() -> None:
    far = asking()
    question = asyncio.create_task(far.ask(Cancel("a")))
    await sent(far)
    far.lost(InvalidToken("expired"))
    waiting = asyncio.create_task(far.connection())
    await asyncio.sleep(0)
    far.refuse(refused("revoked"))

    for asked in (question, waiting, far.ask(Ping()), far.connection()):
        with pytest.raises(InvalidToken, match="revoked"):
            await asked
    assert [type(result) for result in await far.ask_all([Ping()])] == [InvalidToken]

    far.connected(CONNECTION)
    assert await far.connection() is CONNECTION


async def test_once_closed_it_says_so() -> None:
    far = asking()
    far.lost(TransportError("closed"))
    far.refuse(closed)

    with pytest.raises(Closed):
        await far.ask(Ping())


async def test_a_server_that_refuses_what_was_not_asked_does_no_harm() -> None:
    far = asking()

    far.answered(read('{"reply":null,"error":{"code":"malformed","message":"what?"}}'))  # type: ignore[arg-type]
    answer(far, 99, 1)
