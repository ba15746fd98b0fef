"""The apps of a Pusher-compatible server: who may connect and publish, with which secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, PositiveInt, SecretStr, ValidationError

from tidings import SettingsError
from tidings.names import CHANNEL_LIMIT

_KEY = r"^[A-Za-z0-9_\-]{1,64}$"


class App(BaseModel):
    """One app: its credentials, and what its clients may do.

    Attributes:
        id, key, secret: as Pusher's dashboard shows them, or of your own making.
        namespace: sets the app's channels and users apart from those of the other apps, as
            "shop"; without one they are Tidings' own: user "ann" is Tidings' user "ann".
        enabled: whether anyone may connect or publish.
        client_events: whether clients may send events of their own.
        subscription_count: whether clients are told how many subscribe to a channel.
        connections: how many clients at a time; None: as many as the front takes.
        client_events_per_second: of one connection.
        members: how many users on a presence channel.
        member_bytes: the most of one member's `user_info`.
        event_bytes: the most of an event's data over the HTTP API.
        pending: how many pending notifications a user who signs in is sent.
        webhooks: where to tell the application what happens on channels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=_KEY)
    key: str = Field(pattern=_KEY)
    secret: SecretStr
    namespace: str = Field("", pattern=r"^[A-Za-z0-9_\-]{0,32}$")
    enabled: bool = True
    client_events: bool = False
    subscription_count: bool = False
    connections: PositiveInt | None = None
    client_events_per_second: PositiveInt = 10
    members: PositiveInt = 100
    member_bytes: PositiveInt = 1024
    event_bytes: PositiveInt = 10_240
    pending: int = Field(50, ge=0, le=500)
    webhooks: tuple[HttpUrl, ...] = ()


class Apps:
    """Finds an app by what a request names it by.

    Raises:
        SettingsError: two apps share an id, a key or a namespace, or one cannot be an app.
    """

    def __init__(self, apps: Sequence[App | Mapping[str, Any]]) -> None:
        made = [_made(app) for app in apps]
        self._by_id = _table(made, "id")
        self._by_key = _table(made, "key")
        self._namespaces = _table(made, "namespace")

    def __iter__(self) -> Iterator[App]:
        return iter(self._by_id.values())

    def by_id(self, id: str) -> App | None:  # noqa: A002
        """Return the app with this id."""
        return self._by_id.get(id)

    def by_key(self, key: str) -> App | None:
        """Return the app with this key."""
        return self._by_key.get(key)

    def is_foreign(self, app: App, name: str) -> bool:
        """Tell whether a name (without its kind) would be another app's in Tidings."""
        first, mark, _ = name.partition(";")
        return bool(mark) and not app.namespace and first in self._namespaces


KINDS = (
    "private-encrypted-cache-",
    "private-encrypted-",
    "private-cache-",
    "private-user-",
    "private-",
    "presence-cache-",
    "presence-",
    "cache-",
)
"""The kinds of channels, as their names begin; longer ones first."""


def kind_of(channel: str) -> str:
    """Return the prefix that says what a channel is; "" for a public one."""
    return next((kind for kind in KINDS if channel.startswith(kind)), "")


def apart(app: App, channel: str) -> str:
    """Return what a client's channel is called in Tidings: the app's namespace is in it."""
    if not app.namespace:
        return channel
    kind = kind_of(channel)
    return f"{kind}{app.namespace};{channel[len(kind) :]}"


def app_user(app: App, user: str) -> str:
    """Return what an app's user is called in Tidings."""
    return f"{app.namespace};{user}" if app.namespace else user


def wire_channel(app: App, channel: str) -> str:
    """Return what a channel of Tidings is called by the app's clients; `apart` is its inverse."""
    if not app.namespace:
        return channel
    kind = kind_of(channel)
    return kind + channel[len(kind) :].removeprefix(app.namespace + ";")


NAME_LIMIT = CHANNEL_LIMIT
"""The most characters of a channel's name."""


def _made(app: App | Mapping[str, Any]) -> App:
    if isinstance(app, App):
        return app
    try:
        return App.model_validate(app)
    except ValidationError as error:  # its own words would show the secret
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)
        )
        raise SettingsError(f"a Pusher app: {wrong}") from None


def _table(apps: Sequence[App], by: str) -> dict[str, App]:
    table = {getattr(app, by): app for app in apps}
    if len(table) < len(apps):
        raise SettingsError(f"two Pusher apps have the same {by}: give each its own")
    return table
