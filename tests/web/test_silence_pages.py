"""The pages of a round's evidence: coverage by village, and the silent by name, each where one may see it."""

import re

import pytest
from sqlalchemy import insert, select, update

from notifier.broadcasts import silence as rooms
from notifier.figures.keeping import Keeping
from notifier.store import schema
from tests.web.sites import Site, fill


async def _asked(pages: Site) -> None:
    """Eight people told of a round and asked: one says yes, one no, four keep silent, two cannot be reached."""
    await fill(pages)
    pages.clock.move(days=2)
    await pages.broadcast("sending", "receipt_question")
    now = pages.clock()
    async with pages.house.database.write() as db:
        told = schema.deliveries.c.state == "due"
        await db.execute(update(schema.deliveries).where(told).values(state="accepted", settled_at=now))
        for person, status in ((1, "DITERIMA"), (2, "DIJADWALKAN")):
            mine = select(schema.entitlements.c.id).where(schema.entitlements.c.person_id == person)
            number = (await db.execute(mine)).scalar_one()
            word = {"entitlement_id": number, "at": now, "was": "DIJADWALKAN", "status": status, "who": "citizen"}
            await db.execute(insert(schema.entitlement_changes).values(word))
        await db.execute(insert(schema.regions).values(code="31.75.07.1003", name="Klender"))


async def test_a_round_shows_its_villages_and_its_silent_to_whoever_may_see_them(pages: Site) -> None:
    await _asked(pages)
    await pages.be("admin")
    assert 'href="/rounds/1/coverage"' in await pages.read("/rounds/BPNT-2026-12-DS")
    text = await pages.read("/rounds/1/coverage")
    row = text[text.index("Klender") :]
    cells = [int(cell.partition("<")[0]) for cell in row.split("<td>")[1:8]]
    assert cells == [8, 6, 1, 1, 4, 2, 0]
    assert 'class="unsure" x="25.0" y="0" width="50.0"' in row
    silent = await pages.read("/rounds/1/silent")
    assert "Siti Aminah 3" in silent
    assert "Siti Aminah 1<" not in silent
    assert "317507******" in silent
    for path, head in (("coverage/csv", "KODE_WILAYAH,DESA,ORANG"), ("silent/csv", "KODE_WILAYAH,DESA,NAMA")):
        response = await pages.get(f"/rounds/1/{path}")
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert (await response.text()).lstrip("\ufeff").startswith(head)
    assert (await pages.get("/rounds/1/silent/xlsx")).status == 200
    await pages.be("supervisor", "73.71", login="makassar")
    for path in ("coverage", "silent", "coverage/csv"):
        await pages.read(f"/rounds/1/{path}", 404)
    await pages.read("/rounds/99/coverage", 404)
    await pages.be("agent", "31.75.07.1002", login="tetangga")
    await pages.read("/rounds/1/coverage", 404)


async def test_the_table_of_a_large_round_is_as_the_clock_counted_it_last(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _asked(pages)
    await pages.be("admin")
    fresh = await pages.read("/rounds/1/coverage")
    monkeypatch.setattr(rooms, "LARGE", 3)
    assert "Angka dihitung" not in await pages.read("/rounds/1/coverage"), "it was not counted yet"
    await Keeping(pages.house.database, "Asia/Jakarta", ()).count_rounds(pages.clock())
    kept = await pages.read("/rounds/1/coverage")
    assert "Angka dihitung" in kept
    assert re.findall(r"<td>(\d+)", kept) == re.findall(r"<td>(\d+)", fresh) != []
