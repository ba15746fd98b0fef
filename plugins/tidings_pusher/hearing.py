"""Many channels heard over one connection, and pysher's threads bridged into the loop."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from pydantic_core import from_json, to_json

from tidings import Event, TransportError
from tidings.ids import new_id
from tidings_pusher.account import Account
from tidings_pusher.admitting import Authorizer, admission
from tidings_pusher.parcels import is_stub
from tidings_pusher.unsealing import shared_key, unsealed
from tidings_pusher.wire import Wire
from tidings_pusher.wire_data import heard

logger = logging.getLogger("tidings.pusher")

WITHIN = 10.0
"""How long, in seconds, Pusher may take to welcome a connection or confirm a channel."""

_SUCCEEDED = "pusher_internal:subscription_succeeded"
_REFUSED = "pusher:subscription_error"
_OWN = ("pusher:", "pusher_internal:")
_CLIENT = "client-"

Deliver = Callable[[Event], None]


async def open_line(account: Account, authorize: Authorizer) -> Line:
    """Connect, and return once Pusher has welcomed the connection.

    Raises:
        TransportError: it did not.
    """
    line = Line(account, authorize)
    try:
        async with asyncio.timeout(WITHIN):
            await line.welcomed
    except TimeoutError:
        await line.close()
        raise TransportError(f"{account.socket} did not welcome the connection") from None
    except BaseException:
        await line.close()
        raise
    return line


class Line:
    """One connection and those who listen on its channels; all of it is of the loop's thread."""

    def __init__(self, account: Account, authorize: Authorizer) -> None:
        loop = asyncio.get_running_loop()
        self.welcomed: asyncio.Future[None] = loop.create_future()
        self.why = f"the connection to {account.socket} was lost"
        self.is_lost = False
        self._place = account.socket
        self._authorize = authorize
        self.socket_id = ""
        self._ended = asyncio.Event()
        self._deliver: dict[str, Deliver] = {}
        self._keys: dict[str, bytes] = {}
        self._asked: defaultdict[str, deque[asyncio.Future[None]]] = defaultdict(deque)
        self._scopes: set[asyncio.Timeout] = set()
        self._voice = ThreadPoolExecutor(1, "tidings-pusher-voice")
        self._wire = Wire(account, _on(loop, self._frame), _on(loop, self._lose))
        self._wire.start()

    @asynccontextmanager
    async def listen(
        self, channel: str, deliver: Deliver, lost: asyncio.Timeout
    ) -> AsyncIterator[None]:
        """Hear a channel until exit; `lost` is made to expire when the connection is lost.

        Raises:
            TransportError: the channel is refused, or nobody confirmed it.
        """
        self._scopes.add(lost)
        try:
            if self.is_lost:
                raise TransportError(self.why)
            self._deliver[channel] = deliver
            await self._join(channel)
            yield
        finally:
            self._scopes.discard(lost)
            self._keys.pop(channel, None)
            if self._deliver.pop(channel, None) is not None:
                self._say("pusher:unsubscribe", {"channel": channel})

    async def close(self) -> None:
        """End the connection and its threads."""
        self._wire.hang_up()
        try:
            async with asyncio.timeout(WITHIN):
                await self._ended.wait()
            self._wire.join()
        except TimeoutError:
            pass  # it is stuck in connecting, and ends when that does
        finally:
            self._voice.shutdown(wait=self._ended.is_set(), cancel_futures=True)

    async def _join(self, channel: str) -> None:
        data = await admission(self._authorize, self.socket_id, channel)
        if (key := shared_key(data.pop("shared_secret", ""))) is not None:
            self._keys[channel] = key
        confirmed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked[channel].append(confirmed)
        self._say("pusher:subscribe", data)
        try:
            async with asyncio.timeout(WITHIN):
                await confirmed
        except TimeoutError:
            raise TransportError(f"{self._place} did not confirm channel {channel!r}") from None

    def _say(self, event: str, data: dict[str, str]) -> None:
        if not self.is_lost:
            self._voice.submit(self._wire.send_event, event, data)

    def _frame(self, event: str, data: Any, channel: str | None) -> None:
        if channel is None:
            self._about_the_connection(event, data)
        elif event == _SUCCEEDED:
            self._answer(channel, None)
        elif event == _REFUSED:
            self._answer(channel, f"{self._place} refuses channel {channel!r}")
        elif (deliver := self._deliver.get(channel)) and not event.startswith(_OWN):
            text = self._opened(channel, data)
            if text is not None and not is_stub(text):
                heard = _event(channel, event, text)
                if heard.position is None or not event.startswith(_CLIENT):
                    deliver(heard)  # a position that a client sent may be false: ask the log

    def _opened(self, channel: str, data: Any) -> str | None:
        text = data if isinstance(data, str) else to_json(data).decode()
        if (key := self._keys.get(channel)) is None:
            return text
        if (opened := unsealed(key, text)) is None:
            logger.warning("an event on %s is not sealed with this channel's key", channel)
        return opened

    def _about_the_connection(self, event: str, data: Any) -> None:
        try:
            about = from_json(data) if isinstance(data, str) else data
            if event == "pusher:error":
                self._err(about.get("code"), str(about.get("message")))
                return
            self.socket_id = str(about["socket_id"])
        except (ValueError, KeyError, AttributeError, TypeError):
            return  # no frame of the protocol: whoever waits for one is told when time is up
        if not self.welcomed.done():
            self.welcomed.set_result(None)

    def _err(self, code: object, message: str) -> None:
        """Take a refusal; its words may quote a signature, so they are only compared with."""
        if isinstance(code, int):
            self.why = f"{self._place} ended the connection: error {code}"
        for channel in list(self._asked):
            if f":{channel}," in message or f":{channel}:" in message:
                self._answer(channel, f"{self._place} refuses the signature for {channel!r}")

    def _answer(self, channel: str, wrong: str | None) -> None:
        """Answer the oldest request for a channel, in whose place nobody may wait any more."""
        waiting = self._asked.get(channel)
        if not waiting:
            return
        confirmed = waiting.popleft()
        if not waiting:
            del self._asked[channel]
        if confirmed.done():
            return
        if wrong is None:
            confirmed.set_result(None)
        else:
            confirmed.set_exception(TransportError(wrong))

    def _lose(self) -> None:
        self.is_lost = True
        self._ended.set()
        if not self.welcomed.done():
            self.welcomed.set_exception(TransportError(self.why))
        for scope in self._scopes:
            scope.reschedule(0)


def _event(channel: str, name: str, text: str) -> Event:
    return heard(channel, name, text, new_id())


def _on(loop: asyncio.AbstractEventLoop, function: Callable[..., None]) -> Callable[..., None]:
    """Return a function that has another one called on the loop, while there is one."""

    def call(*args: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(function, *args)

    return call
