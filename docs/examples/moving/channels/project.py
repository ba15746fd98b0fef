"""What stays as it is: settings, sign-in, and a view that notifies."""

from collections.abc import Callable
from os import environ

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

Notify = Callable[[str, str], None]


def configure(urls: str) -> None:
    """Say where the views are; the rest is as in any project with Channels."""
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
        ROOT_URLCONF=urls,
        SECRET_KEY=environ["SECRET_KEY"],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    )


@require_POST
def sign_in(request: HttpRequest, user: str) -> HttpResponse:
    """Begin a session; in a project of yours Django's users do that, with a password."""
    request.session["user"] = user
    return HttpResponse("welcome")


@require_POST
def mention(request: HttpRequest, user: str, notify: Notify) -> HttpResponse:
    """Tell a user that somebody has mentioned them."""
    notify(user, f"{request.session['user']} mentioned you")
    return HttpResponse("told")


def views(notify: Notify) -> list[URLPattern]:
    """Return the views, which notify in this way."""
    return [
        path("sign-in/<user>", sign_in),
        path("mention/<user>", mention, {"notify": notify}),
    ]
