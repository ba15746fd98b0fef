"""The API itself: an ASGI application that checks each request's signature, and answers it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from pydantic_core import to_json

from tidings import Closed, Tidings
from tidings.logged import logged_by
from tidings.redaction import failure
from tidings_pusher.server.http_api import routes
from tidings_pusher.server.http_api.asgi import (
    Disconnected,
    Receive,
    Scope,
    Send,
    read_body,
    respond,
    signed_paths,
)
from tidings_pusher.server.http_api.calls import CALLS, Answer, Request
from tidings_pusher.server.http_api.channel_names import naming
from tidings_pusher.server.http_api.publications import BATCH, Naming
from tidings_pusher.server.http_api.refusals import Refused, later, refusal, unauthenticated
from tidings_pusher.server.http_api.routes import METHODS, Route
from tidings_pusher.server.http_api.verifying import Verifier, query, verify_body
from tidings_pusher.server.live_app import LiveApp

logger = logging.getLogger("tidings.pusher")

_ESCAPED = 6  # bytes of JSON for one byte of UTF-8, at worst
_BESIDE_DATA = 4_096
_FAILED = 500


class HttpApi:
    """Answers the server libraries of some apps, as `/apps/{id}/...`, wherever it is mounted.

    Args:
        apps: those that are served.
    """

    def __init__(self, apps: Sequence[LiveApp]) -> None:
        self._by_id = {live.app.id: live for live in apps}
        self._by_key = {live.app.key: live for live in apps}
        self._verifiers = {live.app.id: Verifier(live.app) for live in apps}
        self._tidings: Tidings | None = None
        self._naming: Mapping[str, Naming] = {}

    @contextmanager
    def serving(self, tidings: Tidings) -> Iterator[None]:
        """Publish to an application, until exit; before and after that, answer "try again"."""
        is_logged = logged_by(() if tidings.hooks.store is None else tidings.options.logged)
        self._naming = {id: naming(live, is_logged) for id, live in self._by_id.items()}  # noqa: A001
        self._tidings = tidings
        try:
            yield
        finally:
            self._tidings = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope, receive)
        except Disconnected:
            return
        except Exception as error:
            refused = _refused(error)
            body = to_json({"error": refused.words})
            await respond(send, refused.status, body, refused.headers)
        else:
            await respond(send, 200, to_json(answer))

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        route = _route(scope)
        tidings = self._tidings
        if tidings is None:
            raise later("the server is starting or stopping")
        parameters = query(scope["query_string"])
        live = self._app(route, parameters)
        now = tidings.clock().timestamp()
        verifier = self._verifiers[live.app.id]
        verifier.verify(scope["method"], signed_paths(scope), parameters, now)
        if not live.app.enabled:
            raise Refused(403, "this app is disabled")
        body = await read_body(scope, receive, _most(live))
        verify_body(parameters, body)
        own = self._naming[live.app.id]
        request = Request(tidings, own, live, route.name, parameters, body)
        return await CALLS[route.call](request)

    def _app(self, route: Route, parameters: Mapping[str, str]) -> LiveApp:
        if route.app is None:
            live = self._by_key.get(parameters.get("auth_key", ""))
            if live is None:
                raise unauthenticated("unknown auth_key")
            return live
        live = self._by_id.get(route.app)
        if live is None:
            raise Refused(404, "there is no app with this id here")
        return live


def _route(scope: Scope) -> Route:
    route = routes.route(scope["path"])
    if route is None:
        raise Refused(404, "there is no such call: see Pusher's HTTP API")
    method = METHODS[route.call]
    if scope["method"] != method:
        raise Refused(405, f"this call is a {method}", {b"allow": method.encode()})
    return route


def _most(live: LiveApp) -> int:
    """Return how many bytes a body may have: enough for the largest batch, however it is spelt."""
    return BATCH * (_ESCAPED * live.app.event_bytes + _BESIDE_DATA)


def _refused(error: Exception) -> Refused:
    refused = refusal(error)
    if refused.status >= _FAILED and not isinstance(error, Refused | Closed):
        cause = error.__cause__ or error
        logger.error("a request of Pusher's HTTP API failed: %s", failure(cause))
    return refused
