"""What staff see and do: the list by time left, one ticket's page, answers, notes, acts, assignment."""

import pytest

from notifier.desk import Asked
from notifier.errors import Refused
from notifier.rules.boards import View
from notifier.rules.roles import Role, Viewer
from notifier.rules.tickets import Act
from notifier.store.schema import attempts, deliveries, ledger, ticket_changes, ticket_messages, tickets
from notifier.store.ticket_lists import Listed
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

AYU, STRANGER = "+6281200000001", "+6281299999999"
LATE = "bantuan saya terlambat sekali, sampai sekarang belum cair"
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _ticket(talk: Talk, sender: str = STRANGER, text: str = LATE) -> str:
    await talk.sms(sender, text)
    return str((await talk.rows(tickets))[-1]["number"])


async def _version(talk: Talk, viewer: Viewer, number: str) -> int:
    return (await talk.house.desk.ticket(viewer, number, talk.now)).ticket.version


async def test_an_answer_reaches_the_phone_of_whoever_complained(talk: Talk) -> None:
    sari = await talk.staff("sari")
    number = await _ticket(talk)
    await talk.send()
    ticket = await talk.house.desk.answer(sari, number.lower(), "Petugasnya kami tegur.", 1, talk.now)
    assert (ticket.status, ticket.assignee_id) == ("in_progress", sari.account_id)
    await talk.send()
    page = await talk.house.desk.ticket(sari, number, talk.now)
    assert [(said.kind, said.delivery_state) for said in page.conversation] == [("in", ""), ("out", "accepted")]
    phone = talk.stage.providers.phones.notes(STRANGER)
    assert "Petugasnya kami tegur." in phone[-1].text
    assert number in phone[-1].text
    assert [row["act"] for row in await talk.rows(ledger) if row["about"] == "ticket:1"] == [
        "ticket_opened",
        "ticket_answer",
    ]


@ONE_ENGINE
async def test_an_answer_by_telegram_stands_under_the_citizens_own_message(talk: Talk) -> None:
    sari = await talk.staff("sari")
    await talk.telegram(7100, LATE, message_id=41)
    await talk.telegram(7100, "petugasnya bernama Joko", message_id=43)
    number = str((await talk.rows(tickets))[0]["number"])
    await talk.house.desk.answer(sari, number, "Terima kasih.", await _version(talk, sari, number), talk.now)
    rows = await talk.rows(deliveries)
    assert [row["thread"] for row in rows] == ["7100:41", "7100:43"]


@ONE_ENGINE
async def test_who_answers_late_at_night_waits_for_the_morning_unless_the_citizen_just_wrote(talk: Talk) -> None:
    sari = await talk.staff("sari")
    talk.at("2026-12-07 21:00")
    number = await _ticket(talk)
    await talk.house.desk.answer(sari, number, "Segera.", 1, talk.now)
    talk.stage.clock.move(minutes=31)
    await talk.house.desk.answer(sari, number, "Besok kami datang.", 2, talk.now)
    assert [row["window"] for row in await talk.rows(deliveries)] == [False, False, True]
    assert await talk.send() == 2


async def test_two_who_answer_at_once_are_told_apart(talk: Talk) -> None:
    sari, tono = await talk.staff("sari"), await talk.staff("tono")
    number = await _ticket(talk)
    await talk.house.desk.answer(sari, number, "Kami periksa.", 1, talk.now)
    with pytest.raises(Refused, match="was changed while you looked at it"):
        await talk.house.desk.answer(tono, number, "Kami juga periksa.", 1, talk.now)
    assert await talk.events("ticket_answer") == ["ticket_answer"]


@ONE_ENGINE
async def test_a_note_stays_inside(talk: Talk) -> None:
    sari = await talk.staff("sari")
    number = await _ticket(talk)
    await talk.house.desk.note(sari, number, "RT ini sudah tiga kali. NIK 3175071203853689", talk.now)
    assert await talk.events() == ["ticket_received"]
    page = await talk.house.desk.ticket(sari, number, talk.now)
    assert page.conversation[-1].kind == "note"
    assert "3175071203853689" not in page.conversation[-1].text
    assert page.ticket.version == 1


@pytest.mark.parametrize(
    ("act", "why", "status", "event"),
    [
        (Act.VERIFY, "", "verified", None),
        (Act.START, "", "in_progress", None),
        (Act.ASK_CITIZEN, "Di loket berapa?", "waiting", "ticket_answer"),
        (Act.RESOLVE, "Uang sudah dikembalikan.", "resolved", "ticket_resolved"),
        (Act.REJECT, "Bukan program kami.", "rejected", "ticket_answer"),
    ],
)
@ONE_ENGINE
async def test_an_act_moves_a_ticket_and_tells_what_is_to_be_told(
    talk: Talk, act: Act, why: str, status: str, event: str | None
) -> None:
    sari = await talk.staff("sari")
    number = await _ticket(talk)
    ticket = await talk.house.desk.act(sari, number, act, why, 1, talk.now)
    assert ticket.status == status
    assert (ticket.closed_at is None) == (status in ("verified", "in_progress", "waiting"))
    assert await talk.events("ticket_answer", "ticket_resolved") == ([event] if event else [])
    change = (await talk.rows(ticket_changes))[-1]
    assert (change["act"], change["was"], change["status"], change["who"]) == (act, "received", status, sari.who)


@ONE_ENGINE
async def test_acts_that_make_no_sense_are_refused_with_a_sentence(talk: Talk) -> None:
    sari, desk = await talk.staff("sari"), talk.house.desk
    auditor = await talk.staff("inspektur", Role.AUDITOR)
    number = await _ticket(talk)
    with pytest.raises(Refused, match="needs words"):
        await desk.act(sari, number, Act.REJECT, "  ", 1, talk.now)
    with pytest.raises(Refused, match="needs words"):
        await desk.answer(sari, number, "\u200b", 1, talk.now)
    with pytest.raises(Refused, match="is not possible"):
        await desk.act(sari, number, Act.CLOSE, "", 1, talk.now)
    with pytest.raises(Refused, match="nothing that staff do"):
        await desk.act(sari, number, Act.MERGE, "x", 1, talk.now)
    with pytest.raises(Refused, match="lacks the right"):
        await desk.answer(auditor, number, "Halo", 1, talk.now)
    with pytest.raises(Refused, match="there is no ticket"):
        await desk.ticket(sari, "ADU-2345678", talk.now)
    with pytest.raises(Refused, match="at most 3000"):
        await desk.answer(sari, number, "a" * 3001, 1, talk.now)
    assert len(await talk.rows(ticket_changes)) == 1
    assert (await desk.ticket(auditor, number, talk.now)).acts == ()


@ONE_ENGINE
async def test_a_ticket_is_given_only_to_somebody_who_may_answer_it(talk: Talk) -> None:
    boss = await talk.staff("penyelia", Role.SUPERVISOR, "31.75")
    near, far = await talk.staff("sari", region="31.75.07"), await talk.staff("tono", region="73")
    auditor = await talk.staff("inspektur", Role.AUDITOR)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    number = await _ticket(talk, AYU)
    for account in (far, auditor):
        with pytest.raises(Refused):
            await talk.house.desk.assign(boss, number, account.account_id, 1, talk.now)
    with pytest.raises(Refused, match="lacks the right"):
        await talk.house.desk.assign(near, number, boss.account_id, 1, talk.now)
    ticket = await talk.house.desk.assign(boss, number, near.account_id, 1, talk.now)
    assert (ticket.status, ticket.assignee_id) == ("assigned", near.account_id)
    assert [t.number for t in (await talk.house.desk.list(near, Asked(View.MINE), talk.now)).tickets] == [number]


async def test_everyone_sees_their_own_region_only(talk: Talk) -> None:
    regions = {"+6281200000011": "31.75.07.1003", "+6281200000012": "31.75.071", "+6281200000013": "73.71.01.1001"}
    for phone, region in regions.items():
        await add_person(talk.stage, "WARGA", ("sms", phone), region=region)
        await talk.sms(phone, LATE)
    await talk.sms(STRANGER, LATE)
    seen = {}
    for login, region in (("a", ""), ("b", "31"), ("c", "31.75.07"), ("d", "73")):
        viewer = await talk.staff(f"staf-{login}", region=region)
        page = await talk.house.desk.list(viewer, Asked(), talk.now)
        seen[login] = [ticket.region for ticket in page.tickets]
        assert page.counts["team"] == len(page.tickets)
    assert seen == {
        "a": ["31.75.07.1003", "31.75.071", "73.71.01.1001", ""],
        "b": ["31.75.07.1003", "31.75.071"],
        "c": ["31.75.07.1003"],
        "d": ["73.71.01.1001"],
    }
    number = (await talk.rows(tickets))[2]["number"]
    with pytest.raises(Refused, match="in your region"):
        await talk.house.desk.ticket(Viewer(1, "b", Role.AGENT, "31"), number, talk.now)


async def test_the_list_is_read_page_by_page_urgent_and_nearest_promise_first(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sari = await talk.staff("sari")
    for n in range(7):
        text = "tolong pak anak saya dari kemarin belum makan, rumah kebakaran" if n == 4 else LATE
        await talk.sms(f"+62812000001{n:02}", text)
        talk.stage.clock.move(minutes=-10 if n == 2 else 10)
    monkeypatch.setattr("notifier.desk.listing.PAGE", 3)
    for view in (View.TEAM, View.ALL):
        found: list[Listed] = []
        before = ""
        while True:
            page = await talk.house.desk.list(sari, Asked(view, before), talk.now)
            found += page.tickets
            before = page.next
            if not before:
                break
        assert len({ticket.id for ticket in found}) == 7
        if view is View.TEAM:
            assert found[0].urgent
            dues = [ticket.next_due for ticket in found[1:]]
            assert dues == sorted(due for due in dues if due)
        else:
            assert [ticket.id for ticket in found] == sorted((ticket.id for ticket in found), reverse=True)
    with pytest.raises(Refused, match="no place in the list"):
        await talk.house.desk.list(sari, Asked(before="x~y~z"), talk.now)


async def test_the_page_shows_the_notice_the_person_masked_and_the_promise(talk: Talk) -> None:
    sari = await talk.staff("sari")
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU NASYIDAH", ("sms", AYU))
    await talk.notify("round_announced", of, "sms", AYU)
    sent_at = talk.now
    await talk.send()
    talk.stage.clock.move(minutes=3)
    number = await _ticket(talk, AYU)
    await talk.send()
    page = await talk.house.desk.ticket(sari, number, talk.now)
    assert page.reporter is not None
    assert (page.reporter.name, page.reporter.nik_masked) == ("AYU NASYIDAH", "317507******9000")
    assert page.reporter.contact == "+628***001"
    assert page.answers is not None
    assert (page.answers.event, page.answers.sent_at) == ("round_announced", sent_at)
    assert page.answers.facts["venue"] == "Kantor Pos Duren Sawit"
    assert page.round_code == "BPNT-2026-12-DS"
    assert page.acknowledged_at is not None
    assert page.standing.due is not None
    assert Act.ANSWER in page.acts
    assert Act.CONFIRM not in page.acts
    assert page.arithmetic is not None


async def test_a_ticket_says_when_its_answer_did_not_arrive_and_forgets_it_when_the_next_one_does(talk: Talk) -> None:
    sari = await talk.staff("sari")
    number = await _ticket(talk)
    await talk.send()
    await talk.house.desk.answer(sari, number, "Kami periksa.", 1, talk.now)
    async with talk.house.database.write() as db:  # as settling a definite refusal leaves it
        await db.execute(
            deliveries.update().where(deliveries.c.id == 2).values(state="failed", reason="number not in service")
        )
        await db.execute(tickets.update().values(wake=talk.now))
    await talk.house.desk.sweep(talk.now)
    page = await talk.house.desk.ticket(sari, number, talk.now)
    assert page.ticket.undelivered == "number not in service"
    assert (page.conversation[-1].delivery_state, page.conversation[-1].delivery_reason) == (
        "failed",
        "number not in service",
    )
    assert [t.number for t in (await talk.house.desk.list(sari, Asked(View.UNDELIVERED), talk.now)).tickets] == [number]
    await talk.house.desk.act(sari, number, Act.ANSWER, "Salah tulis.", page.ticket.version, talk.now, held=True)
    await talk.house.desk.take_back(sari, [number], talk.now)
    page = await talk.house.desk.ticket(sari, number, talk.now)
    assert page.ticket.undelivered == "number not in service", "as before"
    await talk.house.desk.answer(sari, number, "Kami coba lagi.", page.ticket.version, talk.now)
    assert (await talk.rows(tickets))[0]["undelivered"] == ""
    assert await talk.rows(attempts)


@ONE_ENGINE
async def test_a_taken_number_is_simply_drawn_again(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["ADU-2345678", "ADU-2345678", "ADU-2345678", "ADU-ABC234D"])
    monkeypatch.setattr("notifier.desk.intake.number_from", lambda chance: next(drawn))
    assert [await _ticket(talk), await _ticket(talk, AYU)] == ["ADU-2345678", "ADU-ABC234D"]


@ONE_ENGINE
async def test_what_the_citizen_adds_to_a_waiting_ticket_sets_it_going_again(talk: Talk) -> None:
    sari = await talk.staff("sari")
    number = await _ticket(talk)
    await talk.house.desk.act(sari, number, Act.ASK_CITIZEN, "Di loket berapa?", 1, talk.now)
    await talk.send()
    talk.stage.clock.move(hours=2)
    await talk.sms(STRANGER, "di loket 3 pak, petugasnya berkumis")
    ticket = (await talk.rows(tickets))[0]
    assert ticket["status"] == "in_progress"
    assert [row["text"] for row in await talk.rows(ticket_messages) if row["kind"] == "in"][-1].startswith("di loket 3")
    assert [row["act"] for row in await talk.rows(ticket_changes)] == ["open", "ask_citizen", "citizen_answered"]


@ONE_ENGINE
async def test_a_bare_yes_answers_what_the_desk_has_asked_and_mere_thanks_do_not(talk: Talk) -> None:
    sari = await talk.staff("sari")
    number = await _ticket(talk)
    version = 1
    came: list[str] = []
    for words in ("Terima kasih banyak pak", "oke", "YA", "sudah pak", "inggih", "\U0001f44e", "tidak"):
        asked = await talk.house.desk.act(sari, number, Act.ASK_CITIZEN, "Apakah uangnya kembali?", version, talk.now)
        assert asked.status == "waiting"
        await talk.send()
        talk.stage.clock.move(minutes=5)
        await talk.sms(STRANGER, words)
        ticket = (await talk.rows(tickets))[0]
        version, came = ticket["version"], [*came, ticket["status"]]
    assert came == ["waiting"] * 2 + ["in_progress"] * 5
    told = [row["text"] for row in await talk.rows(ticket_messages) if row["kind"] == "in"]
    assert told[1:] == ["YA", "sudah pak", "inggih", "\U0001f44e", "tidak"]
