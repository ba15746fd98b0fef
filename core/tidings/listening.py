"""A channel kept open in this process, for whoever hands it on to many: a front."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from tidings.channels import Channels
from tidings.errors import Closed
from tidings.event import Position
from tidings.live import Listener, LiveChannel, without
from tidings.reading_up import ReadingUp


class Listening:
    """A channel kept open in this process, for whoever hands it on to many: a front.

    An async context manager; entering ends once the channel is live. Where a `Subscription` has a
    queue and a reader of its own, this calls back at once and keeps nothing. Entering it more than
    once, even at the same time, opens it once; leaving, or the end of the `Tidings` object, ends
    it for good.

    Example:
        async with tidings.listen("private-user-ann") as ann:
            missed = ann.read_up(after)
            async for deliveries in missed:
                hand_on(deliveries)
            ann.attach(hand_on)  # no await before this; it may hear events up to missed.position
    """

    __slots__ = ("_channels", "_ended", "_listeners", "_live", "channel")

    def __init__(self, channels: Channels, channel: str) -> None:
        self.channel = channel
        self._channels = channels
        self._live: LiveChannel | None = None
        self._listeners: tuple[Listener, ...] = ()
        self._ended = False

    async def __aenter__(self) -> Self:
        if self._is_to_begin():
            live = await self._channels.open(self.channel)
            if self._is_to_begin():
                self._live = live
            else:  # it was begun, or ended, meanwhile
                await self._channels.release(self.channel)
        if self._ended:
            raise Closed(f"listening to {self.channel!r} has ended: begin anew")
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of the channel; its listeners hear nothing more. Closing twice does nothing."""
        self._ended = True
        live, self._live = self._live, None
        if live is not None:
            for listener in self._listeners:
                live.detach(listener)
            self._listeners = ()
            await self._channels.release(self.channel)

    @property
    def head(self) -> Position | None:
        """The position of the last event handed on; None on a channel without a log."""
        return self._open.head

    def attach(self, listener: Listener) -> None:
        """Have a listener called with what comes after `head`.

        It is called on the event loop, in order, with batches of `Event`; or a `Reset`, where
        history is lost. It must neither block nor raise. Whoever has read up to a position ahead
        of `head` has had what comes up to there, and lost nothing by a `Reset` to there.
        """
        self._open.attach(listener)
        self._listeners = (*self._listeners, listener)

    def detach(self, listener: Listener) -> None:
        """Have a listener called no more; one that was not is left alone."""
        if self._live is not None and listener in self._listeners:
            self._live.detach(listener)
            self._listeners = without(listener, self._listeners)

    def read_up(self, after: Position, *, limit: int | None = None) -> ReadingUp:
        """Read from the log what came behind a position, until level with the live end.

        It reads nothing where the position is `head`.

        Args:
            after: where the reader stands.
            limit: the most events in one batch, if fewer than `Options.recall_batch`.

        Raises:
            Unsupported: the channel has no log.
        """
        return self._open.read_up(after, limit)

    def _is_to_begin(self) -> bool:
        return self._live is None and not self._ended

    @property
    def _open(self) -> LiveChannel:
        if self._live is None:
            raise Closed(f"channel {self.channel!r} is not open: use it within `async with`")
        return self._live
