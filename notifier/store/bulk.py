"""Many rows in one statement at the driver's own speed, for imports. Knows no table.

SQLAlchemy works out each row's parameters anew, which costs ten times what the database does with them; here the
statement is compiled once and rows become tuples.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_many(
    db: AsyncConnection,
    table: Table,
    statement: Any,
    rows: Sequence[Mapping[str, Any]],
    constant: Mapping[str, Any] | None = None,
) -> None:
    """Execute an insert (with its ON CONFLICT) for each row; `constant` holds the columns that are alike in all.

    All rows have the same keys. Column defaults made in Python are not filled in; those of the database are.
    """
    if not rows:
        return
    constant = constant or {}
    dialect = db.dialect
    compiled = statement.compile(dialect=dialect, column_keys=[*rows[0], *constant])
    names: Sequence[str] = compiled.positiontup
    process = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    columns: list[Sequence[Any]] = []
    for name, made in zip(names, process, strict=True):
        if name in constant:
            value = made(constant[name]) if made is not None else constant[name]
            columns.append([value] * len(rows))
        else:
            values = list(map(itemgetter(name), rows))
            columns.append(list(map(made, values)) if made is not None else values)
    await db.exec_driver_sql(str(compiled), list(zip(*columns, strict=True)))
