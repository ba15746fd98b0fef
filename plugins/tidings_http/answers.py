"""What answers are made of, for the OpenAPI document.

They are written by `writing`, not by these models, which only describe them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from tidings import Notification


class Position(BaseModel):
    """A place in a channel's log."""

    epoch: str
    offset: int


class Counts(BaseModel):
    """What a badge shows."""

    pending: int
    unseen: int


class Entry(BaseModel):
    """A notification in an inbox, with its states."""

    id: str
    offset: int
    opened: bool
    seen: bool
    archived: bool
    notification: Notification


class Page(BaseModel):
    """Part of an inbox, newest first, with both counts of the whole, as of one position."""

    entries: list[Entry]
    counts: Counts
    position: Position
    cursor: str | None


class Badge(BaseModel):
    """The counts of an inbox."""

    counts: Counts


class Changed(BaseModel):
    """What became of a change."""

    position: Position
    counts: Counts | None = None
    duplicate: bool


class Mistake(BaseModel):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[Mistake] | None = None


class Result(BaseModel):
    """What became of one event."""

    state: Literal["stored", "scheduled", "passed", "failed"]
    position: Position | None = None
    counts: Counts | None = None
    duplicate: bool | None = None
    at: datetime | None = None
    error: Problem | None = None


class Pushed(BaseModel):
    """What became of a push, for each user."""

    results: dict[str, Result]


class Published(BaseModel):
    """What became of each event, in order."""

    results: list[Result]


class Event(BaseModel):
    """An event of a log."""

    event: str
    data: Any
    id: str
    position: Position
    counts: Counts | None = None


class Recalled(BaseModel):
    """A stretch of a log: its oldest offset is `first`, its newest `head`."""

    events: list[Event]
    epoch: str
    first: int
    head: int


class Heads(BaseModel):
    """The newest position of each channel."""

    heads: dict[str, Position]


class Ticket(BaseModel):
    """A ticket, and for how many seconds it waits to be used."""

    ticket: str
    expires_in: int


class Health(BaseModel):
    """The server answers."""

    status: Literal["ok"]


class Ready(BaseModel):
    """Which plugins are ready."""

    ready: bool
    plugins: dict[str, str]
