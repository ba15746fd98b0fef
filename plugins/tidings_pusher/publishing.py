"""Pushing with the `pusher` package, which blocks: in one thread of its own, in order."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from pusher.crypto import encrypt
from pusher.pusher_client import PusherClient
from pusher.requests import RequestsBackend

from tidings import Undeliverable
from tidings_pusher.account import Account
from tidings_pusher.failures import Refused, refusal, unreachable
from tidings_pusher.sealed import ENCRYPTED

TIMEOUT = 5.0
"""How long, in seconds, connecting may take, and how long any wait for an answer."""

_TAKEN = frozenset({200, 202})
_URLS = "urllib3.connectionpool"  # logs, for debugging, the query of each URL: the signature too


class Publisher:
    """Sends batches over one connection that is kept alive.

    Args:
        account: whose app it is; it has a secret.
        master_key: base64 of the 32 bytes that events of encrypted channels are sealed with.

    Raises:
        ValueError: the package refuses a setting.
    """

    def __init__(self, account: Account, master_key: str | None) -> None:
        assert account.secret is not None  # noqa: S101
        self._account = account
        self._seals = master_key is not None
        self._client = PusherClient(
            account.app_id,
            account.key,
            account.secret.get_secret_value(),
            ssl=account.ssl,
            host=account.api_host,
            port=account.at_port,
            timeout=TIMEOUT,
            encryption_master_key_base64=master_key,
            backend=_Backend,
        )
        self._thread = ThreadPoolExecutor(1, "tidings-pusher")

    async def send(self, batch: Sequence[dict[str, str]]) -> None:
        """Have the service take up to 10 events, in order.

        Raises:
            TransportError: it did not, or did not say so; trying again may help.
            Undeliverable: it never will.
        """
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._send, batch)

    async def close(self) -> None:
        """Let a request end that has begun, and end the thread."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._client.http.session.close)
        finally:
            self._thread.shutdown(cancel_futures=True)

    def _send(self, batch: Sequence[dict[str, str]]) -> None:
        sealed = [self._sealed(event) for event in batch]
        try:
            with _Unlogged():
                self._client.trigger_batch(sealed, already_encoded=True)
        except Refused as error:
            raise refusal(self._account.api, error.status) from None
        except (requests.RequestException, OSError) as error:
            raise unreachable(self._account.api, error) from None

    def _sealed(self, event: dict[str, str]) -> dict[str, str]:
        channel = event["channel"]
        if not channel.startswith(ENCRYPTED):
            return event
        if not self._seals:
            raise Undeliverable(
                f"channel {channel!r} is encrypted: set encryption_master_key_base64"
            )
        box = encrypt(channel, event["data"], self._client._encryption_master_key)  # noqa: SLF001
        return event | {"data": json.dumps(box)}


class _Backend(RequestsBackend):  # type: ignore[misc]
    """The package's own, whose errors would quote answers and with them signatures."""

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.options["verify"] = True  # requests' authorities; the package's own are of old

    def send_request(self, request: Any) -> None:
        answer = self.session.request(
            request.method,
            request.url,
            headers=request.headers,
            data=request.body,
            timeout=self.client.timeout,
            allow_redirects=False,
            **self.options,
        )
        if answer.status_code not in _TAKEN:
            raise Refused(answer.status_code)


class _Unlogged(logging.Filter):
    """Within it, no URL that this thread asks for is logged."""

    def __enter__(self) -> None:
        self._thread = threading.get_ident()
        logging.getLogger(_URLS).addFilter(self)

    def __exit__(self, *_: object) -> None:
        logging.getLogger(_URLS).removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        return record.thread != self._thread
