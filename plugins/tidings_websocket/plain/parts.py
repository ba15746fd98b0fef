"""What frames are joined from: names, numbers and places as JSON text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from json import JSONEncoder

from tidings import Counts, Member, Position
from tidings.encoding import encode
from tidings_websocket.commands import Ref

Fields = dict[str, str | None]
"""Names to values, which are JSON; what is None is left out."""

quoted = JSONEncoder(ensure_ascii=False).encode
"""Return a text in quotes."""

known = lru_cache(maxsize=4096)(quoted)
"""Return a text in quotes that will be asked for again: a channel, an epoch, an event's name."""


def position(place: Position | None) -> str | None:
    """Return a position, or None where there is none."""
    if place is None:
        return None
    return f'{{"epoch":{known(place.epoch)},"offset":{place.offset}}}'


def counts(badge: Counts | None) -> str | None:
    """Return counts, or None where there are none."""
    if badge is None:
        return None
    return f'{{"pending":{badge.pending},"unseen":{badge.unseen}}}'


def text(words: str | None) -> str | None:
    """Return a text in quotes, or None where there is none."""
    return None if words is None else quoted(words)


def moment(when: datetime | None) -> str | None:
    """Return a time as RFC 3339 has it, or None where there is none."""
    return None if when is None else f'"{when.isoformat()}"'


def ref(name: Ref) -> str:
    """Return a request's name."""
    return "null" if name is None else quoted(name) if isinstance(name, str) else str(name)


def truth(value: bool) -> str:
    """Return true or false."""
    return "true" if value else "false"


def member(present: Member) -> str:
    """Return who is on a presence channel, and what the others see of them."""
    info = encode(present.info).decode()
    return f'{{"user":{quoted(present.user)},"info":{info}}}'


def array(values: Iterable[str]) -> str:
    """Return values, which are JSON, as an array."""
    return f"[{','.join(values)}]"


def table(fields: Iterable[tuple[str, str | None]]) -> str:
    """Return names and values, which are JSON, as an object; values of None are left out."""
    return "{" + ",".join([f"{quoted(k)}:{v}" for k, v in fields if v is not None]) + "}"


def obj(**fields: str | None) -> str:
    """Return fields, whose values are JSON, as an object; those that are None are left out."""
    return table(fields.items())
