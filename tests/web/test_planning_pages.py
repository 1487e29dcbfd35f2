"""The planner as an admin sees it: the tree of regions, the count, the dry run, and a list from a file."""

import re
from pathlib import Path

import pytest
from aiohttp import FormData
from sqlalchemy import update

from notifier.broadcasts import rehearsed
from notifier.store import imports, schema
from tests.web.sites import HOSTILE, OURS, Site

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLAN = {"event": "round_announced", "round": "BPNT-2026-12-DS"}
PLACES = [("31.75.07.1001", "Pondok Bambu"), ("31.75.07.1003", "Klender"), ("31.75.07", "Duren Sawit")]


async def _begin(pages: Site) -> None:
    async with pages.house.database.write() as db:
        await imports.name_regions(db, PLACES)
    await pages.add_people(8)
    await pages.add_round()
    await pages.be("admin", login="rina")


async def test_people_are_picked_from_the_tree_counted_planned_and_approved_with_their_rule(pages: Site) -> None:
    await _begin(pages)
    blank = await (await pages.post("/broadcasts/plan", {**PLAN, "do": "show"})).text()
    assert "Klender" in blank
    assert "8 orang" in blank
    picked = [*PLAN.items(), ("region", "31.75.07.1003"), ("region", "31.75.07.1001"), ("channel", "sms")]
    counted = await pages.client.post("/broadcasts/plan/count", data=picked, headers=OURS)
    text = await counted.text()
    assert "<strong>6 orang</strong>" in text, "those who can be reached by SMS"
    assert "di 2 desa/kelurahan (Pondok Bambu, Klender)" in text
    tried = await pages.client.post("/broadcasts/plan", data=[*picked, ("do", "reckon")], headers=OURS)
    assert re.search(r'value="31.75.07.1003" checked', await tried.text()), "what was ticked stays ticked"
    made = await pages.client.post(
        "/broadcasts/plan", data=[*picked, ("do", "plan")], headers=OURS, allow_redirects=False
    )
    assert made.headers["Location"] == "/broadcasts/1"
    await pages.be("admin", login="dewi")
    asked = await pages.read("/broadcasts/1")
    assert "keluarga BPNT di 2 desa/kelurahan (Pondok Bambu, Klender), dapat dihubungi lewat SMS" in asked
    assert (await pages.post("/broadcasts/1/approve")).status == 303
    await pages.house.broadcasts.advance(pages.clock(), "test")
    assert (await pages.house.broadcasts.progress(1)).audience == 6


@SQLITE
async def test_the_tree_opens_level_by_level_and_keeps_what_is_ticked_where_it_is_shut(pages: Site) -> None:
    await _begin(pages)
    await pages.add_round("BPNT-2026-12-JT", region="31.75")
    form = [("round", "BPNT-2026-12-JT"), ("event", "round_announced")]

    async def show(*more: tuple[str, str]) -> str:
        return await (await pages.client.post("/broadcasts/plan", data=[*form, *more], headers=OURS)).text()

    shut = await show()
    assert "Duren Sawit" in shut
    assert "Klender" not in shut
    opened = await show(("do", "open:31.75.07"))
    assert "Klender" in opened
    assert '<input type="hidden" name="open" value="31.75.07">' in opened
    ticked = await show(("open", "31.75.07"), ("region", "31.75.07.1003"), ("do", "shut:31.75.07"))
    assert 'type="hidden" name="region" value="31.75.07.1003"' in ticked
    assert "di Klender" in ticked


@pytest.mark.parametrize(
    "field",
    [
        ("region", "73.71"),
        ("region", HOSTILE),
        ("status", "KAYA"),
        ("language", "xx"),
        ("also", "NIX"),
        ("channel", "fax"),
        ("answer", "maybe"),
        ("listed", "99"),
        ("listed", "x" * 40),
    ],
)
@SQLITE
async def test_what_no_form_of_ours_says_is_refused_in_a_sentence(pages: Site, field: tuple[str, str]) -> None:
    await _begin(pages)
    for do, status in (("plan", 400), ("reckon", 400), ("show", 200)):
        data = [*PLAN.items(), field, ("do", do)]
        response = await pages.client.post("/broadcasts/plan", data=data, headers=OURS, allow_redirects=False)
        text = await response.text()
        if field == ("listed", "x" * 40):
            continue  # no number is no list
        assert response.status == status, text[:500]
        assert "<b>Budi" not in text


@SQLITE
async def test_a_list_is_read_and_its_unknown_rows_are_taken_away(pages: Site, tmp_path: Path) -> None:
    await _begin(pages)

    async def bring(body: bytes, name: str = "lansia <b>.csv") -> tuple[int, str]:
        form = FormData({**PLAN})
        form.add_field("file", body, filename=name, content_type="text/csv")
        response = await pages.client.post("/broadcasts/plan/list", data=form, headers=OURS)
        return response.status, await response.text()

    status, text = await bring(b"NIK\n3175070101800001\n3175070101800003\n1234\n")
    assert status == 200
    assert "2 orang dari 3 baris" in text
    assert "1 baris tidak dikenal" in text
    assert "<strong>2 orang</strong>" in text
    assert "<b>" not in text.replace("<bdi>", "")
    rows = await pages.read("/broadcasts/lists/1/csv")
    assert "4,****,NIK kurang dari 16 angka" in rows
    assert (await bring(b"NAMA\nX\n"))[0] == 400
    assert "tidak ada kolom NIK atau KODE" in (await bring(b"NAMA\nX\n"))[1]
    assert (await pages.get("/broadcasts/lists/9/csv")).status == 404
    await pages.be("admin", "73.71", login="makassar")
    assert (await pages.get("/broadcasts/lists/1/csv")).status == 404, "another region's list"


async def test_a_plan_is_tried_out_before_it_is_made_and_before_it_is_approved(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _begin(pages)
    form = {**PLAN, "cap": "2.000", "do": "reckon"}
    refused = await (await pages.post("/broadcasts/plan", form)).text()
    assert "melebihi batas" in refused
    tried = await (await pages.post("/broadcasts/plan", {**form, "cap": "3.000"})).text()
    assert "Siti Aminah 1" in tried, "a real person's message"
    assert "di bawah batas Rp3.000" in tried
    assert "Selesai sekitar Sab 5 Des 2026" in tried
    taken = await pages.post("/broadcasts/plan/unreachable/csv", PLAN)
    assert "Siti Aminah 4,317507******0003" in await taken.text()
    await pages.post("/broadcasts/plan", {**form, "cap": "3.000", "do": "plan"})
    await pages.be("admin", login="dewi")
    assert "/broadcasts/1/dry-run" in await pages.read("/broadcasts/1")
    page = await pages.read("/broadcasts/1/dry-run")
    assert "keluarga BPNT" in page
    assert "tidak punya kontak" in page
    assert "Siti Aminah 8" in await pages.read("/broadcasts/1/dry-run/csv")
    monkeypatch.setattr(rehearsed, "LARGE", 1)
    assert "Sejauh ini 0 persen" in await pages.read("/broadcasts/1/dry-run"), "many people: nobody waits for them"
    assert "Saat direncanakan:" in await pages.read("/broadcasts/1")
    await pages.house.beforehand.carry(pages.clock())
    page = await pages.read("/broadcasts/1/dry-run")
    assert "Angka dihitung" in page
    assert "Siti Aminah 1" in page, "a real person's message"
    assert "tidak punya kontak" in page
    assert "Saat direncanakan:" not in await pages.read("/broadcasts/1")
    await pages.read("/broadcasts/9/dry-run", 404)


async def test_a_plan_that_comes_again_is_made_approved_by_another_and_seen_to_come(pages: Site) -> None:
    await _begin(pages)
    fields = {"name": "Pengingat H-1", "event": "round_reminder", "programme": "BPNT", "every": "round", "day": "H-1"}
    fields |= {"hour": "09:00", "most": "1.000", "region": "31.75"}
    for odd in ({"day": "besok"}, {"most": ""}, {"programme": ""}, {"region": "73"[:1]}):
        response = await pages.post("/plans/new", {**fields, **odd})
        assert response.status == (303 if odd == {"region": "7"} else 400)
    await pages.post("/plans/new", fields)
    own = await pages.read("/plans/2")
    assert "Anda yang membuat rencana ini" in own
    assert "H-1 pukul 09:00" in own
    assert (await pages.post("/plans/2/approve")).status == 400
    await pages.be("admin", login="dewi")
    assert "Setujui rencana ini?" in await pages.read("/plans/2")
    assert (await pages.post("/plans/2/approve")).status == 303
    listed = await pages.read("/plans")
    assert "Berikutnya Min 6 Des 2026, 09.00 WIB" in listed
    pages.clock.move(hours=3)
    await pages.house.recurring.carry(pages.clock())
    text = await pages.read("/plans/2")
    assert "/broadcasts/1" in text
    assert "/plans/2" in await pages.read("/broadcasts/1")
    assert (await pages.post("/plans/2/control", {"do": "fly"})).status == 400
    for act, word in (("pause", "dijeda"), ("resume", "berjalan"), ("end", "diakhiri")):
        assert (await pages.post("/plans/2/control", {"do": act})).status == 303
        assert word in await pages.read("/plans/2")
    assert "Rencana berulang 2 diakhiri." in await pages.read("/broadcasts/1")
    await pages.be("admin", "73.71", login="makassar")
    await pages.read("/plans/2", 404)


async def test_a_general_notice_that_comes_again_is_written_read_approved_and_reworded(pages: Site) -> None:
    await _begin(pages)
    assert 'name="programme"' not in await pages.read("/plans/new?event=general_notice")
    fields = {
        "name": "Pungutan",
        "event": "general_notice",
        "text": "Jangan membayar pungutan apa pun.",
        "hour": "09:00",
    }
    fields |= {"every": "week", "day": "senin", "most": "1.000", "region": "31.75", "also": "BPNT"}
    for odd in ({"day": "H-3"}, {"text": "Halo"}, {"region": "7"}, {"every": "round"}):
        refused = await pages.post("/plans/new", {**fields, **odd})
        assert refused.status == 400
        assert 'name="text"' in await refused.text(), "the form stays what it was"
    await pages.post("/plans/new", fields)
    await pages.be("admin", login="dewi")
    text = await pages.read("/plans/1")
    assert "tiap Senin pukul 09:00" in text
    assert "<blockquote>Jangan membayar pungutan apa pun.</blockquote>" in text
    words = text.partition('name="words" value="')[2].partition('"')[0]
    await pages.be("admin", login="rina")
    assert (await pages.post("/plans/1/words", {"text": "Laporkan pungutan ke kelurahan."})).status == 303
    await pages.be("admin", login="dewi")
    for stale in ({"words": words}, {}):
        assert (await pages.post("/plans/1/approve", stale)).status == 400
    text = await pages.read("/plans/1")
    words = text.partition('name="words" value="')[2].partition('"')[0]
    assert (await pages.post("/plans/1/approve", {"words": words})).status == 303
    ahead = await pages.read("/broadcasts/ahead")
    assert "“Laporkan pungutan ke kelurahan.”" in ahead
    assert "Sen 7 Des 2026, 09.00 WIB" in ahead
    assert "“Laporkan pungutan ke kelurahan.”" in await pages.read("/plans")


@SQLITE
async def test_whoever_approves_sees_the_planner_s_audience_and_approves_the_number_that_was_shown(
    pages: Site,
) -> None:
    await _begin(pages)
    async with pages.house.database.write() as db:
        p = schema.people
        await db.execute(update(p).where(p.c.id == 1).values(region="73.71.01.1001"))
    await pages.be("admin", "31.75", login="lia")
    notice = {"event": "general_notice", "text": "Jangan membayar pungutan apa pun.", "do": "plan"}
    await pages.post("/broadcasts/plan", notice)
    await pages.be("admin", login="dewi")
    assert 'name="seen" value="7"' in await pages.read("/broadcasts/1"), "not of the whole country, which dewi sees"
    await pages.add_people(4, first=50)
    refused = await pages.post("/broadcasts/1/approve", {"seen": "7"})
    assert refused.status == 400
    assert "Siaran 1 sekarang untuk 11 orang, di daftar 7" in await refused.text()
    assert (await pages.post("/broadcasts/1/approve", {"seen": "11"})).status == 303
