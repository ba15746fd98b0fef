"""Finding what is known of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, Text, and_, select

from tidings_sql.item import Item
from tidings_sql.many import fetched, listed, pack
from tidings_sql.tables import entries, ids

Key = tuple[str, int]
"""An id, and the channel it is of."""


def find(connection: Connection, keys: Iterable[Key]) -> dict[Key, Item]:
    """Return what is known of these ids, with their content where it is kept."""
    return _find(connection, keys, _finding_all)


def find_states(connection: Connection, keys: Iterable[Key]) -> dict[Key, Item]:
    """Return what is known of these ids, without content: of the inbox, their states."""
    return _find(connection, keys, _finding_states)


def _find(
    connection: Connection, keys: Iterable[Key], finding: Callable[[str], Select[Any]]
) -> dict[Key, Item]:
    wanted = list(keys)
    if not wanted:
        return {}
    rows = fetched(connection, finding, keys=pack(wanted))
    return {(row[0], row[1]): _item(row) for row in rows}


def _item(row: Sequence[Any]) -> Item:
    id, channel, offset, digest, states, category, *content = row  # noqa: A001
    item = Item(channel, offset, id, states=states, category=category, digest=digest)
    if content and content[0] is not None:
        item.name, item.data, item.pending, item.unseen = content
    return item


@cache
def _finding_states(dialect: str) -> Select[Any]:
    keys = listed(dialect, "keys", id=Text, channel=BigInteger)
    known = and_(ids.c.id == keys.c.id, ids.c.channel == keys.c.channel)
    entry = and_(entries.c.channel == ids.c.channel, entries.c.offset == ids.c.offset)
    return select(
        ids.c.id,
        ids.c.channel,
        ids.c.offset,
        ids.c.digest,
        entries.c.states,
        entries.c.category,
    ).select_from(keys.join(ids, known).outerjoin(entries, entry))


@cache
def _finding_all(dialect: str) -> Select[Any]:
    content = (entries.c.name, entries.c.data, entries.c.pending, entries.c.unseen)
    return _finding_states(dialect).add_columns(*content)
