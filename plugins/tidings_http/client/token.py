"""Where a client has its token from: one that was given, or somebody who is asked for one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from pydantic import SecretStr

from tidings import InvalidToken, SettingsError

Token = SecretStr | str | Callable[[], Awaitable[str]]
"""A token, or an async function that returns one that is good now."""

_TOKEN = re.compile(r"[!-~]{1,8192}")


def hidden(token: Token) -> SecretStr | Callable[[], Awaitable[str]]:
    """Return a token so that nothing shows it by chance.

    Raises:
        SettingsError: it is neither text nor a function.
    """
    if not (isinstance(token, str | SecretStr) or callable(token)):
        raise SettingsError("token: give it as text, or an async function that returns one")
    return SecretStr(token) if isinstance(token, str) else token


class TokenSource:
    """Gives the token to ask with; a function is called when there is none that is good.

    Attributes:
        renews: it may give another one once this one is refused.
    """

    def __init__(self, token: SecretStr | Callable[[], Awaitable[str]]) -> None:
        self._ask = None if isinstance(token, SecretStr) else token
        self._known = token if isinstance(token, SecretStr) else None
        self._asking = asyncio.Lock()
        self.renews = self._ask is not None

    async def get(self) -> SecretStr:
        """Return a token; those who ask at once are given the same.

        Raises:
            InvalidToken: it is none, and cannot be sent.

        Raises what the application's own function raises.
        """
        async with self._asking:
            if self._known is None and self._ask is not None:
                self._known = SecretStr(_checked(await self._ask()))
            elif self._known is not None:
                _checked(self._known.get_secret_value())
            assert self._known is not None  # noqa: S101 (one of the two is given)
            return self._known

    def refused(self, token: SecretStr) -> None:
        """Give this one to nobody any more, if there are others."""
        if self.renews and self._known is token:
            self._known = None


def _checked(token: object) -> str:
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise InvalidToken("malformed: a token is one line of text without spaces")
    return token
