"""The body of a request, within bounds: no more of it is taken than may be, nor for longer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers

from tidings_http.problems import no_json, too_large, too_slow

WITHIN = 30.0
"""How long a body may take to come, in seconds."""

_JSON = re.compile(r"application/(?:[a-z0-9.\-]+\+)?json *(?:;.*)?", re.IGNORECASE)

Message = MutableMapping[str, Any]


class Body:
    """Stands between a server and an application.

    Args:
        scope: of the request.
        receive: gives the parts of its body.
        most: how many bytes it may have.
    """

    def __init__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], most: int
    ) -> None:
        self._headers = Headers(scope=scope)
        self._receive = receive
        self._most = most
        self._until = asyncio.get_running_loop().time() + WITHIN
        self._taken = 0
        self._whole = False

    async def receive(self) -> Message:
        """Return the next part.

        Raises:
            Problem: it does not say that it is JSON, is too large, or does not come.
        """
        if self._whole:
            return await self._receive()
        self._check()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise too_slow(WITHIN) from None
        self._taken += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._taken > self._most:
            raise too_large(self._most)
        return message

    def _check(self) -> None:
        if not _JSON.fullmatch(self._headers.get("content-type", "")):
            raise no_json()
        announced = self._headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._most:
            raise too_large(self._most)
