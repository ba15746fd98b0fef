"""From when on users' tokens count."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from tidings_sql.many import fetched, inserted
from tidings_sql.tables import revocations
from tidings_sql.transaction import transaction


def revoke(connection: Connection, user: str, not_before: datetime) -> None:
    """Refuse this user's tokens that were issued before this moment."""
    moment = not_before.timestamp()
    row = inserted(connection.dialect.name, revocations).values(user=user, not_before=moment)
    newer = row.excluded.not_before > revocations.c.not_before
    with transaction(connection):
        connection.execute(
            row.on_conflict_do_update(
                index_elements=["user"],
                set_={"not_before": row.excluded.not_before},
                where=newer,
            )
        )


def not_before(connection: Connection, user: str) -> datetime | None:
    """Read that moment, or None where nothing was revoked."""
    rows = fetched(connection, _reading, user=user)
    return datetime.fromtimestamp(rows[0][0], UTC) if rows else None


def _reading(_dialect: str) -> Select[Any]:
    return select(revocations.c.not_before).where(revocations.c.user == bindparam("user"))
