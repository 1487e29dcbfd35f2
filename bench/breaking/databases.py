"""A database for each scenario: a new SQLite file, or a new database on a PostgreSQL server of the run's own."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from tests import postgres

# What the tests' server leaves out for speed and a proof needs: a commit that was answered survives the server's end.
SAFE = {**postgres.MANNERS, "synchronous_commit": "on", "full_page_writes": "on"}


class Server:
    """A PostgreSQL that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "postgres"
        self.url = postgres.start(self._folder, os.getpid(), SAFE)
        self._names = count(1)

    def create(self) -> str:
        """A new database; returns its URL."""
        server = postgres.Postgres(self.url)
        try:
            return server.create(f"faults_{next(self._names)}")
        finally:
            server.close()

    def halt(self) -> None:
        """End it at once, as a crash would: clients lose their connections, what was committed stays."""
        postgres.stop(self._folder)

    def resume(self) -> None:
        postgres.resume(self._folder, os.getpid())


@contextmanager
def ground_floor() -> Iterator[tuple[Path, "Lazy"]]:
    """A folder for the run, and the server that is started when first asked for."""
    with tempfile.TemporaryDirectory(prefix="notifier-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # `nobody`, who runs the server, has to reach it
        lazy = Lazy(folder)
        try:
            yield folder, lazy
        finally:
            lazy.close()


class Lazy:
    """The run's server, if any scenario wants it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Any = None

    @property
    def server(self) -> Server:
        if self._server is None:
            self._server = Server(self._folder)
        found: Server = self._server
        return found

    def close(self) -> None:
        if self._server is not None:
            self._server.halt()
