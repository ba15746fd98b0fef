"""The hosted Pusher service as a carrier: the plugin that an application registers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from tidings import Abilities, Closed, Event, TransportError, Undeliverable, hookimpl
from tidings_pusher.account import Account, hidden
from tidings_pusher.admitting import Authorizer, authorizer_of
from tidings_pusher.hearing import Line, open_line
from tidings_pusher.parcels import BATCH, LIMIT, parcel
from tidings_pusher.publishing import Publisher
from tidings_pusher.sealed import master_key

if TYPE_CHECKING:
    from tidings import Tidings


class PusherTransport:
    """Carries events out through Pusher's hosted service, or a server that speaks as it does.

    Whoever has a log of their own need not hear what they push; so it listens only where the
    application has no log, or where it is told to.

    Args:
        app_id: the app's number, as Pusher's dashboard shows it; text all the same.
        key: the app's key, as Pusher's dashboard shows it; no secret.
        secret: the app's secret, to push and sign; better in the environment, as
            `TIDINGS_PLUGINS__PUSHER_TRANSPORT__SECRET`. A process without it can hear, given an
            `authorizer` or `auth_endpoint`, and cannot push.
        cluster: of the hosted service, as `"eu"`; or else give `host`.
        host: of a server that speaks as the hosted service does.
        port: of that server; by default 443, and 80 without `ssl`.
        ssl: whether connections are encrypted.
        listen: hear what others push although the application has a log of its own.
        authorizer: called with a connection's socket id and a channel; returns what Pusher's
            clients are answered, `{"auth": ...}`; a function or an async one, called on the loop.
        auth_endpoint: the URL of a backend to ask instead, as Pusher's own clients do: for a
            process without the secret.
        encryption_master_key_base64: 32 bytes in base64, which seal the events of
            `private-encrypted-` channels, and open them where it signs for itself; a secret.

    Raises:
        SettingsError: a setting is missing or wrong; it says what to do.
    """

    name = "pusher-transport"

    def __init__(
        self,
        *,
        app_id: str,
        key: str,
        secret: SecretStr | str | None = None,
        cluster: str | None = None,
        host: str | None = None,
        port: int | None = None,
        ssl: bool = True,
        listen: bool = False,
        authorizer: Authorizer | None = None,
        auth_endpoint: str | None = None,
        encryption_master_key_base64: SecretStr | str | None = None,
    ) -> None:
        self._account = Account(app_id, key, hidden(secret), cluster, host, port, ssl)
        self._master_key = hidden(encryption_master_key_base64)
        master = master_key(self._master_key)
        self._authorize = authorizer_of(self._account, authorizer, auth_endpoint, master)
        self.abilities = Abilities(
            role="carrier", listen=listen, max_payload=LIMIT, stubs=True, bare=True
        )
        self._publisher: Publisher | None = None
        self._open = False
        self._line: Line | None = None
        self._opening = asyncio.Lock()

    def __repr__(self) -> str:
        return f"PusherTransport({self._account!r})"

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:  # noqa: ARG002
        """Be open for pushing and listening; both connect when they are first used."""
        async with AsyncExitStack() as stack:
            if self._account.secret is not None:
                self._publisher = self._publishing()
                stack.push_async_callback(self._publisher.close)
            stack.push_async_callback(self._hang_up)
            self._open = True
            try:
                yield
            finally:
                self._open, self._publisher = False, None

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        """Have the service take these events, 10 at a time, in order.

        Raises:
            TransportError: it could not be reached, or refuses what an operator can mend.
            Undeliverable: it takes none such: too large without a log, or no secret to sign with.
        """
        if self._account.secret is None:
            raise Undeliverable("pusher has no secret here, so it only hears: set secret to push")
        if self._publisher is None:
            raise Closed("pusher is not connected")
        parcels = [parcel(event) | self._aside() for event in events]
        for start in range(0, len(parcels), BATCH):
            await self._publisher.send(parcels[start : start + BATCH])

    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        """Hear what is pushed on a channel, until exit or until the connection is lost.

        Raises:
            TransportError: the connection was lost, or Pusher or the backend refuses the channel.
        """
        if channel.startswith("#"):  # the core's own: Pusher carries none
            yield
            return
        line = await self._ready()
        try:
            async with asyncio.timeout(None) as lost, line.listen(channel, deliver, lost):
                yield
        except TimeoutError:
            if not lost.expired():
                raise
            raise TransportError(line.why) from None

    def _aside(self) -> dict[str, str]:
        """Name this process's own connection: it has heard by itself what it pushes."""
        line = self._line
        return {"socket_id": line.socket_id} if line and not line.is_lost else {}

    async def _ready(self) -> Line:
        """Return the connection that all channels share; after a loss, a new one."""
        if not self._open:
            raise Closed("pusher is not connected")
        async with self._opening:
            if self._line is None or self._line.is_lost:
                await self._hang_up()
                self._line = await open_line(self._account, self._authorize)
            return self._line

    async def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.close()

    def _publishing(self) -> Publisher:
        key = self._master_key
        return Publisher(self._account, key.get_secret_value() if key else None)
