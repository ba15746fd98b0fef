"""Proofs for places where a token must not stand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic_core import to_json
from starlette.responses import Response

from tidings import Unsupported
from tidings.tokens import moment
from tidings_http import answers
from tidings_http.caller import By
from tidings_http.problems import unauthenticated
from tidings_http.terms import NoQuery
from tidings_http.writing import answer

router = APIRouter(tags=["access"])


@router.post("/ticket", response_model=answers.Ticket)
async def give_ticket(by: By, _: Annotated[NoQuery, Query()]) -> Response:
    """Give a ticket, good once and for a minute, for a URL: of an event stream or a WebSocket."""
    if by.identity is None:
        raise unauthenticated()
    await by.need(by.channel, "subscribe")  # who was cut off gets none
    tidings = by.front.tidings
    if tidings.tickets is None or tidings.tokens is None:
        raise Unsupported("no key to sign tickets with: set `token_key`, or give `tokens=`")
    ticket, now = tidings.tickets.issue(by.identity), tidings.clock()
    ends = moment(tidings.tokens.open("ticket", ticket, now=now)["exp"])
    waits = max(0, int((ends - now).total_seconds()))
    return answer(to_json({"ticket": ticket, "expires_in": waits}))
