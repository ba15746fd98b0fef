"""The access endpoints of Pusher's clients: an ASGI application, and a function that blocks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from tidings import Tidings
from tidings_pusher.access import PusherAccess
from tidings_pusher.access_request import BODY_LIMIT
from tidings_pusher.answering import Answering, Identify, Info, Watchlist
from tidings_pusher.exchange import Headers, HttpAnswer, HttpRequest
from tidings_pusher.steps import awaited, called

if TYPE_CHECKING:
    from tidings import blocking

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class HeaderItems(Protocol):
    """A request's headers, as Flask, Django and others have them, or a dict."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Go through their names and values."""


class PusherEndpoints:
    """An ASGI application that signs for Pusher's clients what the policies grant.

    Mount it wherever you like. A path that ends in `/auth` authorizes channels, one that ends in
    `/user-auth` signs users in. Requests are forms or JSON, answers JSON.

    A page of another site may not ask with its visitors' cookies, unless its origin is given;
    requests with `Authorization: Bearer` may come from anywhere that lets itself be asked so.

    Args:
        access: signs.
        tidings: whose policies are asked; it is open while requests are answered.
        identify: says who makes a request, a function or an async one. It raises `AccessDenied`
            for whoever is to be told so. By default clients bring tokens, as bearers of them, that
            `tidings.tokens` made; for an app with a namespace to users of that.
        origins: of pages elsewhere that may ask, as "https://app.example.com"; a browser that asks
            first for their sake is answered.
        info: says what others see of a user who signs in, a function or an async one.
        watchlist: says of whose coming and going such a user is told.

    Raises:
        SettingsError: an origin is none, or nobody could be known.

    Example:
        app = FastAPI()
        app.mount("/pusher", PusherEndpoints(access, tidings))
    """

    def __init__(
        self,
        access: PusherAccess,
        tidings: Tidings,
        identify: Identify | None = None,
        *,
        origins: Iterable[str] = (),
        info: Info | None = None,
        watchlist: Watchlist | None = None,
    ) -> None:
        self._answering = Answering(
            access, tidings, identify, origins=origins, info=info, watchlist=watchlist
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            await _answer_other(scope, receive, send)
            return
        request = _request(scope)
        answer = self._answering.at_once(request)
        if answer is None:
            body = await _read(receive)
            if body is None:  # the client is gone
                return
            answer = await awaited(self._answering.answer(request, body))
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": _headers(answer)}
        )
        await send({"type": "http.response.body", "body": answer.body})


class BlockingPusherEndpoints:
    """The same for views that block, as Flask's and Django's: a function that answers a request.

    Its arguments are those of `PusherEndpoints`; nothing among them is async.

    Attributes:
        body_limit: the most bytes of a body; one more is enough to read.

    Example:
        endpoints = BlockingPusherEndpoints(access, tidings, identify)
        answer = endpoints("POST", "/pusher/auth", request.headers, body)
    """

    body_limit = BODY_LIMIT

    def __init__(
        self,
        access: PusherAccess,
        tidings: blocking.Tidings,
        identify: Identify | None = None,
        *,
        origins: Iterable[str] = (),
        info: Info | None = None,
        watchlist: Watchlist | None = None,
    ) -> None:
        self._answering = Answering(
            access, tidings, identify, origins=origins, info=info, watchlist=watchlist
        )

    def __call__(
        self,
        method: str,
        path: str,
        headers: HeaderItems,
        body: bytes,
        *,
        query: str = "",
        client: str | None = None,
        native: Any = None,
    ) -> HttpAnswer:
        """Return the status, headers and body to answer with.

        Args:
            method: of the request.
            path: of its URL.
            headers: of the request.
            body: of it; of a long one its first `body_limit` + 1 bytes.
            query: of the URL, for `identify`.
            client: the address that it comes from, for `identify`.
            native: what else `identify` shall have, as the framework's own request.
        """
        request = HttpRequest(method.upper(), path, Headers(headers.items()), query, client, native)
        answer = self._answering.at_once(request)
        return called(self._answering.answer(request, body)) if answer is None else answer


def _request(scope: Scope) -> HttpRequest:
    client = scope.get("client")
    pairs = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]
    return HttpRequest(
        scope["method"],
        scope["path"],
        Headers(pairs),
        scope.get("query_string", b"").decode("latin-1"),
        client[0] if client else None,
        scope,
    )


def _headers(answer: HttpAnswer) -> list[tuple[bytes, bytes]]:
    """Return them as ASGI wants them: in small letters, or middleware would not find them."""
    told = dict(answer.headers)
    if answer.body:
        told["Content-Length"] = str(len(answer.body))
    return [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in told.items()]


async def _read(receive: Receive) -> bytes | None:
    """Return the body, of a long one hardly more than is allowed; None where the client left."""
    body = bytearray()
    while len(body) <= BODY_LIMIT:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)


async def _answer_other(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})  # which becomes an HTTP 403
    elif scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": message["type"] + ".complete"})
        await send({"type": "lifespan.shutdown.complete"})
