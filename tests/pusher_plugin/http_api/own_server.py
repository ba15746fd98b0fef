"""A server of Pusher apps, its own libraries' client, requests signed by hand, and who listens."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from urllib.parse import quote

import httpx
from pusher import Pusher
from pusher.signature import sign
from websockets.asyncio.client import ClientConnection, connect

from served import Served
from tidings import Tidings
from tidings_memory import MemoryBroker, MemoryStore
from tidings_pusher import App
from tidings_pusher.server.plugin import PusherServer

WITHIN = 10.0
Json = dict[str, Any]
Result = TypeVar("Result")

SHOP = App(id="3", key="278d425bdf160c739803", secret=cast("Any", "7ad3773142a6692b25b8"))
BLOG = App(id="4", key="blog-key", secret=cast("Any", "blog-secret"), namespace="blog")
CLOSED = App(id="5", key="closed-key", secret=cast("Any", "sec"), namespace="closed", enabled=False)


class Listener:
    """A client that hears channels.

    Attributes:
        socket_id: of its connection.
    """

    def __init__(self, raw: ClientConnection, app: App, socket_id: str) -> None:
        self._raw = raw
        self._app = app
        self.socket_id = socket_id

    async def next(self) -> Json:
        """Return the next frame."""
        async with asyncio.timeout(WITHIN):
            return cast("Json", json.loads(await self._raw.recv()))

    async def ask(self, event: str, **data: Any) -> Json:
        """Ask for something; return the first frame of the answer."""
        await self._raw.send(json.dumps({"event": event, "data": data}))
        return await self.next()

    async def hear(self, channel: str, user: str | None = None) -> Json:
        """Hear a channel, on presence channels as a user."""
        signed = {} if user is None else {"channel_data": json.dumps({"user_id": user})}
        text = ":".join([self.socket_id, channel, *signed.values()])
        answer = await self.ask(
            "pusher:subscribe", channel=channel, auth=self._auth(text), **signed
        )
        assert answer["event"] == "pusher_internal:subscription_succeeded", answer
        return answer

    async def sign_in(self, user: str) -> None:
        """Sign in, and hear what is for this user."""
        user_data = json.dumps({"id": user})
        auth = self._auth(f"{self.socket_id}::user::{user_data}")
        answer = await self.ask("pusher:signin", auth=auth, user_data=user_data)
        assert answer["event"] == "pusher:signin_success", answer
        await self.hear(f"#server-to-user-{user}")

    async def nothing_more(self) -> None:
        """Make sure that nothing came that was not looked at."""
        assert (await self.ask("pusher:ping"))["event"] == "pusher:pong"

    async def ended(self) -> int | None:
        """Wait for the end; return the close code."""
        async with asyncio.timeout(WITHIN):
            await self._raw.wait_closed()
        return self._raw.close_code

    def _auth(self, text: str) -> str:
        return f"{self._app.key}:{sign(self._app.secret.get_secret_value(), text)}"


def signed(
    method: str,
    path: str,
    body: bytes = b"",
    *,
    app: App = SHOP,
    query: Mapping[str, str] | None = None,
    now: float | None = None,
) -> str:
    """Return a request's query, as Pusher's documents say that it is signed.

    Args:
        method: to sign for.
        path: to sign for.
        body: to sign.
        app: that signs.
        query: what else is in the query.
        now: when it is said to be signed, in seconds since 1970; None: now.
    """
    asked = {
        "auth_key": app.key,
        "auth_timestamp": f"{time.time() if now is None else now:.0f}",
        "auth_version": "1.0",
        **(query or {}),
    }
    if body:
        asked["body_md5"] = hashlib.md5(body, usedforsecurity=False).hexdigest()
    plain = "&".join(f"{key}={asked[key]}" for key in sorted(asked))
    asked["auth_signature"] = sign(app.secret.get_secret_value(), f"{method}\n{path}\n{plain}")
    return "&".join(f"{key}={quote(value)}" for key, value in asked.items())


class OwnServer:
    """A server that runs.

    Attributes:
        http: who makes requests by hand.
        now: the server's time, in seconds since 1970.
    """

    def __init__(self, served: Served, http: httpx.AsyncClient, now: Callable[[], float]) -> None:
        self.http = http
        self.now = now
        self._served = served

    @property
    def tidings(self) -> Tidings:
        return self._served.tidings

    async def there(self, doing: Coroutine[Any, Any, Result]) -> Result:
        """Do something on the server's loop."""
        loop = self._served._loop
        assert loop is not None
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(doing, loop))

    async def server_sdk(self, method: str, *args: Any, app: App = SHOP, **kwargs: Any) -> Any:
        """Call a method of Pusher's library for Python."""
        secret = app.secret.get_secret_value()
        pusher = Pusher(
            app.id, app.key, secret, ssl=False, host="127.0.0.1", port=self._served.port
        )
        return await asyncio.to_thread(getattr(pusher, method), *args, **kwargs)

    async def post(self, path: str, body: object = b"", **signing: Any) -> httpx.Response:
        """Send a signed request; a body that is no bytes is sent as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.http.post(self.signed("POST", path, raw, **signing), content=raw)

    async def get(self, path: str, **query: str) -> httpx.Response:
        """Ask for something, signed."""
        return await self.http.get(self.signed("GET", path, query=query))

    async def trigger(self, body: object, app: App = SHOP) -> httpx.Response:
        """Publish what may be no event at all."""
        return await self.post(f"/apps/{app.id}/events", body, app=app)

    def signed(
        self, method: str, path: str, body: bytes = b"", *, age: float = 0, **signing: Any
    ) -> str:
        """Return a path and its query, signed `age` seconds before now."""
        signed_path = signing.pop("signed_path", path)
        return f"{path}?{signed(method, signed_path, body, now=self.now() - age, **signing)}"

    @asynccontextmanager
    async def listener(self, *channels: str, app: App = SHOP) -> AsyncIterator[Listener]:
        """Connect a client that hears these channels."""
        url = f"ws://127.0.0.1:{self._served.port}/app/{app.key}?protocol=7&client=test"
        async with connect(url, proxy=None) as raw:
            first = json.loads(json.loads(await raw.recv())["data"])
            listener = Listener(raw, app, first["socket_id"])
            for channel in channels:
                await listener.hear(channel)
            yield listener


@asynccontextmanager
async def own_server(
    *apps: App, now: float | None = None, plugins: tuple[object, ...] | None = None
) -> AsyncIterator[OwnServer]:
    """Serve apps.

    Args:
        apps: by default three: one, one with a namespace, and one that is disabled.
        now: the time there, in seconds since 1970; None: the time.
        plugins: what else the application has.
    """

    def clock() -> datetime:
        return datetime.now(UTC) if now is None else datetime.fromtimestamp(now, UTC)

    server = PusherServer(apps=apps or (SHOP, BLOG, CLOSED))
    others = (MemoryBroker(), MemoryStore()) if plugins is None else plugins
    async with Served(*others, server, clock=clock) as served:
        base = f"http://127.0.0.1:{served.port}"
        async with httpx.AsyncClient(base_url=base, trust_env=False) as http:
            yield OwnServer(served, http, lambda: clock().timestamp())
