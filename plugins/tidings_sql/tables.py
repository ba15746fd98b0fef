"""The tables, the same on SQLite and PostgreSQL.

An event is one row of `entries` for as long as its channel's log or its user's inbox holds it,
and one of `ids` until its id may be forgotten. Whoever writes what belongs to a channel has locked
the channel's row of `heads` first. Moments are seconds since 1970.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

Big = BigInteger().with_variant(Integer(), "sqlite")  # an INTEGER key is SQLite's own row id

metadata = MetaData()

meta = Table(
    "tidings_meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="What is true of the whole: the epoch of new logs.",
)

heads = Table(
    "tidings_heads",
    metadata,
    Column("id", Big, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("inbox", Boolean, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("head", Big, nullable=False),
    Column("first", Big, nullable=False),
    Column("swept", Big, nullable=False),
    Column("size", Big, nullable=False),
    Column("pending", Big, nullable=False),
    Column("unseen", Big, nullable=False),
    Column("due", Double),
    Index("tidings_heads_due", "due"),
    comment=(
        "Channels. first: the log's oldest offset; rows up to `swept` are deleted, or in the inbox "
        "alone. size, pending, unseen: of the inbox. due: nothing is to be taken away before."
    ),
)

entries = Table(
    "tidings_entries",
    metadata,
    Column("channel", Big, nullable=False),
    Column("offset", Big, nullable=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("pending", Big),
    Column("unseen", Big),
    Column("origin", Text),
    Column("at", Double, nullable=False),
    Column("states", SmallInteger),
    Column("created", Double),
    Column("category", Text),
    Column("expires", Double),
    comment="Events of logs and inboxes. states: bits; null where the event is in no inbox.",
)

# States stand in the index that pages are read by, so that a filter reads no other rows.
Index("tidings_entries_place", entries.c.channel, entries.c.offset, entries.c.states).ddl_if(
    dialect="sqlite"
)
Index(
    "tidings_entries_place",
    entries.c.channel,
    entries.c.offset,
    unique=True,
    postgresql_include=["states"],
).ddl_if(dialect="postgresql")

# What few events have costs the others nothing.
_has_category = entries.c.category.is_not(None)
Index(
    "tidings_entries_category",
    entries.c.channel,
    entries.c.category,
    entries.c.offset,
    sqlite_where=_has_category,
    postgresql_where=_has_category,
)
_expires = entries.c.expires.is_not(None)
Index(
    "tidings_entries_expires",
    entries.c.channel,
    entries.c.expires,
    sqlite_where=_expires,
    postgresql_where=_expires,
)

ids = Table(
    "tidings_ids",
    metadata,
    # By id first: a push to many users writes them side by side, and fresh ids sort by time.
    Column("id", Text, primary_key=True),
    Column("channel", Big, primary_key=True, autoincrement=False),
    Column("offset", Big, nullable=False),
    Column("digest", LargeBinary),
    Column("forget_at", Double),
    comment=(
        "Known ids. offset: 0 while the event is scheduled. digest: of content that is kept no "
        "more. forget_at: once the event is in neither log nor inbox."
    ),
    sqlite_with_rowid=False,
)
_leaving = ids.c.forget_at.is_not(None)
Index(
    "tidings_ids_leaving",
    ids.c.channel,
    ids.c.forget_at,
    sqlite_where=_leaving,
    postgresql_where=_leaving,
)

scheduled = Table(
    "tidings_scheduled",
    metadata,
    Column("seq", Big, primary_key=True),
    Column("channel", Big, nullable=False),
    Column("id", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("name", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("origin", Text),
    Index("tidings_scheduled_event", "channel", "id", unique=True),
    Index("tidings_scheduled_at", "at", "seq"),
    comment="Events to append later.",
)

staged = Table(
    "tidings_staged",
    metadata,
    Column("seq", Big, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("at", Double),
    Column("since", Double, nullable=False),
    comment="Events written in transactions of the application's own; at: not before then.",
)

owed = Table(
    "tidings_owed",
    metadata,
    Column("seq", Big, primary_key=True),
    Column("carrier", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("offset", Big, nullable=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("pending", Big),
    Column("unseen", Big),
    Column("origin", Text),
    Column("since", Double, nullable=False),
    Index("tidings_owed_carrier", "carrier", "seq"),
    Index("tidings_owed_event", "channel", "offset", "carrier"),
    comment="Events that carriers have not carried yet; whole, so that no trimming loses one.",
    sqlite_autoincrement=True,
)

revocations = Table(
    "tidings_revocations",
    metadata,
    Column("user", Text, primary_key=True),
    Column("not_before", Double, nullable=False),
    comment="From when on a user's tokens count.",
)
