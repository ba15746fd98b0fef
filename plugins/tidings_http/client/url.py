"""Where a server is."""

from __future__ import annotations

import httpx

from tidings import SettingsError


def checked_url(url: str) -> str:
    """Return a URL, without a slash at the end, if an HTTP front can be there.

    Raises:
        SettingsError: it cannot; or there is a secret in it, which would end up in logs.
    """
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        parts = httpx.URL()
    if parts.scheme not in ("http", "https") or not parts.host:
        raise SettingsError("url: write it as https://example.com/tidings") from None
    if parts.userinfo or parts.query or parts.fragment:
        raise SettingsError(
            "url: give it without user, query and fragment, which all logs would tell; what proves "
            "who this is is the `token`"
        )
    return url.rstrip("/")
