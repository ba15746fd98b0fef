"""Pusher's hosted service as a transport, and signing for Pusher's own clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidings_pusher.access import AccessDenied, PusherAccess
from tidings_pusher.app import App

if TYPE_CHECKING:
    from tidings_pusher.transport import PusherTransport

__all__ = ["AccessDenied", "App", "PusherAccess", "PusherTransport"]


def __getattr__(name: str) -> Any:
    if name != "PusherTransport":
        raise AttributeError(f"module 'tidings_pusher' has no attribute {name!r}")
    from tidings_pusher.transport import PusherTransport  # when used: so are its libraries

    return PusherTransport
