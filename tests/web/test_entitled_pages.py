"""A round's people and the status of their aid."""

from datetime import date

import pytest
from sqlalchemy import event, select, update

from notifier.rules.rounds import Entitlement
from notifier.store import rounds, schema
from tests.web.sites import HOSTILE, Site

PAGE = "/rounds/BPNT-2026-12-DS/entitled"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _fill(pages: Site, n: int) -> list[int]:
    await pages.add_people(n)
    number = await pages.add_round()
    async with pages.house.database.write() as db:
        people = list((await db.execute(select(schema.people.c.id).order_by(schema.people.c.id))).scalars())
        await rounds.draw(db, [(number, person) for person in people], Entitlement.DIJADWALKAN.value, pages.clock())
    return people


async def test_a_selection_gets_a_status_with_one_reason_and_hears_of_it(pages: Site) -> None:
    people = await _fill(pages, 3)
    await pages.be("admin", login="tuti")
    assert "Siti Aminah 1" in await pages.read(PAGE)
    empty = await pages.post(PAGE, {"status": "GAGAL"})
    assert empty.status == 400
    assert "Pilih orangnya" in await empty.text()
    form = [("p", str(people[0])), ("p", str(people[1])), ("p", "x"), ("status", "GAGAL"), ("reason", HOSTILE)]
    response = await pages.client.post(
        PAGE, data=form, headers={"Sec-Fetch-Site": "same-origin"}, allow_redirects=False
    )
    assert response.status == 303
    shown = await pages.read(PAGE)
    assert "Status 2 orang diubah; 2 orang diberi tahu." in shown
    assert shown.count("Menunggu giliran") == 2
    assert "<b>Budi" not in shown
    failed = await pages.read(f"{PAGE}?show=GAGAL")
    assert "Siti Aminah 2" in failed
    assert "Siti Aminah 3" not in failed
    await pages.post(PAGE, {"p": str(people[0]), "status": "DISALURKAN", "on": "2026-13-01"})
    assert "Tanggal ini tidak ada" in await pages.read(PAGE)
    await pages.post(PAGE, {"p": str(people[0]), "status": "DISALURKAN", "on": "2026-12-06"})
    assert "1 orang tidak diubah: Tanggal 2026-12-06 belum tiba." in await pages.read(PAGE)
    await pages.post(PAGE, {"p": str(people[0]), "status": "DISALURKAN", "show": "GAGAL"})
    async with pages.house.database.read() as db:
        had = await db.execute(
            select(schema.entitlements.c.status, schema.entitlements.c.since).order_by(schema.entitlements.c.id)
        )
        assert had.first() == ("DISALURKAN", date(2026, 12, 5))
        acts = await db.execute(select(schema.ledger.c.detail).where(schema.ledger.c.act == "statuses.changed"))
        assert [detail for (detail,) in acts] == [
            '{"entitlements":{"GAGAL":[1,2]}}',
            '{"entitlements":{"DISALURKAN":[1]}}',
        ]
    await pages.be("admin", "73.71", login="makassar")
    await pages.read(PAGE, 404)
    await pages.post(PAGE, {"p": str(people[2]), "status": "GAGAL"})
    await pages.be("agent")
    assert "Ubah status" not in await pages.read(PAGE)
    assert "Siti Aminah 3" not in await pages.read(f"{PAGE}?show=GAGAL"), "another region changes nothing"


@SQLITE
async def test_the_list_goes_on_by_person_and_costs_the_same(pages: Site) -> None:
    people = await _fill(pages, 60)
    async with pages.house.database.write() as db:
        await db.execute(
            update(schema.entitlements).where(schema.entitlements.c.person_id > people[3]).values(status="DITERIMA")
        )
    await pages.be("agent")
    asked: list[str] = []
    engine = pages.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    first = await pages.read(PAGE)
    few = len(asked)
    assert f"after={people[49]}" in first
    asked.clear()
    rest = await pages.read(f"{PAGE}?show=DITERIMA&after={people[49]}")
    assert "Siti Aminah 51" in rest
    assert "Siti Aminah 50<" not in rest
    assert len(asked) == few
