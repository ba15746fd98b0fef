"""A channel's head: what is known of it as a whole, and the lock that its writers take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from math import inf
from operator import attrgetter
from sys import intern
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Select,
    Text,
    bindparam,
    literal,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite

from tidings.event import Counts, Position
from tidings.names import channel_user
from tidings_sql.bulk import bulk
from tidings_sql.many import fetched, inserted, listed, pack
from tidings_sql.tables import heads, meta
from tidings_sql.transaction import transaction


class Head:
    """One channel's row of `heads`, to be changed by whoever holds its lock.

    Attributes:
        id: what other tables call the channel by.
        name: its name.
        inbox: it is a user's, and has an inbox.
        epoch: which log it has.
        head: the newest offset ever given.
        first: the log's oldest offset; head + 1 where it is empty.
        swept: what is left of older entries up to this offset is in the inbox.
        size: how many notifications the inbox has.
        pending: how many of those are pending.
        unseen: how many of them are unseen.
        due: a moment before which nothing is to be taken away; infinity for never.
    """

    __slots__ = (
        "due",
        "epoch",
        "first",
        "head",
        "id",
        "inbox",
        "name",
        "pending",
        "size",
        "swept",
        "unseen",
    )

    def __init__(self, row: Sequence[Any]) -> None:
        self.id: int
        self.name: str
        self.inbox: bool
        self.epoch: str
        self.head: int
        self.first: int
        self.swept: int
        self.size: int
        self.pending: int
        self.unseen: int
        (
            self.id,
            self.name,
            self.inbox,
            self.epoch,
            self.head,
            self.first,
            self.swept,
            self.size,
            self.pending,
            self.unseen,
            due,
        ) = row
        self.due: float = inf if due is None else due

    def renew(self, epoch: str) -> None:
        """Begin a new log, and an empty inbox."""
        self.epoch = epoch
        self.head = self.swept = self.size = self.pending = self.unseen = 0
        self.first = 1
        self.due = inf

    @property
    def position(self) -> Position:
        """The newest position."""
        return Position(self.epoch, self.head)

    @property
    def counts(self) -> Counts:
        """What the badge shows."""
        return Counts(self.pending, self.unseen)


@contextmanager
def locked(connection: Connection, names: Iterable[str]) -> Iterator[Mapping[str, Head]]:
    """Run a transaction that holds the heads of these channels, by name.

    Every transaction takes the locks of all its channels at once and in one order, so none can
    wait for another that waits for it. Channels never heard of are made before, in a transaction
    of their own, for a row that is new cannot be locked in that order.
    """
    wanted = dict.fromkeys(names)
    with transaction(connection):
        found = lock(connection, wanted)
        if len(found) == len(wanted):
            yield found
            return
    with transaction(connection):
        make(connection, [name for name in wanted if name not in found])
    with transaction(connection):
        yield lock(connection, wanted)


def lock(connection: Connection, names: Iterable[str]) -> dict[str, Head]:
    """Lock the heads of those of these channels that there are; once in a transaction."""
    rows = fetched(connection, _locking, names=pack((name,) for name in names))
    return {row[1]: Head(row) for row in rows}


def make(connection: Connection, names: Iterable[str]) -> None:
    """Make the heads of channels, but for those that another has made."""
    rows = [(name, channel_user(name) is not None) for name in sorted(names)]
    connection.execute(_making(connection.dialect.name), {"names": pack(rows)})


def save(connection: Connection, changed: Iterable[Head]) -> None:
    """Write heads that were changed under their locks."""
    rows = []
    for one in changed:
        *values, due, id_ = _values(one)
        rows.append((*values, due if due < inf else None, id_))
    bulk(connection).update(connection, heads, _SAVED, "id", rows)


def head(connection: Connection, name: str) -> Head | None:
    """Read a channel's head, or None where the channel was never written to."""
    rows = fetched(connection, _reading, name=name)
    return Head(rows[0]) if rows else None


def first_epoch(connection: Connection) -> str:
    """Return the epoch of channels never written to."""
    ((epoch,),) = fetched(connection, _reading_epoch)
    return intern(epoch)


_EPOCH = select(meta.c.value).where(meta.c.name == "epoch")
_MADE = ["name", "inbox", "epoch", "head", "first", "swept", "size", "pending", "unseen"]
_BEGIN = (literal(0), literal(1), *[literal(0)] * 4)
_SAVED = "epoch head first swept size pending unseen due"
_values = attrgetter("epoch", "head", "first", "swept", "size", "pending", "unseen", "due", "id")


def _reading(_dialect: str) -> Select[Any]:
    return select(heads).where(heads.c.name == bindparam("name"))


def _reading_epoch(_dialect: str) -> Select[Any]:
    return _EPOCH


@cache
def _locking(dialect: str) -> Select[Any]:
    names = listed(dialect, "names", name=Text)
    return (
        select(heads)
        .where(heads.c.name.in_(select(names.c.name)))
        .order_by(heads.c.id)
        .with_for_update()
    )


@cache
def _making(dialect: str) -> sqlite.Insert | postgresql.Insert:
    names = listed(dialect, "names", name=Text, inbox=Boolean)
    begin = select(names.c.name, names.c.inbox, _EPOCH.scalar_subquery(), *_BEGIN)
    return (
        inserted(dialect, heads)
        .from_select(_MADE, begin.where(true()).order_by(names.c.name))
        .on_conflict_do_nothing()
    )
