"""What a run has to remember of the rows it has read, on disk: a file without a name, gone with the run or the process.

Only some pages of it are ever in memory, however long the file. Whoever writes here brings indexes and hashes, never a
number of a person. Knows no noun, and not the service's database.
"""

import sqlite3
from collections.abc import Mapping
from types import TracebackType
from typing import Self

_MANNERS = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-4096")  # nobody reads it after a crash
_TABLES = (
    "CREATE TABLE noted (key BLOB PRIMARY KEY, said BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE counted (place TEXT NOT NULL, key BLOB NOT NULL)",
)
_NOTE = "INSERT INTO noted (key, said) VALUES (?, ?) ON CONFLICT DO NOTHING"
_SAID = "SELECT said FROM noted WHERE key = ?"
_PUT = "UPDATE noted SET said = ? WHERE key = ?"
_DROP = "DELETE FROM noted WHERE key = ?"
_COUNT = "INSERT INTO counted (place, key) VALUES (?, ?)"
# With min() the other columns are those of its row: where a key was named first.
_FIRST = "SELECT place, min(rowid) AS at FROM counted GROUP BY key"
_COUNTED = f"SELECT place, count(*) FROM ({_FIRST}) GROUP BY place ORDER BY min(at)"  # noqa: S608
_PART = 5000  # counted keys written together


class Notebook:
    """One run's memory. It is used by one thread after the other, never by two at once."""

    def __init__(self) -> None:
        # SQLite makes a nameless file where temporary files belong, and removes it at once: a crash leaves nothing.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for manner in _MANNERS:
            self._db.execute(f"PRAGMA {manner}")
        for table in _TABLES:
            self._db.execute(table)
        self._db.execute("BEGIN")
        self._counting: list[tuple[str, bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._db.close()

    def note(self, key: bytes, said: bytes = b"") -> bytes | None:
        """Write something under a key; or, where something stands there already, leave it and return it."""
        if self._db.execute(_NOTE, (key, said)).rowcount:
            return None
        return bytes(self._db.execute(_SAID, (key,)).fetchone()[0])

    def put(self, key: bytes, said: bytes) -> None:
        """Write something else under a key that is there."""
        self._db.execute(_PUT, (said, key))

    def drop(self, key: bytes) -> None:
        """Forget a key."""
        self._db.execute(_DROP, (key,))

    def count(self, place: str, key: bytes) -> None:
        """Count somebody in a place, unless they were counted already, there or elsewhere."""
        self._counting.append((place, key))
        if len(self._counting) == _PART:
            self._count()

    def counted(self) -> Mapping[str, int]:
        """How many were counted, by place."""
        self._count()
        return dict(self._db.execute(_COUNTED).fetchall())

    def _count(self) -> None:
        self._db.executemany(_COUNT, self._counting)
        self._counting.clear()
