"""One database, two engines: opens connections, begins transactions, applies migrations.

Knows SQLite's and PostgreSQL's manners and nothing of any noun. `Database.write()` is the only way to change rows:
on SQLite it queues behind one lock in the process, because writers there are not served fairly.
"""

import asyncio
import math
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.engine import URL, Connection, ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from notifier.errors import Refused
from notifier.store.short_way import short_way

MIGRATIONS = Path(__file__).parent / "migrations"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}

KEPT = 2  # connections that are kept at hand for looks
IDLE = 1.0  # seconds after which a connection is asked whether it still stands
FULL = "database or disk is full"  # SQLite's words
_REVISION = re.compile(r'^(revision|down_revision) = "(\w+)"', re.MULTILINE)
QUOTED = re.compile(r"(?:(?<=query argument \$\d)|(?<=query argument \$\d\d)):.*|\nDETAIL:.*", re.DOTALL)


def database_url(text: str) -> URL:
    """The URL with its driver written out. Raises Refused for anything that is neither SQLite nor PostgreSQL."""
    try:
        url = make_url(text)
    except Exception:
        raise Refused(
            "database.url is no database URL; write sqlite:///path/file.db or postgresql://user:password@host/name"
        ) from None
    name = url.get_backend_name()
    if name not in DRIVERS:
        raise Refused(f'database.url names "{name}"; this service keeps its rows in sqlite:// or postgresql://')
    return url.set(drivername=DRIVERS[name])


def create_engine(url: URL, *, pool_size: int = 8) -> AsyncEngine:
    """An engine with the manners each database needs."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(
            url,
            connect_args={"isolation_level": None, "timeout": 30},
            hide_parameters=True,
            pool_reset_on_return=None,  # `Database` ends every transaction itself
        )
        event.listen(engine.sync_engine, "do_connect", short_way)
        event.listen(engine.sync_engine, "connect", _sqlite_manners)
        return engine
    url, arguments = _pooled(url)
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        pool_reset_on_return=None,  # `Database` ends every transaction itself
        connect_args=arguments,
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "handle_error", _quote_nothing)
    event.listen(engine.sync_engine, "checkin", _left)
    event.listen(engine.sync_engine, "checkout", _taken_up)
    return engine


def _left(_connection: Any, record: Any) -> None:
    record.info["left"] = time.monotonic()


def _taken_up(connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that lay idle whether it still stands, before anybody relies on it. One that worked a moment ago
    is not asked: on a busy service that would be three more trips for each transaction.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError
    if time.monotonic() - record.info.get("left", math.inf) > IDLE:
        try:
            connection.ping()
        except Exception as error:
            raise InvalidatePoolError from error


def _pooled(url: URL) -> tuple[URL, dict[str, Any]]:
    """`?pooler=1`: behind a transaction pooler a named statement would be prepared on one connection and looked for on
    another, so statements get no names and live no longer than their transaction.
    """
    query = dict(url.query)
    if query.pop("pooler", "") != "1":
        return url.set(query=query), {}
    nameless = {"statement_cache_size": 0, "prepared_statement_cache_size": 0, "prepared_statement_name_func": str}
    return url.set(query=query), nameless


def _quote_nothing(context: ExceptionContext) -> None:
    """Cut rows and values out of PostgreSQL's errors: what people wrote must not reach a log or a screen."""
    from asyncpg import PostgresError  # imported late: SQLite's users need not wait for it

    errors: list[BaseException] = [context.sqlalchemy_exception] if context.sqlalchemy_exception else []
    error: BaseException | None = context.original_exception
    while error is not None:
        errors.append(error)
        error = error.__cause__
    for error in errors:
        error.args = tuple(QUOTED.sub("", part) if isinstance(part, str) else part for part in error.args)
        if isinstance(error, PostgresError):
            error.detail = None  # its words are put together when it is shown


def _sqlite_manners(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # secure_delete: what was erased is overwritten, not only let go; Debian's builds do so anyway, others do not.
    manners = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "secure_delete=ON")
    for pragma in manners:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class NoRoom(Refused):
    """Nothing can be written, because the disk of the SQLite file is full; what was committed is safe."""


class Database:
    """The service's database. `read()` sees one snapshot; `write()` commits on leaving, or rolls back on an error."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = create_engine(self.url, pool_size=pool_size)
        self._alone = self.url.query.get("pooler") != "1"  # a pooler keeps no connection between statements
        self._writing = asyncio.Lock()
        self._kept: list[tuple[float, AsyncConnection]] = []  # since when nobody looks with it
        self._rests_until = 0.0  # of time.perf_counter(): when bulk writers may go on

    @asynccontextmanager
    async def read(self, *, snapshot: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; on SQLite a deferred transaction, so that all its reads agree. On PostgreSQL they
        agree where a `snapshot` is asked for; keep it short.
        """
        async with self.engine.connect() as db:
            if self.is_sqlite:
                await db.exec_driver_sql("BEGIN DEFERRED")
            elif snapshot:
                await db.execution_options(isolation_level="REPEATABLE READ")
            try:
                yield db
            finally:
                await db.rollback()

    @asynccontextmanager
    async def look(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reads that need not agree with each other: each sees its own instant, and none costs a
        transaction's beginning and end.
        """
        if not self.is_sqlite and not self._alone:
            async with self.read() as db:
                yield db
            return
        db = await self._looking()
        try:
            yield db
        except BaseException:
            await db.close()
            raise
        begun = db.sync_connection.get_transaction() if db.sync_connection else None
        if begun is not None:
            begun.rollback()  # of nothing: there is no way to the database in it
        if len(self._kept) < KEPT and not db.invalidated:
            self._kept.append((time.monotonic(), db))
        else:
            await db.close()

    async def _looking(self) -> AsyncConnection:
        """A connection that somebody has just looked with, or another: to take one up and to leave it costs more than
        most looks do.
        """
        while self._kept:
            left, db = self._kept.pop()
            if time.monotonic() - left <= IDLE:
                return db
            await db.close()  # the pool asks whether it still stands
        db = await self.engine.connect()
        return db if self.is_sqlite else await db.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection for looks that compare many rows: all its reads agree, on PostgreSQL too."""
        async with self.read() as db:
            if not self.is_sqlite:
                await db.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield db

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction. Keep it short: on SQLite every other writer of the process waits for it."""
        if not self.is_sqlite:
            async with self.engine.begin() as db:
                yield db
            return
        try:
            async with self._writing, self.engine.connect() as db:
                await db.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    yield db
                except BaseException:
                    await db.rollback()
                    raise
                await db.commit()
        except OperationalError as error:
            if FULL not in str(error.orig):
                raise
            place = self.url.database
            raise NoRoom(f"the disk that holds {place} is full: make room there, and the service goes on") from error

    @asynccontextmanager
    async def write_slice(self) -> AsyncIterator[AsyncConnection]:
        """A bulk writer's transaction. On SQLite the next one begins no sooner than it took after its end, so that
        webhooks are not held up; what a bulk writer reads and reckons meanwhile is part of that pause.
        """
        if self.is_sqlite:
            await asyncio.sleep(max(0.0, self._rests_until - time.perf_counter()))
        async with self.write() as db:
            started = time.perf_counter()  # what it waited for others is no time that it wrote
            yield db
        ended = time.perf_counter()
        self._rests_until = ended + (ended - started)

    async def close(self) -> None:
        """Give all connections back."""
        while self._kept:
            await self._kept.pop()[1].close()
        await self.engine.dispose()


def migrate(url: str) -> None:
    """Bring the database to this version's tables; safe when several processes start together. Runs its own loop."""
    asyncio.run(migrate_async(url))


async def migrate_async(url: str) -> None:
    """The same from within a running loop."""
    target = database_url(url)
    if target.get_backend_name() == "sqlite" and target.database:
        file = Path(target.database)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # names, numbers and complaints lie in it in clear
        if not file.exists():
            file.touch(mode=0o600)
    sqlite = target.get_backend_name() == "sqlite"
    target, arguments = (target, {"isolation_level": None, "timeout": 60}) if sqlite else _pooled(target)
    engine = create_async_engine(target, poolclass=NullPool, hide_parameters=True, connect_args=arguments)
    try:
        async with engine.connect() as db:
            await db.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    if _version(connection) == schema_head():
        return
    from alembic import command  # imported late: 0.8 s and 10 MiB that a start with nothing to do need not pay
    from alembic.config import Config

    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(729001)")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


# PostgreSQL's own codes: no connection, no room, told to end or starting, a server that only reads; PgBouncer's.
AWAY = ("08", "53", "57P", "25006", "58000")


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database can't be reached, is not ready for anybody or has no room, not that it
    refuses what was asked.
    """
    if isinstance(error, OSError | OperationalError | InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = str(getattr(error.orig, "sqlstate", None) or "")
    return error.connection_invalidated or isinstance(error.orig, OSError) or code.startswith(AWAY)


async def schema_version(db: AsyncConnection) -> str | None:
    """The migration this database stands at; None when it was never migrated."""
    return await db.run_sync(_version)


def _version(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


@cache
def schema_head() -> str:
    """The newest migration this version brings: the one that no other follows."""
    texts = [file.read_text(encoding="utf-8") for file in (MIGRATIONS / "versions").glob("*.py")]
    named = [dict(_REVISION.findall(text)) for text in texts]
    [head] = {one["revision"] for one in named} - {one.get("down_revision") for one in named}
    return str(head)
