"""The store, for processes that keep no database of their own: `HttpInbox` asks these.

They say what `tidings.protocols` has, and name channels in bodies alone: what is asked of whom
stands in no server's log.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic_core import to_json
from starlette.responses import Response

from tidings import Event, InvalidName, channel_user
from tidings_http import answers, writing
from tidings_http.caller import By, Caller
from tidings_http.problems import denied
from tidings_http.store_bodies import (
    AppendBody,
    CancelBody,
    ChannelBody,
    PageBody,
    RecallBody,
    RevokeBody,
    TrimBody,
    UserBody,
)
from tidings_http.store_rights import admitted, is_trusted
from tidings_http.terms import NoQuery
from tidings_http.writing import answer

router = APIRouter(prefix="/store", tags=["store"])

Nothing = Annotated[NoQuery, Query()]


@router.post("/append", response_model=answers.Published)
async def append(by: By, body: AppendBody, _: Nothing) -> Response:
    """Store and carry events, in order and in one transaction; say for each what became of it."""
    found = await admitted(by, body.events)
    taken = iter(await by.front.tidings.submit([e for e in found if isinstance(e, Event)]))
    results = [next(taken) if isinstance(each, Event) else each for each in found]
    return answer(writing.in_order(results))


@router.post("/recall", response_model=answers.Recalled)
async def recall_stored(by: By, body: RecallBody, _: Nothing) -> Response:
    """Read the events of a channel behind an offset, oldest first; nodes are told origins too."""
    await by.need(body.channel, "subscribe")
    origins = await is_trusted(by)
    found = await by.front.tidings.log.recall(body.channel, body.after, body.limit)
    return answer(writing.recalled(found, by.front.limits.answer, origins=origins))


@router.post("/page", response_model=answers.Page)
async def read_stored_page(by: By, body: PageBody, _: Nothing) -> Response:
    """Read a page of the inbox that a channel is, newest first."""
    channel = await _inbox(by, body.channel)
    page = await by.front.tidings.rows.page(channel, body.filter, body.limit, body.before)
    return answer(writing.page(page, by.front.limits.answer))


@router.post("/counts", response_model=answers.Badge)
async def read_stored_counts(by: By, body: ChannelBody, _: Nothing) -> Response:
    """Read what the badge of the inbox shows that a channel is."""
    channel = await _inbox(by, body.channel)
    return answer(writing.badge(await by.front.tidings.rows.counts(channel)))


@router.post("/trim")
async def trim(by: By, body: TrimBody, _: Nothing) -> Response:
    """Let a log forget its events up to an offset."""
    await _need_node(by)
    await by.front.tidings.log.trim(body.channel, body.through)
    return answer(b"{}")


@router.post("/forget")
async def forget(by: By, body: ChannelBody, _: Nothing) -> Response:
    """Erase all that is known of a channel, and begin an epoch; telling devices is the caller's."""
    await _need_node(by)
    await by.front.tidings.log.forget(body.channel)
    return answer(b"{}")


@router.post("/cancel")
async def cancel(by: By, body: CancelBody, _: Nothing) -> Response:
    """Drop what is scheduled under an id; say for how many users."""
    await _need_node(by)
    return answer(to_json({"users": await by.front.tidings.cancel(body.id)}))


@router.post("/revoke")
async def revoke(by: By, body: RevokeBody, _: Nothing) -> Response:
    """Refuse a user's tokens that were issued before a moment, and cut their connections off."""
    await _need_node(by)
    await by.front.tidings.disconnect(body.user, revoke=body.not_before)
    return answer(b"{}")


@router.post("/revoked")
async def read_revoked(by: By, body: UserBody, _: Nothing) -> Response:
    """Read from when on a user's tokens count; null where none were revoked."""
    await _need_node(by)
    return answer(to_json({"not_before": await by.front.tidings.revocations.not_before(body.user)}))


async def _inbox(by: Caller, channel: str) -> str:
    if channel_user(channel) is None:
        raise InvalidName("channel: it is no user's, so there is no inbox in it")
    await by.need(channel, "inbox")
    return channel


async def _need_node(by: Caller) -> None:
    if not await is_trusted(by):
        raise denied("this is for nodes of the application: a policy grants them `admin`")
