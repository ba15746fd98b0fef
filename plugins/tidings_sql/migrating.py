"""Alembic, told by the program rather than by an alembic.ini."""

from __future__ import annotations

import threading

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

SCRIPTS = "tidings_sql:migrations"

_ONE_AT_A_TIME = threading.Lock()  # what revisions are written with, `alembic.op`, is global


def migrate(connection: Connection) -> None:
    """Make the revisions that the database does not have, within the transaction it is in."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")
