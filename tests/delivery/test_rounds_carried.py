"""A round that is new or was changed is carried into its plans: reminders, the question, recalls, corrections."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, update

from notifier.errors import Refused
from notifier.jobs import RoundCarrier
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
        moved = await add_round(stage)
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
            assert (await db.execute(select(rounds.c.wake))).scalars().all() == [None, None]


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
