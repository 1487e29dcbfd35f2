"""Is this message real? Codes that come back by SMS, Telegram and mail, in forwarded hoaxes and with slips."""

import re
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from notifier.genuine import Genuine, Verdict
from notifier.inbox.genuine import doubt
from notifier.rules.words import Intent
from notifier.store import rounds
from notifier.store.schema import deliveries, files, heard, silences, ticket_messages, tickets
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

AYU, BUDI = "+6281200000001", "+6281200000002"
FALSE = "K7QM-3FXA"
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOAX = "Selamat! Ibu terpilih dapat bantuan tunai lima juta. Balas nomor rekening dan PIN"


async def _effects(talk: Talk) -> list[str]:
    return [row["effect"] for row in await talk.rows(heard)]


def _read(talk: Talk, phone: str) -> list[str]:
    return [note.text for note in talk.stage.providers.phones.notes(phone)]


async def _announced(talk: Talk) -> tuple[int, str]:
    """AYU is told of a round; its number, and the code that her message shows."""
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.stage.broadcast("round_announced", "BPNT-2026-12-DS")
    await talk.stage.send()
    return of, _read(talk, AYU)[-1][-9:]


async def test_the_code_of_a_message_tells_anybody_which_round_it_speaks_of_and_never_whose_it_is(talk: Talk) -> None:
    _, code = await _announced(talk)
    await talk.sms(BUDI, f"ASLI {code.replace('-', '').lower()}")
    await talk.telegram(7100, f"/asli {code}")
    await talk.mail("budi@example.com", f"Ini asli pak? Kode ASLI: {code}", subject="Tanya")
    assert await _effects(talk) == ["checked"] * 3
    talk.stage.clock.move(seconds=5)
    await talk.send()
    answer = _read(talk, BUDI)[-1]
    assert answer.startswith(
        "Kode itu dari kami: jadwal bantuan BPNT 7 Des 08.00 s.d. 11 Des 15.00 WIB di Kantor Pos Duren"
    )
    assert "AYU" not in answer
    assert code not in answer, "the answer has a code of its own"
    assert len({row["id"] for row in await talk.rows(deliveries)}) == 4
    assert not await talk.rows(tickets)


async def test_a_code_of_a_round_that_moved_since_says_what_is_valid_now(talk: Talk) -> None:
    of, code = await _announced(talk)
    look = Genuine(talk.house.database, talk.house.vault).look
    await talk.house.rounds.change(talk.stage.planner, "BPNT-2026-12-DS", {"TEMPAT": "RPTRA Klender"}, talk.now)
    found = await look(code)
    assert (found.verdict, found.was) == (Verdict.CHANGED, {"venue": "Kantor Pos Duren Sawit"})
    await talk.sms(BUDI, f"ASLI {code}")
    await talk.send()
    assert "BERUBAH. Kini BPNT" in _read(talk, BUDI)[-1]
    assert "RPTRA Klender" in _read(talk, BUDI)[-1]
    await talk.house.rounds.cancel(talk.stage.planner, "BPNT-2026-12-DS", talk.now)
    talk.stage.clock.move(seconds=20)
    await talk.sms(BUDI, f"ASLI {code}")
    await talk.send()
    assert "DIBATALKAN" in _read(talk, BUDI)[-1]
    async with talk.house.database.read() as db:
        kept = await rounds.get(db, of)
    assert kept is not None
    assert kept.state == "cancelled"


async def test_a_false_code_is_called_false_and_what_it_came_with_reaches_a_person_once(talk: Talk) -> None:
    await talk.sms(BUDI, f"ASLI {FALSE}")
    assert await _effects(talk) == ["checked"]
    talk.stage.clock.move(minutes=1)
    for _ in range(2):
        await talk.sms(BUDI, f"ASLI {FALSE} {HOAX}")
        talk.stage.clock.move(minutes=1)
    assert await _effects(talk) == ["checked", "opened", "known"]
    (ticket,) = await talk.rows(tickets)
    assert ticket["category"] == "fraud_hoax"
    (message,) = await talk.rows(ticket_messages)
    assert HOAX in message["text"]
    await talk.send()
    said = _read(talk, BUDI)
    assert sum("PALSU" in text for text in said) == 3
    assert sum(ticket["number"] in text for text in said) == 2, "its number, and how it stands"


@ONE_ENGINE
async def test_a_forwarded_text_without_a_code_opens_one_ticket_a_sender(talk: Talk) -> None:
    asks = f"Apakah pesan ini asli pak? {HOAX}"
    for sender in (AYU, AYU, BUDI):
        await talk.sms(sender, asks)
        talk.stage.clock.move(minutes=15)
    assert await _effects(talk) == ["opened", "known", "opened"]
    assert [row["category"] for row in await talk.rows(tickets)] == ["fraud_hoax"] * 2
    await talk.sms(AYU, asks + " Tolong dicek.")
    assert (await _effects(talk))[-1] == "opened"


@ONE_ENGINE
async def test_a_real_code_in_a_message_that_leads_elsewhere_is_seen_by_a_person(talk: Talk) -> None:
    _, code = await _announced(talk)
    await talk.sms(BUDI, f"ASLI {code} Klik bansos-cair.xyz/daftar untuk mencairkan")
    assert await _effects(talk) == ["opened"]
    assert "genuine_checked" in await talk.events()


@ONE_ENGINE
async def test_a_code_of_what_never_left_or_went_to_staff_is_false(talk: Talk) -> None:
    await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.stage.broadcast("round_announced", "BPNT-2026-12-DS")
    await talk.house.broadcasts.advance(talk.now, "test")
    ((number,),) = await talk.all(select(deliveries.c.id))
    look = Genuine(talk.house.database, talk.house.vault).look
    code = talk.house.vault.codes.of(number)
    assert (await look(code)).verdict is Verdict.FALSE
    await talk.send()
    assert (await look(code)).verdict is Verdict.REAL
    await talk.staff("sari", notify="+6281277777777")
    await talk.sms(AYU, "petugas mengancam membunuh saya kalau lapor, tolong")
    await talk.send()
    rows = {row["event"]: row["id"] for row in await talk.rows(deliveries)}
    assert (await look(talk.house.vault.codes.of(rows["urgent_ticket"]))).verdict is Verdict.FALSE
    answer = await look(talk.house.vault.codes.of(rows["ticket_received"]))
    assert (answer.verdict, answer.event, answer.of) == (Verdict.REAL, "ticket_received", None)
    assert (await look("")).verdict is Verdict.MISSING


@pytest.mark.parametrize(
    ("text", "intent", "asks"),
    [
        ("ASLI K7QM-3FXA", Intent.COMPLAINT, True),
        ("asli k7qm 3fxa", Intent.UNCLEAR, True),
        ("Kode ASLI: K7QM-3FXA", Intent.UNCLEAR, True),
        ("cek asli K7QM3FXA pak", Intent.STATUS_CHECK, True),
        ("K7QM-3FXA", Intent.UNCLEAR, True),
        ("apa benar ini? K7QM-3FXA", Intent.VERIFY_AUTHENTICITY, True),
        ("ASLI", Intent.UNCLEAR, True),
        ("asli K7QM", Intent.UNCLEAR, True),
        ("ASLI 12345678", Intent.UNCLEAR, True),
        ("asli?", Intent.VERIFY_AUTHENTICITY, False),
        ("asli atau hoax pak", Intent.VERIFY_AUTHENTICITY, False),
        ("uang saya dipotong RT, ini pesannya: BPNT 7 Des ASLI K7QM-3FXA", Intent.COMPLAINT, False),
        ("KTP asli saya hilang", Intent.COMPLAINT, False),
        ("YA", Intent.RECEIPT_YES, False),
    ],
)
def test_what_is_a_question_about_a_code_and_what_is_not(text: str, intent: Intent, asks: bool) -> None:
    assert (doubt(text, intent) is not None) is asks


def test_every_code_that_is_shown_can_be_found_again() -> None:
    asked = doubt("ASLI K7OM3FXA", Intent.UNCLEAR)
    assert asked is not None
    assert set(asked.codes) == {"K7QM-3FXA", "K7DM-3FXA"}
    assert re.fullmatch(r"\W*", asked.beside)


FORWARD = (
    "---------- Forwarded message ---------\nDari: Info <info@bansos-cair.xyz>\nTanggal: Sen, 7 Des 2026 08.00\n"
    "Subject: Bansos\nTo: budi@example.com\n\n"
)


@ONE_ENGINE
async def test_a_hoax_that_is_forwarded_by_mail_arrives_with_its_text_whatever_is_written_above(talk: Talk) -> None:
    for above, subject in (("Apakah ini asli?", "Tanya"), ("", "Fwd: Bansos"), ("Terima kasih", "Terusan: Bansos")):
        sender = f"budi{len(above)}@example.com"
        await talk.mail(sender, f"{above}\n\n{FORWARD}{HOAX}", subject=subject)
    assert await _effects(talk) == ["opened"] * 3
    assert {row["category"] for row in await talk.rows(tickets)} == {"fraud_hoax"}
    assert all(HOAX in row["text"] for row in await talk.rows(ticket_messages))


@ONE_ENGINE
async def test_a_forwarded_message_of_ours_is_told_genuine_and_a_forwarded_complaint_is_one(talk: Talk) -> None:
    _, code = await _announced(talk)
    ours = f"Jadwal bantuan BPNT 7 Des 08.00 di Kantor Pos Duren Sawit.\nKode ASLI: {code}"
    await talk.mail("budi@example.com", f"\n{FORWARD}{ours}", subject="Fwd: Jadwal")
    await talk.mail("ani@example.com", f"{FORWARD}Uang bantuan saya dipotong RT 200 ribu", subject="Fwd: tolong")
    await talk.mail("tono@example.com", f"ASLI {FALSE}", subject="Bansos")
    assert await _effects(talk) == ["checked", "opened", "checked"]
    assert [row["category"] for row in await talk.rows(tickets)] == ["deduction"]


async def _attached(talk: Talk, sender: str, above: str, text: str) -> None:
    """A mail that passes another on as an attachment."""
    mail, inner = EmailMessage(), EmailMessage()
    inner["From"], inner["Subject"] = "info@bansos-cair.xyz", "Pengumuman"
    inner.set_content(text)
    mail["From"], mail["To"], mail["Subject"] = sender, "pengaduan@bansos.test", "Fwd: Pengumuman"
    mail["Message-ID"] = f"<{sender}>"
    mail.set_content(above)
    mail.add_attachment(inner)
    await talk.keep("mail", mail.as_bytes())
    await talk.hear()


@ONE_ENGINE
async def test_a_mail_that_is_forwarded_as_an_attachment_is_read_and_never_taken_for_its_senders_own_words(
    talk: Talk,
) -> None:
    _, code = await _announced(talk)
    await _attached(talk, "budi@example.com", "", HOAX)
    await _attached(talk, "ani@example.com", "Mohon ditindaklanjuti", "Uang bantuan saya dipotong RT 200 ribu")
    await _attached(talk, "tono@example.com", "Apakah ini asli?", f"Jadwal bantuan BPNT 7 Des 08.00. ASLI {code}")
    await _attached(talk, "rini@example.com", "", "Ketik STOP untuk berhenti. STOP")
    assert await _effects(talk) == ["opened", "opened", "checked", "opened"]
    assert [row["category"] for row in await talk.rows(tickets)] == ["fraud_hoax", "deduction", "fraud_hoax"]
    assert HOAX in (await talk.rows(ticket_messages))[0]["text"]
    assert await talk.rows(silences) == [], "what is passed on stops nothing"
    assert [row["type"] for row in await talk.rows(files)] == ["message/rfc822"] * 4, "kept as evidence as well"
