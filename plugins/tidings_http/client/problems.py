"""What a server says is wrong (RFC 9457), as the core's errors: no sockets, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx
from pydantic_core import from_json

from tidings import (
    Conflict,
    InvalidData,
    InvalidName,
    InvalidToken,
    StalePosition,
    StoreError,
    TidingsError,
    Unsupported,
)
from tidings_http.client.errors import Denied, TooLarge

_KINDS: Mapping[str, type[TidingsError]] = {
    "conflict": Conflict,
    "denied": Denied,
    "invalid": InvalidData,
    "invalid_data": InvalidData,
    "invalid_name": InvalidName,
    "invalid_token": InvalidToken,
    "malformed": InvalidData,
    "stale_position": StalePosition,
    "too_large": TooLarge,
    "unauthenticated": InvalidToken,
    "unsupported": Unsupported,
}
"""Codes of problems whose words are the caller's business; all others say that it was not done."""

_STATUSES: Mapping[int, type[TidingsError]] = {401: InvalidToken, 403: Denied, 413: TooLarge}
"""What a status means that comes from somebody on the way, who knows no problem documents."""

_NOBODY = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.UPGRADE_REQUIRED)

_WORDS = 500


def error_of(document: Mapping[str, Any]) -> TidingsError:
    """Return the error that a problem document tells of."""
    code, detail = document.get("code"), document.get("detail")
    kind = _KINDS.get(code, StoreError) if isinstance(code, str) else StoreError
    return kind(_plain(detail) if isinstance(detail, str) else "the server could not do this")


def error_in(url: str, status: int, body: bytes) -> TidingsError:
    """Return the error that an answer is which is no good one.

    Args:
        url: what the server is called.
        status: of the answer.
        body: of the answer, of whatever kind.
    """
    found = error_of(document) if (document := _document(body)) else None
    if found is None:
        found = _STATUSES.get(status, StoreError)(_answers(status))
    if isinstance(found, InvalidToken):
        return InvalidToken(f"{url} does not accept the token: {found}")
    return StoreError(f"{url}: {found}") if isinstance(found, StoreError) else found


def _document(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = from_json(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "code" in found else None


def _answers(status: int) -> str:
    words = f"it answers {status} {httpx.codes.get_reason_phrase(status)}".strip()
    if status in _NOBODY:
        words += ": is the path right? It is where the HTTP front is mounted"
    elif HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        words += ": give the URL that it leads to, for a token is not sent on to where it points"
    return words


def _plain(words: str) -> str:
    """Return a server's words in one line of bounded length."""
    return "".join(each if each.isprintable() else " " for each in words[:_WORDS])
