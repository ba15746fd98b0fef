"""What the server answers, the client reads as it was meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given

from exchanges import exchanges, refs
from tidings import Counts, Entry, Event, Filter, Page, Position, Recalled
from tidings_websocket import commands
from tidings_websocket.commands import Answer, Command, Pushed, Ref, Request
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain import PlainDialect, replies
from tidings_websocket.plain.reading import Reply, read

HERE = Position("k3", 7)
ENTRY = Entry("b7", 7, b'{ "heading" : "\\u00fc" }', seen=True)
EVENT = Event("news", "said", b"[ 1.50 ]", "e1", HERE, Counts(1, 0))


def arrived(command: Command, answer: Answer, ref: Ref = 1) -> Answer:
    reply = read(PlainDialect().answer(Request(ref, command), answer)[0].decode())
    assert isinstance(reply, Reply)
    assert reply.ref == ref
    return replies.answer(command, reply)


def comparable(answer: Answer) -> Any:
    """Exceptions are equal to themselves alone: compare them by what they say."""
    if not isinstance(answer, Pushed):
        return answer
    return {
        user: (type(result), str(result)) if isinstance(result, Exception) else result
        for user, result in answer.results.items()
    }


@given(exchanges, refs)
@example((commands.ReadPage(None, Filter(), 5), Page([ENTRY], Counts(1, 0), HERE, more=True)), 1)
@example((commands.Recall("news", 0, 5), Recalled([EVENT], "k3", 7, 9)), 1)
def test_every_answer_arrives_as_it_was_given(exchange: tuple[Any, Answer], ref: Ref) -> None:
    command, answer = exchange
    assert comparable(arrived(command, answer, ref)) == comparable(answer)


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (commands.ReadCounts(None), '{"reply":1}'),
        (commands.ReadCounts(None), '{"reply":1,"counts":{"pending":true,"unseen":0}}'),
        (commands.ReadHeads(("a",)), '{"reply":1,"heads":{"a":7}}'),
        (commands.ReadHeads(("a",)), '{"reply":1,"heads":[]}'),
        (commands.Cancel("x"), '{"reply":1,"cancelled":"2"}'),
        (commands.ReadRevoked("a"), '{"reply":1,"not_before":7}'),
        (commands.Publish("a", "b", b"1"), '{"reply":1,"state":"lost"}'),
        (commands.ReadMembers("presence-a"), '{"reply":1,"members":[{"user":"ann"}]}'),
        (commands.ReadPage(None, Filter(), 5), '{"reply":1,"entries":{}}'),
        (commands.Recall("a", 0, 5), '{"reply":1,"events":[{}],"epoch":"e","first":1,"head":1}'),
    ],
)
def test_an_answer_to_something_else_is_malformed(command: Command, text: str) -> None:
    reply = read(text)
    assert isinstance(reply, Reply)
    with pytest.raises(Malformed, match="no answer"):
        replies.answer(command, reply)
