"""Both at once, while pages move. Run it by `uvicorn both:application`."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from channels.sessions import SessionMiddlewareStack
from consumers import Notifications
from django.core.asgi import get_asgi_application
from django.urls import path
from inboxes import beside, store
from project import configure, views

from tidings import Notification
from tidings.blocking import Tidings

configure(__name__)

# --8<-- [start:notify]
tidings = Tidings(store())


def notify(user: str, heading: str) -> None:
    """Tell a user something, on pages that have moved and on those that have not."""
    told = Notification(heading=heading)
    tidings.push(user, told)
    message = {"type": "notify", "heading": heading, "id": told.id}
    async_to_sync(get_channel_layer().group_send)(f"user-{user}", message)
    # --8<-- [end:notify]


urlpatterns = views(notify)
# --8<-- [start:application]
sockets = URLRouter([path("ws/notifications", Notifications.as_asgi())])
application = beside(
    ProtocolTypeRouter(
        {
            "http": get_asgi_application(),
            "websocket": AllowedHostsOriginValidator(SessionMiddlewareStack(sockets)),
        }
    )
)
# --8<-- [end:application]
