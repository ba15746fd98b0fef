"""When a signal asks the process to stop, it does, however long what it waits for would take."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)

logger = logging.getLogger("tidings.serve")


@contextmanager
def bounded_stop(within: float, *, hurries: bool) -> Iterator[None]:
    """Watch the signals that stop a server, until exit; they are passed on to who handled them.

    The first begins a time at whose end the process is ended, with exit status 1. It is meant for
    the main thread; in another nothing is watched.

    Args:
        within: how long stopping may take, in seconds.
        hurries: a second signal ends the process at once. Not so in a worker: Ctrl-C and systemd
            send it one, and then its supervisor another.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers: dict[int, Any] = {
        int(number): signal.getsignal(number) or signal.SIG_DFL for number in SIGNALS
    }
    asked = False

    def heed(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked and hurries:
            _end("a second signal came: connections are cut")
        if not asked:
            _end_after(within)
        asked = True
        handler = handlers[number]
        if callable(handler):
            handler(number, frame)

    for number in handlers:
        signal.signal(number, heed)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def stop_with_parent() -> None:
    """Ask this process to stop once the one that started it is no more, however that ended.

    A supervisor that is killed can ask nobody any more; its workers would hold the port for good.
    """
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="tidings supervisor's end", daemon=True).start()


def take_no_more_signals() -> None:
    """Let those that come from now on change nothing, as uvicorn sends itself those it got."""
    for number in SIGNALS:
        signal.signal(number, lambda *_: None)


def _end_after(seconds: float) -> None:
    words = f"not stopped within {seconds:g} s: connections are cut"
    timer = threading.Timer(seconds, _end, [words])  # a thread: the loop may be what hangs
    timer.daemon = True
    timer.start()


def _end(words: str) -> None:
    logger.error(words)
    os._exit(1)
