"""Letting a client in: who it is, what it may, and where its own channel begins."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from tidings import (
    AccessRequest,
    Closed,
    Counts,
    Identity,
    InvalidName,
    InvalidToken,
    Position,
    Unsupported,
    user_channel,
)
from tidings.access import Action
from tidings.redaction import failure
from tidings_websocket.commands import Welcome
from tidings_websocket.dialect import Ending, Malformed
from tidings_websocket.errors import Denied, LimitExceeded
from tidings_websocket.handshake import Proof, read_proof
from tidings_websocket.opening import Opening

if TYPE_CHECKING:
    from tidings_websocket.session import Session

logger = logging.getLogger("tidings.websocket")


async def begin(session: Session, opening: Opening) -> None:
    """Greet a client, once it is clear who it is; a bad proof ends the connection."""
    try:
        async with asyncio.timeout(session.front.limits.handshake):
            welcome = await _welcome(session, opening)
        text = session.dialect.welcome(welcome)
    except LimitExceeded as error:
        _send_away(session, error, Ending.FULL)
    except (InvalidToken, InvalidName, Malformed, Denied, Unsupported) as error:
        _send_away(session, error, Ending.UNAUTHENTICATED)
    except Closed as error:
        _send_away(session, error, Ending.RESTART)
    except Exception as error:
        logger.error("letting a client in failed: %s", failure(error))
        _send_away(session, error, Ending.FAILED)
    else:
        if text is not None:
            session.send(text)
        session.followed.begin()


async def admit(session: Session, identity: Identity, after: Position | None) -> Welcome:
    """Let this session be a user's, and follow their channel if they may hear it.

    Once more for the same user is a refreshed proof: it changes nothing else. Where this fails,
    the session is whose it was before.

    Raises:
        Closed: the connection has ended meanwhile.
        Denied: it is another user's already.
        LimitExceeded: the user has all the connections that one may have.
    """
    before, channel = session.identity, user_channel(identity.user)
    take(session, identity)
    try:
        return await _welcome_as(session, identity, after, fresh=before is None)
    except BaseException:
        session.identity = before
        if before is None:
            session.followed.leave(channel)
            session.front.sessions.sign_out(session, identity.user)
        raise


def take(session: Session, identity: Identity) -> None:
    """Let a session be a user's; raises as `admit` does."""
    if session.ended:
        raise Closed("the connection has ended")
    if session.identity is None:
        session.front.sessions.sign_in(session, identity.user)
    elif session.identity.user != identity.user:
        raise Denied("this connection is another user's: open one of your own")
    session.identity = identity


async def _welcome(session: Session, opening: Opening) -> Welcome:
    await session.front.ready()
    proof = read_proof(opening) if session.dialect.proves else None
    if proof is None:
        return Welcome(session.id)
    return await admit(session, await _identity(session, proof), proof.after)


async def _identity(session: Session, proof: Proof) -> Identity:
    tidings = session.front.tidings
    if proof.ticket is not None:
        return await tidings.redeem(proof.ticket)
    return await tidings.admit(proof.token or "")


async def _welcome_as(
    session: Session, identity: Identity, after: Position | None, *, fresh: bool
) -> Welcome:
    channel, position = user_channel(identity.user), None
    trusted = await _may(session, channel, "admin")
    if (fresh or after is not None) and await _may(session, channel, "subscribe"):
        position = await session.followed.follow(channel, after)
    counts = await _counts(session, channel)
    session.trusted = trusted
    followed = channel if channel in session.followed else None
    return Welcome(session.id, identity.user, followed, position, counts, identity.expires_at)


async def _counts(session: Session, channel: str) -> Counts | None:
    if not await _may(session, channel, "inbox"):
        return None
    try:
        return await session.front.tidings.rows.counts(channel)
    except Unsupported:  # there is no store
        return None


async def _may(session: Session, channel: str, action: Action) -> bool:
    request = AccessRequest(session.identity, channel, action)
    return (await session.front.tidings.authorize(request)).granted


def _send_away(session: Session, error: Exception, ending: Ending) -> None:
    session.refuse(None, error)
    session.end(ending)
