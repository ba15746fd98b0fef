"""Where a client has its token from: one that was given, or somebody who is asked each time."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from pydantic import SecretStr

from tidings import InvalidToken

Token = SecretStr | str | Callable[[], Awaitable[str]]
"""A token, or an async function that returns one that is good now."""

_TOKEN = re.compile(r"[!-~]{1,8192}")


class TokenSource:
    """Gives the token to come in with.

    Attributes:
        renews: it may give another one the next time it is asked.
    """

    def __init__(self, token: Token) -> None:
        self.renews = callable(token)
        self._ask = token if callable(token) else None
        given = token if isinstance(token, str | SecretStr) else ""
        self._given = given if isinstance(given, SecretStr) else SecretStr(given)

    async def get(self) -> str:
        """Return a token.

        Raises:
            InvalidToken: it is none, and cannot be sent.

        Raises what the application's own function raises.
        """
        token: object = self._given.get_secret_value() if self._ask is None else await self._ask()
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise InvalidToken("malformed: a token is one line of text without spaces")
        return token
