"""Asking a server: requests and their answers, on whichever connection there is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from tidings import Closed, InvalidToken, TidingsError, TransportError
from tidings.redaction import failure
from tidings_websocket.client.connection import Connection
from tidings_websocket.client.endings import TooLarge
from tidings_websocket.client.requests import Requests, Settle
from tidings_websocket.commands import Answer, Command
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain.reading import Refused, Reply
from tidings_websocket.plain.replies import answer

logger = logging.getLogger("tidings.websocket")


class Asking:
    """What callers ask by; the link that owns the connections drives it.

    Requests outlast a connection: what has no answer when one is lost is sent again on the next.

    Args:
        url: what the server is called in errors.
        timeout: how long a request may take, new connections included, in seconds.
        in_flight: the most requests without an answer; more wait for their turn.
    """

    def __init__(self, url: str, *, timeout: float, in_flight: int) -> None:
        self._url = url
        self._timeout = timeout
        self._requests = Requests()
        self._room = asyncio.Semaphore(in_flight)
        self._news = asyncio.Event()
        self._coming: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
        self._why_not: Callable[[], TidingsError] | None = None
        self.current: Connection | None = None
        """The connection there is now."""

    async def connection(self) -> Connection:
        """Wait for a connection; raises as `ask` does."""
        self._check()
        try:
            async with asyncio.timeout(self._timeout):
                return await asyncio.shield(self._coming)
        except TimeoutError:
            raise TransportError(f"no connection to {self._url}: it is tried again") from None

    async def ask(self, command: Command, *, on: Connection | None = None) -> Answer:
        """Ask for something, and wait for the answer.

        Args:
            command: what for.
            on: the one connection on which it means something. Without, it may be sent again.

        Raises:
            TransportError: no answer came in time, or that connection was lost.
            InvalidToken: the server refuses the token.

        Raises what the server says of the request.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await (await self.begin(command, on=on))
        except TimeoutError:
            raise self._silence() from None

    async def ask_all(self, commands: Sequence[Command]) -> Sequence[Answer | Exception]:
        """Ask for all of these, in order and without waiting for one before the next.

        Returns:
            What came of each: an answer, or what `ask` raises. Time is up once no answer has come
            for `timeout`; all that have none by then share that.
        """
        futures: list[asyncio.Future[Answer]] = []
        try:
            for command in commands:
                async with asyncio.timeout(self._timeout):
                    futures.append(await self._begun(command))
            for future in futures:
                async with asyncio.timeout(self._timeout):
                    await asyncio.wait([future])
        except TimeoutError:  # told below
            pass
        finally:
            for future in futures:
                future.cancel()
        answers = [self._outcome(future) for future in futures]
        return answers + [self._silence() for _ in range(len(commands) - len(answers))]

    async def begin(
        self, command: Command, *, on: Connection | None = None
    ) -> asyncio.Future[Answer]:
        """Send a request once there is room for one more; return what will have the answer.

        Who cancels that wants no answer any more. Requests are sent in the order they were begun.
        """
        await self._room.acquire()
        try:
            return self._begin(command, on)
        except BaseException:
            self._room.release()
            raise

    def tell(self, command: Command, on: Connection) -> None:
        """Send a request on a connection, if it is still there; only the log tells of failures."""
        if on is self.current:
            self._requests.ask(command, _logged(command), bound=True)
            self._news.set()

    def connected(self, connection: Connection) -> None:
        """Take a new connection."""
        self.current = connection
        self._why_not = None
        self._coming.set_result(connection)
        self._news.set()

    async def text(self) -> bytes:
        """Wait for a text that is to be sent on the connection."""
        while (text := self._requests.next()) is None:
            self._news.clear()
            await self._news.wait()
        return text

    def answered(self, frame: Reply | Refused) -> None:
        """Take an answer from the connection."""
        command = self._requests.command(frame.ref)
        if command is None or not isinstance(frame.ref, int):
            if isinstance(frame, Refused):
                logger.warning("%s refuses what was not asked: %s", self._url, frame.error)
            return
        self._requests.settle(frame.ref, _read(command, frame))

    def lost(self, error: TidingsError) -> None:
        """Note that the connection is no more."""
        self.current = None
        self._coming = asyncio.get_running_loop().create_future()
        self._requests.lost(error, again=not isinstance(error, TooLarge))

    def refuse(self, why_not: Callable[[], TidingsError]) -> None:
        """Let everything fail that is asked until there is a connection again."""
        self._why_not = why_not
        self._requests.fail(why_not())
        if not self._coming.done():
            self._coming.set_exception(why_not())
            self._coming.exception()  # there may be nobody who waits
        self._coming = asyncio.get_running_loop().create_future()

    async def _begun(self, command: Command) -> asyncio.Future[Answer]:
        try:
            return await self.begin(command)
        except Exception as error:
            failed: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            failed.set_exception(error)
            return failed

    def _outcome(self, future: asyncio.Future[Answer]) -> Answer | Exception:
        if future.cancelled():
            return self._silence()
        error = future.exception()
        return error if isinstance(error, Exception) else future.result()

    def _silence(self) -> TransportError:
        return TransportError(f"no answer from {self._url} within {self._timeout:g} s")

    def _check(self) -> None:
        if self._why_not is not None:
            raise self._why_not()

    def _begin(self, command: Command, on: Connection | None) -> asyncio.Future[Answer]:
        self._check()
        if on is not None and on is not self.current:
            raise TransportError(f"the connection to {self._url} was lost")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def settle(result: Answer | Exception) -> None:
            self._room.release()
            if future.done():
                return
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

        def done(_: object) -> None:
            if future.cancelled() and self._requests.withdraw(ref):
                self._room.release()

        ref = self._requests.ask(command, settle, bound=on is not None)
        future.add_done_callback(done)
        self._news.set()
        return future


def _read(command: Command, frame: Reply | Refused) -> Answer | Exception:
    if isinstance(frame, Refused):
        return frame.error
    try:
        return answer(command, frame)
    except Malformed as error:
        return TransportError(f"{type(command).__name__} got no answer that can be read: {error}")


def _logged(command: Command) -> Settle:
    def settle(result: Answer | Exception) -> None:
        if isinstance(result, Exception) and not isinstance(result, TransportError | Closed):
            logger.warning("%s failed: %s", type(command).__name__, failure(result))

    return settle


def closed() -> TidingsError:
    """Return what is said once it is over."""
    return Closed("this client is closed: use it within `async with Tidings(...)`")


def refused(words: str) -> Callable[[], TidingsError]:
    """Return what makes the error that is raised while a server refuses the token."""
    return lambda: InvalidToken(words)
