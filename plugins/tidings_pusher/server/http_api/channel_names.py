"""What an app's channels and users are called in Tidings, where its servers name them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from tidings import InvalidName, user_channel
from tidings.names import check_channel
from tidings_pusher.app import apart, app_user, kind_of
from tidings_pusher.server.dialect.frames import SERVER_TO_USER
from tidings_pusher.server.live_app import LiveApp

_REMEMBERED = 4_096


class Own(NamedTuple):
    """A channel as Tidings calls it, and whether it has a log here."""

    channel: str
    logged: bool


def naming(live: LiveApp, is_logged: Callable[[str], bool]) -> Callable[[str], Own]:
    """Return what finds an app's channels; it remembers those that were named lately.

    Args:
        live: the app.
        is_logged: tells which of Tidings' channels have a log.
    """

    @lru_cache(_REMEMBERED)
    def own(name: str) -> Own:
        channel = own_channel(live, name)
        return Own(channel, is_logged(channel))

    return own


def own_channel(live: LiveApp, name: str) -> str:
    """Return what a channel is called in Tidings; `#server-to-user-...` is that user's.

    Raises:
        InvalidName: no channel can be called that, or it is another app's.
    """
    if name.startswith(SERVER_TO_USER):
        return user_channel(own_user(live, name[len(SERVER_TO_USER) :]))
    channel = check_channel(apart(live.app, check_channel(name)))
    if not live.owns(name[len(kind_of(name)) :]):
        raise InvalidName(f"channel {name!r} is another app's")
    return channel


def own_user(live: LiveApp, user: str) -> str:
    """Return what a user is called in Tidings.

    Raises:
        InvalidName: no user can be called that, or it is another app's.
    """
    called = app_user(live.app, user)
    user_channel(called)
    if not user or not live.owns(user):
        raise InvalidName("this user is nobody, or another app's")
    return called
