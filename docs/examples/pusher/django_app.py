"""Pusher's clients in a Django application. Its session cookie says who they are.

Run it by `uvicorn django_app:application`, with the variables that it reads in the environment. In
a project of your own the settings and urlpatterns stand in their files, and the views can stay.
"""

from hmac import compare_digest
from os import environ

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from tidings import Identity
from tidings.blocking import Tidings
from tidings_pusher import BlockingPusherEndpoints, PusherAccess
from tidings_pusher import HttpRequest as Asking

PASSWORDS = {"ann": environ["PASSWORD_OF_ANN"]}

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=environ["SESSION_KEY"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
)


def who_asks(asking: Asking) -> Identity | None:
    """Trust the session; with Django's own users, `asking.native.user` is the one to ask."""
    user = asking.native.session.get("user")
    return Identity(user) if user else None


tidings = Tidings()
access = PusherAccess(environ["PUSHER_KEY"], environ["PUSHER_SECRET"])
endpoints = BlockingPusherEndpoints(access, tidings, who_asks)


@csrf_exempt  # the endpoints themselves refuse what other sites' pages send
def pusher(request: HttpRequest) -> HttpResponse:
    """Answer for channels, and for the user."""
    body = request.read(endpoints.body_limit + 1)
    answer = endpoints(request.method, request.path, request.headers, body, native=request)
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers)


def sign_in(request: HttpRequest) -> HttpResponse:
    """Begin a session."""
    user, password = request.POST.get("user", ""), request.POST.get("password", "")
    if user not in PASSWORDS or not compare_digest(PASSWORDS[user].encode(), password.encode()):
        return HttpResponseForbidden()
    request.session["user"] = user
    return HttpResponse("welcome")


urlpatterns = [
    path("pusher/auth", pusher),
    path("pusher/user-auth", pusher),
    path("sign-in", sign_in),
]
application = get_asgi_application()
