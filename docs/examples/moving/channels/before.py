"""Notifications by Django Channels. Run it by `uvicorn before:application`."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from channels.sessions import SessionMiddlewareStack
from consumers import Notifications
from django.core.asgi import get_asgi_application
from django.urls import path
from project import configure, views

configure(__name__)


# --8<-- [start:notify]
def notify(user: str, heading: str) -> None:
    """Tell a user something, if they are there just now."""
    message = {"type": "notify", "heading": heading}
    async_to_sync(get_channel_layer().group_send)(f"user-{user}", message)
    # --8<-- [end:notify]


urlpatterns = views(notify)
sockets = URLRouter([path("ws/notifications", Notifications.as_asgi())])
application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": AllowedHostsOriginValidator(SessionMiddlewareStack(sockets)),
    }
)
