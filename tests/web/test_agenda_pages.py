"""Rounds as a list and a calendar, new ones, and the points where they take place."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, update

from notifier.store import imports, schema
from tests.web.sites import HOSTILE, Site, fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POINT = {
    "KODE": "KP-DS",
    "NAMA": "Kantor Pos Duren Sawit",
    "KODE_WILAYAH": "31.75.07",
    "JAM_BUKA": "Sen-Kam 08:00-15:00",
    "KAPASITAS_HARI": "1",
    "STATUS": "BUKA",
}
NEW = {
    "KODE": "BPNT-BARU",
    "PROGRAM": "BPNT",
    "PERIODE": "Desember 2026",
    "KODE_WILAYAH": "31.75.07",
    "TEMPAT": "Balai Warga",
    "MULAI": "2026-12-14T08:00",
    "SELESAI": "2026-12-14T15:00",
    "NOMINAL": "Rp200.000",
    "METODE": "TUNAI",
}


async def test_a_round_too_much_for_its_point_is_warned_of_everywhere(pages: Site) -> None:
    await fill(pages)
    async with pages.house.database.write() as db:
        await imports.name_regions(db, [("31.75.07", "Duren Sawit")])
    await pages.be("admin", login="tuti")
    wrong = await pages.post("/points/new", {**POINT, "JAM_BUKA": "pagi"})
    assert wrong.status == 400
    assert "JAM_BUKA-fault" in await wrong.text()
    assert (await pages.post("/points/new", POINT)).headers["Location"] == "/points/KP-DS"
    form = {"TITIK": "KP-DS", "version": "1", "do": "look"}
    looked = await (await pages.post("/rounds/BPNT-2026-12-DS/edit", form)).text()
    assert "Tidak cocok dengan titiknya" in looked
    await pages.post("/rounds/BPNT-2026-12-DS/edit", {**form, "do": "change"})
    for page in ("/rounds/BPNT-2026-12-DS", "/points/KP-DS"):
        assert "orang sehari, titik menampung 1" in await pages.read(page), page
    assert "Jum 11 Des 2026: titik tutup pada hari itu" in await pages.read("/rounds/BPNT-2026-12-DS")
    plan = {"event": "round_announced", "round": "BPNT-2026-12-DS", "do": "reckon", "again": "1"}
    assert "Tidak cocok dengan titiknya" in await (await pages.post("/broadcasts/plan", plan)).text()
    month = await pages.read("/rounds/calendar?month=2026-12")
    for part in ("titik menampung 1", "titik tutup pada hari itu", "Natal", "month=2026-11", "month=2027-01"):
        assert part in month
    assert "KP-DS" in await pages.read("/points")
    change = {"NAMA": HOSTILE, "version": "1", "do": "look"}
    assert "BPNT-2026-12-DS</h3>" in await (await pages.post("/points/KP-DS/edit", change)).text()
    assert (await pages.post("/points/KP-DS/edit", {**change, "do": "change"})).status == 303
    assert "<b>Budi" not in await pages.read("/points/KP-DS")
    late = await pages.post("/points/KP-DS/edit", {"NAMA": "Lain", "version": "1", "do": "change"})
    assert "sudah diubah rekan lain" in await late.text()
    assert "Sel 8 Des 2026: titik tutup" not in await pages.read("/rounds/BPNT-2026-12-DS")
    assert (await pages.post("/points/KP-DS/edit", {"STATUS": "TUTUP", "version": "2", "do": "change"})).status == 303
    assert "Sel 8 Des 2026: titik tutup" in await pages.read("/rounds/BPNT-2026-12-DS"), "nobody is sent to a shut door"
    await pages.be("agent")
    assert "/edit" not in await pages.read("/points/KP-DS")
    await pages.be("admin", "73.71", login="makassar")
    await pages.read("/points/KP-DS", 404)


async def test_a_new_round_is_written_or_comes_back_with_its_faults(pages: Site) -> None:
    async with pages.house.database.write() as db:
        await imports.name_regions(db, [("31.75.07", "Duren Sawit")])
    await pages.be("admin")
    await pages.post("/points/new", POINT)
    assert '<option value="KP-DS">' in await pages.read("/rounds/new?point=KP-DS")
    for cells, column in (({"KODE": "A B"}, "KODE"), ({"MULAI": ""}, "MULAI"), ({"TEMPAT": ""}, "TEMPAT")):
        wrong = await pages.post("/rounds/new", NEW | cells)
        assert wrong.status == 400
        assert f"{column}-fault" in await wrong.text()
    assert (await pages.post("/rounds/new", NEW)).headers["Location"] == "/rounds/BPNT-BARU"
    page = await pages.read("/rounds/BPNT-BARU")
    assert "Balai Warga" in page
    assert "/broadcasts/plan?round=BPNT-BARU" in page
    assert "KODE-fault" in await (await pages.post("/rounds/new", NEW)).text()


@SQLITE
async def test_the_list_is_sieved_and_goes_on_where_it_ended(pages: Site) -> None:
    for n in range(60):
        at = datetime(2026, 12, 7 + n // 30, 1, tzinfo=UTC)
        await pages.add_round(f"R-{n:02}", opens_at=at, programme="PKH" if n == 59 else "BPNT")
    over = {"opens_at": datetime(2026, 11, 1, tzinfo=UTC), "closes_at": datetime(2026, 11, 2, tzinfo=UTC)}
    await pages.add_round("OLD", **over)
    async with pages.house.database.write() as db:
        await db.execute(update(schema.rounds).where(schema.rounds.c.code == "R-03").values(state="cancelled"))
    await pages.be("agent")
    asked: list[str] = []
    engine = pages.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    first = await pages.read("/rounds")
    few = len(asked)
    assert "R-49<" in first
    assert "R-50<" not in first
    link = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    asked.clear()
    rest = await pages.read(link)
    assert len(asked) == few
    assert [f"R-{n}<" in rest for n in (49, 50, 59)] == [False, True, True]
    assert "R-59<" in await pages.read("/rounds?programme=PKH")
    assert "R-01<" not in await pages.read("/rounds?programme=PKH")
    assert "R-03<" in await pages.read("/rounds?state=cancelled")
    assert "R-29<" not in await pages.read("/rounds?from=2026-12-08&to=2026-12-08")
    assert "Tidak ada penyaluran yang cocok" in await pages.read("/rounds?area=73")
    past = await pages.read("/rounds?show=past")
    assert "OLD<" in past
    assert "R-01<" not in past
    for odd in ("?key=x", "?key=2026-12-07~1", "?from=99&to=x", "?area=%27", "?programme=%00"):
        await pages.read(f"/rounds{odd}")
    for odd in ("?month=x", "?month=0000-01", "?month=9999-12", "?month=2026-13"):
        await pages.read(f"/rounds/calendar{odd}")
    asked.clear()
    await pages.read("/rounds/calendar?month=2026-12")
    assert len(asked) <= few + 3
