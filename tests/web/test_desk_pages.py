"""The complaint desk as a colleague sees it: the board, one ticket, answers and notes that can't be mixed up."""

import re
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from yarl import URL

from notifier.desk import PAGE, Reporter, intake
from notifier.rules.tickets import Act
from notifier.store import schema
from notifier.web.pages import file_name
from tests.web.sites import HOSTILE, Site, fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _version(text: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', text)
    assert found
    return found[1]


async def _ledger(pages: Site) -> list[str]:
    async with pages.house.database.read() as db:
        return list((await db.execute(select(schema.ledger.c.act).order_by(schema.ledger.c.id))).scalars())


async def test_an_empty_desk_says_what_to_expect(pages: Site) -> None:
    await pages.be("agent")
    assert "Tidak ada aduan yang menunggu" in await pages.read("/desk")
    assert "Tidak ada di sini" in await pages.read("/desk?view=breaching")
    assert "Tidak ada yang cocok" in await pages.read("/desk?category=delayed")
    assert "Tidak ada siaran" in await pages.read("/home")


async def test_the_board_shows_urgent_tickets_first_and_the_time_left_in_words(pages: Site) -> None:
    urgent = await fill(pages)
    await pages.be("agent", login="sari")
    text = await pages.read("/desk")
    numbers = re.findall(r"/desk/tickets/(ADU-\w+)", text)
    assert len(numbers) == 3
    assert numbers[0] == urgent.number
    assert "45 jam lagi" in text
    assert "4 hari lagi" in text
    mine = await pages.read("/desk?view=mine")
    assert re.findall(r"/desk/tickets/(ADU-\w+)", mine) == [urgent.number]
    assert numbers[1] in await pages.read("/desk?category=delayed")
    assert numbers[2] not in await pages.read("/desk?category=delayed")


async def test_more_tickets_than_a_page_holds_go_on_by_a_link(pages: Site) -> None:
    for n in range(53):
        await pages.hear(f"Bantuan belum masuk {n}")
        pages.clock.move(minutes=1)
    await pages.be("agent")
    first = await pages.read("/desk")
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link
    second = await pages.read(link[1].replace("&amp;", "&"))
    shown = [set(re.findall(r"/desk/tickets/(ADU-\w+)", text)) for text in (first, second)]
    assert [len(numbers) for numbers in shown] == [50, 3]
    assert not shown[0] & shown[1]
    assert (await pages.get("/desk?before=nonsense")).status == 400


@pytest.mark.parametrize(
    "asked",
    [
        "view=all&before=" + "9" * 30,
        "view=all&before=nonsense",
        "view=team&before=0~0001-01-01T00:00:00%2B14:00~1",
        "view=team&before=0~9999-12-31T23:59:59-14:00~1",
        "view=team&before=0~2026-01-01T00:00:00%2B00:00~" + "9" * 30,
        "view=team&before=" + "9" * 30 + "~2026-01-01T00:00:00%2B00:00~1",
    ],
)
async def test_a_place_that_no_list_has_is_refused_with_a_sentence(pages: Site, asked: str) -> None:
    await pages.be("agent")
    response = await pages.get(f"/desk?{asked}")
    assert response.status == 400
    assert "mulai lagi dari halaman pertama" in await response.text()


async def test_an_answer_goes_to_the_citizen_and_a_note_never_does(pages: Site) -> None:
    ticket = await fill(pages)
    await pages.be("agent", login="sari")
    place = f"/desk/tickets/{ticket.number}"
    text = await pages.read(place)
    assert text.index("Jawab warga") < text.index("Hanya untuk petugas")
    response = await pages.post(f"{place}/answer", {"text": "Sudah kami teruskan.", "version": _version(text)})
    assert response.status == 303
    assert "Jawaban disimpan; dikirim 20 detik lagi." in await pages.read(place), "said once"
    assert "Jawaban disimpan; dikirim" not in await pages.read(place)
    assert (await pages.post(f"{place}/note", {"note": "Rahasia kantor."})).status == 303
    async with pages.house.database.read() as db:
        rows = await db.execute(select(schema.deliveries.c.facts).where(schema.deliveries.c.ticket_id == ticket.id))
        sent = str([facts for (facts,) in rows])
    assert "Sudah kami teruskan." in sent
    assert "Rahasia kantor." not in sent
    shown = await pages.read(place)
    assert 'class="said note"' in shown
    assert "Rahasia kantor." in shown


@pytest.mark.parametrize(
    ("door", "fields"),
    [
        ("answer", {"act": "resolve", "text": "Salah tulis."}),
        ("act", {"act": "reject", "why": "Salah tulis."}),
        ("refer", {"body": "ombudsman", "letter": "12/2026", "refer_why": "Salah tulis."}),
    ],
)
@SQLITE
async def test_whatever_is_said_to_the_citizen_can_be_taken_back_for_20_seconds_by_a_form(
    pages: Site, door: str, fields: dict[str, str]
) -> None:
    ticket = await pages.hear("Bantuan belum masuk", categories=("other",))
    await pages.be("agent", login="budi")
    await pages.be("agent", login="sari")
    place = f"/desk/tickets/{ticket.number}"
    await pages.post(f"{place}/{door}", {**fields, "version": _version(await pages.read(place))})
    assert 'action="/desk/undo"' in await pages.read(place)
    await pages.be("agent", login="budi")
    assert 'action="/desk/undo"' not in await pages.read(place), "only by whoever said it"
    await pages.be("agent", login="sari")
    pages.clock.move(seconds=19)
    undone = await pages.post("/desk/undo", {"numbers": ticket.number, "back": place})
    assert undone.headers["Location"] == place
    text = await pages.read(place)
    assert "1 jawaban ditarik kembali; tidak dikirim." in text
    assert "Salah tulis." in text[text.index('name="text"') :], "to be mended"
    assert "ditarik kembali sebelum terkirim" in text
    found = await pages.house.desk.ticket(pages.viewers["sari"], ticket.number, pages.clock())
    assert (found.ticket.status, found.ticket.assignee_id, found.ticket.answered_at) == ("received", None, None)


@SQLITE
async def test_who_reads_answers_on_a_page_alone_never_sees_one_that_was_taken_back(pages: Site) -> None:
    ticket = await pages.hear("Kapan cair?", categories=("information",))
    async with pages.house.database.write() as db:
        await intake.set_reporter(pages.house.desk.room, db, ticket, Reporter(PAGE, "", "", "id", "Asia/Jakarta"))
    sari = await pages.be("agent", login="sari")
    desk, code = pages.house.desk, pages.house.desk.code(ticket.number)

    async def read() -> list[str]:
        followed = await desk.follow(ticket.number, code, pages.clock())
        return [line.text for line in followed.said if line.ours] if followed else []

    await desk.act(sari, ticket.number, Act.ANSWER, "Besok.", 1, pages.clock(), held=True)
    pages.clock.move(seconds=19)
    assert await read() == [], "it is held"
    assert (await desk.take_back(sari, [ticket.number], pages.clock())).done == (ticket.number,)
    assert (await desk.take_back(sari, [ticket.number], pages.clock())).done == ()
    await desk.act(sari, ticket.number, Act.ANSWER, "Lusa.", 3, pages.clock(), held=True)
    pages.clock.move(seconds=21)
    assert await read() == ["Lusa."]
    version = (await desk.ticket(sari, ticket.number, pages.clock())).ticket.version
    await desk.act(sari, ticket.number, Act.ANSWER, "Pasti.", version, pages.clock())
    assert await read() == ["Lusa.", "Pasti."], "nobody holds it"
    assert (await desk.take_back(sari, [ticket.number], pages.clock())).done == ()


@SQLITE
async def test_a_category_is_changed_on_the_page_and_what_is_about_the_office_leaves_it(pages: Site) -> None:
    ticket = await pages.hear("Bantuan belum masuk", categories=("other",))
    await pages.be("agent", "31.75.07", login="sari")
    place = f"/desk/tickets/{ticket.number}"
    seen = _version(await pages.read(place))
    moved = await pages.post(f"{place}/categorise", {"category": "delayed", "version": seen})
    assert moved.headers["Location"] == place
    again = await pages.post(f"{place}/categorise", {"category": "card_problem", "version": seen})
    assert again.status == 400
    assert "sudah diubah rekan lain" in await again.text()
    fields = {"category": "illegal_levy", "version": _version(await pages.read(place))}
    assert (await pages.post(f"{place}/categorise", fields)).headers["Location"] == "/desk"
    assert "hanya terlihat oleh kantor di atas" in await pages.read("/desk")


async def test_two_colleagues_who_answer_at_once_do_not_answer_twice(pages: Site) -> None:
    ticket = await fill(pages)
    await pages.be("agent", login="sari")
    place = f"/desk/tickets/{ticket.number}"
    seen = _version(await pages.read(place))
    await pages.post(f"{place}/answer", {"text": "Jawaban pertama.", "version": seen})
    response = await pages.post(f"{place}/answer", {"text": "Jawaban <kedua>.", "version": seen})
    text = await response.text()
    assert response.status == 400
    assert "sudah diubah rekan lain" in text
    assert "Jawaban &lt;kedua&gt;." in text, "what was written is not lost"
    async with pages.house.database.read() as db:
        kept = (await db.execute(select(schema.ticket_messages.c.text))).scalars().all()
    assert "Jawaban <kedua>." not in kept


@pytest.mark.parametrize(
    ("act", "fields", "status"),
    [
        ("verify", {}, "verified"),
        ("start", {}, "in_progress"),
        ("reject", {"why": "Laporan ganda."}, "rejected"),
    ],
)
@SQLITE
async def test_a_button_of_the_ticket_moves_it(pages: Site, act: str, fields: dict[str, str], status: str) -> None:
    ticket = await pages.hear("Bantuan belum masuk")
    await pages.be("agent")
    place = f"/desk/tickets/{ticket.number}"
    version = _version(await pages.read(place))
    response = await pages.post(f"{place}/act", {"act": act, "version": version, **fields})
    assert response.status == 303, await response.text()
    found = await pages.house.desk.ticket(pages.viewers["agent"], ticket.number, pages.clock())
    assert found.ticket.status == status


@pytest.mark.parametrize(
    ("door", "fields"),
    [
        ("act", {"act": "reject", "version": "1"}),
        ("act", {"act": "answer", "version": "1"}),
        ("act", {"act": "fly", "version": "1"}),
        ("act", {"act": "start"}),
        ("act", {"act": "start", "version": "x"}),
        ("act", {"act": "start", "version": "99999999999999999999"}),
        ("answer", {"text": "", "version": "1"}),
        ("answer", {"text": "x", "version": "1", "act": "close"}),
        ("answer", {"text": "x" * 3001, "version": "1"}),
        ("note", {"note": " \u200b "}),
        ("assign", {"to": "999", "version": "1"}),
        ("assign", {"to": "nobody", "version": "1"}),
    ],
)
@SQLITE
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    pages: Site, door: str, fields: dict[str, str]
) -> None:
    ticket = await pages.hear("Bantuan belum masuk")
    await pages.be("supervisor")
    before = await _ledger(pages)
    response = await pages.post(f"/desk/tickets/{ticket.number}/{door}", fields)
    assert response.status == 400
    assert await _ledger(pages) == before


@SQLITE
async def test_a_ticket_can_be_taken_and_given_only_by_whom_that_is_allowed(pages: Site) -> None:
    ticket = await pages.hear("Bantuan belum masuk")
    other = await pages.be("agent", login="budi")
    elsewhere = await pages.be("agent", "73.71", login="andi")
    await pages.be("agent", login="sari")
    place = f"/desk/tickets/{ticket.number}"
    text = await pages.read(place)
    assert "Budi" not in re.findall(r"<option[^>]*>([^<]+)", text)
    given = await pages.post(f"{place}/assign", {"to": str(other.account_id), "version": _version(text)})
    assert given.status == 400
    await pages.be("supervisor")
    text = await pages.read(place)
    options = re.findall(r'<option value="(\d+)"', text)
    assert str(other.account_id) in options
    assert str(elsewhere.account_id) not in options
    given = await pages.post(f"{place}/assign", {"to": str(other.account_id), "version": _version(text)})
    assert given.status == 303
    assert "Budi" in await pages.read("/desk")


async def test_what_citizens_write_is_shown_as_text_and_can_break_no_page(pages: Site) -> None:
    await pages.add_people(1, name=HOSTILE)
    ticket = await pages.hear(f"{HOSTILE} " + "x" * 100_000, person_id=1)
    await pages.add_file(ticket, f"{HOSTILE}.jpg", "text/html", b"<script>alert(1)</script>")
    await pages.be("supervisor")
    for path in ("/desk", f"/desk/tickets/{ticket.number}"):
        text = await pages.read(path)
        assert "<b>Budi" not in text
        assert "{{7*7}}" in text, "as it was written"


async def test_the_reporter_is_masked_until_a_recorded_look(pages: Site) -> None:
    ticket = await pages.hear("Dipotong RT", address="+6281234567890")
    place = f"/desk/tickets/{ticket.number}"
    await pages.be("agent")
    text = await pages.read(place)
    assert "+6281234567890" not in text
    assert "+628***890" in text
    assert "Buka identitas" not in text
    await pages.be("supervisor")
    assert "+6281234567890" not in await pages.read(place)
    assert (await pages.post(f"{place}/reveal", {"reason": ""})).status == 400
    response = await pages.post(f"{place}/reveal", {"reason": "Pelapor perlu dijemput petugas"})
    assert "+6281234567890" in await response.text()
    assert "+6281234567890" not in await pages.read(place)
    assert (await _ledger(pages)).count("reporter_revealed") == 1


async def test_a_confidential_ticket_tells_nothing_of_its_reporter(pages: Site) -> None:
    await pages.add_people(1, name="Yohana Rahasia")
    ticket = await pages.hear("Tolong rahasiakan, RT minta uang", person_id=1, confidential=True)
    for role in ("agent", "supervisor", "admin", "auditor"):
        await pages.be(role)
        text = await pages.read(f"/desk/tickets/{ticket.number}")
        assert "Yohana" not in text
        assert "+628" not in text
        assert "Identitas pelapor dirahasiakan" in text


@pytest.mark.parametrize(
    ("name", "told", "given"),
    [
        ("bukti.jpg", "image/jpeg", "application/octet-stream"),  # only calls itself a picture
        ("x.html", "text/html", "application/octet-stream"),
        ("x.svg", "image/svg+xml", "application/octet-stream"),
        ('a";\r\nX-Evil: 1.pdf', "application/pdf", "application/pdf"),
    ],
)
@SQLITE
async def test_an_attachment_is_saved_never_shown_and_the_look_is_recorded(
    pages: Site, name: str, told: str, given: str
) -> None:
    ticket = await pages.hear("Ini buktinya")
    number = await pages.add_file(ticket, name, told, b"<script>bukti</script>")
    await pages.be("auditor")
    response = await pages.get(f"/desk/tickets/{ticket.number}/files/{number}")
    assert await response.read() == b"<script>bukti</script>"
    assert response.headers["Content-Type"] == given
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Evil" not in response.headers
    assert (await _ledger(pages))[-1] == "file_seen"
    other = await pages.hear("Aduan lain")
    assert (await pages.get(f"/desk/tickets/{other.number}/files/{number}")).status == 404


def test_a_file_name_keeps_no_way_out_of_its_folder() -> None:
    assert file_name("../../etc/passwd") == "_.._etc_passwd"
    assert file_name("foto\u202egpj.exe") == "foto_gpj.exe"
    assert file_name("\x00..") == "lampiran"


async def test_an_answer_that_did_not_arrive_is_told_on_ticket_and_board(pages: Site) -> None:
    ticket = await fill(pages)
    async with pages.house.database.write() as db:
        one = schema.deliveries
        failed = {"state": "failed", "reason": "unknown_subscriber"}
        await db.execute(one.update().where(one.c.ticket_id == ticket.id).values(**failed))
        t = schema.tickets
        await db.execute(t.update().where(t.c.id == ticket.id).values(undelivered="unknown_subscriber"))
    await pages.be("agent", login="sari")
    text = await pages.read(f"/desk/tickets/{ticket.number}")
    assert text.count("nomor tidak dikenal") == 3, "above, under the answer, and of the acknowledgement"
    assert "Belum terkirim karena:" in text
    assert "jawaban belum terkirim" in await pages.read("/desk")


async def test_an_edited_message_keeps_its_earlier_wordings(pages: Site) -> None:
    ticket = await pages.hear("Dipotong 50 ribu")
    async with pages.house.database.write() as db:
        heard = (await db.execute(select(schema.ticket_messages.c.heard_id))).scalars().first()
        assert heard is not None
        now = pages.clock()
        await pages.house.desk.reword(db, heard, "Dipotong 500 ribu", now, now, urgent=False, secret=False)
    await pages.be("agent")
    text = await pages.read(f"/desk/tickets/{ticket.number}")
    assert "Dipotong 500 ribu" in text
    assert "Dipotong 50 ribu" in text
    assert "1 versi sebelumnya" in text


@SQLITE
async def test_a_longer_list_costs_no_more_statements(pages: Site) -> None:
    await fill(pages)
    asked: list[str] = []
    engine = pages.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    await pages.be("admin")
    counts: list[dict[str, int]] = []
    for _ in range(2):
        counts.append({})
        for path in ("/home", "/desk", "/broadcasts", "/rounds", "/broadcasts/1/untold", "/held", "/templates"):
            asked.clear()
            await pages.read(path)
            counts[-1][path] = sum("SELECT" in statement for statement in asked)
        for _ in range(12):
            await pages.hear("Belum masuk")
            await pages.add_round(f"BPNT-{secrets.token_hex(4)}")
        pages.clock.move(minutes=1)  # what a list can be narrowed to is kept for half a minute
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 17  # the day at a glance: eight tiles, three lists, what is late and broken


@SQLITE
async def test_the_page_of_a_ticket_is_in_time_with_the_promise(pages: Site) -> None:
    ticket = await pages.hear("Bantuan belum masuk")
    await pages.be("agent")
    assert "hari lagi" in await pages.read(f"/desk/tickets/{ticket.number}")
    pages.clock.move(days=30)
    await pages.house.desk.sweep(pages.clock())
    await pages.be("agent")
    text = await pages.read(f"/desk/tickets/{ticket.number}")
    assert "janji terlewat" in text
    assert "terlambat" in text
    assert "janji terlewat" in await pages.read("/home")
    assert Act.ANSWER in (await pages.house.desk.ticket(pages.viewers["agent"], ticket.number, pages.clock())).acts
    assert timedelta(0) < pages.clock() - ticket.opened_at


@pytest.mark.parametrize("typed", ["{0}", "{1}", " adu {2} ", "{2}", "ADU:{2}"])
async def test_a_ticket_is_found_by_its_number_in_any_spelling(pages: Site, typed: str) -> None:
    ticket = await pages.hear("Dipotong RT")
    words = typed.format(ticket.number, ticket.number.lower(), ticket.number.removeprefix("ADU-").lower())
    await pages.be("agent", "31.75")
    found = await pages.get("/desk", params={"q": words})
    assert (found.status, found.headers["Location"]) == (303, f"/desk/tickets/{ticket.number}")


async def test_the_old_form_of_a_number_is_found_too(pages: Site) -> None:
    ticket = await pages.hear("Dipotong RT")
    async with pages.house.database.write() as db:
        one = schema.tickets
        await db.execute(one.update().where(one.c.id == ticket.id).values(number="ADU-250228-0009"))
    await pages.be("agent")
    found = await pages.get("/desk", params={"q": "adu 250228 0009"})
    assert found.headers["Location"] == "/desk/tickets/ADU-250228-0009"


async def test_a_number_that_is_nowhere_or_elsewhere_is_answered_alike(pages: Site) -> None:
    ticket = await pages.hear("Dipotong RT")
    await pages.be("agent", "73.71", login="makassar")
    for typed in (ticket.number, "ADU-7K4M2QX", "' OR 1=1 --", "<b>x</b>", "\x00"):
        response = await pages.get("/desk", params={"q": typed})
        text = await response.text()
        assert response.status == 200
        assert "<b>x" not in text
        assert ("di wilayah Anda. Periksa" in text) == typed.startswith("ADU")
    pages.leave()
    assert (await pages.get("/desk", params={"q": ticket.number})).headers["Location"].startswith("/login")


async def test_an_address_with_the_number_in_another_spelling_leads_to_the_ticket(pages: Site) -> None:
    ticket = await pages.hear("Dipotong RT")
    await pages.be("agent")
    plain = ticket.number.removeprefix("ADU-").lower()
    for spelled in (f"adu%20{plain}", ticket.number.lower(), plain):
        response = await pages.client.get(URL(f"/desk/tickets/{spelled}", encoded=True), allow_redirects=False)
        assert (response.status, response.headers["Location"]) == (303, f"/desk/tickets/{ticket.number}")
    await pages.read("/desk/tickets/adu%20none", 404)


async def test_what_we_wrote_by_ourselves_stands_in_the_conversation_with_its_fate(pages: Site) -> None:
    ticket = await fill(pages)
    text = await pages.read(f"/desk/tickets/{ticket.number}")
    assert "Tanda terima aduan · Menunggu giliran" in text
    assert f'hx-get="/desk/tickets/{ticket.number}/talk"' in text
    assert 'Janji <span class="quiet">mendesak</span>' in text
    async with pages.house.database.write() as db:
        one = schema.deliveries
        await db.execute(one.update().where(one.c.ticket_id == ticket.id).values(state="delivered"))
    part = await pages.read(f"/desk/tickets/{ticket.number}/talk")
    assert "Tanda terima aduan · Sampai" in part
    assert "every 4s" not in part, "nothing is under way any more"
    assert "<html" not in part


async def test_a_long_message_says_that_it_is_cut_and_by_how_much(pages: Site) -> None:
    from notifier.desk import safe

    ticket = await pages.hear(safe("beras " * 16_667))
    await pages.be("agent")
    text = await pages.read(f"/desk/tickets/{ticket.number}")
    assert re.search(r"\[…dipotong: 80\.\d{3} huruf lagi; aslinya tersimpan tersegel\]", text)
    assert '<span class="tag warm">dipotong</span>' in text
