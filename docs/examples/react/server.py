"""A React front end on Tidings: users who write to each other.

Build the front end, then run `uvicorn server:app` here, with the variables that it reads.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from os import environ
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.staticfiles import StaticFiles
from pydantic import AfterValidator, BaseModel, StringConstraints

from tidings import Identity, InvalidToken, Notification, Tidings, Tokens
from tidings_http import HttpFront
from tidings_memory import MemoryStore
from tidings_pusher import PusherAccess, PusherEndpoints, PusherServer
from tidings_websocket import WebSocketFront

KEY, SECRET = "my-key", environ["PUSHER_SECRET"]
Name = Annotated[str, StringConstraints(pattern="^[a-z]{1,20}$")]

tokens = Tokens(environ["TOKENS_KEY"])
front = WebSocketFront()
tidings = Tidings(
    MemoryStore(),  # SqlStore keeps it over a restart
    front,
    PusherServer(app_id="1", key=KEY, secret=SECRET),
    HttpFront(),
    tokens=tokens,
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Keep Tidings open as long as the application serves."""
    async with tidings:
        yield


app = FastAPI(lifespan=lifespan)


class SignIn(BaseModel):
    """Who signs in."""

    user: Name


@app.post("/api/sign-in")
async def sign_in(who: SignIn) -> str:
    """Give a token to anybody: an application's own sign-in stands here."""
    return tokens.issue(who.user, ttl=timedelta(hours=8))


async def sender(
    bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
) -> Identity:
    """Tell a route who writes."""
    try:
        return await tidings.admit(bearer.credentials)
    except InvalidToken as error:
        raise HTTPException(401) from error


def tellable(text: str) -> str:
    """Let no text pass that no notification takes: too long a one, or control characters."""
    Notification(heading="a message", content=text)
    return text


class Message(BaseModel):
    """What somebody writes to somebody."""

    to: Name
    text: Annotated[str, AfterValidator(tellable)]


@app.post("/api/messages", status_code=204)
async def write(message: Message, by: Annotated[Identity, Depends(sender)]) -> None:
    """Notify who is written to."""
    heading = f"{by.user} wrote to you"
    await tidings.push(message.to, Notification(heading=heading, content=message.text))


app.mount("/pusher", PusherEndpoints(PusherAccess(KEY, SECRET), tidings))
app.mount("/tidings", front.app)  # the sockets, the inboxes, the module of the client
app.mount("/", StaticFiles(directory="dist", html=True, check_dir=False))
