"""The watch over promises: warned before, recorded when broken, escalated after; nothing said twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from notifier.rules.roles import Role, Viewer
from notifier.rules.tickets import Act
from notifier.store.schema import accounts, deliveries, ledger, ticket_changes, tickets
from tests.houses import add_person
from tests.inbox.talks import Talk, open_talk

AYU, BUDI = "+6281200000001", "+6281200000002"
LEVY = "petugas minta uang 10rb untuk administrasi sebelum bantuan diberikan"
DAY = ["07:30-12:00", "13:00-16:00"]
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TABLES = {
    "calendars": {"office": dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), DAY)},
    "policies": {"usual": {"first_response": "4h", "resolve": "10h", "warn": [0.5], "acknowledge": "1h"}},
}


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    """A desk that promises an answer within four working hours; Monday, 7 December, 08:00."""
    async with open_talk(database_url, tmp_path, **TABLES) as talk:
        await add_person(talk.stage, "AYU", ("sms", AYU))
        talk.at("2026-12-07 08:00")
        yield talk


async def _sweep_until(talk: Talk, text: str) -> None:
    """Let the clock look whenever a ticket asks to be looked at, as it would."""
    begun = talk.now
    talk.at(text)
    end, talk.stage.clock.now = talk.now, begun
    while True:
        wakes = [row["wake"] for row in await talk.rows(tickets) if row["wake"] is not None and row["wake"] <= end]
        talk.stage.clock.now = max(min(wakes, default=end), talk.now)
        await talk.house.desk.sweep(talk.now)
        await talk.send()
        if not wakes:
            return


async def _told(talk: Talk, event: str) -> list[str]:
    """Logins that were told of an event."""
    names = {row["id"]: row["login"] for row in await talk.rows(accounts)}
    return [names[row["account_id"]] for row in await talk.rows(deliveries) if row["event"] == event]


async def _staff(talk: Talk) -> dict[str, Viewer]:
    places = {"sari": (Role.AGENT, "31.75.07"), "jauh": (Role.AGENT, "73"), "penyelia": (Role.SUPERVISOR, "31.75")}
    places |= {"pusat": (Role.ADMIN, ""), "bisu": (Role.AGENT, "")}
    return {
        login: await talk.staff(login, role, region, "" if login == "bisu" else f"+62811000000{n}")
        for n, (login, (role, region)) in enumerate(places.items())
    }


async def test_a_promise_nobody_keeps_is_warned_of_broken_and_escalated_upward(desk: Talk) -> None:
    await _staff(desk)
    desk.at("2026-12-07 08:30")
    await desk.sms(AYU, LEVY)
    await desk.send()
    await _sweep_until(desk, "2026-12-07 10:20")
    assert await _told(desk, "sla_warning") == []
    await _sweep_until(desk, "2026-12-07 10:40")  # half of four hours
    assert await _told(desk, "sla_warning") == ["penyelia", "sari"]
    await _sweep_until(desk, "2026-12-07 13:30")
    assert (await desk.rows(tickets))[0]["breached"] is False
    await _sweep_until(desk, "2026-12-07 13:40")  # lunch did not count
    row = (await desk.rows(tickets))[0]
    assert (row["breached"], row["level"], row["next_clock"]) == (True, 1, "first_response")
    assert await _told(desk, "sla_escalated") == ["sari"]  # the desk itself
    await _sweep_until(desk, "2026-12-08 13:40")  # a working day later: the regency's supervisor
    assert await _told(desk, "sla_escalated") == ["sari", "sari", "penyelia"]  # in between: to settle it
    assert (await desk.rows(tickets))[0]["level"] == 2
    await _sweep_until(desk, "2026-12-09 13:40")  # nobody sits in the province, so the ministry is told
    assert (await _told(desk, "sla_escalated"))[3:] == ["penyelia", "pusat"]
    acts = [row["act"] for row in await desk.rows(ticket_changes)]
    assert acts.count("breached") == 2
    assert acts.count("escalated") == 5
    assert [row["act"] for row in await desk.rows(ledger)].count("promise_broken") == 2
    wake = (await desk.rows(tickets))[0]["wake"]
    assert wake is None or wake > desk.now


@ONE_ENGINE
async def test_an_assigned_ticket_warns_its_assignee_alone(desk: Talk) -> None:
    staff = await _staff(desk)
    await desk.sms(AYU, LEVY)
    await desk.send()
    number = (await desk.rows(tickets))[0]["number"]
    await desk.house.desk.assign(staff["penyelia"], number, staff["sari"].account_id, 1, desk.now)
    await _sweep_until(desk, "2026-12-07 10:30")
    assert await _told(desk, "sla_warning") == ["sari"]


@ONE_ENGINE
async def test_a_promise_that_is_kept_says_nothing(desk: Talk) -> None:
    staff = await _staff(desk)
    await desk.sms(AYU, LEVY)
    await desk.send()
    number = (await desk.rows(tickets))[0]["number"]
    await desk.house.desk.act(staff["sari"], number, Act.RESOLVE, "Sudah ditegur.", 1, desk.now)
    await _sweep_until(desk, "2026-12-09 16:00")
    assert await _told(desk, "sla_warning") == []
    row = (await desk.rows(tickets))[0]
    assert (row["breached"], row["next_due"], row["wake"]) == (False, None, None)


async def test_waiting_for_the_citizen_stops_the_clock_of_the_settlement(desk: Talk) -> None:
    staff = await _staff(desk)
    await desk.sms(AYU, LEVY)
    await desk.send()
    number = (await desk.rows(tickets))[0]["number"]
    desk.at("2026-12-07 09:00")
    await desk.house.desk.act(staff["sari"], number, Act.ASK_CITIZEN, "Di loket berapa?", 1, desk.now)
    await desk.send()
    await _sweep_until(desk, "2026-12-10 09:00")
    assert (await desk.rows(tickets))[0]["breached"] is False
    await desk.sms(AYU, "di loket 3 pak")
    due = (await desk.rows(tickets))[0]["next_due"]
    assert due is not None
    assert due - desk.now > timedelta(hours=9)  # nine working hours are left
    assert (await desk.rows(tickets))[0]["status"] == "in_progress"


@ONE_ENGINE
async def test_the_acknowledgement_keeps_its_promise_when_it_is_taken_by_the_provider(desk: Talk) -> None:
    await _staff(desk)
    await desk.sms(AYU, LEVY)
    await desk.send()
    await _sweep_until(desk, "2026-12-07 10:10")
    promised = (await desk.rows(deliveries))[0]["facts"]["due"]
    assert promised == "2026-12-07T05:00:00+00:00"  # noon in Jakarta: when a person answers, not the acknowledgement
    history = [(row["act"], row["facts"]) for row in await desk.rows(ticket_changes)]
    assert ("acknowledged", {}) in history
    assert not [facts for act, facts in history if act == "breached"]


async def test_after_a_long_stop_each_thing_is_said_once(desk: Talk) -> None:
    await _staff(desk)
    await desk.sms(AYU, LEVY)
    desk.at("2026-12-21 10:00")
    await desk.house.desk.sweep(desk.now)
    assert await desk.house.desk.sweep(desk.now) == 0
    assert await _told(desk, "sla_warning") == []
    assert sorted(set(await _told(desk, "sla_escalated"))) == ["pusat"]
    assert (await desk.rows(tickets))[0]["level"] == 4


@ONE_ENGINE
async def test_where_nobody_of_a_role_can_be_told_the_next_one_is(desk: Talk) -> None:
    await desk.staff("pusat", Role.ADMIN, "", "+6281100000004")
    await desk.sms(AYU, LEVY)
    await _sweep_until(desk, "2026-12-07 13:20")
    assert await _told(desk, "sla_escalated") == ["pusat"]


async def test_a_ticket_with_an_odd_history_does_not_stop_the_watch_for_those_behind_it(desk: Talk) -> None:
    await _staff(desk)
    await desk.sms(AYU, LEVY)
    await desk.sms(BUDI, LEVY)
    async with desk.house.database.write() as db:  # an escalation that does not say of which clock
        await db.execute(
            ticket_changes.update().where(ticket_changes.c.ticket_id == 1).values(act="escalated", facts={})
        )
    desk.at("2026-12-21 10:00")
    with capture_logs() as lines:
        assert await desk.house.desk.sweep(desk.now) == 2
    odd, behind = await desk.rows(tickets)
    assert (odd["breached"], behind["breached"]) == (False, True)
    assert odd["wake"] == desk.now + timedelta(hours=1)
    assert [(line["event"], line["ticket"], line["error"]) for line in lines] == [("sweep.broken", 1, "KeyError")]


@ONE_ENGINE
@pytest.mark.parametrize(
    ("state", "held", "reason", "shown"),
    [
        ("unknown", True, "too late to send again", "unknown"),
        ("unknown", False, "time-out", ""),  # it is still being found out
        ("expired", False, "", "expired"),
        ("failed", False, "number not in service", "number not in service"),
    ],
)
async def test_an_answer_that_perhaps_never_arrived_stands_on_the_ticket(
    desk: Talk, state: str, held: bool, reason: str, shown: str
) -> None:
    await desk.sms(AYU, LEVY)
    async with desk.house.database.write() as db:  # as settling leaves it
        await db.execute(deliveries.update().values(state=state, held=held, reason=reason))
        await db.execute(tickets.update().values(wake=desk.now))
    await desk.house.desk.sweep(desk.now)
    assert (await desk.rows(tickets))[0]["undelivered"] == shown


@ONE_ENGINE
async def test_who_asks_how_it_stands_is_not_told_the_clock_of_our_acknowledgement(desk: Talk) -> None:
    await desk.sms(AYU, LEVY)  # acknowledged within the hour, answered within four: by noon
    number = (await desk.rows(tickets))[0]["number"]
    await desk.sms(AYU, f"tiket {number} sudah sampai mana pak?")
    [told] = [row["facts"]["due"] for row in await desk.rows(deliveries) if row["event"] == "ticket_status"]
    assert told == "2026-12-07T05:00:00+00:00"
