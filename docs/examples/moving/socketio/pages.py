"""What stays as it is: sign-in, and a page that notifies."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

Notify = Callable[[str, str], Awaitable[None]]


async def sign_in(request: Request) -> PlainTextResponse:
    """Begin a session; in an application of yours with a password."""
    request.session["user"] = request.path_params["user"]
    return PlainTextResponse("welcome")


def pages(notify: Notify) -> list[Route]:
    """Return the pages, which notify in this way."""

    async def mention(request: Request) -> PlainTextResponse:
        await notify(request.path_params["user"], f"{request.session['user']} mentioned you")
        return PlainTextResponse("told")

    return [
        Route("/sign-in/{user}", sign_in, methods=["POST"]),
        Route("/mention/{user}", mention, methods=["POST"]),
    ]
