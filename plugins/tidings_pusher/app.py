"""A Pusher app: its credentials, and how its channels and users are called in Tidings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
)

from tidings import SettingsError, user_channel
from tidings.names import USER_PREFIX, channel_user
from tidings_pusher.webhooks.webhook import Webhook

_KEY = r"^[A-Za-z0-9_\-]{1,64}$"


class App(BaseModel):
    """One app: its credentials, and what sets it apart.

    Attributes:
        id: names the app in the URLs of the HTTP API: up to 64 letters, digits, `_` and `-`, as
            Pusher's dashboard shows it, or of your own making.
        key: what clients send, and what is in each signature; it is no secret, and of the same
            characters.
        secret: signs, and verifies: whoever has it may do in the app what its backend may.
        namespace: sets the app's channels and users apart from those of other apps, as `"shop"`;
            without one they are Tidings' own: user "ann" is Tidings' user "ann". All apps but one
            need one.
        member_bytes: the most bytes of a member's `user_info`.
        enabled: whether a server of your own serves it; else clients are refused with code 4003.
        client_events: whether clients may send each other events (`client-...`).
        client_events_per_second: how many of these a connection may send in a second.
        subscription_count: whether clients are told how many hear a channel.
        connections: how many clients may be connected at a time, beyond which they are refused with
            code 4004; without it, as many as the front lets in.
        members: how many users may be on a presence channel.
        event_bytes: the most bytes of an event's data, in UTF-8.
        pending: how many pending notifications a user is sent who signs in; 0 to 1,000.
        activity_timeout: after how many seconds of silence clients ask whether anyone is there.
        webhooks: who is told what happens, each a `Webhook`, or a table of its settings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=_KEY)
    key: str = Field(pattern=_KEY)
    secret: SecretStr
    namespace: str = Field("", pattern=r"^[A-Za-z0-9_\-]{0,32}$")
    member_bytes: PositiveInt = 1024
    enabled: bool = True
    client_events: bool = False
    client_events_per_second: PositiveInt = 10
    subscription_count: bool = False
    connections: PositiveInt | None = None
    members: PositiveInt = 100
    event_bytes: PositiveInt = 10_240
    pending: int = Field(50, ge=0, le=1_000)
    activity_timeout: PositiveInt = 120
    webhooks: tuple[Webhook, ...] = ()

    @field_validator("namespace")
    @classmethod
    def _is_no_kind(cls, namespace: str) -> str:
        """Refuse what would make another kind of a channel, and with that another app's."""
        for kind in ("", *KINDS):
            if kind_of(f"{kind}{namespace};") != kind:
                raise ValueError("must not begin as the name of a kind of channel does")
        return namespace


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
    """Return what a client's channel is called in Tidings: the app's namespace is in it.

    Raises:
        InvalidName: it is a user's, and such a user cannot be.
    """
    if not app.namespace:
        return channel
    if (user := channel_user(channel)) is not None:
        return user_channel(app_user(app, user))
    kind = kind_of(channel)
    return f"{kind}{app.namespace};{channel[len(kind) :]}"


def kept_apart(app: App, others: Iterable[App], name: str) -> bool:
    """Tell whether a channel or user of an app is no other app's.

    Only an app without a namespace could name what is another's.

    Args:
        app: whose client names it.
        others: all apps of the server.
        name: of a channel, without its kind, or a user.
    """
    if app.namespace:
        return True
    user = channel_user(USER_PREFIX + name)  # some are spelt in another way there
    names = (name,) if user is None else (name, user)
    return not any(other.namespace and _is_within(other, names) for other in others)


def _is_within(app: App, names: Iterable[str]) -> bool:
    return any(name.startswith(f"{app.namespace};") for name in names)


def app_user(app: App, user: str) -> str:
    """Return what an app's user is called in Tidings."""
    return f"{app.namespace};{user}" if app.namespace else user


def made(**settings: Any) -> App:
    """Return an app.

    Raises:
        SettingsError: a setting is wrong; it says which, and never shows the secret.
    """
    try:
        return App(**settings)
    except ValidationError as error:  # its own words would show the secret
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)
        )
        raise SettingsError(f"a Pusher app: {wrong}") from None
