"""A backend that takes webhooks on a real server, and checks them as Pusher's own library does."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from pusher import Pusher
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from prompt_server import PromptServer
from tidings_pusher.webhooks.terms import Terms
from tidings_pusher.webhooks.webhook import Webhook
from tidings_pusher.webhooks.webhooks import Webhooks

KEY, SECRET = "278d425bdf160c739803", "7ad3773142a6692b25b8"
SOON = Terms(grace=0.01, gather=0.01, timeout=5, first_pause=0.01, most_pause=0.02)
"""As patient as a test can be; what it waits for that comes by itself."""

LONG = 3_600.0
"""Longer than any test."""


class Receiver:
    """What it was sent, and what it answers.

    Attributes:
        posts: the events of each POST that it took, which Pusher's library found valid.
        refused: the statuses of its other answers.
        headers: of the last POST.
        target: path and query of the last POST.
        times: `time_ms` of each valid POST, taken or not.
        statuses: its next answers; 200 once there are none left.
        answer: headers of its answers.
        may_answer: while it is not set, there are none.
    """

    def __init__(self, port: int, secret: str) -> None:
        self.port = port
        self.posts: list[list[dict[str, Any]]] = []
        self.refused: list[int] = []
        self.headers: Mapping[str, str] = {}
        self.target = ""
        self.times: list[int] = []
        self.statuses: list[int] = []
        self.answer: dict[str, str] = {}
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.asked = asyncio.Event()
        self._library = Pusher(app_id="3", key=KEY, secret=secret)

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return all events that it took, in order."""
        return [event for post in self.posts for event in post]

    def hook(self, path: str = "/hook?token=hush", **settings: Any) -> Webhook:
        """Return the webhook that is sent here."""
        return Webhook(url=f"http://127.0.0.1:{self.port}{path}", **settings)

    async def take(self, request: Request) -> Response:
        body = await request.body()
        self.headers, self.target = request.headers, str(request.url).partition("/hook")[2]
        self.asked.set()
        await self.may_answer.wait()
        told = self._library.validate_webhook(
            request.headers["x-pusher-key"], request.headers["x-pusher-signature"], body
        )
        status = 401 if told is None else self.statuses.pop(0) if self.statuses else 200
        if told is not None:
            self.times.append(told["time_ms"])
        if told is not None and status == 200:
            self.posts.append(told["events"])
        else:
            self.refused.append(status)
        return Response(status_code=status, headers=self.answer)


@asynccontextmanager
async def receiver(port: int = 0, secret: str = SECRET) -> AsyncIterator[Receiver]:
    """Run one, until exit; then its connections end."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        found = Receiver(listener.getsockname()[1], secret)
        app = Starlette(routes=[Route("/hook", found.take, methods=["POST"])])
        config = uvicorn.Config(app, lifespan="off", log_config=None)
        config.load()
        server = PromptServer(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        try:
            yield found
        finally:
            found.may_answer.set()
            await server.shutdown(sockets=[listener])


def webhooks(*hooks: Webhook, terms: Terms = SOON, **settings: Any) -> Webhooks:
    """Return the webhooks of the receivers' app."""
    return Webhooks(KEY, SECRET, hooks, terms=terms, **settings)


def occupied(channel: str = "news") -> dict[str, str | int]:
    return {"name": "channel_occupied", "channel": channel}


def vacated(channel: str = "news") -> dict[str, str | int]:
    return {"name": "channel_vacated", "channel": channel}


def counted(number: int, channel: str = "news") -> dict[str, str | int]:
    return {"name": "subscription_count", "channel": channel, "subscription_count": number}
