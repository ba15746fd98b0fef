"""Notifications by Tidings. Run it by `uvicorn after:application`."""

from django.core.asgi import get_asgi_application
from inboxes import beside, store
from project import configure, views

from tidings import Notification
from tidings.blocking import Tidings

configure(__name__)

# --8<-- [start:notify]
tidings = Tidings(store())


def notify(user: str, heading: str) -> None:
    """Tell a user something, now or when they are back."""
    tidings.push(user, Notification(heading=heading))
    # --8<-- [end:notify]


urlpatterns = views(notify)
application = beside(get_asgi_application())
