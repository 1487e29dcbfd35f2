"""A round that is new or was changed is carried into its plans: reminders, the question, recalls, corrections."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from notifier.errors import Refused
from notifier.jobs import LATE, TROUBLE, RoundCarrier
from notifier.store import broadcasts as rows
from notifier.store import rounds as round_rows
from notifier.store.schema import broadcasts, rounds
from tests.houses import Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"


def _carrier(stage: Stage) -> RoundCarrier:
    return RoundCarrier(stage.house.database, stage.house.broadcasts, stage.house.config.reminders)


async def _planned(stage: Stage) -> list[tuple[str, str]]:
    async with stage.house.database.read() as db:
        found = await db.execute(select(broadcasts.c.event, broadcasts.c.state).order_by(broadcasts.c.id))
        return [(event, state) for event, state in found]


async def _change(stage: Stage, round_id: int, **values: object) -> None:
    async with stage.house.database.write() as db:
        await db.execute(
            update(rounds)
            .where(rounds.c.id == round_id)
            .values(version=rounds.c.version + 1, wake=stage.clock(), **values)
        )


async def test_a_new_round_brings_its_reminders_and_its_question(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage, wake=stage.clock())
        await _carrier(stage).carry(stage.clock())
        # Saturday 09:00 before a round that opens on Monday at 08:00: tomorrow, the eve of the day itself, the question
        assert Counter(await _planned(stage)) == {("round_reminder", "planned"): 2, ("receipt_question", "planned"): 1}
        await _carrier(stage).carry(stage.clock())
        assert len(await _planned(stage)) == 3


async def test_two_clocks_carry_a_round_once(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage, wake=stage.clock())
        await asyncio.gather(*(_carrier(stage).carry(stage.clock()) for _ in range(3)))
        assert len(await _planned(stage)) == 3


async def test_a_round_moved_after_its_question_was_asked_does_not_freeze_the_others(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        moved = await add_round(stage, opens_at=stage.clock())
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        await stage.broadcast("receipt_question", CODE)
        await stage.send()
        await add_round(stage, "LAIN-2026-12", wake=stage.clock())
        later = datetime(2026, 12, 14, 1, tzinfo=UTC)
        await _change(stage, moved, opens_at=later, closes_at=datetime(2026, 12, 18, 8, tzinfo=UTC))
        await _carrier(stage).carry(stage.clock())
        planned = Counter(event for event, _ in await _planned(stage))
        assert planned == {"receipt_question": 2, "round_reminder": 5, "round_changed": 1}
        async with stage.house.database.read() as db:
            wakes = (await db.execute(select(rounds.c.wake).order_by(rounds.c.id))).scalars().all()
        assert wakes == [stage.clock() + LATE, None], "the moved one is looked at again for who read it after all"


async def test_a_moved_round_recalls_what_has_not_left(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        round_id = await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await _change(stage, round_id, venue="Balai Warga")
        await _carrier(stage).carry(stage.clock())
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.state, account.cancelled, account.balanced) == ("stopped", 1, True)
        assert not stage.providers.phones.notes("+6281230000001")


async def test_of_two_planners_at_the_same_moment_one_is_refused(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        plans = (
            stage.house.broadcasts.plan(who, "round_announced", CODE, "now", stage.clock())
            for who in (stage.planner, stage.approver, stage.planner)
        )
        results = await asyncio.gather(*plans, return_exceptions=True)
        assert sum(isinstance(result, Refused) for result in results) == 2


async def test_a_round_that_can_not_be_carried_is_recalled_all_the_same_and_holds_up_no_other(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        broken = await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await _change(stage, broken, zone="Asia/Nowhere")
        other = await add_round(stage, "LAIN-2026-12", wake=stage.clock())
        assert await _carrier(stage).carry(stage.clock()) == 2
        async with stage.house.database.read() as db:
            stopped = await rows.get(db, number)
            wakes = {row.id: row.wake for row in await db.execute(select(rounds.c.id, rounds.c.wake))}
            planned = select(func.count()).where(broadcasts.c.round_id == other)
            assert (await db.execute(planned)).scalar_one() == 3
        assert stopped is not None
        assert stopped.state == "stopped"
        assert wakes == {broken: stage.clock() + TROUBLE, other: None}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_round_being_carried_does_not_hold_up_the_messages_under_way(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        round_id = await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        number = await stage.broadcast("round_announced", CODE)
        async with stage.house.database.write() as db:
            assert await round_rows.get(db, round_id, lock=True) is not None
            async with asyncio.timeout(10):
                await stage.house.broadcasts.advance(stage.clock(), "test")
        assert (await stage.house.broadcasts.statement(number)).audience == 1


async def _twin(stage: Stage, number: int, **values: object) -> int:
    """A second plan like the first, as two planners at the same moment once could make it."""
    async with stage.house.database.write() as db:
        row = dict((await db.execute(select(broadcasts).where(broadcasts.c.id == number))).mappings().one())
        del row["id"]
        made = await db.execute(insert(broadcasts).values(**(row | values)).returning(broadcasts.c.id))
        return int(made.scalar_one())


async def test_of_two_plans_alike_only_one_is_approved(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        house, now = stage.house.broadcasts, stage.clock()
        first, _ = await house.plan(stage.planner, "round_announced", CODE, "now", now)
        assert first is not None
        second = await _twin(stage, first)
        both = (house.approve(stage.approver, number, now) for number in (first, second))
        results = await asyncio.gather(*both, return_exceptions=True)
        assert sum(isinstance(result, Refused) for result in results) == 1
        once_more = await _twin(stage, first, state="planned", again=True)
        assert (await house.approve(stage.approver, once_more, now + timedelta(seconds=1))).state == "approved"
