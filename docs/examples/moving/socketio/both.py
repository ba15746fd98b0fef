"""Both at once, while pages move. Run it by `uvicorn both:app`."""

from os import environ

from inboxes import lifespan, mount, tidings
from pages import pages
from rooms import sio
from socketio import ASGIApp
from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware

from tidings import Notification


# --8<-- [start:notify]
async def notify(user: str, heading: str) -> None:
    """Tell a user something, on pages that have moved and on those that have not."""
    told = Notification(heading=heading)
    await tidings.push(user, told)
    await sio.emit("notification", {"heading": heading, "id": told.id}, to=f"user-{user}")
    # --8<-- [end:notify]


# --8<-- [start:application]
application = Starlette(lifespan=lifespan, routes=[*pages(notify), mount])
app = SessionMiddleware(ASGIApp(sio, application), environ["SECRET_KEY"])
# --8<-- [end:application]
