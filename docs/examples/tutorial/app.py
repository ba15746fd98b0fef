"""An application with a bell. Run it by `uvicorn app:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from tidings import Identity, Notification, Tidings, Tokens
from tidings_http import HttpFront
from tidings_sql import SqlStore
from tidings_websocket import WebSocketFront

PAGE = """<!doctype html>
<meta name="viewport" content="width=device-width">
<title>My shop</title>
<script type="module" src="/tidings/bell.js"></script>
<style>body { font: 1rem system-ui; margin: 2rem }</style>
<tidings-bell style="float: right"></tidings-bell>
<h1>My shop</h1>
<form method="post" action="/orders"><button>Order a lamp</button></form>
"""


def signed_in(request: Request) -> str:
    """Tell who is signed in: your own sign-in stands here. Whoever says nothing is Ann."""
    return request.cookies.get("user", "ann")


front = WebSocketFront()
tidings = Tidings(
    SqlStore("sqlite:///tidings.db"),
    front,
    HttpFront(lambda request: Identity(signed_in(request))),
    tokens=Tokens("a secret of at least thirty-two bytes"),
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Keep Tidings open as long as the application serves."""
    async with tidings:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def page() -> HTMLResponse:
    """Show the page with the bell."""
    return HTMLResponse(PAGE)


@app.post("/orders")
async def order(user: Annotated[str, Depends(signed_in)]) -> RedirectResponse:
    """Take an order, and tell who made it."""
    lamp = Notification(heading="Your order was taken", content="One lamp. It leaves today.")
    await tidings.push(user, lamp)
    return RedirectResponse("/", status_code=303)


app.mount("/tidings", front.app)  # the bell, the inboxes, the sockets
