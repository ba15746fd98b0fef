"""The requests of one connection, carried out in the order they came."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from tidings import PluginError, StoreError, TidingsError, TransportError
from tidings.cancelling import is_cancelled
from tidings.redaction import failure
from tidings_websocket.commands import Answer, Request
from tidings_websocket.handlers import LASTING, READS, WRITES, Write

if TYPE_CHECKING:
    from tidings_websocket.session import Session

logger = logging.getLogger("tidings.websocket")

WAITING = 64
"""The most requests that wait; then nothing is read from the client until half are done."""

WRITING = 256
"""The most requests whose storing is under way."""


class Work:
    """What a session has to do: it is kept while there is anything, and has a task.

    What stores something is begun in order, and not waited for before the next such: many come
    into one transaction. Whatever reads waits for all before it, and until the client has taken
    what it asked for before.

    Args:
        session: whose requests they are; it is told when there is nothing more.
        first: what is done before any of them.
    """

    __slots__ = ("_first", "_held", "_requests", "_session", "_task", "_writing")

    def __init__(
        self, session: Session, first: Callable[[], Coroutine[Any, Any, None]] | None = None
    ) -> None:
        self._session = session
        self._first = first
        self._requests: deque[Request] = deque()
        self._writing: set[asyncio.Task[None]] = set()
        self._held = False
        self._task: asyncio.Task[None] | None = session.front.start(self._run())

    def add(self, request: Request) -> None:
        """Take a request."""
        self._requests.append(request)
        if len(self._requests) >= WAITING and not self._held:
            self._held = True
            self._session.outlet.hold()
        if self._task is None:
            self._task = self._session.front.start(self._run())

    def stop(self) -> None:
        """Carry out nothing more. What is being stored comes to its end."""
        self._requests.clear()
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()

    async def _run(self) -> None:
        try:
            if (first := self._first) is not None:
                self._first = None
                await first()
            while self._requests:
                request = self._requests.popleft()
                if self._held and len(self._requests) <= WAITING // 2:
                    self._held = False
                    self._session.outlet.proceed()
                await self._carry_out(request)
        finally:
            self._task = None
            self._rest()

    async def _carry_out(self, request: Request) -> None:
        kind = type(request.command)
        if (begin := WRITES.get(kind)) is not None:
            await self._begin_writing(request, begin(self._session, request.command))
            return
        while self._writing:
            await asyncio.wait(self._writing)
        reading = partial(self._read, request)
        if kind in LASTING:  # is not cut short when the client goes
            await asyncio.wait([self._session.front.start(self._answer(request, reading))])
        else:
            await self._answer(request, reading)

    async def _read(self, request: Request) -> Answer:
        return await READS[type(request.command)](self._session, request.command)

    async def _begin_writing(self, request: Request, beginning: Coroutine[Any, Any, Write]) -> None:
        try:
            write = await beginning
        except Exception as error:
            self._refuse(request, error)
            return
        task = self._session.front.start(self._answer(request, write))
        self._writing.add(task)
        task.add_done_callback(self._written)
        if len(self._writing) >= WRITING:
            await asyncio.wait(self._writing, return_when=asyncio.FIRST_COMPLETED)

    async def _answer(self, request: Request, work: Write) -> None:
        session = self._session
        try:
            texts = session.dialect.answer(request, await work())
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            self._refuse(request, StoreError("it was cancelled from within: try again"))
        except Exception as error:
            self._refuse(request, error)
        else:
            await session.answer(texts)
            session.followed.begin()

    def _refuse(self, request: Request, error: Exception) -> None:
        if is_own_failure(error):
            logger.error("%s failed: %s", type(request.command).__name__, failure(error))
        self._session.refuse(request.ref, error)

    def _written(self, task: asyncio.Task[None]) -> None:
        self._writing.discard(task)
        self._rest()

    def _rest(self) -> None:
        if self._task is None and not self._writing:
            self._session.worked()


def is_own_failure(error: Exception) -> bool:
    """Tell whether an error is the server's, of which its operator is to know."""
    own = StoreError | TransportError | PluginError
    return not isinstance(error, TidingsError) or isinstance(error, own)
