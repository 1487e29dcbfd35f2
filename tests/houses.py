"""A house for tests: the real rooms over a test database, real fake providers, and a clock that tests move."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from notifier.app.house import House, open_house
from notifier.app.lines import build_dispatcher, open_lines
from notifier.app.sandboxed import Providers, open_sandbox
from notifier.cli.options import Options
from notifier.dispatch import Dispatcher
from notifier.dispatch.values import Grant
from notifier.rules.roles import Role, Viewer
from notifier.store.schema import accounts, contacts, enrolments, people, rounds

START = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)  # 09:00 in Jakarta
NO_WINDOW = {"window_opens": "00:00", "window_closes": "24:00"}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Stage:
    """Everything a story needs."""

    house: House
    providers: Providers
    dispatcher: Dispatcher
    clock: Clock
    planner: Viewer
    approver: Viewer

    async def send(self) -> None:
        """Let the clock begin, expand and finish broadcasts, and the worker send what is due."""
        for _ in range(3):
            await self.house.broadcasts.advance(self.clock(), "test")
            await self.dispatcher.drain()
            self.clock.move(seconds=3)
        await self.house.broadcasts.advance(self.clock(), "test")

    async def claim(self, line: str) -> Grant:
        """Take what is due on a line, as a worker does."""
        return await self.dispatcher.claim(self.dispatcher.share(line))

    async def deliver(self, line: str, grant: Grant) -> None:
        """Send what was claimed, and settle it: as if at once, however long a busy machine took since."""
        async with self.dispatcher._keeping():
            await self.dispatcher._leave(self.dispatcher.share(line), replace(grant, asked=None))

    async def broadcast(self, event: str, code: str) -> int:
        """Plan and approve one for now."""
        number, _ = await self.house.broadcasts.plan(self.planner, event, code, "now", self.clock())
        assert number is not None
        await self.house.broadcasts.approve(self.approver, number, self.clock())
        return number


@asynccontextmanager
async def open_stage(
    database_url: str,
    data: Path,
    *,
    rate: float = 5000,
    hang: float = 0,
    lines_open: bool = True,
    mute: Sequence[str] = (),
    **tables: Any,
) -> AsyncIterator[Stage]:
    """Rooms, providers and two admins over a migrated database. Without `lines_open` nothing can be sent yet.
    On the `mute` lines nobody can answer.
    """
    clock = Clock()
    async with AsyncExitStack() as stack:
        providers = await stack.enter_async_context(open_sandbox(clock, rate=rate, hang=hang))
        tables.setdefault("delivery", {})
        for line in mute:
            providers.lines[line]["two_way"] = False
        config = providers.config(database={"url": database_url}, **tables)
        house = await stack.enter_async_context(open_house(Options(data=data), config=config, clock=clock))
        if lines_open:
            await stack.enter_async_context(open_lines(house))
        planner, approver = await staff(house, clock)
        yield Stage(house, providers, build_dispatcher(house) if lines_open else _closed(), clock, planner, approver)


def _closed() -> Dispatcher:
    """Stands where a dispatcher would: the service under test has its own."""
    return None  # type: ignore[return-value]


async def staff(house: House, clock: Callable[[], datetime]) -> tuple[Viewer, Viewer]:
    """Two admins: who plans, who approves."""
    viewers = []
    async with house.database.write() as db:
        for login in ("rina", "budi"):
            row = {"login": login, "name": login, "role": "admin", "password": "!", "created_at": clock()}
            found = await db.execute(insert(accounts).values(**row).returning(accounts.c.id))
            viewers.append(Viewer(int(found.scalar_one()), login, Role.ADMIN))
    return viewers[0], viewers[1]


async def add_round(stage: Stage, code: str = "BPNT-2026-12-DS", **values: Any) -> int:
    """A round that is open from 7 to 11 December."""
    row = {
        "code": code,
        "programme": "BPNT",
        "period": "Desember 2026",
        "region": "31.75.07",
        "venue": "Kantor Pos Duren Sawit",
        "address": "Jl. Kolonel Sugiono",
        "opens_at": datetime(2026, 12, 7, 1, tzinfo=UTC),
        "closes_at": datetime(2026, 12, 11, 8, tzinfo=UTC),
        "zone": "Asia/Jakarta",
        "amount": 200000,
        "method": "KANTOR_POS",
        "note": "Bawa KTP dan KK asli",
        "created_at": stage.clock(),
        "updated_at": stage.clock(),
    } | values
    async with stage.house.database.write() as db:
        return int((await db.execute(insert(rounds).values(**row).returning(rounds.c.id))).scalar_one())


async def add_person(stage: Stage, name: str, *addresses: tuple[str, str], **values: Any) -> int:
    """Someone enrolled in BPNT in Duren Sawit, reached at these (channel, address) pairs."""
    now = stage.clock()
    async with stage.house.database.write() as db:
        count = len((await db.execute(select(people.c.id))).all())
        nik = f"317507010180{9000 + count}"
        row = {
            "nik": stage.house.vault.seal(nik.encode(), "people.nik"),
            "nik_index": stage.house.vault.index(nik, "nik"),
            "nik_masked": f"317507******{nik[-4:]}",
            "name": name,
            "region": "31.75.07.1003",
            "zone": "Asia/Jakarta",
            "language": "id",
            "flags": [],
            "created_at": now,
            "updated_at": now,
        } | values
        person = int((await db.execute(insert(people).values(**row).returning(people.c.id))).scalar_one())
        await db.execute(
            insert(enrolments).values(person_id=person, programme="BPNT", status="DITETAPKAN", updated_at=now)
        )
        for kind, address in addresses:
            await db.execute(insert(contacts).values(person_id=person, kind=kind, address=address, created_at=now))
    return person


async def add_crowd(stage: Stage, addresses: Sequence[tuple[str, str]], first: int = 0) -> None:
    """Many people as add_person() makes one, numbered from `first`, each reached at one (channel, address) pair."""
    now = stage.clock()
    for start in range(0, len(addresses), 1000):
        some = list(enumerate(addresses[start : start + 1000], first + start))
        async with stage.house.database.write() as db:
            rows = [_citizen(stage, n, now) for n, _ in some]
            made = await db.execute(insert(people).returning(people.c.id, people.c.name), rows)
            ids = {name: number for number, name in made}
            enrolled = {"programme": "BPNT", "status": "DITETAPKAN", "updated_at": now}
            await db.execute(insert(enrolments), [{"person_id": number, **enrolled} for number in ids.values()])
            reached = [
                {"person_id": ids[f"WARGA {n}"], "kind": kind, "address": address, "created_at": now}
                for n, (kind, address) in some
            ]
            await db.execute(insert(contacts), reached)


def _citizen(stage: Stage, n: int, now: datetime) -> dict[str, Any]:
    nik = f"3175071101{n:06d}"
    return {
        "nik": stage.house.vault.seal(nik.encode(), "people.nik"),
        "nik_index": stage.house.vault.index(nik, "nik"),
        "nik_masked": f"317507******{nik[-4:]}",
        "name": f"WARGA {n}",
        "region": "31.75.07.1003",
        "zone": "Asia/Jakarta",
        "language": "id",
        "flags": [],
        "created_at": now,
        "updated_at": now,
    }
