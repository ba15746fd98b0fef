"""Letting a client in: who it is, what it may, and where its own channel begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidings import (
    AccessRequest,
    Counts,
    Identity,
    Position,
    TidingsError,
    Unsupported,
    user_channel,
)
from tidings.access import Action
from tidings_websocket.commands import Welcome
from tidings_websocket.dialect import Ending
from tidings_websocket.errors import Denied, LimitExceeded
from tidings_websocket.handshake import Opening, Proof, read_proof

if TYPE_CHECKING:
    from tidings_websocket.session import Session


async def begin(session: Session, opening: Opening) -> None:
    """Greet a client, once it is clear who it is; a bad proof ends the connection."""
    await session.front.ready()
    welcome = Welcome(session.id)
    try:
        if (proof := read_proof(opening)) is not None:
            welcome = await admit(session, await _identity(session, proof), proof.after)
    except LimitExceeded as error:
        session.refuse(None, error)
        session.end(Ending.FULL)
    except TidingsError as error:
        session.refuse(None, error)
        session.end(Ending.UNAUTHENTICATED)
    else:
        session.send(session.dialect.welcome(welcome))


async def admit(session: Session, identity: Identity, after: Position | None) -> Welcome:
    """Let this session be a user's, and hear their channel if they may.

    Once more for the same user is a refreshed proof: it changes nothing else.

    Raises:
        Denied: the connection is another user's already.
        LimitExceeded: the user has all the connections that one may have.
    """
    channel = user_channel(identity.user)
    if session.identity is None:
        if not session.front.sessions.signed_in(session, identity.user):
            raise LimitExceeded("this user has too many connections: close one of them")
    elif session.identity.user != identity.user:
        raise Denied("this connection is another user's: open one of your own")
    fresh = session.identity is None
    session.identity = identity
    if fresh:
        session.trusted = await _may(session, channel, "admin")
    position = None
    if await _may(session, channel, "subscribe") and (fresh or after is not None):
        position = await session.followed.follow(channel, after)
    return Welcome(
        session.id,
        identity.user,
        channel if channel in session.followed else None,
        position,
        await _counts(session, channel),
        identity.expires_at,
    )


async def _identity(session: Session, proof: Proof) -> Identity:
    tidings = session.front.tidings
    if proof.ticket is not None:
        return await tidings.redeem(proof.ticket)
    return await tidings.admit(proof.token or "")


async def _counts(session: Session, channel: str) -> Counts | None:
    if session.identity is None or not await _may(session, channel, "inbox"):
        return None
    try:
        return await session.front.rows.counts(channel)
    except Unsupported:  # there is no store
        return None


async def _may(session: Session, channel: str, action: Action) -> bool:
    request = AccessRequest(session.identity, channel, action)
    return (await session.front.tidings.authorize(request)).granted
