"""The complaint desk with many tickets beside few: its list, the rendering in it, its search, its sweep."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import insert, text, update

from bench.ground import Ground
from bench.measure import Figure, interleaved, median_cpu, median_wall
from bench.seed import add_round
from notifier.app.house import House
from notifier.desk import Asked
from notifier.desk.radar import SPAN
from notifier.rules.boards import level, rank
from notifier.rules.roles import Role, Viewer
from notifier.store import accounts, boards
from notifier.store import schema as tables
from notifier.web import session, site

FEW, MANY = 200, (200_000, 20_000)  # open tickets
PAGES = 20  # lists in one measured turn
RARE = 100  # one ticket in so many says the rare word
DUE = 50  # tickets that are due when the sweep comes
STEP = 20_000
ABOUT = 4  # one ticket in so many is about a round
MOST = {
    "page / its 50 rows rendered": 2.5,
    "search / bare query": 5.0,
    "sweep many / few": 1.2,
    "radar beside old tickets / without": 1.2,
}


@dataclass
class Desk:
    """One house with its tickets, and somebody who looks at the list."""

    house: House
    app: web.Application
    token: str
    viewer: Viewer
    requests: list[web.Request] = field(default_factory=list)

    async def asked(self, path: str = "/desk") -> None:
        """Have the requests ready: they are made of mocks, which cost more than real ones."""
        headers = {"Cookie": f"{session.COOKIE}={self.token}"}
        self.requests = [make_mocked_request("GET", path, headers, app=self.app) for _ in range(PAGES)]

    async def page(self) -> None:
        """The whole list as the server makes it: session, rights, rows, page. What a client costs is not ours."""
        for request in self.requests:
            answer = await self.app._handle(request)
            if not isinstance(answer, web.Response) or str(answer.text).count('class="row ticket') != 50:
                raise RuntimeError(f"{request.path}: {answer.status}")

    async def rows(self, context: dict[str, Any]) -> None:
        """The rows of that page, rendered and nothing else."""
        template = aiohttp_jinja2.get_env(self.app).get_template("desk/_rows.html")
        for _ in range(PAGES):
            template.render(context)

    async def search(self) -> None:
        for _ in range(PAGES):
            page = await self.house.desk.list(self.viewer, Asked(words="langka"), self.house.clock())
            if not page.tickets:
                raise RuntimeError("nothing was found")

    async def bare(self) -> None:
        """The tickets that say the word, and nothing of them but their numbers."""
        asked = "SELECT rowid FROM ticket_words WHERE ticket_words MATCH '\"langka\"*'"
        if not self.house.database.is_sqlite:
            asked = "SELECT ticket_id FROM ticket_words WHERE words @@ to_tsquery('simple', '''langka'':*')"
        for _ in range(PAGES):
            async with self.house.database.read() as db:
                (await db.execute(text(asked))).all()

    async def radar(self) -> None:
        page = await self.house.desk.radar(self.viewer, self.house.clock())
        if not page.points:
            raise RuntimeError("nobody complains of a round")

    async def report(self) -> None:
        today = self.house.clock().date()
        since, until = today - timedelta(days=1), today + timedelta(days=1)
        if not (await self.house.desk.report(self.viewer, "point", since, until, self.house.clock())).lines:
            raise RuntimeError("there is nothing to tell")

    async def age(self) -> None:
        """Have all but a few tickets be so old that neither the radar nor that report is about them."""
        async with self.house.database.write() as db:
            long_ago, t = self.house.clock() - SPAN * 2, tables.tickets
            await db.execute(update(t).where(t.c.id > FEW).values(opened_at=long_ago))
            if not self.house.database.is_sqlite:
                await db.execute(text("ANALYZE tickets"))

    async def due(self) -> None:
        """Have some tickets' time come."""
        async with self.house.database.write() as db:
            now, t = self.house.clock(), tables.tickets
            await db.execute(update(t).where(t.c.id <= DUE).values(wake=now - timedelta(minutes=1)))

    async def sweep(self) -> None:
        if await self.house.desk.sweep(self.house.clock(), DUE * 2) != DUE:
            raise RuntimeError("the sweep looked at tickets that were not due")


async def desk(ground: Ground) -> Figure:
    """A list of many tickets over one of few; and the other goals of the desk."""
    many = max(FEW, ground.some(*MANY))
    async with _desk(ground, FEW) as few, _desk(ground, many) as much:
        of = median_cpu if few.house.database.is_sqlite else median_wall  # PostgreSQL works in processes of its own
        both = (few, much)

        async def asked(place: int) -> None:
            await both[place].asked()

        async def ready(place: int) -> None:
            await both[place].due()

        small, large = await interleaved(ground.runs, few.page, much.page, before=asked)
        shown = partial(much.rows, await _context(much))
        page, rows = await interleaved(ground.runs, much.page, shown, before=lambda _place: much.asked())
        search, bare = await interleaved(ground.runs, much.search, much.bare)

        told = {
            name: await interleaved(ground.runs, getattr(few, name), getattr(much, name))
            for name in ("radar", "report")
        }
        calm, busy = await interleaved(ground.runs, few.sweep, much.sweep, before=ready)
        await much.age()
        lately, of_old = await interleaved(ground.runs, few.radar, much.radar)
    others = {
        "page / its 50 rows rendered": median_cpu(page) / median_cpu(rows),
        "search / bare query": of(search) / of(bare),
        "sweep many / few": of(busy) / of(calm),
        "radar beside old tickets / without": of(of_old) / of(lately),
    }
    extra: dict[str, Any] = {
        "tickets": [FEW, many],
        "ms_a_page": round(of(large) / PAGES * 1e3, 2),
        "ms_a_search": round(of(search) / PAGES * 1e3, 2),
        **{name: round(figure, 2) for name, figure in others.items()},
        # They add up all that came lately, so they cost what there is: no goal, but to be known.
        **{f"ms_of_{name}": [round(of(one) * 1e3, 1) for one in both] for name, both in told.items()},
    }
    return Figure(of(large) / of(small), extra, within=all(others[name] <= most for name, most in MOST.items()))


async def _context(much: Desk) -> dict[str, Any]:
    found = await much.house.desk.list(much.viewer, Asked(), much.house.clock())
    around = {"service": much.house.config.service, "now": much.house.clock(), "language": "id"}
    return {"found": found, "viewer": much.viewer, "ticked": set(), **around}


@asynccontextmanager
async def _desk(ground: Ground, n: int) -> AsyncIterator[Desk]:
    async with ground.house("sms") as house:
        async with house.database.write() as db:
            now = house.clock()
            row = {"login": "sari", "name": "Sari", "role": "supervisor", "password": "!", "created_at": now}
            viewer = Viewer(await accounts.create(db, row), "sari", Role.SUPERVISOR)
            token = secrets.token_urlsafe(32)
            await accounts.open_session(
                db, sha256(token.encode()).digest(), viewer.account_id, {}, now, now + session.IDLE
            )
        await add_round(house)
        await _add_tickets(house, n)
        app = site.build(house)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            yield Desk(house, app, token, viewer)
        finally:
            await runner.cleanup()


async def _add_tickets(house: House, n: int) -> None:
    """Open tickets with their history and words, over three provinces; a third is somebody's."""
    now, sqlite = house.clock(), house.database.is_sqlite
    for first in range(1, n + 1, STEP):
        rows = [ticket(i, now) for i in range(first, min(first + STEP, n + 1))]
        async with house.database.write() as db:
            await db.execute(insert(tables.tickets), rows)
            opened = {"act": "open", "who": "citizen", "status": "received", "facts": {"policy": "standard"}, "at": now}
            await db.execute(insert(tables.ticket_changes), [{**opened, "ticket_id": row["id"]} for row in rows])
            whose = [{"ticket_id": row["id"], "sealed": b"", "address_index": b"%016d" % row["id"]} for row in rows]
            await db.execute(insert(tables.reporters), whose)
            said = [{"ticket": row["id"], "said": f"{row['number']} {row['summary']}"} for row in rows]
            words = "INSERT INTO ticket_words (rowid, words) VALUES (:ticket, :said)"
            if not sqlite:
                words = "INSERT INTO ticket_words VALUES (:ticket, to_tsvector('simple', CAST(:said AS text)))"
            await db.execute(text(words), said)
    async with house.database.write() as db:
        figures = await boards.recount(db)
        kept = [
            {"level": level(region), "region": region, "view": view, "account_id": whose, "n": k}
            for (region, view, whose), k in figures.items()
        ]
        await db.execute(insert(tables.boards), kept)
        if not sqlite:
            for table in ("tickets", "ticket_changes", "reporters", "ticket_words", "boards"):
                await db.execute(text(f"ANALYZE {table}"))


def ticket(i: int, now: Any) -> dict[str, Any]:
    """The row of an open ticket, its number told by `i`."""
    province = (31, 33, 73)[i % 3]
    region = f"{province}.{i % 20 + 1:02}.{i % 7 + 1:02}.{1001 + i % 9}"
    due = now + timedelta(minutes=60 + i * 7919 % 200_000)
    urgent = i % 500 == 0
    return {
        "id": i,
        "number": f"ADU-B{i:06}",
        "status": "received",
        "category": ("not_received", "deduction", "information")[i % 3],
        "categories": ["not_received"],
        "urgent": urgent,
        "channel": "sms",
        "region": region,
        "round_id": 1 if i % ABOUT == 0 else None,
        "venue": "Kantor Pos Duren Sawit" if i % ABOUT == 0 else "",
        "point": "Kantor Pos Duren Sawit" if i % ABOUT == 0 else "",
        "venue_region": "31.75.07" if i % ABOUT == 0 else "",
        "summary": f"Bantuan belum masuk {i}" + (" langka" if i % RARE == 0 else ""),
        "assignee_id": 1 if i % 3 == 0 else None,
        "policy": "urgent" if urgent else "standard",
        "opened_at": now,
        "updated_at": now,
        "next_due": due,
        "next_clock": "first_response",
        "wake": due,
        "rank": rank(due, urgent),
        "province": region[:2],
        "regency": region[:5],
        "district": region[:8],
    }
