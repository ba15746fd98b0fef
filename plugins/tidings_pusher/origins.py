"""Which web pages may ask in their user's name: those of one's own site, and those told of.

A browser sends a user's cookies along with whatever request any page makes it send. So a request
counts only if its page may speak for the user: the browser says so by `Sec-Fetch-Site` (W3C, Fetch
Metadata) or, an older one or one without TLS, by `Origin`. A bearer token is sent by no browser of
itself, so whoever brings one is no page of strangers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tidings import SettingsError
from tidings_pusher.exchange import HttpAnswer, HttpRequest, Refused

_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.\-]*)://"
    r"(?P<host>[a-z0-9._\-]{1,253}|\[[0-9a-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_NAMES = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~ ,\-]{0,1000}")
_PREFLIGHT_SECONDS = "600"

_FOREIGN = (
    "a page of another site may not ask with its visitors' cookies: ask from a page of this host, "
    "send Authorization: Bearer, or have the page's origin added to `origins`"
)


class Origins:
    """Tells a site's own pages, and those it was told of, from all others.

    Args:
        origins: of pages elsewhere that may ask, as "https://app.example.com".

    Raises:
        SettingsError: one of them is no origin.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        if isinstance(origins, str):
            raise SettingsError("origins: give a list of them, as ['https://app.example.com']")
        self._known = frozenset(_checked(origin) for origin in origins)

    @property
    def methods(self) -> str:
        """What may be asked with at all, as `Allow` says it."""
        return "POST, OPTIONS" if self._known else "POST"

    def check(self, request: HttpRequest) -> None:
        """Let a request pass that no page of strangers can have made.

        Raises:
            Refused: one can.
        """
        if request.bearer is not None or self._knows(request):
            return
        site = request.headers.get("sec-fetch-site")
        own = _is_own(request) if site is None else site in ("same-origin", "none")
        if not own:
            raise Refused(403, _FOREIGN)

    def preflight(self, request: HttpRequest) -> HttpAnswer:
        """Return what a browser is told that asks before it lets a page elsewhere ask.

        Raises:
            Refused: the page is none of those known, or wants to do something else.
        """
        if not self._known or "origin" not in request.headers:
            raise Refused(405, "send a POST request", {"Allow": self.methods})
        wanted = request.headers.get("access-control-request-method")
        names = request.headers.get("access-control-request-headers", "")
        if not self._knows(request) or wanted != "POST" or not _NAMES.fullmatch(names):
            raise Refused(403, _FOREIGN)
        told = {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
            "Cache-Control": "no-store",
        }
        return HttpAnswer(
            204, told | ({"Access-Control-Allow-Headers": names} if names else {}), b""
        )

    def shared(self, request: HttpRequest) -> dict[str, str]:
        """Return the headers that let a page elsewhere read the answer, if it is a known one."""
        if not self._known:
            return {}
        if not self._knows(request):
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": request.headers["origin"],
            "Access-Control-Allow-Credentials": "true",
        }

    def _knows(self, request: HttpRequest) -> bool:
        return _canonical(request.headers.get("origin", "")) in self._known


def _is_own(request: HttpRequest) -> bool:
    origin = _canonical(request.headers.get("origin", ""))
    if origin is None:
        return False
    scheme = origin.partition(":")[0]  # a proxy may have taken the TLS away
    return origin == _canonical(f"{scheme}://{request.headers.get('host', '')}")


def _canonical(origin: str) -> str | None:
    """Return an origin as browsers spell it: in small letters, without its scheme's own port."""
    parts = _ORIGIN.fullmatch(origin.lower())
    if parts is None:
        return None
    scheme, host, port = parts["scheme"], parts["host"], parts["port"]
    return f"{scheme}://{host}" + (
        f":{port}" if port and port != _DEFAULT_PORTS.get(scheme) else ""
    )


def _checked(origin: str) -> str:
    found = _canonical(origin)
    if found is None:
        raise SettingsError(
            f"origins: {origin!r} is no origin: write scheme, host and, if need be, port, as "
            "'https://app.example.com'; there is none that stands for all"
        )
    return found
