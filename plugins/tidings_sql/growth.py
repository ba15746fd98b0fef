"""Reading what has been added to logs since they were last heard of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, Text, and_, case, or_, select

from tidings.event import Event, Position
from tidings_sql.log import event
from tidings_sql.many import fetched, listed, pack
from tidings_sql.tables import entries, heads

LIMIT = 1_000
"""The most rows in one reading."""

_EACH = 200
"""The most of one channel; a listener that lacks more than these reads its log anyway."""


class Growth(NamedTuple):
    """A channel whose newest position is another than was known.

    head: that position. event: one of those that led there; None where the log has none of them.
    """

    channel: str
    head: Position
    event: Event | None


def growth(connection: Connection, known: Iterable[tuple[str, Position | None]]) -> list[Growth]:
    """Read what came after these positions, in order: the newest events of each channel.

    Of a channel of which nothing is known, or whose epoch is a new one, it is the newest alone:
    the core compares it with what it has.
    """
    given = pack((name, *(position or ("", 0))) for name, position in known)
    return [_growth(row) for row in fetched(connection, _reading, known=given)]


def _growth(row: Sequence[Any]) -> Growth:
    channel, epoch, head, *rest = row
    offset = rest[0]
    found = None if offset is None else event(channel, epoch, rest)
    return Growth(channel, Position(epoch, head), found)


def _reading(dialect: str) -> Select[Any]:
    known = listed(dialect, "known", name=Text, epoch=Text, offset=BigInteger).c
    head, entry = heads.c, entries.c
    far = known.offset < head.head - _EACH
    after = case(
        (head.epoch != known.epoch, head.head - 1), (far, head.head - _EACH), else_=known.offset
    )
    new = and_(entry.channel == head.id, entry.offset >= head.first, entry.offset > after)
    return (
        select(
            head.name,
            head.epoch,
            head.head,
            entry.offset,
            entry.id,
            entry.name,
            entry.data,
            entry.pending,
            entry.unseen,
            entry.origin,
        )
        .join(heads, head.name == known.name)
        .outerjoin(entries, new)
        .where(or_(head.epoch != known.epoch, head.head != known.offset))
        .order_by(head.id, entry.offset)
        .limit(LIMIT)
    )
