"""Inboxes, live events and pushes over HTTP: a FastAPI application, and a store that asks one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidings_http.caller import Identify
    from tidings_http.client.errors import Denied
    from tidings_http.client.store import HttpInbox
    from tidings_http.front import HttpFront
    from tidings_http.problems import Problem

__all__ = ["Denied", "HttpFront", "HttpInbox", "Identify", "Problem"]

_WHEN_USED = {  # so are the libraries that they need: FastAPI here, httpx there
    "Denied": "client.errors",
    "HttpFront": "front",
    "HttpInbox": "client.store",
    "Identify": "caller",
    "Problem": "problems",
}


def __getattr__(name: str) -> Any:
    if name not in _WHEN_USED:
        raise AttributeError(f"module 'tidings_http' has no attribute {name!r}")
    return getattr(import_module(f"tidings_http.{_WHEN_USED[name]}"), name)
