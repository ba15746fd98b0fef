"""How a listening process is let into guarded channels: by the secret, or by asking who has it."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import requests

from tidings import SettingsError, TransportError
from tidings.names import is_public
from tidings_pusher.account import Account
from tidings_pusher.failures import refusal, unreachable
from tidings_pusher.publishing import TIMEOUT
from tidings_pusher.sealed import ENCRYPTED, channel_key
from tidings_pusher.signing import channel_text, sign

Answer = Mapping[str, Any]
"""What Pusher's clients are answered: `auth`, with `channel_data` or `shared_secret` as needed."""

Authorizer = Callable[[str, str], Answer | Awaitable[Answer]]
"""Asked with a connection's socket id and a channel."""

_URL = re.compile(r"https?://[^\s/?#@]+([/?][^\s#]*)?")
_BACKEND = "the auth_endpoint"
_OK = 200


def authorizer_of(
    account: Account,
    authorizer: Authorizer | None,
    auth_endpoint: str | None,
    master_key: bytes | None = None,
) -> Authorizer:
    """Return how guarded channels are signed for: as told, else with the secret.

    Args:
        account: whose app it is.
        authorizer: a function that answers; or else
        auth_endpoint: the URL of a backend that does.
        master_key: of encrypted channels, where this process signs by itself.

    Raises:
        SettingsError: both are given, one is none, or there is no way at all.
    """
    if authorizer is not None and auth_endpoint is not None:
        raise SettingsError("pusher: give authorizer or auth_endpoint, not both")
    if authorizer is not None:
        if not callable(authorizer):
            raise SettingsError("pusher: authorizer must be a function (socket_id, channel)")
        return authorizer
    if auth_endpoint is not None:
        if not _URL.fullmatch(auth_endpoint):
            raise SettingsError("pusher: auth_endpoint must be an http(s) URL without a password")
        return _Asking(auth_endpoint)
    if account.secret is None:
        raise SettingsError(
            "pusher: set secret, or, in a process that only hears, authorizer or auth_endpoint"
        )
    return _Signing(account, master_key)


async def admission(authorize: Authorizer, socket_id: str, channel: str) -> dict[str, str]:
    """Return the data of a request to subscribe, signed for this very connection.

    Beside them may be `shared_secret`, the key of an encrypted channel: it is not to be sent.

    Raises:
        TransportError: whoever was asked gave no answer that can be used.
    """
    if is_public(channel):
        return {"channel": channel, "auth": ""}
    try:
        answer = authorize(socket_id, channel)
        if inspect.isawaitable(answer):
            answer = await answer
    except TransportError:
        raise
    except Exception as error:  # its words are not ours: they may quote what is secret
        kind = type(error).__name__
        raise TransportError(f"the authorizer of {channel!r} failed: {kind}") from None
    return {"channel": channel} | _checked(answer, channel)


def _checked(answer: object, channel: str) -> dict[str, str]:
    wrong = TransportError(f"the authorizer of {channel!r} must answer {{'auth': '...'}}")
    if not isinstance(answer, Mapping) or not isinstance(answer.get("auth"), str):
        raise wrong
    told = {"auth": str(answer["auth"])}
    for name in ("channel_data", "shared_secret"):
        if (value := answer.get(name)) is not None:
            if not isinstance(value, str):
                raise wrong
            told[name] = value
    return told


class _Signing:
    """Signs with the secret; on presence channels the process is a member of its own."""

    def __init__(self, account: Account, master_key: bytes | None) -> None:
        self._account = account
        self._master_key = master_key
        self._member = json.dumps({"user_id": f"tidings-{uuid4().hex}"})

    def __call__(self, socket_id: str, channel: str) -> Answer:
        secret = self._account.secret
        assert secret is not None  # noqa: S101
        member = self._member if channel.startswith("presence-") else None
        signature = sign(secret.get_secret_value(), channel_text(socket_id, channel, member))
        answer = {"auth": f"{self._account.key}:{signature}"}
        if member is not None:
            answer["channel_data"] = member
        if self._master_key is not None and channel.startswith(ENCRYPTED):
            key = channel_key(self._master_key, channel)
            answer["shared_secret"] = base64.b64encode(key).decode()
        return answer


class _Asking:
    """Asks a backend, as Pusher's own clients do: form-encoded, answered in JSON."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(self, socket_id: str, channel: str) -> Answer:
        loop = asyncio.get_running_loop()
        thread = ThreadPoolExecutor(1, "tidings-pusher-auth")
        try:
            return await loop.run_in_executor(thread, self._ask, socket_id, channel)
        finally:
            thread.shutdown(wait=False)

    def _ask(self, socket_id: str, channel: str) -> Answer:
        form = {"socket_id": socket_id, "channel_name": channel}
        try:
            answer = requests.post(self._url, form, timeout=TIMEOUT, allow_redirects=False)
            if answer.status_code != _OK:
                raise TransportError(str(refusal(_BACKEND, answer.status_code)).split(":")[0])
            found: Answer = answer.json()
        except requests.RequestException as error:
            raise unreachable(_BACKEND, error) from None
        return found
