"""Several processes that serve one port, under uvicorn's supervisor."""

from __future__ import annotations

import signal
from types import FrameType

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from tidings_websocket.cli.stopping import SIGNALS


class Workers(Multiprocess):
    """uvicorn's supervisor; once it stops, nobody is let in, and another signal ends it at once."""

    @property
    def failed(self) -> bool:
        """Whether it stopped because a worker could not start."""
        return any(process.exitcode == STARTUP_FAILURE for process in self.processes)

    def terminate_all(self) -> None:
        """Ask all workers to stop."""
        for listening in self.sockets:
            listening.close()
        for number in SIGNALS:
            signal.signal(number, self._end)
        super().terminate_all()

    def _end(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        for process in self.processes:
            process.process.kill()
