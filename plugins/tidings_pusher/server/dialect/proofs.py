"""What clients prove by an app's signature: that they may hear a channel, and who they are.

Source: Pusher's documents on authentication signatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from tidings import InvalidName, Member, Position, user_channel
from tidings.names import check_channel, is_public
from tidings_pusher.app import apart, app_user, kind_of
from tidings_pusher.server.dialect.frames import SERVER_TO_USER
from tidings_pusher.server.dialect.messages import parsed, string
from tidings_pusher.server.dialect.rejected import UNAUTHORIZED, rejected, unauthorized
from tidings_pusher.server.live_app import LiveApp
from tidings_pusher.signing import channel_text, is_signed, user_text
from tidings_websocket.commands import Proven

WATCHLIST_LIMIT = 100
_USER_CHARACTERS = 128


class Hearing(NamedTuple):
    """A channel that a client may hear: as it and as Tidings call it, and what was proven."""

    name: str
    channel: str
    proven: Proven | None


class User(NamedTuple):
    """Who has signed in. data: the text that was signed. over: the watchlist was cut."""

    id: str
    data: str
    info: Mapping[str, Any]
    watchlist: tuple[str, ...]
    over: bool


def hearing(live: LiveApp, socket_id: str, data: Mapping[str, Any], user: User | None) -> Hearing:
    """Return the channel that a client asks to hear, if it may.

    Args:
        live: the app.
        socket_id: of the connection.
        data: what `pusher:subscribe` says.
        user: who has signed in on it.

    Raises:
        Rejected: it may not, or it names no channel.
    """
    name = string(data, "channel")
    if name.startswith(SERVER_TO_USER):
        return _own(live, name, user)
    channel = _channel(live, name)
    if is_public(name):
        return Hearing(name, channel, None)
    shown = data.get("channel_data") if name.startswith("presence-") else None
    if shown is not None and not isinstance(shown, str):
        raise unauthorized(name, "channel_data is no JSON text")
    if not _is_proven(live, string(data, "auth"), channel_text(socket_id, name, shown)):
        raise unauthorized(name, "the signature is not valid for this connection and channel")
    if not name.startswith("presence-"):
        return Hearing(name, channel, Proven())
    return Hearing(name, channel, Proven(_member(live, name, shown, user), live.app.members))


def signing_in(live: LiveApp, socket_id: str, data: Mapping[str, Any]) -> User:
    """Return who a client is, as the app signed.

    Raises:
        Rejected: the app did not sign that, or it names nobody.
    """
    shown = string(data, "user_data")
    if not _is_proven(live, string(data, "auth"), user_text(socket_id, shown)):
        raise rejected("Sign-in: the signature is not valid for this connection", UNAUTHORIZED)
    about = parsed(shown)
    user = about.get("id") if isinstance(about, dict) else None
    if not isinstance(user, str) or not _is_user(live, user):
        raise rejected("Sign-in: user_data has no `id` that a user can have", UNAUTHORIZED)
    info, watched = about.get("user_info"), about.get("watchlist")
    watchlist = [id for id in watched if isinstance(id, str)] if isinstance(watched, list) else []  # noqa: A001
    return User(
        user,
        shown,
        info if isinstance(info, dict) else {},
        tuple(dict.fromkeys(watchlist[:WATCHLIST_LIMIT])),
        len(watchlist) > WATCHLIST_LIMIT,
    )


def position(data: Mapping[str, Any], name: str) -> Position | None:
    """Return where a client stopped before, as the recovery extension says it.

    Raises:
        Rejected: `after` is no position.
    """
    after = data.get("after")
    if after is None:
        return None
    epoch = after.get("epoch") if isinstance(after, dict) else None
    offset = after.get("offset") if isinstance(after, dict) else None
    if not isinstance(epoch, str) or type(offset) is not int or not 0 <= offset < 1 << 63:
        raise rejected(f"channel {name}: `after` is no position: give epoch and offset")
    return Position(epoch, offset)


def _own(live: LiveApp, name: str, user: User | None) -> Hearing:
    if user is None or name != SERVER_TO_USER + user.id:
        raise unauthorized(name, "it is not this user's: sign in first")
    return Hearing(name, user_channel(app_user(live.app, user.id)), Proven())


def _channel(live: LiveApp, name: str) -> str:
    try:
        channel = check_channel(apart(live.app, check_channel(name)))
    except InvalidName as error:
        raise unauthorized(name, str(error)) from None
    if not live.owns(name[len(kind_of(name)) :]):
        raise unauthorized(name, "it is another app's")
    return channel


def _is_user(live: LiveApp, user: str) -> bool:
    try:
        user_channel(app_user(live.app, user))
    except InvalidName:
        return False
    return live.owns(user)


def _is_proven(live: LiveApp, auth: str, text: str) -> bool:
    key, _, signature = auth.partition(":")
    return is_signed(live.secret, text, signature) and key == live.app.key


def _member(live: LiveApp, name: str, shown: str | None, user: User | None) -> Member:
    """Return who a client is on a presence channel: as was signed, or who has signed in."""
    if shown is None:
        if user is None:
            raise unauthorized(name, "channel_data says who is there: send it, or sign in")
        return _fitting(live, name, user.id, user.info)
    about = parsed(shown)
    given = about.get("user_id") if isinstance(about, dict) else None
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise unauthorized(name, "channel_data has no user_id")
    return _fitting(live, name, str(given), about.get("user_info"))


def _fitting(live: LiveApp, name: str, user: str, info: object) -> Member:
    if not 0 < len(user) <= _USER_CHARACTERS or not user.isprintable():
        raise unauthorized(name, f"a user_id has 1 to {_USER_CHARACTERS} characters")
    if info is not None and not isinstance(info, dict):
        raise unauthorized(name, "user_info is an object, or left out")
    shown = to_json(info or {}, inf_nan_mode="null")
    if len(shown) > live.app.member_bytes:
        raise unauthorized(name, f"user_info has more than {live.app.member_bytes} bytes")
    return Member(user, from_json(shown))
