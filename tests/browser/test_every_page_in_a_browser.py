"""Every page of the service in a real browser as narrow as a small phone: nothing beyond the edge, no barrier that
axe-core knows. A new door is opened here by itself, unless it is named as no page. Needs Chromium.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from playwright.async_api import Browser
from sqlalchemy import select, update

from notifier import ledger
from notifier.registry import Order, Registry
from notifier.rules.roles import Role
from notifier.rules.rounds import Entitlement
from notifier.store import group_chats, imports, rounds, schema
from notifier.web import session
from notifier.web.site import DOORS, FORM, HALFWAY, PUBLIC, Door
from tests.browser.windows import IN_CHROMIUM, NARROW, barriers, window
from tests.registry.files import BUDI, SITI, write_csv
from tests.web.sites import HOSTILE, Site, fill
from tests.web.test_doors import address

pytestmark = IN_CHROMIUM
# Files to take away, parts of a page, a letter in its frame, and words for machines.
NO_PAGE = re.compile(rf"{re.escape(FORM)}$|/(files/.*|talk|lookers|progress|mail|live|health|ready|metrics)$")
# The same pages with more on them.
MORE: Mapping[Role | None, Sequence[str]] = {
    None: ("/jadwal?w=31.75.07", "/lapor?jadwal=BPNT-2026-12-DS", "/?bahasa=jv"),
    Role.SUPERVISOR: ("/desk?view=all&q=potong", "/desk?view=all&q=nix", "/desk/answers?name=jadwal&tongue=id"),
    Role.ADMIN: (
        *("/rounds?programme=BPNT", "/rounds/calendar?month=2026-12", "/rounds/new?point=KP-MK"),
        *(
            "/broadcasts/plan?round=BPNT-2026-12-DS",
            "/broadcasts/2",
            "/accounts/3",
            "/rounds/BPNT-2026-12-DS/entitled?status=TIDAK",
        ),
        *("/templates/receipt_question/telegram/id", "/templates/round_announced/email/en"),
    ),
}


def _who(door: Door) -> Role | None:
    """Whose page has most on it: only the desk speaks with citizens, all else an admin may. None: a citizen's."""
    if door.needs in (PUBLIC, HALFWAY):
        return None
    return Role.SUPERVISOR if door.path.startswith("/desk") else Role.ADMIN


async def _furnish(pages: Site, folder: Path) -> str:
    """What `fill` leaves out: people to be told apart, groups, keys, held and silent ones, seals. Returns a ticket."""
    ticket = await fill(pages)
    house, now = pages.house, pages.clock()
    other = SITI | {"NAMA": "SITI MARIAM"}
    path = write_csv(folder / "daftar.csv", [SITI, other, BUDI | {"NO_KK": SITI["NO_KK"], "NAMA": "SITI AMINAN"}])
    await Registry(house.database, house.vault, house.outbox).import_people([path], Order("cli:t", now, yes=True))
    await house.doubles.walk(now)
    admin = await pages.be("admin")
    async with house.database.write() as db:
        await imports.name_regions(db, [("31.75.07", "Duren Sawit"), ("31.75.07.1003", "Klender")])
        everybody = (await db.execute(select(schema.people.c.id))).scalars().all()
        await rounds.draw(db, [(1, person) for person in everybody], Entitlement.DIJADWALKAN.value, now)
        for chat in ("-5001", "-5002"):
            await group_chats.add(db, "bot", "telegram", chat, HOSTILE, now)
        one = schema.deliveries.c
        for number, values in ((1, {"state": "unknown", "held": True}), (2, {"state": "failed", "reason": "gone"})):
            await db.execute(update(schema.deliveries).where(one.id == number).values(settled_at=now, **values))
    [(code, _), _] = await house.posting.list(admin)
    await pages.post("/groups", {"code": code, "region": "31.75.07", "do": "confirm"})
    await pages.post("/keys", {"name": HOSTILE, "login": "admin", "people:read": "1"})
    for n in range(4):
        await pages.hear(f"dipotong 25rb pak, saya warga {n}", categories=("deduction",), round_id=1)
    await house.desk.watch(now)
    await house.powers.act(admin, pages.viewers["sari"].account_id, "disable", "sedang cuti panjang", now)
    await ledger.seal(house.database, house.vault, "test", now)
    return ticket.number


@pytest.mark.parametrize("role", [None, Role.SUPERVISOR, Role.ADMIN], ids=lambda role: role or "citizen")
async def test_no_page_has_a_barrier_or_is_wider_than_a_small_phone(
    browser: Browser, pages: Site, tmp_path: Path, role: Role | None
) -> None:
    number = await _furnish(pages, tmp_path)
    doors = [door for door in DOORS if door.method == "GET" and not NO_PAGE.search(door.path) and _who(door) is role]
    wide = await pages.hear("x" * 3000 + " https://contoh.test/" + "y" * 400)
    paths = [address(door, number, 1) for door in doors]
    paths += [f"/desk/tickets/{wide.number}"] if role is Role.SUPERVISOR else []
    await pages.be(role or "agent")
    if role is None:  # who gave the password and has still to give the code is nobody yet
        async with pages.house.database.write() as db:
            await db.execute(update(schema.sessions).values(stage=session.CODE))
    async with window(browser, pages, viewport=NARROW) as page:
        await page.goto(paths[0])
        assert await barriers(page, *paths, *MORE[role]) == {}
