"""Spelling: of the names that people type into settings, and of numbers of things."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def canonical(plugin: str) -> str:
    """Return the one spelling of a plugin's name: small letters and dashes.

    An environment variable can hold neither: `MEMORY_STORE` is `memory-store`.
    """
    return plugin.lower().replace("_", "-")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean ...?` for the known name nearest to this one, or nothing."""
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def counted(count: int, thing: str) -> str:
    """Return how many: `1 event`, `2 events`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
