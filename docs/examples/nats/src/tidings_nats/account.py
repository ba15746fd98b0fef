"""Where the server is, and what lets us in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from tidings import SettingsError

_PREFIX = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


class Account:
    """The server, the prefix of our subjects, and secrets that nothing shows.

    Raises:
        SettingsError: a setting is wrong; it says what to write.
    """

    def __init__(
        self,
        url: str,
        prefix: str,
        user: str | None,
        password: SecretStr | str | None,
        token: SecretStr | str | None,
    ) -> None:
        self.urls = [_checked(one.strip()) for one in url.split(",")]
        if not _PREFIX.fullmatch(prefix):
            raise SettingsError("nats: prefix: use letters, digits, _ and -, with single dots")
        if (user is None) != (password is None):
            raise SettingsError("nats: user and password: give both, or neither")
        self.prefix = prefix
        self._user = user
        self._password = _hidden(password)
        self._token = _hidden(token)

    def __repr__(self) -> str:
        return ", ".join(self.urls)

    # --8<-- [start:options]
    def options(self) -> dict[str, Any]:
        """Return what the client is told; secrets as functions, so that it keeps none itself."""
        return {
            "servers": self.urls,
            "user": self._user,
            "password": self._password,
            "token": self._token,
        }

    # --8<-- [end:options]


def _hidden(secret: SecretStr | str | None) -> Callable[[], str] | None:
    if secret is None:
        return None
    return (SecretStr(secret) if isinstance(secret, str) else secret).get_secret_value


# --8<-- [start:url]
def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"nats", "tls"} or not parts.hostname:
        raise SettingsError("nats: url: write it as nats://host:4222, or tls://host:4222")
    if parts.username is not None:
        raise SettingsError(
            "nats: url: it has a secret in it, and addresses are logged: take it out, and set "
            "user and password, or token"
        )
    return url


# --8<-- [end:url]
