"""One connection by `pysher`, in its threads, that is made once and never by itself again.

What pysher does when it reconnects (it sends the old signatures again) is thus never done.
"""

from __future__ import annotations

import logging
import sched
import threading
import time
from collections.abc import Callable
from typing import Any

from pysher import Pusher
from pysher.connection import Connection

from tidings_pusher.account import Account

_NAP = 30.0
_SILENT = logging.Logger("tidings_pusher.pysher", logging.CRITICAL + 1)  # noqa: LOG001
"""In place of pysher's logger, which tells all that is sent: signatures too."""


class Wire(Connection):  # type: ignore[misc]
    """A connection that ends where it is lost.

    Args:
        account: whose app it connects to.
        frame: called, from its thread, with each frame's event, data and channel (None: none).
        ended: called, from its thread, as the last thing it does.
    """

    def __init__(
        self,
        account: Account,
        frame: Callable[[str, Any, str | None], None],
        ended: Callable[[], None],
    ) -> None:
        super().__init__(frame, _url(account))
        self.logger = _SILENT
        self.disconnect_called = True  # so that its loop connects once
        for event in ("pusher:connection_established", "pusher:error"):
            self.bind(event, lambda data, event=event: frame(event, data, None))
        self._when_ended = ended
        self._over = threading.Event()
        self.timeout_scheduler = sched.scheduler(time.time, self._nap)

    def run(self) -> None:
        """Connect, hand on what comes, and end with both threads."""
        try:
            super().run()
        finally:
            self._over.set()
            self._end_timers()
            self._when_ended()

    def hang_up(self) -> None:
        """Have it end soon; callable from any thread, and it does not wait."""
        app = self.socket
        if app is None:
            return
        app.keep_running = False
        wire = getattr(app.sock, "sock", None)
        if wire is not None:
            try:
                wire.shutdown(2)  # wakes the thread that reads
            except OSError:
                return  # it has ended already

    def _nap(self, seconds: float) -> None:
        self._over.wait(min(_NAP, seconds))

    def _end_timers(self) -> None:
        timers = self.timeout_scheduler_thread
        while timers is not None and timers.is_alive():
            self._stop_timers()
            timers.join(0.01)


def _url(account: Account) -> str:
    where = Pusher._build_url  # noqa: SLF001
    made: str = where(
        _Named(account.key), account.ssl, account.at_port, custom_host=account.socket_host
    )
    return made


class _Named:
    """What the package's function reads of its client."""

    client_id = Pusher.client_id
    protocol = 7

    def __init__(self, key: str) -> None:
        self.key = key
