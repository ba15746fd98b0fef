"""Which call of the API a path names; whatever stands before it is where the API is mounted."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Call = Literal["events", "batch_events", "channels", "channel", "users", "terminate"]

METHODS: dict[Call, str] = {
    "events": "POST",
    "batch_events": "POST",
    "channels": "GET",
    "channel": "GET",
    "users": "GET",
    "terminate": "POST",
}

_MOUNTED = r"(?:/[^/]+)*?"
_TERMINATE = "/terminate_connections"
_USER = re.compile(_MOUNTED + r"/apps/(?P<app>[^/]+)/users/(?P<name>.+)")
_USER_ALONE = re.compile(_MOUNTED + r"/users/(?P<name>.+)")
_OTHER = re.compile(
    _MOUNTED + r"/apps/(?P<app>[^/]+)/"
    r"(?:(?P<call>events|batch_events|channels)|channels/(?P<name>[^/]+)(?P<users>/users)?)"
)


class Route(NamedTuple):
    """What is asked. app: its id; None where only the key tells. name: of a channel or a user."""

    call: Call
    app: str | None
    name: str = ""


def is_api(path: str) -> bool:
    """Tell whether a path is the API's, though it may name no call."""
    return "/apps/" in path or path.endswith(_TERMINATE)


def route(path: str) -> Route | None:
    """Return what a path asks for.

    Args:
        path: decoded; connections of a user are ended without naming the app too, as the Python
            library does it.
    """
    if path.endswith(_TERMINATE):
        return _terminate(path[: -len(_TERMINATE)])
    found = _OTHER.fullmatch(path)
    if found is None:
        return None
    match found["call"]:
        case "events" | "batch_events" | "channels" as call:
            return Route(call, found["app"])
        case _:
            return Route("users" if found["users"] else "channel", found["app"], found["name"])


def _terminate(path: str) -> Route | None:
    if found := _USER.fullmatch(path):
        return Route("terminate", found["app"], found["name"])
    if found := _USER_ALONE.fullmatch(path):
        return Route("terminate", None, found["name"])
    return None
