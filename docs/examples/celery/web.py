"""The pages: they ask a worker for a report, and show the bell that says when it is there.

Run it by `uvicorn web:app --ws web:sockets.protocol`, with PASSWORD, SESSION_KEY, TIDINGS_TOKEN_KEY
and TIDINGS_PLUGINS__SQL__URL in the environment.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hmac import compare_digest
from os import environ
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, StringConstraints
from starlette.middleware.sessions import SessionMiddleware
from tasks import REPORTS, USERS, report

from tidings import Identity, Tidings, Tokens
from tidings_http import HttpFront
from tidings_sql import SqlStore
from tidings_websocket import PlainDialect, WebSocketFront

PAGE = Path(__file__).with_name("page.html")


def who_asks(request: Request) -> Identity | None:
    """Trust the session: what it says holds for the inboxes too."""
    if "user" not in request.session:
        return None
    since = datetime.fromtimestamp(request.session["since"], UTC)
    return Identity(request.session["user"], issued_at=since)


sockets = WebSocketFront([PlainDialect("/tidings/ws")])
tidings = Tidings(
    SqlStore(environ["TIDINGS_PLUGINS__SQL__URL"]),  # which brings what the workers push
    HttpFront(who_asks),
    sockets,
    tokens=Tokens(environ["TIDINGS_TOKEN_KEY"]),
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Keep Tidings open as long as the application serves."""
    async with tidings:
        yield


app = FastAPI(lifespan=lifespan)
app.add_middleware(SessionMiddleware, secret_key=environ["SESSION_KEY"])
app.mount("/tidings", sockets.app)


def signed_in(request: Request) -> str:
    """Return who asks."""
    identity = who_asks(request)
    if identity is None:
        raise HTTPException(401)
    return identity.user


User = Annotated[str, Depends(signed_in)]
Month = Annotated[str, StringConstraints(pattern="^[0-9]{4}-[0-9]{2}$")]


class SignIn(BaseModel):
    """Who says to be whom."""

    user: str
    password: str


@app.get("/")
def page() -> FileResponse:
    """Show the page; it asks who one is where it has to."""
    return FileResponse(PAGE)


@app.post("/sign-in", status_code=204)
def sign_in(who: SignIn, request: Request) -> None:
    """Begin a session."""
    right = compare_digest(environ["PASSWORD"].encode(), who.password.encode())
    if not right or who.user not in USERS:
        raise HTTPException(403)
    request.session.update(user=who.user, since=datetime.now(UTC).timestamp())


@app.get("/me")
def me(user: User) -> str:
    """Return who is signed in."""
    return user


@app.post("/reports/{month}", status_code=202)
def ask(month: Month, user: User) -> str:  # not async: putting a task into the queue blocks
    """Have a report made; return the task's id."""
    return str(report.delay(user, month).id)


@app.get("/reports/{month}")
def read(month: Month, _: User) -> FileResponse:
    """Return a report that has been made."""
    if not (REPORTS / f"{month}.txt").exists():
        raise HTTPException(404)
    return FileResponse(REPORTS / f"{month}.txt")
