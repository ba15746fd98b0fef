"""Notifications leave an inbox: their rows go, or stay in the log without states or content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, delete, select, update

from tidings.changes import REDACTED
from tidings.inbox_row import PENDING, UNSEEN
from tidings.notification import NOTIFICATION
from tidings_sql.bulk import bulk
from tidings_sql.head import Head
from tidings_sql.item import Item
from tidings_sql.many import listed, pack
from tidings_sql.tables import entries, ids
from tidings_sql.terms import Terms

if TYPE_CHECKING:
    from tidings_sql.batch import Batch


def remove(batch: Batch, head: Head, items: Sequence[Item], *, redacts: bool) -> None:
    """Take these out of the inbox.

    Args:
        batch: the transaction.
        head: their channel's.
        items: what is known of their ids; those that are in no inbox need not be left out.
        redacts: take their content out of the log as well, also of those that left before.
    """
    leaving = [item for item in items if item.states is not None]
    for item in leaving:
        _discount(batch, head, item)
    apart = {item.offset for item in leaving if item.offset <= head.swept}
    written = [item for item in (items if redacts else leaving) if item.stored and item.offset]
    _read(batch.connection, head, [i for i in written if redacts or i.offset in apart])
    erase(batch.connection, head, [i for i in written if i.offset in apart], batch.terms)
    left = [item for item in written if item.offset > head.swept]
    _redact(batch.connection, head, [i for i in left if redacts and i.name == NOTIFICATION])
    _strip(batch.connection, head, [item for item in left if item.states is not None])
    for item in items:
        if redacts and item.name == NOTIFICATION:
            item.redact()
        item.leave()


def erase(connection: Connection, head: Head, items: Sequence[Item], terms: Terms) -> None:
    """Delete the rows of these, whose content was read and which neither log nor inbox has."""
    if not items:
        return
    forget_at = terms.now + terms.keeps.remember
    for item in items:
        item.redact()
    offsets = [item.offset for item in items]
    connection.execute(_deleting(connection.dialect.name), _at(head, offsets))
    rows = [(item.digest, forget_at, item.id, item.channel) for item in items]
    bulk(connection).update(connection, ids, "digest forget_at", "id channel", rows)
    head.due = min(head.due, forget_at)


def _discount(batch: Batch, head: Head, item: Item) -> None:
    states = item.states or 0
    head.size -= 1
    head.pending -= PENDING[states]
    head.unseen -= UNSEEN[states]
    batch.states.pop((item.channel, item.offset), None)


def _read(connection: Connection, head: Head, items: Iterable[Item]) -> None:
    """Read the content of those whose content is there and was not read."""
    unread = {item.offset: item for item in items if not item.name and item.digest is None}
    if unread:
        reading = _reading(connection.dialect.name)
        for offset, name, data in connection.execute(reading, _at(head, unread)):
            unread[offset].name, unread[offset].data = name, data


def _redact(connection: Connection, head: Head, items: Sequence[Item]) -> None:
    """Take away the content of these, which stay in the log."""
    if not items:
        return
    for item in items:
        item.redact()
    offsets = [item.offset for item in items]
    connection.execute(_redacting(connection.dialect.name), _at(head, offsets))
    rows = [(item.digest, item.id, item.channel) for item in items]
    bulk(connection).update(connection, ids, "digest", "id channel", rows)


def _strip(connection: Connection, head: Head, items: Sequence[Item]) -> None:
    """Leave of these what the log has."""
    if items:
        offsets = [item.offset for item in items]
        connection.execute(_stripping(connection.dialect.name), _at(head, offsets))


def _at(head: Head, offsets: Iterable[int]) -> dict[str, Any]:
    return {"of": head.id, "offsets": pack((offset,) for offset in offsets)}


def _placed(dialect: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    offsets = listed(dialect, "offsets", offset=BigInteger)
    return (
        entries.c.channel == bindparam("of"),
        entries.c.offset.in_(select(offsets.c.offset)),
    )


@cache
def _reading(dialect: str) -> Any:
    return select(entries.c.offset, entries.c.name, entries.c.data).where(*_placed(dialect))


@cache
def _deleting(dialect: str) -> Any:
    return delete(entries).where(*_placed(dialect))


@cache
def _redacting(dialect: str) -> Any:
    return (
        update(entries)
        .where(*_placed(dialect))
        .values(name=REDACTED, data=b"{}", origin=None, states=None, category=None, expires=None)
    )


@cache
def _stripping(dialect: str) -> Any:
    gone = {"states": None, "category": None, "expires": None}
    return update(entries).where(*_placed(dialect)).values(gone)
