"""How an attempt failed, and whether another one may go well: no sockets, no clock."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpx

from tidings import StoreError, TidingsError
from tidings.redaction import failure
from tidings_http.client.problems import error_in

_PASSING = frozenset({408, 425, 429, 502, 503, 504})
_NOT_BEGUN = frozenset({425, 429})
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Failed(NamedTuple):
    """An attempt that brought no answer, or no good one.

    error: what it is to the caller. passing: the next may go well. begun: the server may have
    begun to do what was asked. pause: how long to wait at least, in seconds.
    """

    error: TidingsError
    passing: bool = False
    begun: bool = True
    pause: float = 0.0


def refused(url: str, response: httpx.Response, body: bytes, now: datetime) -> Failed:
    """Return how an attempt failed that got an answer which is no good one."""
    status = response.status_code
    return Failed(
        error_in(url, status, body),
        passing=status in _PASSING,
        begun=status not in _NOT_BEGUN,
        pause=retry_after(response.headers.get("retry-after", ""), now),
    )


def broken(url: str, error: httpx.HTTPError) -> Failed:
    """Return how an attempt failed that got no answer."""
    if isinstance(error, httpx.TimeoutException):
        words = "it does not answer in time"
    elif isinstance(error, httpx.ConnectError):
        words = f"no connection: {error}"  # a name that is not known, a certificate, ...
    else:
        words = f"the connection was lost: {failure(error)}"
    problem = StoreError(f"{url}: {words}")
    problem.__cause__ = error
    return Failed(problem, passing=True, begun=not isinstance(error, _UNSENT))


def foreign(url: str, problem: str) -> Failed:
    """Return how an attempt failed whose answer is none of Tidings'."""
    return Failed(StoreError(f"{url} does not speak as Tidings does: {problem}"))


def retry_after(header: str, now: datetime) -> float:
    """Return for how many seconds a server wants to be left alone (RFC 9110, 10.2.3)."""
    if header.isascii() and header.isdecimal():
        return float(header[:9])
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
