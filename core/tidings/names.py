"""Names on the wire: channels, events and user ids, in Pusher's alphabet and lengths.

Sources: Pusher's documents on channel naming (164 characters of `A-Za-z0-9_-=@,.;`) and
events (200 characters). The kind of a channel is its prefix, on every transport alike.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache

from tidings.errors import InvalidName

CHANNEL_LIMIT = 164
EVENT_LIMIT = 200
PLAIN_USER_LIMIT = 150
ENCODED_USER_LIMIT = 110

CONTROL_CHANNEL = "#tidings"
USER_PREFIX = "private-user-"

_CHANNEL = re.compile(r"[A-Za-z0-9_\-=@,.;]+")
_PLAIN_USER = re.compile(r"(?!=|encrypted-|cache-)[A-Za-z0-9_\-=@,.;]{1,150}")
_EVENT = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,200}")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_TEXT = "text without control characters and halves of surrogate pairs"
_SHOWN = 40
_RESERVED = ("tidings:", "pusher:", "pusher_internal:")


def user_channel(user: str) -> str:
    """Return the channel that carries a user's notifications; `channel_user` is its inverse.

    Ids of up to 150 characters of Pusher's alphabet stand in it as they are; others, up to 110
    bytes of UTF-8, as `=` and their base64url, so that no two ids share a channel and none
    turns into another kind of channel.

    Raises:
        InvalidName: the id is empty, too long, has a control character or is no text.
    """
    if not isinstance(user, str):
        raise InvalidName(f"user id {_short(user)}: give it as text, str(...)")
    return _user_channel(user)


@lru_cache(maxsize=4096)
def _user_channel(user: str) -> str:
    if _PLAIN_USER.fullmatch(user):
        return USER_PREFIX + user
    if not user or _NO_TEXT.search(user):
        raise InvalidName(f"user id {_short(user)}: use {_TEXT}, not empty")
    raw = user.encode()
    if len(raw) > ENCODED_USER_LIMIT:
        raise InvalidName(
            f"user id {_short(user)} is too long: at most {PLAIN_USER_LIMIT} characters of "
            f"A-Z a-z 0-9 _ - = @ , . ; or {ENCODED_USER_LIMIT} bytes of other text"
        )
    return USER_PREFIX + "=" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def channel_user(channel: str) -> str | None:
    """Return whose notifications this channel carries, or None where it is no user's channel.

    A spelling that `user_channel` would not have chosen is nobody's: each user has one channel.

    Example:
        >>> channel_user("private-user-ann"), channel_user("news")
        ('ann', None)
    """
    if not channel.startswith(USER_PREFIX):
        return None
    name = channel[len(USER_PREFIX) :]
    try:
        user = _decoded(name[1:]) if name.startswith("=") else name
        return user if user_channel(user) == channel else None
    except ValueError:  # InvalidName, no UTF-8, no base64: all of them are one
        return None


def check_channel(name: str) -> str:
    """Return `name` if it can be a channel's.

    Raises:
        InvalidName: wrong characters or length. `#tidings` is refused too: it is the core's.
    """
    if not _matches(_CHANNEL, name):
        raise InvalidName(
            f"channel {_short(name)}: a name is made of A-Z a-z 0-9 _ - = @ , . ; and not empty"
        )
    if len(name) > CHANNEL_LIMIT:
        raise InvalidName(f"channel {_short(name)} is longer than {CHANNEL_LIMIT} characters")
    return name


def check_event_name(name: str) -> str:
    """Return `name` if an application may publish events of that name.

    Raises:
        InvalidName: empty, over 200 characters, control characters, half a surrogate pair, or
            reserved for protocols (`tidings:`, `pusher:`, `pusher_internal:`).
    """
    if not _matches(_EVENT, name):
        raise InvalidName(f"event name {_short(name)}: use {_TEXT}, 1 to {EVENT_LIMIT} characters")
    if name.startswith(_RESERVED):
        raise InvalidName(
            f"event name {_short(name)}: names that begin with {', '.join(_RESERVED)} are reserved"
        )
    return name


def is_public(channel: str) -> bool:
    """Tell whether anyone may read this channel: its prefix names no guarded kind."""
    return not channel.startswith(("private-", "presence-", "#"))


def _decoded(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def _matches(pattern: re.Pattern[str], name: object) -> bool:
    return isinstance(name, str) and pattern.fullmatch(name) is not None


def _short(name: object) -> str:
    """Put a name into an error message: the wrong ones may be of any type and length."""
    if not isinstance(name, str):
        return f"of type {type(name).__name__}"
    return repr(name) if len(name) <= _SHOWN else f"{name[:_SHOWN]!r}..."
