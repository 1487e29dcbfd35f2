"""The ledger's page: sentences, filters, pages by key, the proof of a stretch, and what an area sees of it."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from notifier import ledger
from notifier.ledger import LONGEST_STRETCH, Verified
from notifier.store import ledger as rows
from notifier.store import schema
from notifier.web import language
from notifier.web.staff import acts
from tests.web.sites import Site

ROOT = Path(__file__).resolve().parents[2] / "notifier"
NOON = datetime(2026, 12, 1, 5, tzinfo=UTC)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _fill(pages: Site, n: int = 60) -> None:
    """Acts of two colleagues and the clock, a minute apart, chained."""
    sari, budi = await pages.be("agent", "31.75", login="sari"), await pages.be("supervisor", "73.71", login="budi")
    now = pages.clock()
    async with pages.house.database.write() as db:
        for i in range(n):
            who, act, about = (
                (sari.who, "signed_in", sari.who),
                (budi.who, "reporter_revealed", "ticket:7"),
                ("clock", "broadcast.done", "broadcast:4"),
            )[i % 3]
            detail = {"why": "=1+1"} if i % 3 == 1 else None
            at = now + timedelta(minutes=i)
            await rows.append(db, at=at, who=who, act=act, about=about, detail=detail)
    await ledger.seal(pages.house.database, pages.house.vault, "test", now)


async def test_acts_are_read_in_sentences_narrowed_and_paged(pages: Site) -> None:
    await _fill(pages)
    await pages.be("auditor")
    first = await pages.read("/ledger")
    assert first.count("<details class=") == 50
    assert "Sari masuk" in first
    assert "Budi membuka identitas pelapor aduan 7" in first
    assert "Sistem menyelesaikan siaran 4" in first
    older = re.search(r'href="/ledger\?(before=\d+)"', first)
    assert older
    second = await pages.read(f"/ledger?{older[1]}")
    assert second.count("<details class=") == 10
    for query, n in (
        ("who=sari", 20),
        ("who=clock", 20),
        ("act=signed_in", 20),
        ("about=ticket:7", 20),
        ("about=ticket", 20),
        ("about=sari", 20),
        ("about=tick%25", 0),
        ("who=sari&act=broadcast.done", 0),
        ("since=2026-12-05", 50),
        ("since=2026-12-06", 0),
        ("until=2026-12-04", 0),
        ("until=2026-12-05&about=broadcast", 20),
        ("since=nix&before=x", 50),
        ("who=%00%27%22%3Cscript%3E", 0),
    ):
        assert (await pages.read(f"/ledger?{query}")).count("<details class=") == n, query
    await pages.post("/language", {"language": "en"})
    assert "Budi opened who reported ticket 7" in await pages.read("/ledger")


async def test_acts_are_picked_by_words_and_what_workers_write_comes_when_it_is_asked_for(pages: Site) -> None:
    await _fill(pages, 3)
    async with pages.house.database.write() as db:
        for act in ("settled", "settled", "ticket_note"):
            await rows.append(db, at=pages.clock(), who="host7:735", act=act, about="line:sms")
    await pages.be("auditor")
    for query, n in (("", 4), ("act=all", 6), ("act=settled", 2), ("act=ticket_", 1), ("act=odd", 0)):
        assert (await pages.read(f"/ledger?{query}")).count("<details class=") == n, query
    text = await pages.read("/ledger?act=settled")
    assert '<option value="settled" selected>mencatat hasil kiriman</option>' in text
    assert '<option value="ticket_">melakukan “…” pada aduan …</option>' in text
    assert len(list(csv.reader(io.StringIO(await (await pages.get("/ledger/csv")).text())))) == 1 + 4


async def test_a_stretch_that_was_altered_is_told_and_a_whole_one_is_sound(pages: Site) -> None:
    await _fill(pages)
    await pages.be("auditor")
    form = {"first": "11", "last": "60", "who": "sari"}
    text = await (await pages.post("/ledger/check", form)).text()
    assert "Catatan 11 sampai 60 utuh: 50 segel" in text
    assert 'name="who" value="sari"' in text, "what was asked for stays"
    for first, last in (("0", "5"), ("9", "3"), ("1", str(LONGEST_STRETCH + 1)), ("x", "y")):
        assert (await pages.post("/ledger/check", {"first": first, "last": last})).status == 400
    beyond = await (await pages.post("/ledger/check", {"first": "50", "last": "70"})).text()
    assert "act 61 is missing" in beyond
    async with pages.house.database.write() as db:
        one = schema.ledger
        await db.execute(update(one).where(one.c.seq == 20).values(who="account:99"))
    text = await (await pages.post("/ledger/check", form)).text()
    assert "Rantai putus" in text
    assert "act 20" in text
    assert "utuh: " in await (await pages.post("/ledger/check", {"first": "21", "last": "60"})).text()


async def test_a_file_of_it_is_recorded_and_holds_no_formula(pages: Site) -> None:
    await _fill(pages, 9)
    async with pages.house.database.write() as db:
        await rows.append(db, at=pages.clock(), who="=HYPERLINK(1)", act="+x", about="@y")
    await pages.be("auditor")
    response = await pages.get("/ledger/csv?about=ticket")
    assert response.content_type == "text/csv"
    found = list(csv.reader(io.StringIO((await response.text()).removeprefix("\ufeff"))))
    assert len(found) == 1 + 3
    everything = await (await pages.get("/ledger/csv")).text()
    assert "'=HYPERLINK(1)" in everything
    assert ",'+x,'@y," in everything
    assert "Auditor mengunduh buku besar" in await pages.read("/ledger?act=export.ledger")
    await pages.be("agent", login="agus")
    assert (await pages.get("/ledger")).status == (await pages.get("/ledger/csv")).status == 403


async def test_who_sees_an_area_sees_what_its_own_accounts_did(pages: Site) -> None:
    await _fill(pages)
    await pages.be("supervisor", "31.75", login="tuti")
    text = await pages.read("/ledger")
    assert "Sari masuk" in text
    assert "aduan 7" not in text
    assert "siaran 4" not in text
    assert "aduan 7" not in await pages.read("/ledger?about=ticket:7")
    assert "ticket:7" not in await (await pages.get("/ledger/csv")).text()


@SQLITE
async def test_what_the_last_whole_proof_found_is_shown(pages: Site) -> None:
    await pages.be("auditor")
    assert "belum pernah di sini" in await pages.read("/ledger")
    path = pages.house.ledger_verified
    ledger.keep(path, Verified(pages.clock(), "cli:siti", False, 7, "ab" * 32, 1, ("tickets 3: <b>it is closed",)))
    text = await pages.read("/ledger")
    assert "cli:siti" in text
    assert "tidak cocok" in text
    assert "tickets 3: &lt;b&gt;it is closed" in text
    path.write_text('{"at": "nix"}')
    assert "belum pernah di sini" in await pages.read("/ledger")


def test_every_act_the_code_writes_has_a_sentence() -> None:
    call = re.compile(r'(?:(?:ledger|rows|acts)\.append\([^()]*?\bact=|_record\(db, |PRINTED = )"([a-z_.]+)"')
    written = {act for path in ROOT.rglob("*.py") for act in call.findall(path.read_text())}
    assert len(written) > 25
    words = {f"ticket_{code}" for code in language.WORDS["act"]} | {
        f"import.{what}" for what in language.WORDS["register"]
    }
    assert written - set(acts.SAID) - words == set()


def test_a_worker_and_a_command_are_called_what_they_are() -> None:
    said = {
        (who, act): acts.sentence(rows.Act(1, NOON, who, act, "", "{}", 1, None), {}, "id")
        for who, act in (("host7:735", "settled"), ("cli:root", "backup.made"))
    }
    assert said["host7:735", "settled"] == "Pengirim mencatat hasil kiriman"
    assert said["cli:root", "backup.made"] == "Root (lewat perintah) membuat cadangan"


@pytest.mark.parametrize("tongue", ["id", "en"])
def test_no_two_acts_are_picked_by_the_same_words(tongue: str) -> None:
    said = list(acts.choices(tongue).values())
    assert sorted({words for words in said if said.count(words) > 1}) == []
