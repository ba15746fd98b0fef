"""The plain dialect: JSON objects, one a text frame, that any WebSocket client can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tidings import Event, Lagged, Reset
from tidings.ids import new_id
from tidings_websocket.commands import Answer, Ref, Request, Welcome
from tidings_websocket.dialect import Dialect, Ending
from tidings_websocket.opening import Opening
from tidings_websocket.plain import answers, asked, codes, frames

SUBPROTOCOL = "tidings.v1"
"""What a client may name in `Sec-WebSocket-Protocol`."""


class PlainDialect:
    """The wire language of Tidings' own, told of on the page "The WebSocket protocol".

    Args:
        path: the path of the URL under which it is spoken.
        anonymous: whether a client may stay without saying who it is, to hear public channels.

    Example:
        front = WebSocketFront(dialects=[PlainDialect("/live", anonymous=True)])
    """

    name = "plain"
    subprotocol: str | None = SUBPROTOCOL
    proves = True

    def __init__(self, path: str = "/ws", *, anonymous: bool = False) -> None:
        self.path = path
        self.anonymous = anonymous

    def speaks(self, path: str) -> bool:
        """Tell whether a connection to this path is to be spoken to in this language."""
        return path == self.path

    def connection_id(self) -> str:
        """Return an id for one more connection."""
        return new_id()

    def converse(
        self,
        opening: Opening,  # noqa: ARG002
        connection: str,  # noqa: ARG002
        say: Callable[[bytes], None],  # noqa: ARG002
    ) -> Dialect:
        """Return what speaks with a connection: this, which keeps nothing of any."""
        return self

    def ended(self, connection: str) -> None:
        """Note that a connection is no more: there is nothing to give back."""

    def read(self, text: str, connection: str) -> Request:  # noqa: ARG002
        """Read what a client sent.

        Raises:
            Malformed: it is no request; the words are for whoever writes the client.
        """
        return asked.request(text)

    def welcome(self, welcome: Welcome) -> bytes:
        """Return the first frame of a connection."""
        return frames.welcome(welcome)

    def delivery(self, delivery: Event | Reset | Lagged) -> bytes:
        """Return what all who hear a channel are sent."""
        match delivery:
            case Reset():
                return frames.reset(delivery)
            case Lagged():
                return frames.lagged(delivery)
            case event:
                return frames.event(event)

    def echo(self, event: Event) -> bytes:
        """Return what the connection that an event came from is sent: no more than its position."""
        return frames.echo(event)

    def answer(self, request: Request, answer: Answer) -> Sequence[bytes]:
        """Return the reply to a request."""
        return (answers.reply(request.ref, request.command, answer),)

    def refusal(self, ref: Ref, error: Exception) -> Sequence[bytes]:
        """Return the reply to a request that failed, with a code and words fit for clients."""
        return (answers.refusal(ref, error),)

    def close(self, ending: Ending) -> tuple[int, str]:
        """Return a close code and its words."""
        return codes.CLOSES[ending]
