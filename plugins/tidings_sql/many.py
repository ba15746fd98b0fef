"""Many values as one parameter, so that a statement is the same for one and for thousands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.types import TypeEngine

Type = TypeEngine[Any] | type[TypeEngine[Any]]


def listed(dialect: str, parameter: str, **columns: Type) -> Subquery:
    """Return a table of what `pack` made of rows with these columns, given as this parameter."""
    given = bindparam(parameter, type_=Text)
    taken: list[ColumnElement[Any]]
    if dialect == "sqlite":
        rows = func.json_each(given).table_valued("value")
        taken = [
            func.json_extract(rows.c.value, literal_column(f"'$[{index}]'"))
            for index in range(len(columns))
        ]
        return _named(taken, columns).subquery()
    rows = func.json_array_elements(cast(given, JSON)).table_valued("value")
    taken = [rows.c.value.op("->>")(literal_column(str(index))) for index in range(len(columns))]
    # The limit lets the planner know how few they are: it reads them by index, not whole tables.
    return _named(taken, columns).limit(func.json_array_length(cast(given, JSON))).subquery()


def pack(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as the parameter of a `listed` table."""
    return json.dumps(list(rows))


def _named(taken: list[ColumnElement[Any]], columns: Mapping[str, Type]) -> Select[Any]:
    named = zip(taken, columns.items(), strict=True)
    return select(*(cast(value, type_).label(name) for value, (name, type_) in named))


def fetched(
    connection: Connection, asking: Callable[[str], Select[Any]], **given: Any
) -> list[Any]:
    """Return the rows that a statement yields, by the shortest way.

    Args:
        connection: where to ask.
        asking: makes the statement for a dialect; asked once for each.
        given: its parameters.
    """
    text, names, constants = _text(asking, connection.dialect.name)
    values = {**constants, **given} if constants else given
    cursor: Any = connection.connection.cursor()
    cursor.execute(text, values if names is None else [values[name] for name in names])
    rows: list[Any] = cursor.fetchall()
    return rows


@cache
def _text(
    asking: Callable[[str], Select[Any]], dialect: str
) -> tuple[str, Sequence[str] | None, Mapping[str, Any]]:
    """Return a statement as the driver takes it; where its parameters have an order, that too.

    The last are the parameters that are the statement's own.
    """
    made = {"sqlite": sqlite.dialect, "postgresql": psycopg.dialect}[dialect]()
    compiled = asking(dialect).compile(dialect=made)
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return str(compiled), compiled.positiontup, constants


def inserted(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that can pass over, or alter, rows that are there already."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
