"""`Tidings`: what an application holds in its hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tidings.accepting import heard, now, refusal
from tidings.access import AccessRequest, Denial, Grant, Identity
from tidings.changes import FORGOTTEN
from tidings.encoding import encode
from tidings.errors import Closed, InvalidToken, Unsupported
from tidings.event import Event, Passed, Position, Stored
from tidings.folded import FoldedRows
from tidings.ids import new_id
from tidings.inbox import Inbox
from tidings.inbox_access import InboxAccess
from tidings.listening import Listening
from tidings.names import CONTROL_CHANNEL, check_channel, check_event_name, user_channel
from tidings.notification import Notification
from tidings.observing import Observer, Observers
from tidings.options import Options
from tidings.plugin_set import complete
from tidings.policy import decide, not_before, revoked
from tidings.protocols import InboxRows, Log, Presence, Revocations
from tidings.pushing import Push
from tidings.receipt import Receipt, receipt_of
from tidings.registry import Hooks
from tidings.running import Running
from tidings.store_parts import Part, StoreParts, needed
from tidings.subscription import Subscription
from tidings.transport_state import TransportState

if TYPE_CHECKING:
    from os import PathLike

    from tidings.tickets import Tickets
    from tidings.tokens import Tokens

DISCONNECT = "tidings:disconnect"
"""The control event that cuts a user's connections off; data: `{"user": ..., "revoked": bool}`."""

_NO_KEY = "no key to check tokens with: set `token_key`, or give `tokens=`"


class Tidings:
    """In-app notifications over whichever transports and store it is given.

    Use it within `async with`: entering connects the plugins, leaving lets them carry what was
    accepted. `Tidings()` keeps everything in the memory of this process. Given plugins, it adds a
    `MemoryBroker` where none is local (a process hears itself), never a store.

    Args:
        plugins: brokers, carriers, one store, policies, fronts; their order is that of hooks.
        options: the core's settings.
        tokens: makes and checks clients' tokens; needed by `admit` and tickets.
        clock: gives the time, with a zone; for tests.

    Raises:
        PluginError: a plugin cannot be used; the error says why and what to do.

    Example:
        async with Tidings() as tidings:
            await tidings.push(["ann", "bob"], Notification(heading="Build passed"))
            page = await tidings.inbox("ann")
    """

    def __init__(
        self,
        *plugins: object,
        options: Options | None = None,
        tokens: Tokens | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.options = options or Options()
        self.tokens = tokens
        self.clock = clock
        self.hooks = Hooks(complete(plugins))
        self._parts = StoreParts.of(self.hooks.store)
        self._observers = Observers()
        self._tickets: Tickets | None = None
        self._running: Running | None = None
        self._opening = False

    @classmethod
    def from_settings(cls, path: str | PathLike[str] | None = None, **overrides: Any) -> Self:
        """Make it as `tidings.toml`, `.env` and the environment say.

        Args:
            path: the settings file, in place of `TIDINGS_CONFIG` or `./tidings.toml`.
            overrides: settings that win over all else.

        Raises:
            SettingsError: a setting is unknown or wrong.
            PluginError: a plugin is missing.
        """
        from tidings.configured import configured
        from tidings.settings import Settings

        plugins, keywords = configured(Settings.load(path, **overrides))
        return cls(*plugins, **keywords)

    async def __aenter__(self) -> Self:
        if self._running is not None:
            raise Closed("this Tidings object is open already: share it, or make another")
        if self._opening:
            raise Closed("this Tidings object is being opened: share it, or make another")
        self._opening = True
        try:
            running = Running(self.hooks, self._parts, self.options, self.clock, self._observers)
            await running.open(self)
            self._running = running
        finally:
            self._opening = False
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        running, self._running = self._open, None
        await running.close()

    @property
    def carriers(self) -> tuple[str, ...]:
        """The names of the transports that take events out of the application."""
        return tuple(t.name for t in self.hooks.transports if t.abilities.role == "carrier")

    @property
    def transports(self) -> tuple[TransportState, ...]:
        """How each transport is doing; raises `Closed` while this object is not open."""
        return tuple(sender.state() for sender in self._open.senders)

    @property
    def presence(self) -> Presence:
        """Who is on presence channels, as the first broker that knows it does.

        Raises:
            Unsupported: no broker does.
        """
        for transport in self.hooks.transports:
            if transport.abilities.presence and isinstance(transport.plugin, Presence):
                return transport.plugin
        raise Unsupported("no broker here knows who is present: add one, such as MemoryBroker")

    @property
    def log(self) -> Log:
        """The store's log, for fronts; raises `Unsupported` where there is no store."""
        return self._need(self._parts.log, "Log", "a log")

    @property
    def rows(self) -> InboxRows:
        """The inboxes, for fronts: the store's own or, where it has no rows, folded from its log.

        Raises:
            Unsupported: there is no store.
            Closed: this object is not open.
        """
        log, _ = self._need(self._parts.log, "Log", "an inbox"), self._open
        return self._parts.rows or FoldedRows(log, self.options.recall_batch)

    @property
    def revocations(self) -> Revocations:
        """From when on users' tokens count, for fronts; raises `Unsupported` if none keeps it."""
        return self._need(self._parts.revocations, "Revocations", "revoking")

    async def push(
        self,
        users: str | Iterable[str],
        notification: Notification,
        *,
        connection: object | None = None,
    ) -> Receipt:
        """Give each of these users the notification, once.

        Many users are one batch in the store. Pushing again is safe: whoever has it keeps the
        one they have, and the receipt names them as duplicates.

        Args:
            users: whom it is for.
            notification: what they are to read.
            connection: one of the application's own, to the store's database. Then all that this
                does is to write the push into that connection's transaction: it takes place if
                and only if that commits.

        Returns:
            A receipt: for each user a position in their log, the time it is scheduled for, or
            `Staged`.

        Raises:
            Conflict: (one user) the id was used before with other content.
            PushFailed: (several) some users were not served; it says which, and who was.
            InvalidName: a user id cannot be one; nobody was served.
            InvalidData: the notification is too large or has expired; nobody was served.
            Unsupported: it is for later, or expires, and the store has no schedule; or the store
                cannot use this connection.
        """
        running, push = self._open, Push.of(users, notification)
        if connection is not None:
            staging = self._need(self._parts.staging, "Staging", "push(connection=...)")
            scheduler = self._need(running.scheduler, "Schedule", "push(connection=...)")
            return await push.stage(staging, connection, scheduler, self.clock())
        if not push.is_timed:
            return await push.submit(running)
        schedule = self._need(self._parts.schedule, "Schedule", "send_after and expires_at")
        return await push.submit_timed(running, schedule, self.clock())

    async def publish(
        self, channel: str, name: str, data: Any = None, *, origin: str | None = None
    ) -> Receipt:
        """Send a plain event on a channel; nobody's inbox changes.

        Args:
            channel: any channel but `#tidings`; users' channels too.
            name: the event's name; `tidings:`, `pusher:` and `pusher_internal:` are reserved.
            data: any JSON, up to 64 KiB.
            origin: the connection it came from, which then is not sent it back.

        Raises:
            InvalidName: the channel or the event cannot be called that.
            InvalidData: the data is no JSON, or too large.
            StoreError: it could not be logged.
        """
        event = Event(
            check_channel(channel), check_event_name(name), encode(data), new_id(), origin=origin
        )
        return await self._submit(event)

    def subscribe(self, channel: str, *, after: Position | None = None) -> Subscription:
        """Listen to a channel, in this process, with the application's own right.

        Args:
            channel: any channel; `#tidings` (control) too.
            after: where the listener stopped before: it gets what it missed first. Without it,
                it hears what comes from now on.

        Raises:
            Unsupported: `after` was given for a channel without a log.
        """
        return self._open.subscribe(heard(channel), after)

    def listen(self, channel: str) -> Listening:
        """Keep a channel open, to hand it on to many: the door by which fronts hear.

        With the application's own right, as `subscribe`.

        Args:
            channel: any channel; `#tidings` (control) too.

        Raises:
            InvalidName: no channel can be called that.
        """
        return self._open.listen(heard(channel))

    def observe(self, observer: Observer) -> AbstractContextManager[None]:
        """Show an observer what leaves and what is heard in this process, until exit.

        For consoles. It may begin before this object is open.
        """
        return self._observers.watching(observer)

    async def submit(self, events: Sequence[Event]) -> Sequence[Stored | Passed | Exception]:
        """Take events as they are, with their ids and origins: the door for fronts.

        The right of whoever sent them has been checked by then, and their names and data are what
        they say: nothing is parsed here, and names that are reserved may stand.

        Args:
            events: on any channels but `#tidings`, without positions.

        Returns:
            What became of each, in order; an exception is that event's alone.

        Raises:
            Closed: this object is closing; nothing was taken.
        """
        refused = [refusal(event) for event in events]
        good = [event for event, error in zip(events, refused, strict=True) if error is None]
        results = iter((await self._open.submit(good)).results if good else ())
        return [error or next(results) for error in refused]

    def inbox(self, user: str, *, origin: str | None = None) -> Inbox:
        """Return the inbox of a user; it reads nothing yet, and this object need not be open yet.

        Args:
            user: the user's id.
            origin: the connection that its changes come from, as in `publish`.

        Raises:
            Unsupported: there is no store.
            InvalidName: the user id cannot be one.
        """
        self._need(self._parts.log, "Log", "an inbox")
        return Inbox(user, user_channel(user), InboxAccess(self), origin)

    async def authorize(self, request: AccessRequest) -> Grant | Denial:
        """Ask the policies whether a client may do something; see `decide` for how they are heard.

        An identity whose proof was revoked is denied before they are asked.
        """
        if request.identity is not None and await self._is_revoked(request.identity):
            return Denial("revoked")
        return await decide(request, self.hooks.authorize.items(), self.options.authorize_timeout)

    async def admit(self, token: str) -> Identity:
        """Return who a client is, by its token.

        Raises:
            InvalidToken: forged, expired or revoked.
            Unsupported: there are no `tokens`.
        """
        if self.tokens is None:
            raise Unsupported(_NO_KEY)
        return await self._unless_revoked(self.tokens.verify(token))

    @property
    def tickets(self) -> Tickets | None:
        """What makes tickets for clients that are known, by `tokens`; None without these."""
        if self._tickets is None and self.tokens is not None:
            from tidings.tickets import Tickets

            self._tickets = Tickets(self.tokens)
        return self._tickets

    async def redeem(self, ticket: str) -> Identity:
        """Return who a client is, by a ticket, which is used up by that.

        Raises:
            InvalidToken: it is no ticket, has expired, was used already or is revoked.
            Unsupported: there are no `tokens`.
        """
        if (tickets := self.tickets) is None:
            raise Unsupported(_NO_KEY)
        return await self._unless_revoked(tickets.redeem(ticket))

    async def disconnect(self, user: str, *, revoke: bool | datetime = False) -> Receipt:
        """Cut off every connection of a user, on every node.

        Args:
            user: the user's id.
            revoke: refuse tokens issued before now, or this moment: they must sign in again.

        Raises:
            Unsupported: `revoke`, and the store cannot keep it. ValueError: no aware moment.
        """
        user_channel(user)
        if revoke:
            await self.revocations.revoke(user, not_before(revoke, self.clock()))
        data = encode({"user": user, "revoked": bool(revoke)})
        return await self._submit(Event(CONTROL_CHANNEL, DISCONNECT, data, new_id()))

    async def cancel(self, id: str) -> int:  # noqa: A002
        """Drop a notification that is scheduled and not yet sent; return for how many users."""
        return await self._need(self._parts.schedule, "Schedule", "cancelling").cancel(id)

    async def forget(self, user: str) -> Receipt:
        """Erase all that is stored of a user; devices that follow take it as a reset.

        What transports have carried already is beyond reach.
        """
        channel = user_channel(user)
        log = self._need(self._parts.log, "Log", "forgetting")
        async with self._open.pipeline.writing:
            await log.forget(channel)
        return await self._submit(Event(channel, FORGOTTEN, b"{}", new_id()))

    @property
    def _open(self) -> Running:
        if self._running is None:
            raise Closed("this Tidings object is not open: use it within `async with`")
        return self._running

    def _need(self, part: Part | None, name: str, purpose: str) -> Part:
        return needed(part, name, purpose, store=self.hooks.store)

    async def _unless_revoked(self, identity: Identity) -> Identity:
        if await self._is_revoked(identity):
            raise InvalidToken("this token was revoked: sign in again")
        return identity

    async def _is_revoked(self, identity: Identity) -> bool:
        revocations = self._parts.revocations
        if revocations is None:
            return False
        return revoked(identity, await revocations.not_before(identity.user))

    async def _submit(self, event: Event) -> Receipt:
        accepted = await self._open.pipeline.submit([event])
        return receipt_of([event.channel], accepted.results, accepted.shipments)
