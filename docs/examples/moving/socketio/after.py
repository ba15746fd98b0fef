"""Notifications by Tidings. Run it by `uvicorn after:app`."""

from os import environ

from inboxes import lifespan, mount, tidings
from pages import pages
from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware

from tidings import Notification


# --8<-- [start:notify]
async def notify(user: str, heading: str) -> None:
    """Tell a user something, now or when they are back."""
    await tidings.push(user, Notification(heading=heading))
    # --8<-- [end:notify]


application = Starlette(lifespan=lifespan, routes=[*pages(notify), mount])
app = SessionMiddleware(application, environ["SECRET_KEY"])
