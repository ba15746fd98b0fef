"""Who asks: by a bearer token, a ticket, or what the application says; and what they may do."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import Request

from tidings import AccessRequest, Grant, Identity, user_channel
from tidings.access import Action
from tidings.origins import FOREIGN
from tidings_http.problems import denied, unauthenticated

if TYPE_CHECKING:
    from tidings_http.front import HttpFront

Identify = Callable[[Request], Identity | Awaitable[Identity | None] | None]
"""Says who makes a request, as the application knows it: by a cookie, say. None: nobody it knows.

A function or an async one. It raises a `Problem` for whoever is to be told so. The identity's
`issued_at` is when they signed in: without it, who was once cut off with `revoke=True` stays so.
"""

_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request, and of which front.

    Attributes:
        front: that answers it.
        identity: who it is; None: nobody in particular.
    """

    front: HttpFront
    identity: Identity | None

    @property
    def user(self) -> str:
        """The caller's user id.

        Raises:
            Problem: it is nobody in particular.
        """
        if self.identity is None:
            raise unauthenticated()
        return self.identity.user

    @property
    def channel(self) -> str:
        """The caller's own channel; raises as `user` does."""
        return user_channel(self.user)

    async def need(self, channel: str, action: Action) -> Grant:
        """Return the grant to do something on a channel.

        Raises:
            Problem: there is none; it says what the policy said, or to say first who it is.
        """
        answer = await self.front.tidings.authorize(AccessRequest(self.identity, channel, action))
        if isinstance(answer, Grant):
            return answer
        raise unauthenticated() if self.identity is None else denied(answer.reason)

    async def may(self, channel: str, action: Action) -> bool:
        """Tell whether there is a grant to do something on a channel."""
        request = AccessRequest(self.identity, channel, action)
        return (await self.front.tidings.authorize(request)).granted


async def caller(request: Request) -> Caller:
    """Find out who makes a request.

    Raises:
        Problem: a page of strangers may have made it, with its visitors' cookies.
        InvalidToken: the token is not valid.
    """
    front: HttpFront = request.app.state.front
    identity = await _known(front, request)
    if identity is None:
        token = bearer(request)
        return Caller(front, None if token is None else await front.tidings.admit(token))
    if request.method not in _SAFE:
        check_page(request)
    return Caller(front, identity)


def check_page(request: Request) -> None:
    """Let a request pass that no page of strangers can have made.

    Whoever names no page, and sends no cookie, is no browser.

    Raises:
        Problem: one can.
    """
    headers, origins = request.headers, request.app.state.front.origins
    is_browser = any(name in headers for name in ("origin", "sec-fetch-site", "cookie"))
    if is_browser and not origins.trusts(headers):
        raise denied(FOREIGN)


async def ticketed(request: Request) -> Caller:
    """Find out who makes a request that may bring a ticket in its URL."""
    front: HttpFront = request.app.state.front
    ticket = request.query_params.get("ticket")
    if ticket is not None:
        return Caller(front, await front.tidings.redeem(ticket))
    return await caller(request)


def bearer(request: Request) -> str | None:
    """Return the token of `Authorization: Bearer`, which no browser sends by itself."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def _known(front: HttpFront, request: Request) -> Identity | None:
    if front.identify is None:
        return None
    found = front.identify(request)
    return await found if inspect.isawaitable(found) else found


async def known(by: ByAnyone) -> Caller:
    """Find out who makes a request that only somebody known can make.

    Raises:
        Problem: it is nobody in particular. The rest of the request is not looked at then.
    """
    if by.identity is None:
        raise unauthenticated()
    return by


async def known_by_ticket(by: ByTicketOrAnyone) -> Caller:
    """The same where a ticket will do."""
    if by.identity is None:
        raise unauthenticated()
    return by


ByAnyone = Annotated[Caller, Depends(caller)]
"""A route's parameter: who asks, where that may be nobody in particular."""

ByTicketOrAnyone = Annotated[Caller, Depends(ticketed)]
"""The same where a ticket will do."""

By = Annotated[Caller, Depends(known)]
"""Who asks, where it must be somebody."""

ByTicket = Annotated[Caller, Depends(known_by_ticket)]
"""The same where a ticket will do."""
