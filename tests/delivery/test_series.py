"""Plans that come again: approved once by somebody else, made by the clock for each round, none twice and none lost."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from notifier.broadcasts.recurring import Wanted
from notifier.config import Reminders
from notifier.errors import Refused
from notifier.jobs import RoundCarrier
from notifier.proofs import prove
from notifier.rules import notices
from notifier.rules.audiences import Rule
from notifier.rules.deliveries import GENERAL
from notifier.rules.roles import Role, Viewer
from notifier.store import broadcasts as rows
from notifier.store import schema
from tests.houses import NO_WINDOW, START, Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"
SAYS = "Jangan membayar pungutan apa pun untuk bantuan sosial."
H1 = Wanted("Pengingat H-1", "round_reminder", "BPNT", "round", -1, "09:00", most=100)


async def _begin(stage: Stage, wanted: Wanted = H1, people: int = 3) -> int:
    for n in range(people):
        await add_person(stage, f"WARGA {n}", ("sms", f"+62812000000{n}"))
    number = await stage.house.recurring.plan(stage.planner, wanted, stage.clock())
    await stage.house.recurring.approve(stage.approver, number, stage.clock())
    return number


async def _made(stage: Stage) -> list[Any]:
    async with stage.house.database.read() as db:
        b = schema.broadcasts.c
        rows = await db.execute(
            select(b.id, b.state, b.occurrence, b.why).where(b.series_id.is_not(None)).order_by(b.id)
        )
        return [tuple(row) for row in rows]


async def test_an_occurrence_is_made_a_day_ahead_sent_at_its_hour_and_accounted_for(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        number = await _begin(stage)
        await add_round(stage)  # opens on Monday 7 December; H-1 is Sunday at 09:00
        house = stage.house.recurring
        [coming] = await house.coming(await house.get(stage.planner, number), stage.clock())
        assert (coming.name, coming.at.isoformat()) == ("H-1", "2026-12-06T02:00:00+00:00")
        assert await house.next_of(await house.list(stage.planner), stage.clock()) == {number: coming}
        stage.clock.move(hours=-1)
        assert await house.carry(stage.clock()) == 0, "a day and an hour before: too soon"
        stage.clock.move(hours=2)
        assert await house.carry(stage.clock()) == 1
        for back in (-30, 29, 1):  # the clock jumps, the look is repeated
            stage.clock.move(days=back)
            assert await house.carry(stage.clock()) == 0
        assert await _made(stage) == [(1, "approved", "H-1", "")]
        stage.clock.move(hours=22)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        assert (await stage.house.broadcasts.progress(1)).state == "approved", "not before its hour"
        stage.clock.move(hours=1)
        await stage.send()
        told = await stage.house.broadcasts.statement(1)
        assert (told.state, told.audience, told.accepted, told.balanced) == ("done", 3, 3, True)
        b = await stage.house.broadcasts.get(stage.planner, 1)
        assert (b.planned_by, b.approved_by) == ("clock", stage.approver.who)
        assert [finding async for finding in prove(stage.house.database, stage.house.vault)] == []


async def test_several_clocks_make_one_occurrence(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _begin(stage)
        await add_round(stage)
        stage.clock.move(hours=2)
        made = await asyncio.gather(*(stage.house.recurring.carry(stage.clock()) for _ in range(4)))
        assert sum(made) == 1
        assert len(await _made(stage)) == 1


async def test_what_the_clock_plans_of_itself_gives_way_and_is_not_planned_again(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _begin(stage)
        round_id = await add_round(stage, wake=stage.clock())
        carrier = RoundCarrier(stage.house.database, stage.house.broadcasts, Reminders())
        await carrier.carry(stage.clock())
        reminders = [b for b in await stage.house.broadcasts.list(stage.planner) if b.event == "round_reminder"]
        assert [f"{b.at:%d %H}" for b in reminders] == ["06 09"], "H stays with the clock, H-1 comes of the plan"
        stage.clock.move(hours=2)
        await stage.house.recurring.carry(stage.clock())
        question = Wanted("Tanya H+1", "receipt_question", "BPNT", "round", 1, "09:00", most=100)
        asks = await stage.house.recurring.plan(stage.planner, question, stage.clock())
        await stage.house.recurring.approve(stage.approver, asks, stage.clock())
        stage.clock.move(days=2)
        await stage.house.recurring.carry(stage.clock())
        async with stage.house.database.read() as db:
            b = schema.broadcasts.c
            rows = (await db.execute(select(b.state, b.series_id).where(b.event == "receipt_question"))).all()
        assert sorted(tuple(row) for row in rows) == [("approved", asks), ("stopped", None)]
        async with stage.house.database.write() as db:  # the round moves: the plan speaks of it as it is now
            r = schema.rounds
            moved = {"opens_at": r.c.opens_at + timedelta(0), "version": 2, "wake": stage.clock()}
            await db.execute(update(r).where(r.c.id == round_id).values(version=moved["version"], wake=moved["wake"]))
        await carrier.carry(stage.clock())
        await stage.house.recurring.carry(stage.clock())
        async with stage.house.database.read() as db:
            live = (await db.execute(select(b.round_version, b.state).where(b.series_id == asks).order_by(b.id))).all()
        assert [tuple(row) for row in live] == [(1, "stopped"), (2, "approved")]


@pytest.mark.parametrize(
    ("hours", "wanted"),
    [
        (30, ("approved", "")),
        (60, ("planned", "the plan is past due: the service did not run at its time")),
        (200, ("stopped", "BPNT-2026-12-DS is over")),
    ],
)
async def test_what_a_clock_that_stood_still_has_missed_is_made_or_left_to_a_person(
    database_url: str, tmp_path: Path, hours: int, wanted: tuple[str, str]
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _begin(stage)
        await add_round(stage)
        stage.clock.move(hours=hours)
        await stage.house.recurring.carry(stage.clock())
        [(_, state, name, why)] = await _made(stage)
        assert (state, name) == (wanted[0], "H-1")
        assert why.startswith(wanted[1])


async def test_a_larger_occurrence_than_was_approved_waits_for_a_person(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        some = Wanted("Bulanan", "round_reminder", "BPNT", "month", 5, "10:00", most=2, rule=Rule(languages=("id",)))
        number = await _begin(stage, some)
        await add_round(stage)
        assert await stage.house.recurring.carry(stage.clock()) == 1
        why = f"3 people are more than the 2 that plan {number} was approved for"
        assert await _made(stage) == [(1, "planned", "2026-12", why)]
        with pytest.raises(Refused, match=f"rina defined plan {number}; somebody else has to approve broadcast 1"):
            await stage.house.broadcasts.approve(stage.planner, 1, stage.clock())
        await stage.house.broadcasts.approve(stage.approver, 1, stage.clock())


@pytest.mark.parametrize("become", [{"disabled_at": START}, {"region": "73"}, {"role": "auditor"}])
async def test_nothing_is_approved_in_the_name_of_who_may_no_longer(
    database_url: str, tmp_path: Path, become: dict[str, Any]
) -> None:
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        number = await _begin(stage, people=1)
        await add_round(stage)
        async with stage.house.database.write() as db:
            mine = schema.accounts.c.id == stage.approver.account_id
            await db.execute(update(schema.accounts).where(mine).values(become))
        assert await stage.house.recurring.carry(stage.clock()) == 1
        why = f"whoever approved plan {number} may approve it no longer"
        assert await _made(stage) == [(1, "planned", "H-1", why)]


async def test_one_s_own_plan_is_approved_by_nobody_and_a_pause_reaches_what_was_made(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        house = stage.house.recurring
        number = await _begin(stage)
        other = await house.plan(stage.planner, H1, stage.clock())
        with pytest.raises(Refused, match="somebody else has to approve it"):
            await house.approve(stage.planner, other, stage.clock())
        with pytest.raises(Refused, match="there is no plan"):
            await house.approve(Viewer(99, "makassar", Role.ADMIN, "73.71"), other, stage.clock())
        await add_round(stage)
        stage.clock.move(hours=2)
        await house.carry(stage.clock())
        await stage.house.broadcasts.pause(stage.approver, 1, stage.clock())
        for act in (house.pause, house.resume):
            await act(stage.approver, number, stage.clock())
            assert [row[1] for row in await _made(stage)] == ["paused"], (
                "what a person paused goes on by a person alone"
            )
        await stage.house.broadcasts.resume(stage.approver, 1, stage.clock())
        for act, state in ((house.pause, "paused"), (house.resume, "approved"), (house.end, "stopped")):
            await act(stage.approver, number, stage.clock())
            assert [row[1] for row in await _made(stage)] == [state]
            assert await house.carry(stage.clock()) == 0
        with pytest.raises(Refused, match="is ended"):
            await house.resume(stage.approver, number, stage.clock())
        assert [finding async for finding in prove(stage.house.database, stage.house.vault)] == []


async def _again(stage: Stage, number: int) -> None:
    async with stage.house.database.write() as db:
        b = await rows.get(db, 1)
        assert b is not None
        names = ("event", "at", "expires_at", "planned_by", "planned_at", "occurrence", "facts", "pins", "state")
        row = {name: getattr(b, name) for name in (*names, "round_version", "approved_audience")}
        await rows.create(db, {**row, "series_id": number})


LEVY = Wanted("Pungutan", GENERAL, "", "week", 7, "09:00", most=100, region="31.75", text=SAYS)


async def test_a_general_notice_comes_again_with_the_words_that_somebody_else_approved_and_to_today_s_people(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        house, clock = stage.house.recurring, stage.clock
        await add_person(stage, "MAKASSAR", ("sms", "+628120000009"), region="73.71.01.1001")
        number = await _begin(stage, LEVY)  # today is Saturday; it comes on Sundays
        [first, *_] = await house.coming(await house.get(stage.planner, number), clock())
        assert (first.name, first.at.isoformat()) == ("2026-W49", "2026-12-06T02:00:00+00:00")
        assert await house.next_of(await house.list(stage.planner), clock()) == {number: first}
        clock.move(hours=1)
        made = await asyncio.gather(*(house.carry(clock()) for _ in range(3)))
        assert (sum(made), await _made(stage)) == (1, [(1, "approved", "2026-W49", "")])
        with pytest.raises(IntegrityError):  # whatever a clock believes: the database has it once
            await _again(stage, number)
        await house.reword(stage.approver, number, "Laporkan pungutan ke kantor kelurahan.", clock())
        assert await _made(stage) == [(1, "stopped", "", f"the words of plan {number} were changed")]
        assert await house.carry(clock()) == 0
        old = notices.digest(SAYS)
        with pytest.raises(Refused, match="somebody else has to approve it"):
            await house.approve(stage.approver, number, clock())
        with pytest.raises(Refused, match="were changed since you read them"):
            await house.approve(stage.planner, number, clock(), words=old)
        await house.approve(stage.planner, number, clock())
        await add_person(stage, "BARU", ("sms", "+628120000008"))
        assert await house.carry(clock()) == 1
        _, (second, *how) = await _made(stage)
        assert how == ["approved", "2026-W49", ""]
        clock.move(hours=23)
        await stage.send()
        told = await stage.house.broadcasts.statement(second)
        assert (told.state, told.audience, told.accepted, told.balanced) == ("done", 4, 4, True)
        assert not stage.providers.phones.notes("+628120000009")
        [note] = stage.providers.phones.notes("+628120000008")
        assert "Laporkan pungutan ke kantor kelurahan." in note.text
        clock.move(days=6, hours=1)
        assert await house.carry(clock()) == 1
        assert (await _made(stage))[2][1:3] == ("approved", "2026-W50")
        assert [finding async for finding in prove(stage.house.database, stage.house.vault)] == []
        async with stage.house.database.write() as db:
            await db.execute(update(schema.series).values(text="Bayar dulu ke petugas."))
        found = [finding async for finding in prove(stage.house.database, stage.house.vault)]
        assert found == [f"series {number}: its words differ from what the ledger says was approved"]


@pytest.mark.parametrize(
    "odd",
    [
        {"name": "x"},
        {"event": "round_cancelled"},
        {"programme": "NIX"},
        {"every": "week"},
        {"event": GENERAL, "text": SAYS},
        {"event": GENERAL, "text": SAYS, "every": "week", "day": 8},
        {"event": GENERAL, "text": SAYS, "every": "month", "day": 5, "region": "xx"},
        {"event": GENERAL, "text": SAYS, "every": "month", "day": 5, "region": "99.01"},
        {"event": GENERAL, "text": "Singkat", "every": "month", "day": 5},
        {"event": GENERAL, "text": SAYS, "every": "month", "day": 5, "rule": Rule(answer="silent")},
        {"every": "month", "day": 31},
        {"day": 61},
        {"event": "receipt_question"},
        {"hour": "9 pagi"},
        {"most": 0},
        {"rule": Rule(listed=1)},
        {"rule": Rule(languages=("xx",))},
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_plan_that_can_not_be_is_refused(database_url: str, tmp_path: Path, odd: dict[str, Any]) -> None:
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        fields = {name: getattr(H1, name) for name in H1.__dataclass_fields__}
        with pytest.raises(Refused):
            await stage.house.recurring.plan(stage.planner, Wanted(**{**fields, **odd}), stage.clock())
