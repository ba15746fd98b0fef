"""Letting Pusher's clients in: what their access endpoints answer, signed only after a grant.

Three steps, of which only the second waits: what to ask the policies (`channel_request`), asking
them, and signing what they granted (`sign_channel`). `channel` does all three; code without an
event loop does them one by one.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from pydantic import SecretStr

from tidings import (
    AccessRequest,
    Denial,
    Grant,
    Identity,
    InvalidData,
    InvalidName,
    Tidings,
    TidingsError,
    Unsupported,
    user_channel,
)
from tidings.names import check_channel, is_public
from tidings_pusher.app import App, apart, app_user, made
from tidings_pusher.sealed import ENCRYPTED, channel_key, master_key
from tidings_pusher.signing import channel_text, sign, user_text

PRESENCE = "presence-"
WATCHLIST_LIMIT = 100
"""The most users that one user can watch."""

_SOCKET_ID = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")
_USER_ID = re.compile(r"[A-Za-z0-9_\-=@,.;]{1,200}")


class AccessDenied(TidingsError):
    """A client may not do what it asked for; the words are the policy's, fit for the client."""


class PusherAccess:
    """Authorizes channels and users for Pusher's clients, hosted or on a server of your own.

    Args:
        key: the Pusher app's.
        secret: the Pusher app's.
        namespace: the app's, if it has one: `App.namespace`.
        encryption_master_key_base64: the master key of `private-encrypted-` channels.

    Raises:
        SettingsError: one of these cannot be used; the error does not show it.
    """

    def __init__(
        self,
        key: str,
        secret: str | SecretStr,
        *,
        namespace: str = "",
        encryption_master_key_base64: SecretStr | str | None = None,
    ) -> None:
        self.app = made(id=key, key=key, secret=secret, namespace=namespace)
        self._master = master_key(encryption_master_key_base64)

    @classmethod
    def of(cls, app: App, *, encryption_master_key_base64: SecretStr | str | None = None) -> Self:
        """Make it for an app of a server of your own."""
        key = encryption_master_key_base64
        access = cls(app.key, app.secret, encryption_master_key_base64=key)
        access.app = app  # its limits too
        return access

    async def channel(
        self, tidings: Tidings, identity: Identity | None, socket_id: str, channel: str
    ) -> Mapping[str, str]:
        """Return what lets a client subscribe to a channel, if the policies grant it.

        Args:
            tidings: whose policies are asked.
            identity: who the client is; None: nobody in particular.
            socket_id: of the client's connection, as the client says.
            channel: as the client names it.

        Returns:
            `auth`; on presence channels `channel_data` as well, on encrypted ones `shared_secret`.

        Raises:
            AccessDenied: it is not granted.
            InvalidName: no channel that needs a signature is called that, or no connection.
            InvalidData: what the policy shows of the member is no JSON, or too large.
            Unsupported: the channel is encrypted, and there is no master key.
        """
        check_socket_id(socket_id)
        answer = await tidings.authorize(self.channel_request(identity, channel))
        return self.sign_channel(answer, identity, socket_id, channel)

    async def channels(
        self,
        tidings: Tidings,
        identity: Identity | None,
        socket_id: str,
        channels: Iterable[str],
    ) -> Mapping[str, Mapping[str, str] | TidingsError]:
        """Return for each channel what `channel` returns, or the error that it raises.

        Raises:
            InvalidName: no connection is called that.
        """
        check_socket_id(socket_id)
        answers: dict[str, Mapping[str, str] | TidingsError] = {}
        for channel in dict.fromkeys(channels):
            try:
                answers[channel] = await self.channel(tidings, identity, socket_id, channel)
            except (AccessDenied, InvalidName, InvalidData, Unsupported) as error:
                answers[channel] = error
        return answers

    async def user(
        self,
        tidings: Tidings,
        identity: Identity | None,
        socket_id: str,
        info: Mapping[str, Any] | None = None,
        watchlist: Sequence[str] = (),
    ) -> Mapping[str, str]:
        """Return what lets a client sign in as its user, if it may hear that user's channel.

        Args:
            tidings: whose policies are asked.
            identity: who the client is.
            socket_id: of the client's connection.
            info: what others see of the user on presence channels.
            watchlist: at most 100 users whose coming and going the client is told.

        Returns:
            `auth` and `user_data`.

        Raises:
            AccessDenied: it is nobody in particular, or not granted.
            InvalidName: no connection is called that, or the user id cannot be one of Pusher's.
            InvalidData: `info` is no JSON or too large, or the watchlist too long.
        """
        check_socket_id(socket_id)
        answer = await tidings.authorize(self.user_request(identity))
        return self.sign_user(answer, identity, socket_id, info, watchlist)

    def channel_request(self, identity: Identity | None, channel: str) -> AccessRequest:
        """Return what is to be asked before a channel is signed.

        Raises:
            AccessDenied: nobody in particular gets no guarded channel.
            InvalidName: no channel that needs a signature is called that.
        """
        check_channel(channel)
        if is_public(channel):
            raise InvalidName(f"channel {channel!r} is public: subscribe to it without asking")
        return AccessRequest(self._known(identity), apart(self.app, channel))

    def user_request(self, identity: Identity | None) -> AccessRequest:
        """Return what is to be asked before a user is signed in.

        Raises:
            AccessDenied: a client that has not said who it is cannot sign in.
            InvalidName: the user id cannot be one of Pusher's.
        """
        _pusher_user(_own(identity).user)
        known = self._known(identity)
        return AccessRequest(known, user_channel(known.user))

    def sign_channel(
        self, answer: Grant | Denial, identity: Identity | None, socket_id: str, channel: str
    ) -> Mapping[str, str]:
        """Return what `channel` does, for what was answered to `channel_request`; it raises alike.

        Nothing is asked here: give the answer to the request of this very client and channel.
        """
        check_socket_id(socket_id)
        self.channel_request(identity, channel)
        member = _granted(answer).member
        signed: dict[str, str] = {}
        if channel.startswith(PRESENCE):
            signed["channel_data"] = self._member(_own(identity), member)
        text = channel_text(socket_id, channel, signed.get("channel_data"))
        if channel.startswith(ENCRYPTED):
            signed["shared_secret"] = self._shared_secret(channel)
        return {"auth": self._auth(text), **signed}

    def sign_user(
        self,
        answer: Grant | Denial,
        identity: Identity | None,
        socket_id: str,
        info: Mapping[str, Any] | None = None,
        watchlist: Sequence[str] = (),
    ) -> Mapping[str, str]:
        """Return what `user` does, for what was answered to `user_request`; it raises alike."""
        check_socket_id(socket_id)
        _granted(answer)
        if len(watchlist) > WATCHLIST_LIMIT:
            raise InvalidData(f"a watchlist holds at most {WATCHLIST_LIMIT} users")
        about: dict[str, Any] = {"id": _pusher_user(_own(identity).user)}
        if info is not None:
            about["user_info"] = self._fitting(info)
        if watchlist:
            about["watchlist"] = [_pusher_user(user) for user in watchlist]
        user_data = _json(about)
        return {"auth": self._auth(user_text(socket_id, user_data)), "user_data": user_data}

    def __repr__(self) -> str:
        return f"PusherAccess(key={self.app.key!r})"

    def _known(self, identity: Identity | None) -> Identity:
        own = _own(identity)
        return replace(own, user=app_user(self.app, own.user))

    def _auth(self, text: str) -> str:
        return f"{self.app.key}:{sign(self.app.secret.get_secret_value(), text)}"

    def _shared_secret(self, channel: str) -> str:
        if self._master is None:
            raise Unsupported("encrypted channels need `encryption_master_key_base64`: none is set")
        return base64.b64encode(channel_key(self._master, channel)).decode()

    def _member(self, identity: Identity, member: Mapping[str, Any] | None) -> str:
        info = self._fitting(member or {})
        return _json({"user_id": identity.user, "user_info": info})

    def _fitting(self, info: Mapping[str, Any]) -> dict[str, Any]:
        limit, shown = self.app.member_bytes, dict(info)
        if (size := len(_json(shown).encode())) > limit:
            raise InvalidData(f"what others see of a user has {size} bytes: at most {limit}")
        return shown


def check_socket_id(socket_id: str) -> str:
    """Return `socket_id` if a connection can be called that: else it could sign for another use.

    Raises:
        InvalidName: it is no two numbers joined by a dot.
    """
    if not _SOCKET_ID.fullmatch(socket_id):
        raise InvalidName("a socket id is two numbers joined by a dot, as 1234.5678")
    return socket_id


def _own(identity: Identity | None) -> Identity:
    if identity is None:
        raise AccessDenied("say first who you are")
    return identity


def _granted(answer: Grant | Denial) -> Grant:
    if not isinstance(answer, Grant):
        raise AccessDenied(answer.reason)
    return answer


def _pusher_user(user: str) -> str:
    if not _USER_ID.fullmatch(user):
        raise InvalidName("a Pusher user id is 1 to 200 characters of A-Z a-z 0-9 _ - = @ , . ;")
    return user


def _json(data: Mapping[str, Any]) -> str:
    try:
        return json.dumps(data, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise InvalidData("what others see of a user is no JSON") from None
