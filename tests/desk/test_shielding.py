"""Hidden from the office it may concern, ended by two people, and told to the admins when nobody above sees it."""

from dataclasses import replace

import pytest

from notifier.accounts import Person
from notifier.desk import Asked, Complaint, Reporter
from notifier.errors import Refused
from notifier.proofs import prove
from notifier.rules.boards import View
from notifier.rules.roles import Role
from notifier.rules.tickets import Act
from notifier.store import accounts as rows_of_accounts
from notifier.store.schema import deliveries, ledger, levies, ratings, ticket_changes, tickets
from tests.houses import add_person
from tests.inbox.talks import Talk

AYU, BUDI, CICI = "+6281200000001", "+6281200000002", "+6281200000003"
MAIL = "ayu@example.com"
LEVY = "petugas minta uang 10rb untuk administrasi sebelum bantuan diberikan"
LATE = "bantuan saya terlambat sekali, sampai sekarang belum cair"
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _alerts(talk: Talk) -> list[tuple[int, str]]:
    return [(r["account_id"], r["facts"]["what"]) for r in await talk.rows(deliveries) if r["event"] == "desk_alert"]


async def _sound(talk: Talk) -> None:
    assert [finding async for finding in prove(talk.house.database, talk.house.vault)] == []


async def test_a_levy_is_invisible_where_it_may_have_been_taken_and_takes_two_people_to_end(talk: Talk) -> None:
    here, boss = await talk.staff("sini", region="31.75.07"), await talk.staff("pusat", Role.ADMIN, "", CICI)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.sms(AYU, LEVY)
    row = (await talk.rows(tickets))[0]
    assert (row["region"], row["place"], row["shielded"]) == ("31.75", "31.75.07.1003", True)
    assert [(one["kind"], one["words"], one["amount"]) for one in await talk.rows(levies)] == [
        ("illegal_levy", "minta uang 10 rb", 10_000)
    ]
    desk, number = talk.house.desk, str(row["number"])
    with pytest.raises(Refused, match="no ticket"):
        await desk.ticket(here, number, talk.now)
    assert (await desk.list(here, Asked(View.ALL), talk.now)).tickets == ()
    assert await _alerts(talk) == [(boss.account_id, "alert_unseen")]  # nobody of the desk stands above
    await desk.sweep(talk.now)
    assert len(await _alerts(talk)) == 1

    sari = await talk.staff("sari", region="31.75")
    dewi = await talk.staff("dewi", Role.SUPERVISOR, "31", BUDI)
    version = (await desk.ticket(sari, number, talk.now)).ticket.version
    [letter] = await desk.letters(sari, [(number, version)], Act.RESOLVE, "Uang sudah dikembalikan.")
    assert "takes two people" in letter.refused, "told before anything is sent from the list"
    await desk.act(sari, number, Act.RESOLVE, "Uang sudah dikembalikan.", version, talk.now)
    page = await desk.ticket(sari, number, talk.now)
    assert (page.ticket.status, page.agreeable) == ("received", False)
    assert page.proposal is not None
    assert await _alerts(talk) == [(boss.account_id, "alert_unseen"), (dewi.account_id, "alert_second")]
    with pytest.raises(Refused, match="another account has to agree"):
        await desk.decide(sari, number, page.ticket.version, talk.now, agree=True)
    assert (await desk.ticket(dewi, number, talk.now)).agreeable
    await desk.decide(dewi, number, page.ticket.version, talk.now, agree=False)
    version = (await desk.ticket(sari, number, talk.now)).ticket.version
    await desk.act(sari, number, Act.RESOLVE, "Uang dikembalikan, petugas ditegur.", version, talk.now)
    done = await desk.decide(dewi, number, version + 1, talk.now, agree=True)
    assert done.status == "resolved"
    said = (await desk.ticket(sari, number, talk.now)).conversation[-1]
    assert (said.kind, said.text, said.account_id) == ("out", "Uang dikembalikan, petugas ditegur.", dewi.account_id)
    change = (await talk.rows(ticket_changes))[-1]
    assert (change["who"], change["facts"]["proposed_by"]) == (dewi.who, sari.who)
    await _sound(talk)


async def test_a_hand_hides_a_ticket_and_gives_it_back_with_a_reason(talk: Talk) -> None:
    here = await talk.staff("sini", region="31.75.07")
    boss = await talk.staff("penyelia", Role.SUPERVISOR, "31.75")
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.sms(AYU, LATE)
    desk, number = talk.house.desk, str((await talk.rows(tickets))[0]["number"])
    await desk.assign(here, number, here.account_id, 1, talk.now)
    with pytest.raises(Refused, match="lacks the right"):
        await desk.shield(here, number, "ingin tahu", 2, talk.now, on=True)
    with pytest.raises(Refused, match="in a few words why"):
        await desk.shield(boss, number, "", 2, talk.now, on=True)
    hidden = await desk.shield(boss, number, "menyangkut lurah", 2, talk.now, on=True)
    assert (hidden.region, hidden.assignee_id) == ("31.75", None)
    with pytest.raises(Refused, match="no ticket"):
        await desk.ticket(here, number, talk.now)
    back = await desk.shield(boss, number, "ternyata bukan", hidden.version, talk.now, on=False)
    assert (back.region, back.shielded) == ("31.75.07.1003", False)
    await desk.ticket(here, number, talk.now)
    acts = [row["act"] for row in await talk.rows(ledger)]
    assert acts[-2:] == ["ticket_shielded", "ticket_unshielded"]
    await _sound(talk)


async def test_words_that_turn_out_to_be_about_a_levy_hide_the_ticket_they_are_added_to(talk: Talk) -> None:
    sari = await talk.staff("sari", region="31.75.07")
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.sms(AYU, LATE)
    number = str((await talk.rows(tickets))[0]["number"])
    await talk.house.desk.assign(sari, number, sari.account_id, 1, talk.now)
    await talk.sms(AYU, f"{number} lagi pula ada pungli, petugas minta uang 50rb")
    row = (await talk.rows(tickets))[0]
    assert (row["region"], row["shielded"], row["assignee_id"]) == ("31.75", True, None)
    await _sound(talk)


@ONE_ENGINE
async def test_the_desk_keeps_a_reporter_secret_and_whom_secrecy_was_promised_is_told_of_every_look(talk: Talk) -> None:
    sari, boss = await talk.staff("sari"), await talk.staff("penyelia", Role.SUPERVISOR)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.sms(AYU, LATE)
    desk, number = talk.house.desk, str((await talk.rows(tickets))[0]["number"])
    await desk.reveal(boss, number, "mencocokkan data", talk.now)
    assert await talk.events("ticket_revealed") == []  # an open ticket promises no secrecy
    sealed = await desk.seal(sari, number, 1, talk.now)
    assert sealed.confidentiality == "confidential"
    with pytest.raises(Refused, match="secret already"):
        await desk.seal(sari, number, sealed.version, talk.now)
    shown = await desk.reveal(boss, number, "diminta Inspektorat", talk.now)
    assert shown.address == AYU
    [told] = [row for row in await talk.rows(deliveries) if row["event"] == "ticket_revealed"]
    assert told["facts"] == {"number": number, "reason": "diminta Inspektorat"}
    assert told["person_id"] is None


@ONE_ENGINE
@pytest.mark.parametrize(
    "text",
    ["rahasiakan nama saya", "tolong rahasiakan identitas saya pak", "jangan sebut nama saya ya", "saya mau anonim"],
)
async def test_a_citizen_may_ask_for_secrecy_at_any_time_in_a_few_words(talk: Talk, text: str) -> None:
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.sms(AYU, LATE)
    await talk.send()
    talk.stage.clock.move(hours=3)
    await talk.sms(AYU, text)
    assert [row["confidentiality"] for row in await talk.rows(tickets)] == ["confidential"]


@ONE_ENGINE
async def test_who_left_neither_name_nor_address_can_be_revealed_by_nobody(talk: Talk) -> None:
    boss = await talk.staff("penyelia", Role.SUPERVISOR)
    await talk.sms(AYU, LATE)
    reporter = Reporter("web", "", "token", "id", "Asia/Jakarta")
    async with talk.house.database.write() as db:
        complaint = Complaint(1, reporter, "petugas kasar", talk.now, ("officer_conduct",), confidential=True)
        ticket = await talk.house.desk.open(db, complaint, talk.now)
    assert (ticket.confidentiality, ticket.shielded) == ("anonymous", True)
    with pytest.raises(Refused, match="nobody knows them"):
        await talk.house.desk.reveal(boss, ticket.number, "diminta Inspektorat", talk.now)


# --- after -----------------------------------------------------------------------------------------------------------


async def _resolved(talk: Talk, text: str = LATE, kind: str = "sms") -> str:
    """A ticket that a colleague calls settled, and its citizen was told so."""
    sari = await talk.staff("sari")
    await add_person(talk.stage, "AYU", (kind, {"sms": AYU, "email": MAIL}.get(kind, "7100")))
    said = {"sms": lambda: talk.sms(AYU, text), "email": lambda: talk.mail(MAIL, text)}
    await said.get(kind, lambda: talk.telegram(7100, text))()
    await talk.send()
    talk.stage.clock.move(minutes=5)
    number = str((await talk.rows(tickets))[0]["number"])
    version = (await talk.house.desk.ticket(sari, number, talk.now)).ticket.version
    await talk.house.desk.act(sari, number, Act.RESOLVE, "Sudah dibayarkan.", version, talk.now)
    await talk.send()
    talk.stage.clock.move(minutes=5)
    return number


@pytest.mark.parametrize(
    ("text", "status", "score"),
    [
        ("1", "closed", 5),
        ("2", "closed", 2),
        ("3", "in_progress", None),
        ("YA", "closed", None),
        ("BELUM", "in_progress", None),
        ("terima kasih banyak pak", "closed", None),
    ],
)
@ONE_ENGINE
async def test_one_sms_says_whether_it_is_settled_and_how_content_they_are(
    talk: Talk, text: str, status: str, score: int | None
) -> None:
    await _resolved(talk)
    await talk.sms(AYU, text)
    assert (await talk.rows(tickets))[0]["status"] == status
    assert [row["score"] for row in await talk.rows(ratings)] == ([score] if score else [])
    assert len(await talk.rows(tickets)) == 1
    assert await talk.events("ticket_rating") == []
    await _sound(talk)


@ONE_ENGINE
async def test_thanks_after_the_end_open_nothing_again(talk: Talk) -> None:
    await _resolved(talk)
    await talk.sms(AYU, "1")
    talk.stage.clock.move(minutes=5)
    await talk.sms(AYU, "terima kasih ya bu")
    assert [row["status"] for row in await talk.rows(tickets)] == ["closed"]


async def test_a_button_confirms_and_five_more_ask_how_content_they_are(talk: Talk) -> None:
    await _resolved(talk, kind="telegram")
    ref = await talk.ref_to("telegram", "7100", "ticket_resolved")
    await talk.press(7100, ref, f"yes:{(await talk.rows(deliveries))[-1]['id']}")
    assert (await talk.rows(tickets))[0]["status"] == "closed"
    await talk.send()
    asked = (await talk.rows(deliveries))[-1]
    assert asked["event"] == "ticket_rating"
    talk.stage.clock.move(minutes=5)
    ref = await talk.ref_to("telegram", "7100", "ticket_rating")
    await talk.press(7100, ref, f"4:{asked['id']}")
    assert [row["score"] for row in await talk.rows(ratings)] == [4]
    assert (await talk.rows(tickets))[0]["status"] == "closed"


@ONE_ENGINE
async def test_a_mail_asks_by_links_that_say_nothing_until_a_button_is_pressed(talk: Talk) -> None:
    room = talk.house.desk.room
    talk.house.desk.room = replace(room, settings=replace(room.settings, public_url="https://bansos.test"))
    await _resolved(talk, kind="email")
    await talk.mail(MAIL, "YA", reply_to=await talk.ref_to("email", MAIL, "ticket_resolved"))
    await talk.send()
    number = str((await talk.rows(tickets))[0]["number"])
    asked = (await talk.rows(deliveries))[-1]["facts"]["url"]
    assert asked.startswith(f"https://bansos.test/nilai/{number}/")
    mail = talk.stage.providers.phones.notes(MAIL)[-1].text
    assert [line for line in mail.splitlines() if line.endswith("?nilai=4")] == [f"4 puas: {asked}?nilai=4"]
    code = asked.rpartition("/")[2]
    assert await talk.house.desk.rateable(number, code) == number
    assert await talk.house.desk.rateable(number, "0" * 16) is None


async def test_ten_working_days_of_silence_close_a_ticket_and_nothing_sooner(talk: Talk) -> None:
    talk.at("2026-12-07 09:00")
    await _resolved(talk)
    talk.at("2026-12-18 15:00")
    await talk.house.desk.sweep(talk.now)
    assert (await talk.rows(tickets))[0]["status"] == "resolved"
    sari, desk = await talk.staff("wati"), talk.house.desk
    [row] = await talk.rows(tickets)
    await desk.act(sari, row["number"], Act.ANSWER, "Salah tulis.", row["version"], talk.now, held=True)
    assert (await desk.take_back(sari, [row["number"]], talk.now)).done == (row["number"],)
    talk.at("2026-12-23 16:31")  # nine working days and one more; the 24th is no working day
    await talk.house.desk.sweep(talk.now)
    row = (await talk.rows(tickets))[0]
    assert (row["status"], row["wake"]) == ("closed", None)
    await _sound(talk)


@ONE_ENGINE
async def test_silence_counts_from_the_last_that_was_said_to_the_citizen(talk: Talk) -> None:
    talk.at("2026-12-07 09:00")
    await _resolved(talk)
    talk.at("2026-12-18 15:00")
    [row] = await talk.rows(tickets)
    sari, desk = await talk.staff("wati"), talk.house.desk
    await desk.act(sari, row["number"], Act.ANSWER, "Apakah sudah beres?", row["version"], talk.now)
    await talk.send()
    for day, status in (("2027-01-07 15:00", "resolved"), ("2027-01-07 16:31", "closed")):
        talk.at(day)
        await desk.sweep(talk.now)
        assert (await talk.rows(tickets))[0]["status"] == status


async def test_whoever_goes_leaves_no_hidden_ticket_behind_unseen(talk: Talk) -> None:
    boss = await talk.staff("pusat", Role.ADMIN)
    desk, accounts = talk.house.desk, talk.house.accounts
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.sms(AYU, LEVY)
    number = str((await talk.rows(tickets))[0]["number"])
    assert await _alerts(talk) == [], "no admin can be told"

    async def sweep() -> list[str]:
        while await desk.sweep(talk.now):
            pass
        found = await desk.ticket(boss, number, talk.now)
        return [one.act for one in found.history if one.act in ("unseen", "seen_again")]

    assert await sweep() == []
    talk.stage.clock.move(minutes=2)  # the lease of that look
    async with talk.house.database.write() as db:
        await rows_of_accounts.change(db, boss.account_id, {"notify_kind": "sms", "notify_address": CICI})
    assert await sweep() == ["unseen"], "told once one of them can be"
    now = talk.now
    above = Person("atas", name="Atas", role="agent", region="31.75")
    await accounts.add(above, "kata sandi yang panjang", who="cli", now=now)
    assert await sweep() == ["unseen", "seen_again"]
    await accounts.reset("atas", "kata sandi yang lain", region="31.75.07", who="cli", now=now)
    assert await sweep() == ["unseen", "seen_again", "unseen"], "narrowed"
    await accounts.reset("atas", "kata sandi yang lain", region="31", who="cli", now=now)
    await accounts.disable("atas", who="cli", now=now)
    assert await sweep() == ["unseen", "seen_again", "unseen"], "seen by nobody in between"
    await accounts.enable("atas", who="cli", now=now)
    assert await sweep() == ["unseen", "seen_again"] * 2
    await accounts.disable("atas", who="cli", now=now)
    assert len(await sweep()) == 5
    assert await _alerts(talk) == [(boss.account_id, "alert_unseen")] * 3


@ONE_ENGINE
async def test_a_hidden_ticket_is_not_closed_by_silence_but_asks_a_person(talk: Talk) -> None:
    talk.at("2026-12-07 09:00")
    sari, dewi = await talk.staff("sari", notify=BUDI), await talk.staff("dewi", notify=CICI)
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.sms(AYU, LEVY)
    await talk.send()
    desk, number = talk.house.desk, str((await talk.rows(tickets))[0]["number"])
    await desk.act(sari, number, Act.RESOLVE, "Sudah dikembalikan.", 1, talk.now)
    await desk.decide(dewi, number, 2, talk.now, agree=True)
    await talk.send()
    talk.at("2027-01-20 20:00")
    for _ in range(2):
        await desk.sweep(talk.now)
    asked = [r["due_at"] for r in await talk.rows(deliveries) if r["facts"].get("what") == "alert_silent"]
    talk.at("2027-01-21 07:30")
    assert asked == [talk.now] * 2, "not after the office has closed"
    page = await desk.ticket(sari, number, talk.now)
    assert page.ticket.status == "resolved"
    assert [what for _, what in await _alerts(talk)].count("alert_silent") == 2  # each of the desk once
    await desk.decide(sari, number, page.ticket.version, talk.now, agree=True)
    assert (await desk.ticket(sari, number, talk.now)).ticket.status == "closed"
    await _sound(talk)


# --- suggestions and praise ------------------------------------------------------------------------------------------


@ONE_ENGINE
@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("SARAN: tolong sediakan kursi untuk lansia di kantor pos", "suggestion"),
        ("usul, jadwalnya diumumkan seminggu sebelumnya", "suggestion"),
        ("Apresiasi untuk petugas loket yang ramah", "praise"),
        ("saran saya jangan dipotong lagi, bulan lalu dipotong 50rb oleh pak RT", "deduction"),
    ],
)
async def test_a_suggestion_or_praise_that_names_itself_has_no_clock(talk: Talk, text: str, category: str) -> None:
    await add_person(talk.stage, "AYU", ("sms", AYU))
    await talk.sms(AYU, text)
    [row] = await talk.rows(tickets)
    assert row["category"] == category
    assert (row["policy"] == "without_clock") is (category != "deduction")
    assert (row["next_due"] is None) is (category != "deduction")
    [told] = [row["facts"] for row in await talk.rows(deliveries) if row["event"] == "ticket_received"]
    assert (told["due"] is None) is (category != "deduction")
