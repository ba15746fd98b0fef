"""One POST of a webhook: signed, sent, and what came of it.

Source: Pusher's documents on webhooks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from tidings_pusher.signing import sign
from tidings_pusher.webhooks.webhook import Webhook

_MOST_READ = 65_536  # of an answer, so that its connection can be used again


def signed(
    key: str, secret: str, texts: Sequence[bytes], time_ms: int
) -> tuple[bytes, Mapping[str, str]]:
    """Return the body that tells these events, and the headers that prove whose it is.

    Args:
        key: the app's.
        secret: the app's.
        texts: the events, each as JSON.
        time_ms: the time of sending, in milliseconds since 1970. Receivers refuse a body of more
            than five minutes ago, so each attempt has a time of its own.
    """
    body = b'{"time_ms":%d,"events":[%b]}' % (time_ms, b",".join(texts))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "tidings",
        "X-Pusher-Key": key,
        "X-Pusher-Signature": sign(secret, body),
    }
    return body, headers


class Poster:
    """Sends an app's webhooks.

    Args:
        client: does it.
        key: the app's.
        secret: the app's.
        timeout: for one POST and its answer, in seconds.
        now: gives the time, in seconds since 1970.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        key: str,
        secret: str,
        timeout: float,
        now: Callable[[], float],
    ) -> None:
        self._client = client
        self._key = key
        self._secret = secret
        self._timeout = timeout
        self._now = now

    async def post(self, hook: Webhook, texts: Sequence[bytes]) -> str | None:
        """Send events; return why the receiver did not take them, or None if it did.

        The words hold nothing of the URL, the answer or the events.
        """
        body, headers = signed(self._key, self._secret, texts, int(self._now() * 1000))
        sent = httpx.Headers(headers)
        sent.update({name: value.get_secret_value() for name, value in hook.headers.items()})
        try:
            async with asyncio.timeout(self._timeout):
                status = await self._status(httpx.URL(hook.url), body, sent)
        except TimeoutError:
            return f"no answer within {self._timeout:g} s"
        except Exception as error:
            return type(error).__name__
        return None if httpx.codes.is_success(status) else f"it answered {status}"

    async def _status(self, url: httpx.URL, body: bytes, headers: httpx.Headers) -> int:
        # httpx logs the URL of each request, which may hold a token: the path and the query go
        # by its extension "target"
        async with self._client.stream(
            "POST",
            url.copy_with(raw_path=b"/"),
            content=body,
            headers=headers,
            extensions={"target": url.raw_path},
        ) as answer:
            left = _MOST_READ
            async for piece in answer.aiter_raw():
                left -= len(piece)
                if left < 0:
                    break
            return answer.status_code


@asynccontextmanager
async def http_client() -> AsyncIterator[httpx.AsyncClient]:
    """Open a client without redirects and cookies; each POST has a deadline of its own."""
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    limits = httpx.Limits(max_connections=None)  # a receiver that hangs keeps nobody waiting
    async with httpx.AsyncClient(timeout=None, cookies=no_cookies, limits=limits) as client:  # noqa: S113
        yield client
