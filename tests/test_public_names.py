"""What an application imports is pinned here: a name comes or goes on purpose, never by chance."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from types import GenericAlias

import pytest

import tidings
from public_names import PACKAGES, members, own_docstring

ROOT = Path(__file__).parents[1]

PUBLIC = {
    "tidings": [
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
    ],
    "tidings.blocking": [
        "Forked",
        "Inbox",
        "OnEventLoop",
        "Presence",
        "Receipt",
        "Stream",
        "Tidings",
    ],
    "tidings.testing": [
        "POLICY_RULES",
        "STORE_RULES",
        "TRANSPORT_RULES",
        "Clock",
        "ConformanceError",
        "FaultyTransport",
        "Make",
        "Node",
        "Pushed",
        "Report",
        "Rule",
        "Selection",
        "SentEvent",
        "Verdict",
        "audit",
        "check_policy",
        "check_store",
        "check_transport",
    ],
    "tidings.testing.pytest": ["PolicyTests", "StoreTests", "TransportTests"],
    "tidings_http": ["Denied", "HttpFront", "HttpInbox", "Identify", "Problem"],
    "tidings_memory": ["MemoryBroker", "MemoryStore"],
    "tidings_pusher": [
        "AccessDenied",
        "App",
        "BlockingPusherEndpoints",
        "HttpAnswer",
        "HttpRequest",
        "PusherAccess",
        "PusherEndpoints",
        "PusherServer",
        "PusherTransport",
        "Webhook",
    ],
    "tidings_pytest": [
        "blocking_tidings",
        "pushed",
        "tidings",
        "tidings_clock",
        "tidings_options",
        "tidings_plugins",
        "tidings_store",
        "tidings_tokens",
    ],
    "tidings_sql": ["SqlStore"],
    "tidings_websocket": [
        "Dialect",
        "Ending",
        "Malformed",
        "PlainDialect",
        "Refused",
        "WebSocketClient",
        "WebSocketFront",
    ],
}

IMPORTED_WHEN_USED = [
    "click",
    "cryptography",
    "dotenv",
    "hypothesis",
    "jwt",
    "pydantic_settings",
    "rich",
    "tidings.cli",
    "tidings.settings",
    "tidings.testing",
    "tidings.tokens",
    "tidings_memory",
]


def loaded_after(code: str) -> set[str]:
    """Run code in a new interpreter; return the modules it has loaded by then."""
    command = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())  # noqa: S603


@pytest.mark.parametrize("package", PACKAGES)
def test_the_public_names_are_these_and_no_others(package: str) -> None:
    assert import_module(package).__all__ == PUBLIC[package]


def test_every_distributed_package_has_public_names() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    folders = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert {Path(folder).name for folder in folders} - set(PUBLIC) == set()
    assert set(PACKAGES) == set(PUBLIC)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_says_what_it_is_for(package: str) -> None:
    silent = [
        name
        for name, thing in members(package)
        if callable(thing)
        and not isinstance(thing, GenericAlias)  # a type's alias, which cannot
        and not own_docstring(name, thing)
    ]
    assert silent == []


def test_a_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Tydings"):
        _ = tidings.Tydings


def test_importing_tidings_loads_nothing_that_only_some_use() -> None:
    loaded = loaded_after("import tidings")
    assert sorted(loaded.intersection(IMPORTED_WHEN_USED)) == []


def test_a_plugin_that_is_not_used_is_not_loaded() -> None:
    loaded = loaded_after(
        """
import tidings
class Everything:
    name = "mine"
    abilities = tidings.Abilities(role="broker", local=True)
    @tidings.hookimpl
    async def push(self, events): ...
    @tidings.hookimpl
    def subscribe(self, channel, deliver): ...
tidings.Tidings(Everything())
"""
    )
    assert "tidings_memory" not in loaded
    assert "tidings_memory" in loaded_after("import tidings\ntidings.Tidings()")
