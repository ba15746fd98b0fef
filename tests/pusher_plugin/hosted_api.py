"""A small server that takes events as Pusher's documents say, and answers as a test chooses."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tidings_pusher import PusherTransport
from tidings_pusher.signing import body_digest, is_signed, request_text

APP_ID, KEY, SECRET = "3", "278d425bdf160c739803", "7ad3773142a6692b25b8"


class HostedApi(ThreadingHTTPServer):
    """What it was sent, and what it answers.

    Attributes:
        batches: those it took, signed as they must be.
        refused: how many requests were not.
        connections: the clients' ports, one for each request.
        statuses: its next answers; 200 once there are none left.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.batches: list[list[dict[str, Any]]] = []
        self.refused = 0
        self.connections: list[int] = []
        self.statuses: list[int] = []

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for batch in self.batches for event in batch]

    def transport(self, *, secret: str = SECRET, **settings: Any) -> PusherTransport:
        """Make a transport to it."""
        port = self.server_address[1]
        return PusherTransport(
            app_id=APP_ID,
            key=KEY,
            secret=secret,
            host="127.0.0.1",
            port=port,
            ssl=False,
            **settings,
        )

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is none of the server's errors."""


@contextmanager
def hosted_api() -> Iterator[HostedApi]:
    """Run one, until exit."""
    with HostedApi() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HostedApi

    def do_POST(self) -> None:
        url, body = urlsplit(self.path), self.rfile.read(int(self.headers["Content-Length"]))
        query = dict(parse_qsl(url.query))
        signed = is_signed(SECRET, request_text("POST", url.path, query), query["auth_signature"])
        self.server.connections.append(self.client_address[1])
        if not signed or query["body_md5"] != body_digest(body):
            self.server.refused += 1
            return self._answer(401, f"Invalid signature {query['auth_signature']}".encode())
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        if status == 200:
            assert url.path == f"/apps/{APP_ID}/batch_events"
            self.server.batches.append(json.loads(body)["batch"])
        return self._answer(status, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
