"""Which web pages may ask in their user's name: those of one's own site, and those told of.

A browser sends a user's cookies along with whatever request any page makes it send. So a request
that a user is known by for its cookies counts only if its page may speak for the user: the browser
says so by `Sec-Fetch-Site` (W3C, Fetch Metadata) or, an older one or one without TLS, by `Origin`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tidings.errors import SettingsError

FOREIGN = (
    "a page of another site may not ask with its visitors' cookies: ask from a page of this host, "
    "send Authorization: Bearer, or have the page's origin added to `origins`"
)
"""What a request is told that `Origins.trusts` does not trust."""

_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.\-]*)://"
    r"(?P<host>[a-z0-9._\-]{1,253}|\[[0-9a-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class Origins:
    """Tells a site's own pages, and those it was told of, from all others.

    Args:
        origins: of pages elsewhere that may ask, as `["https://app.example.com"]`.

    Raises:
        SettingsError: one of them is no origin.

    Example:
        origins = Origins(["https://app.example.com"])
        origins.trusts({"host": "example.com", "origin": "https://app.example.com"})  # True
        origins.trusts({"host": "example.com", "sec-fetch-site": "cross-site"})  # False
    """

    def __init__(self, origins: Iterable[str]) -> None:
        if isinstance(origins, str):
            raise SettingsError("origins: give a list of them, as ['https://app.example.com']")
        self.known = frozenset(map(_checked, origins))

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Say whether a request comes from a page elsewhere that this was told of.

        Args:
            headers: of the request, by their names in small letters.
        """
        return _canonical(headers.get("origin", "")) in self.known

    def trusts(self, headers: Mapping[str, str]) -> bool:
        """Say whether a request comes from a page that may ask with its visitors' cookies.

        One that names no page at all is not trusted: whoever is no browser brings no cookies.

        Args:
            headers: of the request, by their names in small letters.
        """
        if self.knows(headers):
            return True
        site = headers.get("sec-fetch-site")
        return _is_own(headers) if site is None else site in ("same-origin", "none")


def _is_own(headers: Mapping[str, str]) -> bool:
    origin = _canonical(headers.get("origin", ""))
    if origin is None:
        return False
    scheme = origin.partition(":")[0]  # a proxy may have taken the TLS away
    return origin == _canonical(f"{scheme}://{headers.get('host', '')}")


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
