"""A store in a database of one's own: SQLite, which every Python has, or PostgreSQL.

What `SqlStore` answered for is on disk, and every process that has the same database works on the
same logs and inboxes.
"""

from tidings_sql.store import SqlStore

__all__ = ["SqlStore"]
