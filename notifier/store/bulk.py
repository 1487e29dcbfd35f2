"""Many rows in one statement at the driver's own speed. Knows no table.

SQLAlchemy works out each row's parameters anew, which costs ten times what the database does with them; here the
statement is compiled once and rows become tuples.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

Made = Callable[[Any], Any] | None  # how a value becomes the driver's


async def many(
    db: AsyncConnection,
    statement: Any,
    rows: Sequence[Mapping[str, Any]],
    constant: Mapping[str, Any] | None = None,
) -> None:
    """Execute an insert (with its ON CONFLICT) or an update for each row; `constant` holds what is alike in all.

    All rows have the same keys: columns, or the statement's own bind parameters. A statement that is kept is compiled
    once. Column defaults made in Python are not filled in; those of the database are.
    """
    if not rows:
        return
    constant = constant or {}
    text, wanted = _compiled(statement, db.dialect, (*rows[0], *constant))
    columns: list[Sequence[Any]] = []
    for name, made in wanted:
        if name in constant:
            value = made(constant[name]) if made is not None else constant[name]
            columns.append([value] * len(rows))
        else:
            values = list(map(itemgetter(name), rows))
            columns.append(list(map(made, values)) if made is not None else values)
    await db.exec_driver_sql(text, list(zip(*columns, strict=True)))


@lru_cache(256)
def _compiled(statement: Any, dialect: Dialect, keys: tuple[str, ...]) -> tuple[str, Sequence[tuple[str, Made]]]:
    compiled = statement.compile(dialect=dialect, column_keys=list(keys))
    names: Sequence[str] = compiled.positiontup
    return str(compiled), [
        (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names
    ]
