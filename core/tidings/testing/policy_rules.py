"""Rules of policies: they answer properly, soon, and never open one user's inbox to another."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Iterator
from itertools import product
from typing import get_args

from tidings.access import AccessRequest, Action, Denial, Grant, Identity
from tidings.names import CHANNEL_LIMIT, USER_PREFIX, channel_user, user_channel
from tidings.testing.connect_rules import connect_rules
from tidings.testing.cut_short import cut_short
from tidings.testing.far_side import FarSide
from tidings.testing.rules import equal, hold, rule

_ACTIONS: tuple[Action, ...] = get_args(Action)
_USERS = ("kit-ann", "ann", "kit-ann-2", "KIT-ANN", "kit-änn", "kit ann", "*", "=", "=a2l0LWFubg")
_ODD_CHANNELS = (
    "kit",
    "-",
    "private-",
    "presence-",
    "cache-",
    "private-encrypted-",
    "private-user-",
    "private-user-=",
    "private-user-=a",
    "private-user-=____",
    "private-user-=/w==",
    "presence-user-kit-ann",
    "k" * CHANNEL_LIMIT,
    "-_=@,.;",
)


@rule("policy.answer.type")
async def answer_type(far: FarSide) -> None:
    """The answer is a Grant, a Denial or None, whoever asks for whatever, and never an error."""
    async with far.policy() as authorize:
        for request in _odd_requests():
            answer = await authorize(request)
            proper = answer is None or isinstance(answer, Grant | Denial)
            hold(f"Grant, Denial or None for {request}", proper, answer)


@rule("policy.answer.quick")
async def quick(far: FarSide) -> None:
    """The answer comes within a second; the core waits for five."""
    async with far.policy() as authorize:
        for channel in ("kit", user_channel("kit-ann"), "presence-kit"):
            begun = time.monotonic()
            await authorize(AccessRequest(Identity("kit-ann"), channel))
            took = time.monotonic() - begun
            hold(f"an answer about {channel!r} within 1 s", took < 1, f"{took:.1f} s")


@rule("policy.answer.same")
async def same(far: FarSide) -> None:
    """Asked the same again, it answers the same: access is no lottery."""
    async with far.policy() as authorize:
        for request in _odd_requests():
            first = await authorize(request)
            equal(f"the answer to {request}, again", await authorize(request), first)


@rule("policy.answer.together")
async def together(far: FarSide) -> None:
    """Asked many things at once, it answers each as it does alone."""
    async with far.policy() as authorize:
        requests = [*_odd_requests(), *_plain_requests()]
        alone = [await authorize(request) for request in requests]
        answers = await asyncio.gather(*(authorize(request) for request in requests))
        for request, answer, expected in zip(requests, answers, alone, strict=True):
            equal(f"the answer to {request}, among others", answer, expected)


@rule("policy.answer.cancelled")
async def cancelled(far: FarSide) -> None:
    """After an answer that nobody waited for, the next one is as before."""
    async with far.policy() as authorize:
        for request in _plain_requests():
            expected = await authorize(request)

            async def ask(request: AccessRequest = request) -> None:
                """Ask, for nobody."""
                await authorize(request)

            async for _ in cut_short(ask):
                pass
            equal(
                f"the answer to {request}, after some were cancelled",
                await authorize(request),
                expected,
            )


@rule("policy.users.own_channel_only")
async def own_channel_only(far: FarSide) -> None:
    """Nobody is granted another user's channel or inbox, by any spelling of its name."""
    async with far.policy() as authorize:
        for owner, asker, action in product(_USERS, (None, *_USERS, ""), _ACTIONS):
            if owner == asker:
                continue
            identity = None if asker is None else Identity(asker)
            for channel in _spellings(owner):
                if asker is not None and channel_user(channel) == asker:
                    continue
                answer = await authorize(AccessRequest(identity, channel, action))
                granted = isinstance(answer, Grant)
                hold(f"no Grant of {action} on {channel!r} to {asker!r}", not granted, answer)


@rule("policy.users.nobody_steers")
async def nobody_steers(far: FarSide) -> None:
    """A user without any claim is not granted to steer everything."""
    async with far.policy() as authorize:
        for identity in (None, Identity("kit-ann")):
            for channel in ("kit", "private-kit", user_channel("kit-bob")):
                answer = await authorize(AccessRequest(identity, channel, "admin"))
                granted = isinstance(answer, Grant)
                hold(f"no Grant of admin on {channel!r} to {identity}", not granted, answer)


def _plain_requests() -> Iterator[AccessRequest]:
    """Return what most policies answer differently."""
    for user, channel in product(("kit-ann", "kit-bob"), (user_channel("kit-ann"), "kit")):
        yield AccessRequest(Identity(user), channel)


def _odd_requests() -> Iterator[AccessRequest]:
    identities = (None, Identity("kit-ann"), Identity(""), Identity("kit\x00 änn\n" * 50))
    for identity, channel, action in product(identities, _ODD_CHANNELS, _ACTIONS):
        yield AccessRequest(identity, channel, action)


def _spellings(user: str) -> Iterator[str]:
    """Return names that could be taken for this user's channel, the right one first."""
    encoded = base64.urlsafe_b64encode(user.encode()).decode()
    right = user_channel(user)
    yield right
    yield USER_PREFIX + right.removeprefix(USER_PREFIX).upper()
    yield f"{USER_PREFIX}={encoded}"
    yield f"{USER_PREFIX}={encoded.rstrip('=')}"
    yield f"private-encrypted-user-{right.removeprefix(USER_PREFIX)}"
    yield right + "="
    yield right + ";"


RULES = (
    answer_type,
    quick,
    same,
    together,
    cancelled,
    own_channel_only,
    nobody_steers,
    *connect_rules("policy"),
)
