"""One ticket as a colleague works on it: what stands beside it, drafts, versions, files, links, splitting, absence."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from notifier.desk import Complaint
from notifier.proofs import prove
from notifier.rules.tickets import Act
from notifier.store import schema
from notifier.store.tickets import Ticket
from tests.web.sites import Site, fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HX = {"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}


def _field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]


async def _more(pages: Site, ticket: Ticket, text: str, **values: Any) -> int:
    """Further words of the same citizen; the message they became."""
    async with pages.house.database.write() as db:
        arrival = (await db.execute(select(schema.heard.c.arrival_id).limit(1))).scalar_one()
        row = {"arrival_id": arrival, "line": "sms", "dedupe": text, "sender_index": b"x" * 16, "sender": b""}
        row |= {"kind": "message", "text": text, "at": pages.clock(), "why": {}}
        heard = (await db.execute(insert(schema.heard).values(**row).returning(schema.heard.c.id))).scalar_one()
        reporter = await pages.house.desk.reporter(db, ticket.id)
        words = Complaint(int(heard), reporter, text, pages.clock(), **values)
        await pages.house.desk.append(db, ticket.id, words, pages.clock())
        m = schema.ticket_messages.c
        return int((await db.execute(select(m.id).where(m.heard_id == heard))).scalar_one())


async def _rows(pages: Site, table: Any) -> list[Any]:
    async with pages.house.database.read() as db:
        return list((await db.execute(select(table))).all())


async def test_beside_the_conversation_stands_what_the_person_was_told_and_is_owed(pages: Site) -> None:
    await pages.add_people(2)
    await pages.add_round()
    await pages.broadcast()
    async with pages.house.database.write() as db:
        wanted = schema.entitlements.c.person_id == 1
        owed = (await db.execute(select(schema.entitlements.c.id).where(wanted))).scalar_one()
        change = {"entitlement_id": owed, "at": pages.clock(), "was": "DIJADWALKAN", "status": "GAGAL"}
        await db.execute(insert(schema.entitlement_changes).values(**change, reason="Rekening tutup", who="import:3"))
        sent = schema.deliveries.c.person_id == 1
        delivery = (await db.execute(select(schema.deliveries.c.id).where(sent))).scalar_one()
        tried = {"delivery_id": delivery, "number": 1, "generation": 1, "key": "1:1:1", "line": "sms", "event": "x"}
        tried |= {"address_index": b"x" * 16, "round_version": 1, "state": "failed", "reason": "unknown_subscriber"}
        await db.execute(insert(schema.attempts).values(**tried, started_at=pages.clock()))
    other = await pages.hear("Kartu saya tertelan mesin", person_id=1, categories=("card_problem",))
    secret = await pages.hear("RT minta uang, tolong rahasiakan", person_id=1, confidential=True)
    elsewhere = await pages.hear("Aduan tetangga", person_id=2)
    ticket = await pages.hear("Bantuan saya belum masuk", person_id=1, round_id=1)
    await pages.be("agent")
    text = await pages.read(f"/desk/tickets/{ticket.number}")
    assert "Rekening tutup" in text
    assert "nomor tidak dikenal" in text
    assert "Jadwal penyaluran" in text
    assert "Kantor Pos Duren Sawit" in text
    assert "Aduan lain dari orang ini" in text
    assert other.number in text
    assert secret.number not in text
    assert elsewhere.number not in text
    hidden = await pages.read(f"/desk/tickets/{secret.number}")
    assert "Menurut catatan pembayaran" not in hidden
    assert "Aduan lain" not in hidden
    assert other.number not in hidden
    assert "Siti Aminah" not in hidden


@SQLITE
async def test_the_page_of_a_ticket_costs_the_same_however_much_there_is(pages: Site) -> None:
    ticket = await fill(pages)
    asked: list[str] = []
    engine = pages.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    await pages.be("supervisor")
    counts = []
    for _ in range(2):
        asked.clear()
        await pages.read(f"/desk/tickets/{ticket.number}")
        counts.append(sum(statement.lstrip().startswith("SELECT") for statement in asked))
        for n in range(8):
            await _more(pages, ticket, f"tambahan {n} {len(counts)}")
            await pages.house.desk.note(pages.viewers["sari"], ticket.number, f"catatan {n}", pages.clock())
    assert counts[0] == counts[1]
    assert counts[0] <= 34, counts


async def test_what_is_typed_is_kept_for_whoever_types_it_and_goes_when_it_is_sent(pages: Site) -> None:
    ticket = await pages.hear("Bantuan belum masuk")
    await pages.be("agent", login="sari")
    place = f"/desk/tickets/{ticket.number}"
    part = await pages.post(f"{place}/draft", {"text": "Baik Bu, <kami> cek"}, headers=HX)
    assert "Konsep tersimpan" in await part.text()
    assert (await pages.post(f"{place}/draft", {"text": "Baik Bu, <kami> cek", "note": "telepon lurah"})).status == 303
    text = await pages.read(place)
    assert "Baik Bu, &lt;kami&gt; cek" in text
    assert "telepon lurah" in text
    await pages.be("agent", login="budi")
    text = await pages.read(place)
    assert "Baik Bu" not in text
    assert "Sari (punya konsep jawaban)" in text
    pages.clock.move(minutes=2)
    assert "Sari" not in await pages.read(f"{place}/lookers"), "nobody looks for ever"
    await pages.be("agent", login="sari")
    text = await pages.read(place)
    await pages.post(f"{place}/answer", {"text": "Baik Bu, kami cek", "version": _field(text, "version")})
    assert [(row.text, row.note) for row in await _rows(pages, schema.drafts)] == [("", "telepon lurah")]
    await pages.post(f"{place}/note", {"note": "telepon lurah"})
    assert not await _rows(pages, schema.drafts)


async def test_whoever_acts_on_an_old_page_is_shown_what_changed_and_keeps_their_words(pages: Site) -> None:
    ticket = await pages.hear("Bantuan belum masuk")
    await pages.be("agent", login="sari")
    place = f"/desk/tickets/{ticket.number}"
    old = await pages.read(place)
    await _more(pages, ticket, "Pak lurah sudah saya tanya")
    await pages.be("agent", login="budi")
    new = await pages.read(place)
    done = await pages.post(f"{place}/act", {"act": "start", "version": _field(new, "version")})
    assert done.status == 303
    await pages.be("agent", login="sari")
    form = {"text": "Jawaban saya.", "version": _field(old, "version"), "seen": _field(old, "seen")}
    response = await pages.post(f"{place}/answer", form)
    text = await response.text()
    assert response.status == 400
    changed = text[text.index("Yang berubah sejak") : text.index("Tulisan Anda masih ada")]
    assert "Pak lurah sudah saya tanya" in changed
    assert "Mulai tangani" in changed
    assert "Budi" in changed
    assert "Aduan masuk" not in changed, "what was there before is not told again"
    assert "Jawaban saya." in text
    again = {**form, "version": _field(text, "version")}
    assert (await pages.post(f"{place}/answer", again)).status == 303, "on second thoughts"


async def test_a_picture_is_covered_until_it_is_opened_and_the_opening_is_recorded(pages: Site) -> None:
    ticket = await pages.hear("Ini buktinya")
    picture = await pages.add_file(ticket, "bukti.png", "image/png", b"\x89PNG\r\n\x1a\n bukti")
    await pages.be("agent")
    place = f"/desk/tickets/{ticket.number}"
    text = await pages.read(place)
    assert "Buka gambar" in text
    assert "<img class" not in text
    assert f'src="{place}/files/{picture}"' in await pages.read(f"{place}?buka={picture}"), "without JavaScript"
    part = await pages.read(f"{place}/files/{picture}/look")
    assert f'src="{place}/files/{picture}"' in part
    assert "<html" not in part
    looks = [row for row in await _rows(pages, schema.ledger) if row.act == "file_seen"]
    assert not looks, "the page alone shows nothing"
    response = await pages.get(f"{place}/files/{picture}")
    assert response.headers["Content-Type"] == "image/png"
    looks = [row for row in await _rows(pages, schema.ledger) if row.act == "file_seen"]
    assert len(looks) == 1
    await pages.read(f"{place}/files/99/look", 404)


async def test_an_answer_kept_for_often_is_put_in_with_the_facts_of_the_ticket(pages: Site) -> None:
    await pages.add_round()
    ticket = await pages.hear("Kapan dan di mana?", round_id=1, categories=("information",))
    plain = await pages.hear("Nama saya salah")
    await pages.be("agent")
    place = f"/desk/tickets/{ticket.number}"
    form = {"canned": "jadwal", "text": "Selamat pagi.", "version": "1"}
    part = await (await pages.post(f"{place}/insert", form, headers=HX)).text()
    assert "Selamat pagi." in part
    assert "Kantor Pos Duren Sawit" in part
    assert "Senin, 7 Desember 2026" in part
    whole = await (await pages.post(f"{place}/insert", form)).text()
    assert "<html" in whole
    assert "Senin, 7 Desember 2026" in whole
    assert 'value="jadwal"' not in await pages.read(f"/desk/tickets/{plain.number}"), "it speaks of a round"
    refused = await pages.post(f"/desk/tickets/{plain.number}/insert", {"canned": "jadwal", "text": "Halo"})
    assert refused.status == 400
    assert "Halo" in await refused.text()


async def test_admins_write_answers_in_the_studio_and_the_desk_offers_what_is_published(pages: Site) -> None:
    ticket = await pages.hear("Nama saya salah")
    await pages.be("admin")
    assert "huruf kecil" in await pages.read("/desk/answers?name=Salam&tongue=id", 400)
    assert (await pages.get("/desk/answers?name=salam&tongue=id")).headers["Location"] == "/texts/answer/id/salam"
    place = "/texts/answer/id/salam"
    wrong = await pages.post(place, {"source": "Salam\nHalo {{ nama }}", "do": "publish"})
    assert wrong.status == 400
    assert "Tidak ada fakta bernama “nama” di sini." in await wrong.text()
    assert (await pages.post(place, {"source": "Salam\nHalo, ini {{ number }}.", "do": "publish"})).status == 303
    page = await pages.read(place)
    assert "Halo, ini ADU-7K4M2QX." in page, "as a colleague would be offered it"
    assert "nomor aduan" in page, "what can be said, in the language of the page"
    assert "Salam" in await pages.read("/desk/answers")
    await pages.be("agent")
    assert (await pages.post(place, {"do": "withdraw"})).status == 403
    part = await pages.post(f"/desk/tickets/{ticket.number}/insert", {"canned": "salam"}, headers=HX)
    assert f"Halo, ini {ticket.number}." in await part.text()
    assert "/texts/answer" not in await pages.read("/desk/answers"), "an agent reads them"
    await pages.be("admin")
    for name, title in (("salam", "Salam"), ("gratis", "Tidak ada biaya")):
        form = {"source": title, "do": "publish"}
        assert (await pages.post(f"/texts/answer/id/{name}", form)).status == 303
    shelf = await pages.read("/desk/answers")
    assert "Salam" not in shelf
    assert 'id/gratis">' not in shelf, "a default is taken away too"
    assert (await pages.post(place, {"do": "rollback", "version": "1"})).status == 303
    assert "Salam" in await pages.read("/desk/answers")


async def test_links_are_told_on_both_sides_and_never_tie_a_confidential_ticket(pages: Site) -> None:
    one, two = await pages.hear("Beras berkutu"), await pages.hear("Beras bau")
    secret = await pages.hear("RT minta uang", confidential=True)
    await pages.be("agent")
    place = f"/desk/tickets/{one.number}"
    assert (await pages.post(f"{place}/link", {"other": two.number.lower()})).status == 303
    assert one.number in await pages.read(f"/desk/tickets/{two.number}")
    for other, why in ((two.number, "sudah dikaitkan"), (one.number, "aduan ini sendiri"), (secret.number, "rahasia")):
        response = await pages.post(f"{place}/link", {"other": other})
        assert response.status == 400
        assert why in await response.text()
    assert (await pages.post(f"{place}/link", {"other": two.number, "do": "unlink"})).status == 303
    assert not await _rows(pages, schema.ticket_links)


@SQLITE
async def test_a_ticket_is_merged_into_another_from_its_page(pages: Site) -> None:
    one, two = await pages.hear("Beras berkutu"), await pages.hear("Beras bau")
    await pages.be("agent")
    place = f"/desk/tickets/{one.number}"
    form = {"into": two.number.lower(), "why": "Hal yang sama", "version": _field(await pages.read(place), "version")}
    response = await pages.post(f"{place}/merge", form)
    assert response.headers["Location"] == f"/desk/tickets/{two.number}"
    assert one.number in await pages.read(f"/desk/tickets/{two.number}")
    stale = await pages.post(f"{place}/merge", form)
    assert stale.status == 400, "it is merged already"
    page = await pages.read(place)
    assert two.number in page
    assert "Batalkan gabungan" in page
    again = {"why": "Lain hal", "version": _field(page, "version")}
    assert (await pages.post(f"{place}/unmerge", {**again, "why": ""})).status == 400
    assert (await pages.post(f"{place}/unmerge", again)).headers["Location"] == place
    assert "Batalkan gabungan" not in await pages.read(place)
    assert (await pages.post(f"{place}/unmerge", again)).status == 400, "nothing to undo"


@SQLITE
async def test_a_ticket_that_turns_confidential_loses_its_links(pages: Site) -> None:
    one, two = await pages.hear("Beras berkutu"), await pages.hear("Beras bau")
    agent = await pages.be("agent")
    await pages.house.desk.link(agent, one.number, two.number, pages.clock())
    await _more(pages, one, "tolong rahasiakan nama saya", confidential=True)
    assert not await _rows(pages, schema.ticket_links)


@pytest.mark.parametrize("secret", [False, True], ids=["open", "confidential"])
@SQLITE
async def test_a_message_becomes_a_ticket_of_its_own_with_its_files_and_its_reporter(pages: Site, secret: bool) -> None:
    ticket = await pages.hear("Bantuan belum masuk", confidential=secret)
    agent = await pages.be("agent")
    alone = await pages.post(f"/desk/tickets/{ticket.number}/split", {"message": "1", "category": "other"})
    assert "hanya punya satu pesan" in await alone.text()
    message = await _more(pages, ticket, "Dan kartu saya tertelan mesin")
    form = {"message": str(message), "category": "card_problem"}
    response = await pages.post(f"/desk/tickets/{ticket.number}/split", form)
    assert response.status == 303
    number = response.headers["Location"].rsplit("/", 1)[1]
    found = await pages.house.desk.ticket(agent, number, pages.clock())
    assert (found.ticket.category, found.ticket.confidentiality) == (
        "card_problem",
        "confidential" if secret else "open",
    )
    assert next(said.text for said in found.conversation) == "Dan kartu saya tertelan mesin"
    async with pages.house.database.read() as db:
        assert await pages.house.desk.reporter(db, found.ticket.id) == await pages.house.desk.reporter(db, ticket.id)
    text = await pages.read(f"/desk/tickets/{ticket.number}")
    assert "dipisahkan menjadi" in text
    assert number in text
    assert (await pages.post(f"/desk/tickets/{ticket.number}/split", {"message": "999"})).status == 400
    assert [finding async for finding in prove(pages.house.database, pages.house.vault)] == []


async def test_a_ticket_goes_to_whoever_has_least_to_do_and_is_here(pages: Site) -> None:
    first, second = await pages.hear("Satu"), await pages.hear("Dua")
    busy, free, away = [await pages.be("agent", login=name) for name in ("busy", "free", "gone")]
    await pages.be("agent", "73.71", login="far")
    boss = await pages.be("supervisor", login="boss")
    desk, now = pages.house.desk, pages.clock()
    await desk.assign(boss, first.number, busy.account_id, first.version, now)
    assert (await pages.post("/desk/absent", {"account": str(away.account_id), "until": "2026-12-06"})).status == 303
    assert "tidak masuk sampai" in await pages.read("/desk/absent")
    response = await pages.post(f"/desk/tickets/{second.number}/assign", {"to": "least", "version": "1"})
    assert response.status == 303
    found = (await desk.ticket(boss, second.number, now)).ticket
    assert (found.assignee_id, found.status) == (free.account_id, "assigned")
    # whoever goes away leaves their open tickets to the others
    await pages.be("agent", login="free")
    response = await pages.post("/desk/absent", {"account": str(free.account_id), "until": "2026-12-09"})
    assert response.status == 303
    assert "1 aduan diberikan kepada rekan lain" in await pages.read("/desk/absent")
    assert (await desk.ticket(boss, second.number, now)).ticket.assignee_id == boss.account_id
    refused = await pages.post("/desk/absent", {"account": str(busy.account_id), "until": "2026-12-09"})
    assert refused.status == 400, "a colleague is for supervisors to mark"
    for wrong in ("", "kemarin", "2026-12-01", "2029-01-01"):
        assert (await pages.post("/desk/absent", {"account": str(free.account_id), "until": wrong})).status == 400
    await pages.post("/desk/absent", {"account": str(free.account_id), "do": "back"})
    assert set(await desk.away(now)) == {away.account_id}
    assert set(await desk.away(now + timedelta(days=2))) == set()
    assert [finding async for finding in prove(pages.house.database, pages.house.vault)] == []


@SQLITE
async def test_nobody_is_given_more_than_the_cap_and_what_nobody_takes_waits(pages: Site) -> None:
    ticket = await pages.hear("Satu")
    agent = await pages.be("agent")
    await pages.house.desk.act(agent, ticket.number, Act.START, "", 1, pages.clock())
    assert await pages.house.desk.set_away(
        agent, agent.account_id, pages.clock() + timedelta(days=1), pages.clock()
    ) == (
        0,
        1,
    )
    found = (await pages.house.desk.ticket(agent, ticket.number, pages.clock())).ticket
    assert found.assignee_id is None
    boss = await pages.be("supervisor")
    refused = await pages.post(
        f"/desk/tickets/{ticket.number}/assign", {"to": "least", "version": str(found.version - 1)}
    )
    assert "sudah diubah rekan lain" in await refused.text()
    await pages.house.desk.set_away(boss, boss.account_id, pages.clock() + timedelta(days=1), pages.clock())
    refused = await pages.post(f"/desk/tickets/{ticket.number}/assign", {"to": "least", "version": str(found.version)})
    assert "Tidak ada petugas yang dapat menerima" in await refused.text()


CALL = {
    "source": "phone",
    "text": "Ibu Sumi menelepon: bantuannya belum diterima sejak Oktober.",
    "category": "not_received",
    "name": "Sumiati",
    "phone": "0812 3456 7890",
    "region": "31.75.07",
    "language": "id",
    "consent": "1",
}


async def test_an_agent_opens_a_ticket_for_somebody_who_calls_and_for_somebody_without_a_phone(pages: Site) -> None:
    await pages.add_round()
    agent = await pages.be("agent", "31.75")
    text = await (await pages.post("/desk/open", {**CALL, "round_code": "BPNT-2026-12-DS"})).text()
    number = re.search(r"ADU-[0-9A-Z]{7}", text)
    assert number
    found = await pages.house.desk.ticket(agent, number[0], pages.clock())
    assert (found.ticket.channel, found.ticket.round_id, found.ticket.region) == ("phone", 1, "31.75.07")
    assert found.history[0].who == agent.who
    assert found.history[0].facts["consent"] is True
    assert found.told[0].event == "ticket_received", "it goes out by SMS"
    page = await pages.read(f"/desk/tickets/{number[0]}")
    assert "Sumiati" in page
    assert "+6281234567890" not in page
    visit = await (await pages.post("/desk/open", {**CALL, "source": "visit", "phone": "", "name": ""})).text()
    assert "tidak punya nomor telepon" in visit
    number, code = re.search(r"ADU-[0-9A-Z]{7}", visit), re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", visit)
    assert number
    assert code
    assert await pages.house.desk.follow(number[0], code[0], pages.clock()) is not None
    # what may be about the agent's own office goes above it; the code is read out all the same
    await pages.be("agent", "31.75.07", login="kecamatan")
    levy = {**CALL, "category": "illegal_levy", "text": "Petugas minta uang 50rb sebelum beras diberikan."}
    told = await (await pages.post("/desk/open", levy)).text()
    number = re.search(r"ADU-[0-9A-Z]{7}", told)
    assert number
    assert "kantor di atas Anda" in told
    assert f"/desk/tickets/{number[0]}" not in told, "it would lead nowhere"
    assert [finding async for finding in prove(pages.house.database, pages.house.vault)] == []


WRONG = [
    ("consent", "", "centang persetujuannya"),
    ("text", "pendek", "paling sedikit satu kalimat"),
    ("source", "mimpi", "Pilih bagaimana"),
    ("category", "x", "pilih dari daftarnya"),
    ("phone", "123", "bukan nomor telepon"),
    ("region", "73.71", "bukan wilayah Anda"),
    ("round_code", "NIX", "Tidak ada penyaluran"),
    ("nik", "3175070101809999", "Tidak ada orang dengan NIK"),
    ("region", "31.75.99", "Tidak ada wilayah 31.75.99"),
]


@SQLITE
async def test_what_lacks_in_a_call_is_named_and_what_was_typed_stays(pages: Site) -> None:
    await pages.be("agent", "31.75")
    for field, value, told in WRONG:
        response = await pages.post("/desk/open", {**CALL, field: value})
        text = await response.text()
        assert response.status == 400, field
        assert told in text, field
        assert "Sumiati" in text
        assert "3175070101809999" not in text
    assert not await _rows(pages, schema.tickets)
    assert [row.act for row in await _rows(pages, schema.ledger)] == ["person_sought"], "who looks a NIK up is known"


@SQLITE
async def test_an_incident_is_opened_answered_with_a_preview_and_left_on_its_pages(pages: Site) -> None:
    await pages.add_round()
    numbers = [(await pages.hear(f"Belum terima {n}", round_id=1)).number for n in range(3)]
    async with pages.house.database.write() as db:
        t = schema.tickets
        await db.execute(t.update().where(t.c.number == numbers[2]).values(language="en"))
    await pages.be("agent")
    begun = await pages.post(f"/desk/tickets/{numbers[0]}/incident", {"what": "Kantor pos kehabisan uang."})
    place = begun.headers["Location"]
    assert (await pages.post(f"{place}/gather", {"numbers": ""})).status == 400
    assert (await pages.post(f"{place}/gather", {"do": "round"})).status == 303
    text = await pages.read(place)
    assert "2 aduan dikumpulkan" in text
    assert "Dikirim kepada 3 warga" in text
    form = {"text": "Uangnya datang <Rabu>.", "act": "answer", "version": _field(text, "version")}
    alone = await pages.post(f"{place}/answer", form)
    assert "adalah insiden" in await alone.text()
    preview = await (await pages.post(f"{place}/answer-all", form)).text()
    assert "Kirim kepada 3 warga?" in preview
    assert "&lt;Rabu&gt;" in preview
    kept = await pages.house.desk.canned_words(pages.viewers["agent"], numbers[0], "gagal_salur")
    asked = await (await pages.post(f"{place}/answer-all", {**form, "text": kept, "canned": "gagal_salur"})).text()
    assert "You are not the only one" in asked, "an answer as it is kept goes to each in their language"
    assert "You are not the only one" not in preview
    form["text_en"] = "The money comes on Wednesday."
    sent = await pages.post(f"{place}/answer-all", {**form, "do": "send", "people": _field(preview, "people")})
    assert sent.status == 303
    # held as every answer is: taken back it is a draft again, in every language, and nobody was told
    text = await pages.read(place)
    assert "ditahan; dikirim" in text
    assert 'id="undo"' in text
    assert await pages.house.desk.carry_incidents(pages.clock()) == 0
    number = place.rpartition("/")[2]
    assert (await pages.post("/desk/undo", {"numbers": number, "back": place})).status == 303
    text = await pages.read(place)
    assert "Uangnya datang &lt;Rabu&gt;.</textarea>" in text
    assert "ditahan; dikirim" not in text
    pages.clock.move(seconds=21)
    assert await pages.house.desk.carry_incidents(pages.clock()) == 0
    assert [row.status for row in await _rows(pages, schema.tickets)] == ["received"] * 4
    del form["text_en"]
    form["version"] = _field(text, "version")
    preview = await (await pages.post(f"{place}/answer-all", form)).text()
    assert "The money comes on Wednesday." in preview
    form |= {"do": "send", "people": _field(preview, "people"), "text_en": "The money comes on Wednesday."}
    assert (await pages.post(f"{place}/answer-all", form)).status == 303
    pages.clock.move(seconds=20)
    while await pages.house.desk.carry_incidents(pages.clock()):
        pass
    assert (
        "has left" in (await pages.house.desk.take_back(pages.viewers["agent"], [number], pages.clock())).refused[0][1]
    )
    assert "terkirim kepada 3" in await pages.read(place)
    child = await pages.read(f"/desk/tickets/{numbers[1]}")
    assert "Uangnya datang &lt;Rabu&gt;." in child
    assert "Bagian dari insiden" in child
    assert "The money comes on Wednesday." in await pages.read(f"/desk/tickets/{numbers[2]}")
    assert (await pages.post(f"/desk/tickets/{numbers[1]}/let-go")).status == 303
    assert "Bagian dari insiden" not in await pages.read(f"/desk/tickets/{numbers[1]}")
    assert [finding async for finding in prove(pages.house.database, pages.house.vault)] == []


@SQLITE
async def test_the_end_of_a_hidden_incident_is_said_to_be_proposed(pages: Site) -> None:
    levy = await pages.hear("petugas minta 50rb", categories=("illegal_levy",))
    await pages.be("agent", "31.75")
    place = (await pages.post(f"/desk/tickets/{levy.number}/incident", {"what": "Pungutan di kantor."})).headers[
        "Location"
    ]
    form = {"text": "Uangnya dikembalikan.", "act": "resolve", "version": "1", "do": "send", "people": "1"}
    assert (await pages.post(f"{place}/answer-all", form)).headers["Location"] == place
    text = await pages.read(place)
    assert "Usul dicatat" in text
    assert 'id="undo"' not in text
