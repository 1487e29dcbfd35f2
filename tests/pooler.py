"""A PgBouncer in transaction mode before a PostgreSQL, as large installations have it. Knows nothing of notifier."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
MISSING = "the program pgbouncer is not installed (Debian: apt-get install pgbouncer)"
CONNECTIONS = 6  # fewer than the processes hold, so that they have to share


@contextmanager
def pooled(url: str, folder: Path) -> Iterator[str]:
    """The URL of the same database through the pooler, as notifier is told it."""
    assert PROGRAM is not None
    server = urlsplit(url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "unix_socket_dir": "",
        "auth_type": "any",
        "pool_mode": "transaction",
        "default_pool_size": CONNECTIONS,
    }
    file = folder / "pgbouncer.ini"
    body = "\n".join(f"{name} = {value}" for name, value in settings.items())
    file.write_text(f"[databases]\n* = host={server.hostname} port={server.port} user=postgres\n[pgbouncer]\n{body}\n")
    # As root it refuses to run: it becomes `nobody`, who may not read the test's folder but is given the open file.
    with file.open("rb") as settings_file:
        process = subprocess.Popen(
            [PROGRAM, "-q", "/dev/stdin"],
            stdin=settings_file,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user="nobody" if os.geteuid() == 0 else None,
        )
    try:
        _wait(port)
        yield server._replace(netloc=f"postgres@127.0.0.1:{port}", query="pooler=1").geturl()
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("pgbouncer did not come up")
