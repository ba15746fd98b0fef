"""The keys of encrypted channels: one for each, made of a master key that clients never see.

Source: Pusher's documents on authentication signatures: SHA-256 of the channel's name and the key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from pydantic import SecretStr

from tidings import SettingsError

ENCRYPTED = "private-encrypted-"
"""Begins the channels whose events are sealed."""

KEY_BYTES = 32
"""The length of a master key, and of a channel's."""


def master_key(key: SecretStr | str | None) -> bytes | None:
    """Return a master key as bytes; none, or an empty one, is none.

    Args:
        key: the base64 of 32 bytes, as Pusher's libraries take it.

    Raises:
        SettingsError: it is something else; the error does not show it.
    """
    text = key.get_secret_value() if isinstance(key, SecretStr) else key
    if not text:
        return None
    wrong = SettingsError(
        f"pusher: encryption_master_key_base64 must be the base64 of {KEY_BYTES} bytes"
    )
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise wrong from None
    if len(raw) != KEY_BYTES:
        raise wrong
    return raw


def channel_key(master: bytes, channel: str) -> bytes:
    """Return the key of a channel, as its clients name it."""
    return hashlib.sha256(channel.encode() + master).digest()
