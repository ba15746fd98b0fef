"""A new epoch for every log, because the database is not what it was."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, text, update

from tidings_sql.schema import new_epoch
from tidings_sql.tables import heads, meta, owed


class Renewed(NamedTuple):
    """The epoch that all logs are in now, and how many there are."""

    epoch: str
    channels: int


def renew(connection: Connection) -> Renewed:
    """Begin a new epoch in every channel, also of those that are yet to come.

    What was pushed since the backup is gone from it, and its positions will be given again: to
    other events. By the new epoch, whoever read the old ones is told to read anew.
    """
    if connection.dialect.name == "postgresql":  # all writers; reading goes on
        connection.execute(text(f"LOCK TABLE {heads.name} IN EXCLUSIVE MODE"))
    epoch = new_epoch()
    connection.execute(update(meta).where(meta.c.name == "epoch").values(value=epoch))
    connection.execute(update(owed).values(epoch=epoch))
    channels = connection.execute(update(heads).values(epoch=epoch)).rowcount
    return Renewed(epoch, channels)
