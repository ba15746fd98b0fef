"""Inboxes: pages, counts, changes, and their logs; one's own, and those of others if granted."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from tidings import Filter, Position, StalePosition, Stored, Unsupported, user_channel
from tidings.changes import ARCHIVED, DELETED, OPENED, SEEN, UNARCHIVED, UNOPENED, Change
from tidings_http import answers, writing
from tidings_http.bodies import ChangeBody, LogQuery, PageQuery
from tidings_http.caller import By, Caller
from tidings_http.terms import NoQuery, Place, User, cursor, place
from tidings_http.writing import answer

ChangeWord = Literal["open", "unopen", "see", "archive", "unarchive", "delete"]

CHANGES: dict[ChangeWord, str] = {
    "open": OPENED,
    "unopen": UNOPENED,
    "see": SEEN,
    "archive": ARCHIVED,
    "unarchive": UNARCHIVED,
    "delete": DELETED,
}
"""What can be done to entries, and the event that says so."""

Whose = Annotated[User, Path(description="Whose inbox it is: denied unless a policy grants it.")]

router = APIRouter(tags=["inbox"])
others = APIRouter(prefix="/users/{user:path}", tags=["inboxes of others"])


@router.get("/inbox", response_model=answers.Page)
async def read_inbox(by: By, query: Annotated[PageQuery, Query()]) -> Response:
    """Read a page of one's inbox, newest first."""
    return await _page(by, by.channel, query)


@others.get("/inbox", response_model=answers.Page)
async def read_inbox_of(by: By, user: Whose, query: Annotated[PageQuery, Query()]) -> Response:
    """Read a page of a user's inbox, newest first."""
    return await _page(by, user_channel(user), query)


@router.get("/inbox/counts", response_model=answers.Badge)
async def read_counts(by: By, _: Annotated[NoQuery, Query()]) -> Response:
    """Read what one's badge shows."""
    return await _counts(by, by.channel)


@others.get("/inbox/counts", response_model=answers.Badge)
async def read_counts_of(by: By, user: Whose, _: Annotated[NoQuery, Query()]) -> Response:
    """Read what a user's badge shows."""
    return await _counts(by, user_channel(user))


@router.get("/inbox/log", response_model=answers.Recalled)
async def read_log(by: By, query: Annotated[LogQuery, Query()]) -> Response:
    """Read the events of one's own channel behind an offset, oldest first."""
    return await recall(by, by.channel, query)


@others.get("/inbox/log", response_model=answers.Recalled)
async def read_log_of(by: By, user: Whose, query: Annotated[LogQuery, Query()]) -> Response:
    """Read the events of a user's channel behind an offset, oldest first."""
    return await recall(by, user_channel(user), query)


@router.post("/inbox/{change}", response_model=answers.Changed)
async def change_inbox(
    by: By, change: ChangeWord, body: ChangeBody, _: Annotated[NoQuery, Query()]
) -> Response:
    """Change entries of one's inbox: those named, or all."""
    return await _change(by, by.channel, change, body)


@others.post("/inbox/{change}", response_model=answers.Changed)
async def change_inbox_of(
    by: By, user: Whose, change: ChangeWord, body: ChangeBody, _: Annotated[NoQuery, Query()]
) -> Response:
    """Change entries of a user's inbox: those named, or all."""
    return await _change(by, user_channel(user), change, body)


async def recall(by: Caller, channel: str, query: LogQuery) -> Response:
    """Answer with a stretch of a channel's log."""
    await by.need(channel, "subscribe")
    found = await by.front.tidings.log.recall(channel, query.after, query.limit)
    return answer(writing.recalled(found, by.front.limits.answer))


async def _page(by: Caller, channel: str, query: PageQuery) -> Response:
    before = None if query.before is None else cursor(query.before, "before")
    await by.need(channel, "inbox")
    ids = frozenset(query.id) if query.id else None
    wanted = Filter(query.state, query.category, query.since, ids)
    offset = before.offset if isinstance(before, Position) else before
    page = await by.front.tidings.rows.page(channel, wanted, query.limit, offset)
    if isinstance(before, Position) and before.epoch != page.position.epoch:
        raise StalePosition("this cursor is of an inbox that is no more: take the first page")
    return answer(writing.page(page, by.front.limits.answer))


async def _counts(by: Caller, channel: str) -> Response:
    await by.need(channel, "inbox")
    return answer(writing.badge(await by.front.tidings.rows.counts(channel)))


async def _change(by: Caller, channel: str, word: ChangeWord, body: ChangeBody) -> Response:
    through = _through(body)
    await by.need(channel, "inbox")
    if body.all and through is None:
        through = (await by.front.tidings.log.heads([channel]))[channel]
    change = Change(CHANGES[word], body.ids or (), through, body.category)
    event = change.event(channel)
    if body.event_id is not None:
        event = event._replace(id=body.event_id)
    (result,) = await by.front.tidings.submit([event])
    if isinstance(result, Exception):
        raise result
    if not isinstance(result, Stored):
        raise Unsupported(f"channel {channel!r} is not logged: let the setting `logged` match it")
    return answer(writing.changed(result))


def _through(body: ChangeBody) -> Position | None:
    if isinstance(body.through, Place):
        return body.through.position
    return None if body.through is None else place(body.through, "through")
