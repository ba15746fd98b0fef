"""What a client of Pusher's asks an access endpoint for: the bodies of its requests, read.

Sources: Pusher's documents on authorizing users: a form, of `socket_id` and `channel_name`. Several
channels at once come as the plugin pusher-js-auth sends them: `channel_name[0]`, `channel_name[1]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from tidings_pusher.exchange import Refused

BODY_LIMIT = 64 * 1024
"""The most bytes of a request's body."""

CHANNEL_LIMIT = 100
"""The most channels of one request."""

FIELD_LIMIT = 200
"""The most fields of a form: clients send some of their own too."""

_SOCKET, _CHANNEL = "socket_id", "channel_name"
_NUMBERED = re.compile(r"channel_name\[[0-9]{0,4}\]")
_TYPES = {"application/x-www-form-urlencoded": "form", "application/json": "json"}


class Asked(NamedTuple):
    """The channels that a connection asks for. is_batch: it expects one answer for each."""

    socket_id: str
    channels: Sequence[str]
    is_batch: bool


def check_type(content_type: str) -> str:
    """Return whether a body is a "form" or "json".

    Raises:
        Refused: it is neither.
    """
    kind = _TYPES.get(content_type.partition(";")[0].strip().lower())
    if kind is None:
        raise Refused(415, f"send a body of the type {' or '.join(_TYPES)}")
    return kind


def check_size(size: int) -> None:
    """Let a body pass that is not too large.

    Raises:
        Refused: it is.
    """
    if size > BODY_LIMIT:
        raise Refused(413, f"a body has at most {BODY_LIMIT:,} bytes")


def read_channels(content_type: str, body: bytes) -> Asked:
    """Return which channels a connection asks for.

    Raises:
        Refused: the body cannot be understood; it says why.
    """
    fields = _fields(content_type, body)
    named = fields.get(_CHANNEL)
    if isinstance(named, list):
        return Asked(_text(fields, _SOCKET), _listed(named), is_batch=True)
    return Asked(_text(fields, _SOCKET), [_text(fields, _CHANNEL)], is_batch=False)


def read_user(content_type: str, body: bytes) -> str:
    """Return the socket id of the connection that wants to sign in.

    Raises:
        Refused: the body cannot be understood; it says why.
    """
    return _text(_fields(content_type, body), _SOCKET)


def _fields(content_type: str, body: bytes) -> Mapping[str, Any]:
    kind = check_type(content_type)
    check_size(len(body))
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Refused(400, "the body is no UTF-8") from None
    return _form(text) if kind == "form" else _json(text)


def _form(text: str) -> Mapping[str, Any]:
    if text.count("&") >= FIELD_LIMIT:
        raise Refused(400, f"a form has at most {FIELD_LIMIT} fields")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        raise Refused(400, "the form is no UTF-8") from None
    numbered = [pair for pair in pairs if _NUMBERED.fullmatch(pair[0])]
    _once([name for name, _ in numbered if name != f"{_CHANNEL}[]"])
    alone = [pair for pair in pairs if pair[0] in (_SOCKET, _CHANNEL)]
    if numbered:
        alone.append((_CHANNEL, ""))  # one and several at once would be twice
    _once(name for name, _ in alone)
    fields: dict[str, Any] = dict(alone)
    if numbered:
        fields[_CHANNEL] = [value for _, value in numbered]
    return fields


def _json(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise Refused(400, "the body is no JSON") from None
    if not isinstance(found, dict):
        raise Refused(400, f"send a JSON object, of {_SOCKET} and {_CHANNEL}")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _once(name for name, _ in pairs if name in (_SOCKET, _CHANNEL))
    return dict(pairs)


def _once(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Refused(400, f"{name} stands more than once")
        seen.add(name)


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(400, f"{name} must be there, as text")
    return value


def _listed(named: Sequence[Any]) -> Sequence[str]:
    if not 0 < len(named) <= CHANNEL_LIMIT:
        raise Refused(400, f"ask for 1 to {CHANNEL_LIMIT} channels at once")
    if not all(isinstance(channel, str) for channel in named):
        raise Refused(400, f"{_CHANNEL} must be text, or a list of texts")
    return named
