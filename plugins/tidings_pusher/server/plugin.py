"""A Pusher-compatible server: the plugin that an application registers beside a front."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from tidings import SettingsError, hookimpl
from tidings_pusher.app import App
from tidings_pusher.server.apps import apps as checked
from tidings_pusher.server.dialect.language import PusherLanguage
from tidings_pusher.server.http_api.application import HttpApi
from tidings_pusher.server.http_api.asgi import Receive, Scope, Send
from tidings_pusher.server.http_api.routes import is_api
from tidings_pusher.server.live_app import LiveApp
from tidings_pusher.webhooks.webhooks import Webhooks

if TYPE_CHECKING:
    from tidings import Tidings


class PusherServer:
    """Serves Pusher's clients and server libraries, on the port of the WebSocket front.

    The front of the same application speaks Pusher's protocol 7 at `/app/{key}` because of this,
    and answers Pusher's HTTP API at `/apps/{id}/...`, where it is served as an ASGI application.

    Args:
        app_id: where there is one app: its id, in the URLs of the HTTP API.
        key: its key, which its clients send; no secret.
        secret: its secret, which signs; better in the environment, as
            `TIDINGS_PLUGINS__PUSHER__SECRET`.
        client_events: whether its clients may send each other events (`client-...`).
        apps: instead of these four, several apps: each an `App`, or a table of its settings.
        clock: gives the time, in seconds since any beginning; for tests.

    Raises:
        SettingsError: a setting is missing or wrong; it says what to do.

    Example:
        pusher = PusherServer(app_id="1", key="my-key", secret="my-secret")
        tidings = Tidings(MemoryStore(), WebSocketFront(), pusher)
    """

    name = "pusher"

    def __init__(
        self,
        *,
        app_id: str | None = None,
        key: str | None = None,
        secret: SecretStr | str | None = None,
        client_events: bool = False,
        apps: Sequence[App | Mapping[str, Any]] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.apps = checked(_given(app_id, key, secret, client_events, apps))
        self._webhooks = tuple(_webhooks(app, clock) for app in self.apps)
        self.live = tuple(
            LiveApp(app, self.apps, clock, webhooks.report)
            for app, webhooks in zip(self.apps, self._webhooks, strict=True)
        )
        self.language = PusherLanguage({live.app.key: live for live in self.live})
        self.http_api = HttpApi(self.live)

    def __repr__(self) -> str:
        return f"PusherServer(apps={[app.id for app in self.apps]})"

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        """Serve until exit; what receivers of webhooks are owed then is sent within seconds."""
        async with AsyncExitStack() as stack:
            for webhooks in self._webhooks:
                await stack.enter_async_context(webhooks.open())
            stack.enter_context(self.http_api.serving(tidings))
            yield

    def serves(self, path: str) -> bool:
        """Tell whether a path is one of the HTTP API's."""
        return is_api(path)

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to the HTTP API, by ASGI."""
        await self.http_api(scope, receive, send)


def _webhooks(app: App, clock: Callable[[], float]) -> Webhooks:
    return Webhooks(app.key, app.secret.get_secret_value(), app.webhooks, clock=clock)


def _given(
    app_id: str | None,
    key: str | None,
    secret: SecretStr | str | None,
    client_events: bool,
    apps: Sequence[App | Mapping[str, Any]],
) -> Sequence[App | Mapping[str, Any]]:
    if app_id is None and key is None and secret is None:
        return apps
    if apps:
        raise SettingsError("pusher: give app_id, key and secret, or apps, and not both")
    if app_id is None or key is None or secret is None:
        raise SettingsError("pusher: an app has all three of app_id, key and secret")
    return [{"id": app_id, "key": key, "secret": secret, "client_events": client_events}]
