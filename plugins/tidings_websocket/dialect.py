"""A wire language: text in, commands and frames out. No sockets, no clock, nothing awaited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Protocol, runtime_checkable

from tidings import Event, Lagged, Reset, TidingsError
from tidings_websocket.commands import Answer, Ref, Request, Welcome
from tidings_websocket.opening import Opening


class Malformed(TidingsError, ValueError):
    """A text that is no request, and how it should be; `ref` is the request's name, if any."""

    def __init__(self, problem: str, ref: Ref = None) -> None:
        super().__init__(problem)
        self.ref = ref


class Refused(TidingsError):
    """A connection that is not to be: its only frame, close code and reason (see `converse`)."""

    def __init__(self, frame: bytes | None, code: int, reason: str) -> None:
        super().__init__(reason)
        self.frame = frame
        self.code = code
        self.reason = reason


class Ending(Enum):
    """Why the server ends a connection. A dialect has a close code and a word for each.

    Example:
        def close(self, ending):
            return (1013, "slow") if ending is Ending.SLOW else (1001, "going")
    """

    RESTART = auto()
    """The server goes: come back, to it or another."""
    UNAUTHENTICATED = auto()
    """It did not say in time who it is, or not truly."""
    EXPIRED = auto()
    """Its token did, without another in time."""
    DISCONNECTED = auto()
    """By `Tidings.disconnect`: it may come back."""
    REVOKED = auto()
    """By `Tidings.disconnect(revoke=True)`: sign in again."""
    FULL = auto()
    """Too many connections: in all, of its address or its user."""
    SLOW = auto()
    """It takes less than is sent to it: come back and catch up."""
    FLOOD = auto()
    """It sends more than it may."""
    SILENT = auto()
    """It answers no ping."""
    MALFORMED = auto()
    """It sends what this protocol does not have: binary frames, for one."""
    LARGE = auto()
    """It sends a message that is larger than may be."""
    FAILED = auto()
    """The server could not let it in, whoever it is: come back later."""


@runtime_checkable
class Dialect(Protocol):
    """How clients of one kind are spoken to.

    One object may serve all connections, and then keeps nothing; `converse` may also give each
    connection one of its own. Frames are texts in UTF-8; None means that this language has no
    word for it, and nothing is sent.

    Attributes:
        name: for log lines and metrics; dialects of one name write alike.
        subprotocol: the WebSocket subprotocol it is chosen by, if it has one.
        anonymous: whether a client may stay without saying who it is.
        proves: whether its opening request may prove that (a ticket, a token).

    Example:
        front = WebSocketFront(dialects=[PlainDialect(), Stomp()])  # one of yours beside ours
    """

    name: str
    subprotocol: str | None
    anonymous: bool
    proves: bool

    def speaks(self, path: str) -> bool:
        """Tell whether a connection to this path is to be spoken to in this language."""

    def connection_id(self) -> str:
        """Return an id for one more connection: nobody can guess it, and no other node has it."""

    def converse(self, opening: Opening, connection: str, say: Callable[[bytes], None]) -> Dialect:
        """Return what speaks with one connection from now on: this, or one of its own.

        Args:
            opening: its opening request.
            connection: its id.
            say: writes a frame to it that answers nothing; once it has ended, to nobody.

        Raises:
            Refused: the connection is closed again.
        """

    def ended(self, connection: str) -> None:
        """Note that a connection is no more; nothing of it is read or answered from now on."""

    def read(self, text: str, connection: str) -> Request:
        """Read what a client sent on a connection (its id).

        Raises:
            Malformed: it is no request.
        """

    def welcome(self, welcome: Welcome) -> bytes | None:
        """Return the first frame of a connection."""

    def delivery(self, delivery: Event | Reset | Lagged) -> bytes | None:
        """Return what all who hear a channel are sent; made once for all of them."""

    def echo(self, event: Event) -> bytes | None:
        """Return what the connection that an event came from is sent: no more than its position."""

    def answer(self, request: Request, answer: Answer) -> Sequence[bytes]:
        """Return the frames that answer a request."""

    def refusal(self, ref: Ref, error: Exception) -> Sequence[bytes]:
        """Return the frames by which a client is told of a request that failed.

        Only the words of a `TidingsError` or a ValueError of this package may reach it.
        """

    def close(self, ending: Ending) -> tuple[int, str]:
        """Return a close code (RFC 6455, section 7.4) and a reason of at most 123 bytes."""
