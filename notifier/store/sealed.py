"""Sealed values, wherever they lie: which column holds them, for which place they are sealed, and by which key.

Each begins with the number of its key, so that those of an old one are found without opening any.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, bindparam, func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import metadata


@dataclass(frozen=True, slots=True)
class Lies:
    """One column of sealed values."""

    table: str
    column: str
    sealed_for: str = ""  # where that is another column than this one

    @property
    def name(self) -> str:
        """Where its values lie."""
        return f"{self.table}.{self.column}"

    @property
    def place(self) -> str:
        """What its values are sealed for."""
        return self.sealed_for or self.name


PLACES: tuple[Lies, ...] = (
    Lies("accounts", "totp_secret"),
    Lies("webhooks", "secret"),
    Lies("webhooks", "former", "webhooks.secret"),
    Lies("api_requests", "answer"),
    Lies("people", "nik"),
    Lies("people", "kk"),
    Lies("conflicts", "sealed"),
    Lies("deliveries", "sealed"),
    Lies("arrivals", "body"),
    Lies("arrivals", "headers"),
    Lies("heard", "sender"),
    Lies("reporters", "sealed"),
    Lies("talks", "facts"),
    Lies("applications", "sealed"),
)
SPAN = 20_000  # rows walked by one statement
Key = tuple[Any, ...]  # of a row: the values of its primary key


def _of(lies: Lies) -> tuple[Table, Column[Any], list[Column[Any]]]:
    table = metadata.tables[lies.table]
    return table, table.c[lies.column], list(table.primary_key.columns)


def _after(keys: Sequence[Column[Any]], after: Key | None) -> list[Any]:
    return [] if after is None else [_row(keys) > _row(keys, after)]


async def look(
    db: AsyncConnection, lies: Lies, head: bytes, after: Key | None, limit: int
) -> tuple[list[tuple[Key, bytes]], Key | None]:
    """Up to `limit` values that do not begin with `head`, of the next rows; and the key to go on after, None at the
    end. However few there are, no more than SPAN rows are walked at a time. Emptied values are none.
    """
    _, column, keys = _of(lies)
    ahead = select(*keys).where(*_after(keys, after)).order_by(*keys)
    last = (await db.execute(ahead.offset(SPAN - 1).limit(1))).first()
    old = func.substr(column, 1, len(head)) != literal(head, LargeBinary)
    wanted = select(*keys, column).where(*_after(keys, after), column.is_not(None), func.length(column) > 0, old)
    if last is not None:
        wanted = wanted.where(_row(keys) <= _row(keys, tuple(last)))
    found = [(tuple(row[:-1]), bytes(row[-1])) for row in await db.execute(wanted.order_by(*keys).limit(limit))]
    if len(found) == limit:
        return found, found[-1][0]
    return found, tuple(last) if last is not None else None


def _row(keys: Sequence[Column[Any]], values: Key | None = None) -> Any:
    parts = [*keys] if values is None else [literal(v, key.type) for v, key in zip(values, keys, strict=True)]
    return parts[0] if len(parts) == 1 else tuple_(*parts)


async def put(db: AsyncConnection, lies: Lies, values: Sequence[tuple[Key, bytes, bytes]]) -> None:
    """Write values anew: (key of the row, what it was, what it becomes) each. One that changed meanwhile stays."""
    if not values:
        return
    table, column, keys = _of(lies)
    same = [key == bindparam(f"key{place}") for place, key in enumerate(keys)]
    statement = update(table).where(*same, column == bindparam("was")).values({column: bindparam("becomes")})
    await db.execute(
        statement,
        [
            {"was": was, "becomes": becomes} | {f"key{place}": part for place, part in enumerate(key)}
            for key, was, becomes in values
        ],
    )
