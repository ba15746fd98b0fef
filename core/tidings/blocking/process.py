"""What becomes of objects that are open when their process forks or ends."""

from __future__ import annotations

import atexit
import concurrent.futures.thread  # noqa: F401 (its exit handler must be registered before ours)
import os
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from tidings.blocking.background import Background

# Forking and ending are the process's, not an object's; so these stand here.
_all: WeakSet[Background] = WeakSet()
_open: set[Background] = set()


def known(background: Background) -> None:
    """Tell it of forks from now on."""
    _all.add(background)


def opened(background: Background) -> None:
    """Keep it, and close it when the process ends at the latest."""
    _open.add(background)


def closed(background: Background) -> None:
    """Let go of it."""
    _open.discard(background)


def _forked() -> None:
    _open.clear()
    for background in tuple(_all):
        background.forked_off()


def _main_thread_ended() -> None:
    """Close while executors still take work: plugins use them, and so does asyncio itself.

    Where other threads go on and may push, only have what was accepted so far carried.
    """
    others = set(threading.enumerate()) - {threading.main_thread()}
    if any(not thread.daemon for thread in others):
        for background in tuple(_open):
            background.drain()
    else:
        _close_all()


def _close_all() -> None:
    with ExitStack() as stack:
        for background in tuple(_open):
            stack.callback(background.close)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
atexit.register(_close_all)
if hasattr(threading, "_register_atexit"):  # as concurrent.futures does; there is no public way
    with suppress(RuntimeError):  # imported only when the main thread has ended already
        threading._register_atexit(_main_thread_ended)  # noqa: SLF001
