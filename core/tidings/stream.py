"""Following an inbox: async iterators over what a device sees."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

from tidings.device import Device
from tidings.event import Counts, Position
from tidings.page import Page
from tidings.updates import Update

T_co = TypeVar("T_co", covariant=True)


class InboxStream(Generic[T_co]):
    """An async iterator and context manager over an inbox as it changes.

    What is pushed after it was entered is seen. Iterating without entering enters; leave it (or
    `aclose`) to stop listening.

    Example:
        async with tidings.inbox("ann").watch_pending() as badge:
            async for pending in badge:
                print(pending)
    """

    def __init__(
        self,
        device: Device,
        first: Callable[[Device], T_co | None],
        then: Callable[[Device, Update], T_co | None],
    ) -> None:
        self._device = device
        self._first: Callable[[Device], T_co | None] | None = first
        self._then = then
        self._started = False
        self._closed = False

    async def __aenter__(self) -> Self:
        if not self._started:
            await self._device.start()
            self._started = True
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T_co:
        if self._closed:
            raise StopAsyncIteration
        if self._first is not None:
            await self.__aenter__()
            first, self._first = self._first, None
            if (item := first(self._device)) is not None:
                return item
        while (update := await self._device.next()) is not None:
            if (item := self._then(self._device, update)) is not None:
                return item
        raise StopAsyncIteration

    @property
    def position(self) -> Position:
        """The position in the log that this stream has come to."""
        return self._device.position

    async def aclose(self) -> None:
        """Stop listening."""
        self._closed = True
        await self._device.stop()


def updates(device: Device) -> InboxStream[Update]:
    """Every update, from now on."""
    return InboxStream(device, lambda _: None, lambda _, update: update)


def pages(device: Device) -> InboxStream[Page]:
    """The page as it is, then as it is after each update."""
    return InboxStream(device, lambda device: device.page, lambda device, _: device.page)


def pending(device: Device) -> InboxStream[int]:
    """The pending count as it is, then whenever it is another."""
    shown: list[Counts] = []

    def show(device: Device, _: Update | None = None) -> int | None:
        if shown and shown[-1].pending == device.counts.pending:
            return None
        shown[:] = [device.counts]
        return device.counts.pending

    return InboxStream(device, show, show)
