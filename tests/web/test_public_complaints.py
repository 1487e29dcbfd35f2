"""A citizen without login: complains on a page, follows by number and code, adds, confirms or has it opened again."""

import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import func, select, update

from notifier.app.lines import build_inbox
from notifier.desk import Complaint
from notifier.desk.following import code_of
from notifier.inbox.forms import Form, pack, unpack
from notifier.proofs import prove
from notifier.render import pagetexts
from notifier.rules.limits import LIMITS, Asked
from notifier.rules.roles import Viewer
from notifier.rules.tickets import Act
from notifier.store import imports, schema
from notifier.store.tickets import Ticket
from notifier.web.public import complain, frame
from tests.web.sites import HOSTILE, LINES, OURS, Site, open_site

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "web" / "public"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TOKEN = "0123456789abcdef0123456789abcdef"
PHOTO = b"\xff\xd8\xff\xe0 sebuah foto"
STORY = {
    "token": TOKEN,
    "masalah": "deduction",
    "cerita": "Uang bantuan ibu saya dipotong 50 ribu oleh ketua RT kemarin.",
    "tempat": "Kelurahan Klender",
    "setuju": "1",
}


async def send(pages: Site, path: str, fields: dict[str, str], *files: tuple[str, bytes]) -> tuple[int, str]:
    """Send a form with files; (status, the page that comes back)."""
    data = FormData(default_to_multipart=True)
    for name, value in fields.items():
        data.add_field(name, value)
    for name, body in files:
        data.add_field("bukti", body, filename=name, content_type="image/jpeg")
    response = await pages.client.post(path, data=data, headers=OURS, allow_redirects=False)
    return response.status, await response.text()


async def count(pages: Site, table: Any) -> int:
    async with pages.house.database.read() as db:
        return int((await db.execute(select(func.count()).select_from(table))).scalar_one())


def codes(text: str) -> list[str]:
    return re.findall(r'<strong class="code">([^<]+)</strong>', text)


async def _resolve(pages: Site, agent: Viewer, number: str, text: str, version: int) -> Ticket:
    """What may be about an officer is ended by two."""
    await pages.house.desk.act(agent, number, Act.RESOLVE, text, version, pages.clock())
    other = await pages.be("supervisor", login="dewi")
    pages.leave()
    return await pages.house.desk.decide(other, number, version + 1, pages.clock(), agree=True)


async def test_a_complaint_is_sent_followed_answered_and_settled_without_a_login(pages: Site) -> None:
    await pages.add_round()
    form = await pages.read("/lapor?jadwal=BPNT-2026-12-DS")
    assert "Kantor Pos Duren Sawit" in form
    told = {**STORY, "jadwal": "BPNT-2026-12-DS", "nama": "Budi"}
    status, text = await send(pages, "/lapor", told, ("foto.jpg", PHOTO))
    assert status == 200, text
    number, code = codes(text)
    again, same = await send(pages, "/lapor", told, ("foto.jpg", PHOTO))
    assert (again, codes(same)) == (200, [number, code]), "sent twice is one report"
    assert await count(pages, schema.tickets) == 1
    assert await count(pages, schema.deliveries) == 0, "who gave no address reads the answer on the page"

    agent = await pages.be("agent", login="sari")
    shown = await pages.read(f"/desk/tickets/{number}")
    assert "Halaman web" in shown
    assert "Budi" in shown
    assert "foto.jpg" in shown
    seen = await pages.house.desk.ticket(agent, number, pages.clock())
    assert seen.ticket.category == "deduction"
    assert (seen.ticket.place, seen.ticket.region) == ("31.75.07", "31.75"), "hidden from whom it may concern"
    assert [change.act for change in seen.history] == ["open", "acknowledged"], "no admin is there to be told of it yet"
    pages.leave()

    answer = {"nomor": number.lower(), "kode": code.replace("-", " ").lower()}
    followed = await (await pages.post("/lacak", answer)).text()
    assert "Sudah kami terima" in followed
    assert "ada kabar dari petugas" in followed
    ticket = await pages.house.desk.answer(agent, number, "Kami periksa ke RT.", seen.ticket.version, pages.clock())
    await pages.house.desk.note(agent, number, "RT ini sudah sering.", pages.clock())
    ticket = await _resolve(pages, agent, number, "Uang dikembalikan.", ticket.version)
    followed = await (await pages.post("/lacak", answer)).text()
    assert "Uang dikembalikan." in followed
    assert "RT ini sudah sering" not in followed, "notes are for staff"

    more = {**answer, "token": "1" * 32, "aksi": "unsettled", "cerita": "Belum dikembalikan semua."}
    status, followed = await send(pages, "/lacak", more, ("bukti.png", b"\x89PNG\r\n\x1a\n foto"))
    assert status == 200
    assert "Sedang ditangani" in followed
    assert "Belum dikembalikan semua." in followed
    ticket = (await pages.house.desk.ticket(agent, number, pages.clock())).ticket
    await _resolve(pages, agent, number, "Sudah lunas.", ticket.version)
    followed = await (await pages.post("/lacak", {**answer, "token": "2" * 32, "aksi": "settled"})).text()
    assert "Laporan ini kami tutup" in followed
    assert [finding async for finding in prove(pages.house.database, pages.house.vault)] == []
    assert "Sudah ditutup" in followed
    rated = {**answer, "token": "3" * 32, "aksi": "rated", "nilai": "4"}
    assert "Kurang puas" in followed
    followed = await (await pages.post("/lacak", rated)).text()
    assert "penilaian Anda tercatat" in followed
    assert "Kurang puas" not in followed, "asked once"
    assert await count(pages, schema.ratings) == 1


async def test_who_asks_for_secrecy_leaves_no_name_and_whose_number_is_given_is_told_there(pages: Site) -> None:
    async with pages.house.database.write() as db:
        await imports.name_regions(db, [("31.75.07.1003", "Klender")])
    form = await pages.read("/lapor?w=31.75.07.1003")
    assert "Klender" in form
    assert "Di mana kejadiannya" not in form
    assert "Di mana kejadiannya" in await pages.read("/lapor?w=99.99")
    told = {**STORY, "rahasia": "1", "nama": "Budi", "kontak": "0812 3456 7890", "w": "31.75.07.1003"}
    status, text = await send(pages, "/lapor", told)
    number = codes(text)[0]
    agent = await pages.be("agent")
    page = await pages.house.desk.ticket(agent, number, pages.clock())
    assert status == 200
    assert page.ticket.confidentiality == "confidential"
    assert page.ticket.channel == "web"
    assert page.ticket.place == "31.75.07", "no nearer than the district"
    assert page.ticket.region == "31.75", "hidden from whom it may concern"
    assert page.reporter is None
    assert "Budi" not in await pages.read(f"/desk/tickets/{number}")
    async with pages.house.database.read() as db:
        d = schema.deliveries.c
        queued = (await db.execute(select(d.event, d.line))).all()
        reporter = await pages.house.desk.reporter(db, page.ticket.id)
    assert [tuple(row) for row in queued] == [("ticket_received", "sms")]
    assert reporter.name == ""
    pages.leave()
    for n in range(LIMITS[Asked.WRITE_TO]["subject"].most - 1):
        assert (await send(pages, "/lapor", {**told, "token": f"{n:032x}"}))[0] == 200
    status, text = await send(pages, "/lapor", {**told, "token": "f" * 32})
    assert status == 429
    assert "Coba lagi pukul" in text


# field → what is sent in it, and the sentence beside it
WRONG = [
    ("masalah", "nonsense", "Pilih satu masalah"),
    ("cerita", "halo", "sedikit lebih panjang"),
    ("cerita", "x" * 3001, "Terlalu panjang"),
    ("kontak", "besok saja", "Tulis nomor HP"),
    ("setuju", "", "Centang persetujuan"),
    ("situs", "http://spam.test", "tampak diisi mesin"),
]


@SQLITE
async def test_each_refusal_is_a_sentence_by_its_field_and_what_was_written_is_kept(pages: Site) -> None:
    for field, value, sentence in WRONG:
        status, text = await send(pages, "/lapor", {**STORY, "nama": HOSTILE, field: value})
        assert status == 400, field
        assert sentence in text, field
        assert "<b>Budi" not in text
        assert "&lt;b&gt;Budi" in text, "what was written is kept"
        assert 'name="token" value="0123456789abcdef0123456789abcdef"' in text
    files = [("a.jpg", b"MZ\x90 program"), ("b.jpg", PHOTO), ("c.jpg", PHOTO), ("d.jpg", PHOTO)]
    for chosen, sentence in ((files[:1], "Hanya foto"), (files, "Paling banyak 3 berkas")):
        status, text = await send(pages, "/lapor", STORY, *chosen)
        assert (status, sentence in text) == (400, True)
    assert await count(pages, schema.tickets) == await count(pages, schema.arrivals) == 0


@SQLITE
async def test_evidence_lies_sealed_on_disk_and_the_words_are_masked(pages: Site) -> None:
    told = {**STORY, "cerita": "NIK saya 3175070101800001 salah, mohon diperbaiki"}
    _, text = await send(pages, "/lapor", told, ("../../foto\u202egpj.jpg", PHOTO))
    assert await build_inbox(pages.house).fetch_files(pages.clock()) == 1
    (kept,) = (pages.house.data / "files").iterdir()
    assert b"foto" not in kept.read_bytes()
    agent = await pages.be("agent")
    number = codes(text)[0]
    page = await pages.house.desk.ticket(agent, number, pages.clock())
    assert page.files[0].state == "kept"
    assert "3175070101800001" not in str(page)
    _, kind, body = await pages.house.desk.file(agent, number, page.files[0].id, pages.clock())
    assert (kind, body) == ("image/jpeg", PHOTO)


@SQLITE
async def test_a_form_that_could_not_be_understood_at_once_is_understood_later(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise LookupError

    with monkeypatch.context() as patch:
        patch.setattr(pages.house.desk, "open", broken)
        status, text = await send(pages, "/lapor", STORY, ("foto.jpg", PHOTO))
    assert status == 503
    assert "Laporan Anda sudah tersimpan" in text
    pages.clock.move(minutes=3)
    assert await build_inbox(pages.house).drain(pages.clock()) == 1
    status, text = await send(pages, "/lapor", STORY)
    assert status == 200
    assert len(codes(text)) == 2, "the same form tells the number"
    assert await count(pages, schema.tickets) == await count(pages, schema.files) == 1


async def test_a_wrong_code_and_a_number_that_is_none_are_one_answer_and_few_tries_are_given(pages: Site) -> None:
    ticket = await pages.hear("Bantuan belum masuk")
    code = pages.house.desk.code(ticket.number)
    wrong = await (await pages.post("/lacak", {"nomor": ticket.number, "kode": "2222-2222"})).text()
    none = await (await pages.post("/lacak", {"nomor": "ADU-2222222", "kode": "2222-2222"})).text()
    assert wrong.replace(ticket.number, "ADU-2222222") == none
    assert "Nomor atau kode tidak cocok" in none
    for _ in range(LIMITS[Asked.FOLLOW]["subject"].most - 1):
        await pages.post("/lacak", {"nomor": ticket.number, "kode": "2222-2222"})
    late = await pages.post("/lacak", {"nomor": f" {ticket.number.lower()}", "kode": code})
    assert late.status == 429, "in any spelling"
    assert "Coba lagi pukul 10.01 WIB" in await late.text()
    pages.clock.move(minutes=61)
    assert (await pages.post("/lacak", {"nomor": ticket.number, "kode": code})).status == 200


@SQLITE
async def test_what_is_long_closed_or_was_added_by_others_is_neither_opened_again_nor_shown(pages: Site) -> None:
    other = await pages.hear("lain")
    ticket = await pages.hear("Bantuan belum masuk")
    async with pages.house.database.write() as db:
        reporter = await pages.house.desk.reporter(db, ticket.id)
        theirs = Complaint(other.id, reporter, "kata orang lain", pages.clock(), elsewhere=True)
        await pages.house.desk.append(db, ticket.id, theirs, pages.clock())
        t = schema.tickets
        await db.execute(update(t).where(t.c.id == ticket.id).values(status="closed", closed_at=pages.clock()))
    pages.clock.move(days=31)
    follow = {"nomor": ticket.number, "kode": pages.house.desk.code(ticket.number)}
    text = await (await pages.post("/lacak", follow)).text()
    assert "Bantuan belum masuk" in text
    assert "kata orang lain" not in text
    assert "Buat laporan baru" in text
    status, text = await send(pages, "/lacak", {**follow, "aksi": "add", "cerita": "Masih belum juga"})
    assert status == 400
    assert "sudah lama ditutup" in text


def test_a_form_is_read_as_it_was_stored() -> None:
    form = Form(TOKEN, "complain", "Teks\n\nbaris", categories=("delayed",), files=(("a.jpg", b"\n\x00"), ("b", b"")))
    assert unpack(pack(form)) == form


def test_every_choice_has_its_words_and_its_picture() -> None:
    icons = set(re.findall(r'^"(\w+)":', (TEMPLATES / "icons.html").read_text(), re.MULTILINE))
    assert {picture for _, picture in complain.CHOICES} | {picture for _, picture, _ in frame.MENU} <= icons
    assert {category.value for category, _ in complain.CHOICES} <= set(pagetexts.catalogue("id")["complain"])


def test_codes_are_told_in_letters_nobody_mistakes(pages: Site) -> None:
    code = code_of(pages.house.vault, "ADU-7K4M2QX")
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    assert code != code_of(pages.house.vault, "ADU-7K4M2QY")


async def test_who_follows_a_report_can_have_its_answers_sent_to_telegram(database_url: str, tmp_path: Path) -> None:
    lines = {**LINES, "bot": {**LINES["bot"], "name": "bansos_bot"}}
    async with open_site(database_url, tmp_path, lines=lines) as pages:
        ticket = await pages.hear("Bantuan belum masuk sampai hari ini", categories=("delayed",))
        mine = {"nomor": ticket.number, "kode": code_of(pages.house.vault, ticket.number)}
        assert "Ikuti lewat Telegram" in await (await pages.post("/lacak", mine)).text()
        text = await (await pages.post("/lacak", {**mine, "aksi": "telegram"})).text()
        found = re.search(r'href="https://t\.me/bansos_bot\?start=([A-Za-z0-9_-]{16,64})"', text)
        assert found
        async with pages.house.database.read() as db:
            row = (await db.execute(select(schema.invitations.c.ticket_id, schema.invitations.c.person_id))).one()
        assert tuple(row) == (ticket.id, None)
        assert found[1] not in mine["kode"]
