"""A connection to a NATS server, from its beginning until it is lost."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from itertools import count
from uuid import uuid4

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, MaxPayloadError, SlowConsumerError

from tidings import TransportError, Undeliverable
from tidings_nats.account import Account
from tidings_nats.cut import Cut

logger = logging.getLogger("tidings_nats")

PART = 1024 * 1024
"""After so many bytes, at the latest, the server is asked whether it has them all."""

WAITING = 10_000
"""The most messages of one channel that wait for this process to look at them..."""

WAITING_BYTES = 4 * 1024 * 1024
"""... and the most bytes."""

_DENIED = re.compile(r'permissions violation for (?P<what>\w+) to "(?P<subject>[^"]+)"')


class Line:
    """What a connection can do. Once anything is wrong with it, `cut` ends all that uses it.

    Args:
        account: where to connect to.
        timeout: how long the server may take for an answer, in seconds.

    Attributes:
        cut: the context of whoever has opened it.
    """

    def __init__(self, account: Account, timeout: float) -> None:
        self.cut = Cut()
        self._account = account
        self._timeout = timeout
        self._client = Client()
        self._hearing: dict[str, Cut] = {}
        self._denied: TransportError | None = None
        self._fence = f"{account.prefix}.fence.{uuid4().hex}"
        self._numbers = count()
        self._awaited: dict[bytes, asyncio.Future[TransportError | None]] = {}

    # --8<-- [start:open]
    async def open(self) -> None:
        """Connect.

        Raises:
            TransportError: the server is not there, or does not let us in.
        """
        try:
            async with asyncio.timeout(self._timeout):
                await self._client.connect(
                    **self._account.options(),
                    name="tidings",
                    allow_reconnect=False,  # the core does, and then reads what was missed
                    max_reconnect_attempts=1,
                    reconnect_time_wait=0,
                    ping_interval=10,
                    error_cb=self._went_wrong,
                    closed_cb=self._was_closed,
                )
                await self._client.subscribe(self._fence, cb=self._came_back)
        except (Error, OSError, TimeoutError) as error:
            raise TransportError(
                f"no connection to {self._account} ({_reason(self._client, error)}): start "
                "nats-server there, or correct url, user, password or token"
            ) from None
        await self.confirmed()

    async def close(self) -> None:
        """Disconnect; what was confirmed is safe.

        Who is cancelled meanwhile waits for the end: cut short, the client would leave its tasks.
        """
        closing = asyncio.create_task(self._disconnect())
        try:
            await asyncio.wait([closing], timeout=self._timeout)
        except asyncio.CancelledError:
            await asyncio.wait([closing], timeout=self._timeout)
            raise
        finally:
            closing.cancel()

    async def _disconnect(self) -> None:
        with suppress(Error, OSError):
            await self._client.close()

    # --8<-- [end:open]
    @property
    def max_payload(self) -> int:
        """The most bytes that the server takes in one message."""
        return self._client.max_payload

    # --8<-- [start:publish]
    async def publish(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Have the server take messages, each on a subject, in order.

        Raises:
            TransportError: perhaps it has not taken all of them.
            Undeliverable: one is larger than it takes.
        """
        self._denied = None
        unconfirmed = 0
        try:
            for subject, message in messages:
                await self._client.publish(subject, message)
                unconfirmed += len(message)
                if unconfirmed >= PART:
                    await self.confirmed()
                    unconfirmed = 0
        except MaxPayloadError:
            raise Undeliverable(
                f"the server takes {self.max_payload:,} bytes at most: raise its max_payload"
            ) from None
        except Error as error:
            raise TransportError(f"the connection to {self._account} is gone") from error
        await self.confirmed()
        if self._denied is not None:
            raise self._denied

    # --8<-- [end:publish]
    # --8<-- [start:hear]
    @asynccontextmanager
    async def hear(self, subject: str, heard: Callable[[bytes], None]) -> AsyncIterator[None]:
        """Call back with each message on a subject, until exit or until the line is cut.

        Raises:
            TransportError: it was cut, messages were dropped, or the server denies the subject.
        """

        async def take(message: Msg) -> None:
            heard(message.data)

        async with Cut() as cut:
            self._hearing[subject] = cut
            try:
                subscription = await self._client.subscribe(
                    subject,
                    cb=take,
                    pending_msgs_limit=WAITING,
                    pending_bytes_limit=WAITING_BYTES,
                )
                try:
                    await self.confirmed()
                    cut.check()
                    yield
                finally:
                    with suppress(Error):  # with the connection, the subscription is gone too
                        await subscription.unsubscribe()
            except Error as error:
                raise TransportError(f"the connection to {self._account} is gone") from error
            finally:
                del self._hearing[subject]

    # --8<-- [end:hear]
    # --8<-- [start:confirmed]
    async def confirmed(self) -> None:
        """Wait until the server has done all that it was sent.

        It does what a connection sends in order: once a message to ourselves is back, the rest
        is done. (`Client.flush` will not do: its question overtakes what waits to be sent.)

        Raises:
            TransportError: it does not answer; then the line is cut.
        """
        number = b"%d" % next(self._numbers)
        back = self._awaited[number] = asyncio.get_running_loop().create_future()
        try:
            await self._client.publish(self._fence, number)
            async with asyncio.timeout(self._timeout):
                error = await back
        except (Error, TimeoutError):
            error = TransportError(f"{self._account} does not answer")
        finally:
            del self._awaited[number]
        if error is not None:
            self._lose(error)
            raise error

    async def _came_back(self, message: Msg) -> None:
        back = self._awaited.get(message.data)
        if back is not None and not back.done():
            back.set_result(None)

    # --8<-- [end:confirmed]
    # --8<-- [start:lose]
    def _lose(self, why: TransportError) -> None:
        """End all that uses this line; the core begins it anew."""
        self.cut(why)
        for cut in self._hearing.values():
            cut(why)
        for back in self._awaited.values():
            if not back.done():
                back.set_result(why)

    async def _was_closed(self) -> None:
        self._lose(TransportError(f"the connection to {self._account} was lost"))

    async def _went_wrong(self, error: Exception) -> None:
        """Be told by the client of what no call of ours can raise."""
        if isinstance(error, SlowConsumerError):
            if error.subject in self._hearing:
                self._hearing[error.subject](TransportError("messages came faster than they went"))
        elif denied := _DENIED.search(str(error)):
            self._deny(denied["what"], denied["subject"])
        elif not isinstance(error, (Error, OSError)):  # those end the connection, and tell so
            logger.error("the client met with %s", type(error).__name__)

    def _deny(self, what: str, subject: str) -> None:
        why = TransportError(
            f"the server denies {what} to {subject!r}: permit it {self._account.prefix}.> for both"
        )
        logger.warning("%s", why)
        if what == "publish":
            self._denied = why
        for known, cut in self._hearing.items():
            if known.lower() == subject:  # the client tells it in small letters
                cut(why)

    # --8<-- [end:lose]


def _reason(client: Client, error: Exception) -> str:
    """Say why there is no connection: the last thing that went wrong."""
    return str(client.last_error or error) or type(error).__name__
