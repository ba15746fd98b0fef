"""What a plugin may leave behind in this process: tasks, threads, open descriptors."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from tidings.testing.rules import Unmet

_PAUSE = 0.002
"""How often, in seconds, it is looked again: the far side, too, lets go of what it held."""

_OF_THE_LOOP = ("asyncio_", "AnyIO worker thread")
"""Threads that an event loop keeps for whoever needs one next."""

_DESCRIPTORS = ("/proc/self/fd", "/dev/fd")
"""Where a process's own descriptors stand, by system; nowhere on Windows."""

Look = Callable[[], AbstractSet[object]]


def tasks() -> AbstractSet[object]:
    """Return the event loop's tasks that have not ended."""
    return asyncio.all_tasks()


def threads() -> AbstractSet[object]:
    """Return the threads that run, but for those that an event loop keeps."""
    return {t for t in threading.enumerate() if not t.name.startswith(_OF_THE_LOOP)}


def descriptors() -> AbstractSet[object]:
    """Return what is open: each descriptor, with what it is of."""
    folder = next((path for path in _DESCRIPTORS if os.path.isdir(path)), None)  # noqa: PTH112
    found: set[object] = set()
    for number in os.listdir(folder) if folder is not None else ():  # noqa: PTH208
        try:
            found.add((int(number), os.readlink(f"{folder}/{number}")))  # noqa: PTH115
        except OSError:  # closed since, as the one that the folder was read by
            continue
    return found


async def gone(what: str, look: Look, before: AbstractSet[object], within: float) -> None:
    """Wait until nothing is there that was not before."""
    try:
        async with asyncio.timeout(within):
            while look() - before:  # noqa: ASYNC110 (nobody tells when a thread has ended)
                await asyncio.sleep(_PAUSE)
    except TimeoutError:
        raise Unmet(f"no {what} that was not there before", repr(look() - before)) from None
