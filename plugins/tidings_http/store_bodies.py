"""What is asked by a process that keeps no database of its own; see `store_routes`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from tidings import Event, Filter
from tidings.encoding import DATA_LIMIT
from tidings.notification import Id
from tidings.page import State
from tidings_http.terms import (
    BATCH,
    NUMBER_LIMIT,
    Asked,
    Category,
    Channel,
    Known,
    Moment,
    Name,
    User,
)

Offset = Annotated[int, Field(ge=0, le=NUMBER_LIMIT, strict=True)]
Limit = Annotated[int, Field(ge=1, le=BATCH, strict=True)]


class Item(Asked):
    """An event, the same on each of these channels.

    `text` is its data: JSON, as text, so that it stays as it was made to the byte.
    """

    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=BATCH)]
    name: Name
    text: Annotated[StrictStr, Field(max_length=DATA_LIMIT)]
    id: Id
    origin: Known | None = None

    def events(self) -> Iterator[Event]:
        """Go through the events that it stands for."""
        data = self.text.encode()
        for channel in self.channels:
            yield Event(channel, self.name, data, self.id, origin=self.origin)


class AppendBody(Asked):
    """Events, in order: at most 1,000, on all their channels together."""

    events: Annotated[tuple[Item, ...], Field(min_length=1, max_length=BATCH)]

    @model_validator(mode="after")
    def _bounded(self) -> AppendBody:
        if sum(len(item.channels) for item in self.events) > BATCH:
            raise PydanticCustomError("batch", "must be 1,000 events at most, on all channels")
        return self


class RecallBody(Asked):
    """Which events of a log are wanted."""

    channel: Channel
    after: Offset
    limit: Limit


class PageBody(Asked):
    """Which entries of an inbox are wanted."""

    channel: Channel
    limit: Limit
    before: Offset | None = None
    state: State | None = None
    category: Category | None = None
    since: Moment | None = None
    ids: Annotated[tuple[Known, ...], Field(max_length=BATCH)] | None = None

    @property
    def filter(self) -> Filter:
        """As the core has it."""
        ids = None if self.ids is None else frozenset(self.ids)
        return Filter(self.state, self.category, self.since, ids)


class ChannelBody(Asked):
    """Whose inbox, or which log, is meant."""

    channel: Channel


class TrimBody(Asked):
    """Up to which offset a log forgets."""

    channel: Channel
    through: Offset


class CancelBody(Asked):
    """What is scheduled no more."""

    id: Id


class UserBody(Asked):
    """Who is meant."""

    user: User


class RevokeBody(Asked):
    """From when on a user's tokens count."""

    user: User
    not_before: Moment
