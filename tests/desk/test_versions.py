"""Promises have versions: a change reaches open tickets by itself, and what was promised first is never forgotten."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.config import parse
from notifier.desk.promise import Promises, build
from notifier.desk.versions import body_of, promise_of, same
from notifier.rules.roles import Role
from notifier.rules.tickets import Act
from notifier.store.policies import Kept
from notifier.store.schema import ledger, policies, ticket_changes, tickets
from tests.inbox.talks import Talk, open_talk

NOW = datetime(2026, 12, 5, 2, tzinfo=UTC)
AYU = "+6281200000001"
LATE = "bantuan saya terlambat sekali, sampai sekarang belum cair"
DAY = ["07:30-12:00", "13:00-16:00"]
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), DAY)
OFFICE: dict[str, Any] = {"office": WEEK}
USUAL: dict[str, Any] = {"first_response": "4h", "resolve": "10h", "warn": [0.5], "max_pause": "3h", "legal_days": 5}


def _promises(policies: dict[str, Any], calendars: dict[str, Any] = OFFICE, now: datetime = NOW) -> Promises:
    return build(parse({"calendars": calendars, "policies": policies}), now)


def test_what_is_kept_of_a_promise_brings_it_back() -> None:
    policies = {"usual": USUAL, "papua": {**USUAL, "regions": ["91"], "urgent": True, "reopen_floor": "2h"}}
    calendar = {**WEEK, "overrides": {"2027-02-08/2027-03-09": ["08:00-12:00"], "2027-05-01": DAY}}
    for promise in _promises(policies, {"office": calendar}).all:
        kept = Kept(promise.policy.name, 1, body_of(promise, range(2024, 2031)))
        assert promise_of(kept) == promise
        assert promise_of(kept).policy.hours.names == promise.policy.hours.names


@pytest.mark.parametrize(
    ("policy", "calendar", "unchanged"),
    [
        ({}, {}, True),
        ({"resolve": "11h"}, {}, False),
        ({"warn": [0.5, 0.8]}, {}, False),
        ({"regions": ["31"]}, {}, False),
        ({"escalate_to": ["supervisor"]}, {}, False),
        ({}, {"friday": ["07:30-11:30"]}, False),
        ({}, {"zone": "Asia/Makassar"}, False),
        ({}, {"extra_holidays": ["2026-12-28"]}, False),
        ({}, {"extra_holidays": ["2026-12-25"]}, True),  # it was one already
        ({}, {"overrides": {"2026-12-24": DAY}}, False),
    ],
)
def test_a_new_version_is_what_promises_something_else(
    policy: dict[str, Any], calendar: dict[str, Any], unchanged: bool
) -> None:
    years = range(2024, 2031)
    before, after = (
        _promises({"usual": USUAL}),
        _promises({"usual": {**USUAL, **policy}}, {"office": {**WEEK, **calendar}}),
    )
    assert same(body_of(before.all[0], years), body_of(after.all[0], years)) is unchanged


def test_a_new_year_alone_changes_no_promise() -> None:
    later = NOW + timedelta(days=365)
    old, new = _promises({"usual": USUAL}), _promises({"usual": USUAL}, now=later)
    assert same(body_of(old.all[0], old.years), body_of(new.all[0], new.years))


def test_each_office_keeps_the_promises_by_its_own_hours_and_the_smallest_region_wins() -> None:
    ambon = {**WEEK, "zone": "Asia/Jayapura", "replaces": "office", "regions": ["81"]}
    kota = {**ambon, "regions": ["81.71"], "monday": ["08:00-12:00"]}
    promises = _promises(
        {
            "usual": {"resolve": "5d"},
            "money": {"categories": ["deduction"], "resolve": "3d"},
            "east": {"regions": ["81", "91"], "resolve": "7d"},
            "night": {"calendar": "always", "urgent": True, "resolve": "4h"},
        },
        {"office": WEEK, "always": {}, "ambon": ambon, "kota": kota},
    )
    chosen = {
        (category, region): promises.choose(category, False, region).policy.name
        for category in ("deduction", "other")
        for region in ("", "31.75", "81.01.02", "81.71.01", "91.03")
    }
    assert chosen == {
        ("deduction", ""): "money",
        ("deduction", "31.75"): "money",
        ("deduction", "81.01.02"): "money@ambon",
        ("deduction", "81.71.01"): "money@kota",
        ("deduction", "91.03"): "money",
        ("other", ""): "usual",
        ("other", "31.75"): "usual",
        ("other", "81.01.02"): "east@ambon",
        ("other", "81.71.01"): "east@kota",
        ("other", "91.03"): "east",
    }
    assert promises.choose("other", True, "81.71").policy.name == "night"
    ours = promises.choose("other", False, "81.71.01")
    nine = datetime(2026, 12, 7, 2, tzinfo=UTC)  # Monday, 09:00 in Jakarta, 11:00 in Ambon
    at_five = nine + timedelta(hours=1.5)  # 12:30 in Ambon
    assert [promises.hours_of(ours, region).opens(at_five) for region in ("81.71", "81", "")] == [
        datetime(2026, 12, 7, 22, 30, tzinfo=UTC),  # the city works in the morning only, on Mondays
        datetime(2026, 12, 7, 4, tzinfo=UTC),
        at_five,  # whoever looks after the whole country, by Jakarta's hours
    ]


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    """Monday, 7 December, 08:00; an answer within 4 working hours, an end within 10."""
    async with open_talk(database_url, tmp_path, calendars=OFFICE, policies={"usual": USUAL}) as talk:
        talk.at("2026-12-07 08:00")
        await talk.house.desk.register(talk.now)
        yield talk


async def _restart(talk: Talk, policies: dict[str, Any], calendars: dict[str, Any] = OFFICE) -> list[tuple[str, int]]:
    """The same house with another configuration; what is promised anew."""
    talk.house.desk.room = replace(talk.house.desk.room, promises=_promises(policies, calendars))
    return list(await talk.house.desk.register(talk.now))


async def test_a_change_reaches_open_tickets_and_keeps_first_dues_and_breaches(desk: Talk) -> None:
    sari = await desk.staff("sari", Role.AGENT, "", "+6281100000001")
    for n in range(3):
        await desk.sms(f"+628120000000{n}", LATE)
    settled, late, fresh = (row["number"] for row in await desk.rows(tickets))
    await desk.house.desk.act(sari, settled, Act.RESOLVE, "Sudah kembali.", 1, desk.now)
    desk.at("2026-12-07 09:00")
    await desk.house.desk.answer(sari, fresh, "Kami periksa.", 1, desk.now)
    assert await _restart(desk, {"usual": USUAL}) == []
    desk.at("2026-12-08 08:00")  # the answer to `late` is two and a half hours late, and nobody has looked since
    assert await _restart(desk, {"usual": {**USUAL, "first_response": "20h", "resolve": "30h"}}) == [("usual", 2)]
    await desk.house.desk.sweep(desk.now)
    while await desk.house.desk.sweep(desk.now):
        pass
    history = [(row["ticket_id"], row["act"], row["facts"]) for row in await desk.rows(ticket_changes)]
    assert [(t, facts["version"]) for t, act, facts in history if act == "adopted"] == [(2, 2), (3, 2)]
    of_late = [act for t, act, _ in history if t == 2]
    assert of_late.index("breached") < of_late.index("adopted"), "the breach of the old promise is not lost"
    stands = (await desk.house.desk.ticket(sari, late, desk.now)).standing.clocks
    dues = {str(clock): (r.due, r.original_due, r.late) for clock, r in stands.items() if r.due}
    # After Monday 08:00: 7 h on that day, 7:30 on each later one. 20 h end on Wednesday (5:30 into it), 30 h on Friday.
    assert dues["first_response"] == (_at("2026-12-09 14:00"), _at("2026-12-07 12:00"), True)
    assert dues["resolution"] == (_at("2026-12-11 08:00"), _at("2026-12-08 10:30"), False)
    told = (await desk.house.desk.ticket(sari, fresh, desk.now)).arithmetic
    assert told is not None
    assert [(c["clock"], c["version"]) for c in told.data()["clocks"]] == [
        ("first_response", 1),  # met before the change: judged by what was promised then
        ("resolution", 2),
        ("legal", 2),
    ]
    assert await desk.house.desk.sweep(desk.now) == 0, "the change is carried once"
    acts = [row["act"] for row in await desk.rows(ledger)]
    assert (acts.count("policy_changed"), acts.count("promise_adopted")) == (1, 2)


async def test_a_change_is_carried_a_few_at_a_time_and_a_second_one_takes_over(desk: Talk) -> None:
    for n in range(5):
        await desk.sms(f"+628120000000{n}", LATE)
    await _restart(desk, {"usual": {**USUAL, "resolve": "20h"}})
    seen = [await desk.house.desk.sweep(desk.now, limit=2) for _ in range(3)]
    assert seen == [2, 2, 2]  # two woken, two looked at, two woken
    boss = await desk.staff("wati", Role.SUPERVISOR)
    assert await desk.house.desk.unreached(boss) == 1, "how far it has come is told"
    await _restart(desk, {"usual": {**USUAL, "resolve": "25h"}, "danger": {**USUAL, "urgent": True}})
    while await desk.house.desk.sweep(desk.now, limit=2):
        pass
    adopted = [row for row in await desk.rows(ticket_changes) if row["act"] == "adopted"]
    assert sorted(row["ticket_id"] for row in adopted if row["facts"]["version"] == 3) == [1, 2, 3, 4, 5]
    assert [row["reached"] for row in await desk.rows(policies)] == [None] * 4
    assert await desk.house.desk.unreached(boss) == 0


async def test_a_promise_that_was_taken_away_is_still_told(desk: Talk) -> None:
    sari = await desk.staff("sari")
    await desk.sms(AYU, LATE)
    number = (await desk.rows(tickets))[0]["number"]
    assert await _restart(desk, {"other": {"resolve": "20h"}}) == [("other", 1), ("usual", 2)]
    old = desk.house.desk.room.promises
    while await desk.house.desk.sweep(desk.now):
        pass
    page = await desk.house.desk.ticket(sari, number, desk.now)
    assert (page.policy, page.ticket.policy) == ("other", "other")
    assert page.arithmetic is not None
    assert page.arithmetic.lines()[0].startswith("Policy usual, version 1")
    assert await _restart(desk, {"usual": USUAL}) == [("usual", 3), ("other", 2)]
    # A process that still has the older configuration neither carries nor adopts, and can tell the newer version.
    newer, desk.house.desk.room = desk.house.desk.room, replace(desk.house.desk.room, promises=old)
    assert await desk.house.desk.sweep(desk.now) == 0
    desk.house.desk.room = newer
    while await desk.house.desk.sweep(desk.now):
        pass
    desk.house.desk.room = replace(newer, promises=old)
    assert (await desk.house.desk.ticket(sari, number, desk.now)).policy == "usual"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)
