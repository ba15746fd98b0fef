"""Asking the policies about a client, and naming what it speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidings import AccessRequest, Grant, user_channel
from tidings.access import Action
from tidings_websocket.errors import Denied, Unauthenticated

if TYPE_CHECKING:
    from tidings_websocket.session import Session


async def need(session: Session, channel: str, action: Action) -> Grant:
    """Return the grant to do something on a channel.

    Raises:
        Denied: there is none; it says what the policy said.
        Unauthenticated: a client that may not be anonymous has not said who it is.
    """
    if session.identity is None and not session.dialect.anonymous:
        raise Unauthenticated("say first who you are: authenticate")
    request = AccessRequest(session.identity, channel, action)
    answer = await session.front.tidings.authorize(request)
    if not isinstance(answer, Grant):
        raise Denied(answer.reason)
    return answer


async def need_admin(session: Session) -> None:
    """Let only those go on who may steer everything; raises as `need` does."""
    await need(session, user_channel(own(session)), "admin")


def own(session: Session) -> str:
    """Return the client's user id.

    Raises:
        Unauthenticated: it is nobody in particular.
    """
    if session.identity is None:
        raise Unauthenticated("say first who you are: authenticate")
    return session.identity.user
