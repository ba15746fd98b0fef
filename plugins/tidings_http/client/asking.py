"""Asking a server over HTTP: again where that is safe, a bounded time, a bounded number at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

import httpx
from pydantic import SecretStr

from tidings import InvalidToken, StoreError, TidingsError
from tidings.backoff import Backoff
from tidings.redaction import failure
from tidings_http.client.failures import Failed, broken, foreign, refused
from tidings_http.client.token import TokenSource

Told = TypeVar("Told")

logger = logging.getLogger("tidings.http")


class Limits(NamedTuple):
    """See `HttpInbox`, whose keywords these are."""

    timeout: float
    attempt: float
    in_flight: int
    answer: int


class Request(NamedTuple):
    """What is asked.

    body: JSON; without it, it is a GET. repeatable: asking twice does no more than asking once.
    patient: what may go well later is tried again.
    """

    path: str
    body: bytes | None = None
    repeatable: bool = True
    patient: bool = True


class Asking:
    """What callers ask by.

    Args:
        url: of the server, without a slash at the end.
        client: makes the connections; whoever made it closes it.
        tokens: what to ask with.
        limits: how long, how many at once, and how much.
    """

    def __init__(
        self, url: str, client: httpx.AsyncClient, tokens: TokenSource, limits: Limits
    ) -> None:
        self.url = url
        self._client = client
        self._tokens = tokens
        self._limits = limits
        self._room = asyncio.Semaphore(limits.in_flight)

    async def ask(self, request: Request, read: Callable[[bytes], Told]) -> Told:
        """Ask for something; return what is read of the answer.

        Raises:
            StoreError: no answer came in time, or none that can be read.
            InvalidToken: the server refuses the token.

        Raises what the server says of the request.
        """
        body = await self._answer(request)
        try:
            return read(body)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise foreign(self.url, failure(error)).error from error

    async def _answer(self, request: Request) -> bytes:
        failed: Failed | None = None
        backoff = Backoff(0.1, 5.0)
        try:
            async with asyncio.timeout(self._limits.timeout) as deadline, self._room:
                while True:
                    answer = await self._try(request)
                    if isinstance(answer, bytes):
                        return answer
                    failed = answer
                    pause = max(failed.pause, backoff.next())
                    if not _worth(request, failed, pause, deadline):
                        break
                    logger.debug("%s; it is tried again", failed.error)
                    await asyncio.sleep(pause)
        except TimeoutError:
            if failed is None:
                raise self._silence() from None
        raise failed.error

    async def _try(self, request: Request) -> bytes | Failed:
        try:
            token = await self._token()
            answer = await self._once(request, token)
            if _is_of_token(answer) and self._tokens.renews:
                self._tokens.refused(token)
                answer = await self._once(request, await self._token())
        except TidingsError as error:  # there is no token to ask with
            return Failed(error, passing=isinstance(error, StoreError), begun=False)
        return answer

    async def _token(self) -> SecretStr:
        try:
            async with asyncio.timeout(self._limits.attempt):
                return await self._tokens.get()
        except TimeoutError:
            raise StoreError(f"{self.url}: no token to ask with came in time") from None
        except TidingsError:
            raise
        except Exception as error:  # of the application's token function: its words are its own
            raise StoreError(f"{self.url}: no token to ask with: {failure(error)}") from error

    async def _once(self, request: Request, token: SecretStr) -> bytes | Failed:
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        method = "GET" if request.body is None else "POST"
        try:
            async with self._client.stream(
                method, self.url + request.path, headers=headers, content=request.body
            ) as response:
                body = await self._read(response)
        except httpx.HTTPError as error:
            return broken(self.url, error)
        if body is None:
            return foreign(self.url, f"an answer of more than {self._limits.answer:,} bytes")
        if not response.is_success:
            return refused(self.url, response, body, datetime.now(UTC))
        if not response.headers.get("content-type", "").startswith("application/json"):
            return foreign(self.url, "an answer that is no JSON")
        return body

    async def _read(self, response: httpx.Response) -> bytes | None:
        """Return the body; None where it is too long, and the rest is not taken."""
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > self._limits.answer:
                return None
        return bytes(body)

    def _silence(self) -> StoreError:
        return StoreError(f"{self.url}: no answer within {self._limits.timeout:g} s")


def _worth(request: Request, failed: Failed, pause: float, deadline: asyncio.Timeout) -> bool:
    """Tell whether there is to be another attempt."""
    if not (failed.passing and request.patient) or (failed.begun and not request.repeatable):
        return False
    until = deadline.when()
    return until is None or asyncio.get_running_loop().time() + pause < until


def _is_of_token(answer: bytes | Failed) -> bool:
    return isinstance(answer, Failed) and isinstance(answer.error, InvalidToken)
