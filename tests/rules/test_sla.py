"""The promise: worked cases by the desk's calendar, and the laws that hold for any history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from notifier.rules.sla import Clock, Entry, Hours, Kind, Policy, Reading, Standing, office_week, standing
from notifier.rules.telling import tell

WIB = ZoneInfo("Asia/Jakarta")
NATAL = date(2026, 12, 25)
DESK = Hours(WIB, office_week(), [NATAL])
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)


def at(text: str, zone: ZoneInfo = WIB) -> datetime:
    """`23 07:30` is in November 2026, whose 23rd is a Monday, `d1 07:30` in December."""
    day, clock = text.split()
    month, number = (12, int(day[1:])) if day.startswith("d") else (11, int(day))
    return datetime.combine(date(2026, month, number), time.fromisoformat(clock), zone).astimezone(UTC)


def history(text: str, **also: Policy) -> list[Entry]:
    """`paused 23 10:00 reason; resumed 23 11:00`: a line a semicolon."""
    return [_entry(line.split(), also) for line in text.split(";") if line.strip()]


def _entry(words: Sequence[str], policies: dict[str, Policy]) -> Entry:
    kind, moment, rest = Kind(words[0]), at(" ".join(words[1:3])), words[3:]
    if kind is Kind.ADOPTED:
        return Entry(kind, moment, policy=policies[rest[0]])
    if kind is Kind.WARNED:
        return Entry(kind, moment, clock=Clock(rest[0]), fraction=float(rest[1]))
    if kind in (Kind.BREACHED, Kind.TAKEN):
        return Entry(kind, moment, clock=Clock(rest[0]))
    if kind is Kind.ESCALATED:
        return Entry(kind, moment, clock=Clock(rest[0]), level=int(rest[1]))
    return Entry(kind, moment, reason=rest[0] if rest else "")


def promise(clock: str, hours: float, **more: object) -> Policy:
    return Policy("uji", DESK, **{clock: timedelta(hours=hours), **more})  # type: ignore[arg-type]


TEN = promise("resolution", 10)
CAPPED = replace(TEN, max_pause=3 * HOUR)
FLOORED = replace(TEN, reopen_floor=4 * HOUR, warn=())
QUIET = replace(TEN, reopen_floor=4 * HOUR, warn=(0.5, 0.8))
LEGAL = Policy("hukum", DESK, legal_days=3)

# (policy, opened, what happened, when it is due): the desk works 07:30-12:00 and 13:00-16:00, Fridays until 11:30 and
# 13:00-16:30. An em dash: it stands still without an end in sight.
DUE = [
    # the plain clocks
    (TEN, "23 07:30", "", "24 10:00"),
    (TEN, "23 15:00", "", "25 09:00"),
    (TEN, "27 15:30", "", "d1 09:00"),
    (TEN, "d24 15:00", "", "d29 09:00"),
    (promise("ack", 1), "23 11:30", "", "23 13:30"),
    (promise("ack", 1), "23 15:00", "", "23 16:00"),
    (promise("first_response", 7.5), "23 07:30", "", "23 16:00"),
    (promise("first_response", 7.5), "23 07:30", "paused 23 08:00 warga", "23 16:00"),
    # pauses cost exactly the working time they cover
    (TEN, "23 07:30", "paused 23 10:00 warga; resumed 23 11:00 warga", "24 11:00"),
    (TEN, "23 07:30", "paused 23 12:00 warga; resumed 23 13:00 warga", "24 10:00"),
    (TEN, "23 07:30", "paused 23 11:30 warga; resumed 23 13:30 warga", "24 11:00"),
    (TEN, "23 07:30", "paused 23 16:00 warga; resumed 24 07:30 warga", "24 10:00"),
    (TEN, "23 07:30", "paused 23 15:00 warga; resumed 24 08:30 warga", "24 12:00"),
    (TEN, "23 07:30", "paused 23 15:00 warga; resumed 25 08:30 warga", "25 12:00"),
    (TEN, "27 15:30", "paused 28 09:00 warga; resumed 29 09:00 warga", "d1 09:00"),
    (TEN, "23 07:30", "paused 23 07:30 warga; resumed 23 08:30 warga", "24 11:00"),
    # overlapping and nested pauses cost their union, in whatever order they are told
    (TEN, "23 07:30", "paused 23 08:00 a; paused 23 09:00 b; resumed 23 10:00 a; resumed 23 11:00 b", "24 14:00"),
    (TEN, "23 07:30", "paused 23 09:00 b; resumed 23 11:00 b; paused 23 08:00 a; resumed 23 10:00 a", "24 14:00"),
    (TEN, "23 07:30", "paused 23 08:00 a; paused 23 09:00 b; resumed 23 10:00 b; resumed 23 11:00 a", "24 14:00"),
    (TEN, "23 07:30", "paused 23 08:00 a; paused 23 09:00 b; resumed 23 10:00", "24 12:00"),
    (TEN, "23 07:30", "paused 23 08:00 a; paused 23 09:00 a; resumed 23 10:00 a", "24 12:00"),
    (TEN, "23 07:30", "paused 23 08:00 a; resumed 23 09:00 b; resumed 23 10:00 a", "24 12:00"),
    (TEN, "23 07:30", "resumed 23 09:00 a", "24 10:00"),
    # a pause without an end; one after the due instant does not move it
    (TEN, "23 07:30", "paused 23 10:00 warga", "—"),
    (TEN, "23 07:30", "paused 24 10:00 warga", "24 10:00"),
    (TEN, "23 07:30", "paused 24 11:00 warga; resumed 25 11:00 warga", "24 10:00"),
    # the cap: beyond 3 hours in all the clock runs again
    (CAPPED, "23 07:30", "paused 23 10:00 warga", "24 14:00"),
    (CAPPED, "23 07:30", "paused 23 10:00 warga; resumed 25 10:00 warga", "24 14:00"),
    (CAPPED, "23 07:30", "paused 23 08:00 a; resumed 23 10:00 a; paused 23 11:00 b; resumed 24 11:00 b", "24 14:00"),
    (CAPPED, "23 07:30", "paused 23 10:00 warga; resumed 23 11:00 warga", "24 11:00"),
    (replace(TEN, max_pause=timedelta(0)), "23 07:30", "paused 23 10:00 warga", "24 10:00"),
    # settled and reopened: what lay between costs nothing
    (TEN, "23 07:30", "resolved 23 10:00", "24 10:00"),
    (TEN, "23 07:30", "resolved 23 10:00; reopened 23 11:00", "24 11:00"),
    (TEN, "23 07:30", "resolved 23 10:00; closed 23 11:00; reopened 24 10:00", "25 10:00"),
    (TEN, "23 07:30", "paused 23 09:00 warga; resolved 23 10:00; reopened 23 11:00", "24 12:00"),
    (TEN, "23 07:30", "resolved 23 10:00; paused 23 10:30 warga; reopened 23 11:00", "24 11:00"),
    (TEN, "23 07:30", "reopened 23 11:00", "24 10:00"),
    # the floor: four hours at least
    (FLOORED, "23 07:30", "resolved 24 09:00; reopened 26 07:30", "26 11:30"),
    (FLOORED, "23 07:30", "resolved 23 10:00; reopened 23 11:00", "24 11:00"),
    (FLOORED, "23 07:30", "resolved 25 09:00; reopened 26 07:30", "26 11:30"),
    (FLOORED, "23 07:30", "resolved 24 09:00; reopened 26 07:30; resolved 26 10:30; reopened 27 07:30", "27 11:30"),
    # … in which nothing rings: the last warning, at 80 %, comes at the end of them, and the rest of the budget after it
    (QUIET, "23 07:30", "resolved 24 09:00; reopened 26 07:30", "26 15:45"),
    (QUIET, "23 07:30", "resolved 23 09:30; reopened 26 07:30", "27 08:00"),
    # the legal clock counts working days, from a complete file, and nothing stops it
    (LEGAL, "23 10:00", "", "26 16:00"),
    (LEGAL, "24 10:00", "", "27 16:30"),
    (LEGAL, "28 10:00", "", "d2 16:00"),
    (LEGAL, "d22 10:00", "", "d28 16:00"),
    (LEGAL, "23 10:00", "completed 25 09:00", "30 16:00"),
    (LEGAL, "23 10:00", "paused 23 11:00 warga; resumed 30 11:00 warga", "26 16:00"),
    # the next response begins with what the citizen writes after our first, and with each round anew
    (promise("next_response", 4), "23 07:30", "citizen_wrote 23 08:00", ""),
    (promise("next_response", 4), "23 07:30", "answered 23 09:00; citizen_wrote 23 10:00", "23 15:00"),
    (promise("next_response", 4), "23 07:30", "answered 23 09:00; citizen_wrote 23 10:00; citizen_wrote 23 11:00",
     "23 15:00"),
    (promise("next_response", 4), "23 07:30",
     "answered 23 09:00; citizen_wrote 23 10:00; answered 23 11:00; citizen_wrote 23 15:00", "24 10:30"),
    (promise("next_response", 4), "23 07:30", "answered 23 09:00; closed 23 10:00; citizen_wrote 23 11:00", ""),
    (promise("next_response", 4), "23 07:30", "closed 23 08:00; reopened 23 09:00; citizen_wrote 23 10:00", "23 15:00"),
]  # fmt: skip


def only(stands: Standing) -> Reading | None:
    return next(iter(stands.clocks.values()), None)


@pytest.mark.parametrize(("policy", "opened", "happened", "due"), DUE)
def test_when_it_is_due_is_as_worked_out_by_hand(policy: Policy, opened: str, happened: str, due: str) -> None:
    reading = only(standing(policy, at(opened), history(happened), at("d31 12:00")))
    if not due:
        assert reading is None
    else:
        assert reading is not None
        assert reading.due == reading.original_due == (None if due == "—" else at(due))


# (policy, opened, what happened, now, expected): `late`, `breach`, `warn`, `escalate`, `met`, `paused`, `wake`
ALARMED = replace(TEN, escalate=(timedelta(0), 2 * HOUR))
STANDS: list[tuple[Policy, str, str, str, dict[str, object]]] = [
    (TEN, "23 07:30", "", "23 08:00", {"wake": at("23 13:30")}),
    (TEN, "23 07:30", "", "23 13:30", {"warn": (0.5,), "wake": at("24 08:00")}),
    (TEN, "23 07:30", "warned 23 13:30 resolution 0.5", "23 13:30", {"wake": at("24 08:00")}),
    (TEN, "23 07:30", "", "24 09:30", {"warn": (0.5, 0.8, 0.95), "wake": at("24 10:00") + TICK}),
    (TEN, "23 07:30", "", "24 10:00", {"warn": (0.5, 0.8, 0.95), "wake": at("24 10:00") + TICK}),  # not yet late
    (TEN, "23 07:30", "", "24 10:01", {"late": True, "breach": True}),
    (TEN, "23 07:30", "breached 24 10:01 resolution", "24 10:01", {"late": True}),
    (TEN, "23 07:30", "resolved 24 10:00", "26 10:00", {"met": at("24 10:00")}),
    (TEN, "23 07:30", "resolved 24 10:01", "26 10:00", {"met": at("24 10:01"), "late": True, "breach": True}),
    (TEN, "23 07:30", "closed 23 10:00", "26 10:00", {"met": at("23 10:00")}),
    # due at closing time is due then, and late the night after
    (promise("resolution", 7.5, warn=()), "23 07:30", "", "23 16:00", {"wake": at("23 16:00") + TICK}),
    (promise("resolution", 7.5, warn=()), "23 07:30", "", "23 20:00", {"late": True, "breach": True}),
    (promise("resolution", 7.5, warn=()), "23 07:30", "resolved 23 20:00", "24 20:00",
     {"met": at("23 20:00"), "late": True, "breach": True}),
    # levels: at once, and two working hours later
    (ALARMED, "23 07:30", "breached 24 10:01 resolution", "24 10:01",
     {"late": True, "escalate": (1,), "wake": at("24 12:00")}),
    (ALARMED, "23 07:30", "breached 24 10:01 resolution; escalated 24 10:01 resolution 1", "24 12:00",
     {"late": True, "escalate": (2,)}),
    (ALARMED, "23 07:30", "escalated 24 10:01 resolution 1; escalated 24 12:00 resolution 2", "24 14:00",
     {"late": True, "breach": True}),
    (ALARMED, "23 07:30", "resolved 24 11:00", "26 12:00", {"met": at("24 11:00"), "late": True, "breach": True}),
    # paused: nothing rings, unless it was reached before; the cap ends it
    (TEN, "23 07:30", "paused 23 10:00 warga", "30 10:00", {"paused": True}),
    (TEN, "23 07:30", "paused 23 14:00 warga", "30 10:00", {"paused": True, "warn": (0.5,)}),
    (CAPPED, "23 07:30", "paused 23 10:00 warga", "23 11:00", {"paused": True, "wake": at("23 14:00")}),
    (CAPPED, "23 07:30", "paused 23 10:00 warga", "23 14:00", {"wake": at("24 08:00")}),
    # reopened: what was passed before rings no more, the rest does
    (TEN, "23 07:30", "resolved 23 15:30; reopened 25 07:30", "25 07:30", {"wake": at("25 08:30")}),
    (QUIET, "23 07:30", "resolved 24 09:00; reopened 26 07:30", "26 08:00", {"wake": at("26 11:30")}),
    (QUIET, "23 07:30", "resolved 23 15:00; reopened 26 07:30", "26 07:30", {"wake": at("26 11:30")}),
    (QUIET, "23 07:30", "warned 23 13:30 resolution 0.5; warned 24 08:00 resolution 0.8; resolved 24 09:00; "
     "reopened 26 07:30", "26 11:30", {"warn": (0.8,), "wake": at("26 15:45") + TICK}),
    (QUIET, "23 07:30", "resolved 25 09:00; reopened 26 07:30", "26 07:30",
     {"late": True, "breach": True, "wake": at("26 11:30")}),
    (QUIET, "23 07:30", "breached 24 10:01 resolution; resolved 25 09:00; reopened 26 07:30", "26 07:30",
     {"late": True, "wake": at("26 11:30")}),
    (QUIET, "23 07:30", "breached 24 10:01 resolution; resolved 25 09:00; reopened 26 07:30", "27 09:08",
     {"late": True, "breach": True}),
    # the first response is met by an answer, the acknowledgement by a word
    (promise("first_response", 10), "23 07:30", "answered 23 08:00", "30 08:00", {"met": at("23 08:00")}),
    (promise("ack", 1, warn=()), "23 07:30", "acknowledged 23 08:30", "30 08:00", {"met": at("23 08:30")}),
    (promise("ack", 1, warn=()), "23 07:30", "answered 23 08:31", "30 08:00",
     {"met": at("23 08:31"), "late": True, "breach": True}),
    (promise("first_response", 10, warn=()), "23 07:30", "acknowledged 23 08:00", "23 09:00",
     {"wake": at("24 10:00") + TICK}),
    # each question of the citizen is a promise of its own
    (promise("next_response", 1, warn=()), "23 07:30",
     "answered 23 08:00; citizen_wrote 23 09:00; breached 23 10:01 next_response; answered 23 11:00; "
     "citizen_wrote 23 11:30", "23 11:45", {"wake": at("23 13:30") + TICK}),
    # settled in time for the law stays so
    (LEGAL, "23 10:00", "resolved 26 16:00; reopened 27 09:00", "30 09:00", {"met": at("26 16:00")}),
    (replace(LEGAL, warn=()), "23 10:00", "", "26 16:00", {"wake": at("26 16:00") + TICK}),
    (LEGAL, "23 10:00", "", "26 16:01", {"late": True, "breach": True}),
    # what is not yet is not known, but it is known when to look
    (TEN, "23 07:30", "resolved 24 09:00", "23 08:00", {"wake": at("23 13:30")}),
    (TEN, "23 07:30", "resolved 23 09:00", "23 08:00", {"wake": at("23 09:00")}),
    # before it was opened
    (TEN, "23 07:30", "", "20 08:00", {"wake": at("23 13:30")}),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "opened", "happened", "now", "expected"), STANDS)
def test_how_it_stands(policy: Policy, opened: str, happened: str, now: str, expected: dict[str, object]) -> None:
    stands = standing(policy, at(opened), history(happened), at(now))
    reading = only(stands)
    assert reading is not None
    quiet = {"late": False, "breach": False, "warn": (), "escalate": (), "met": None, "paused": False, "wake": None}
    seen = {name: getattr(reading, name) for name in ("late", "breach", "warn", "escalate", "paused")}
    assert {**seen, "met": reading.met_at, "wake": stands.wake} == {**quiet, **expected}
    assert stands.late is reading.late
    assert stands.paused is reading.paused
    assert stands.due == (None if reading.met_at else reading.due)


# --- another policy ------------------------------------------------------------------------------------------------

SLOWER = replace(TEN, name="longgar", version=2, resolution=20 * HOUR)
STRICTER = replace(TEN, name="ketat", version=2, resolution=5 * HOUR)


def read(happened: str, now: str, policy: Policy = TEN) -> Reading:
    reading = only(standing(policy, at("23 07:30"), history(happened, slower=SLOWER, stricter=STRICTER), at(now)))
    assert reading is not None
    return reading


def test_an_adopted_policy_counts_from_the_opening_and_the_first_due_is_kept() -> None:
    reading = read("adopted 23 10:00 slower", "23 11:00")
    assert (reading.due, reading.original_due) == (at("25 13:30"), at("24 10:00"))
    assert not reading.late


def test_a_recorded_breach_stays_when_the_policy_gives_more_time() -> None:
    assert read("breached 24 10:01 resolution; adopted 24 11:00 slower", "24 12:00").late
    assert not read("adopted 24 11:00 slower", "24 12:00").late


def test_a_stricter_policy_makes_late_what_is_open_but_not_what_was_settled_before() -> None:
    assert read("adopted 24 09:00 stricter", "24 09:00").breach
    assert not read("resolved 23 15:00; adopted 24 09:00 stricter", "24 10:00").late
    assert not read("resolved 23 15:00; adopted 24 09:00 stricter; reopened 24 09:00", "24 09:00", FLOORED).met_at


def test_settled_in_time_stays_in_time_when_reopened_under_a_stricter_policy() -> None:
    lenient = replace(STRICTER, reopen_floor=4 * HOUR, warn=())
    happened = [*history("resolved 23 15:00; reopened 25 07:30"), Entry(Kind.ADOPTED, at("24 09:00"), policy=lenient)]
    reading = only(standing(TEN, at("23 07:30"), happened, at("25 08:00")))
    assert reading is not None
    assert not reading.late
    assert reading.due == at("25 11:30")


def test_all_clocks_run_side_by_side_and_the_first_due_is_the_tickets() -> None:
    policy = Policy(
        "reguler", DESK, ack=HOUR, first_response=7.5 * HOUR, next_response=4 * HOUR, resolution=15 * HOUR, legal_days=3
    )
    stands = standing(policy, at("23 07:30"), history("acknowledged 23 08:00; paused 23 09:00 warga"), at("23 10:00"))
    assert list(stands.clocks) == [Clock.ACK, Clock.FIRST_RESPONSE, Clock.RESOLUTION, Clock.LEGAL]
    assert stands.due == at("23 16:00")
    assert stands.paused
    assert stands.clocks[Clock.LEGAL].due == at("26 16:00")


def test_nothing_promised_is_nothing_due() -> None:
    assert standing(Policy("kosong", DESK), at("23 07:30"), [], at("30 07:30")) == Standing({}, None)


# --- the arithmetic, told ------------------------------------------------------------------------------------------


def explain(policy: Policy, happened: str, now: str, opened: str = "23 07:30") -> list[str]:
    known = history(happened, slower=SLOWER, stricter=STRICTER)
    return tell(policy, at(opened), known, at(now)).lines()


def test_the_arithmetic_is_told_line_by_line() -> None:
    told = "paused 23 10:00 warga; resumed 23 11:00 warga; resolved 24 11:30; adopted 25 08:00 slower"
    assert explain(TEN, told, "25 09:00") == [
        "Policy uji, version 1; office hours of Asia/Jakarta.",
        "2026-11-25 08:00 WIB: policy longgar, version 2, is adopted.",
        "resolution (the service clock): 10:00 h of working time from 2026-11-23 07:30 WIB; policy uji, version 1.",
        "  Mon 2026-11-23  07:30-10:00  2:30 h, leaves 7:30 h.",
        "  stands 2026-11-23 10:00 WIB to 2026-11-23 11:00 WIB (warga): 1:00 h not counted.",
        "  Mon 2026-11-23  11:00-12:00  1:00 h, leaves 6:30 h.",
        "  Mon 2026-11-23  13:00-16:00  3:00 h, leaves 3:30 h.",
        "  Tue 2026-11-24  07:30-11:00  3:30 h, leaves 0:00 h.",
        "  warns at 50%: 2026-11-23 14:30 WIB.",
        "  warns at 80%: 2026-11-24 09:00 WIB.",
        "  warns at 95%: 2026-11-24 10:30 WIB.",
        "  due 2026-11-24 11:00 WIB.",
        "  met 2026-11-24 11:30 WIB, late by 0:30 h of working time.",
        "Look again: never.",
    ]


def test_a_standing_clock_and_a_moved_due_are_told() -> None:
    lines = explain(SLOWER, "paused 23 10:00:30 warga", "23 11:00")
    assert "  stands since 2026-11-23 10:00:30 WIB (warga)." in lines
    assert "  due: open while it stands still." in lines
    assert "  Mon 2026-11-23  07:30-10:00:30  2:30:30 h, leaves 17:29:30 h." in lines
    moved = explain(TEN, "adopted 23 10:00 stricter", "24 11:00")
    assert moved[-4:] == [
        "  due 2026-11-23 13:30 WIB.",
        "  due at first 2026-11-24 10:00 WIB, under the policy it began with.",
        "  late by 6:00 h of working time.",
        "Look again: never.",
    ]


def test_days_off_are_told_by_name_and_the_legal_clock_by_its_working_days() -> None:
    named = Hours(WIB, office_week(), [NATAL], names={NATAL: "Hari Raya Natal"})
    policy = Policy("hukum", named, resolution=5 * HOUR, legal_days=3, warn=())
    happened = history("completed d23 09:00; resolved d28 10:00; reopened d28 13:00")
    told = tell(policy, at("d24 15:00"), happened, at("d28 14:00"))
    lines = told.lines()
    assert lines[2:7] == [
        "  Thu 2026-12-24  15:00-16:00  1:00 h, leaves 4:00 h.",
        "  Fri 2026-12-25  not counted: Hari Raya Natal.",
        "  Sat 2026-12-26  not counted: no office day.",
        "  Sun 2026-12-27  not counted: no office day.",
        "  Mon 2026-12-28  07:30-10:00  2:30 h, leaves 1:30 h.",
    ]
    assert "  stands 2026-12-28 10:00 WIB to 2026-12-28 13:00 WIB (settled): 2:00 h not counted." in lines
    begins = "3 working days after 2026-12-23 09:00 WIB, from a complete file; policy hukum, version 1."
    assert f"legal (nothing pauses it): {begins}" in lines
    assert "  Thu 2026-12-24  working day 1, until 16:00." in lines
    service, legal = told.data()["clocks"]
    assert (service["due"], service["steps"][0]["minutes"]) == ("2026-12-28T14:30:00+07:00", 60)
    days = [step.get("working_day", step.get("why")) for step in legal["steps"]]
    assert days == [1, "Hari Raya Natal", None, None, 2, 3]
    assert legal["due"] == "2026-12-29T16:00:00+07:00"


def test_an_alarm_that_somebody_took_rings_no_further() -> None:
    policy = replace(ALARMED, escalate=(timedelta(0), 2 * HOUR, 4 * HOUR))
    broken = "breached 24 10:01 resolution; escalated 24 10:01 resolution 1"
    assert read(broken, "24 11:00", policy).ringing
    taken = f"{broken}; taken 24 11:00 resolution"
    reading = read(taken, "26 11:00", policy)
    assert (reading.ringing, reading.escalate, reading.late) == (False, (), True)
    # Taken before it broke, or of another clock, it silences nothing; what rang before it was taken stays said.
    assert read(f"{broken}; taken 24 09:00 resolution", "24 13:00", policy).escalate == (2,)
    assert read(f"{broken}; taken 24 11:00 legal", "24 13:00", policy).escalate == (2,)
    assert read("taken 24 12:30 resolution", "26 11:00", policy).escalate == (1, 2)
    # Opened again and broken again it is a new alarm.
    again = f"{taken}; resolved 24 13:00; reopened 25 13:00"
    assert read(again, "25 13:01", policy).escalate == (1, 2, 3)


# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"ack": timedelta(0)}, "ack must be longer than nothing"),
        ({"resolution": -HOUR}, "resolution must be longer than nothing"),
        ({"legal_days": 0}, "legal_days must be at least 1"),
        ({"warn": (0.8, 0.5)}, "warn must rise"),
        ({"warn": (0.5, 1.0)}, "warn must rise"),
        ({"max_pause": -HOUR}, "can't be negative"),
        ({"reopen_floor": -HOUR}, "can't be negative"),
        ({"escalate": (HOUR, timedelta(0))}, "escalate must rise"),
        ({"escalate": (-HOUR,)}, "escalate must rise"),
    ],
)
def test_a_promise_that_cannot_be_kept_is_refused(broken: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=f"Policy uji: .*{says}"):
        Policy("uji", DESK, **broken)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [Kind.WARNED, Kind.BREACHED, Kind.ESCALATED, Kind.TAKEN, Kind.ADOPTED])
def test_an_entry_that_lacks_its_half_is_refused(kind: Kind) -> None:
    with pytest.raises(ValueError, match=f"entry '{kind}' .* is incomplete"):
        Entry(kind, at("23 08:00"))


def test_times_without_a_zone_are_refused() -> None:
    naive = datetime(2026, 11, 23, 8)  # noqa: DTZ001
    with pytest.raises(ValueError, match="has no zone"):
        Entry(Kind.RESOLVED, naive)
    with pytest.raises(ValueError, match="has no zone"):
        standing(TEN, naive, [], at("23 08:00"))
    with pytest.raises(ValueError, match="has no zone"):
        tell(TEN, at("23 08:00"), [], naive)


# --- laws ----------------------------------------------------------------------------------------------------------

OPENED = at("23 07:30")
NEW_YORK = Hours(ZoneInfo("America/New_York"), office_week(), [date(2026, 11, 26)])
# Distinct minutes, so that the order of two entries is never a matter of how they were listed.
offsets = st.lists(st.integers(0, 60 * 24 * 12), max_size=10, unique=True)
kinds = st.sampled_from(
    [
        Kind.ACKNOWLEDGED,
        Kind.ANSWERED,
        Kind.CITIZEN_WROTE,
        Kind.PAUSED,
        Kind.RESUMED,
        Kind.RESOLVED,
        Kind.REOPENED,
        Kind.CLOSED,
        Kind.COMPLETED,
        Kind.WARNED,
        Kind.BREACHED,
        Kind.TAKEN,
        Kind.ADOPTED,
    ]
)
budgets = st.integers(1, 40 * 60).map(lambda n: timedelta(minutes=n))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    return Policy(
        "acak",
        draw(st.sampled_from([DESK, NEW_YORK])),
        ack=draw(st.none() | budgets),
        first_response=draw(st.none() | budgets),
        next_response=draw(st.none() | budgets),
        resolution=draw(budgets),
        legal_days=draw(st.none() | st.integers(1, 6)),
        warn=draw(st.sampled_from([(), (0.5, 0.8, 0.95), (0.75,)])),
        max_pause=draw(st.none() | budgets),
        reopen_floor=draw(st.just(timedelta(0)) | budgets),
        escalate=draw(st.sampled_from([(), (timedelta(0),), (timedelta(0), HOUR, 9 * HOUR)])),
    )


@st.composite
def lives(draw: st.DrawFn) -> list[Entry]:
    found = []
    for minute in draw(offsets):
        kind, moment = draw(kinds), OPENED + timedelta(minutes=minute)
        clock = draw(st.sampled_from(Clock))
        found.append(
            Entry(
                kind,
                moment,
                reason=draw(st.sampled_from(["a", "b"])) if kind in (Kind.PAUSED, Kind.RESUMED) else "",
                clock=clock if kind in (Kind.WARNED, Kind.BREACHED, Kind.TAKEN) else None,
                fraction=draw(st.sampled_from([0.5, 0.8])) if kind is Kind.WARNED else None,
                policy=draw(policies()) if kind is Kind.ADOPTED else None,
            )
        )
    return found


laps = st.timedeltas(timedelta(0), timedelta(days=20))


@settings(max_examples=150, deadline=None)
@given(policies(), lives(), laps, st.floats(0, 1))
def test_nothing_changes_before_wake(policy: Policy, life: list[Entry], lap: timedelta, part: float) -> None:
    now = OPENED + lap
    stands = standing(policy, OPENED, life, now)
    if stands.wake is None:
        assert standing(policy, OPENED, life, now + timedelta(days=3650)) == stands
    else:
        assert stands.wake > now
        for then in (now + (stands.wake - now) * part, stands.wake - TICK):
            if then < stands.wake:
                assert standing(policy, OPENED, life, then) == stands


@settings(max_examples=60, deadline=None)
@given(policies(), lives(), laps, st.randoms(use_true_random=False))
def test_the_same_history_gives_the_same_answer_however_it_is_listed(
    policy: Policy, life: list[Entry], lap: timedelta, chance: Random
) -> None:
    now, shuffled = OPENED + lap, life.copy()
    chance.shuffle(shuffled)
    assert standing(policy, OPENED, shuffled, now) == standing(policy, OPENED, life, now)
    assert tell(policy, OPENED, shuffled, now) == tell(policy, OPENED, life, now)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 2000)), max_size=4),
    budgets,
    st.randoms(use_true_random=False),
)
def test_pauses_commute_and_cost_exactly_their_working_overlap(
    pauses: list[tuple[int, int]], budget: timedelta, chance: Random
) -> None:
    policy = replace(TEN, warn=(), resolution=budget)
    life, paused = [], set[int]()
    for reason, (start, length) in enumerate(pauses):
        life.append(Entry(Kind.PAUSED, OPENED + timedelta(minutes=start), reason=f"{reason}"))
        life.append(Entry(Kind.RESUMED, OPENED + timedelta(minutes=start + length), reason=f"{reason}"))
        paused |= set(range(start, start + length))
    due = [only(standing(policy, OPENED, life, at("d31 12:00")))]
    # Two entries of one minute keep the order they are listed in, so pairs are shuffled, not halves of pairs.
    pairs = [life[n : n + 2] for n in range(0, len(life), 2)]
    chance.shuffle(pairs)
    due.append(only(standing(policy, OPENED, [entry for pair in pairs for entry in pair], at("d31 12:00"))))
    assert due[0] == due[1]
    assert due[0] is not None
    assert due[0].due is not None
    minutes = (minute for minute in paused if OPENED + timedelta(minutes=minute) < due[0].due)
    lost = sum(
        (DESK.between(OPENED + timedelta(minutes=m), OPENED + timedelta(minutes=m + 1)) for m in minutes), timedelta(0)
    )
    assert due[0].due == DESK.after(OPENED, budget + lost)


@settings(max_examples=60, deadline=None)
@given(policies(), lives(), st.sampled_from(["Asia/Makassar", "Asia/Jayapura"]))
def test_the_same_life_in_another_zone_is_due_at_the_same_hour_there(
    policy: Policy, life: list[Entry], zone: str
) -> None:
    def moved(one: Policy) -> Policy:
        return replace(one, hours=replace(DESK, zone=ZoneInfo(zone)))

    here = replace(policy, hours=DESK)
    life = [replace(e, policy=e.policy and replace(e.policy, hours=DESK)) for e in life]
    apart = at("23 07:30") - at("23 07:30", ZoneInfo(zone))
    there = [replace(e, at=e.at - apart, policy=e.policy and moved(e.policy)) for e in life]
    now = OPENED + timedelta(days=30)
    mine, theirs = standing(here, OPENED, life, now), standing(moved(here), OPENED - apart, there, now - apart)
    assert {c: r.due and r.due - apart for c, r in mine.clocks.items()} == {c: r.due for c, r in theirs.clocks.items()}
    assert mine.late == theirs.late


@settings(max_examples=60, deadline=None)
@given(policies(), lives())
def test_a_sweep_that_records_what_it_finds_says_everything_once_and_comes_to_an_end(
    policy: Policy, life: list[Entry]
) -> None:
    assume(not any(entry.kind in (Kind.WARNED, Kind.BREACHED, Kind.ADOPTED) for entry in life))
    life, now = life.copy(), OPENED
    for _ in range(200):
        stands = standing(policy, OPENED, life, now)
        for reading in stands.clocks.values():
            found = [Entry(Kind.WARNED, now, clock=reading.clock, fraction=part) for part in reading.warn]
            found += [Entry(Kind.ESCALATED, now, clock=reading.clock, level=level) for level in reading.escalate]
            found += [Entry(Kind.BREACHED, now, clock=reading.clock)] if reading.breach else []
            life += found
        after = standing(policy, OPENED, life, now)
        assert not any(r.warn or r.escalate or r.breach for r in after.clocks.values())
        assert {c: r.late for c, r in after.clocks.items()} == {c: r.late for c, r in stands.clocks.items()}
        if stands.wake is None:
            return
        now = stands.wake
    pytest.fail("The sweep never came to an end.")
