"""A link to a server: one connection after another, for as long as it is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple, NoReturn, cast

from tidings import InvalidToken, TidingsError, TransportError
from tidings.backoff import Backoff
from tidings.redaction import failure
from tidings_websocket.client.asking import Asking, closed, refused
from tidings_websocket.client.connection import Connection, Line, connected
from tidings_websocket.client.renewing import renew
from tidings_websocket.client.token import TokenSource
from tidings_websocket.commands import Authenticate, Welcome
from tidings_websocket.plain.reading import Frame, Refused, Reply

logger = logging.getLogger("tidings.websocket")

STEADY = 5.0
"""After a connection that lasted so long, in seconds, the next is tried for at once."""


class Hearers(NamedTuple):
    """Who is told of frames that answer nothing, of a new connection, and of the end of one."""

    frame: Callable[[Frame], None]
    connected: Callable[[Connection], None]
    lost: Callable[[TidingsError], None]


class Link:
    """Has a connection to a server, and whenever that is lost another.

    Args:
        line: where the server is.
        tokens: what to come in with.
        asking: what is asked on it.
        hearers: who is told what.

    Attributes:
        refusal: why there will be no other connection: the server refuses the only token.
    """

    def __init__(self, line: Line, tokens: TokenSource, asking: Asking, hearers: Hearers) -> None:
        self._line = line
        self._tokens = tokens
        self._asking = asking
        self._hearers = hearers
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.refusal: asyncio.Future[TidingsError] = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Connect, and be connected until exit; raises why there is no first connection."""
        owner = asyncio.create_task(self._own(), name=f"tidings link to {self._line.url}")
        try:
            await asyncio.shield(self._opened)
            yield
        finally:
            owner.cancel()
            await asyncio.wait([owner])
            self._asking.refuse(closed)
            if self._opened.done():
                self._opened.exception()  # whoever was cancelled meanwhile cannot take it

    async def _own(self) -> None:
        """Connect again and again, until cancelled or refused for good."""
        soon, late = Backoff(), Backoff(1.0, 60.0)
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            error = await self._try()
            if not self._opened.done():
                self._opened.set_exception(error)
                return
            if loop.time() - began > STEADY:
                soon, late = Backoff(), Backoff(1.0, 60.0)
            if not self._is_refused(error):
                await asyncio.sleep(soon.next())
            elif self._tokens.renews:
                await asyncio.sleep(late.next())
            else:
                self.refusal.set_result(error)
                return

    def _is_refused(self, error: TidingsError) -> bool:
        """Note how an attempt ended; tell whether the token was refused."""
        if self._asking.current is not None:  # whatever ended it: the next attempt tells
            logger.warning("%s; it is tried again", error)
            self._asking.lost(error)
            self._hearers.lost(error)
            return False
        if not isinstance(error, InvalidToken):
            logger.debug("%s", error)
            return False
        logger.warning("%s", error)
        self._asking.refuse(refused(str(error)))
        return True

    async def _try(self) -> TidingsError:
        """Have one connection to its end; return how it ended, or why there was none."""
        try:
            async with connected(self._line, await self._token()) as connection:
                await self._use(connection)
        except TidingsError as error:
            return error
        except Exception as error:  # of the application's token function, or a fault here
            problem = TransportError(f"no connection to {self._line.url}: {failure(error)}")
            problem.__cause__ = error
            return problem

    async def _use(self, connection: Connection) -> NoReturn:
        """Raises how it ended."""

        async def authenticate() -> Welcome:
            command = Authenticate(await self._token())
            return cast("Welcome", await self._asking.ask(command, on=connection))

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write(connection))
                if self._tokens.renews:
                    group.create_task(renew(connection.welcome, authenticate))
                self._begin(connection)
                while True:
                    self._take(await connection.read())
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def _token(self) -> str:
        try:
            async with asyncio.timeout(self._line.handshake):
                return await self._tokens.get()
        except TimeoutError:
            raise TransportError(f"no token for {self._line.url} came in time") from None

    def _begin(self, connection: Connection) -> None:
        self._asking.connected(connection)
        self._hearers.connected(connection)
        if self._opened.done():
            logger.warning("connected to %s again", self._line.url)  # as seen as the loss was
        else:
            self._opened.set_result(None)

    async def _write(self, connection: Connection) -> None:
        while True:
            await connection.write(await self._asking.text())

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, Reply | Refused):
            self._asking.answered(frame)
        else:
            self._hearers.frame(frame)
