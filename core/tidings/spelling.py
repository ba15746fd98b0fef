"""Names that people type into settings: one spelling for each, and a kind word for a slip."""

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
