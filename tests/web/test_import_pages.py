"""The page of imports: a file is taken, tried, brought in, told of row by row; and given back to be mended."""

import csv
import io
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData
from sqlalchemy import func, select

from notifier.store import schema
from tests.registry.files import BUDI, SITI, write_csv
from tests.web.sites import OURS, Site

BAD = SITI | {"NIK": "317507500368", "NAMA": "=TANPA NIK", "NO_HP": "+6281324776479"}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def upload(pages: Site, name: str, body: bytes, what: str = "people") -> ClientResponse:
    form = FormData()
    form.add_field("what", what)
    form.add_field("file", io.BytesIO(body), filename=name, content_type="application/octet-stream")
    return await pages.client.post("/imports", data=form, headers=OURS, allow_redirects=False)


async def count(pages: Site, table: Any = schema.people) -> int:
    async with pages.house.database.read() as db:
        return int((await db.execute(select(func.count()).select_from(table))).scalar_one())


async def acts(pages: Site) -> list[str]:
    async with pages.house.database.read() as db:
        return list((await db.execute(select(schema.ledger.c.act).order_by(schema.ledger.c.id))).scalars())


async def work(pages: Site) -> int:
    return await pages.house.uploads.work(pages.clock())


async def test_a_file_is_looked_at_brought_in_and_what_was_rejected_is_mended(pages: Site, tmp_path: Path) -> None:
    body = write_csv(tmp_path / "x.csv", [SITI, BUDI | {"NO_HP": "12345"}, BAD]).read_bytes()
    await pages.be("admin")
    response = await upload(pages, "../../etc/daftar <b>.csv", body)
    assert response.status == 303
    place = response.headers["Location"]
    assert "Sedang diperiksa" in await pages.read(place)
    await work(pages)
    page = await pages.read(place)
    assert "<b>" not in page
    assert "Yang akan terjadi" in page
    assert SITI["NIK"] not in page
    assert SITI["NO_HP"] not in page
    assert "317507******9763" in page
    assert "NIK kurang dari 16 angka" in page
    assert page.index("kurang dari 16 angka") < page.index("Nomor HP tidak benar, tidak disimpan")
    assert re.search(r"kontak tidak disimpan</dt><dd>1<", page)
    assert await count(pages) == 0, "a first look changes nothing"
    assert (await pages.post(f"{place}/start")).status == 303
    assert "hx-get" in await pages.read(place)
    await work(pages)
    page = await pages.read(place)
    assert "Hasil impor" in page
    assert await count(pages) == 2
    assert not list((tmp_path / "imports").glob("*/file/*")), "the file is gone once it was brought in"
    async with pages.house.database.read() as db:
        [look] = (await db.execute(select(schema.uploads.c.look))).scalars()
    assert SITI["NAMA"] not in str(look), "an erased person's name would stand there for ever"
    assert SITI["NAMA"] not in page
    kept = next((tmp_path / "imports").glob("*/rejected")).read_bytes()
    assert b"TANPA NIK" not in kept
    response = await pages.get(f"{place}/rejected/csv")
    rows = list(csv.DictReader(io.StringIO((await response.read()).decode("utf-8-sig"))))
    assert [(row["NIK"], row["NAMA"], row["BARIS ASAL"]) for row in rows] == [("317507500368", "'=TANPA NIK", "4")]
    assert "16 angka" in rows[0]["MENGAPA DITOLAK"]
    book = await (await pages.get(f"{place}/rejected/xlsx")).read()
    assert book.startswith(b"PK")
    again = await upload(pages, "lagi.xlsx", book)
    await work(pages)
    page = await pages.read(again.headers["Location"])
    assert SITI["NO_KK"] not in page
    assert "317507500368" not in page
    assert [act for act in await acts(pages) if act.startswith(("upload", "import", "rejected"))] == [
        *("upload_taken", "upload_started", "import.people", "rejected_taken", "rejected_taken", "upload_taken")
    ]
    listed = await pages.read("/imports")
    assert "lagi.xlsx" in listed
    for name, days in (("killed", 29), ("coming", 30.5)):  # who took the first was killed before it was an upload
        (tmp_path / "imports" / name / "file").mkdir(parents=True)
        at = pages.clock.now.timestamp() + days * 86400
        os.utime(tmp_path / "imports" / name, (at, at))
    pages.clock.move(days=31)
    await work(pages)
    assert [path.name for path in (tmp_path / "imports").iterdir() if len(path.name) == 6] == ["coming"]
    await pages.be("admin")
    assert len(list((tmp_path / "imports").glob("*/rejected"))) == 1, "of the younger one"
    assert (await pages.get(f"{place}/rejected/csv")).status == 400


def _bomb() -> bytes:
    """A workbook that says it is small, and is not."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<c></c>" * 2_000_000)
    body = bytearray(packed.getvalue())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = body.index(mark) + place
        body[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(body)


@SQLITE
async def test_what_is_no_table_is_refused_with_a_sentence_and_not_kept(pages: Site, tmp_path: Path) -> None:
    await pages.be("admin")
    for name, body, said in (
        ("daftar.csv", b"", "berkasnya kosong"),
        ("daftar.csv", b"%PDF-1.7", "ini bukan tabel"),
        ("daftar.xlsx", b"NAMA,ALAMAT\r\nSITI,JL\r\n", "kolom NIK tidak ada"),
        ("daftar.xlsx", b"PK\x03\x04 broken", "tidak dapat dibuka"),
        ("daftar.xlsx", _bomb(), "tidak dapat dibuka"),
    ):
        response = await upload(pages, name, body)
        text = await response.text()
        assert response.status == 400
        assert said in text, re.findall(r"flash bad.*", text)
        assert str(tmp_path) not in text, "where files lie is nobody's business"
    assert (await pages.post("/imports", {"what": "people"})).status == 400
    assert (await upload(pages, "x.csv", b"a,b", what="everything")).status == 400
    assert not list((tmp_path / "imports").iterdir())
    assert await count(pages, schema.uploads) == 0


async def test_whoever_works_in_one_region_touches_and_sees_that_region(pages: Site, tmp_path: Path) -> None:
    body = write_csv(tmp_path / "x.csv", [SITI, BUDI | {"KODE_WILAYAH": "35.14.18.2001"}]).read_bytes()
    await pages.be("admin", "31.75", login="timur")
    place = (await upload(pages, "x.csv", body)).headers["Location"]
    await work(pages)
    await pages.post(f"{place}/start")
    await work(pages)
    assert "bukan wilayah petugas" in await pages.read(place)
    assert await count(pages) == 1
    await pages.be("admin", "73", login="makassar")
    await pages.read(place, 404)
    assert "x.csv" not in await pages.read("/imports")
    await pages.be("admin", login="pusat")
    await pages.read(place)


@SQLITE
async def test_a_run_can_be_ended_and_one_that_was_cut_off_begins_anew(pages: Site, tmp_path: Path) -> None:
    rows = [SITI | {"NIK": f"31750750036{n:05d}", "NAMA": f"WARGA {n}"} for n in range(1, 301)]
    body = write_csv(tmp_path / "x.csv", rows).read_bytes()
    await pages.be("admin")
    place = (await upload(pages, "x.csv", body)).headers["Location"]
    await work(pages)
    await pages.post(f"{place}/start")
    room = pages.house.uploads
    bring = room._bring["people"]

    async def cut(paths: Any, order: Any) -> Any:
        told = order.progress

        def progress(name: str, step: str, done: int, total: int) -> None:
            if step == "writing" and done >= 100:
                room.close()
            told(name, step, done, total)

        object.__setattr__(order, "progress", progress)
        return await bring(paths, order)

    room._bring = {"people": cut}
    await work(pages)
    some = await count(pages)
    assert 0 < some < 300
    assert "Sedang diimpor" in await pages.read(place)
    room._closing, room._bring = False, {"people": bring}
    await work(pages)
    assert await count(pages) == 300
    assert "Hasil impor" in await pages.read(place)
    # ended before it began, and by whoever no longer wants it
    second = (await upload(pages, "y.csv", body)).headers["Location"]
    await work(pages)
    await pages.post(f"{second}/start")
    assert (await pages.post(f"{second}/cancel")).status == 303
    await work(pages)
    assert "Dibatalkan" in await pages.read(second)
    assert (await pages.post(f"{second}/cancel")).status == 400
    # nobody decides: it is thrown away
    third = (await upload(pages, "z.csv", body)).headers["Location"]
    await work(pages)
    pages.clock.move(days=1, minutes=1)
    await work(pages)
    await pages.be("admin")
    assert "tidak ada yang diubah" in await pages.read(third)


@SQLITE
async def test_a_file_that_shrank_asks_before_it_goes_on(pages: Site, tmp_path: Path) -> None:
    rows = [SITI | {"NIK": f"31750750036{n:05d}", "NAMA": f"WARGA {n}"} for n in range(1, 21)]
    await pages.be("admin")
    for some, path in ((rows, "satu.csv"), (rows[:10], "dua.csv")):
        place = (await upload(pages, path, write_csv(tmp_path / path, some).read_bytes())).headers["Location"]
        await work(pages)
        if path == "satu.csv":
            await pages.post(f"{place}/start")
            await work(pages)
    page = await pages.read(place)
    assert "berkurang 50 %" in page
    assert str(tmp_path) not in page
    assert (await pages.post(f"{place}/start")).status == 400
    assert (await pages.post(f"{place}/start", {"is": "part"})).status == 303
    await work(pages)
    place = (await upload(pages, "dua.csv", (tmp_path / "dua.csv").read_bytes())).headers["Location"]
    await work(pages)
    assert "berkurang 50 %" in await pages.read(place), "a part is no measure"
    assert (await pages.post(f"{place}/start", {"is": "whole"})).status == 303
    await work(pages)
    assert "Hasil impor" in await pages.read(place)


@SQLITE
async def test_a_file_beyond_the_limit_is_refused_while_it_comes(pages: Site, tmp_path: Path) -> None:
    await pages.be("admin")
    pages.house.uploads._largest = 3 << 20
    response = await upload(pages, "besar.csv", b"NIK,NAMA,KODE_WILAYAH\n" + b"x" * (4 << 20))
    assert response.status == 400
    assert "lebih besar dari 3 MB" in await response.text()
    assert not list((tmp_path / "imports").iterdir())


async def test_pages_that_lack_a_file_lead_to_where_it_is_brought_in(pages: Site) -> None:
    await pages.be("admin")
    for empty in ("/rounds", "/points", "/broadcasts", "/broadcasts/plan"):
        page = await pages.read(empty)
        assert '<a href="/imports">' in page, empty
        assert "notifier import" not in page, empty
    await pages.be("agent")
    assert '"/imports"' not in await pages.read("/rounds")
