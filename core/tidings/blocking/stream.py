"""What comes on a channel or happens in an inbox, as a plain iterator."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from tidings.blocking.background import Background, result
from tidings.blocking.errors import Forked
from tidings.errors import Closed
from tidings.event import Position

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class AsyncStream(Protocol[T_co]):
    """What `tidings.Subscription` and `InboxStream` have in common."""

    @property
    def position(self) -> Position | None:
        """The position in the log that it has come to."""

    async def __aenter__(self) -> object:
        """Begin to listen."""

    async def __anext__(self) -> T_co:
        """Wait for the next item."""

    async def aclose(self) -> None:
        """Stop listening."""


def streamed(background: Background, make: Callable[[], AsyncStream[T]]) -> Stream[T]:
    """Return the stream over what `make` makes, in the thread where listeners are kept."""

    async def made() -> AsyncStream[T]:
        """Make it there."""
        return make()

    return Stream(background, background.call(made))


class Stream(Generic[T]):
    """An iterator and context manager over what comes, at the reader's pace.

    What comes after it was entered (or after the first item was asked for) is seen. It ends when
    it is closed or the `Tidings` object is, from any thread. Threads that iterate over the same
    stream share its items.

    Attributes:
        position: the position in the log of the last item that was taken; where it began, before.

    Example:
        with tidings.inbox("ann").watch_pending() as badge:
            for pending in badge:
                print(pending)
    """

    def __init__(self, background: Background, stream: AsyncStream[T]) -> None:
        self.position = stream.position
        self._background = background
        self._stream = stream
        self._reading = Lock()
        self._next: Future[tuple[T, Position | None]] | None = None

    def __enter__(self) -> Self:
        self.position = self._background.call(self._begin)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        return self.next()

    def next(self, timeout: float | None = None) -> T:
        """Wait for the next item.

        Args:
            timeout: how many seconds at most; without it, as long as it takes.

        Raises:
            TimeoutError: nothing came. Nothing is lost by it: ask again whenever you like.
            StopIteration: the stream has ended.
        """
        self._background.check()
        end = None if timeout is None else monotonic() + timeout
        if not self._reading.acquire(timeout=-1 if timeout is None else timeout):
            raise TimeoutError(f"another thread was reading for {timeout} s")
        try:
            return self._take(end)
        finally:
            self._reading.release()

    def close(self) -> None:
        """Stop listening; whoever waits for an item is told that there are no more."""
        with suppress(Closed):  # then it has ended already
            self._background.call(self._stream.aclose)

    def _take(self, end: float | None) -> T:
        try:
            if self._next is None:
                self._next = self._background.start(self._advance)
            # interrupted or too late, the item stays asked for, and is taken the next time
            wait([self._next], None if end is None else max(0, end - monotonic()))
            if not self._next.done():
                raise TimeoutError("nothing came within the time given")
            answer, self._next = self._next, None
            item, self.position = result(answer)
        except Forked:
            raise
        except (StopAsyncIteration, Closed):
            raise StopIteration from None
        return item

    async def _begin(self) -> Position | None:
        await self._stream.__aenter__()
        return self._stream.position

    async def _advance(self) -> tuple[T, Position | None]:
        return await self._stream.__anext__(), self._stream.position
