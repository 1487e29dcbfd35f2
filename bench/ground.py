"""What a bench stands on: a folder, a migrated database of its own, the far end, the service's rooms."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from bench.provider import Provider, open_provider
from notifier.app.house import House, open_house
from notifier.app.lines import open_lines
from notifier.cli.options import Options
from notifier.config import parse
from tests import postgres

ENGINES = ("sqlite", "postgresql")

# As a server is run: durable, with room in memory, cleaning up after itself.
MANNERS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "jit": "off",
}
RATE = 1_000_000.0  # messages a second: the governor is asked, and always says yes
ALWAYS_OPEN = {"window_opens": "00:00", "window_closes": "24:00"}

_numbers = count(1)


@dataclass(frozen=True)
class Ground:
    """One bench's surroundings on one engine."""

    engine: str
    folder: Path
    provider: Provider
    server: postgres.Postgres | None
    quick: bool = False
    size: float = 1.0  # part of the usual sizes: a test needs very little

    @property
    def runs(self) -> int:
        """Measured turns; one more comes before them to warm up."""
        return 3 if self.quick else 5

    def some(self, full: int, quick: int) -> int:
        """How many of a thing: as the goals say, or fewer for a quick look."""
        return max(20, int((quick if self.quick else full) * self.size))

    def lines(self) -> dict[str, Any]:
        """The three lines, as config.toml would name them."""
        return {
            "sms": {
                "channel": "sms",
                "url": f"{self.provider.url}/sms",
                "token": "bench",
                "sender": "BANSOS",
                "price": 350,
                "secret": "bench-secret",
            },
            "bot": {
                "channel": "telegram",
                "token": "7100000001:bench",
                "secret_token": "bench",
                "api_url": self.provider.url,
                "parallel": 64,
            },
            "mail": {
                "channel": "email",
                "host": "127.0.0.1",
                "port": self.provider.smtp,
                "security": "none",
                "from_address": "pengaduan@bansos.test",
                "from_name": "Layanan Bansos",
                "secret": "bench-secret",
            },
        }

    def tables(self, *lines: str, rate: float = RATE, **delivery: Any) -> dict[str, Any]:
        """The configuration with these lines at this rate."""
        chosen = {name: self.lines()[name] | {"rate": rate} for name in lines}
        service, ours = {"port": 0}, {"allowed": ["127.0.0.1/32"]}
        return {"service": service, "delivery": ALWAYS_OPEN | delivery, "lines": chosen, "webhooks": ours}

    @asynccontextmanager
    async def house(self, *lines: str, **given: Any) -> AsyncIterator[House]:
        """The service's rooms over an empty database, with these lines open."""
        with self.database() as (url, data):
            async with self.rooms(url, data, *lines, **given) as house:
                yield house

    @asynccontextmanager
    async def rooms(self, url: str, data: Path, *lines: str, opened: bool = True, **given: Any) -> AsyncIterator[House]:
        """The same over a database that is there."""
        config = parse({"database": {"url": url}, **self.tables(*lines, **given)})
        async with open_house(Options(data=data), config=config) as house:
            if not opened:
                yield house
                return
            async with open_lines(house):
                yield house

    @contextmanager
    def database(self) -> Iterator[tuple[str, Path]]:
        """(URL, data folder) of a database without tables; gone afterwards."""
        name = f"bench_{os.getpid()}_{next(_numbers)}"
        data = self.folder / name
        data.mkdir()
        try:
            if self.server is None:
                yield f"sqlite+aiosqlite:///{data / 'notifier.db'}", data
            else:
                yield self.server.create(name), data
        finally:
            if self.server is not None:
                self.server.drop(name)
            shutil.rmtree(data, ignore_errors=True)


@contextmanager
def open_grounds(engines: tuple[str, ...], *, quick: bool = False, size: float = 1.0) -> Iterator[dict[str, Ground]]:
    """The surroundings for each engine; PostgreSQL is started when it is among them."""
    folder = Path(tempfile.mkdtemp(prefix="notifier-bench-"))
    folder.chmod(0o755)  # `nobody` has to reach the server's folder in it
    server = None
    try:
        if "postgresql" in engines:
            given = os.environ.get("NOTIFIER_TEST_POSTGRES")
            server = postgres.Postgres(given or postgres.start(folder / "postgres", os.getpid(), MANNERS))
        with open_provider() as provider:
            yield {
                engine: Ground(engine, folder, provider, server if engine == "postgresql" else None, quick, size)
                for engine in engines
            }
    finally:
        if server is not None:
            server.close()
        postgres.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
