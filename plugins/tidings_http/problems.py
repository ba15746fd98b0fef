"""What a request is answered that is not obeyed: problem documents (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tidings import (
    Closed,
    Conflict,
    InvalidData,
    InvalidName,
    InvalidToken,
    StalePosition,
    StoreError,
    TidingsError,
    TransportError,
    Unsupported,
)

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:tidings:problem:"
"""A problem's `type` is this and its code."""

RETRY_AFTER = {"Retry-After": "1"}

_TOLD: Mapping[type[TidingsError], tuple[int, str]] = {
    InvalidToken: (401, "invalid_token"),
    InvalidName: (422, "invalid_name"),
    InvalidData: (422, "invalid_data"),
    Conflict: (409, "conflict"),
    StalePosition: (410, "stale_position"),
    Unsupported: (501, "unsupported"),
}
"""Errors whose words are the client's business, and the problems that they are."""

_BEARER = {"WWW-Authenticate": "Bearer"}
_INVALID_BEARER = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class Problem(HTTPException):
    """A request that is not obeyed. Raise it in an `identify` of yours to refuse somebody.

    Args:
        status: of HTTP.
        code: what a program tells it by, of the words that the WebSocket protocol has too.
        detail: what is wrong and what to do, for people.
        headers: of the answer, beside the usual ones.
        errors: what is wrong with which field, each with `field` and `detail`.
        more: other members of the document.

    Example:
        async def identify(request):
            if request.client.host in blocked:
                raise Problem(403, "denied", "your address is blocked: write to us")
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.code = code
        self.errors = errors
        self.more = more or {}

    def document(self) -> dict[str, Any]:
        """Return what the answer says."""
        told: dict[str, Any] = {
            "type": TYPE + self.code,
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            told["errors"] = list(self.errors)
        return told | dict(self.more)

    def response(self) -> Response:
        """Return the answer."""
        headers = {"Cache-Control": "no-store", **dict(self.headers or {})}
        body = to_json(self.document())
        return Response(body, self.status_code, headers, MEDIA_TYPE)


def unauthenticated() -> Problem:
    """Return the problem of who has not said who they are."""
    return Problem(
        401, "unauthenticated", "say who you are: Authorization: Bearer TOKEN", headers=_BEARER
    )


def denied(reason: str) -> Problem:
    """Return the problem of who may not do this; the words are the policy's."""
    return Problem(403, "denied", reason)


def malformed(detail: str) -> Problem:
    """Return the problem of a request that cannot be read."""
    return Problem(400, "malformed", detail)


def limit(detail: str, status: int = 429) -> Problem:
    """Return the problem of who has all that one may have of something."""
    return Problem(status, "limit", detail, headers=RETRY_AFTER)


def problem(error: Exception) -> Problem:
    """Return what is answered where this was raised; nothing of what failed within is told."""
    match error:
        case Problem():
            return error
        case Closed():
            return _later("the server is starting or stopping: try again")
        case StoreError() | TransportError():
            return _later("the server could not do this now: try again")
    for kind, (status, code) in _TOLD.items():
        if isinstance(error, kind):
            headers = _INVALID_BEARER if kind is InvalidToken else None
            return Problem(status, code, str(error), headers=headers)
    return Problem(500, "failed", "the server could not do this")


def _later(words: str) -> Problem:
    return Problem(503, "failed", words, headers=RETRY_AFTER)


def too_large(most: int) -> Problem:
    """Return the problem of a body that has too many bytes."""
    return Problem(413, "too_large", f"the body has more than {most:,} bytes")


def too_late() -> Problem:
    """Return the problem of what could not be done in time."""
    return _later("the server could not do this in time: try again")


def too_slow(seconds: float) -> Problem:
    """Return the problem of a body that takes too long to come."""
    return Problem(408, "too_slow", f"the body did not come within {seconds:g} seconds")


def not_found(detail: str) -> Problem:
    """Return the problem of what is not there."""
    return Problem(404, "not_found", detail)


def no_json() -> Problem:
    """Return the problem of a body that does not say that it is JSON."""
    return Problem(415, "unsupported_type", "send JSON, with Content-Type: application/json")
