"""The promise on a ticket's page: how it was reckoned, an alarm that is taken, a clock that stands, a case referred."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from notifier.store import schema
from tests.web.sites import Site, open_site

DAY = ["07:30-12:00", "13:00-16:00"]
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), DAY)
USUAL = {"first_response": "4h", "resolve": "10h", "legal_days": 5, "max_pause": "5h"}


@pytest.fixture
async def pages(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A desk that promises an answer within four working hours."""
    tables = {"calendars": {"office": WEEK}, "policies": {"standard": USUAL}}
    async with open_site(database_url, tmp_path, **tables) as opened:
        yield opened


def _text(page: str) -> str:
    return " ".join(re.sub(r"</?bdi>", "", re.sub(r"<(?!/?bdi)[^>]+>", " ", page)).split())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_page_tells_the_sum_and_lets_an_alarm_be_taken_a_clock_stand_and_a_case_be_referred(
    pages: Site,
) -> None:
    pages.clock.move(days=2)  # Monday, 7 December, 09:00
    ticket = await pages.hear("Bantuan belum masuk")
    place = f"/desk/tickets/{ticket.number}"
    pages.clock.move(hours=3)
    await pages.be("agent")
    text = await pages.read(place)
    assert "Saya tangani" not in text
    told = _text(text)
    assert "4:00 jam kerja sejak Sen 7 Des 2026, 09.00 WIB layanan umum, versi 1" in told
    assert "Sen 7 Des 2026, 09.00 WIB – 12.00: 3:00 jam, sisa 1:00" in told
    # the clock stands for a reason, and goes on
    response = await pages.post(f"{place}/pause", {"version": "1", "do": "pause", "pause_why": ""})
    assert response.status == 400
    assert "tuliskan menunggu apa" in await response.text()
    response = await pages.post(f"{place}/pause", {"version": "1", "do": "pause", "pause_why": "data <bank>"})
    assert response.status == 303
    text = await pages.read(place)
    assert "Jam layanan dihentikan petugas: <bdi>data &lt;bank&gt;</bdi>" in text
    pages.clock.move(hours=3)
    assert (await pages.post(f"{place}/pause", {"version": "2", "do": "resume"})).status == 303
    assert "(data &lt;bank&gt;): 2:00 jam tidak dihitung" in _text(await pages.read(place))
    # the answer is late by now: somebody takes the alarm
    assert (await pages.post(f"{place}/alarm")).status == 303
    text = await pages.read(place)
    assert "Alarm ini Anda tangani" in text
    assert "Saya tangani" not in text
    await pages.be("auditor")
    assert "Hentikan jam layanan" not in await pages.read(place)
    assert (await pages.post(f"{place}/alarm")).status == 400
    # and the case goes to whom it concerns; what was typed is not lost when something lacks
    await pages.be("agent")
    fields = {"version": "3", "body": "inspectorate", "letter": "", "refer_why": "Wewenang Inspektorat."}
    response = await pages.post(f"{place}/refer", fields)
    assert response.status == 400
    assert "Wewenang Inspektorat." in await response.text()
    assert (await pages.post(f"{place}/refer", {**fields, "letter": "700/12"})).status == 303
    assert "Aduan dirujuk ke Inspektorat dengan surat nomor 700/12." in await pages.read(place)
    async with pages.house.database.read() as db:
        rows = (await db.execute(schema.ledger.select().order_by(schema.ledger.c.id))).mappings().all()
    acts = [row["act"] for row in rows if row["about"] == f"ticket:{ticket.id}"]
    assert acts == ["ticket_opened", "ticket_pause", "ticket_resume", "ticket_alarm_taken", "ticket_refer"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_promise_is_reckoned_and_another_wording_tried_out_before_it_is_made(pages: Site) -> None:
    pages.clock.move(days=2)  # Monday, 7 December, 09:00
    await pages.house.desk.register(pages.clock())
    one, other = await pages.hear("Bantuan belum masuk"), await pages.hear("Beras berkutu")
    await pages.be("supervisor")
    asked = "calendar=office&start=2026-12-23T15:00&minutes=120&from1=2026-12-23T15:30&to1=2026-12-23T15:45"
    told = _text(await pages.read(f"/desk/promises?{asked}"))
    assert "Rab 23 Des 2026, 15.00 WIB – 15.30: 0:30 jam, sisa 1:30" in told
    assert "Kam 24 Des 2026: tidak dihitung, Cuti Bersama Hari Raya Natal" in told
    assert "tenggat: Sen 28 Des 2026, 08.45 WIB" in told
    start = "start=2026-12-23T15:00"
    backwards = f"{start}&minutes=9&from2=2026-12-23T15:45&to2=2026-12-23T15:30"
    for wrong in ("start=besok&minutes=1", f"{start}&minutes=x", f"{start}&minutes=1&calendar=pasar", backwards):
        assert (await pages.get(f"/desk/promises?{wrong}")).status == 400

    async def tried(tables: str) -> str:
        return _text(await (await pages.post("/desk/promises", {"tables": tables})).text())

    same = "[policies.standard]\nfirst_response = '4h'\nresolve = '10h'\nlegal_days = 5\nmax_pause = '5h'"
    told = await tried(same)
    assert "Aduan terbuka 2 Janjinya lain 0 Tenggat maju 0 Tenggat mundur 0 Langsung terlewat 0" in told
    pages.clock.move(hours=2)
    told = await tried(same.replace("'4h'", "'1h'").replace("'10h'", "'12h'"))
    assert "Janjinya lain 2 Tenggat maju 2 Tenggat mundur 2 Langsung terlewat 2" in told
    assert f"{one.number} jawaban pertama: Sen 7 Des 2026, 14.00 WIB → Sen 7 Des 2026, 10.00 WIB" in told
    assert other.number in told
    nowhere = "[policies.x]\ncalendar = 'y'"
    for wrong in ("[policies.standard]\nresolve = 'kapan'", "[service]\nname = 'x'", "[[", "", nowhere):
        assert (await pages.post("/desk/promises", {"tables": wrong})).status == 400
    async with pages.house.database.read() as db:
        assert {row[0] for row in await db.execute(select(schema.policies.c.version))} == {1}, "nothing is kept"
