"""Programmes' pages."""

import pytest
from sqlalchemy import event

from tests.web.sites import HOSTILE, Site, fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM = {
    "name": "Kartu Sembako",
    "rung1": "sms",
    "rung2": "telegram",
    "days": "2, 0",
    "hour": "10:00",
    "question": "1",
    "question_days": "3",
    "why": "permintaan dinas",
}


async def test_an_admin_changes_a_programme_and_everybody_sees_who_did_and_why(pages: Site) -> None:
    await fill(pages)
    await pages.be("admin", login="tuti")
    listed = await pages.read("/programmes")
    assert "Program Keluarga Harapan" in listed
    assert "2 penyaluran akan datang" in listed
    shown = await pages.read("/programmes/BPNT")
    for part in ("Telegram", "3 hari sebelum penyaluran dibuka", "BPNT-2026-12-DS", "belum pernah diubah"):
        assert part in shown
    assert 'value="3, 1, 0"' in await pages.read("/programmes/BPNT/edit")
    wrong = await pages.post("/programmes/BPNT/edit", {**FORM, "days": "x", "version": "0"})
    assert wrong.status == 400
    assert "days-fault" in await wrong.text()
    saved = await pages.post("/programmes/BPNT/edit", {**FORM, "why": HOSTILE, "version": "0"})
    assert (saved.status, saved.headers["Location"]) == (303, "/programmes/BPNT")
    shown = await pages.read("/programmes/BPNT")
    for part in ("Kartu Sembako", "pukul 10:00", "2 hari sebelum", "Tuti", "versi 1"):
        assert part in shown
    assert "<b>Budi" not in shown
    late = await pages.post("/programmes/BPNT/edit", {**FORM, "version": "0", "days": "1"})
    assert "sudah diubah rekan lain" in await late.text()
    await pages.be("admin", "31.75", login="wilayah")
    assert "/edit" not in await pages.read("/programmes/BPNT")
    assert (await pages.post("/programmes/BPNT/edit", {**FORM, "version": "1"})).status == 400
    await pages.read("/programmes/BLA", 404)


@SQLITE
async def test_the_page_of_a_programme_costs_the_same_however_many_rounds_there_are(pages: Site) -> None:
    await fill(pages)
    await pages.be("agent")
    asked: list[str] = []
    engine = pages.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    await pages.read("/programmes/BPNT")
    few = len(asked)
    for n in range(9):
        await pages.add_round(f"BPNT-{n}")
    asked.clear()
    await pages.read("/programmes/BPNT")
    assert len(asked) == few
