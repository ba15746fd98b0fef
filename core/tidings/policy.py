"""Deciding who may do what: the plugins' answers made into one, and the default policy."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime

from tidings.access import AccessRequest, Denial, Grant, Identity
from tidings.cancelling import is_cancelled
from tidings.errors import InvalidName
from tidings.hooks import hookimpl
from tidings.names import channel_user, check_channel, is_public
from tidings.redaction import failure
from tidings.registry import Authorize

_log = logging.getLogger("tidings.access")

ADMIN_CLAIM, ADMIN = "tidings", "admin"
"""What a token says for `AdminTokens`, and with which value."""


class OwnChannels:
    """The default policy: users hear and read their own channel, everyone hears public ones.

    Nothing else is granted, and nothing denied: other policies may grant more.
    """

    name = "own-channels"

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        """Grant `subscribe` and `inbox` on one's own channel, `subscribe` on public channels."""
        identity, channel, action = request.identity, request.channel, request.action
        if action == "subscribe" and is_public(channel):
            return Grant()
        own = identity is not None and channel_user(channel) == identity.user
        return Grant() if own and action in ("subscribe", "inbox") else None


class AdminTokens:
    """Grants everything, on every channel, to whoever's token says `"tidings": "admin"`.

    For scripts and operators; `tidings token USER --admin` makes such a token. It is not added by
    itself, and denies nothing.
    """

    name = "admin-tokens"

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        """Grant every action to an identity with that claim."""
        identity = request.identity
        is_admin = identity is not None and identity.claims.get(ADMIN_CLAIM) == ADMIN
        return Grant() if is_admin else None


async def decide(
    request: AccessRequest,
    policies: Iterable[tuple[str, Authorize]],
    timeout: float,  # noqa: ASYNC109 (each policy's own, not the caller's)
) -> Grant | Denial:
    """Ask each policy in turn, and make one answer of theirs.

    The first denial wins at once; of several grants the first with a `member`, else the first;
    without any grant it is denied, as is whatever is no channel of the application (`#tidings`)
    before anyone is asked. A policy that raises, answers with something else or is silent for
    longer denies; the log tells which and why, the client is not told.

    Args:
        request: who asks for what.
        policies: names of plugins, and their `authorize`.
        timeout: how long one policy may think, in seconds.
    """
    try:
        check_channel(request.channel)
    except InvalidName:
        return Denial("not a channel for clients")
    granted: Grant | None = None
    for name, policy in policies:
        answer = await _ask(name, policy, request, timeout)
        if isinstance(answer, Denial):
            return answer
        granted = _fuller(granted, answer)
    return granted or Denial()


def not_before(revoke: bool | datetime, now: datetime) -> datetime:
    """Return from when on tokens count that are revoked: from now on, or this moment.

    Raises:
        ValueError: the moment has no time zone.
    """
    moment = revoke if isinstance(revoke, datetime) else now
    if moment.tzinfo is None:
        raise ValueError("revoke has no time zone: give an aware datetime")
    return moment


def revoked(identity: Identity, not_before: datetime | None) -> bool:
    """Tell whether a revocation cuts this identity off: its proof is older, or of unknown age."""
    if not_before is None:
        return False
    return identity.issued_at is None or identity.issued_at < not_before


def _fuller(first: Grant | None, second: Grant | None) -> Grant | None:
    if first is None or second is None:
        return first or second
    return second if first.member is None and second.member is not None else first


async def _ask(
    name: str,
    policy: Authorize,
    request: AccessRequest,
    timeout: float,  # noqa: ASYNC109
) -> Grant | Denial | None:
    deadline = asyncio.timeout(timeout)
    try:
        async with deadline:
            answer = await policy(request=request)
    except asyncio.CancelledError:
        if is_cancelled():
            raise
        problem = "was cancelled from within"
    except Exception as error:
        problem = "took too long" if deadline.expired() else failure(error)
    else:
        if deadline.expired():  # it swallowed the cancellation
            problem = "took too long"
        elif answer is None or isinstance(answer, Grant | Denial):
            return answer
        else:
            problem = f"answered {type(answer).__name__}, not Grant, Denial or None"
    _log.error("policy %r on %s of %r: %s", name, request.action, request.channel, problem)
    return Denial("could not be decided")
