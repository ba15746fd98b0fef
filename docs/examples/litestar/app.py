"""Days off in a Litestar application: the manager hears who asks, and they hear the answer.

Run it by `uvicorn app:app`, with PASSWORD, SESSION_KEY, CSRF_KEY and TOKEN_KEY in the environment.
"""

from dataclasses import dataclass
from datetime import date
from os import environ
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, asgi, get, post
from litestar.config.csrf import CSRFConfig
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.response import File
from litestar.security.jwt import Token
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from tables import DATABASE, requests, tables, transaction
from users import MANAGER, auth, manages, me, sign_in, who_asks

from tidings import Notification, Payload, Tidings, Tokens
from tidings_http import HttpFront
from tidings_sql import SqlStore

PAGE = Path(__file__).with_name("page.html")

# --8<-- [start:tidings]
front = HttpFront(who_asks)
tidings = Tidings(
    SqlStore(f"sqlite:///{DATABASE}"),
    front,
    tokens=Tokens(environ["TOKEN_KEY"]),
)
mounted = asgi("/tidings", is_mount=True, copy_scope=True)(front.app)
# --8<-- [end:tidings]


@dataclass
class Asked:
    """Days that somebody wants off."""

    first: date
    days: int


@get("/")
async def page() -> File:
    """Show the page; it asks who one is where it has to."""
    return File(PAGE, media_type="text/html", content_disposition_type="inline")


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
    [page, sign_in, me, asked, ask, approve, mounted],
    lifespan=[tables, tidings],
    dependencies={"connection": Provide(transaction)},
    csrf_config=CSRFConfig(environ["CSRF_KEY"], exclude=["^/sign-in$", "^/tidings(/|$)"]),
    on_app_init=[auth.on_app_init],
)
# --8<-- [end:app]
