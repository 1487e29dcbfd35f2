"""A copy of the whole database while others write: SQLite's own backup of one snapshot, or PostgreSQL's tools.

Knows no table. Credentials reach the tools by the environment, never by the command line, where others could read them.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL

from notifier.errors import Refused
from notifier.store.engine import MIGRATIONS, Database

Tell = Callable[[int, int], None]  # bytes done, of how many; 0: nobody knows
PAGES = 2000  # copied between two words about it
MODES = {"true": "require", "false": "disable"}  # asyncpg's spelling of sslmode → libpq's


async def copy(url: URL, target: Path, tell: Tell) -> None:
    """Write one snapshot of the database to a file that nobody else may read. Raises Refused."""
    target.touch(mode=0o600)
    if url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_copy_file, Path(url.database or ""), target, tell)
        return
    await _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    size = target.stat().st_size
    tell(size, size)


def _copy_file(source: Path, target: Path, tell: Tell) -> None:
    """The transaction keeps the snapshot: without it every write of others would begin the copy anew."""
    with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as here:
        here.execute("BEGIN")
        size = int(here.execute("PRAGMA page_size").fetchone()[0])
        here.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(target)) as there:
            here.backup(there, pages=PAGES, progress=lambda _, left, all: tell((all - left) * size, all * size))
        here.rollback()


async def load(url: URL, source: Path, *, over: bool) -> None:
    """Bring a dump into a PostgreSQL database, all of it or nothing. Raises Refused."""
    clean = ("--clean", "--if-exists") if over else ()
    words = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", *clean)
    await _run(url, "pg_restore", *words, f"--dbname={url.database}", str(source))


async def _run(url: URL, tool: str, *words: str) -> None:
    if shutil.which(tool) is None:
        raise Refused(
            f"{tool} is not on this machine's PATH: install PostgreSQL's client of the server's version (or newer), or "
            f"run {tool} where it is and copy files/ of the data folder beside it; see docs/operation.md"
        )
    process = await asyncio.create_subprocess_exec(
        tool,
        *words,
        env={**os.environ, **environment(url)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines() or ["no reason was given"]
        raise Refused(f"{tool} failed: {lines[0][:300]}")


def environment(url: URL) -> Mapping[str, str]:
    """How libpq's tools reach a database."""
    mode = str(url.query.get("ssl", ""))
    given = {
        "PGHOST": url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": MODES.get(mode, mode),
    }
    return {name: str(value) for name, value in given.items() if value}


async def occupied(database: Database) -> bool:
    """Whether a PostgreSQL database has tables already."""
    async with database.read() as db:
        found = await db.execute(text("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1"))
        return found.first() is not None


async def others(database: Database) -> int:
    """How many other sessions a PostgreSQL database has."""
    counted = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    async with database.read() as db:
        return int((await db.execute(counted)).scalar_one())


def migrations() -> frozenset[str]:
    """Every migration that this version knows."""
    from alembic.config import Config  # imported late: 0.8 s that most commands need not pay
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return frozenset(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())
