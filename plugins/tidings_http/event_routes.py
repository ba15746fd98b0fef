"""Streams of events: of one's own inbox, of others', and of channels."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from tidings import Position, user_channel
from tidings_http.bodies import CursorText, EventsQuery
from tidings_http.caller import ByTicket, ByTicketOrAnyone, Caller
from tidings_http.event_response import EventResponse
from tidings_http.inbox_routes import Whose
from tidings_http.openapi import ANYONE_BY_TICKET, BY_TICKET
from tidings_http.problems import Problem
from tidings_http.terms import Channel, place

Last = Annotated[
    CursorText | None,
    Header(alias="Last-Event-ID", description="Sent by browsers that return; before `after`."),
]

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
}

router = APIRouter(tags=["events"])
others = APIRouter(prefix="/users/{user:path}", tags=["inboxes of others"])


@router.get("/inbox/events", response_class=Response, responses=_STREAM, openapi_extra=BY_TICKET)
async def stream_inbox(
    by: ByTicket, query: Annotated[EventsQuery, Query()], last_event_id: Last = None
) -> Response:
    """Stream what comes to one's inbox, and what was missed before."""
    return _stream(by, by.channel, query, last_event_id)


@others.get("/inbox/events", response_class=Response, responses=_STREAM, openapi_extra=BY_TICKET)
async def stream_inbox_of(
    by: ByTicket, user: Whose, query: Annotated[EventsQuery, Query()], last_event_id: Last = None
) -> Response:
    """Stream what comes to a user's inbox, and what was missed before."""
    return _stream(by, user_channel(user), query, last_event_id)


@router.get(
    "/channels/{channel}/events",
    response_class=Response,
    responses=_STREAM,
    openapi_extra=ANYONE_BY_TICKET,
)
async def stream_channel(
    by: ByTicketOrAnyone,
    channel: Channel,
    query: Annotated[EventsQuery, Query()],
    last_event_id: Last = None,
) -> Response:
    """Stream what comes on a channel and, where it has a log, what was missed before."""
    return _stream(by, channel, query, last_event_id)


def _stream(by: Caller, channel: str, query: EventsQuery, last: str | None) -> Response:
    after = _after(query, last)
    beside = [name for name in dict.fromkeys(query.channel) if name != channel]
    most = by.front.limits.channels
    if len(beside) >= most:
        by.front.counters.refused["channels"] += 1
        raise Problem(422, "limit", f"a stream hears at most {most:,} channels: open another")
    return EventResponse(by, channel, beside, after)


def _after(query: EventsQuery, last: str | None) -> Position | None:
    """Return where to go on from: what a browser says that returns is newer than its URL."""
    if last:
        return place(last, "Last-Event-ID")
    return None if query.after is None else place(query.after, "after")
