"""A discussion in a FastAPI application: whoever is mentioned by @name is told.

Run it by `uvicorn app:app --ws app:sockets.protocol`, with PASSWORD, SESSION_KEY and TOKEN_KEY in
the environment.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hmac import compare_digest
from os import environ
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse
from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.middleware.sessions import SessionMiddleware

from tidings import Identity, Notification, Payload, Tidings, Tokens
from tidings_http import HttpFront
from tidings_sql import SqlStore
from tidings_websocket import PlainDialect, WebSocketFront

PAGES = Path(__file__).parent
USERS = {"ann", "bob", "cem"}  # in yours a table, with a password for each

database = environ.get("DATABASE", "discussion.db")
engine = create_async_engine(f"sqlite+aiosqlite:///{database}")
metadata = MetaData()
comments = Table(
    "comments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("author", String(100), nullable=False),
    Column("text", String(2000), nullable=False),
)


# --8<-- [start:tidings]
def who_asks(request: Request) -> Identity | None:
    """Trust the session: what it says holds for the inboxes too."""
    if "user" not in request.session:
        return None
    since = datetime.fromtimestamp(request.session["since"], UTC)
    return Identity(request.session["user"], issued_at=since)


sockets = WebSocketFront([PlainDialect("/tidings/ws")])  # the whole path, as the browser sees it
tidings = Tidings(
    SqlStore(f"sqlite:///{database}"),
    HttpFront(who_asks),
    sockets,
    tokens=Tokens(environ["TOKEN_KEY"]),
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Keep Tidings open as long as the application serves."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    async with tidings:
        yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)
app.add_middleware(SessionMiddleware, secret_key=environ["SESSION_KEY"])
app.mount("/tidings", sockets.app)  # inboxes, bell.js and, at /tidings/ws, what happens
# --8<-- [end:tidings]


def signed_in(request: Request) -> str:
    """Return who asks, for the application's own pages."""
    identity = who_asks(request)
    if identity is None:
        raise HTTPException(401)
    return identity.user


User = Annotated[str, Depends(signed_in)]


class SignIn(BaseModel):
    """Who says to be whom."""

    user: str
    password: str


def tellable(text: str) -> str:
    """Let no text pass that no notification takes, such as one with control characters."""
    Notification(heading="a mention", content=text)
    return text


class Comment(BaseModel):
    """What somebody says."""

    text: Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(tellable)]


@app.get("/")
def page(request: Request) -> FileResponse:
    """Show the discussion, or the way in."""
    return FileResponse(PAGES / ("discussion.html" if who_asks(request) else "sign-in.html"))


@app.post("/sign-in", status_code=204)
def sign_in(who: SignIn, request: Request) -> None:
    """Begin a session."""
    right = compare_digest(environ["PASSWORD"].encode(), who.password.encode())
    if not right or who.user not in USERS:
        raise HTTPException(403)
    request.session.update(user=who.user, since=datetime.now(UTC).timestamp())


@app.get("/comments")
async def discussion(_: User) -> list[dict[str, str | int]]:
    """Return all that was said."""
    async with engine.connect() as connection:
        rows = await connection.execute(select(comments).order_by(comments.c.id))
        return [dict(row) for row in rows.mappings()]


# --8<-- [start:push]
@app.post("/comments", status_code=201)
async def comment(said: Comment, author: User) -> int:
    """Keep a comment and tell whom it mentions: both, or neither."""
    async with engine.begin() as connection:
        row = insert(comments).values(author=author, text=said.text).returning(comments.c.id)
        number = (await connection.execute(row)).scalar_one()
        mentioned = USERS & set(re.findall(r"@(\w+)", said.text)) - {author}
        told = Notification(
            id=f"comment-{number}",
            heading=f"{author} mentioned you",
            content=said.text,
            category="mentions",
            payload=Payload(path=f"/#comment-{number}"),
        )
        await tidings.push(mentioned, told, connection=connection)
    return int(number)


# --8<-- [end:push]
