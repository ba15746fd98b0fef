"""The requests of one connection, carried out in the order they came."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from tidings import TidingsError
from tidings.redaction import failure
from tidings_websocket.commands import Answer, Request
from tidings_websocket.handlers import READS, WRITES

if TYPE_CHECKING:
    from tidings_websocket.session import Session

logger = logging.getLogger("tidings.websocket")

WAITING = 64
"""The most requests that wait; then nothing is read from the client until half are done."""

WRITING = 256
"""The most requests whose storing is under way."""


class Work:
    """A queue of requests with a task, for as long as there are any.

    What stores something is begun in order, and not waited for before the next such: many come
    into one transaction. Whatever reads waits for all before it.
    """

    __slots__ = ("_held", "_requests", "_session", "_task", "_writing")

    def __init__(self, session: Session, first: Coroutine[Any, Any, None] | None = None) -> None:
        self._session = session
        self._requests: deque[Request] = deque()
        self._writing: set[asyncio.Task[None]] = set()
        self._held = False
        self._task = session.front.start(self._run(first))

    def add(self, request: Request) -> None:
        """Take a request."""
        self._requests.append(request)
        if len(self._requests) >= WAITING and not self._held:
            self._held = True
            self._session.outlet.hold()

    def stop(self) -> None:
        """Carry out nothing more. What is being stored comes to its end."""
        self._requests.clear()
        if self._task is not asyncio.current_task():
            self._task.cancel()

    async def _run(self, first: Coroutine[Any, Any, None] | None) -> None:
        try:
            if first is not None:
                await first
            while self._requests:
                request = self._requests.popleft()
                if self._held and len(self._requests) <= WAITING // 2:
                    self._held = False
                    self._session.outlet.proceed()
                await self._carry_out(request)
                if not self._requests and self._writing:
                    await asyncio.wait(self._writing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._session.worked()

    async def _carry_out(self, request: Request) -> None:
        begin = WRITES.get(type(request.command))
        if begin is None:
            if self._writing:
                await asyncio.wait(self._writing)
            await self._answer(
                request, READS[type(request.command)](self._session, request.command)
            )
            return
        try:
            work = await begin(self._session, request.command)
        except Exception as error:
            self._refuse(request, error)
            return
        task = self._session.front.start(self._answer(request, work))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        if len(self._writing) >= WRITING:
            await asyncio.wait(self._writing, return_when=asyncio.FIRST_COMPLETED)

    async def _answer(self, request: Request, work: Coroutine[Any, Any, Answer]) -> None:
        try:
            answer = await work
        except Exception as error:
            self._refuse(request, error)
        else:
            self._session.send(self._session.dialect.answer(request, answer))

    def _refuse(self, request: Request, error: Exception) -> None:
        if not isinstance(error, ValueError | TidingsError):
            logger.error("%s failed: %s", type(request.command).__name__, failure(error))
        self._session.refuse(request.ref, error)
