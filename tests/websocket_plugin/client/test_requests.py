"""Requests without a network: each is answered once, in the order of asking."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tidings import InvalidData, Member, TransportError
from tidings_websocket.client.requests import Requests
from tidings_websocket.commands import Cancel, Enter, Ping

LOST = TransportError("lost")


class Conversation(RuleBasedStateMachine):
    """Asking, sending, answering and losing connections, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = Requests()
        self.bound: set[int] = set()
        self.open: list[int] = []
        self.on_the_wire: list[int] = []
        self.came: dict[int, list[object]] = {}

    @rule(bound=st.booleans())
    def ask(self, bound: bool) -> None:
        came: list[object] = []
        ref = self.requests.ask(Ping(), came.append, bound=bound)
        self.came[ref] = came
        self.open.append(ref)
        if bound:
            self.bound.add(ref)

    @rule()
    def send(self) -> None:
        text = self.requests.next()
        unsent = [ref for ref in self.open if ref not in self.on_the_wire]
        if text is None:
            assert not unsent
        else:
            assert json.loads(text) == {"request": "ping", "id": unsent[0]}
            self.on_the_wire.append(unsent[0])

    @precondition(lambda self: self.on_the_wire)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(self.on_the_wire))
        assert self.requests.command(ref) == Ping()
        self.requests.settle(ref, 7)
        self.requests.settle(ref, 8)
        assert self.came[ref] == [7]
        self._gone(ref)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(self.open))
        assert self.requests.withdraw(ref)
        assert not self.requests.withdraw(ref)
        self.requests.settle(ref, 9)
        assert self.came[ref] == []
        self._gone(ref)

    @rule()
    def lose(self) -> None:
        self.requests.lost(LOST)
        self.on_the_wire.clear()
        for ref in self.bound & set(self.open):
            assert self.came[ref] == [LOST]
            self._gone(ref)

    @rule()
    def lose_for_good(self) -> None:
        self.requests.lost(LOST, again=False)
        for ref in (self.bound | set(self.on_the_wire)) & set(self.open):
            assert self.came[ref] == [LOST]
            self._gone(ref)

    @rule()
    def fail(self) -> None:
        self.requests.fail(LOST)
        for ref in list(self.open):
            assert self.came[ref] == [LOST]
            self._gone(ref)

    @invariant()
    def none_is_forgotten(self) -> None:
        assert len(self.requests) == len(self.open)
        assert all(self.came[ref] == [] for ref in self.open)

    def _gone(self, ref: int) -> None:
        self.open.remove(ref)
        if ref in self.on_the_wire:
            self.on_the_wire.remove(ref)


TestConversation = Conversation.TestCase
TestConversation.settings = settings(stateful_step_count=30)


def test_what_cannot_be_written_is_no_request() -> None:
    requests = Requests()

    with pytest.raises(InvalidData):
        requests.ask(Enter("presence-a", Member("ann", {"n": object()})), print)

    assert len(requests) == 0


@pytest.mark.parametrize("ref", [None, "1", 2, 1.5])
def test_an_answer_to_what_was_not_asked_is_nobodys(ref: Any) -> None:
    requests = Requests()
    requests.ask(Cancel("a"), print)
    requests.next()

    assert requests.command(ref) is None
