"""The lines of a front: one for each channel that some stream hears."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from tidings.listening import Listening
from tidings_http.counters import Counters
from tidings_http.line import Line


class Lines:
    """Opens the line of a channel for its first user, and closes it after its last.

    Args:
        listen: returns what keeps a channel open.
        counters: of the front.
    """

    def __init__(self, listen: Callable[[str], Listening], counters: Counters) -> None:
        self._listen = listen
        self._counters = counters
        self._lines: dict[tuple[str, bool], Line] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def audience(self) -> Mapping[str, int]:
        """Return by how many streams each channel is heard."""
        heard: Counter[str] = Counter()
        for (name, _), line in self._lines.items():
            heard[name] += line.users
        return heard

    @asynccontextmanager
    async def using(self, channel: str, *, main: bool) -> AsyncIterator[Line]:
        """Keep the line of a channel open until exit.

        It raises what opening the channel raises.
        """
        key = (channel, main)
        line = self._lines.get(key)
        if line is None:
            line = Line(self._listen(channel), self._counters, main=main)
            self._lines[key] = line
        line.users += 1
        try:
            await line.listening.__aenter__()
            yield line
        finally:
            line.users -= 1
            if not line.users:
                del self._lines[key]
                await line.listening.aclose()
