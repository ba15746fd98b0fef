"""Every error Tidings raises on purpose, each saying what to do about it.

All derive from `TidingsError`. Those that speak of a wrong argument are a `ValueError`
as well, so that code which knows nothing of Tidings still handles them sensibly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tidings.receipt import Receipt


class TidingsError(Exception):
    """The root of all errors that Tidings raises on purpose."""


class InvalidName(TidingsError, ValueError):
    """A channel name, event name or user id that cannot stand on the wire."""


class InvalidData(TidingsError, ValueError):
    """Data that is no JSON (NaN, an object of your own, ...) or is too large."""


class SettingsError(TidingsError, ValueError):
    """A setting that is unknown or has a value it cannot have."""


class PluginError(TidingsError):
    """A plugin that cannot be used; names the plugin, the hook where there is one, and the cure."""

    def __init__(self, plugin: str, problem: str, *, hook: str | None = None) -> None:
        where = f"plugin {plugin!r}, hook {hook!r}" if hook else f"plugin {plugin!r}"
        super().__init__(f"{where}: {problem}")
        self.plugin = plugin
        self.hook = hook


class Unsupported(TidingsError):
    """What was asked for needs an ability that no configured plugin has."""


class Closed(TidingsError):
    """The `Tidings` object is not open: use it within `async with`."""


class StoreError(TidingsError):
    """The store could not do its work. Trying again, under the same id, is safe in any case."""


class Conflict(TidingsError):
    """This id was used before with other content. Choose a new id for new content."""


class StalePosition(TidingsError):
    """A change names a position of a log that is no more. Read the inbox again, then repeat it."""


class TransportError(TidingsError):
    """A transport could not carry events just now; the core tries again."""


class Undeliverable(TidingsError):
    """A transport will never carry this event (too large, refused by name): no retry helps."""


class InvalidToken(TidingsError):
    """A token or ticket that is forged, expired, used up or revoked."""


class PushFailed(TidingsError):
    """Some of the users of one push were not served; the others were.

    Attributes:
        errors: user id to what went wrong for that user.
        receipt: the outcome for those who were served. Pushing the same notification to all
            users once more is safe: whoever has it gets it no second time.
    """

    def __init__(self, errors: Mapping[str, Exception], receipt: Receipt) -> None:
        user, first = next(iter(errors.items()))
        super().__init__(f"{len(errors)} users were not served; the first, {user!r}: {first}")
        self.errors = errors
        self.receipt = receipt
