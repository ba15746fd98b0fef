"""The plugin: a store and a broker that are somewhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import cast

from tidings import (
    Abilities,
    Closed,
    Counts,
    Event,
    Filter,
    Fired,
    InvalidToken,
    Member,
    Page,
    Position,
    Recalled,
    Scheduled,
    SettingsError,
    Stored,
    StoreError,
    TidingsError,
    TransportError,
    Undeliverable,
    Unsupported,
    channel_user,
    hookimpl,
)
from tidings_websocket import commands
from tidings_websocket.client.asking import closed
from tidings_websocket.client.connection import Line, checked_url
from tidings_websocket.client.parcels import Parcel, packed, scheduled, stored, uncarried
from tidings_websocket.client.remote import Remote
from tidings_websocket.client.token import Token, TokenSource
from tidings_websocket.commands import Answer, Command
from tidings_websocket.errors import LimitExceeded

CHANNELS_TOGETHER = 1_000
"""The most channels whose heads are asked in one request."""

EVENTS_TOGETHER = 500
"""The most events that are recalled in one request, whatever the core asks for."""

_PASSING = (TransportError, StoreError, InvalidToken, LimitExceeded, Closed)
"""What may go well the next time."""


class WebSocketClient:
    """A store and a broker in one: those of the `Tidings` application behind a WebSocket front.

    `Tidings(WebSocketClient(url, token))` has the inboxes and channels of that application, as
    far as the token's user may. It stays connected: a connection that is lost is followed by
    another, what had no answer is asked again, and what was missed is read up.

    Args:
        url: of the front, as `wss://example.com/ws`.
        token: what proves who this is, better in the environment, as
            `TIDINGS_PLUGINS__WEBSOCKET_CLIENT__TOKEN`; in code also an async function that returns
            it, which is asked at each connection, and before a token expires.
        timeout: how many seconds a request may take, new connections included.
        handshake: how many seconds opening a connection may take.
        in_flight: the most requests without an answer; more wait for their turn.
        message: the most bytes of a message from the server.

    Raises:
        SettingsError: the URL is none of a WebSocket, or has a secret in it; or a limit is not more
            than 0.

    Example:
        async with Tidings(WebSocketClient("wss://example.com/ws", token)) as tidings:
            page = await tidings.inbox("ann")
    """

    name = "websocket-client"
    abilities = Abilities(role="broker", presence=True, local=True, durable=True, carries=True)

    def __init__(
        self,
        url: str,
        token: Token,
        *,
        timeout: float = 30.0,
        handshake: float = 10.0,
        in_flight: int = 200,
        message: int = 16 * 1024 * 1024,
    ) -> None:
        limits = {
            "timeout": timeout,
            "handshake": handshake,
            "in_flight": in_flight,
            "message": message,
        }
        for limit, value in limits.items():
            if value <= 0:
                raise SettingsError(f"WebSocketClient: {limit}: must be more than 0")
        self._line = Line(checked_url(url), handshake, message)
        self._tokens = TokenSource(token)
        self._timeout = timeout
        self._in_flight = in_flight
        self._open: Remote | None = None

    def __repr__(self) -> str:
        return f"WebSocketClient({self._line.url!r})"

    @hookimpl
    @asynccontextmanager
    async def connect(self) -> AsyncIterator[None]:
        """Be connected until exit; a server that cannot be reached refuses the start."""
        if self._open is not None:
            raise StoreError("this client is open already: make another for this Tidings object")
        remote = Remote(self._line, self._tokens, timeout=self._timeout, in_flight=self._in_flight)
        async with remote.link.open():
            self._open = remote
            try:
                yield
            finally:
                self._open = None

    @property
    def user(self) -> str | None:
        """Who the server takes this for; None while there is no connection."""
        connection = self._remote.asking.current
        return connection.welcome.user if connection else None

    async def refused(self) -> TidingsError:
        """Wait until the server refuses the only token there is, for good; return why."""
        return await self._remote.link.refusal

    @hookimpl
    def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AbstractAsyncContextManager[None]:
        """Hear a channel of the server's."""
        return self._remote.subscribed(channel, deliver)

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        """Publish events of channels without a log."""
        asked = await self._asked(uncarried(events))
        problems = [answer for _, answer in asked if isinstance(answer, Exception)]
        for problem in problems:
            if not isinstance(problem, _PASSING):
                raise Undeliverable(f"the server does not take it: {problem}") from problem
        if problems:
            raise problems[0]

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        """Let the server store and carry these events; all are on their way at once, in order."""
        asked = await self._asked(events)
        return [result for parcel, answer in asked for result in stored(parcel, answer)]

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        """Read up to `limit` events of a log with offsets greater than `after`."""
        command = commands.Recall(channel, after, min(limit, EVENTS_TOGETHER))
        recalled = cast("Recalled", await self._ask(command))
        restored = self._remote.origins.restored
        return recalled._replace(events=[restored(event) for event in recalled.events])

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        """Return the newest position of each of these channels."""
        heads: dict[str, Position] = {}
        for start in range(0, len(channels), CHANNELS_TOGETHER):
            some = tuple(channels[start : start + CHANNELS_TOGETHER])
            answer = await self._ask(commands.ReadHeads(some))
            heads |= cast("Mapping[str, Position]", answer)
        return heads

    async def trim(self, channel: str, through: int) -> None:
        """Let a log forget its events up to an offset; an administrator's right."""
        await self._ask(commands.Trim(channel, through))

    async def forget(self, channel: str) -> None:
        """Erase all that is known of a user, by their channel; an administrator's right."""
        await self._ask(commands.Forget(_user(channel)))

    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        """Read up to `limit` entries of an inbox, newest first, with offsets below `before`."""
        command = commands.ReadPage(_user(channel), filter, limit, before)
        return cast("Page", await self._ask(command))

    async def counts(self, channel: str) -> Counts:
        """Return what the badge shows now."""
        return cast("Counts", await self._ask(commands.ReadCounts(_user(channel))))

    async def schedule(
        self, events: Sequence[Event], at: datetime
    ) -> Sequence[Scheduled | Exception]:
        """Let the server keep notifications until `at`, which they name themselves."""
        asked = await self._asked(events)
        return [result for parcel, answer in asked for result in scheduled(parcel, answer, at)]

    async def cancel(self, id: str) -> int:  # noqa: A002
        """Drop what is scheduled under this id; an administrator's right."""
        return cast("int", await self._ask(commands.Cancel(id)))

    async def fire(self, now: datetime, limit: int) -> Fired:  # noqa: ARG002
        """Do nothing: what is due, the server appends by itself."""
        return Fired((), None)

    async def revoke(self, user: str, not_before: datetime) -> None:
        """Refuse a user's tokens that were issued before this moment; an administrator's right.

        The server cuts the user's connections off as well.
        """
        await self._ask(commands.Disconnect(user, revoke=True, not_before=not_before))

    async def not_before(self, user: str) -> datetime | None:
        """Return that moment, or None where nothing was revoked; an administrator's right."""
        return cast("datetime | None", await self._ask(commands.ReadRevoked(user)))

    def enter(self, channel: str, member: Member) -> AbstractAsyncContextManager[None]:
        """Count one more connection of this member, until exit; an administrator's right."""
        return self._remote.seats.taken(channel, member)

    async def members(self, channel: str) -> Sequence[Member]:
        """Return who is there, each user once, in the order they came."""
        return cast("Sequence[Member]", await self._ask(commands.ReadMembers(channel)))

    @property
    def _remote(self) -> Remote:
        if self._open is None:
            raise closed()
        return self._open

    async def _ask(self, command: Command) -> Answer:
        return await self._remote.asking.ask(command)

    async def _asked(self, events: Sequence[Event]) -> list[tuple[Parcel, Answer | Exception]]:
        """Ask for what events want, in order; return it with what came of it."""
        self._remote.origins.note(events)
        parcels = list(packed(events))
        wanted = [parcel.command for parcel in parcels if parcel.command is not None]
        answers = iter(await self._remote.asking.ask_all(wanted))
        return [(parcel, parcel.error or next(answers)) for parcel in parcels]


def _user(channel: str) -> str:
    user = channel_user(channel)
    if user is None:
        raise Unsupported(f"channel {channel!r} is no user's: there is no inbox in it")
    return user
