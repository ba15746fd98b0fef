"""What holds for one transaction."""

from __future__ import annotations

from typing import NamedTuple

from tidings.keeps import Keeps

_LATEST = 600.0


class Terms(NamedTuple):
    """The moment, in seconds since 1970; what is kept; the names of those who carry events out."""

    now: float
    keeps: Keeps
    carriers: tuple[str, ...] = ()


def later(age: float) -> float:
    """Return at which age what has an age limit is taken away: a little after it.

    What comes up in the meantime goes in one step with it, where every single entry of a busy
    channel would otherwise need a step of its own.
    """
    return age + min(age / 100, _LATEST)
