"""Text from strangers, made fit for a notification and for a terminal."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
"""Control characters, and those that break lines or turn the direction of writing around."""


def one_line(text: str) -> str:
    """Return the text in one line: every run of spaces and control characters is one space."""
    return " ".join(_CONTROL.sub(" ", text).split())


def shortened(text: str, most: int) -> str:
    """Return at most so many characters of a text; an ellipsis stands for the rest."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
