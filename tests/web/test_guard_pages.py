"""Canary, cap and answers on a broadcast's page; the page of lines; the red band of a restored backup."""

import pytest
from sqlalchemy import delete, insert, update

from notifier.ledger import seal
from notifier.store import echoes, schema
from notifier.store import ledger as acts
from tests.web.sites import HOSTILE, Site, fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLAN = {"event": "round_announced", "round": "BPNT-2026-12-DS", "do": "plan"}


async def test_a_plan_names_its_first_ones_and_its_cap(pages: Site) -> None:
    await pages.add_people(8)
    await pages.add_round()
    await pages.be("admin", login="rina")
    made = await pages.post("/broadcasts/plan", {**PLAN, "canary": "25%", "cap": "Rp 1.000.000"})
    assert made.headers["Location"] == "/broadcasts/1"
    text = await pages.read("/broadcasts/1")
    assert "Lebih dahulu kepada" in text
    assert "Rp1.000.000" in text
    who = await pages.be("admin", login="dewi")
    await pages.post("/broadcasts/1/approve")
    await pages.house.broadcasts.advance(pages.clock(), "test")
    text = await pages.read("/broadcasts/1")
    assert "2 orang pertama diberi tahu dahulu" in text
    assert "mencoba dahulu" in text
    assert 'hx-get="/broadcasts/1/progress?was=' in text
    b = await pages.house.broadcasts.get(who, 1)
    assert (b.canary, b.cap) == (2, 1_000_000)


@SQLITE
async def test_a_plan_above_its_cap_is_refused_in_the_readers_language(pages: Site) -> None:
    await pages.add_people(8)
    await pages.add_round()
    await pages.be("admin")
    for fields, says in (
        ({"cap": "2.000"}, "Perhitungan biaya Rp2.100 melebihi batas Rp2.000"),
        ({"cap": "murah"}, "bukan jumlah rupiah"),
        ({"canary": "sedikit"}, "bukan jumlah orang"),
        ({"canary": HOSTILE}, "bukan jumlah orang"),
    ):
        response = await pages.post("/broadcasts/plan", {**PLAN, **fields})
        text = await response.text()
        assert response.status == 400
        assert says in text
        assert "<b>Budi" not in text


@SQLITE
async def test_a_broadcast_that_halted_says_why_and_goes_on_with_a_higher_cap(pages: Site) -> None:
    await fill(pages)
    why = "it has cost Rp900 and would pass its cap of Rp1.000"
    async with pages.house.database.write() as db:
        await db.execute(
            update(schema.broadcasts).where(schema.broadcasts.c.id == 1).values(state="asking", why=why, cap=1000)
        )
        load = {"broadcast_id": 1, "worker": "w", "line": "sms", "people": 6, "attempts": 3, "segments": 3}
        await db.execute(insert(schema.loads).values({**load, "rupiah": 1000}))
        for intent in ("receipt_yes", "complaint", "wrong_info"):
            await echoes.count(db, 1, intent)
    await pages.be("admin", login="dewi")
    text = await pages.read("/broadcasts/1")
    assert "Biayanya sudah Rp900 dan akan melewati batas Rp1.000" in text
    assert "Jawaban warga" in text
    assert "Menyatakan isinya salah" in text
    assert 'name="cap"' in text
    refused = await pages.post("/broadcasts/1/approve", {"cap": "1000"})
    assert refused.status == 400
    assert "isi batas biaya yang lebih tinggi" in await refused.text()
    assert (await pages.post("/broadcasts/1/approve", {"cap": "5.000"})).status == 303
    assert "Rp5.000" in await pages.read("/broadcasts/1")


async def test_lines_are_told_with_their_trouble_and_may_be_tried_now(pages: Site) -> None:
    await fill(pages)
    row = {"scope": "line:sms", "next_free": pages.clock(), "reason": HOSTILE, "parks": 2}
    async with pages.house.database.write() as db:
        await db.execute(insert(schema.paces).values({**row, "parked_until": pages.clock().replace(hour=23)}))
    await pages.be("auditor")
    text = await pages.read("/lines")
    assert "istirahat" in text
    assert "<b>Budi" not in text
    assert "Coba sekarang" not in text
    assert '<a href="/lines" aria-current="page">Jalur</a>' in text
    health = await (await pages.get("/health")).json()
    assert health["status"] == "ok"
    assert list(health["lines"]) == ["sms"]
    await pages.be("admin")
    assert "Coba sekarang" in await pages.read("/lines")
    assert (await pages.post("/lines/sms/try")).status == 303
    assert "dicoba lagi" in await pages.read("/lines")
    assert (await pages.post("/lines/sms/try")).status == 400
    assert (await pages.post("/lines/fax/try")).status == 400


async def test_a_test_message_is_sent_from_the_page_and_its_fate_shown_there(pages: Site) -> None:
    await pages.be("admin")
    sent = await pages.post("/lines/sms/test", {"to": "0812 3000 0001"})
    assert sent.headers["Location"] == "/lines?test=1"
    text = await pages.read("/lines?test=1")
    assert "Uji coba 1" in text
    assert "Menunggu giliran" in text
    assert (await pages.post("/lines/sms/test", {"to": "siti"})).status == 400
    await pages.read("/lines?test=99")
    await pages.be("agent")
    assert "Uji coba 1" not in await pages.read("/lines?test=1")


async def test_a_restored_backup_is_told_on_every_page_until_an_admin_confirms_it(pages: Site) -> None:
    now, database = pages.clock(), pages.house.database
    async with database.write() as db:
        for _ in range(3):
            await acts.append(db, at=now, who="clock", act="test", about="test:1")
    await seal(database, pages.house.vault, "test", now)
    await pages.house.restored.look(now)
    async with database.write() as db:
        await db.execute(delete(schema.ledger).where(schema.ledger.c.seq > 1))
    pages.clock.move(hours=1)
    await pages.house.restored.look(pages.clock())
    await pages.be("agent")
    text = await pages.read("/home")
    assert "Pengiriman ditahan" in text
    assert "/restored" not in text
    assert "Pengiriman ditahan" not in await (await pages.get("/health")).text()
    assert "restored backup" in (await (await pages.get("/health")).json())["sending"]
    ready = await pages.get("/ready")
    assert (ready.status, (await ready.json())["status"]) == (200, "ok")
    await pages.be("admin")
    text = await pages.read("/restored")
    assert "catatan 3" in text
    assert "catatan 1" in text
    assert (await pages.post("/restored", {"do": "fly"})).status == 400
    assert (await pages.post("/restored", {"do": "hold"})).status == 303
    assert "Pengiriman ditahan" not in await pages.read("/home")
    assert "Tidak ada yang perlu dikonfirmasi" in await pages.read("/restored")
    assert (await pages.post("/restored", {"do": "hold"})).status == 400
    assert "sending" not in await (await pages.get("/health")).json()
