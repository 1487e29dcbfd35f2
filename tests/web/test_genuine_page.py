"""The page that says whether a message is ours: to anybody, in four languages, not too often."""

import re
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from notifier.rules.limits import LIMITS, Asked, Limit
from notifier.store import schema
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
    assert 'href="/asli"' in await pages.read("/")
    text = await pages.read(f"/asli?kode={code.lower().replace('-', '+')}")
    for known in (f"Kode {code} dari kami", "jadwal bantuan", "Kantor Pos Duren Sawit", "Senin, 7 Desember 2026"):
        assert known in text, known
    assert "Cocokkan dengan pesan" in text
    assert "Siti Aminah" not in text
    assert not re.search(r"3175|\+62", text)
    response = await pages.post("/asli", {"kode": f"BPNT 7 Des di Kantor Pos. ASLI {code}"})
    assert f"Kode {code} dari kami" in await response.text()
    for tongue, told in (("en", f"The code {code} is ours"), ("jv", f"Kode {code} saking kita"), ("su", "Senén, 7")):
        assert told in await pages.read(f"/asli?kode={code}&bahasa={tongue}")
    admin = await pages.be("admin")
    await pages.house.rounds.change(admin, "BPNT-2026-12-DS", {"TEMPAT": "RPTRA Klender"}, pages.clock())
    pages.leave()
    text = await pages.read(f"/asli?kode={code}&bahasa=id")
    assert "sudah BERUBAH" in text
    assert "RPTRA Klender" in text
    assert "<s>Kantor Pos Duren Sawit</s>" in text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_false_code_is_told_with_what_to_do_and_questions_have_an_end_for_each_place_on_the_net(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {Asked.GENUINE: {"block": Limit(2, LIMITS[Asked.GENUINE]["block"].within)}}
    monkeypatch.setattr("notifier.enquiries.LIMITS", limits)
    async with open_site(database_url, tmp_path, service={"proxies": 1}) as pages:
        text = await pages.read("/asli?kode=K7QM-3FXA")
        assert "PALSU: kode K7QM-3FXA bukan dari kami" in text
        assert "Jangan beri uang" in text
        assert "belum terbaca" in await pages.read("/asli?kode=%3Cb%3Ehalo")
        response = await pages.get("/asli?kode=K7QM-3FXA")
        assert response.status == 429
        assert int(response.headers["Retry-After"]) > 0
        elsewhere = await pages.get("/asli?kode=K7QM-3FXA", headers={"X-Forwarded-For": "203.0.113.7"})
        assert elsewhere.status == 200, "behind the proxy it is another place that asks"
        assert (await pages.get("/asli")).status == 200, "the form costs nothing"
        async with pages.house.database.read() as db:
            scopes = (await db.execute(select(schema.tries.c.scope))).scalars().all()
        assert "203.0.113" not in " ".join(scopes)
