"""notifier demo: the whole service on SQLite with fake providers and sample data; nobody real is told anything.

Everything it makes lies in <data>/demo; with --empty, for data of one's own, in <data>/empty. Lines of config.toml are
ignored, its calendars and policies are used.
"""

import asyncio
import csv
import json
import os
import secrets
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from notifier import config as configuration
from notifier.accounts import Person
from notifier.app import House, open_house, utc_now
from notifier.app.logs import set_up
from notifier.app.sandboxed import Providers, open_sandbox
from notifier.app.service import open_service
from notifier.cli.options import Options, parser
from notifier.cli.serve import until_stopped
from notifier.errors import Refused
from notifier.registry import Imported, Order, Registry
from notifier.store import agenda, contacts

REGISTERS = ("penerima_duren_sawit.csv", "penerima_makassar.xlsx", "penerima_wamena.csv")
ROUNDS = "penyaluran.csv"
FIRST_OPENS_IN = timedelta(days=5)
STAFF = (
    ("rina", "admin", "Rina, admin program"),
    ("budi", "admin", "Budi, admin yang menyetujui"),
    ("sari", "agent", "Sari, petugas pengaduan"),
    ("wati", "supervisor", "Wati, penyelia"),
    ("agus", "auditor", "Agus, inspektorat"),
)
WALL_PORT, SERVICE_PORT = 8081, 8080
LOOK = 5.0  # seconds between two looks for people who were imported meanwhile
out = Console(stderr=True)


def command(args: list[str], options: Options) -> int:
    """Start everything, print where it is, and run until Ctrl-C."""
    words = parser("notifier demo", "Try it all with sample data and fake providers; nobody real is told anything.")
    words.add_argument("--port", type=int, default=SERVICE_PORT, help="port of the service (0: any free one)")
    words.add_argument("--wall-port", type=int, default=WALL_PORT, help="port of the phone wall (0: any free one)")
    words.add_argument("--empty", action="store_true", help="an own empty database instead of the sample data")
    asked = words.parse_args(args)
    set_up(quiet=True)
    return asyncio.run(_demo(asked, options))


async def _demo(asked: Any, options: Options) -> int:
    stop = until_stopped()
    data = Path(options.data) / ("empty" if asked.empty else "demo")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        opened = open_sandbox(utc_now, port=asked.wall_port, first=int(utc_now().timestamp()))
        providers = await opened.__aenter__()
    except OSError as error:
        raise Refused(f"port {asked.wall_port} is taken ({error.strerror}); choose another: --wall-port 0") from None
    try:
        config = _configure(providers, asked.port, options, data)
        async with open_house(Options(data=data), config=config) as house:
            if not asked.empty:
                with _step("Importing the sample registers and rounds"):
                    await _fill(house, data)
            logins = await _staff(house, data)
            known = await introduce(house, providers)
            watching = asyncio.create_task(_introducing(house, providers, known), name="phones")
            try:
                async with open_service(house) as service:
                    providers.reach(service.url)
                    _tell(service.url, providers.sandbox.url, logins, data)
                    await stop.wait()
                    out.print("Stopping: what is under way is finished first.")
            finally:
                watching.cancel()
    finally:
        await opened.__aexit__(None, None, None)
    return 0


def _configure(providers: Providers, port: int, options: Options, data: Path) -> configuration.Config:
    """The configuration's calendars and policies over the sandbox's lines; kept beside the data for other commands."""
    path = Path(options.config)
    raw: dict[str, Any] = tomllib.loads(path.read_text()) if path.exists() else {}
    raw = {name: table for name, table in raw.items() if name not in ("lines", "database")}
    raw["service"] = {**raw.get("service", {}), "port": port, "public_url": f"http://127.0.0.1:{port}"}
    raw["lines"] = providers.lines
    # Fake phones wake nobody: a demo at night sends at once.
    raw["delivery"] = {**raw.get("delivery", {}), "window_opens": "00:00", "window_closes": "24:00"}
    raw.setdefault("webhooks", {"allowed": ["127.0.0.0/8"]})  # whoever tries it listens on this machine
    config = configuration.parse(raw, str(path))
    write_config(data / "config.toml", raw)
    return config


def write_config(path: Path, tables: Mapping[str, Any]) -> None:
    """Write a configuration that only its owner reads: it holds the lines' secrets."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write("# Written by the demo at each start; its lines speak to the sandbox of that run.\n")
        file.writelines(_toml(tables))


def _toml(tables: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """A configuration as TOML: plain values first, tables after."""
    for name, value in tables.items():
        if not isinstance(value, Mapping):
            yield f"{name} = {_toml_value(value)}\n"
    for name, value in tables.items():
        if isinstance(value, Mapping):
            path = f"{above}{name if name.replace('_', '').isalnum() else json.dumps(name)}"
            yield f"\n[{path}]\n"
            yield from _toml(value, f"{path}.")


def _toml_value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml_value(item) for item in value)}]"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


async def _fill(house: House, data: Path) -> None:
    folder = samples()
    registry = Registry(house.database, house.vault, house.outbox, house.config.delivery.status_digest)
    now = house.clock()
    for name in REGISTERS:
        _said(await registry.import_people([folder / name], Order("demo", now, yes=True)))
    shifted = data / ROUNDS
    async with house.database.read() as db:
        known = await agenda.page(db, "", closing_after=None, before=None, limit=1)
    if not known:  # at a later start the calendar is as its users have left it
        shift_rounds(folder / ROUNDS, shifted, now.date())
        _said(await registry.import_rounds([shifted], Order("demo", now)))


def _said(done: Imported) -> None:
    """What came of each file: somebody who waits, or reads a log, sees that it goes on."""
    for file in done.files:
        told = {name: file.counts[name] for name in ("accepted", "corrected", "rejected", "duplicates", "conflicts")}
        counts = ", ".join(f"{n} {name}" for name, n in told.items() if n)
        out.print(f"  {file.name}: {file.counts['rows']} rows, {counts}", soft_wrap=True, highlight=False)


def samples() -> Path:
    """Where the sample registers are: in the repository, or inside the installed package. Raises Refused."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parent / "tests" / "data", package / "samples"):
        if (folder / ROUNDS).exists():
            return folder
    raise Refused(f"the sample data is missing beside or inside {package}; run the demo from a checkout")


def shift_rounds(source: Path, target: Path, today: date) -> None:
    """Copy the sample rounds so that the first opens in five days; the local hours stay. A second start keeps the
    dates of the first, so that nothing moves under a broadcast.
    """
    if target.exists():
        return
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = min(datetime.fromisoformat(row["MULAI"]).date() for row in rows)
    by = today + FIRST_OPENS_IN - first
    for row in rows:
        for column in ("MULAI", "SELESAI"):
            row[column] = (datetime.fromisoformat(row[column]) + by).strftime("%Y-%m-%d %H:%M")
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


async def _staff(house: House, data: Path) -> Mapping[str, str]:
    """The staff of the demo and their passwords, the same at each start."""
    kept = data / "logins.json"
    if kept.exists():
        return dict(json.loads(kept.read_text()))
    logins: dict[str, str] = {}
    for login, role, name in STAFF:
        password = secrets.token_urlsafe(9)
        await house.accounts.add(Person(login, role, name=name), password, who="demo", now=house.clock())
        logins[login] = password
    handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(logins, file)
    return logins


async def introduce(house: House, providers: Providers, after: int = 0) -> int:
    """Put the register's citizens beyond this one on the phone wall; returns the last of them."""
    async with house.database.read() as db:
        async for person_id, name, addresses in contacts.everybody(db, after):
            providers.phones.introduce(name, addresses)
            after = person_id
    return after


async def _introducing(house: House, providers: Providers, last: int) -> None:
    """Whoever is imported while the service runs gets a phone too."""
    while True:
        await asyncio.sleep(LOOK)
        last = await introduce(house, providers, last)


@contextmanager
def _step(what: str) -> Iterator[None]:
    with out.status(what + " …") if out.is_terminal else _plain(what):
        yield


@contextmanager
def _plain(what: str) -> Iterator[None]:
    print(f"{what} …", file=sys.stderr, flush=True)
    yield


def _tell(url: str, wall: str, logins: Mapping[str, str], data: Path) -> None:
    print(f"\nService      {url}/\nPhone wall   {wall}/\n\nStaff logins", flush=True)
    names = {login: (role, name) for login, role, name in STAFF}
    for login, password in logins.items():
        role, name = names.get(login, ("", ""))
        print(f"  {login:<6} {password:<14} {role:<11} {name}")
    print(f"\nOther commands see this demo with: --data {data}\nCtrl-C stops it.\n", flush=True)
