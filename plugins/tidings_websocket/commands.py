"""What a client can ask for, and what it is answered: the same in every wire language.

A dialect makes commands of texts and texts of answers; a session carries commands out. Each
command says what right it needs; see `tidings.access` for the actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tidings import (
    Counts,
    Entry,
    Filter,
    Member,
    Notification,
    Page,
    Passed,
    Position,
    Recalled,
    Scheduled,
    Staged,
    Stored,
)
from tidings.changes import Change

Ref = str | int | None
"""How a client names a request, so that it knows its answer; None where it gave no name."""


class Authenticate(NamedTuple):
    """Say who the client is, or say it again before the token expires. Answer: `Welcome`.

    after: where the client stopped before: its own channel begins there, with what it missed.
    """

    token: str
    after: Position | None = None

    def __repr__(self) -> str:  # a token does not belong in a log
        return f"Authenticate(after={self.after})"


class Proven(NamedTuple):
    """The wire itself proved a right, by a signature of who may grant it: no policy is asked.

    member: who the client then is on a presence channel. members: how many may be on it.
    """

    member: Member | None = None
    members: int | None = None


class SignIn(NamedTuple):
    """Be a user from now on, as the wire itself proved. Their channel is not followed by that.

    Answer: None.
    """

    user: str


class Subscribe(NamedTuple):
    """Hear a channel (right: subscribe), and what was missed since `after`.

    name: what the client calls it, where that is something else. pending: of a user's channel,
    the most notifications that are pending to show first; what comes after them follows.

    Answer: `Subscribed`.
    """

    channel: str
    after: Position | None = None
    name: str | None = None
    proven: Proven | None = None
    pending: int = 0


class Unsubscribe(NamedTuple):
    """Hear a channel no more; name as in `Subscribe`. Answer: None."""

    channel: str
    name: str | None = None


class Publish(NamedTuple):
    """Send a plain event (right: publish). Answer: `Stored` or `Passed`.

    data: JSON in UTF-8. id: its idempotency key, where the client has one. echo: let this
    connection hear it as all others do; else it gets no more than the position. proven: the wire
    itself proved the right.
    """

    channel: str
    name: str
    data: bytes
    id: str | None = None
    echo: bool = False
    proven: bool = False


class Push(NamedTuple):
    """Give users a notification (right: push, on each one's channel). Answer: `Pushed`."""

    users: tuple[str, ...]
    notification: Notification


class Mark(NamedTuple):
    """Change states in an inbox (right: inbox). Answer: `Stored`.

    user: whose inbox; None for the client's own. id and echo as in `Publish`.
    """

    user: str | None
    change: Change
    id: str | None = None
    echo: bool = False


class ReadPage(NamedTuple):
    """Read entries of an inbox (right: inbox), newest first. Answer: `Page`.

    before: the cursor of the page before; or an offset alone, which may be of a log that is no
    more: then the page's position tells.
    """

    user: str | None
    filter: Filter
    limit: int
    before: Position | int | None = None


class ReadCounts(NamedTuple):
    """Read what the badge of an inbox shows (right: inbox). Answer: `Counts`."""

    user: str | None


class Recall(NamedTuple):
    """Read a channel's log (right: subscribe). Answer: `Recalled`."""

    channel: str
    after: int
    limit: int


class ReadHeads(NamedTuple):
    """Ask how far channels have come (right: subscribe, on each). Answer: channel to position."""

    channels: tuple[str, ...]


class ReadMembers(NamedTuple):
    """Ask who is on a presence channel (right: subscribe). Answer: members, as they came."""

    channel: str


class Enter(NamedTuple):
    """Be present on a channel as any member (right: admin), until `Leave` or the connection's end.

    Answer: None.
    """

    channel: str
    member: Member


class Leave(NamedTuple):
    """Take back one `Enter`. Answer: None."""

    channel: str
    user: str


class Cancel(NamedTuple):
    """Drop what is scheduled under an id (right: admin). Answer: for how many users, an int."""

    id: str


class Trim(NamedTuple):
    """Let a log forget its events up to an offset (right: admin). Answer: None."""

    channel: str
    through: int


class Forget(NamedTuple):
    """Erase all that is stored of a user (right: admin). Answer: None."""

    user: str


class Disconnect(NamedTuple):
    """Cut off a user's connections (right: admin). Answer: None.

    revoke: refuse their tokens too, those issued before now or before `not_before`.
    """

    user: str
    revoke: bool = False
    not_before: datetime | None = None


class ReadRevoked(NamedTuple):
    """Ask from when on a user's tokens count (right: admin). Answer: a datetime, or None."""

    user: str


class Ping(NamedTuple):
    """Ask whether anyone is there. Answer: None."""


Command = (
    Authenticate
    | SignIn
    | Subscribe
    | Unsubscribe
    | Publish
    | Push
    | Mark
    | ReadPage
    | ReadCounts
    | Recall
    | ReadHeads
    | ReadMembers
    | Enter
    | Leave
    | Cancel
    | Trim
    | Forget
    | Disconnect
    | ReadRevoked
    | Ping
)


class Request(NamedTuple):
    """A command, and the client's name for it."""

    ref: Ref
    command: Command


class Welcome(NamedTuple):
    """Who the server takes this connection for.

    connection: its id, which `Event.origin` names. user: None for an anonymous client. The rest
    is there for the others: their channel, to which they are subscribed, where its events begin
    (position), what their badge shows, and when they must have authenticated again.
    """

    connection: str
    user: str | None = None
    channel: str | None = None
    position: Position | None = None
    counts: Counts | None = None
    expires_at: datetime | None = None


class Subscribed(NamedTuple):
    """Where the events of a channel begin; None: it has no log.

    members: on presence channels, who is there, the client included. entries: what was `pending`
    at that position, oldest first. counts: what the badge showed then.
    """

    channel: str
    position: Position | None = None
    members: Sequence[Member] | None = None
    entries: Sequence[Entry] = ()
    counts: Counts | None = None


class Pushed(NamedTuple):
    """What became of a notification, for each user."""

    results: Mapping[str, Stored | Scheduled | Staged | Passed | Exception]


Answer = (
    None
    | Welcome
    | Subscribed
    | Stored
    | Passed
    | Pushed
    | Page
    | Counts
    | Recalled
    | Mapping[str, Position]
    | Sequence[Member]
    | datetime
    | int
)
