"""Opening what was sealed for an encrypted channel.

Source: Pusher's documents on end-to-end encryption: NaCl's secretbox, its parts in base64.
"""

from __future__ import annotations

import base64

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from pydantic_core import from_json

from tidings_pusher.sealed import KEY_BYTES


def shared_key(text: str) -> bytes | None:
    """Return a channel's key from its base64, the `shared_secret`; None where it is none."""
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def unsealed(key: bytes, text: str) -> str | None:
    """Return the data that was sealed with a channel's key; None where this is no such thing."""
    try:
        box = from_json(text)
        sealed, nonce = (base64.b64decode(box[part]) for part in ("ciphertext", "nonce"))
        return SecretBox(key).decrypt(sealed, nonce).decode()
    except (ValueError, KeyError, TypeError, CryptoError):
        return None
