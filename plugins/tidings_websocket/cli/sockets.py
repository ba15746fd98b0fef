"""Where the server listens, and the URLs that lead there."""

from __future__ import annotations

import os
import socket
import ssl
import sys
from collections.abc import Callable
from typing import Any

import click

BACKLOG = 2048
"""How many connections may wait to be accepted."""

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (named, not chosen)


class Spread(socket.socket):
    """A place that each worker listens at with a socket of its own (SO_REUSEPORT).

    The kernel then gives each as many connections as the others; of one socket that all share, the
    quickest takes most. This one only keeps the place: it becomes a worker's when it is sent there.
    """

    def __reduce__(self) -> tuple[Callable[..., socket.socket], tuple[Any, ...]]:
        return _listening, (self.family, self.getsockname())


def bound(host: str, port: int, *, workers: int) -> socket.socket:
    """Return a socket to listen at this address.

    Raises:
        ClickException: it cannot be; the words say why.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        alone = socket.create_server(address[:2], family=family, backlog=BACKLOG)
        if workers == 1 or sys.platform != "linux":
            return alone
        with alone:  # it is nobody else's, which what follows would not tell
            address = alone.getsockname()
        kept = Spread(family, socket.SOCK_STREAM)
        return _placed(kept, address)
    except OSError as error:
        named = isinstance(error, socket.gaierror)
        reason = error.strerror if named else os.strerror(error.errno or 0)
        raise click.ClickException(
            f"{host} port {port} cannot be listened on: {reason}. Choose another by --host and "
            "--port."
        ) from None


def check_certificate(certificate: str | None, private_key: str | None) -> None:
    """Refuse files that make no TLS.

    Raises:
        ClickException: they do not.
    """
    if certificate is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, private_key)
    except OSError as error:  # an SSLError is one
        raise click.ClickException(
            f"{certificate} and its private key are of no use: {error.strerror}. Give both as PEM "
            "files, by --ssl-certfile and --ssl-keyfile."
        ) from None


def url(listening: socket.socket, scheme: str, path: str) -> str:
    """Return a URL that leads to it from this machine."""
    host, port = listening.getsockname()[:2]
    host = _ANY.get(host, host)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{path}"


def _listening(family: int, address: tuple[Any, ...]) -> socket.socket:
    made = _placed(socket.socket(family, socket.SOCK_STREAM), address)
    made.listen(BACKLOG)
    return made


def _placed(made: socket.socket, address: tuple[Any, ...]) -> socket.socket:
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        made.setsockopt(socket.SOL_SOCKET, option, 1)
    if made.family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.bind(address)
    return made
