"""A backend with an HTTP front on a real server, and what asks it."""

from __future__ import annotations

from typing import Any

from served import Served
from tidings_http import HttpFront, HttpInbox
from tidings_memory import MemoryBroker, MemoryStore


def backend(*plugins: object, front: HttpFront | None = None, **settings: Any) -> Served:
    """Make a server; without plugins, it keeps everything in memory."""
    given = plugins or (MemoryBroker(), MemoryStore())
    return Served(*given, front or HttpFront(), leave_within=0.01, **settings)


def url_of(server: Served) -> str:
    """Return where the front is."""
    return f"http://127.0.0.1:{server.port}"


def inbox_at(server: Served, user: str | None = None, **settings: Any) -> HttpInbox:
    """Make the store that a backend is: for this user, or for a node of the application."""
    token = server.admin() if user is None else server.tokens.issue(user)
    return HttpInbox(url_of(server), token, **settings)
