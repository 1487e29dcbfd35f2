"""Statements that run all day, straight from us to the driver: compiled once, rows as tuples, no objects in between.

SQLAlchemy writes them, knows their types and begins and ends the transaction; executing them through it costs three
times what the drivers need. Knows how SQLAlchemy (2.1) adapts asyncpg and aiosqlite, and no table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, NoReturn

from sqlalchemy import Connection, Dialect, Insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.short_way import run_all_in_thread, run_in_thread

Made = Callable[[Any], Any] | None  # how a value becomes the driver's, or the driver's ours
Rows = Sequence[Sequence[Any]]
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as one engine wants it."""

    text: str
    binds: tuple[tuple[str, Made], ...]  # in the driver's order
    own: Mapping[str, Any]  # values that are written in the statement
    columns: tuple[Made, ...]

    def given(self, values: Mapping[str, Any]) -> list[Any]:
        """The driver's parameters."""
        known = {**self.own, **values}
        return [known[name] if made is None else made(known[name]) for name, made in self.binds]

    def given_many(self, rows: Sequence[Mapping[str, Any]], alike: Mapping[str, Any]) -> list[Sequence[Any]]:
        """The same for many rows; what is alike in all of them is made once."""
        alike = {**self.own, **alike}
        columns: list[Sequence[Any]] = []
        for name, made in self.binds:
            if name in alike:
                columns.append([alike[name] if made is None else made(alike[name])] * len(rows))
            else:
                values = list(map(itemgetter(name), rows))
                columns.append(values if made is None else list(map(made, values)))
        return list(zip(*columns, strict=True))

    def read(self, rows: Rows) -> Rows:
        """The driver's rows in our values."""
        if not rows or not any(self.columns):
            return rows
        columns = zip(self.columns, zip(*rows, strict=True), strict=True)
        return list(zip(*(values if made is None else map(made, values) for made, values in columns), strict=True))


async def fetch(db: AsyncConnection, statement: Any, values: Mapping[str, Any] = NOTHING) -> Rows:
    """Execute a statement that is kept, and bring all its rows. `values`: its bind parameters, or an insert's columns.

    A list that is given anew each time belongs into `given.among`, not into `in_`: the text is spelled once.
    """
    compiled = _compiled(statement, db.dialect, tuple(values))
    return compiled.read(await _run(db, compiled.text, compiled.given(values), many=False))


async def together(db: AsyncConnection, *asked: tuple[Any, Mapping[str, Any]]) -> list[Rows]:
    """The same for several statements, each with its values; on SQLite all of them in one way to its thread."""
    if db.dialect.name != "sqlite":
        return [await fetch(db, statement, values) for statement, values in asked]
    kept = [(_compiled(statement, db.dialect, tuple(values)), values) for statement, values in asked]
    texts = [(compiled.text, compiled.given(values)) for compiled, values in kept]
    adapted = _adapted(db, *texts)
    try:
        found = await run_all_in_thread(adapted, texts)
    except Exception as error:
        await db.run_sync(_as_usual, error, "; ".join(text for text, _ in texts))
        raise
    return [compiled.read(rows) for (compiled, _), rows in zip(kept, found, strict=True)]


async def many(
    db: AsyncConnection, statement: Any, rows: Sequence[Mapping[str, Any]], alike: Mapping[str, Any] = NOTHING
) -> None:
    """Execute an insert (with its ON CONFLICT) or an update for each row; `alike` holds what is the same in all.

    All rows have the same keys: columns, or the statement's own bind parameters. Column defaults made in Python are
    not filled in; those of the database are.
    """
    if not rows:
        return
    compiled = _compiled(statement, db.dialect, (*rows[0], *alike))
    if len(rows) == 1:
        await _run(db, compiled.text, compiled.given({**rows[0], **alike}), many=False)
    else:
        await _run(db, compiled.text, compiled.given_many(rows, alike), many=True)


@lru_cache(256)
def _compiled(statement: Any, dialect: Dialect, keys: tuple[str, ...]) -> _Compiled:
    bare = isinstance(statement, Insert) and statement.select is None  # its columns are those that are given
    compiled = statement.compile(dialect=dialect, column_keys=list(keys) if bare else None)
    whole = compiled.construct_expanded_state({**compiled.params, **dict.fromkeys(keys)})
    made = {**compiled._bind_processors, **whole.processors}
    binds = tuple((name, made.get(name)) for name in whole.positiontup)
    own = {name: value for name, value in (compiled.params | whole.additional_parameters).items() if name not in keys}
    types = [entry.type.dialect_impl(dialect) for entry in compiled._result_columns or ()]
    return _Compiled(whole.statement, binds, own, tuple(kind.result_processor(dialect, None) for kind in types))


def _adapted(db: AsyncConnection, *asked: tuple[str, Sequence[Any]], many: bool = False) -> Any:
    """The driver's connection as SQLAlchemy adapts it, in a transaction. Whoever listens for statements hears of these
    too.
    """
    connection = db.sync_connection
    assert connection is not None
    if not connection.in_transaction():
        connection.begin()
    if connection._has_events or connection.engine._has_events:
        for listener in connection.dispatch.before_cursor_execute:
            for text, given in asked:
                listener(connection, None, text, given, None, many)
    return connection.connection.dbapi_connection


async def _run(db: AsyncConnection, text: str, given: Sequence[Any], *, many: bool) -> Rows:
    adapted = _adapted(db, (text, given), many=many)
    try:
        if db.dialect.name == "sqlite":
            told: Rows = (await run_in_thread(adapted, text, given, many=many))[1]
            return told
        async with adapted._execute_mutex:
            if adapted._transaction is None:
                await adapted._start_transaction()
            driver = adapted._connection
            if many:
                await driver.executemany(text, given)
                return ()
            rows: Rows = await driver.fetch(text, *given)
            return rows
    except Exception as error:
        await db.run_sync(_as_usual, error, text)
        raise


def _as_usual(connection: Connection, error: Exception, text: str) -> NoReturn:
    """Raise what SQLAlchemy would have raised: without values, and with a connection that was lost given up."""
    adapted: Any = connection.connection.dbapi_connection
    try:
        adapted._handle_exception(error)
    except Exception as translated:
        connection._handle_dbapi_exception(translated, text, None, None, None)
    raise error
