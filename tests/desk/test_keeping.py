"""What staff do about a promise itself: let its clock stand, refer the case, take an alarm, merge tickets."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifier.desk import Asked
from notifier.errors import Refused
from notifier.proofs import prove
from notifier.rules.promises import Clock
from notifier.rules.roles import Role, Viewer
from notifier.rules.sla import Reading
from notifier.rules.tickets import Act
from notifier.store.schema import accounts, deliveries, ticket_changes, ticket_messages, tickets
from tests.inbox.talks import Talk, open_talk

AYU, BUDI, CICI = "+6281200000001", "+6281200000002", "+6281200000003"
LATE = "bantuan saya terlambat sekali, sampai sekarang belum cair"
DAY = ["07:30-12:00", "13:00-16:00"]
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), DAY)
TABLES = {
    "calendars": {"office": WEEK, "ambon": {**WEEK, "zone": "Asia/Jayapura", "replaces": "office", "regions": ["81"]}},
    "policies": {
        "usual": {"first_response": "4h", "resolve": "10h", "legal_days": 5, "warn": [0.5], "max_pause": "5h"}
    },
    "desk": {"region": "31.75.07"},
}
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    """Monday, 7 December, 08:00; an answer within 4 working hours, an end within 10."""
    async with open_talk(database_url, tmp_path, **TABLES) as talk:
        talk.at("2026-12-07 08:00")
        yield talk


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


async def _clock(talk: Talk, viewer: Viewer, number: str, clock: Clock = Clock.RESOLUTION) -> Reading:
    return (await talk.house.desk.ticket(viewer, number, talk.now)).standing.clocks[clock]


async def _proven(talk: Talk) -> list[str]:
    return [finding async for finding in prove(talk.house.database, talk.house.vault)]


async def _open(talk: Talk, *phones: str) -> list[str]:
    for phone in phones:
        await talk.sms(phone, LATE)
    return [str(row["number"]) for row in await talk.rows(tickets)]


@ONE_ENGINE
async def test_a_clock_stands_for_a_reason_and_costs_exactly_the_working_time_between(desk: Talk) -> None:
    sari = await desk.staff("sari")
    [number] = await _open(desk, AYU)
    rooms = desk.house.desk
    with pytest.raises(Refused, match="needs a reason"):
        await rooms.pause(sari, number, "  ", 1, desk.now)
    desk.at("2026-12-07 11:00")
    await rooms.pause(sari, number, "menunggu data bank", 1, desk.now)
    with pytest.raises(Refused, match="stands already: menunggu data bank"):
        await rooms.pause(sari, number, "lagi", 2, desk.now)
    page = await rooms.ticket(sari, number, desk.now)
    assert (page.paused_for, page.ticket.status) == ("menunggu data bank", "received")
    assert page.standing.clocks[Clock.RESOLUTION].paused
    assert not page.standing.clocks[Clock.LEGAL].paused
    desk.at("2026-12-07 14:00")  # an hour before lunch and one after it
    await rooms.resume(sari, number, 2, desk.now)
    assert (await _clock(desk, sari, number)).due == _at("2026-12-08 13:30")  # 10:30 and two hours, lunch apart
    with pytest.raises(Refused, match="nobody of the desk"):
        await rooms.resume(sari, number, 3, desk.now)
    told = (await rooms.ticket(sari, number, desk.now)).arithmetic
    assert told is not None
    stands = "  stands 2026-12-07 11:00 WIB to 2026-12-07 14:00 WIB (menunggu data bank): 2:00 h not counted."
    assert stands in told.lines()
    assert await _proven(desk) == []


@ONE_ENGINE
async def test_a_found_complete_file_starts_the_legal_clock_and_nothing_else(desk: Talk) -> None:
    sari = await desk.staff("sari")
    [number] = await _open(desk, AYU)
    assert (await _clock(desk, sari, number, Clock.LEGAL)).due == _at("2026-12-14 16:00")
    service = await _clock(desk, sari, number)
    desk.at("2026-12-09 09:00")
    await desk.house.desk.act(sari, number, Act.VERIFY, "", 1, desk.now)
    assert (await _clock(desk, sari, number, Clock.LEGAL)).due == _at("2026-12-16 16:00")
    assert (await _clock(desk, sari, number)).due == service.due


@ONE_ENGINE
async def test_a_case_is_referred_to_a_body_by_a_letter_and_the_citizen_is_told_both(desk: Talk) -> None:
    sari = await desk.staff("sari")
    [number] = await _open(desk, AYU)
    refer = desk.house.desk.refer
    for body, letter, why, says in (
        ("pak_lurah", "700/1", "x", "no body"),
        ("kpk", " ", "x", "name the letter"),
        ("kpk", "x" * 81, "x", "name the letter"),
        ("kpk", "700/1", " ", "needs words"),
    ):
        with pytest.raises(Refused, match=says):
            await refer(sari, number, body, letter, why, 1, desk.now)
    ticket = await refer(sari, number, "inspectorate", "700/12/2026", "Ini wewenang Inspektorat.", 1, desk.now)
    assert (ticket.status, ticket.open) == ("referred", False)
    change = (await desk.rows(ticket_changes))[-1]
    assert (change["facts"]["body"], change["facts"]["letter"]) == ("inspectorate", "700/12/2026")
    assert change["why"].startswith("Ini wewenang Inspektorat.")
    await desk.send()
    told = desk.stage.providers.phones.notes(AYU)[-1].text
    assert "Inspektorat" in told
    assert "700/12/2026" in told
    assert await _proven(desk) == []


async def test_an_alarm_climbs_until_somebody_takes_it_and_waits_for_their_office_hours(desk: Talk) -> None:
    sari = await desk.staff("sari", Role.AGENT, "31.75.07", "+6281100000001")
    boss = await desk.staff("penyelia", Role.SUPERVISOR, "31.75", "+6281100000002")
    await desk.staff("pusat", Role.ADMIN, "", "+6281100000003")
    auditor = await desk.staff("inspektur", Role.AUDITOR)
    [number] = await _open(desk, AYU)
    rooms = desk.house.desk
    with pytest.raises(Refused, match="no alarm"):
        await rooms.take_alarm(boss, number, desk.now)
    desk.at("2026-12-07 19:00")  # due at noon; looked at in the evening, when nobody works
    await rooms.sweep(desk.now)
    with pytest.raises(Refused, match="lacks the right"):
        await rooms.take_alarm(auditor, number, desk.now)
    assert await _alarms(desk) == [("sari", _at("2026-12-08 07:30"))]
    assert (await rooms.ticket(sari, number, desk.now)).ringing
    desk.at("2026-12-08 12:30")
    await rooms.sweep(desk.now)
    after_lunch = _at("2026-12-08 13:00")
    assert (await _alarms(desk))[1:] == [("penyelia", after_lunch), ("sari", after_lunch)]  # the end was due at 10:30
    assert await rooms.take_alarm(boss, number, desk.now) == 2
    rung = await _alarms(desk)
    for day in ("09", "10", "11", "14"):
        desk.at(f"2026-12-{day} 15:00")
        await rooms.sweep(desk.now)
    assert await _alarms(desk) == rung, "nobody above is told any more"
    reading = await _clock(desk, sari, number)
    assert (reading.late, reading.ringing) == (True, False)
    assert await _proven(desk) == []


@ONE_ENGINE
async def test_an_alarm_that_waits_for_the_morning_is_called_back_when_the_promise_is_met_before(desk: Talk) -> None:
    sari = await desk.staff("sari", Role.AGENT, "31.75.07", "+6281100000001")
    number, merged = await _open(desk, AYU, BUDI)
    await desk.house.desk.merge(sari, merged, number, "peristiwa yang sama", 1, desk.now)
    desk.at("2026-12-07 19:00")
    await desk.house.desk.sweep(desk.now)

    async def alarms() -> list[tuple[int, str, str]]:
        rows = [row for row in await desk.rows(deliveries) if row["event"] in ("sla_escalated", "sla_warning")]
        return sorted((row["ticket_id"], row["facts"]["clock"], row["state"]) for row in rows)

    ring = [(ticket, clock, "due") for ticket in (1, 2) for clock in ("first_response", "resolution")]
    assert await alarms() == ring
    await desk.house.desk.act(sari, number, Act.ANSWER, "Kami periksa.", 2, desk.now, held=True)
    # Of the end of the case, half of whose time is gone, the warning still comes.
    hushed = [(ticket, clock, "cancelled" if clock == "first_response" else "due") for ticket, clock, _ in ring]
    assert await alarms() == hushed, "of the one that is handled with it too"
    desk.stage.clock.move(seconds=5)
    await desk.house.desk.take_back(sari, [number], desk.now)
    assert await alarms() == ring
    assert await _proven(desk) == []


async def _alarms(talk: Talk) -> list[tuple[str, datetime]]:
    names = {row["id"]: row["login"] for row in await talk.rows(accounts)}
    rows = await talk.rows(deliveries)
    return [(names[row["account_id"]], row["due_at"]) for row in rows if row["event"] == "sla_escalated"]


async def test_merged_tickets_keep_number_channel_and_clock_and_are_answered_together(desk: Talk) -> None:
    sari, rooms = await desk.staff("sari"), desk.house.desk
    first, second = await _open(desk, AYU, BUDI)
    desk.at("2026-12-07 09:00")
    await desk.telegram(7100, LATE)
    third = str((await desk.rows(tickets))[-1]["number"])
    with pytest.raises(Refused, match="into itself"):
        await rooms.merge(sari, first, first, "sama", 1, desk.now)
    with pytest.raises(Refused, match="needs a reason"):
        await rooms.merge(sari, second, third, "", 1, desk.now)
    merged = await rooms.merge(sari, second, third, "peristiwa yang sama", 1, desk.now)
    assert (merged.status, merged.number, merged.channel) == ("merged", second, "sms")
    with pytest.raises(Refused, match="is merged; merge into"):
        await rooms.merge(sari, first, second, "sama", 1, desk.now)
    desk.at("2026-12-07 10:00")
    await rooms.merge(sari, third, first, "peristiwa yang sama", 2, desk.now)  # and what was merged into it
    assert [row["merged_into_id"] for row in await desk.rows(tickets)] == [None, 1, 1]
    assert (await _clock(desk, sari, third, Clock.FIRST_RESPONSE)).due == _at("2026-12-07 14:00"), "its own clock"
    desk.at("2026-12-07 13:30")
    version = (await rooms.ticket(sari, first, desk.now)).ticket.version
    await rooms.answer(sari, first, "Petugasnya kami periksa.", version, desk.now)
    readings = [await _clock(desk, sari, number, Clock.FIRST_RESPONSE) for number in (first, second, third)]
    assert [(r.met_at, r.late) for r in readings] == [(desk.now, True), (desk.now, True), (desk.now, False)]
    said = [(row["ticket_id"], row["kind"]) for row in await desk.rows(ticket_messages) if row["kind"] == "out"]
    assert sorted(said) == [(1, "out"), (2, "out"), (3, "out")]
    told = [(row["ticket_id"], row["line"]) for row in await desk.rows(deliveries) if row["event"] == "ticket_answer"]
    assert sorted(told) == [(1, "sms"), (2, "sms"), (3, "bot")]
    assert [t.number for t in (await rooms.list(sari, Asked(), desk.now)).tickets] == [first]
    # Resolved together; one of them says no under the old number, and all go on.
    await rooms.act(sari, first, Act.RESOLVE, "Uang kembali.", version + 1, desk.now)
    assert {(await _clock(desk, sari, number)).met_at for number in (first, second, third)} == {desk.now}
    desk.at("2026-12-08 09:00")
    await desk.sms(BUDI, f"{second} uang saya belum kembali pak, masih dipotong")
    assert [row["status"] for row in await desk.rows(tickets)] == ["in_progress", "merged", "merged"]
    assert {(await _clock(desk, sari, number)).met_at for number in (first, second, third)} == {None}
    asked = [(await rooms.ticket(sari, n, desk.now)).standing.clocks.get(Clock.NEXT_RESPONSE) for n in (first, second)]
    assert asked == [None, None]  # this policy promises none
    assert (await desk.rows(ticket_messages))[-1]["ticket_id"] == 2
    assert await _proven(desk) == []


@ONE_ENGINE
async def test_a_merged_ticket_waits_with_the_other_and_its_nearest_promise_counts_there(desk: Talk) -> None:
    sari, rooms = await desk.staff("sari"), desk.house.desk
    [old] = await _open(desk, AYU)
    desk.at("2026-12-07 11:00")
    _, young = await _open(desk, BUDI)
    desk.at("2026-12-07 11:30")
    await rooms.merge(sari, old, young, "peristiwa yang sama", 1, desk.now)
    row = (await desk.rows(tickets))[1]
    assert (row["next_due"], row["next_clock"]) == (_at("2026-12-07 12:00"), "first_response")
    version = row["version"]
    await rooms.act(sari, young, Act.ASK_CITIZEN, "Di loket berapa?", version, desk.now)
    assert [(await _clock(desk, sari, number)).paused for number in (old, young)] == [True, True]
    desk.at("2026-12-07 14:30")
    await desk.sms(AYU, f"{old} di loket 3")
    assert [(await _clock(desk, sari, number)).paused for number in (old, young)] == [False, False]
    assert [row["status"] for row in await desk.rows(tickets)] == ["merged", "in_progress"]
    # They waited two hours, lunch apart: Tuesday 10:30 becomes 13:30, and 14:30 becomes Wednesday 08:00.
    assert [(await _clock(desk, sari, number)).due for number in (old, young)] == [
        _at("2026-12-08 13:30"),
        _at("2026-12-09 08:00"),
    ]
    await rooms.act(sari, young, Act.RESOLVE, "Sudah dibereskan.", (await desk.rows(tickets))[1]["version"], desk.now)
    await desk.send()
    await desk.sms(AYU, f"1 {old}")
    assert await _proven(desk) == []


@ONE_ENGINE
async def test_a_merge_made_in_error_is_undone_with_what_came_along(desk: Talk) -> None:
    sari, rooms = await desk.staff("sari"), desk.house.desk
    first, second = await _open(desk, AYU, BUDI)
    await desk.telegram(7100, LATE)
    third = str((await desk.rows(tickets))[-1]["number"])
    await rooms.merge(sari, second, third, "peristiwa yang sama", 1, desk.now)
    desk.at("2026-12-07 10:00")
    await rooms.merge(sari, third, first, "peristiwa yang sama", 2, desk.now)
    due = (await _clock(desk, sari, third, Clock.FIRST_RESPONSE)).due
    version = (await desk.rows(tickets))[2]["version"]
    with pytest.raises(Refused, match="needs a reason"):
        await rooms.unmerge(sari, third, " ", version, desk.now)
    with pytest.raises(Refused, match="handled by itself"):
        await rooms.unmerge(sari, first, "keliru", 1, desk.now)
    back = await rooms.unmerge(sari, third, "lain peristiwa", version, desk.now)
    assert (back.status, back.number, back.channel, back.closed_at) == ("received", third, "telegram", None)
    assert [row["merged_into_id"] for row in await desk.rows(tickets)] == [None, 3, None]
    assert (await _clock(desk, sari, third, Clock.FIRST_RESPONSE)).due == due, "its clock was its own all along"
    # What is done to both meanwhile was done to it, too: it comes out as it would stand alone.
    desk.at("2026-12-07 11:00")
    await rooms.act(sari, third, Act.ASK_CITIZEN, "Di loket berapa?", back.version, desk.now)
    version = (await desk.rows(tickets))[1]["version"]
    alone = await rooms.unmerge(sari, second, "lain peristiwa", version, desk.now)
    assert (alone.status, (await _clock(desk, sari, second)).paused) == ("waiting", True)
    assert len((await rooms.list(sari, Asked(), desk.now)).tickets) == 3
    assert await _proven(desk) == []


@ONE_ENGINE
async def test_an_answer_taken_back_is_taken_back_from_all_that_are_handled_together(desk: Talk) -> None:
    sari, rooms = await desk.staff("sari"), desk.house.desk
    first, second = await _open(desk, AYU, BUDI)
    await rooms.merge(sari, second, first, "peristiwa yang sama", 1, desk.now)
    version = (await desk.rows(tickets))[0]["version"]
    due = (await _clock(desk, sari, second, Clock.FIRST_RESPONSE)).due
    done = await rooms.answer_each(sari, [(first, version)], Act.RESOLVE, "Sudah beres.", desk.now)
    assert done.done == (first,)
    assert (await _clock(desk, sari, second)).met_at == desk.now
    undone = await rooms.take_back(sari, [first], desk.now)
    assert undone.done == (first,)
    told = [row["state"] for row in await desk.rows(deliveries) if row["event"] == "ticket_resolved"]
    assert told == ["cancelled", "cancelled"]
    assert {(await _clock(desk, sari, number)).met_at for number in (first, second)} == {None}
    assert (await _clock(desk, sari, second, Clock.FIRST_RESPONSE)).due == due
    assert [row["status"] for row in await desk.rows(tickets)] == ["received", "merged"]
    version = (await desk.rows(tickets))[1]["version"]
    alone = await rooms.unmerge(sari, second, "lain hal", version, desk.now)
    assert alone.status == "received", "what was taken back never was"
    assert await _proven(desk) == []


@ONE_ENGINE
async def test_one_answer_taken_back_brings_back_its_words_the_alarm_it_hushed_and_all_that_stood_before(
    desk: Talk,
) -> None:
    sari = await desk.staff("sari", Role.AGENT, "31.75.07", "+6281100000001")
    [number] = await _open(desk, AYU)
    rooms = desk.house.desk
    await rooms.pause(sari, number, "data bank", 1, desk.now)
    await desk.send()
    desk.at("2026-12-07 19:00")
    await rooms.sweep(desk.now)
    before = await rooms.ticket(sari, number, desk.now)
    alarm = [row for row in await desk.rows(deliveries) if row["event"] == "sla_escalated"]
    assert [row["state"] for row in alarm] == ["due"]
    said = desk.now
    await rooms.act(sari, number, Act.RESOLVE, "Sudah beres.", before.ticket.version, desk.now, held=True)
    page = await rooms.ticket(sari, number, desk.now)
    assert page.held_until(sari.account_id, said) == said + timedelta(seconds=20)
    assert page.held_until(0, said) is None, "nobody takes back what a colleague said"
    assert page.standing.clocks[Clock.FIRST_RESPONSE].met_at == said, "it counts from when it was said"
    desk.stage.clock.move(seconds=19)
    assert await desk.send() == 0
    await rooms.take_back(sari, [number], desk.now)
    after = await rooms.ticket(sari, number, desk.now)
    assert (after.ticket.status, after.paused_for) == ("received", "data bank")
    assert after.held_until(sari.account_id, desk.now) is None
    assert (await rooms.beside(sari, number, desk.now)).draft.text == "Sudah beres.", "to be mended and sent again"
    alarm = [row for row in await desk.rows(deliveries) if row["event"] == "sla_escalated"]
    assert [row["state"] for row in alarm] == ["due"], "nobody answered, so the morning still hears of it"
    assert after.standing.clocks[Clock.FIRST_RESPONSE].late
    # one that nobody holds, but which waits for the morning, can be taken back until then; one that left can not
    await rooms.act(sari, number, Act.ANSWER, "Kami periksa.", after.ticket.version, desk.now)
    late = await rooms.take_back(sari, [number], desk.now)
    assert "has left" in late.refused[0][1]
    assert await _proven(desk) == []


async def test_the_first_answer_is_told_in_the_time_of_the_office_and_by_the_clock_on_the_wall(desk: Talk) -> None:
    boss, rooms = await desk.staff("penyelia", Role.SUPERVISOR), desk.house.desk
    first, second = await _open(desk, AYU, BUDI)
    await desk.sms(CICI, "SARAN: tolong sediakan kursi untuk lansia di kantor pos")
    free = str((await desk.rows(tickets))[-1]["number"])
    desk.at("2026-12-07 09:00")
    await rooms.answer_each(boss, [(second, 1)], Act.ANSWER, "Kami periksa.", desk.now)
    assert not (await rooms.take_back(boss, [second], desk.now)).refused
    desk.at("2026-12-07 13:30")
    await rooms.act(boss, first, Act.ANSWER, "Kami periksa.", 1, desk.now)
    desk.at("2026-12-08 08:00")
    for number in (second, free, first):  # a second answer is none that is counted
        version = (await rooms.ticket(boss, number, desk.now)).ticket.version
        await rooms.act(boss, number, Act.ANSWER, "Sudah kami periksa.", version, desk.now)
    rows = {row["number"]: (row["answered_at"], row["answered_after"]) for row in await desk.rows(tickets)}
    assert rows == {
        first: (_at("2026-12-07 13:30"), 4.5 * 3600),  # lunch apart
        second: (_at("2026-12-08 08:00"), 7.5 * 3600),  # what was taken back never was; 4 + 3, half an hour
        free: (_at("2026-12-08 08:00"), None),  # nothing is promised
    }
    today = desk.now.date()
    whole = (await rooms.report(boss, "agent", today - timedelta(days=1), today, desk.now)).whole
    assert whole.first_working == 6
    assert whole.first_hours == pytest.approx((5.5 + 24 + 24) / 3)
