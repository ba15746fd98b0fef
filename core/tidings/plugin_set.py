"""Which plugins a `Tidings` object has: those it was given, and what it cannot do without."""

from __future__ import annotations

from collections.abc import Sequence

from tidings.policy import OwnChannels
from tidings.registry import abilities_of


def complete(plugins: Sequence[object]) -> list[object]:
    """Return the plugins and what is added to them.

    None at all: the memory broker and the memory store. Without a local broker: the memory
    broker, so that a process hears itself. Without it: the policy by which users have their own
    channel. The memory plugins are found as any other is, by their entry points.
    """
    from tidings.discovery import load

    added: list[object] = [] if plugins else [load("memory-store")()]
    if not any(abilities_of(plugin).local for plugin in plugins):
        added.append(load("memory")())
    if not any(isinstance(plugin, OwnChannels) for plugin in plugins):
        added.append(OwnChannels())
    return [*plugins, *added]
