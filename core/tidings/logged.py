"""Which channels have a log."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import translate

from tidings.names import CONTROL_CHANNEL


def logged_by(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Return the test that these patterns make; control is never logged."""
    matches = re.compile("|".join(map(translate, patterns)) or r"(?!)").match
    return lambda channel: matches(channel) is not None and channel != CONTROL_CHANNEL
