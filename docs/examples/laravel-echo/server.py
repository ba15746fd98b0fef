"""A Laravel Echo front end on Tidings: users who write to each other.

Build the front end, then run `uvicorn server:app` here, with the variables that it reads.
"""

import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from os import environ
from pathlib import Path
from string import Template
from typing import Annotated, Protocol

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from pydantic import AfterValidator, BaseModel, StringConstraints

from tidings import Identity, InvalidToken, Notification, Tidings, Tokens
from tidings_http import HttpFront
from tidings_memory import MemoryStore
from tidings_pusher import PusherAccess, PusherEndpoints, PusherServer
from tidings_websocket import WebSocketFront

KEY, SECRET = environ["REVERB_APP_KEY"], environ["REVERB_APP_SECRET"]
CSRF_KEY = environ["CSRF_KEY"].encode()
PAGE = Template(Path("page.html").read_text("utf-8"))
Name = Annotated[str, StringConstraints(pattern="^[a-z]{1,20}$")]

tokens = Tokens(environ["SESSION_KEY"])


class Asking(Protocol):
    """A request, FastAPI's or that of Pusher's endpoints."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What it says of itself."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """What the browser kept."""


def by_session(request: Asking) -> Identity | None:
    """Say whose session it is."""
    try:
        return tokens.verify(request.cookies.get("session", ""))
    except InvalidToken:
        return None


def by_page(request: Asking) -> Identity | None:
    """Say the same of a request that brings the CSRF token of a page of ours."""
    sent = request.headers.get("x-csrf-token", "")
    expected = csrf_token(request.cookies.get("session", ""))
    return by_session(request) if hmac.compare_digest(sent.encode(), expected.encode()) else None


def csrf_token(session: str) -> str:
    """Return what only pages of this session know."""
    return hmac.digest(CSRF_KEY, session.encode(), "sha256").hex()


front = WebSocketFront()
tidings = Tidings(
    MemoryStore(),  # SqlStore keeps it over a restart
    front,
    PusherServer(app_id="1", key=KEY, secret=SECRET),
    HttpFront(by_session),
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Keep Tidings open as long as the application serves."""
    async with tidings:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/as/{user}")
async def sign_in(user: Name) -> RedirectResponse:
    """Sign in as anybody: an application's own sign-in stands here."""
    answer = RedirectResponse("/")
    answer.set_cookie("session", tokens.issue(user), httponly=True, samesite="lax")
    return answer


@app.get("/")
async def page(request: Request) -> HTMLResponse:
    """Show a user's page."""
    who = by_session(request)
    if who is None:
        return HTMLResponse('<a href="/as/ann">I am ann</a> <a href="/as/bob">I am bob</a>')
    csrf = csrf_token(request.cookies["session"])
    return HTMLResponse(PAGE.substitute(user=who.user, csrf_token=csrf))


def sender(request: Request) -> Identity:
    """Tell a route who writes."""
    who = by_page(request)
    if who is None:
        raise HTTPException(403)
    return who


def tellable(text: str) -> str:
    """Let no text pass that no notification takes: too long a one, or control characters."""
    Notification(heading="a message", content=text)
    return text


class Message(BaseModel):
    """What somebody writes to somebody."""

    to: Name
    text: Annotated[str, AfterValidator(tellable)]


@app.post("/messages", status_code=204)
async def write(message: Message, by: Annotated[Identity, Depends(sender)]) -> None:
    """Notify who is written to."""
    heading = f"{by.user} wrote to you"
    await tidings.push(message.to, Notification(heading=heading, content=message.text))


access = PusherAccess(KEY, SECRET)
app.mount("/broadcasting", PusherEndpoints(access, tidings, by_page))
app.mount("/build", StaticFiles(directory="public/build", check_dir=False))
app.mount("/", front.app)  # the sockets, the inboxes, the bell, Pusher's HTTP API
