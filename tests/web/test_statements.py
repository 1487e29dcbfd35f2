"""Every page of the staff asks the database as often when its lists are longer: nobody looks rows up one by one."""

import re
import secrets

import pytest
from sqlalchemy import event, insert

from bench.pages import TICKET, doors, path_of
from notifier.rules.roles import Right
from notifier.store import schema
from tests.web.sites import Site, fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MOST = 30  # statements of one page, session and rights included
CODE = "BPNT-2026-12-DS"
# What each page of the desk asks at most, with its session: to read one row more a page has to say so here.
DESK = {
    "/desk": 6,  # three for what it can be narrowed to, which is kept for half a minute
    "/desk/tickets/NUMBER": 23,
    "/desk/tickets/NUMBER/talk": 10,
    "/desk/tickets/NUMBER/casefile": 16,
    "/desk/tickets/NUMBER/lookers": 3,
    "/desk/tickets/INCIDENT": 27,
    "/desk/radar": 7,
    "/desk/reports": 4,
    "/desk/reports/csv": 3,
    "/desk/promises": 2,
    "/desk/answers": 2,
    "/desk/absent": 4,
    "/desk/open": 1,
}


async def _longer(pages: Site, incident: str) -> None:
    """More of everything that pages list."""
    agent = await pages.be("agent")
    await pages.add_people(6, first=8)
    for _ in range(3):
        ticket = await pages.hear("Belum masuk")
        await pages.house.desk.note(agent, ticket.number, "Dicek", pages.clock())
        await pages.house.desk.gather(agent, incident, (ticket.number,), pages.clock())
        await pages.add_round(f"BPNT-{secrets.token_hex(4)}")
        await pages.add_upload(folder=secrets.token_hex(16))
    await pages.broadcast("planned", "round_reminder")
    pages.clock.move(minutes=1)  # what a list can be narrowed to is kept for half a minute


@SQLITE
@pytest.mark.parametrize("part", ["/desk", "/rounds", "/broadcasts", "/"])
async def test_no_page_asks_more_often_when_there_is_more_to_show(pages: Site, part: str) -> None:
    ticket = await fill(pages)
    async with pages.house.database.write() as db:
        await db.execute(
            insert(schema.webhooks).values(
                name="Pusat",
                url="https://example.id/hook",
                kinds=[],
                secret=b"",
                state="on",
                created_by="account:1",
                failing_since=pages.clock(),
                created_at=pages.clock(),
            )
        )
    agent, first = pages.viewers["sari"], await pages.hear("Kantor pos tutup")
    opened = await pages.house.desk.open_incident(agent, first.number, "Kantor pos kehabisan uang.", pages.clock())
    known = ("/desk", "/rounds", "/broadcasts")
    mine = [
        door for door in doors() if (door.path.startswith(part) if part in known else not door.path.startswith(known))
    ]
    asked: list[str] = []
    engine = pages.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts: list[dict[str, int]] = []
    for turn in range(2):
        counts.append({})
        here = ""
        for door in sorted(mine, key=lambda door: door.needs is Right.ANSWER):
            who = "agent" if door.needs is Right.ANSWER else "admin"
            if who != here:
                await pages.be(here := who)
            path = path_of(door, "1", CODE).replace(TICKET, ticket.number)
            asked.clear()
            await pages.read(path)
            counts[-1][path] = sum("SELECT" in statement for statement in asked)
        await pages.be("admin")
        for path in (f"/desk/tickets/{opened.number}", "/desk/reports/csv") if part == "/desk" else ():
            asked.clear()
            await pages.read(path)
            counts[-1][path] = sum("SELECT" in statement for statement in asked)
        if not turn:
            await _longer(pages, opened.number)
    more = {path: (n, counts[1][path]) for path, n in counts[0].items() if counts[1][path] > n}
    assert not more
    assert max(counts[1].values()) <= MOST, counts[1]
    if part == "/desk":
        named = {ticket.number: "NUMBER", opened.number: "INCIDENT"}
        told = {re.sub("ADU-[^/]+", lambda found: named[found[0]], path): n for path, n in counts[1].items()}
        assert told.keys() == DESK.keys()
        assert not {path: n for path, n in told.items() if n > DESK[path]}, told
