"""Requests on their way: sent in order, matched with their answers, sent again where need be.

No sockets, no clock, nothing awaited: commands in, texts out.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from tidings_websocket.commands import Answer, Command, Request
from tidings_websocket.plain.writing import write

Settle = Callable[[Answer | Exception], None]
"""Called once, with what came of a request."""


class _Asked(NamedTuple):
    command: Command
    text: bytes
    settle: Settle
    bound: bool


class Requests:
    """What was asked of a server and not answered yet.

    Whoever drives it sends what `next` gives, hands answers to `settle`, and says `lost` where a
    connection was. Each request is settled once, or withdrawn.
    """

    def __init__(self) -> None:
        self._refs = count(1)
        self._unsent: dict[int, _Asked] = {}
        self._sent: dict[int, _Asked] = {}

    def __len__(self) -> int:
        return len(self._unsent) + len(self._sent)

    def ask(self, command: Command, settle: Settle, *, bound: bool = False) -> int:
        """Take a request; return its name.

        Args:
            command: what is asked.
            settle: told what came of it.
            bound: it means something on the connection that there is, and on no other; else it
                may be sent again on the next.

        Raises what writing it raises: then there is no such request.
        """
        ref = next(self._refs)
        self._unsent[ref] = _Asked(command, write(Request(ref, command)), settle, bound)
        return ref

    def next(self) -> bytes | None:
        """Return the text that is to be sent next, if there is one; it then counts as sent."""
        ref = next(iter(self._unsent), None)
        if ref is None:
            return None
        asked = self._sent[ref] = self._unsent.pop(ref)
        return asked.text

    def command(self, ref: object) -> Command | None:
        """Return what was asked under this name and sent, if an answer is still wanted."""
        asked = self._sent.get(ref) if isinstance(ref, int) else None
        return asked.command if asked else None

    def settle(self, ref: int, answer: Answer | Exception) -> None:
        """Take an answer; one that is not wanted any more is dropped."""
        if (asked := self._sent.pop(ref, None)) is not None:
            asked.settle(answer)

    def withdraw(self, ref: int) -> bool:
        """Forget a request, and tell whether there was one still.

        The server may carry it out all the same, if it was sent.
        """
        return bool(self._unsent.pop(ref, None) or self._sent.pop(ref, None))

    def lost(self, error: Exception, *, again: bool = True) -> None:
        """Note that the connection is no more.

        What was bound to it fails. All else is sent again on the next, in the order of asking;
        unless `again` is false: then all that was sent fails.
        """
        sent, self._sent = self._sent, {}
        waiting = {**sent, **self._unsent}
        failed = {ref for ref, asked in waiting.items() if asked.bound}
        if not again:
            failed |= sent.keys()
        self._unsent = {ref: asked for ref, asked in waiting.items() if ref not in failed}
        for ref in sorted(failed):
            waiting[ref].settle(error)

    def fail(self, error: Exception) -> None:
        """Let all fail: there will be no other connection, or none in time."""
        waiting = [*self._sent.values(), *self._unsent.values()]
        self._sent, self._unsent = {}, {}
        for asked in waiting:
            asked.settle(error)
