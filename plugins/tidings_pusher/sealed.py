"""The keys of encrypted channels: one for each, made of a master key that clients never see.

Source: Pusher's documents on authentication signatures: SHA-256 of the channel's name and the key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from tidings import SettingsError

KEY_BYTES = 32
"""The length of a master key, and of a channel's."""


def master_key(key: bytes | str) -> bytes:
    """Return a master key as bytes.

    Args:
        key: 32 bytes, or the base64 of them, as Pusher's libraries take it.

    Raises:
        SettingsError: it is something else; the error does not show it.
    """
    try:
        raw = base64.b64decode(key, validate=True) if isinstance(key, str) else key
    except (binascii.Error, ValueError):
        raise SettingsError("the encryption key is no base64: give 32 bytes of it") from None
    if len(raw) != KEY_BYTES:
        raise SettingsError(f"the encryption key has {len(raw)} bytes: give {KEY_BYTES}")
    return raw


def channel_key(master: bytes, channel: str) -> bytes:
    """Return the key of a channel, as its clients name it."""
    return hashlib.sha256(channel.encode() + master).digest()
