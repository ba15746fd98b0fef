"""What a plugin is, and its five hooks.

A plugin is an object, configured by its constructor's keywords, some of whose methods carry
`@hookimpl` and one of the names below. It may implement any of them, take fewer arguments than
are passed (never others), and has a name: its attribute `name`, its key in the settings, or
else its class's name. What the core should know of it stands in its attribute `abilities`.

What only one provider can answer (reading a log, paging an inbox, ...) is no hook but a method
of a Protocol in `tidings.protocols`, which the plugin object has as well.

Example:
    class Loudspeaker:
        abilities = Abilities(role="carrier")

        @hookimpl
        async def push(self, events):
            for event in events:
                print(event.channel, event.name, event.data.decode())
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

import pluggy

from tidings.access import AccessRequest, Denial, Grant
from tidings.event import Event, Stored

if TYPE_CHECKING:
    from tidings.service import Tidings

PROJECT = "tidings"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """What each hook is passed, must give back, and when it is called."""

    @hookspec
    def connect(self, tidings: Tidings) -> AbstractAsyncContextManager[None]:  # type: ignore[empty-body]
        """Open what the plugin needs, and close it.

        An async context manager (`@hookimpl` above `@asynccontextmanager`), entered once when
        `async with Tidings(...)` begins, before any other hook of any plugin, in the order in
        which plugins were given; left in reverse order, in the task that entered it.

        Args:
            tidings: the application's object, with its `options` and `clock`. It is not open
                yet: pushing or subscribing within `connect` is an error.

        Raising on the way in refuses the start: plugins already entered are left again, and the
        error reaches the application. One that fails while it is open (a task group in it does) is
        logged and entered anew, with backoff. Leaving must lose nothing that was accepted, and
        come to an end by itself.

        What this returns is entered once and left once. The same object is connected again, by
        another call, only after it was left. Cancelled on the way in or later, it closes what it
        had opened: no task, thread or socket is left.

        Example:
            @hookimpl
            @asynccontextmanager
            async def connect(self, tidings):
                async with open_client(self.url) as self.client:
                    yield
        """

    @hookspec
    async def authorize(self, request: AccessRequest) -> Grant | Denial | None:
        """Say whether this identity may do this on this channel.

        An async function, called at each request for access: one policy after another, in the
        order in which plugins were given, until one denies. The application's own calls are not
        asked about, nor is `#tidings`, which is denied to every client.

        Args:
            request: `identity` (None for a client that proved nothing), `channel`, `action`.

        Returns:
            A `Grant`, a `Denial` with a reason for the client, or None for "not my concern".
            Nobody grants = denied; one denial beats all grants.

        Raising, or taking more than 5 seconds, denies; the client is not told why, the log is.

        Example:
            @hookimpl
            async def authorize(self, request):
                if request.channel.startswith("private-team-"):
                    return Grant() if await self.is_member(request) else Denial("not your team")
        """

    @hookspec
    def subscribe(  # type: ignore[empty-body]
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AbstractAsyncContextManager[None]:
        """Hear what others push on a channel.

        An async context manager, of brokers and listening carriers. Entered when a channel gets
        its first listener in this process and left after its last, never twice at once for one
        channel. Entering ends once the far side has confirmed: what is pushed after that must be
        delivered. Different channels are entered at the same time.

        Args:
            channel: the channel's name.
            deliver: call it with each event heard, from the event loop's thread; it never blocks
                or raises, for the core catches and logs what its listeners raise. Lost, repeated
                and reordered events are allowed: the core mends that from the log. Position, counts
                and id must come through as they were pushed.

        Raising on the way in reaches whoever wanted to listen. Raising later (a lost connection)
        makes the core enter it anew, with backoff, and read what was missed from the log. One that
        is cancelled on the way in hears nothing afterwards.

        Example:
            @hookimpl
            @asynccontextmanager
            async def subscribe(self, channel, deliver):
                async with self.client.subscribed(channel, lambda text: deliver(decode(text))):
                    yield
        """

    @hookspec
    async def push(self, events: Sequence[Event]) -> None:
        """Carry these events out, to other processes (broker) or other systems (carrier).

        An async function, of every transport. Called by the transport's own sender, one call at
        a time, with up to `Options.push_batch` events, in order; logged events have a position.

        Args:
            events: at least one. None has more data than the `max_payload` ability says.

        Returns:
            Once the far side has taken them all.

        Raising, or taking more than `Options.push_timeout`, means that perhaps none was taken:
        the same events come again, after a growing pause, for `Options.retry_for`; so the far
        side may see some twice. Raise `Undeliverable` for what no retry can help: the events then
        come one by one, and those it is raised for again are given up and reported.

        Example:
            @hookimpl
            async def push(self, events):
                await self.client.publish([(e.channel, encode(e)) for e in events])
        """

    @hookspec
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:  # type: ignore[empty-body]
        """Append these events to their channels' logs, in one transaction.

        An async function, of the one store. Called by the pipeline, one call at a time, with all
        that waited meanwhile; only for channels that have a log.

        Args:
            events: at least one, without positions, of one or many channels, in order.

        Returns:
            One result for each event, in order: `Stored` with its position and, where the channel
            is a user's, the counts after it; or an exception for an event that cannot be stored
            (`Conflict`: its id has other content), which does not fail the others. An event
            whose id the log knows with the same content is answered with its old position and
            `duplicate=True`. See `tidings.inbox_fold` for what events do to an inbox.

        Raising fails the whole batch: nothing of it may then be in the log, and the callers get
        a `StoreError` with this one as its cause. What was answered `Stored` must be there. Of a
        batch that is cancelled in the middle either all is there or nothing.

        Example:
            @hookimpl
            async def persist(self, events):
                return await self.writer.run(append, events)
        """


HOOKS = ("connect", "authorize", "subscribe", "push", "persist")
