"""The database has the tables that the program knows, whichever program made them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from shutil import copytree

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

import tidings_sql
from sql.databases import Fresh
from sql.revisions import stamp, writing
from tidings import Notification, StoreError, Tidings
from tidings_sql import SqlStore, migrating, schema
from tidings_sql.tables import metadata

WHAT_THERE_IS = {
    "sqlite": """
        SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%revision%' ORDER BY 1, 2
        """,
    "postgresql": """
        SELECT 'index', indexname, replace(indexdef, current_schema(), '') FROM pg_indexes
            WHERE schemaname = current_schema() AND tablename <> 'tidings_revision'
        UNION ALL
        SELECT 'column', table_name || '.' || column_name, concat_ws(' ', ordinal_position,
            data_type, is_nullable, replace(column_default, current_schema(), ''))
            FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name <> 'tidings_revision'
        UNION ALL
        SELECT 'comment', relname, obj_description(oid) FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
            AND relname <> 'tidings_revision'
        ORDER BY 1, 2
        """,
}

NEXT = """
from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"

def upgrade():
    op.add_column("tidings_meta", sa.Column("note", sa.Text))
"""


def described(connection: Connection) -> list[tuple[str, ...]]:
    rows = connection.execute(text(WHAT_THERE_IS[connection.dialect.name]))
    return [tuple(" ".join(str(value).split()) for value in row) for row in rows]


def is_told_apart(_thing: object, name: str, *_rest: object) -> bool:
    """Leave out what Alembic takes for one, though it is another index on each database."""
    return name != "tidings_entries_place"


@pytest.fixture
def next_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program as it may be one day: there is a second revision."""
    scripts = tmp_path / "migrations"
    copytree(Path(tidings_sql.__path__[0]) / "migrations", scripts)
    (scripts / "versions" / "revision_0002.py").write_text(NEXT)
    monkeypatch.setattr(migrating, "SCRIPTS", str(scripts))
    monkeypatch.setattr(schema, "REVISION", "0002")


def test_upgrading_from_nothing_makes_the_tables_that_the_program_knows(url: str) -> None:
    with writing(url) as connection:
        schema.upgrade(connection)
        options = {"version_table": schema.REVISION_TABLE, "include_object": is_told_apart}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert schema.revision(connection) == schema.REVISION


def test_they_are_the_same_to_the_letter(fresh: Fresh) -> None:
    with fresh() as url, writing(url) as connection:
        schema.upgrade(connection)
        upgraded = described(connection)
    with fresh() as url, writing(url) as connection:
        metadata.create_all(connection)
        made = described(connection)
    assert upgraded == made


async def test_at_first_use_an_empty_database_just_works(url: str) -> None:
    async with Tidings(SqlStore(url)) as tidings:
        receipt = await tidings.push("ann", Notification(heading="Build passed"))
    assert receipt.positions["ann"].offset == 1


async def test_a_database_newer_than_the_program_is_refused(url: str) -> None:
    stamp(url, "9999")

    with pytest.raises(StoreError, match=r"newer Tidings .* revision 9999.*: upgrade the program"):
        async with Tidings(SqlStore(url)):
            pass
    with pytest.raises(StoreError, match="upgrade the program"):
        await SqlStore(url).upgrade()


async def test_older_tables_are_upgraded_at_start_on_sqlite_and_when_told_on_a_server(
    url: str, request: pytest.FixtureRequest
) -> None:
    async with Tidings(SqlStore(url)) as tidings:
        await tidings.push("ann", Notification(heading="Build passed"))
    request.getfixturevalue("next_program")

    if url.startswith("postgresql"):
        with pytest.raises(StoreError, match=r"revision 0001, .* needs 0002: run `tidings db upgr"):
            async with Tidings(SqlStore(url)):
                pass
        await SqlStore(url).upgrade()

    async with Tidings(SqlStore(url)) as tidings:
        assert (await tidings.inbox("ann").counts()).pending == 1
    with writing(url) as connection:
        assert schema.revision(connection) == "0002"
        assert connection.scalar(text("SELECT count(*) - count(note) FROM tidings_meta")) == 1


def test_a_revision_that_fails_changes_nothing(
    url: str, next_program: None, tmp_path: Path
) -> None:
    failing = NEXT + "    op.execute('SELECT nonsense')\n"
    (tmp_path / "migrations/versions/revision_0002.py").write_text(failing)

    with pytest.raises(Exception, match="nonsense"), writing(url) as connection:
        schema.upgrade(connection)
    with writing(url) as connection:
        assert described(connection) == []
        assert schema.revision(connection) is None


async def test_of_processes_that_start_at_once_one_makes_the_tables(url: str) -> None:
    async def push() -> None:
        async with Tidings(SqlStore(url)) as tidings:
            await tidings.push("ann", Notification(heading="Build passed"))

    await asyncio.gather(push(), push(), push())

    async with Tidings(SqlStore(url)) as tidings:
        assert (await tidings.inbox("ann").counts()).pending == 3
