"""Whether an app signed a request, now, and with this very body.

Source: Pusher's documents on the HTTP API, "Authentication". A request that was recorded can be
repeated within 600 s, as with Pusher: the signature names no request of its own.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

from tidings_pusher.app import App
from tidings_pusher.server.http_api.refusals import malformed, unauthenticated
from tidings_pusher.signing import body_digest

WITHIN = 600
"""How old a request may be, or how far ahead its clock, in seconds."""

_PARAMETERS = 20
_DIGITS = 12
_SIGNATURE = "auth_signature"


def query(text: bytes) -> Mapping[str, str]:
    """Return the parameters of a query: decoded, their names in lower case.

    Raises:
        Refused: it cannot be read, or in two ways: a parameter stands in it twice, or has an `&`
            in it (what is signed would be the same for another query).
    """
    try:
        pairs = _pairs(text.decode("ascii"))
    except ValueError:
        raise malformed(f"the query is no text of up to {_PARAMETERS} parameters") from None
    parameters = {key.lower(): value for key, value in pairs}
    if len(parameters) < len(pairs):
        raise malformed("a query parameter is given twice")
    for key, value in parameters.items():
        if "&" in value or "&" in key or "=" in key:
            raise malformed("a query parameter has an & in it, or an = in its name")
    return parameters


class Verifier:
    """Knows an app's signature from any other text.

    Args:
        app: whose key and secret requests are to be signed with.
    """

    def __init__(self, app: App) -> None:
        self._key = app.key
        self._keyed = hmac.new(app.secret.get_secret_value().encode(), digestmod="sha256")

    def verify(
        self, method: str, paths: Iterable[str], parameters: Mapping[str, str], now: float
    ) -> None:
        """Make sure that the app signed a request, but for its body: see `verify_body`.

        Args:
            method: in capitals.
            paths: those that it may have been signed for.
            parameters: of its query, as `query` gives them.
            now: the time, in seconds since 1970.

        Raises:
            Refused: the app did not, or too long ago.
        """
        if parameters.get("auth_key") != self._key:
            raise unauthenticated("unknown auth_key: it is not this app's")
        if parameters.get("auth_version") != "1.0":
            raise unauthenticated("auth_version is to be 1.0")
        _verify_time(parameters.get("auth_timestamp", ""), now)
        signature, signed = parameters.get(_SIGNATURE, "").encode(), ""
        plain = _plain(parameters)
        for path in paths:
            text = f"{method}\n{path}\n{plain}"
            if hmac.compare_digest(self._sign(text), signature):
                return
            signed = signed or text
        raise unauthenticated(
            "invalid signature: auth_signature is to be the hexadecimal HMAC-SHA256, by the app's "
            f"secret, of {signed!r}"
        )

    def _sign(self, text: str) -> bytes:
        """Return what `signing.sign` does; that would set the key up for each text."""
        keyed = self._keyed.copy()
        keyed.update(text.encode())
        return keyed.hexdigest().encode()


def verify_body(parameters: Mapping[str, str], body: bytes) -> None:
    """Make sure that a request's body is the one that was signed.

    Raises:
        Refused: it is another, or was not signed; only an empty one need not be.
    """
    digest = parameters.get("body_md5")
    if digest is None:
        if body:
            raise unauthenticated("body_md5 is missing: sign the MD5 of the body")
        return
    if not hmac.compare_digest(body_digest(body).encode(), digest.encode()):
        raise unauthenticated("body_md5 is not the MD5 of the body, byte for byte")


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return the parameters of a query, decoded.

    Raises:
        ValueError: they are too many, or no UTF-8.
    """
    if "%" in text or "+" in text:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_PARAMETERS)
    parts = text.split("&")  # as libraries send most: there is nothing to decode
    if len(parts) > _PARAMETERS:
        raise ValueError
    return [(key, value) for key, _, value in [part.partition("=") for part in parts if part]]


def _plain(parameters: Mapping[str, str]) -> str:
    """Return what is signed of the parameters, as `signing.request_text` has it."""
    names = sorted(parameters)
    return "&".join([f"{name}={parameters[name]}" for name in names if name != _SIGNATURE])


def _verify_time(timestamp: str, now: float) -> None:
    readable = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _DIGITS
    if not readable or abs(now - int(timestamp)) > WITHIN:
        raise unauthenticated(
            f"auth_timestamp is not within {WITHIN} s of the server's time, which is {now:.0f}"
        )
