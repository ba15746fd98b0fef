"""Several processes that serve one port, under uvicorn's supervisor."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from types import FrameType

from uvicorn import Config
from uvicorn.supervisors import Multiprocess

from tidings_websocket.cli.stopping import SIGNALS

_WELL = (0, *(-number for number in SIGNALS))  # uvicorn ends itself by the signal it got
_GRACE = 1.0  # a worker ends itself in time, unless it hangs


class Workers(Multiprocess):
    """uvicorn's supervisor, which says when all are there, and ends in a bounded time.

    Args:
        config: what each runs.
        at: where they listen.
        stop_within: how long stopping may take, in seconds. A second signal ends them at once.
        began: called once all of them serve.
    """

    def __init__(
        self, config: Config, at: socket.socket, stop_within: float, began: Callable[[], None]
    ) -> None:
        super().__init__(config, [at])
        self._stop_within = stop_within
        self._began: Callable[[], None] | None = began

    @property
    def failed(self) -> bool:
        """Whether a worker could not start, or was cut off when it had to stop."""
        return any(process.exitcode not in _WELL for process in self.processes)

    def keep_subprocess_alive(self) -> None:
        """Look after them, several times a second."""
        for process in self.processes:
            process.child_conn.close()  # so that the end of one that is asked for a sign is seen
        super().keep_subprocess_alive()
        if self._began is not None and all(process.is_ready() for process in self.processes):
            self._began()
            self._began = None

    def terminate_all(self) -> None:
        """Ask all workers to stop."""
        for at in self.sockets:
            at.close()
        for number in SIGNALS:
            signal.signal(number, self._end)
        super().terminate_all()

    def join_all(self) -> None:
        """Wait until they have."""
        until = time.monotonic() + self._stop_within + _GRACE
        for process in self.processes:
            process.process.join(max(0.0, until - time.monotonic()))
        self._end()
        super().join_all()

    def _end(self, number: int = 0, frame: FrameType | None = None) -> None:  # noqa: ARG002
        for process in self.processes:
            process.process.kill()
