"""What the start page asks, and the two things that it does for guests."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from pydantic import StringConstraints
from pydantic_core import to_json
from starlette.responses import Response

from tidings import Notification
from tidings_http.caller import check_page
from tidings_http.page_files import PageFiles
from tidings_http.problems import Problem, denied
from tidings_http.start_page.start_page import StartPage, is_at_home
from tidings_http.terms import Asked, NoQuery, User
from tidings_http.writing import answer, by_user

if TYPE_CHECKING:
    from tidings_http.front import HttpFront

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' https:; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'"
)
"""The page runs its own files; notifications may have pictures from elsewhere."""

VALID = timedelta(hours=1)
"""How long a guest's token is valid; a bell asks for another then."""

router = APIRouter(include_in_schema=False)

_PAGE = PageFiles(Path(__file__).with_name("static"), POLICY)
_NOT_HERE = "nobody is let in without a token here: make one by `tidings token USER`"


class GuestQuery(Asked):
    """Which of the guests."""

    user: User


class TryBody(Asked):
    """What a guest is pushed."""

    user: User
    heading: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "It works"


@router.get("/")
async def page(request: Request) -> Response:
    """Return the page: without data."""
    _offered(request)
    return _PAGE.answer(request, "start.html")


@router.get("/start/offer")
async def read_offer(request: Request, _: Annotated[NoQuery, Query()]) -> Response:
    """Return what there is to try."""
    offered = _offered(request)
    found = {
        "guests": offered.for_(request),
        "elsewhere": bool(offered.guests) and not is_at_home(request),
        "pushing": offered.pushing,
    }
    return answer(to_json(found))


@router.post("/start/token")
async def give_token(request: Request, query: Annotated[GuestQuery, Query()]) -> Response:
    """Give a token of a guest's."""
    front = _front_for(request, query.user)
    tokens = front.tidings.tokens
    if tokens is None:
        raise denied(_NOT_HERE)
    return answer(to_json({"token": tokens.issue(query.user, ttl=VALID)}))


@router.post("/start/push")
async def push(request: Request, body: TryBody, _: Annotated[NoQuery, Query()]) -> Response:
    """Push something to a guest."""
    front = _front_for(request, body.user)
    receipt = await front.tidings.push(body.user, Notification(heading=body.heading))
    return answer(by_user(receipt.results))


@router.get("/start/{file}")
async def file_of_page(request: Request, file: str) -> Response:
    """Return a file that the page is made of."""
    _offered(request)
    return _PAGE.answer(request, file)


def _offered(request: Request) -> StartPage:
    front: HttpFront = request.app.state.front
    if front.start_page is None:
        raise Problem(404, "not_found", "nothing is here: see /openapi.json")
    return front.start_page


def _front_for(request: Request, user: str) -> HttpFront:
    """Return the front, for a guest at home.

    Raises:
        Problem: this is none, or a page of strangers asks.
    """
    offered, front = _offered(request), request.app.state.front
    check_page(request)
    if user not in offered.for_(request):
        raise denied(_NOT_HERE)
    found: HttpFront = front
    return found
