"""Which web pages may ask in their user's name: those of one's own site, and those told of.

A browser sends a user's cookies along with whatever request any page makes it send. So a request
that the application knows by its cookies counts only if its page may speak for the user: the
browser says so by `Sec-Fetch-Site` (W3C, Fetch Metadata) or, an older one or one without TLS, by
`Origin`. Whoever sends neither, and no cookie, is no browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.requests import Request

from tidings import SettingsError
from tidings_http.problems import denied

_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.\-]*)://"
    r"(?P<host>[a-z0-9._\-]{1,253}|\[[0-9a-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
_DEFAULT_PORTS = {"http": "80", "https": "443"}

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
        self.known = frozenset(map(_checked, origins))

    def check(self, request: Request) -> None:
        """Let a request pass that no page of strangers can have made.

        Raises:
            Problem: one can.
        """
        headers = request.headers
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is None and site is None and "cookie" not in headers:
            return
        if _canonical(origin or "") in self.known:
            return
        own = _is_own(request) if site is None else site in ("same-origin", "none")
        if not own:
            raise denied(_FOREIGN)


def _is_own(request: Request) -> bool:
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
    shown = f":{port}" if port and port != _DEFAULT_PORTS.get(scheme) else ""
    return f"{scheme}://{host}{shown}"


def _checked(origin: str) -> str:
    found = _canonical(origin)
    if found is None:
        raise SettingsError(
            f"origins: {origin!r} is no origin: write scheme, host and, if need be, port, as "
            "'https://app.example.com'; there is none that stands for all"
        )
    return found
