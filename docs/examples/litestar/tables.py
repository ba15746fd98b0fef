"""What the application keeps, beside what Tidings does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from os import environ

from litestar import Litestar
from sqlalchemy import Column, Date, Integer, MetaData, String, Table
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

DATABASE = environ.get("DATABASE", "days-off.db")

engine = create_async_engine(f"sqlite+aiosqlite:///{DATABASE}")
metadata = MetaData()
requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user", String(100), nullable=False),
    Column("first", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Column("state", String(10), nullable=False, default="asked"),
)


@asynccontextmanager
async def tables(_: Litestar) -> AsyncIterator[None]:
    """Make the application's tables; let go of the database in the end."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield
    await engine.dispose()


async def transaction() -> AsyncIterator[AsyncConnection]:
    """Give a handler a transaction, which commits unless the handler fails."""
    async with engine.begin() as connection:
        yield connection
