"""The language itself: which connections it is spoken on, and how each begins."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qs

from tidings import Event, Lagged, Reset
from tidings_pusher.server.dialect import codes
from tidings_pusher.server.dialect.conversation import Conversation
from tidings_pusher.server.dialect.rejected import OVER_CAPACITY, not_done, rejected
from tidings_pusher.server.live_app import LiveApp
from tidings_websocket import Ending
from tidings_websocket.commands import Answer, Ref, Request, Welcome
from tidings_websocket.opening import Opening

VERSIONS = range(5, 8)
"""The versions of the protocol whose clients are understood; what is sent is of version 7."""

_PATH = re.compile(r"(?:/[^/]+)*?/app(?:/(?P<key>[^/]*))?/?")


class PusherLanguage:
    """Greets clients of the apps that are served, and sends away those of others.

    Args:
        apps: those that are served, by key.
    """

    name = "pusher"
    subprotocol: str | None = None
    anonymous = True
    proves = False

    def __init__(self, apps: Mapping[str, LiveApp]) -> None:
        self._apps = apps

    def speaks(self, path: str) -> bool:
        """Tell whether a path is `/app/{key}`, at its end."""
        return _PATH.fullmatch(path) is not None

    def connection_id(self) -> str:
        """Return a socket id: two numbers that nobody can guess."""
        return f"{secrets.randbits(53)}.{secrets.randbits(53)}"

    def converse(
        self, opening: Opening, connection: str, say: Callable[[bytes], None]
    ) -> Conversation:
        """Return what speaks with one connection.

        Raises:
            Refused: it is of no app here, of one that is full or disabled, or of another version.
        """
        found = _PATH.fullmatch(opening.path)
        key = None if found is None else found["key"]
        if not key:
            raise codes.refused(codes.NO_SUCH_PATH, "Path not found: connect to /app/{key}")
        query = _query(opening.query)
        _check_version(query.get("protocol", ""))
        live = self._live(key)
        recovery = query.get("recovery") == "1"
        return Conversation(live, connection, say, recovery=recovery)

    def ended(self, connection: str) -> None:
        """Note that a connection ended before it was spoken with."""

    def read(self, text: str, connection: str) -> Request:  # noqa: ARG002
        """Refuse what comes before the connection is spoken with."""
        raise rejected("the connection is not established yet")

    def welcome(self, welcome: Welcome) -> bytes | None:  # noqa: ARG002
        """Return nothing: a conversation greets."""
        return None

    def delivery(self, delivery: Event | Reset | Lagged) -> bytes | None:  # noqa: ARG002
        """Return nothing: a conversation hears."""
        return None

    def echo(self, event: Event) -> bytes | None:  # noqa: ARG002
        """Return nothing: a conversation hears."""
        return None

    def answer(self, request: Request, answer: Answer) -> Sequence[bytes]:  # noqa: ARG002
        """Return nothing: a conversation answers."""
        return ()

    def refusal(self, ref: Ref, error: Exception) -> Sequence[bytes]:  # noqa: ARG002
        """Return what is said of an error before there is a conversation."""
        return not_done(error, OVER_CAPACITY)

    def close(self, ending: Ending) -> tuple[int, str]:
        """Return the code and the reason of an end."""
        return codes.CLOSES[ending]

    def _live(self, key: str) -> LiveApp:
        live = self._apps.get(key)
        if live is None:
            raise codes.refused(codes.NO_SUCH_APP, "There is no app with this key here")
        if not live.app.enabled:
            raise codes.refused(codes.DISABLED, "This app is disabled")
        most = live.app.connections
        if most is not None and live.census.connections >= most:
            raise codes.refused(codes.OVER_QUOTA, "This app has all the connections it may have")
        return live


def _query(query: str) -> Mapping[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(query, max_num_fields=50).items()}
    except ValueError:
        return {}


def _check_version(version: str) -> None:
    if not version:
        raise codes.refused(codes.NO_VERSION, "No protocol version: connect with ?protocol=7")
    if not version.isascii() or not version.isdigit() or len(version) > 3:  # noqa: PLR2004
        raise codes.refused(codes.BAD_VERSION, "Invalid protocol version")
    if int(version) not in VERSIONS:
        raise codes.refused(codes.UNSUPPORTED, "Unsupported protocol version: use 7")
