"""Many values as one parameter, so that a statement is the same for one and for thousands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, Subquery, Table, Text, bindparam, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

Type = TypeEngine[Any] | type[TypeEngine[Any]]


def listed(dialect: str, parameter: str, **columns: Type) -> Subquery:
    """Return a table of what `pack` made of rows with these columns, given as this parameter."""
    if dialect == "sqlite":
        rows = func.json_each(bindparam(parameter, type_=Text)).table_valued("value")
        taken: list[ColumnElement[Any]] = [
            func.json_extract(rows.c.value, f"$[{index}]") for index in range(len(columns))
        ]
    else:
        text = cast(bindparam(parameter, type_=Text), JSON)
        rows = func.json_array_elements(text).table_valued("value")
        taken = [rows.c.value.op("->>")(index) for index in range(len(columns))]
    named = zip(taken, columns.items(), strict=True)
    return select(*(cast(value, type_).label(name) for value, (name, type_) in named)).subquery()


def inserted(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that can pass over, or alter, rows that are there already."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def pack(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as the parameter of a `listed` table."""
    return json.dumps(list(rows))
