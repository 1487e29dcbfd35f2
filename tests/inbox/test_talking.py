"""Conversations with the service, as citizens have them on Telegram, by SMS and by mail."""

import re
from datetime import date
from json import dumps
from typing import Any

import pytest
from sqlalchemy import select

from notifier.errors import Refused
from notifier.rules.roles import Role
from notifier.store import rounds
from notifier.store.schema import (
    attempts,
    contacts,
    deliveries,
    entitlements,
    files,
    heard,
    people,
    regions,
    ticket_messages,
    tickets,
)
from notifier.store.schema import talks as table
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SITI, PHONE, OTHER = 7001, "+6281200000001", "+6281200000002"


async def _last(talk: Talk) -> dict[str, Any]:
    """The facts of the newest thing we said in a conversation."""
    said = [row for row in await talk.rows(deliveries) if row["event"] == "talk"]
    return dict(said[-1]["facts"])


async def _says(talk: Talk, sender: str, *turns: tuple[str, str]) -> None:
    """Each text by SMS is answered with words that have these in them."""
    for text, known in turns:
        before = len(await talk.rows(deliveries))
        await talk.sms(sender, text)
        await talk.send()
        new = (await talk.rows(deliveries))[before:]
        words = " | ".join(_worded(row) for row in new)
        assert known in words, (text, known, words)


def _worded(row: dict[str, Any]) -> str:
    facts = row["facts"] or {}
    return f"{row['event']}: {facts.get('words', '')} {facts.get('choices', '')} {facts.get('number', '')}"


async def _press(talk: Talk, chat: int, code: str) -> None:
    """The button of the newest message, once all that waits has left: a chat takes one message a second."""
    for _ in range(4):
        talk.stage.clock.move(seconds=2)
        await talk.send()
    rows = await talk.all(
        select(attempts.c.ref, attempts.c.delivery_id).where(attempts.c.event == "talk").order_by(attempts.c.id.desc())
    )
    await talk.press(chat, rows[0][0], f"{code}:{rows[0][1]}")
    await talk.send()


@ONE_ENGINE
async def test_by_sms_alone_one_finds_the_schedule_the_status_the_language_and_help(talk: Talk) -> None:
    await add_round(talk.stage)
    await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE))
    await _says(
        talk,
        PHONE,
        ("menu", "1 Jadwal 2 Status 3 Lapor 4 Tiket 5 Daftar 6 Bahasa 7 Bantuan 8 Petugas"),
        ("1", "BPNT Desember 2026: 7 Des-11 Des 2026 08.00-15.00 WIB di Kantor Pos Duren Sawit."),
        ("CEK", "Status bantuan BPNT Desember 2026: Dalam Proses."),
        ("tiket", "Tidak ada laporan"),
        ("bahasa", "1 Indonesia 2 English"),
        ("2", "we write in English"),
        ("Bantuan", "BATAL cancels"),
        ("batal", "nothing to cancel"),
        ("menu", "Reply a number: 1 Dates"),
        ("9", "Sorry, not clear. Social aid"),
        ("BATAL", "cancelled"),
        ("jadwal", "7 Dec-11 Dec 2026 08:00-15:00 WIB at Kantor Pos"),
    )
    assert (await talk.rows(people))[0]["language"] == "en"
    assert [row["flow"] for row in await talk.rows(table)] == [""]


@ONE_ENGINE
async def test_an_answer_that_comes_too_late_is_told_so_and_never_guessed(talk: Talk) -> None:
    await _says(talk, PHONE, ("LAPOR", "1 Belum terima"))
    talk.stage.clock.move(minutes=31)
    await _says(talk, PHONE, ("2", "sudah lewat waktunya"), ("LAPOR", "Lapor apa?"))
    talk.stage.clock.move(minutes=31)
    before = len(await talk.rows(deliveries))
    await talk.sms(PHONE, "terima kasih")
    assert len(await talk.rows(deliveries)) == before, "thanks are no answer to it"


@ONE_ENGINE
async def test_a_complaint_in_the_middle_of_a_menu_becomes_a_ticket_and_the_menu_is_left(talk: Talk) -> None:
    await _says(talk, PHONE, ("MENU", "1 Jadwal"))
    await talk.sms(PHONE, "Bantuan saya dipotong 50 ribu oleh ketua RT")
    assert [row["category"] for row in await talk.rows(tickets)] == ["deduction"]
    assert [row["flow"] for row in await talk.rows(table)] == [""]
    assert (await talk.events())[-1] == "ticket_received"


@ONE_ENGINE
async def test_the_menu_hangs_as_buttons_on_telegram_and_an_old_button_explains_itself(talk: Talk) -> None:
    await add_round(talk.stage)
    await add_person(talk.stage, "SITI AMINAH", ("telegram", str(SITI)))
    await talk.telegram(SITI, "/start")
    await talk.send()
    menu = await _last(talk)
    assert menu["choices"] == ""
    assert [code for code, _, _ in menu["buttons"]][:3] == ["schedule", "status", "complaint"]
    old = (await talk.all(select(attempts.c.ref, attempts.c.delivery_id).where(attempts.c.event == "talk")))[0]
    await _press(talk, SITI, "complaint")
    asked = (await talk.all(select(attempts.c.ref, attempts.c.delivery_id).order_by(attempts.c.id.desc())))[0]
    await _press(talk, SITI, "not_received")
    assert "bantuan yang mana" in (await _last(talk))["words"]
    await talk.press(SITI, asked[0], f"deduction:{asked[1]}")
    assert "Tombol itu sudah tidak berlaku" in (await _last(talk))["words"]
    await talk.press(SITI, old[0], f"schedule:{old[1]}")
    assert "7 Desember 2026-" in (await _last(talk))["words"]


# --- complaints ------------------------------------------------------------------------------------------------------

STORY = "Uang saya dipotong lima puluh ribu di balai desa kemarin"
LATER = "Yang memotong adalah ketua kelompok"


async def test_a_guided_complaint_by_sms_is_one_ticket_and_its_name_can_stay_hidden(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE))
    await _says(
        talk,
        PHONE,
        ("LAPOR", "1 Belum terima 2 Dipotong 3 Diminta uang"),
        ("2", "Tentang bantuan yang mana? Balas angka: 1 BPNT Desember 2026 2 Lainnya"),
        ("1", "Ceritakan"),
        (STORY, "Nama Bapak/Ibu boleh diketahui petugas?"),
        (LATER, "Nama Bapak/Ibu boleh diketahui petugas?"),
        ("2", "Kirim laporan ini? Balas angka: 1 YA 2 TIDAK"),
        ("ya", "ticket_received"),
    )
    rows = await talk.rows(tickets)
    assert [(row["category"], row["round_id"], row["confidentiality"]) for row in rows] == [
        ("deduction", of, "confidential")
    ]
    said = [row["text"] for row in await talk.rows(ticket_messages)]
    assert said == [f"{STORY}\n\n{LATER}"]
    kept = {row["sender_index"] for row in await talk.rows(heard) if row["ticket_id"] is not None}
    others = {row["sender_index"] for row in await talk.rows(heard) if row["ticket_id"] is None}
    assert len(kept) == 1
    assert not kept & others
    await talk.sms(PHONE, "ya")
    assert len(await talk.rows(tickets)) == 1


@ONE_ENGINE
async def test_a_guided_complaint_on_telegram_carries_photos_a_place_and_an_edit(talk: Talk) -> None:
    await add_person(talk.stage, "SITI AMINAH", ("telegram", str(SITI)))
    await talk.telegram(SITI, "/lapor")
    await talk.send()
    await _press(talk, SITI, "deduction")
    number = await talk.telegram(SITI, STORY)
    await talk.edit(SITI, number, f"{STORY} pagi")
    photo = [{"file_id": "AgAC", "file_size": 1000, "width": 90, "height": 90}]
    before = len(await talk.rows(deliveries))
    for _ in range(3):
        await talk.telegram(SITI, photo=photo, media_group_id="album")
    assert len(await talk.rows(deliveries)) == before + 1, "an album is answered once"
    await talk.telegram(SITI, location={"latitude": -6.23456, "longitude": 106.91234})
    await talk.send()
    await _press(talk, SITI, "on")
    await _press(talk, SITI, "named")
    await _press(talk, SITI, "yes")
    ticket = (await talk.rows(tickets))[0]
    assert (ticket["category"], ticket["confidentiality"]) == ("deduction", "open")
    said = (await talk.rows(ticket_messages))[0]
    assert said["text"].startswith(f"{STORY} pagi")
    assert "106.91234" in said["text"]
    assert [row["ticket_id"] for row in await talk.rows(files)] == [ticket["id"]] * 3
    await talk.edit(SITI, number, f"{STORY} sore")
    assert (await talk.rows(ticket_messages))[0]["text"] == f"{STORY} sore"


async def test_what_was_told_and_never_confirmed_reaches_a_person_all_the_same(talk: Talk) -> None:
    await _says(talk, PHONE, ("LAPOR", "Lapor apa"), ("3", "Ceritakan"), (STORY, "Nama Bapak/Ibu"))
    await talk.inbox.drain(talk.now)
    assert await talk.rows(tickets) == []
    talk.stage.clock.move(minutes=31)
    await talk.inbox.drain(talk.now)
    await talk.inbox.drain(talk.now)
    assert [row["category"] for row in await talk.rows(tickets)] == ["illegal_levy"]
    assert (await talk.events())[-1] == "ticket_received"


@ONE_ENGINE
async def test_danger_is_seen_by_a_person_at_once_whatever_was_being_asked(talk: Talk) -> None:
    await _says(talk, PHONE, ("LAPOR", "Lapor apa"), ("2", "Ceritakan"))
    await talk.sms(PHONE, "Tolong, saya diancam mau dibunuh kalau tidak menyerahkan uang bantuan")
    assert [row["urgent"] for row in await talk.rows(tickets)] == [True]


# --- who may know what -----------------------------------------------------------------------------------------------

BORN = {"born": date(1980, 1, 1)}


@ONE_ENGINE
async def test_a_chat_is_linked_by_its_own_number_and_part_of_the_nik(talk: Talk) -> None:
    person = await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE), **BORN)
    await talk.telegram(SITI, "/start")
    menu, who = [row["facts"] for row in await talk.rows(deliveries)]
    assert [code for code, _, _ in menu["buttons"]] == ["schedule", "complaint", "language", "help", "officer"]
    assert who["buttons"][0][2] == "phone"
    await talk.telegram(SITI, contact={"phone_number": PHONE, "first_name": "S", "user_id": SITI})
    assert "4 angka terakhir NIK" in (await _last(talk))["words"]
    await talk.telegram(SITI, "9000 1981")
    assert (await _last(talk))["words"].startswith("Data tidak cocok.")
    await talk.telegram(SITI, "9000 1980")
    assert "sudah cocok" in (await _last(talk))["words"]
    linked = [(row["person_id"], row["address"]) for row in await talk.rows(contacts) if row["kind"] == "telegram"]
    assert linked == [(person, str(SITI))]
    assert "9000" not in "\n".join(row["text"] for row in await talk.rows(heard))


async def test_a_number_nobody_has_is_asked_and_refused_in_the_same_words(talk: Talk) -> None:
    await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE), **BORN)
    words = []
    for chat, number in ((SITI, PHONE), (SITI + 1, OTHER)):
        await talk.telegram(chat, contact={"phone_number": number, "first_name": "S", "user_id": chat})
        words.append((await _last(talk))["words"])
        for _ in range(6):
            await talk.telegram(chat, "1111 1970")
            words.append((await _last(talk))["words"])
    half = len(words) // 2
    assert words[:half] == words[half:]
    assert words[-1].startswith("Sudah terlalu sering dicoba.")
    assert [row["kind"] for row in await talk.rows(contacts)] == ["sms"]


@ONE_ENGINE
async def test_an_invitation_links_once(talk: Talk) -> None:
    person = await add_person(talk.stage, "SITI AMINAH", **BORN)
    token = await talk.house.inviting.invite(talk.stage.planner, "3175070101809000", talk.now)
    await talk.telegram(SITI, f"/start {token}")
    await talk.telegram(SITI, "9000, 1980")
    assert "sudah cocok" in (await _last(talk))["words"]
    await talk.telegram(SITI + 1, f"/start {token}")
    assert "Tautan itu sudah tidak berlaku" in (await _last(talk))["words"]
    assert [row["person_id"] for row in await talk.rows(contacts)] == [person]


async def test_a_report_is_followed_on_telegram_by_a_link_that_opens_once(talk: Talk) -> None:
    await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE))
    await talk.sms(PHONE, "bantuan saya dipotong 50 ribu oleh ketua RT, tolong rahasiakan nama saya")
    (ticket,) = await talk.rows(tickets)
    talk.stage.clock.move(hours=1)
    token = await talk.house.inviting.follow(ticket["id"], "citizen", talk.now)
    await talk.telegram(SITI, f"/start {token}")
    assert (await _last(talk))["words"].startswith("Baik. Jawaban atas laporan")
    assert ticket["number"] not in str([row["facts"] for row in await talk.rows(deliveries) if row["event"] == "talk"])
    async with talk.house.database.read() as db:
        reporter = await talk.house.desk.reporter(db, ticket["id"])
    assert (reporter.kind, reporter.address) == ("telegram", str(SITI))
    assert not [row for row in await talk.rows(heard) if row["ticket_id"] and row["text"].startswith("/start")]
    await talk.telegram(SITI + 1, f"/start {token}")
    assert "sudah tidak berlaku" in (await _last(talk))["words"]


async def test_a_new_number_becomes_ones_own_by_an_old_one_and_part_of_the_nik(talk: Talk) -> None:
    siti = await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE), **BORN)
    strange = ("SAYA", "Nomor HP mana"), ("0899 7777 6666", "4 angka terakhir NIK"), ("9000 1980", "Data tidak cocok")
    await _says(talk, "+6281200000055", *strange)
    await _says(
        talk, OTHER, ("SAYA", "Nomor HP mana"), (PHONE, "4 angka terakhir NIK"), ("9001 1980", "Data tidak cocok")
    )
    await _says(talk, OTHER, ("9000 1980", "sudah cocok"))
    told = [row["contact_id"] for row in await talk.rows(deliveries) if "baru saja ditambahkan" in _worded(row)]
    assert told == [1], "the old number hears of it"
    assert {(row["person_id"], row["address"]) for row in await talk.rows(contacts)} == {(siti, PHONE), (siti, OTHER)}
    assert not [row["text"] for row in await talk.rows(heard) if "9000" in row["text"] or PHONE in row["text"]]


@ONE_ENGINE
async def test_on_a_shared_phone_nothing_is_told_before_somebody_is_chosen(talk: Talk) -> None:
    await add_round(talk.stage)
    await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE))
    await add_person(talk.stage, "BUDI", ("sms", PHONE))
    await _says(
        talk,
        PHONE,
        ("cek status bantuan saya", "Untuk siapa? Balas angka: 1 S.A. 2 B. 3 Bukan kami"),
        ("1", "Status bantuan BPNT"),
        ("CEK", "Untuk siapa?"),
        ("3", "16 angka NIK"),
        ("3175 0701 0180 9001", "nama lengkap"),
        ("Siti Aminah", "Data tidak cocok."),
        ("CEK", "Untuk siapa?"),
        ("3", "16 angka NIK"),
        ("3175070101809001", "nama lengkap"),
        ("budi", "Status bantuan BPNT"),
    )
    texts = "\n".join(row["text"] for row in await talk.rows(heard))
    assert "9001" not in texts
    assert "budi" not in texts


@ONE_ENGINE
async def test_a_relative_learns_nothing_about_another_person(talk: Talk) -> None:
    await add_round(talk.stage)
    await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE))
    await _says(talk, PHONE, ("tolong cek status punya ibu saya", "hanya memberi tahu pemilik datanya"))
    await _says(
        talk,
        "+6281200000777",
        ("CEK", "16 angka"),
        ("saya lupa NIK", "di KTP atau KK"),
        ("punya ibu saya", "pemilik datanya"),
    )
    await _says(talk, "+6281200000777", ("saya mau lapor", "Lapor apa"))


@ONE_ENGINE
async def test_status_answers_about_one_nik_are_limited(talk: Talk) -> None:
    await add_person(talk.stage, "BUDI", **BORN)
    nik = "3175070101809000"
    for _ in range(2):  # by the page, from anywhere: one allowance with the chats
        await talk.house.enquiries.status(nik, "Bukan Dia", "192.0.2.0/24", talk.now)
    for number in range(4):
        sender = f"+62812000010{number:02d}"
        for text in ("CEK", nik, "Bukan Dia"):
            await talk.sms(sender, text)
        words = (await _last(talk))["words"]
        assert words.startswith("Data tidak cocok" if number < 3 else "Sudah terlalu sering")
    assert (await talk.house.enquiries.status(nik, "BUDI", "198.51.100.0/24", talk.now)).until is not None


@ONE_ENGINE
async def test_wrong_person_stops_personal_data_to_that_number_and_opens_a_data_task(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE))
    await talk.notify("round_announced", of, "sms", PHONE)
    await talk.send()
    await talk.sms(PHONE, "bantuan saya dipotong 50 ribu oleh ketua RT")
    mine = (await talk.rows(tickets))[0]["number"]
    talk.stage.clock.move(minutes=11)
    await talk.send()
    await _says(talk, PHONE, (f"TIKET {mine}", mine), ("maaf salah orang", "Data pribadi tidak kami kirim lagi"))
    said = [note.text for note in talk.stage.providers.phones.notes(PHONE)][-2:]
    assert not any("Laporan Anda kami terima" in text for text in said), "who has the number now has reported nothing"
    talk.stage.clock.move(minutes=11)
    await _says(talk, PHONE, (f"TIKET {mine}", "Nomor laporan itu tidak ada"))
    async with talk.house.database.read() as db:
        where = [(await talk.house.desk.reporter(db, row["id"])).kind for row in await talk.rows(tickets)]
    assert where == ["web", "sms"], "answered on the page alone from now on"
    (note,) = [row["text"] for row in await talk.rows(ticket_messages) if row["kind"] == "note"]
    assert "belum punya kode lacak" in note, "the desk hands it to the reporter; the number's new owner never reads it"
    assert not any("kode lacak" in one.text for one in talk.stage.providers.phones.notes(PHONE))
    ticket = (await talk.rows(tickets))[1]
    assert (ticket["category"], ticket["verified"]) == ("data_error", False)
    assert [row["state"] for row in await talk.rows(contacts)] == ["wrong"]
    await _says(talk, PHONE, ("JADWAL", "di desa/kelurahan mana"))


async def test_two_open_questions_on_one_phone_are_told_apart_by_asking(talk: Talk) -> None:
    of = await add_round(talk.stage)
    siti = await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE))
    await talk.notify("receipt_question", of, "sms", PHONE)
    async with talk.house.database.write() as db:
        await db.execute(contacts.update().values(address=OTHER))
    budi = await add_person(talk.stage, "BUDI", ("sms", PHONE))
    await talk.notify("receipt_question", of, "sms", PHONE)
    async with talk.house.database.write() as db:
        await db.execute(contacts.update().values(address=PHONE))
    await talk.send()
    await _says(talk, PHONE, ("YA", "1 BPNT B. 2 BPNT S.A."), ("2", "sudah dicatat"))
    got = {row["person_id"]: row["status"] for row in await talk.rows(entitlements)}
    assert got == {siti: "DITERIMA", budi: "DIJADWALKAN"}
    await talk.sms(PHONE, "belum")  # only one is open now
    assert [row["category"] for row in await talk.rows(tickets)] == ["not_received"]


@ONE_ENGINE
async def test_a_typed_yes_counts_for_a_talk_only_while_no_newer_question_is_open(talk: Talk) -> None:
    of = await add_round(talk.stage)
    await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE))
    await _says(
        talk, PHONE, ("LAPOR", "Lapor apa"), ("2", "mana?"), ("1", "Ceritakan"), (STORY, "Nama"), ("1", "Kirim")
    )
    talk.stage.clock.move(seconds=2)
    await talk.notify("receipt_question", of, "sms", PHONE)
    await talk.send()
    await _says(talk, PHONE, ("YA", "belum jelas. Kirim laporan ini?"))
    assert [row["status"] for row in await talk.rows(entitlements)] == ["DIJADWALKAN"]
    await _says(talk, PHONE, ("1", "ticket_received"))
    assert len(await talk.rows(tickets)) == 1


@ONE_ENGINE
async def test_only_who_sees_a_person_invites_them(talk: Talk) -> None:
    await add_person(talk.stage, "SITI AMINAH")
    elsewhere = await talk.staff("tono", region="73")
    for viewer, nik, why in (
        (elsewhere, "3175070101809000", "nobody of your area"),
        (talk.stage.planner, "3175070101809007", "nobody of your area"),
        (talk.stage.planner, "12", "that is no NIK"),
    ):
        with pytest.raises(Refused, match=why):
            await talk.house.inviting.invite(viewer, nik, talk.now)


@ONE_ENGINE
async def test_a_link_that_is_a_week_old_leads_nowhere(talk: Talk) -> None:
    await add_person(talk.stage, "SITI AMINAH")
    token = await talk.house.inviting.invite(talk.stage.planner, "3175070101809000", talk.now)
    talk.stage.clock.move(days=8)
    await talk.telegram(SITI, f"/start {token}")
    assert "sudah tidak berlaku" in (await _last(talk))["words"]


# --- the rest --------------------------------------------------------------------------------------------------------


async def test_who_wants_to_be_registered_gets_a_number_and_the_desk_the_sealed_data(talk: Talk) -> None:
    turns = (
        ("DAFTAR", "nama lengkap"),
        ("Siti Aminah", "16 angka NIK"),
        ("3175070101809001", "desa/kelurahan dan kecamatan"),
        ("Klender, Duren Sawit", "Yang menentukan adalah desa"),
    )
    await _says(talk, PHONE, *turns, ("YA", "ticket_received"))
    ticket = (await talk.rows(tickets))[0]
    assert ticket["category"] == "not_registered"
    said = (await talk.rows(ticket_messages))[0]["text"]
    assert said == "Pendaftaran: Siti Aminah\nNIK 317507******9001\nKlender, Duren Sawit"
    assert "3175070101809001" not in await talk.texts()
    agent = await talk.staff("sari", Role.SUPERVISOR)
    shown = await talk.house.desk.reveal(agent, ticket["number"], "diteruskan ke kelurahan", talk.now)
    assert (shown.applicant, shown.nik, shown.village) == ("Siti Aminah", "3175070101809001", "Klender, Duren Sawit")
    await _says(talk, PHONE, *turns, ("YA", f"sudah mendaftar dengan nomor {ticket['number']}"))
    await _says(talk, PHONE, ("TIKET", "ticket_status"), (f"TIKET {ticket['number']}", "baru saja"))
    await _says(talk, OTHER, (f"TIKET {ticket['number']}", "tidak ada pada nomor Anda"))
    assert len(await talk.rows(tickets)) == 1


@ONE_ENGINE
async def test_an_officer_is_reached_by_one_word_and_told_the_rest(talk: Talk) -> None:
    await _says(
        talk,
        PHONE,
        ("PETUGAS", "tulis pertanyaannya"),
        ("kapan kartu saya jadi", "ticket_received"),
        ("BATAL", "Tidak ada"),
    )
    for words in ("PETUGAS tolong dijawab ya", "PETUGAS halo, ada orang?"):  # never silence
        await _says(talk, PHONE, (words, "ticket_status"))
    told = talk.stage.providers.phones.notes(PHONE)[-1].text
    assert re.match(r"Pesan Anda sudah .* Petugas menjawab paling lambat \d+ Des 2026 \d\d\.\d\d WIB\. ASLI", told)
    await _says(talk, PHONE, ("pak, saya mau bicara langsung dengan petugas ya", "tulis pertanyaannya"), ("batal", ""))
    assert [row["category"] for row in await talk.rows(tickets)] == ["information"]
    assert len(await talk.rows(ticket_messages)) == 3


@ONE_ENGINE
async def test_by_mail_the_same_keywords_lead_and_a_machine_never_enters(talk: Talk) -> None:
    await add_round(talk.stage)
    who = "siti@warga.test"
    await add_person(talk.stage, "SITI AMINAH", ("email", who))
    await talk.mail(who, "Selamat siang", subject="JADWAL")
    assert "Senin, 7 Desember 2026" in (await _last(talk))["words"]
    await talk.mail(who, "CARA LAPOR", subject="tanya")
    assert (await _last(talk))["guide"] == "complain"
    await talk.mail(who, "lapor", subject="Halo")
    assert "\n2 Dipotong\n" in (await _last(talk))["choices"]
    await talk.send()
    asked = await talk.ref_to("email", who, "talk")
    before = len(await talk.rows(deliveries))
    auto = {"Auto-Submitted": "auto-replied"}
    await talk.mail(who, "2", subject="Re: Jawaban kami", reply_to=asked, headers=auto)
    assert len(await talk.rows(deliveries)) == before
    written = "Pada Sel, 11 Agu 2026 pukul 09.15 Layanan Bansos <pengaduan@bansos.test> menulis:"
    quoted = f"2\n\n{written}\n> Lapor apa?\n> 1 Belum"
    await talk.mail(who, quoted, subject="Re: Jawaban kami", reply_to=asked)
    assert "bantuan yang mana" in (await _last(talk))["words"]
    for text in ("2", STORY, "lanjut", "1", "ya"):
        await talk.send()
        await talk.mail(who, text, subject="Re: Jawaban kami", reply_to=await talk.ref_to("email", who, "talk"))
    assert [row["category"] for row in await talk.rows(tickets)] == ["deduction"]


@ONE_ENGINE
async def test_a_guide_is_sent_as_a_file_where_the_channel_takes_files(talk: Talk) -> None:
    await talk.telegram(SITI, "/panduan")
    await talk.send()
    notes = talk.stage.providers.phones.notes(str(SITI))
    assert [file for note in notes for file in note.files]
    await _says(talk, PHONE, ("cara lapor", "Cara lapor: ketik LAPOR"))


# --- long messages in pieces -----------------------------------------------------------------------------------------

LONG = ("Bantuan saya dipotong ketua RT, NIK saya 3175", "070101809001, kejadiannya di balai ", "desa kemarin pagi")


async def _piece(talk: Talk, number: int, group: str = "A7", by_header: bool = False) -> None:
    entry: dict[str, Any] = {"type": "message", "from": PHONE, "id": f"mo-{group}-{number}", "text": LONG[number - 1]}
    entry |= {"udh": f"050003{group}03{number:02X}"} if by_header else {"part": number, "parts": 3, "group": group}
    await talk.keep("sms", dumps(entry).encode(), {"content-type": "application/json"})
    await talk.hear()


@ONE_ENGINE
@pytest.mark.parametrize("by_header", [False, True], ids=["told", "by the header"])
async def test_pieces_that_come_out_of_order_are_one_message(talk: Talk, by_header: bool) -> None:
    for number in (3, 1, 1, 2):
        assert await talk.rows(tickets) == []
        await _piece(talk, number, by_header=by_header)
    said = [row["text"] for row in await talk.rows(ticket_messages)]
    assert said == ["Bantuan saya dipotong ketua RT, NIK saya 317507******9001, kejadiannya di balai desa kemarin pagi"]
    assert "070101809001" not in await talk.texts()
    assert await talk.outcomes() == ["part", "part", "repeated", "opened"]


async def test_a_piece_whose_others_never_come_is_heard_after_a_while(talk: Talk) -> None:
    await _piece(talk, 1)
    await talk.inbox.drain(talk.now)
    assert await talk.rows(tickets) == []
    talk.stage.clock.move(minutes=6)
    for _ in range(2):
        await talk.inbox.drain(talk.now)
        talk.stage.clock.move(minutes=2)
    assert [row["text"] for row in await talk.rows(ticket_messages)] == [f"{LONG[0]}[…][…]"]


@pytest.mark.parametrize("keyword", ["Tolong", "lapor", "MENU", "Info", "tiket"])
@ONE_ENGINE
async def test_a_keyword_above_a_story_does_not_swallow_it(talk: Talk, keyword: str) -> None:
    await talk.sms(PHONE, f"{keyword}\nsaya diancam mau dibunuh ketua RT gara-gara bansos")
    await talk.telegram(SITI, f"{keyword}\n\nbantuan saya dipotong 50 ribu sama pak RT")
    await talk.mail("siti@warga.test", "Bantuan saya belum cair sejak Oktober.\n\nSiti", subject=keyword)
    rows = await talk.rows(tickets)
    assert [(row["category"], row["urgent"]) for row in rows[1:]] == [("deduction", False), ("not_received", False)]
    assert rows[0]["urgent"]
    assert await talk.events("ticket_received") == ["ticket_received"] * 3


@ONE_ENGINE
async def test_a_choice_above_a_story_does_not_swallow_it_either(talk: Talk) -> None:
    await _says(talk, PHONE, ("MENU", "1 Jadwal"))
    await talk.sms(PHONE, "1\nbantuan saya dipotong 50 ribu sama pak RT")
    assert [row["category"] for row in await talk.rows(tickets)] == ["deduction"]
    await _says(talk, OTHER, ("Menu\nterima kasih sebelumnya", "1 Jadwal"), ("3\nSiti Aminah", "Lapor apa?"))


@ONE_ENGINE
async def test_cek_is_answered_also_after_word_of_a_report(talk: Talk) -> None:
    of = await add_round(talk.stage)
    person = await add_person(talk.stage, "SITI AMINAH", ("sms", PHONE))
    async with talk.house.database.write() as db:
        await rounds.draw(db, [(of, person)], "DIJADWALKAN", talk.now)
    await _says(talk, PHONE, ("Beras bantuan saya bau dan berkutu", "ticket_received"))
    await _says(
        talk,
        PHONE,
        ("CEK", "Status bantuan BPNT Desember 2026: Dalam Proses."),
        ("cek saya", "Status bantuan BPNT Desember 2026: Dalam Proses."),
        ("status", "ticket_status"),
    )
    assert len(await talk.rows(ticket_messages)) == 1


@ONE_ENGINE
async def test_what_stands_behind_a_keyword_is_not_asked_again(talk: Talk) -> None:
    await add_round(talk.stage)
    await add_person(talk.stage, "BUDI", **BORN)
    async with talk.house.database.write() as db:
        await db.execute(regions.insert().values(code="31.75.07.1003", name="Klender"))
    await _says(
        talk,
        OTHER,
        ("cek 3175070101809000", "nama lengkap"),
        ("budi", "Status bantuan BPNT"),
        ("JADWAL klender", "BPNT Desember 2026: 7 Des-11 Des 2026"),
        ("bahasa inggris", "we write in English"),
        ("lapor", "Report what?"),
        ("nggak jadi", "cancelled"),
    )
    assert "3175070101809000" not in await talk.texts()
    await talk.telegram(SITI, "/lapor bantuan saya dipotong 50 ribu sama pak RT")
    assert [row["category"] for row in await talk.rows(tickets)] == ["deduction"]
