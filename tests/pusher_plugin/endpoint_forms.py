"""Both forms of the access endpoints, asked alike: the ASGI application and the blocking one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal
from urllib.parse import urlencode

import httpx

from tidings import Tidings, Tokens, blocking
from tidings_pusher import BlockingPusherEndpoints, HttpAnswer, PusherAccess, PusherEndpoints
from tidings_pusher.signing import channel_text, is_signed, user_text

Form = Literal["asgi", "blocking"]

KEY, SECRET = "278d425bdf160c739803", "7ad3773142a6692b25b8"
MASTER = "OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk="
SOCKET = "1234.1234"
HOST = "app.example.com"
CHANNELS, USER = "/pusher/auth", "/pusher/user-auth"
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}


class Site:
    """A site with the endpoints, in one form or the other.

    Attributes:
        tokens: makes what clients bring.
    """

    def __init__(
        self, endpoints: PusherEndpoints | BlockingPusherEndpoints, tokens: Tokens
    ) -> None:
        self._endpoints = endpoints
        self.tokens = tokens

    @property
    def application(self) -> PusherEndpoints:
        """The ASGI application itself."""
        assert isinstance(self._endpoints, PusherEndpoints)
        return self._endpoints

    def bearer(self, user: str) -> dict[str, str]:
        """Return the header of a client that brings a token."""
        return {"authorization": f"Bearer {self.tokens.issue(user)}"}

    async def channels(
        self, user: str, *channels: str, socket: str = SOCKET, **headers: str
    ) -> HttpAnswer:
        """Ask for a channel, or several, as this user, with a form."""
        fields = {f"channel_name[{i}]": name for i, name in enumerate(channels)}
        form = fields if len(channels) > 1 else {"channel_name": channels[0]}
        return await self.post(CHANNELS, {"socket_id": socket} | form, self.bearer(user) | headers)

    async def post(
        self, path: str, form: Mapping[str, str] | str, headers: Mapping[str, str]
    ) -> HttpAnswer:
        """Send a form."""
        body = form if isinstance(form, str) else urlencode(form)
        return await self.ask("POST", path, FORM | dict(headers), body.encode())

    async def json(self, path: str, data: object, headers: Mapping[str, str]) -> HttpAnswer:
        """Send JSON."""
        return await self.ask("POST", path, JSON | dict(headers), json.dumps(data).encode())

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> HttpAnswer:
        """Send a request as it is, to this site's host unless it says otherwise."""
        told = {"host": HOST} | dict(headers)
        if isinstance(self._endpoints, BlockingPusherEndpoints):
            return await asyncio.to_thread(self._endpoints, method, path, told, body)
        server = httpx.ASGITransport(self._endpoints)
        async with httpx.AsyncClient(transport=server, base_url=f"https://{HOST}") as client:
            answer = await client.request(method, path, headers=told, content=body)
        return HttpAnswer(answer.status_code, dict(answer.headers.items()), answer.content)


@asynccontextmanager
async def site(
    form: Form, *plugins: object, access: PusherAccess | None = None, **settings: Any
) -> AsyncIterator[Site]:
    """Open a site whose application has these plugins, and its endpoints these settings."""
    access = access or PusherAccess(KEY, SECRET, encryption_master_key_base64=MASTER)
    tokens = Tokens("a secret of at least thirty-two bytes")
    if form == "asgi":
        async with Tidings(*plugins, tokens=tokens) as tidings:
            yield Site(PusherEndpoints(access, tidings, **settings), tokens)
        return
    waiting = blocking.Tidings(*plugins, tokens=tokens)
    try:
        yield Site(BlockingPusherEndpoints(access, waiting, **settings), tokens)
    finally:
        await asyncio.to_thread(waiting.close)


def told(answer: HttpAnswer) -> Any:
    """Return the JSON of an answer."""
    kind = {name.lower(): value for name, value in answer.headers.items()}["content-type"]
    assert kind == "application/json"
    return json.loads(answer.body)


def error(answer: HttpAnswer, status: int) -> str:
    """Return the words of a refusal of this status."""
    assert answer.status == status, answer
    words: str = told(answer)["error"]
    return words


def signs_channel(data: Mapping[str, str], channel: str, socket: str = SOCKET) -> bool:
    """Tell whether this lets a connection subscribe to a channel."""
    key, _, signature = data["auth"].partition(":")
    text = channel_text(socket, channel, data.get("channel_data"))
    return key == KEY and is_signed(SECRET, text, signature)


def signs_user(data: Mapping[str, str], socket: str = SOCKET) -> bool:
    """Tell whether this lets a connection sign in."""
    key, _, signature = data["auth"].partition(":")
    return key == KEY and is_signed(SECRET, user_text(socket, data["user_data"]), signature)
