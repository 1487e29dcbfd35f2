"""SQLite's statements in one step each: run, fetch and close together in the connection's thread.

The library's own cursor goes there and back four times for a statement, which costs more than most statements do. Knows
how SQLAlchemy adapts aiosqlite (2.1) and nothing of any table.
"""

import collections
import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_cursor
from sqlalchemy.util import await_only, immutabledict


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """A cursor that holds what its statement brought; the real one is closed by then."""

    __slots__ = ("_told",)
    _awaitable_cursor_close = False

    def __init__(self, adapted: Any) -> None:
        self._adapt_connection = adapted
        self._connection = adapted._connection
        self._rows = collections.deque()
        self._soft_closed_memoized = immutabledict()
        self._told: tuple[Any, ...] = (None, -1, None)

    @property
    def description(self) -> Any:
        return self._told[0]

    @property
    def rowcount(self) -> int:
        return int(self._told[1])

    @property
    def lastrowid(self) -> Any:
        return self._told[2]

    def close(self) -> None:
        self._rows.clear()

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        self._run(operation, parameters if parameters is not None else (), many=False)

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        self._run(operation, seq_of_parameters, many=True)

    def _run(self, operation: str, parameters: Any, *, many: bool) -> None:
        try:
            self._told, rows = await_only(run_in_thread(self._adapt_connection, operation, parameters, many=many))
        except Exception as error:
            self._adapt_connection._handle_exception(error)
        self._rows = collections.deque(rows)


async def run_in_thread(adapted: Any, operation: str, parameters: Any, *, many: bool) -> tuple[tuple[Any, ...], Any]:
    """((description, rowcount, lastrowid), rows) of one statement on SQLAlchemy's connection."""
    connection: Any = adapted._connection

    def step() -> tuple[tuple[Any, int, Any], list[Any]]:
        cursor: sqlite3.Cursor = connection._conn.cursor()
        try:
            (cursor.executemany if many else cursor.execute)(operation, parameters)
            rows = cursor.fetchall() if cursor.description else []
            return (cursor.description, cursor.rowcount, cursor.lastrowid), rows
        finally:
            cursor.close()

    async with adapted._execute_mutex:
        told: tuple[tuple[Any, ...], Any] = await connection._execute(step)
        return told


async def run_all_in_thread(adapted: Any, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Any]]:
    """The rows of several statements, one after the other and in one way there and back."""
    connection: Any = adapted._connection

    def step() -> list[list[Any]]:
        cursor: sqlite3.Cursor = connection._conn.cursor()
        try:
            return [cursor.execute(operation, parameters).fetchall() for operation, parameters in asked]
        finally:
            cursor.close()

    async with adapted._execute_mutex:
        told: list[list[Any]] = await connection._execute(step)
        return told


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor  # type: ignore[assignment] # the library means a kind of its own, and tests none

    def rollback(self) -> None:
        if self._connection._connection and self._connection.in_transaction:  # else nothing was begun: no way to go
            super().rollback()


def short_way(dialect: Any, _record: Any, arguments: Any, named: Any) -> Any:
    """SQLAlchemy's "do_connect": the usual connection, with cursors that take the short way."""
    usual = dialect.connect(*arguments, **named)
    return _Connection(usual.dbapi, usual._connection)
