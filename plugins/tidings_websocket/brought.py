"""What other plugins bring to a front: wire languages, and pages of HTTP on its port."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from tidings_websocket.dialect import Dialect

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@runtime_checkable
class Speaks(Protocol):
    """A plugin that brings a wire language: a front of the same application speaks it too."""

    @property
    def language(self) -> Dialect:
        """What is spoken."""


@runtime_checkable
class Serves(Protocol):
    """A plugin that answers HTTP on a front's port, as an ASGI application (3.0) does."""

    def serves(self, path: str) -> bool:
        """Tell whether this path is one of its own."""

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""


@runtime_checkable
class Welcomes(Serves, Protocol):
    """A plugin that has a page for people who try a server for the first time."""

    def welcome(self, guests: Sequence[str], pushing: str | None) -> None:
        """Show it, at `/`.

        Args:
            guests: users whom anybody on this machine may be, without a token: their key was made
                for this run.
            pushing: a command by which another process can push to `{user}`, if one can.
        """


def languages(plugins: Iterable[object]) -> tuple[Dialect, ...]:
    """Return what these plugins speak."""
    return tuple(plugin.language for plugin in plugins if isinstance(plugin, Speaks))


def servers(plugins: Iterable[object]) -> tuple[Serves, ...]:
    """Return those of these plugins that answer HTTP."""
    return tuple(plugin for plugin in plugins if isinstance(plugin, Serves))
