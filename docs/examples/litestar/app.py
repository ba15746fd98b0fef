"""Days off in a Litestar application: the manager hears who asks, and they hear the answer.

Run it by `uvicorn app:app`, with PASSWORD, SESSION_KEY and TOKEN_KEY in the environment.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from hmac import compare_digest
from os import environ
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, asgi, get, post
from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import NotAuthorizedException, NotFoundException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.response import File
from litestar.security.jwt import JWTCookieAuth, Token
from sqlalchemy import Column, Date, Integer, MetaData, String, Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from starlette.requests import Request as StarletteRequest

from tidings import Identity, Notification, Payload, Tidings, Tokens
from tidings_http import HttpFront
from tidings_sql import SqlStore

PAGE = Path(__file__).with_name("page.html")
MANAGER = "ann"
USERS = {MANAGER, "bob", "cem"}  # in yours a table, with a password for each

database = environ.get("DATABASE", "days-off.db")
engine = create_async_engine(f"sqlite+aiosqlite:///{database}")
metadata = MetaData()
requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user", String(100), nullable=False),
    Column("first", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Column("state", String(10), nullable=False, default="asked"),
)


@asynccontextmanager
async def tables(_: Litestar) -> AsyncIterator[None]:
    """Make the application's tables; let go of the database in the end."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield
    await engine.dispose()


async def transaction() -> AsyncIterator[AsyncConnection]:
    """Give a handler a transaction, which commits unless the handler fails."""
    async with engine.begin() as connection:
        yield connection


async def known(token: Token, _: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """Return whom a cookie is of."""
    return token.sub if token.sub in USERS else None


# --8<-- [start:tidings]
auth = JWTCookieAuth[str, Token](
    retrieve_user_handler=known,
    token_secret=environ["SESSION_KEY"],
    exclude=["^/$", "^/sign-in$"],
)


def who_asks(request: StarletteRequest) -> Identity | None:
    """Trust Litestar, which has checked the cookie before the mounted application is asked."""
    token: Token | None = request.scope.get("auth")
    return Identity(token.sub, issued_at=token.iat, expires_at=token.exp) if token else None


front = HttpFront(who_asks)
tidings = Tidings(
    SqlStore(f"sqlite:///{database}"),
    front,
    tokens=Tokens(environ["TOKEN_KEY"]),
)
mounted = asgi("/tidings", is_mount=True, copy_scope=True)(front.app)
# --8<-- [end:tidings]


def manages(connection: ASGIConnection[Any, str, Token, Any], _: BaseRouteHandler) -> None:
    """Let nobody but the manager pass."""
    if connection.user != MANAGER:
        raise PermissionDeniedException


@dataclass
class SignIn:
    """Who says to be whom."""

    user: str
    password: str


@dataclass
class Asked:
    """Days that somebody wants off."""

    first: date
    days: int


@get("/")
async def page() -> File:
    """Show the page; it asks who one is where it has to."""
    return File(PAGE, media_type="text/html", content_disposition_type="inline")


@post("/sign-in")
async def sign_in(data: SignIn) -> Response[Any]:
    """Give the browser a cookie."""
    right = compare_digest(environ["PASSWORD"].encode(), data.password.encode())
    if not right or data.user not in USERS:
        raise NotAuthorizedException
    return auth.login(data.user)


@get("/requests")
async def asked(
    request: Request[str, Token, Any], connection: AsyncConnection
) -> list[dict[str, Any]]:
    """Return one's own requests; to the manager, everybody's."""
    mine = (
        select(requests)
        if request.user == MANAGER
        else select(requests).filter_by(user=request.user)
    )
    rows = await connection.execute(mine.order_by(requests.c.id))
    return [dict(row) for row in rows.mappings()]


# --8<-- [start:push]
@post("/requests")
async def ask(
    data: Asked, request: Request[str, Token, Any], connection: AsyncConnection
) -> dict[str, int]:
    """Ask for days off, and tell the manager."""
    values = {"user": request.user, "first": data.first, "days": data.days}
    row = await connection.execute(insert(requests).values(values).returning(requests.c.id))
    number = row.scalar_one()
    told = Notification(
        id=f"request-{number}-asked",
        heading=f"{request.user} asks for days off",
        content=f"{data.days} from {data.first}",
        category="days-off",
        payload=Payload(path=f"/#request-{number}"),
    )
    await tidings.push(MANAGER, told, connection=connection)
    return {"id": number}


@post("/requests/{number:int}/approve", guards=[manages])
async def approve(number: int, connection: AsyncConnection) -> None:
    """Approve, and tell who asked. Approved twice, they are told once."""
    row = await connection.execute(
        update(requests).filter_by(id=number).values(state="approved").returning(requests.c.user)
    )
    user = row.scalar()
    if user is None:
        raise NotFoundException
    told = Notification(
        id=f"request-{number}-approved",
        heading="Your days off are approved",
        category="days-off",
        payload=Payload(path=f"/#request-{number}"),
    )
    await tidings.push(user, told, connection=connection)


# --8<-- [end:push]


# --8<-- [start:app]
app = Litestar(
    [page, sign_in, asked, ask, approve, mounted],
    lifespan=[tables, tidings],
    dependencies={"connection": Provide(transaction)},
    csrf_config=CSRFConfig(environ["SESSION_KEY"], exclude=["^/sign-in$", "^/tidings"]),
    on_app_init=[auth.on_app_init],
)
# --8<-- [end:app]
