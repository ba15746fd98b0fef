"""Where the server listens, and the URLs that lead there."""

from __future__ import annotations

import socket
import ssl

import click

BACKLOG = 2048
"""How many connections may wait to be accepted."""

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (named, not chosen)


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises:
        ClickException: it cannot be; the words say why.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise click.ClickException(
            f"{host} port {port} cannot be listened on: {error.strerror}. Choose another by "
            "--host and --port."
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
            f"{certificate} and its private key are of no use: {error.strerror}. Give "
            "both as PEM files, by --ssl-certfile and --ssl-keyfile."
        ) from None


def url(listening: socket.socket, scheme: str, path: str) -> str:
    """Return a URL that leads to it from this machine."""
    host, port = listening.getsockname()[:2]
    host = _ANY.get(host, host)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{path}"
