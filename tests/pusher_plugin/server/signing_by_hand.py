"""What an app's backend signs for its clients, made here without the code under test."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, cast

from tidings_pusher import App

SHOP = App(
    id="3",
    key="278d425bdf160c739803",
    secret=cast("Any", "7ad3773142a6692b25b8"),
    client_events=True,
)
BLOG = App(id="4", key="blog-key", secret=cast("Any", "blog-secret"), namespace="blog")


def signature(app: App, text: str) -> str:
    secret = app.secret.get_secret_value().encode()
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def signed(app: App, text: str) -> str:
    return f"{app.key}:{signature(app, text)}"


def to_hear(app: App, socket_id: str, channel: str, member: object = None) -> dict[str, str]:
    """Return what `pusher:subscribe` says; member: `channel_data`, as text or to be made one."""
    if not channel.startswith(("private-", "presence-")):
        return {"channel": channel, "auth": ""}
    if member is None:
        return {"channel": channel, "auth": signed(app, f"{socket_id}:{channel}")}
    shown = member if isinstance(member, str) else json.dumps(member)
    auth = signed(app, f"{socket_id}:{channel}:{shown}")
    return {"channel": channel, "auth": auth, "channel_data": shown}


def to_sign_in(app: App, socket_id: str, about: object) -> dict[str, str]:
    """Return what `pusher:signin` says; about: `user_data`, as text or to be made one."""
    shown = about if isinstance(about, str) else json.dumps(about)
    return {"auth": signed(app, f"{socket_id}::user::{shown}"), "user_data": shown}
