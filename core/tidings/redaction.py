"""Telling what went wrong without telling what it was about: values may be secrets."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError


def failure(error: BaseException) -> str:
    """Return an exception's type and where it was raised, without its words."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where


_USERINFO = re.compile(r"(?<=://)\S*@")


def masked(words: str) -> str:
    """Return words that may be shown but for who signs in where: that is taken out of URLs.

    Example:
        >>> masked("no answer from redis://ann:hunter2@db:6379/0")
        'no answer from redis://***@db:6379/0'
    """
    return _USERINFO.sub("***@", words)


class Mistake(NamedTuple):
    """One thing that a validation found wrong: where, of pydantic's which kind, in plain words."""

    key: str
    kind: str
    words: str


def mistakes(error: ValidationError) -> Iterator[Mistake]:
    """Go through what a validation found.

    Words that a validator's own code chose are left out, since they may quote the value.
    """
    for found in error.errors(include_url=False, include_input=False):
        quotes = "error" in found.get("ctx", {})
        words = "is not accepted" if quotes else _plain(found["msg"])
        yield Mistake(".".join(map(str, found["loc"])), found["type"], words)


def _plain(words: str) -> str:
    words = words.removeprefix("Input ").replace("valid dictionary", "table")
    return words[:1].lower() + words[1:]
