"""All streams of a front, and which are whose."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from tidings_http.counters import Counters
from tidings_http.limits import Limits
from tidings_http.problems import limit
from tidings_http.stream import Stream


class Streams:
    """Counts streams in and out, and finds those of a user."""

    def __init__(self, limits: Limits, counters: Counters) -> None:
        self._limits = limits
        self._counters = counters
        self._streams: set[Stream] = set()
        self._users: dict[str, set[Stream]] = {}
        self._none = asyncio.Event()
        self._none.set()

    def __iter__(self) -> Iterator[Stream]:
        return iter(tuple(self._streams))

    def __len__(self) -> int:
        return len(self._streams)

    def of(self, user: str) -> Iterator[Stream]:
        """Return the streams of a user."""
        return iter(tuple(self._users.get(user, ())))

    async def all_ended(self) -> None:
        """Wait until there is none."""
        await self._none.wait()

    @contextmanager
    def counting(self, stream: Stream) -> Iterator[None]:
        """Count a stream until exit.

        Raises:
            Problem: there are as many as there may be, of all or of this user's.
        """
        user = stream.identity.user if stream.identity is not None else None
        self._check(user)
        self._streams.add(stream)
        if user is not None:
            self._users.setdefault(user, set()).add(stream)
        self._none.clear()
        self._counters.streams = len(self._streams)
        try:
            yield
        finally:
            self._streams.discard(stream)
            if user is not None:
                self._users[user].discard(stream)
                if not self._users[user]:
                    del self._users[user]
            if not self._streams:
                self._none.set()
            self._counters.streams = len(self._streams)

    def _check(self, user: str | None) -> None:
        if len(self._streams) >= self._limits.streams:
            self._counters.refused["streams"] += 1
            raise limit("too many streams are open: come back later", 503)
        if user is not None and len(self._users.get(user, ())) >= self._limits.per_user:
            self._counters.refused["per_user"] += 1
            raise limit("this user has too many streams: close one of them")
