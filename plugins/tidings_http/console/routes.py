"""What the console's page asks, and does: for whoever may `admin`. The page itself is no secret."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic_core import to_json
from starlette.responses import Response

from tidings_http.caller import By
from tidings_http.console.state import state
from tidings_http.page_files import PageFiles
from tidings_http.terms import Asked, NoQuery, User
from tidings_http.writing import answer

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
"""As strict as can be: the page runs its own files, and asks this server."""

router = APIRouter(prefix="/console", include_in_schema=False)

_PAGE = PageFiles(Path(__file__).with_name("static"), POLICY)


class StateQuery(Asked):
    """What of the state is wanted: the connections of one user only."""

    user: User | None = None


class DisconnectBody(Asked):
    """Who is cut off, and whether their tokens are refused from now on too."""

    user: User
    revoke: bool = False


@router.get("")
async def page(request: Request) -> Response:
    """Return the page: without data, and for everybody."""
    return _PAGE.answer(request, "console.html")


@router.get("/state")
async def read_state(by: By, query: Annotated[StateQuery, Query()]) -> Response:
    """Return what the page shows."""
    await by.need(by.channel, "admin")
    return answer(to_json(state(by.front, query.user)))


@router.post("/disconnect")
async def disconnect(by: By, body: DisconnectBody, _: Annotated[NoQuery, Query()]) -> Response:
    """Cut off every connection of a user, on every node."""
    await by.need(by.channel, "admin")
    await by.front.tidings.disconnect(body.user, revoke=body.revoke)
    return answer(b"{}")


@router.get("/{file}")
async def file_of_page(request: Request, file: str) -> Response:
    """Return a file that the page is made of."""
    return _PAGE.answer(request, file)
