"""In-app notifications: every device of every user shows each once, in order, on any transport.

async with Tidings() as tidings:
    await tidings.push(["ann", "bob"], Notification(heading="Build passed"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidings.abilities import Abilities
from tidings.access import AccessRequest, Denial, Grant, Identity
from tidings.errors import (
    Closed,
    Conflict,
    InvalidData,
    InvalidName,
    InvalidToken,
    PluginError,
    PushFailed,
    SettingsError,
    StalePosition,
    StoreError,
    TidingsError,
    TransportError,
    Undeliverable,
    Unsupported,
)
from tidings.event import (
    Counts,
    Event,
    Fired,
    Lagged,
    Owed,
    Passed,
    Position,
    Recalled,
    Reset,
    Scheduled,
    Staged,
    Stored,
)
from tidings.hooks import hookimpl
from tidings.inbox import Inbox
from tidings.listening import Listening
from tidings.names import channel_user, user_channel
from tidings.notification import Button, Notification, Payload
from tidings.observing import Observer
from tidings.options import Options
from tidings.page import Entry, Filter, Page
from tidings.policy import AdminTokens
from tidings.presence import Member
from tidings.reading_up import ReadingUp
from tidings.receipt import Receipt
from tidings.service import Tidings
from tidings.shipment import Outcome
from tidings.stream import InboxStream
from tidings.subscription import Subscription
from tidings.transport_state import TransportState
from tidings.updates import Added, Changed, Reloaded

if TYPE_CHECKING:
    from tidings.settings import Settings
    from tidings.tickets import Tickets
    from tidings.tokens import Tokens

__all__ = [
    "Abilities",
    "AccessRequest",
    "Added",
    "AdminTokens",
    "Button",
    "Changed",
    "Closed",
    "Conflict",
    "Counts",
    "Denial",
    "Entry",
    "Event",
    "Filter",
    "Fired",
    "Grant",
    "Identity",
    "Inbox",
    "InboxStream",
    "InvalidData",
    "InvalidName",
    "InvalidToken",
    "Lagged",
    "Listening",
    "Member",
    "Notification",
    "Observer",
    "Options",
    "Outcome",
    "Owed",
    "Page",
    "Passed",
    "Payload",
    "PluginError",
    "Position",
    "PushFailed",
    "ReadingUp",
    "Recalled",
    "Receipt",
    "Reloaded",
    "Reset",
    "Scheduled",
    "Settings",
    "SettingsError",
    "Staged",
    "StalePosition",
    "StoreError",
    "Stored",
    "Subscription",
    "Tickets",
    "Tidings",
    "TidingsError",
    "Tokens",
    "TransportError",
    "TransportState",
    "Undeliverable",
    "Unsupported",
    "channel_user",
    "hookimpl",
    "user_channel",
]

_IMPORTED_WHEN_USED = {
    "Settings": "tidings.settings",
    "Tickets": "tidings.tickets",
    "Tokens": "tidings.tokens",
}


def __getattr__(name: str) -> Any:
    if name not in _IMPORTED_WHEN_USED:
        raise AttributeError(f"module 'tidings' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_IMPORTED_WHEN_USED[name]), name)
