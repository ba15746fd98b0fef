"""Pusher's clients in a FastAPI application. They bring tokens.

Run it by `uvicorn fastapi_app:app`, with the variables that it reads in the environment.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hmac import compare_digest
from os import environ

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from tidings import Tidings, Tokens
from tidings_pusher import PusherAccess, PusherEndpoints

PASSWORDS = {"ann": environ["PASSWORD_OF_ANN"]}

tokens = Tokens(environ["TOKENS_KEY"])
tidings = Tidings(tokens=tokens)
access = PusherAccess(environ["PUSHER_KEY"], environ["PUSHER_SECRET"])


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Keep Tidings open as long as the application serves."""
    async with tidings:
        yield


app = FastAPI(lifespan=lifespan)
app.mount("/pusher", PusherEndpoints(access, tidings))


class SignIn(BaseModel):
    """Who says to be whom."""

    user: str
    password: str


@app.post("/sign-in")
async def sign_in(who: SignIn) -> str:
    """Return a token. A page gives it to pusher-js: headers: {Authorization: "Bearer ..."}."""
    password = PASSWORDS.get(who.user)
    if password is None or not compare_digest(password.encode(), who.password.encode()):
        raise HTTPException(403)
    return tokens.issue(who.user)
