"""What applications in other languages send: notifications for users, and plain events."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from tidings import (
    AccessRequest,
    Conflict,
    Denial,
    Event,
    Grant,
    PushFailed,
    StoreError,
    user_channel,
)
from tidings.access import Action
from tidings.encoding import encode
from tidings.errors import TidingsError
from tidings.ids import new_id
from tidings.policy import decide
from tidings.redaction import failure
from tidings_http import answers, writing
from tidings_http.bodies import EventBody, PublishBody, PushBody
from tidings_http.caller import ByAnyone, Caller
from tidings_http.openapi import ANYONE
from tidings_http.problems import denied, problem, unauthenticated
from tidings_http.terms import NoQuery
from tidings_http.writing import Result, answer

logger = logging.getLogger("tidings.http")

router = APIRouter(tags=["sending"])


@router.post("/push", response_model=answers.Pushed, openapi_extra=ANYONE)
async def push(by: ByAnyone, body: PushBody, _: Annotated[NoQuery, Query()]) -> Response:
    """Give each of these users the notification, once; say for each what became of it."""
    channels = {user: user_channel(user) for user in body.users}
    refused = await refusals(by, list(channels.values()), "push")
    results: dict[str, Result] = {
        user: denied(refused[channel].reason)
        for user, channel in channels.items()
        if channel in refused
    }
    users = [user for user, channel in channels.items() if channel not in refused]
    results |= await _pushed(by, users, body)
    return answer(writing.by_user({user: results[user] for user in channels}))


@router.post("/publish", response_model=answers.Published, openapi_extra=ANYONE)
async def publish(by: ByAnyone, body: PublishBody, _: Annotated[NoQuery, Query()]) -> Response:
    """Publish events, in order; say for each what became of it."""
    refused = await refusals(by, [event.channel for event in body.events], "publish")
    results: list[Result | Event] = [
        denied(refused[event.channel].reason) if event.channel in refused else _event(event)
        for event in body.events
    ]
    taken = iter(await by.front.tidings.submit([r for r in results if isinstance(r, Event)]))
    told = [next(taken) if isinstance(result, Event) else result for result in results]
    _note(result for result in told if isinstance(result, Exception))
    return answer(writing.in_order(told))


async def refusals(by: Caller, channels: Sequence[str], action: Action) -> Mapping[str, Denial]:
    """Ask whether the caller may do something on each of these channels; return who denies.

    A revocation is looked up once, as they all are asked about at one moment.

    Raises:
        Problem: on none of them.
    """
    tidings, refused = by.front.tidings, dict[str, Denial]()
    policies = tidings.hooks.authorize.items()
    for number, channel in enumerate(dict.fromkeys(channels)):
        request = AccessRequest(by.identity, channel, action)
        if number:
            found = await decide(request, policies, tidings.options.authorize_timeout)
        else:
            found = await tidings.authorize(request)
            if isinstance(found, Denial) and found.reason == "revoked":
                raise denied(found.reason)
        if not isinstance(found, Grant):
            refused[channel] = found
    if len(refused) < len(set(channels)):
        return refused
    raise unauthenticated() if by.identity is None else denied(next(iter(refused.values())).reason)


async def _pushed(by: Caller, users: Sequence[str], body: PushBody) -> Mapping[str, Result]:
    """Push to all in one call, which is one transaction of the store's."""
    try:
        receipt = await by.front.tidings.push(users, body.notification)
    except PushFailed as failed:
        _note(failed.errors.values())
        return {**failed.receipt.results, **failed.errors}
    except (Conflict, StoreError) as error:  # of the only user there is
        _note([error])
        return dict.fromkeys(users, error)
    return receipt.results


def _note(errors: Iterable[Exception]) -> None:
    """Have the log say what the operator is to know, once."""
    own = (error for error in errors if problem(error).code == "failed")
    if (first := next(own, None)) is not None:
        logger.error("storing failed: %s", failure(first.__cause__ or first))


def _event(body: EventBody) -> Event | Exception:
    try:
        return Event(body.channel, body.name, encode(body.data), body.id or new_id())
    except TidingsError as error:
        return error
