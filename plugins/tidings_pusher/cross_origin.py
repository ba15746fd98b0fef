"""Pages of other sites: which may ask the access endpoints, and what browsers are told (CORS)."""

from __future__ import annotations

import re

from tidings.origins import FOREIGN, Origins
from tidings_pusher.exchange import HttpAnswer, HttpRequest, Refused

_NAMES = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~ ,\-]{0,1000}")
_PREFLIGHT_SECONDS = "600"


def methods(origins: Origins) -> str:
    """Return what may be asked with at all, as `Allow` says it."""
    return "POST, OPTIONS" if origins.known else "POST"


def check_page(origins: Origins, request: HttpRequest) -> None:
    """Let a request pass that no page of strangers can have made.

    A bearer token is sent by no browser of itself, so whoever brings one is no such page.

    Raises:
        Refused: one can.
    """
    if request.bearer is None and not origins.trusts(request.headers):
        raise Refused(403, FOREIGN)


def preflight(origins: Origins, request: HttpRequest) -> HttpAnswer:
    """Return what a browser is told that asks before it lets a page elsewhere ask.

    Raises:
        Refused: the page is none of those known, or wants to do something else.
    """
    if not origins.known or "origin" not in request.headers:
        raise Refused(405, "send a POST request", {"Allow": methods(origins)})
    wanted = request.headers.get("access-control-request-method")
    names = request.headers.get("access-control-request-headers", "")
    if not origins.knows(request.headers) or wanted != "POST" or not _NAMES.fullmatch(names):
        raise Refused(403, FOREIGN)
    told = {
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
        "Cache-Control": "no-store",
    }
    return HttpAnswer(204, told | ({"Access-Control-Allow-Headers": names} if names else {}), b"")


def shared(origins: Origins, request: HttpRequest) -> dict[str, str]:
    """Return the headers that let a page elsewhere read the answer, if it is a known one."""
    if not origins.known:
        return {}
    if not origins.knows(request.headers):
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": request.headers["origin"],
        "Access-Control-Allow-Credentials": "true",
    }
