"""INSERT with ON CONFLICT: both engines spell it alike, SQLAlchemy keeps it in two places."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def upsert(db: AsyncConnection, table: Table) -> Any:
    """An insert statement that has on_conflict_do_update and on_conflict_do_nothing."""
    return upsert_on(db.dialect.name, table)


def upsert_on(engine: str, table: Table) -> Any:
    """The same by the engine's name, for statements that are made once and kept."""
    return sqlite.insert(table) if engine == "sqlite" else postgresql.insert(table)
