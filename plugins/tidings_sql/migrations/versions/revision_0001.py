"""The first tables."""

from __future__ import annotations

from secrets import token_urlsafe

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables, and the epoch of new logs."""
    _whole()
    _channels()
    _events()
    _ids()
    _later()
    _carried()
    _users()


def _whole() -> None:
    meta = op.create_table(
        "tidings_meta",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        comment="What is true of the whole: the epoch of new logs.",
    )
    op.bulk_insert(meta, [{"name": "epoch", "value": token_urlsafe(6)}])


def _channels() -> None:
    op.create_table(
        "tidings_heads",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("inbox", sa.Boolean, nullable=False),
        sa.Column("epoch", sa.Text, nullable=False),
        sa.Column("head", _BIG, nullable=False),
        sa.Column("first", _BIG, nullable=False),
        sa.Column("swept", _BIG, nullable=False),
        sa.Column("size", _BIG, nullable=False),
        sa.Column("pending", _BIG, nullable=False),
        sa.Column("unseen", _BIG, nullable=False),
        sa.Column("due", sa.Double),
        comment=(
            "Channels. first: the log's oldest offset; rows up to `swept` are deleted, or in the "
            "inbox alone. size, pending, unseen: of the inbox. due: nothing is to be taken away "
            "before."
        ),
    )
    op.create_index("tidings_heads_due", "tidings_heads", ["due"])


def _events() -> None:
    op.create_table(
        "tidings_entries",
        sa.Column("channel", _BIG, nullable=False),
        sa.Column("offset", _BIG, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("pending", _BIG),
        sa.Column("unseen", _BIG),
        sa.Column("origin", sa.Text),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("states", sa.SmallInteger),
        sa.Column("created", sa.Double),
        sa.Column("category", sa.Text),
        sa.Column("expires", sa.Double),
        comment="Events of logs and inboxes. states: bits; null where the event is in no inbox.",
    )
    place = ["channel", "offset"]
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("tidings_entries_place", "tidings_entries", [*place, "states"])
    else:
        op.create_index(
            "tidings_entries_place",
            "tidings_entries",
            place,
            unique=True,
            postgresql_include=["states"],
        )
    _index_where("tidings_entries", "category", ["channel", "category", "offset"], "category")
    _index_where("tidings_entries", "expires", ["channel", "expires"], "expires")


def _ids() -> None:
    op.create_table(
        "tidings_ids",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("channel", _BIG, primary_key=True, autoincrement=False),
        sa.Column("offset", _BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary),
        sa.Column("forget_at", sa.Double),
        comment=(
            "Known ids. offset: 0 while the event is scheduled. digest: of content that is kept "
            "no more. forget_at: once the event is in neither log nor inbox."
        ),
        sqlite_with_rowid=False,
    )
    _index_where("tidings_ids", "leaving", ["channel", "forget_at"], "forget_at")


def _later() -> None:
    op.create_table(
        "tidings_scheduled",
        sa.Column("seq", _BIG, primary_key=True),
        sa.Column("channel", _BIG, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("origin", sa.Text),
        comment="Events to append later.",
    )
    op.create_index("tidings_scheduled_event", "tidings_scheduled", ["channel", "id"], unique=True)
    op.create_index("tidings_scheduled_at", "tidings_scheduled", ["at", "seq"])
    op.create_table(
        "tidings_staged",
        sa.Column("seq", _BIG, primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.Double),
        sa.Column("since", sa.Double, nullable=False),
        comment="Events written in transactions of the application's own; at: not before then.",
    )


def _carried() -> None:
    op.create_table(
        "tidings_owed",
        sa.Column("seq", _BIG, primary_key=True),
        sa.Column("carrier", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("epoch", sa.Text, nullable=False),
        sa.Column("offset", _BIG, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("pending", _BIG),
        sa.Column("unseen", _BIG),
        sa.Column("origin", sa.Text),
        sa.Column("since", sa.Double, nullable=False),
        comment="Events that carriers have not carried yet; whole, so that no trimming loses one.",
        sqlite_autoincrement=True,
    )
    op.create_index("tidings_owed_carrier", "tidings_owed", ["carrier", "seq"])
    op.create_index("tidings_owed_event", "tidings_owed", ["channel", "offset", "carrier"])


def _users() -> None:
    op.create_table(
        "tidings_revocations",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("not_before", sa.Double, nullable=False),
        comment="From when on a user's tokens count.",
    )


def _index_where(table: str, name: str, columns: list[str], there: str) -> None:
    """Index the rows in which a column has a value."""
    where = sa.text(f"{there} IS NOT NULL")
    op.create_index(f"{table}_{name}", table, columns, sqlite_where=where, postgresql_where=where)
