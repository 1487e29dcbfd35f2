"""The page that says whether a message is ours: to anybody, in two languages, not too often."""

import re
from pathlib import Path

import pytest
from sqlalchemy import insert

from notifier.store import schema
from notifier.web.genuine import TURNS, Turns
from tests.web.sites import Site, fill, open_site


async def _sent(pages: Site) -> str:
    """The code of a message that has left."""
    await fill(pages)
    row = {"delivery_id": 1, "number": 1, "generation": 1, "key": "1:1:1", "line": "sms", "address_index": b"x" * 16}
    row |= {"event": "round_announced", "round_version": 1, "state": "accepted", "started_at": pages.clock()}
    async with pages.house.database.write() as db:
        await db.execute(insert(schema.attempts).values(**row))
    pages.leave()
    return pages.house.vault.codes.of(1)


async def test_anybody_finds_out_what_a_code_belongs_to_and_nobody_whom_it_went_to(pages: Site) -> None:
    code = await _sent(pages)
    assert "Kode di akhir pesan" in await pages.read("/asli")
    text = await pages.read(f"/asli?kode={code.lower().replace('-', '+')}")
    for known in (f"Kode {code} dari kami", "jadwal bantuan", "Kantor Pos Duren Sawit", "Sen 7 Des 2026", "Bandingkan"):
        assert known in text, known
    assert "Siti Aminah" not in text
    assert not re.search(r"3175|\+62", text)
    response = await pages.post("/asli", {"kode": f"BPNT 7 Des di Kantor Pos. ASLI {code}"})
    assert f"Kode {code} dari kami" in await response.text()
    english = await pages.read(f"/asli?kode={code}&bahasa=en")
    assert f"The code {code} is ours" in english
    admin = await pages.be("admin")
    await pages.house.rounds.change(admin, "BPNT-2026-12-DS", {"TEMPAT": "RPTRA Klender"}, pages.clock())
    pages.leave()
    text = await pages.read(f"/asli?kode={code}")
    assert "sudah BERUBAH" in text
    assert "RPTRA Klender" in text
    assert "<s>Kantor Pos Duren Sawit</s>" in text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_false_code_is_told_with_what_to_do_and_questions_have_an_end(
    database_url: str, tmp_path: Path
) -> None:
    async with open_site(database_url, tmp_path) as pages:
        text = await pages.read("/asli?kode=K7QM-3FXA")
        assert "PALSU: kode K7QM-3FXA bukan dari kami" in text
        assert "Jangan memberi uang" in text
        assert "belum terbaca" in await pages.read("/asli?kode=%3Cb%3Ehalo")
        app = pages.client.app
        assert app is not None
        turns = app[TURNS]
        while not turns.wait("127.0.0.1"):
            pass
        response = await pages.get("/asli?kode=K7QM-3FXA")
        assert response.status == 429
        assert int(response.headers["Retry-After"]) > 0
        assert "Terlalu banyak" in await response.text()
        assert (await pages.get("/asli")).status == 200, "the form costs nothing"


def test_turns_are_counted_by_address_and_in_all_and_begin_anew_each_minute() -> None:
    now = [0.0]
    turns = Turns(2, 3, lambda: now[0])
    assert [turns.wait("a"), turns.wait("a"), turns.wait("a")] == [0, 0, 60]
    now[0] = 20.5
    assert [turns.wait("b"), turns.wait("c")] == [0, 40]
    now[0] = 60
    assert turns.wait("a") == 0
