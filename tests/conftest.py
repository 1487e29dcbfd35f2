"""What every test may ask for: an empty database on each engine. Knows nothing of any noun.

One PostgreSQL server and one migrated database of each kind serve a whole run, also when xdist shares it out; each
test gets a copy, on PostgreSQL one that was swept. A test that wants one engine only says
`@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)`.
"""

import fcntl
import gc
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests import compiled, postgres

RUN = "NOTIFIER_TEST_RUN"  # environment: the folder that the processes of one run share
SERVER = "NOTIFIER_TEST_POSTGRES"  # environment: URL of a PostgreSQL server to use instead of our own
TEMPLATE = "notifier_migrated"
ENGINES = ("sqlite", "postgresql")

settings.register_profile("notifier", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("notifier")


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("NOTIFIER_") and not name.startswith("NOTIFIER_TEST_")]:
        del os.environ[name]  # settings of a real service must not reach a test
    compiled.share()
    sys.addaudithook(_stay_at_home)
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])
    if not hasattr(config, "workerinput"):  # xdist's workers inherit the environment
        folder = Path(tempfile.mkdtemp(prefix="notifier-tests-"))
        folder.chmod(0o755)  # `nobody` has to reach the server's folder in it
        os.environ[RUN] = str(folder)


def pytest_collection(session: pytest.Session) -> None:
    gc.disable()  # only more and more comes to be, and to look through it again and again takes seconds


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.freeze()  # tests and modules stay to the end: what clears up after a test need not look through them
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN in os.environ:
        folder = Path(os.environ.pop(RUN))
        postgres.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def _stay_at_home(event: str, arguments: tuple[Any, ...]) -> None:
    """No test talks to another machine; the one PostgreSQL that was named may be elsewhere."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        if host.startswith("127.") or host in ("localhost", "::1") or os.environ.get(SERVER):
            return
        raise RuntimeError(f"a test tried to reach {host}")


@pytest.fixture(scope="session")
def _run_folder() -> Path:
    return Path(os.environ[RUN])


@pytest.fixture(scope="session")
def _sqlite_template(_run_folder: Path) -> Path:
    def build(path: Path) -> None:
        _migrate(f"sqlite+aiosqlite:///{path}")
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    return _once(_run_folder, "template.sqlite", build)


@pytest.fixture(scope="session")
def _postgres(_run_folder: Path, worker_id: str) -> Iterator[postgres.Postgres]:
    """The server, started by the first test that needs it."""
    owner = os.getpid() if worker_id == "master" else os.getppid()
    given = os.environ.get(SERVER)

    def build(path: Path) -> None:
        path.write_text(given or postgres.start(_run_folder / "postgres", owner))

    server = postgres.Postgres(_once(_run_folder, "postgres.url", build).read_text())
    yield server
    server.close()


@pytest.fixture(scope="session")
def _postgres_template(_run_folder: Path, _postgres: postgres.Postgres) -> str:
    def build(path: Path) -> None:
        _postgres.drop(TEMPLATE)
        _migrate(_postgres.create(TEMPLATE))
        path.touch()

    _once(_run_folder, "postgres.migrated", build)
    return TEMPLATE


@pytest.fixture(scope="session")
def _fresh_names(worker_id: str) -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"test_{worker_id}_{os.getpid()}_{next(numbers)}"


@pytest.fixture(scope="session")
def _lending(
    _postgres: postgres.Postgres, _postgres_template: str, _fresh_names: Callable[[], str]
) -> postgres.Lending:
    return postgres.Lending(_postgres, _postgres_template, _fresh_names)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database without rows, once on SQLite and once on PostgreSQL."""
    yield from _database(request, migrated=True)


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database without tables, once on SQLite and once on PostgreSQL."""
    yield from _database(request, migrated=False)


def _database(request: pytest.FixtureRequest, *, migrated: bool) -> Iterator[str]:
    if request.param == "sqlite":
        path = request.getfixturevalue("tmp_path") / "notifier.sqlite"
        if migrated:
            shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    if migrated:
        lending: postgres.Lending = request.getfixturevalue("_lending")
        yield lending.lend()
        lending.take_back()
        return
    server: postgres.Postgres = request.getfixturevalue("_postgres")
    name = request.getfixturevalue("_fresh_names")()
    yield server.create(name)
    server.drop(name)


def _once(folder: Path, name: str, build: Callable[[Path], None]) -> Path:
    """Build a thing in the run's folder unless another process of the run already did."""
    path = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            draft = folder / f"{name}.draft"
            build(draft)
            draft.rename(path)
    return path


def _migrate(url: str) -> None:
    from notifier.store.engine import migrate

    with ThreadPoolExecutor(1) as thread:  # it runs a loop of its own, and ours may be running
        thread.submit(migrate, url).result()
