"""What a change does to an inbox: the rules of `tidings.inbox_fold`, on rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, select, update

from tidings.changes import DELETED, REMOVES, Change
from tidings.errors import StalePosition
from tidings.inbox_row import CHANGES, PENDING, UNSEEN
from tidings_sql.head import Head
from tidings_sql.item import Item
from tidings_sql.leaving import remove
from tidings_sql.tables import entries

if TYPE_CHECKING:
    from tidings_sql.batch import Batch

_STEP = 500


def alter(batch: Batch, head: Head, change: Change) -> None:
    """Carry out a change.

    Raises:
        StalePosition: it names a position of another log; nothing was changed.
    """
    if change.through is not None:
        _alter_through(batch, head, change)
        return
    found = (batch.known.get((id, head.id)) for id in dict.fromkeys(change.ids))  # noqa: A001
    items = [item for item in found if item is not None]
    if change.name in REMOVES:
        remove(batch, head, items, redacts=change.name == DELETED)
        return
    on, keep = CHANGES[change.name]
    for item in items:
        if item.states is not None and (item.states | on) & keep != item.states:
            batch.set_states(head, item, (item.states | on) & keep)


def _alter_through(batch: Batch, head: Head, change: Change) -> None:
    if change.through is None or change.through.epoch != head.epoch:
        raise StalePosition("the change names a position of another log: read the inbox again")
    batch.flush()
    named = [entries.c.channel == head.id, entries.c.offset <= change.through.offset]
    if change.category is not None:
        named.append(entries.c.category == change.category)
    if change.name in REMOVES:
        _remove(batch, head, named, redacts=change.name == DELETED)
    else:
        _set(batch, head, named, change)


def _remove(batch: Batch, head: Head, named: list[ColumnElement[bool]], *, redacts: bool) -> None:
    column, after = entries.c, 0
    while True:
        rows = batch.connection.execute(
            select(column.offset, column.id, column.name, column.data, column.states)
            .where(*named, column.states.is_not(None), column.offset > after)
            .order_by(column.offset)
            .limit(_STEP)
        ).all()
        remove(batch, head, [_known(batch, head, row) for row in rows], redacts=redacts)
        if len(rows) < _STEP:
            return
        after = rows[-1].offset


def _known(batch: Batch, head: Head, row: Sequence[Any]) -> Item:
    offset, id, name, data, states = row  # noqa: A001
    item = batch.known.get((id, head.id))
    if item is None:
        return Item(head.id, offset, id, name, data, states=states)
    item.name, item.data = name, data
    return item


def _set(batch: Batch, head: Head, named: list[ColumnElement[bool]], change: Change) -> None:
    on, keep = CHANGES[change.name]
    become = {states: (states | on) & keep for states in range(8)}
    altered = [states for states in become if become[states] != states]
    where = (*named, entries.c.states.in_(altered))
    counting = select(entries.c.states, func.count()).where(*where).group_by(entries.c.states)
    for states, count in batch.connection.execute(counting):
        head.pending += count * (PENDING[become[states]] - PENDING[states])
        head.unseen += count * (UNSEEN[become[states]] - UNSEEN[states])
    states_set: Any = entries.c.states.bitwise_or(on).bitwise_and(keep)
    batch.connection.execute(update(entries).where(*where).values(states=states_set))
    for item in batch.known.values():
        if item.states is not None and _is_named(item, head, change):
            item.states = become[item.states]


def _is_named(item: Item, head: Head, change: Change) -> bool:
    if item.channel != head.id or change.through is None or item.offset > change.through.offset:
        return False
    return change.category is None or item.category == change.category
