"""Run by Alembic, on the connection that `tidings_sql.migrating` has handed it.

A new revision is a file beside the first one, numbered on, and `REVISION` in `tidings_sql.schema`.
Once released it is never changed, so it repeats what it makes rather than importing it.
"""

from __future__ import annotations

from alembic import context

from tidings_sql.schema import REVISION_TABLE
from tidings_sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=REVISION_TABLE,
)
context.run_migrations()
