"""A store in a database of one's own: SQLite, which every Python has, or PostgreSQL.

What `SqlStore` answered for is on disk, and every process that has the same database works on the
same logs and inboxes.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidings_sql.store import SqlStore

__all__ = ["SqlStore"]


def __getattr__(name: str) -> Any:
    if name != "SqlStore":
        raise AttributeError(f"module 'tidings_sql' has no attribute {name!r}")
    if find_spec("alembic") is None:  # known now, and not once tables are to be made
        raise ModuleNotFoundError("No module named 'alembic'")
    from tidings_sql.store import SqlStore  # when used: SQLAlchemy takes its time

    return SqlStore
