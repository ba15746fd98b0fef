"""Who is who: signing in, by a JWT in a cookie, and who may do what."""

from dataclasses import dataclass
from hmac import compare_digest
from os import environ
from typing import Any

from litestar import Request, Response, get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.security.jwt import JWTCookieAuth, Token
from starlette.requests import Request as StarletteRequest

from tidings import Identity

MANAGER = "ann"
USERS = {MANAGER, "bob", "cem"}  # in yours a table, with a password for each


async def known(token: Token, _: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """Return whom a cookie is of."""
    return token.sub if token.sub in USERS else None


# --8<-- [start:auth]
auth = JWTCookieAuth[str, Token](
    retrieve_user_handler=known,
    token_secret=environ["SESSION_KEY"],
    exclude=["^/$", "^/sign-in$"],
)


def who_asks(request: StarletteRequest) -> Identity | None:
    """Trust Litestar, which has checked the cookie before the mounted application is asked."""
    token: Token | None = request.scope.get("auth")
    return Identity(token.sub, issued_at=token.iat, expires_at=token.exp) if token else None


# --8<-- [end:auth]


def manages(connection: ASGIConnection[Any, str, Token, Any], _: BaseRouteHandler) -> None:
    """Let nobody but the manager pass."""
    if connection.user != MANAGER:
        raise PermissionDeniedException


@dataclass
class SignIn:
    """Who says to be whom."""

    user: str
    password: str


@post("/sign-in")
async def sign_in(data: SignIn) -> Response[Any]:
    """Give the browser a cookie."""
    right = compare_digest(environ["PASSWORD"].encode(), data.password.encode())
    if not right or data.user not in USERS:
        raise NotAuthorizedException
    return auth.login(data.user)


@get("/me")
async def me(request: Request[str, Token, Any]) -> dict[str, Any]:
    """Say who is signed in, and whether they may approve."""
    return {"user": request.user, "manages": request.user == MANAGER}
