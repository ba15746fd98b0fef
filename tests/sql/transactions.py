"""Transactions of an application's own, by every kind of connection it may have."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from typing import Any, NamedTuple

import aiosqlite
import psycopg
from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_scoped_session, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from tidings_sql.engines import parsed


class Transaction(NamedTuple):
    """What is given to `push`, and how what it wrote ends."""

    connection: Any
    commit: Callable[[], Awaitable[object]]
    rollback: Callable[[], Awaitable[object]]


Way = Callable[[str], AbstractAsyncContextManager[Transaction]]


def path(url: str) -> str:
    """Return the file of a SQLite URL."""
    return url.removeprefix("sqlite:///")


def awaited(function: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    """Return a plain function as one to await."""

    async def call() -> object:
        return function()

    return call


@contextmanager
def own_engine(url: str) -> Iterator[Engine]:
    """Make an engine such as the application has."""
    engine = create_engine(parsed(url))
    try:
        yield engine
    finally:
        engine.dispose()


@asynccontextmanager
async def by_connection(url: str) -> AsyncIterator[Transaction]:
    with own_engine(url) as engine, engine.connect() as connection:
        yield Transaction(connection, awaited(connection.commit), awaited(connection.rollback))


@asynccontextmanager
async def by_session(url: str) -> AsyncIterator[Transaction]:
    with own_engine(url) as engine, Session(engine) as session:
        yield Transaction(session, awaited(session.commit), awaited(session.rollback))


@asynccontextmanager
async def by_scoped_session(url: str) -> AsyncIterator[Transaction]:
    with own_engine(url) as engine:
        session = scoped_session(sessionmaker(engine))
        yield Transaction(session, awaited(session.commit), awaited(session.rollback))
        session.remove()


@asynccontextmanager
async def by_async_connection(url: str) -> AsyncIterator[Transaction]:
    engine = create_async_engine(_async_url(url))
    async with engine.connect() as connection:
        yield Transaction(connection, connection.commit, connection.rollback)
    await engine.dispose()


@asynccontextmanager
async def by_async_session(url: str) -> AsyncIterator[Transaction]:
    engine = create_async_engine(_async_url(url))
    async with AsyncSession(engine) as session:
        yield Transaction(session, session.commit, session.rollback)
    await engine.dispose()


@asynccontextmanager
async def by_async_scoped_session(url: str) -> AsyncIterator[Transaction]:
    engine = create_async_engine(_async_url(url))
    made = sessionmaker(engine, class_=AsyncSession)  # type: ignore[call-overload]
    session = async_scoped_session(made, scopefunc=lambda: None)
    yield Transaction(session, session.commit, session.rollback)
    await session.remove()
    await engine.dispose()


@asynccontextmanager
async def by_cursor(url: str) -> AsyncIterator[Transaction]:
    with closing(driver(url)) as connection:
        cursor = connection.cursor()
        yield Transaction(cursor, awaited(connection.commit), awaited(connection.rollback))


@asynccontextmanager
async def by_driver(url: str) -> AsyncIterator[Transaction]:
    with closing(driver(url)) as connection:
        yield Transaction(connection, awaited(connection.commit), awaited(connection.rollback))


@asynccontextmanager
async def by_async_cursor(url: str) -> AsyncIterator[Transaction]:
    connection: Any = (
        await aiosqlite.connect(path(url))
        if url.startswith("sqlite")
        else await psycopg.AsyncConnection.connect(url)
    )
    cursor = await connection.cursor() if url.startswith("sqlite") else connection.cursor()
    yield Transaction(cursor, connection.commit, connection.rollback)
    await connection.close()


SQLALCHEMY: dict[str, Way] = {
    "connection": by_connection,
    "session": by_session,
    "scoped session": by_scoped_session,
    "async connection": by_async_connection,
    "async session": by_async_session,
    "async scoped session": by_async_scoped_session,
}
WAYS: dict[str, Way] = {
    **SQLALCHEMY,
    "driver": by_driver,
    "cursor": by_cursor,
    "async cursor": by_async_cursor,
}


def driver(url: str) -> Any:
    """Connect as one does without SQLAlchemy."""
    return sqlite3.connect(path(url)) if url.startswith("sqlite") else psycopg.connect(url)


def _async_url(url: str) -> Any:
    found = parsed(url)
    return found.set(drivername="sqlite+aiosqlite") if url.startswith("sqlite") else found
