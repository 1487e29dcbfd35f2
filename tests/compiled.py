"""Statements compiled once for all databases of a process, as a service does for its one: each test has engines of its
own, and compiling anew for each was a fifth of what a test with a database costs.
"""

from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.util import LRUCache

ENOUGH = 4000  # statements; each is kept for as many dialects as there are kinds


def share() -> None:
    """Let every engine keep its statements in one place. Dialects of a kind count as the same, for in a run they are:
    one library, one server, made in one way.
    """
    statements: LRUCache[Any, Any] = LRUCache(ENOUGH)
    for kind in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
        setattr(kind, "__eq__", _alike)  # noqa: B010 - a method of theirs
        setattr(kind, "__hash__", _by_kind)  # noqa: B010
    setattr(Engine, "_compiled_cache", property(lambda _engine: statements, lambda _engine, _own: None))  # noqa: B010


def _alike(one: Dialect, other: object) -> bool:
    return type(one) is type(other)


def _by_kind(one: Dialect) -> int:
    return hash(type(one))
