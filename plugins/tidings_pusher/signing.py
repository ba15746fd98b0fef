"""Pusher's signatures: HMAC-SHA256 in hexadecimal, with an app's secret.

Source: Pusher's documents on authentication signatures and on the HTTP API.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping


def sign(secret: str, text: str | bytes) -> str:
    """Return the signature of a text."""
    data = text.encode() if isinstance(text, str) else text
    return hmac.digest(secret.encode(), data, "sha256").hex()


def is_signed(secret: str, text: str | bytes, signature: str) -> bool:
    """Tell whether this is the text's signature, in a time that tells nothing of it."""
    return hmac.compare_digest(sign(secret, text).encode(), signature.encode("utf-8", "replace"))


def channel_text(socket_id: str, channel: str, channel_data: str | None = None) -> str:
    """Return what is signed to let a connection subscribe to a private or presence channel.

    Args:
        socket_id: of the connection.
        channel: as the client names it.
        channel_data: presence channels': the JSON text of the member, exactly as it is sent.
    """
    text = f"{socket_id}:{channel}"
    return text if channel_data is None else f"{text}:{channel_data}"


def user_text(socket_id: str, user_data: str) -> str:
    """Return what is signed to let a connection sign in as a user; `user_data` is JSON text."""
    return f"{socket_id}::user::{user_data}"


def request_text(method: str, path: str, query: Mapping[str, str]) -> str:
    """Return what is signed of an HTTP request.

    Args:
        method: in capitals.
        path: of the URL, without the query.
        query: its parameters, decoded; `auth_signature` itself is left out.
    """
    signed = sorted((key.lower(), value) for key, value in query.items())
    joined = "&".join(f"{key}={value}" for key, value in signed if key != "auth_signature")
    return f"{method}\n{path}\n{joined}"


def body_digest(body: bytes) -> str:
    """Return the `body_md5` of a request; it names the body, the signature guards it."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()
