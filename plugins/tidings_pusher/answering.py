"""What access endpoints answer: all their logic, without a server, an event loop or a thread.

What takes time is a step that others run, as `steps` tells.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from tidings import AccessRequest, Denial, Grant, Identity, SettingsError, Unsupported
from tidings.origins import Origins
from tidings_pusher.access import AccessDenied, PusherAccess, check_socket_id
from tidings_pusher.access_request import check_size, check_type, read_channels, read_user
from tidings_pusher.bearer import own_identity
from tidings_pusher.cross_origin import check_page, methods, preflight, shared
from tidings_pusher.exchange import HttpAnswer, HttpRequest, Refused, json_answer
from tidings_pusher.refusing import told
from tidings_pusher.steps import Steps

Identify = Callable[[HttpRequest], Identity | Awaitable[Identity | None] | None]
"""Says who makes a request; None: nobody in particular."""

Info = Callable[[Identity], Mapping[str, Any] | Awaitable[Mapping[str, Any] | None] | None]
"""Says what others see of a user who signs in."""

Watchlist = Callable[[Identity], Sequence[str] | Awaitable[Sequence[str]]]
"""Says of whose coming and going a user who signs in is told."""

CHANNELS, USER = "auth", "user-auth"
"""How the paths of the two endpoints end, as Pusher's clients have them by default."""

_LENGTH = re.compile("[0-9]{1,18}")


class Deciding(Protocol):
    """What is asked of a `Tidings` object, whether it is awaited or not."""

    @property
    def tokens(self) -> object | None:
        """What checks clients' tokens."""

    def authorize(self, request: AccessRequest) -> Any:
        """Ask the policies."""

    def admit(self, token: str) -> Any:
        """Tell whose token this is."""


class Answering:
    """Answers requests for channels and for users; see `PusherEndpoints` for the arguments."""

    def __init__(
        self,
        access: PusherAccess,
        tidings: Deciding,
        identify: Identify | None,
        *,
        origins: Iterable[str],
        info: Info | None,
        watchlist: Watchlist | None,
    ) -> None:
        if identify is None and tidings.tokens is None:
            raise SettingsError(
                "nobody could be known: give the Tidings object `tokens`, or give `identify`"
            )
        self._access = access
        self._tidings = tidings
        self._identify = identify
        self._origins = Origins(origins)
        self._info = info
        self._watchlist = watchlist

    def at_once(self, request: HttpRequest) -> HttpAnswer | None:
        """Return what can be answered before the body is read; None: read it, and go on."""
        try:
            answer = self._without_body(request)
        except Refused as refused:
            answer = _refusal(refused)
        return None if answer is None else self._shared(request, answer)

    def answer(self, request: HttpRequest, body: bytes) -> Steps[HttpAnswer]:
        """Return what is answered to a request that was not answered at once."""
        try:
            ending = _ending(request)
            answer = yield from (self._user if ending == USER else self._channels)(request, body)
        except Exception as error:
            answer = _refusal(error)
        return self._shared(request, answer)

    def _without_body(self, request: HttpRequest) -> HttpAnswer | None:
        _ending(request)
        if request.method == "OPTIONS":
            return preflight(self._origins, request)
        if request.method != "POST":
            raise Refused(405, "send a POST request", {"Allow": methods(self._origins)})
        check_page(self._origins, request)
        check_type(_type(request))
        length = request.headers.get("content-length", "")
        if _LENGTH.fullmatch(length):
            check_size(int(length))
        return None

    def _channels(self, request: HttpRequest, body: bytes) -> Steps[HttpAnswer]:
        asked = read_channels(_type(request), body)
        check_socket_id(asked.socket_id)
        identity = yield from self._who(request)
        if not asked.is_batch:
            signed = yield from self._channel(identity, asked.socket_id, asked.channels[0])
            return json_answer(200, signed)
        answers: dict[str, Any] = {}
        for channel in dict.fromkeys(asked.channels):
            try:
                signed = yield from self._channel(identity, asked.socket_id, channel)
                answers[channel] = {"status": 200, "data": signed}
            except Exception as error:
                status, words = told(error)
                answers[channel] = {"status": status, "error": words}
        return json_answer(200, answers)

    def _channel(
        self, identity: Identity | None, socket_id: str, channel: str
    ) -> Steps[Mapping[str, str]]:
        asked = self._access.channel_request(identity, channel)
        answer = yield partial(self._tidings.authorize, asked)
        return self._access.sign_channel(answer, identity, socket_id, channel)

    def _user(self, request: HttpRequest, body: bytes) -> Steps[HttpAnswer]:
        socket_id = check_socket_id(read_user(_type(request), body))
        identity = yield from self._who(request)
        asked = self._access.user_request(identity)
        assert identity is not None  # noqa: S101 (it would have raised)
        answer: Grant | Denial = yield partial(self._tidings.authorize, asked)
        if isinstance(answer, Denial):  # nothing is looked up for who gets nothing
            raise AccessDenied(answer.reason)
        info = (yield partial(self._info, identity)) if self._info else None
        watched = (yield partial(self._watchlist, identity)) if self._watchlist else ()
        signed = self._access.sign_user(answer, identity, socket_id, info, watched)
        return json_answer(200, signed)

    def _who(self, request: HttpRequest) -> Steps[Identity | None]:
        if self._identify is not None:
            found: Identity | None = yield partial(self._identify, request)
            if found is not None and not isinstance(found, Identity):
                raise Unsupported("`identify` must return an Identity or None")
            return found
        if request.bearer is None:
            return None
        admitted: Identity = yield partial(self._tidings.admit, request.bearer)
        return own_identity(self._access.app, admitted)

    def _shared(self, request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
        return answer._replace(headers=answer.headers | shared(self._origins, request))


def _ending(request: HttpRequest) -> str:
    ending = request.path.rstrip("/").rpartition("/")[2]
    if ending not in (CHANNELS, USER):
        raise Refused(404, f"nothing is here: the paths end in /{CHANNELS} and /{USER}")
    return ending


def _type(request: HttpRequest) -> str:
    return request.headers.get("content-type", "")


def _refusal(error: Exception) -> HttpAnswer:
    status, words = told(error)
    headers = error.headers if isinstance(error, Refused) else {}
    return json_answer(status, {"error": words}, headers)
