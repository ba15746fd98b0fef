"""Appending to logs, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from tidings.event import Event, Stored
from tidings_sql.batch import Batch
from tidings_sql.head import locked, save
from tidings_sql.terms import Terms


def persist(
    connection: Connection, events: Sequence[Event], terms: Terms
) -> Sequence[Stored | Exception]:
    """Append these events to their channels' logs and carry out what they do to inboxes."""
    with locked(connection, (event.channel for event in events)) as heads:
        batch = Batch(connection, heads, terms)
        results = batch.persist(events)
        batch.flush()
        save(connection, heads.values())
    return results
