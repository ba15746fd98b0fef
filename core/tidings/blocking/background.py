"""The thread that an async `Tidings` object lives in, and the way into it from all others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, suppress
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from tidings.blocking import process
from tidings.blocking.errors import Forked, OnEventLoop
from tidings.errors import Closed, Unsupported
from tidings.service import Tidings

P = ParamSpec("P")
T = TypeVar("T")


class Background:
    """Opens a `Tidings` object in a thread with an event loop, at first use, and calls it there.

    Any number of threads may use it at once. Once closed it stays so until `open` is called.

    Args:
        tidings: not open yet; nobody else opens it.
    """

    def __init__(self, tidings: Tidings) -> None:
        self.forked = False
        """Whether it was open when this process was forked; then it is of no more use here."""
        self._tidings = tidings
        self._changing = Lock()  # held while it opens or closes, which takes its time
        self._starting = Lock()  # held while a call is handed over: never to a loop that has ended
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._portal: BlockingPortal | None = None
        self._stack = ExitStack()
        process.known(self)

    @property
    def tidings(self) -> Tidings:
        """The object itself, for what can be asked of it in any thread."""
        self._refuse_if_forked()
        return self._tidings

    def check(self) -> None:
        """Raise if it may not be called here: on an event loop, or in a forked child."""
        refuse_on_event_loop()
        self._refuse_if_forked()

    def open(self) -> None:
        """Start the thread and connect the plugins, unless that is done."""
        self.check()
        with self._changing:
            if self._loop is None:
                self._open()

    def close(self) -> None:
        """Have what was accepted carried, close the plugins, end the thread."""
        refuse_on_event_loop()
        if self.forked:  # it is the parent's to close
            return
        with self._changing:
            self._closed = True
            with self._starting:
                self._loop = None
            try:
                self._stack.close()
            finally:
                self._portal = None
                process.closed(self)

    def start(
        self, function: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Begin a call, in the caller's context; open first if need be."""
        self._open_at_first_use()
        with self._starting:
            if self._loop is None:
                raise _closed()
            # one switch of threads each way, where the portal's own call takes two
            return asyncio.run_coroutine_threadsafe(function(*args, **kwargs), self._loop)

    def call(
        self, function: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call, and return or raise what the call does; interrupted, cancel it."""
        future = self.start(function, *args, **kwargs)
        try:
            return result(future)
        except BaseException:
            future.cancel()
            raise
        finally:
            del future  # an exception keeps this frame, and must not keep itself

    def call_here(
        self, function: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call, in this very thread, what awaits nothing.

        Raises:
            Unsupported: it did await something.
        """
        self._open_at_first_use()
        called = function(*args, **kwargs)
        try:
            called.send(None)
        except StopIteration as done:
            answer: T = done.value
            return answer
        finally:
            called.close()
        raise Unsupported(
            "this waits for an event loop: await it there, as a method of tidings.Tidings"
        )

    def drain(self) -> None:
        """Wait until transports have carried what was accepted, no longer than closing would."""
        with suppress(Closed, TimeoutError):
            self.call(self._carried)

    def forked_off(self) -> None:
        """Give up what is the parent's; called in a forked child before anything else."""
        # A lock that is held was held by a thread that is not here; nobody waits for it any more.
        if self._loop is not None or self._changing.locked() or self._starting.locked():
            self.forked = True
            self._loop = None
        if self._portal is not None:
            # Its thread is not here to end it, and whoever collects its context manager would
            # wait for that thread. Stopping awaits nothing, so it needs no loop to run it.
            with suppress(StopIteration, RuntimeError):
                self._portal.stop().send(None)

    def _refuse_if_forked(self) -> None:
        if self.forked:
            raise Forked(
                "this Tidings object was open when the process forked, and stays with the parent: "
                "open() it here, or first use it after the fork"
            )

    def _open_at_first_use(self) -> None:
        self.check()
        if self._loop is not None:
            return
        if self._closed:  # nobody waits until closing has come to its end
            raise _closed()
        with self._changing:
            if self._closed:
                raise _closed()
            if self._loop is None:
                self._open()

    def _open(self) -> None:
        with ExitStack() as stack:
            portal = stack.enter_context(start_blocking_portal("asyncio", name="tidings"))
            stack.enter_context(portal.wrap_async_context_manager(self._tidings))
            loop = portal.call(asyncio.get_running_loop)
            self._stack = stack.pop_all()
        self._closed = False
        self._portal, self._loop = portal, loop
        process.opened(self)

    async def _carried(self) -> None:
        running = self._tidings._running  # noqa: SLF001 (the facade is of the same house)
        if running is not None:
            async with asyncio.timeout(self._tidings.options.close_within):
                for sender in running.senders:
                    await sender.drain()


def result(future: Future[T]) -> T:
    """Wait for what a call returns or raises."""
    try:
        return future.result()
    except CancelledError:
        raise Closed("this Tidings object was closed before the call was answered") from None


def refuse_on_event_loop() -> None:
    """Raise if this thread runs an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise OnEventLoop(
        "this would stop the event loop that runs in this thread: await tidings.Tidings here, or "
        "call from another thread, as by `await asyncio.to_thread(...)`"
    )


def _closed() -> Closed:
    return Closed("this Tidings object was closed: open() it again, or enter it by `with`")
