"""What requests say, in their bodies and queries."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from tidings import Notification
from tidings.notification import Id
from tidings.page import State
from tidings_http.terms import (
    BATCH,
    CURSOR,
    NUMBER_LIMIT,
    Asked,
    Category,
    Channel,
    EventName,
    Ids,
    Known,
    Moment,
    Place,
    Users,
    written,
)

_TIMES = frozenset(
    {"send_after", "sendAfter", "expires_at", "expiresAt", "created_at", "createdAt"}
)

CursorText = Annotated[str, Field(max_length=81, json_schema_extra={"pattern": f"^{CURSOR}$"})]
"""Read by `terms.cursor`: one that is none is a problem of its own."""


class PageQuery(Asked):
    """Which entries of an inbox are wanted."""

    state: State | None = None
    category: Category | None = None
    since: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=BATCH)] = 20
    before: CursorText | None = None
    id: Annotated[tuple[Known, ...], Field(max_length=100)] = ()


class LogQuery(Asked):
    """Which events of a log are wanted."""

    after: Annotated[int, Field(ge=0, le=NUMBER_LIMIT)]
    limit: Annotated[int, Field(ge=1, le=BATCH)] = 500


class EventsQuery(Asked):
    """What a stream of events brings, and from where on."""

    after: CursorText | None = None
    channel: Annotated[tuple[Channel, ...], Field(max_length=100)] = ()
    ticket: Annotated[str, Field(max_length=8192)] | None = None


class ChangeBody(Asked):
    """Which entries change: those of these ids, or all, through a position, of a category."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["ids"]}, {"required": ["all"]}]}
    )

    ids: Ids | None = None
    all: Literal[True] | None = None
    through: Place | CursorText | None = None
    category: Category | None = None
    event_id: Id | None = None

    @model_validator(mode="after")
    def _either(self) -> ChangeBody:
        if (self.ids is None) == (self.all is None):
            raise PydanticCustomError("either", "name either ids, or all: true")
        if self.ids is not None and (self.through is not None or self.category is not None):
            raise PydanticCustomError("either", "through and category narrow all, not ids")
        return self


def _as_json_has_it(value: Any) -> Any:
    """Refuse what Python would take for a time, or for a truth, and others would not."""
    if not isinstance(value, dict):
        return value
    for name in _TIMES & value.keys():
        if value[name] is not None:
            written(value[name], f"{name} ")
    payload = value.get("payload")
    if isinstance(payload, dict) and not isinstance(payload.get("auth", False), bool):
        raise PydanticCustomError("truth", "payload.auth must be true or false")
    return value


class PushBody(Asked):
    """A notification, and whom it is for."""

    users: Users
    notification: Annotated[Notification, BeforeValidator(_as_json_has_it)]


class EventBody(Asked):
    """A plain event. Its id makes publishing it again safe, on a channel that has a log."""

    channel: Channel
    name: EventName
    data: Any = None
    id: Id | None = None


class PublishBody(Asked):
    """Events, in order."""

    events: Annotated[tuple[EventBody, ...], Field(min_length=1, max_length=BATCH)]


class HeadsBody(Asked):
    """Channels whose newest positions are asked for."""

    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=BATCH)]
