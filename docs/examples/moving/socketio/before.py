"""Notifications by python-socketio. Run it by `uvicorn before:app`."""

from os import environ

from pages import pages
from rooms import sio
from socketio import ASGIApp
from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware


# --8<-- [start:notify]
async def notify(user: str, heading: str) -> None:
    """Tell a user something, if they are there just now."""
    await sio.emit("notification", {"heading": heading}, to=f"user-{user}")
    # --8<-- [end:notify]


app = SessionMiddleware(ASGIApp(sio, Starlette(routes=pages(notify))), environ["SECRET_KEY"])
