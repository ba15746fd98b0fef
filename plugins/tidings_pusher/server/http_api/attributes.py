"""What is told of a channel where `info` asks for it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from tidings import Tidings, Unsupported
from tidings_pusher.app import App
from tidings_pusher.server.cached import is_cache
from tidings_pusher.server.http_api.channel_names import own_channel
from tidings_pusher.server.http_api.refusals import malformed
from tidings_pusher.server.live_app import LiveApp

Attribute = Literal["user_count", "subscription_count", "cache"]

COUNTS: tuple[Attribute, ...] = ("user_count", "subscription_count")
"""What can be asked where something is published."""

ALL: tuple[Attribute, ...] = (*COUNTS, "cache")
"""What can be asked of one channel."""

OF_MANY: tuple[Attribute, ...] = ("user_count",)
"""What can be asked of all channels at once."""

_PRESENCE = "presence-"


def wanted(info: object, known: Collection[Attribute]) -> Collection[Attribute]:
    """Return what an `info` asks for; it names attributes, with commas between them.

    Raises:
        Refused: it is no text, or names something that is not `known`.
    """
    if info is None:
        return ()
    if not isinstance(info, str):
        raise malformed("info is to be text, as user_count,subscription_count")
    names = [name.strip() for name in info.split(",") if name.strip()]
    if any(name not in known for name in names):
        raise malformed(f"info can name {', '.join(known)} here, and nothing else")
    return [attribute for attribute in known if attribute in names]


def has(app: App, channel: str, attribute: Attribute) -> bool:
    """Tell whether a channel has an attribute, by its kind and the app's settings."""
    match attribute:
        case "user_count":
            return is_presence(channel)
        case "subscription_count":
            return app.subscription_count and not is_presence(channel)
        case "cache":
            return is_cache(channel)


def is_presence(channel: str) -> bool:
    """Tell whether users are counted on a channel, by its name."""
    return channel.startswith(_PRESENCE)


async def told(
    tidings: Tidings, live: LiveApp, channel: str, attributes: Collection[Attribute]
) -> dict[str, Any]:
    """Return these attributes of a channel; those that it does not have are left out."""
    return {
        attribute: await _value(tidings, live, channel, attribute)
        for attribute in attributes
        if has(live.app, channel, attribute)
    }


async def members(tidings: Tidings, live: LiveApp, channel: str) -> Collection[str]:
    """Return who is on a presence channel: in all processes, where a broker knows that."""
    try:
        presence = tidings.presence
    except Unsupported:
        return live.census.members(channel)
    return [member.user for member in await presence.members(own_channel(live, channel))]


async def _value(
    tidings: Tidings, live: LiveApp, channel: str, attribute: Attribute
) -> int | dict[str, Any] | None:
    match attribute:
        case "user_count":
            return len(await members(tidings, live, channel))
        case "subscription_count":
            return len(live.census.hearers(channel))
        case "cache":
            kept = live.cached.get(channel)
            return kept and {"data": kept.text, "ttl": live.cached.ttl(kept)}
