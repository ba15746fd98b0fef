"""What an application imports is pinned here: a name comes or goes on purpose, never by chance."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator

import pytest

import tidings

PUBLIC = [
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


def members() -> Iterator[tuple[str, object]]:
    """Go through the public names, and the public methods and properties of those of ours."""
    for name in PUBLIC:
        thing = getattr(tidings, name)
        yield name, thing
        for attribute, value in list(vars(thing).items()) if inspect.isclass(thing) else ():
            function = value.fget if isinstance(value, property) else value
            function = getattr(function, "__func__", function)
            if attribute[0] != "_" and inspect.isfunction(function):
                yield f"{name}.{attribute}", function


def own_docstring(name: str, thing: object) -> str | None:
    """Return its own docstring: not its class's, nor what a dataclass or NamedTuple is given."""
    found = vars(thing).get("__doc__") if inspect.isclass(thing) else inspect.getdoc(thing)
    return None if found is None or found.startswith(f"{name}(") else found


def test_the_public_names_are_these_and_no_others() -> None:
    assert tidings.__all__ == PUBLIC
    assert sorted(PUBLIC) == PUBLIC


def test_every_public_name_says_what_it_is_for() -> None:
    silent = [name for name, thing in members() if not own_docstring(name, thing)]
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
