"""Channels: their events as they come, and their logs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from tidings_http import answers, writing
from tidings_http.bodies import HeadsBody, LogQuery
from tidings_http.caller import ByAnyone
from tidings_http.inbox_routes import recall
from tidings_http.openapi import ANYONE
from tidings_http.problems import denied
from tidings_http.sending_routes import refusals
from tidings_http.terms import Channel, NoQuery
from tidings_http.writing import answer

router = APIRouter(tags=["channels"])


@router.get("/channels/{channel}/log", response_model=answers.Recalled, openapi_extra=ANYONE)
async def read_channel_log(
    by: ByAnyone, channel: Channel, query: Annotated[LogQuery, Query()]
) -> Response:
    """Read the events of a channel behind an offset, oldest first."""
    return await recall(by, channel, query)


@router.post("/heads", response_model=answers.Heads, openapi_extra=ANYONE)
async def read_heads(by: ByAnyone, body: HeadsBody, _: Annotated[NoQuery, Query()]) -> Response:
    """Read the newest position of each of these channels, in one reading."""
    refused = await refusals(by, body.channels, "subscribe")
    for denial in refused.values():
        raise denied(denial.reason)
    return answer(
        writing.heads(await by.front.tidings.log.heads(list(dict.fromkeys(body.channels))))
    )
