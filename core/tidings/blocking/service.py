"""`Tidings` for code that blocks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from functools import partial
from inspect import iscoroutinefunction
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self

from tidings import receipt, service
from tidings.accepting import now
from tidings.access import AccessRequest, Denial, Grant, Identity
from tidings.blocking.background import Background
from tidings.blocking.errors import Forked
from tidings.blocking.inbox import Inbox
from tidings.blocking.presence import Presence
from tidings.blocking.receipt import Receipt
from tidings.blocking.stream import Stream, streamed
from tidings.errors import Unsupported
from tidings.event import Delivery, Position
from tidings.notification import Notification
from tidings.options import Options
from tidings.transport_state import TransportState

if TYPE_CHECKING:
    from os import PathLike

    from tidings.tickets import Tickets
    from tidings.tokens import Tokens

P = ParamSpec("P")


class Tidings:
    """In-app notifications from threads: `tidings.Tidings`, without `async` and `await`.

    Make one and share it: any number of threads may use it at once. It opens at first use, in a
    thread of its own with an event loop, and closes when the main thread has ended, or the last
    one that goes on after it. `with` opens and closes it within a block, `open` and `close` do at
    moments of your choice. Once closed it stays so until it is opened again.

    Each process opens its own: make it before a fork as you like, and use it after (so do web
    servers that load the application first). What was open at the fork stays with the parent;
    its twin in the child raises `Forked`, until `open` makes it anew from its settings.

    Args:
        plugins: as in `tidings.Tidings`.
        options: the core's settings.
        tokens: makes and checks clients' tokens; needed by `admit` and tickets.
        clock: gives the time, with a zone; for tests.

    Raises:
        PluginError: a plugin cannot be used; the error says why and what to do.
        OnEventLoop: (any method) this thread runs an event loop, which would be stopped.

    Example:
        with Tidings() as tidings:
            tidings.push(["ann", "bob"], Notification(heading="Build passed"))
            page = tidings.inbox("ann").page()
    """

    def __init__(
        self,
        *plugins: object,
        options: Options | None = None,
        tokens: Tokens | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._make: Callable[[], service.Tidings] | None = None
        self._background = Background(
            service.Tidings(*plugins, options=options, tokens=tokens, clock=clock)
        )

    @classmethod
    def from_settings(cls, path: str | PathLike[str] | None = None, **overrides: Any) -> Self:
        """See `tidings.Tidings.from_settings`."""
        tidings = cls.__new__(cls)
        tidings._make = partial(service.Tidings.from_settings, path, **overrides)
        tidings._background = Background(tidings._make())  # noqa: SLF001
        return tidings

    def open(self) -> Self:
        """Open it now, if it is not open: to fail early, after `close`, or in a forked child.

        Raises:
            Forked: it was open when the process forked, and was not made from settings; its
                plugins are the parent's.
        """
        if self._background.forked:
            if self._make is None:
                raise Forked(
                    "this Tidings object was open when the process forked, and its plugins are "
                    "the parent's: make a new one here, or first use it after the fork"
                )
            self._background = Background(self._make())
        self._background.open()
        return self

    def close(self) -> None:
        """Have what was accepted carried, then close. Closing twice does nothing."""
        self._background.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def options(self) -> Options:
        """The core's settings."""
        return self._tidings.options

    @property
    def tokens(self) -> Tokens | None:
        """What makes and checks clients' tokens."""
        return self._tidings.tokens

    @property
    def carriers(self) -> tuple[str, ...]:
        """See `tidings.Tidings.carriers`."""
        return self._tidings.carriers

    @property
    def transports(self) -> tuple[TransportState, ...]:
        """See `tidings.Tidings.transports`."""
        return self._background.call(self._transports)

    @property
    def presence(self) -> Presence:
        """See `tidings.Tidings.presence`."""
        return Presence(self._background, self._tidings.presence)

    def push(
        self,
        users: str | Iterable[str],
        notification: Notification,
        *,
        connection: object | None = None,
    ) -> Receipt:
        """See `tidings.Tidings.push`; a connection is used in the thread that gives it."""
        users = users if isinstance(users, str) else list(users)  # a generator runs here
        if connection is None:
            return self._receipt(self._tidings.push, users, notification)
        if iscoroutinefunction(getattr(connection, "execute", None)):
            raise Unsupported("this connection is async: await tidings.Tidings.push on its loop")
        staged = self._background.call_here(
            self._tidings.push, users, notification, connection=connection
        )
        return Receipt(self._background, staged)

    def publish(
        self, channel: str, name: str, data: Any = None, *, origin: str | None = None
    ) -> Receipt:
        """See `tidings.Tidings.publish`."""
        return self._receipt(self._tidings.publish, channel, name, data, origin=origin)

    def subscribe(self, channel: str, *, after: Position | None = None) -> Stream[Delivery]:
        """See `tidings.Tidings.subscribe`."""
        return streamed(self._background, lambda: self._tidings.subscribe(channel, after=after))

    def inbox(self, user: str, *, origin: str | None = None) -> Inbox:
        """See `tidings.Tidings.inbox`."""
        return Inbox(self._background, self._tidings.inbox(user, origin=origin))

    def authorize(self, request: AccessRequest) -> Grant | Denial:
        """See `tidings.Tidings.authorize`."""
        return self._background.call(self._tidings.authorize, request)

    def admit(self, token: str) -> Identity:
        """See `tidings.Tidings.admit`."""
        return self._background.call(self._tidings.admit, token)

    @property
    def tickets(self) -> Tickets | None:
        """See `tidings.Tidings.tickets`."""
        return self._tidings.tickets

    def redeem(self, ticket: str) -> Identity:
        """See `tidings.Tidings.redeem`."""
        return self._background.call(self._tidings.redeem, ticket)

    def disconnect(self, user: str, *, revoke: bool | datetime = False) -> Receipt:
        """See `tidings.Tidings.disconnect`."""
        return self._receipt(self._tidings.disconnect, user, revoke=revoke)

    def cancel(self, id: str) -> int:  # noqa: A002
        """See `tidings.Tidings.cancel`."""
        return self._background.call(self._tidings.cancel, id)

    def forget(self, user: str) -> Receipt:
        """See `tidings.Tidings.forget`."""
        return self._receipt(self._tidings.forget, user)

    @property
    def _tidings(self) -> service.Tidings:
        return self._background.tidings

    async def _transports(self) -> tuple[TransportState, ...]:
        return self._tidings.transports

    def _receipt(
        self,
        function: Callable[P, Coroutine[Any, Any, receipt.Receipt]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Receipt:
        return Receipt(self._background, self._background.call(function, *args, **kwargs))
