"""Rows that a statement is given as parameters, however many: its text stays the same, so it is compiled once.

SQLite takes them as one JSON text, PostgreSQL as an array for each column.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, FromClause, String, any_, bindparam, column, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine


def given(engine: str, **columns: TypeEngine[Any]) -> FromClause:
    """SQL: a table of the rows given, with these columns; `giving` makes its parameters."""
    if engine == "sqlite":
        each = func.json_each(bindparam("given", type_=String)).table_valued("value", name="each")
        fields = (func.json_extract(each.c.value, f"$[{n}]").label(name) for n, name in enumerate(columns))
        return select(*fields).subquery("given")
    arrays = (bindparam(f"given_{name}", type_=ARRAY(kind)) for name, kind in columns.items())
    kinds = (column(name, kind) for name, kind in columns.items())
    return func.unnest(*arrays).table_valued(*kinds, name="given").render_derived()


def giving(db: AsyncConnection, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """The parameters of `given`: numbers and text only."""
    if db.dialect.name == "sqlite":
        return {"given": json.dumps(rows)}
    return {f"given_{name}": list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def among(engine: str, ids: ColumnElement[int]) -> ColumnElement[bool]:
    """SQL: a column's value is one of the ids given; `listed` makes the parameter."""
    if engine == "sqlite":
        return ids.in_(select(func.json_each(bindparam("given", type_=String)).table_valued("value").c.value))
    return ids == any_(bindparam("given", type_=ARRAY(BigInteger)))


def listed(db: AsyncConnection, ids: Collection[int]) -> dict[str, Any]:
    """The parameter of `among`."""
    return {"given": json.dumps(list(ids)) if db.dialect.name == "sqlite" else list(ids)}
