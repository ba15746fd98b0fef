"""Pusher both ways: its hosted service as a transport, and a server for its clients."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tidings_pusher.access import AccessDenied, PusherAccess
from tidings_pusher.app import App

if TYPE_CHECKING:
    from tidings_pusher.endpoints import BlockingPusherEndpoints, PusherEndpoints
    from tidings_pusher.exchange import HttpAnswer, HttpRequest
    from tidings_pusher.server.plugin import PusherServer
    from tidings_pusher.transport import PusherTransport
    from tidings_pusher.webhooks.webhook import Webhook

__all__ = [
    "AccessDenied",
    "App",
    "BlockingPusherEndpoints",
    "HttpAnswer",
    "HttpRequest",
    "PusherAccess",
    "PusherEndpoints",
    "PusherServer",
    "PusherTransport",
    "Webhook",
]

_WHEN_USED = {  # so are the libraries that they need
    "BlockingPusherEndpoints": "endpoints",
    "HttpAnswer": "exchange",
    "HttpRequest": "exchange",
    "PusherEndpoints": "endpoints",
    "PusherServer": "server.plugin",
    "PusherTransport": "transport",
    "Webhook": "webhooks.webhook",
}


def __getattr__(name: str) -> Any:
    if name not in _WHEN_USED:
        raise AttributeError(f"module 'tidings_pusher' has no attribute {name!r}")
    return getattr(import_module(f"tidings_pusher.{_WHEN_USED[name]}"), name)
