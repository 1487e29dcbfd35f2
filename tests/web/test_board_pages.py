"""The list as a page: worked through by forms alone, live, in so many statements, and no number in an address."""

import asyncio
import re

import pytest
from sqlalchemy import event, select

from notifier.store import schema
from notifier.web import live
from tests.web.sites import HOSTILE, Site, fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STATEMENTS = 3  # of the whole list: session, counters, page
CHOICES = 3  # once in half a minute: areas, rounds, colleagues


def _ticked(text: str) -> list[str]:
    return re.findall(r'name="t" value="([^"]+)"', text)


async def _many(pages: Site, n: int) -> None:
    for i in range(n):
        await pages.hear(f"Bantuan belum masuk {i}")
        pages.clock.move(minutes=1)


async def test_several_citizens_are_answered_by_forms_alone_and_the_answers_taken_back(pages: Site) -> None:
    await _many(pages, 3)
    await pages.be("agent", login="sari")
    ticked = _ticked(await pages.read("/desk"))
    await pages.client.post("/desk/bulk", data={"do": "take"}, headers={"Sec-Fetch-Site": "same-origin"})
    # what was ticked is so still, with the version it has now: taken, then answered
    text = await _posted(pages, [("t", ticked[0]), ("t", ticked[2]), ("do", "take"), ("back", "/desk?view=mine")])
    still = re.findall(r'value="([^"]+)" checked', text)
    assert {one.partition(":")[0] for one in still} == {one.partition(":")[0] for one in (ticked[0], ticked[2])}
    assert not set(still) & set(ticked)
    ticked = _ticked(await pages.read("/desk"))
    data = [("t", one) for one in ticked[:2]]
    text = await _posted(
        pages, [*data, ("do", "preview"), ("act", "answer"), ("text", HOSTILE), ("back", "/desk?view=team")]
    )
    assert text.count("note letter") == 2
    assert "<b>Budi" not in text
    assert "Balas bila perlu" in text, "the words as the citizen gets them"
    fields = [(name, value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text)]
    assert [value for name, value in fields if name == "t"] == ticked[:2]
    text = await _posted(
        pages, [*data, ("do", "answer"), ("act", "answer"), ("text", "Kami periksa."), ("back", "/desk")]
    )
    assert "2 jawaban disimpan; dikirim 20 detik lagi." in text
    held = re.search(r'name="numbers" value="([^"]+)"', text)
    assert held
    response = await pages.client.post(
        "/desk/undo", data={"numbers": held[1], "back": "/desk"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert "2 jawaban ditarik kembali; tidak dikirim." in await response.text()
    async with pages.house.database.read() as db:
        d = schema.deliveries.c
        states = (await db.execute(select(d.state).where(d.event == "ticket_answer"))).scalars().all()
    assert set(states) == {"cancelled"}


async def _posted(pages: Site, data: list[tuple[str, str]], status: int = 200) -> str:
    """What a form leads to, after the browser went where it was sent."""
    response = await pages.client.post("/desk/bulk", data=data, headers={"Sec-Fetch-Site": "same-origin"})
    text = await response.text()
    assert response.status == status, text[:500]
    return text


@SQLITE
async def test_what_is_done_to_several_says_for_each_why_not(pages: Site) -> None:
    await _many(pages, 2)
    sari = await pages.be("agent", login="sari")
    one, two = _ticked(await pages.read("/desk"))
    assert "1 aduan menjadi milik Anda." in await _posted(pages, [("t", one), ("do", "take")])
    text = await _posted(pages, [("t", one), ("t", two), ("do", "categorise"), ("category", "deduction")])
    assert "1 aduan dikategorikan." in text
    assert "sudah diubah rekan lain" in text
    assert "Catatan internal disimpan pada 1 aduan." in await _posted(
        pages, [("t", two), ("do", "note"), ("note", "Telepon RT")]
    )
    unticked = await _posted(pages, [("do", "preview"), ("text", "Kami periksa")], 400)
    assert "Belum ada aduan yang dipilih" in unticked
    assert "\nKami periksa</textarea>" in unticked, "what was written is not lost"
    assert "flash bad" in await _posted(pages, [("t", two), ("do", "assign"), ("to", "99")])
    for wrong in (
        [("t", one), ("do", "fly")],
        [("t", "ADU-1"), ("do", "take")],
        [("t", one), ("do", "answer"), ("act", "x")],
    ):
        await _posted(pages, wrong, 400)
    assert 'Milik saya <span class="count">1' in await pages.read("/desk")
    assert sari.login in await pages.read("/desk?view=mine")
    await pages.be("auditor")
    assert _ticked(await pages.read("/desk")) == [], "who changes nothing ticks nothing"


async def test_a_nik_is_looked_up_by_a_form_and_stands_in_no_address(pages: Site) -> None:
    await fill(pages)
    await pages.be("agent", login="sari")
    nik = "3175070101800002"
    found = await pages.post("/desk/search", {"q": nik})
    text = await found.text()
    assert found.status == 200
    assert "Siti Aminah 3" in text
    assert nik not in text
    for typed in (nik[:-1], nik + "1", "31 7507 0101 80 0002"):
        missed = await pages.post("/desk/search", {"q": typed})
        assert missed.status == 200, "no address takes the number over"
        assert typed not in await missed.text()
    assert nik not in await pages.read(f"/desk?q={nik}")
    words = await pages.post("/desk/search", {"q": "dipotong ketua"})
    assert words.headers["Location"] == "/desk?view=all&q=dipotong+ketua"
    async with pages.house.database.read() as db:
        acts = (await db.execute(select(schema.ledger.c.act, schema.ledger.c.detail))).all()
    assert [act for act, _ in acts].count("person_sought") == 2
    assert nik not in str(acts)


async def test_the_list_costs_the_same_statements_however_long_it_is(pages: Site) -> None:
    counted: list[str] = []

    def count(_c: object, _k: object, statement: str, *_: object) -> None:
        counted.append(statement)

    await pages.add_round()
    await _many(pages, 2)
    await pages.be("supervisor")
    for path, more in (("/desk", 0), ("/desk?view=all", 0), ("/desk?channel=sms", 1), ("/desk?q=bantuan", 1)):
        for choices in (CHOICES, 0):
            event.listen(pages.house.database.engine.sync_engine, "before_cursor_execute", count)
            await pages.read(path)
            event.remove(pages.house.database.engine.sync_engine, "before_cursor_execute", count)
            asked = [one for one in counted if not one.startswith(("BEGIN", "ROLLBACK"))]
            counted.clear()
            assert len(asked) == STATEMENTS + more + choices, asked
            await pages.hear("Bantuan belum masuk juga")
        pages.clock.move(minutes=1)


async def test_whoever_watches_a_list_is_told_of_changes_in_their_region(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK", 0.01)
    monkeypatch.setattr(live, "BEAT", 0.05)
    await pages.be("agent", "73.71", login="makassar")
    far = await pages.get("/desk/live", headers={"Accept": "text/event-stream"})
    await pages.be("agent", "31.75", login="sari")
    near = await pages.get("/desk/live", headers={"Accept": "text/event-stream"})
    assert near.content_type == "text/event-stream"
    assert await near.content.readline() == b"retry: 5000\n"
    async with asyncio.timeout(10):
        while b": here\n" not in await near.content.readline():
            pass
        await pages.hear("Bantuan belum masuk")
        while await near.content.readline() != b"event: board\n":
            pass
        told = b""
        while told.count(b": here") < 2:
            told += await far.content.readline()
    assert b"board" not in told
    await pages.client.app.shutdown()
    async with asyncio.timeout(10):
        await near.content.read()
        await far.content.read()


@SQLITE
async def test_a_list_that_keeps_itself_up_to_date_takes_no_sentence_from_whoever_acted(pages: Site) -> None:
    await _many(pages, 1)
    await pages.be("agent", login="sari")
    [ticked] = _ticked(await pages.read("/desk"))
    await pages.post("/desk/bulk", {"t": ticked, "do": "take", "back": "/desk"})
    part = {"HX-Request": "true"}
    for headers, told in ((part | {"X-Refresh": "true"}, False), (part, True), (part, False)):
        response = await pages.client.get("/desk", headers=headers)
        assert ("1 aduan menjadi milik Anda." in await response.text()) is told
