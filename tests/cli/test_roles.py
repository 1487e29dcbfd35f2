"""A process loads what its role needs, and tells machines how it fares without a page."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from aiohttp import ClientSession
from notifier.app import open_house
from notifier.app.service import open_service
from notifier.cli import worker
from notifier.cli.options import Options
from notifier.config import parse

async def main(folder, port, url):
    config = parse({"database": {"url": url}, "service": {"status_port": int(port)}})
    async with open_house(Options(data=Path(folder)), config=config) as house:
        async with open_service(house, ("worker",)) as service, ClientSession(service.url) as http:
            told = {}
            for path in ("/health", "/ready", "/metrics", "/home"):
                async with http.get(path) as response:
                    told[path] = [response.status, await response.text()]
    told["loaded"] = [name for name in sys.modules if f"{name}.".startswith(("notifier.web.", "segno.", "xlsxwriter."))]
    print(json.dumps(told))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_or_clock_alone_loads_no_pages_and_answers_machines_on_its_own_port(
    database_url: str, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-c", PROGRAM, str(tmp_path), str(port), database_url]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.pop("loaded") == []
    assert [status for status, _ in told.values()] == [200, 200, 200, 404]
    assert json.loads(told["/health"][1]) == {"status": "ok"}
    assert json.loads(told["/ready"][1])["database"] == "ok"
    assert "notifier_deliveries_held 0.0" in told["/metrics"][1]
    assert "notifier_http_requests" not in told["/metrics"][1]
