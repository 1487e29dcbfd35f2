"""Figures that are kept: attempts by day and line, rests of lines, rounds by area; each agrees with a recount."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from notifier.errors import Refused
from notifier.figures.keeping import Keeping
from notifier.figures.values import rates
from notifier.rules.looks import ATTEMPTS
from notifier.rules.roles import Role, Viewer
from notifier.store import stretches
from notifier.store.schema import attempts, line_days, paces, people, tickets
from tests.houses import Stage, add_person, add_round, open_stage
from tests.inbox.talks import Talk, open_talk

CODE = "BPNT-2026-12-DS"
DAY = date(2026, 12, 5)
PONDOK_BAMBU = "31.75.07.1002"


@pytest.fixture
async def talk(database_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    """A house with its inbox, nobody registered yet."""
    async with open_talk(database_url, tmp_path) as opened:
        yield opened


def _keeping(stage: Stage) -> Keeping:
    return Keeping(stage.house.database, "Asia/Jakarta", tuple(stage.house.config.lines))


async def _kept(stage: Stage) -> dict[tuple[str, str], int]:
    async with stage.house.database.read() as db:
        rows = await db.execute(
            select(line_days.c.line, line_days.c.state, func.sum(line_days.c.n)).group_by(
                line_days.c.line, line_days.c.state
            )
        )
        return {(line, state): int(n) for line, state, n in rows if n}


async def _recounted(stage: Stage) -> dict[tuple[str, str], int]:
    async with stage.house.database.read() as db:
        rows = await db.execute(
            select(attempts.c.line, attempts.c.state, func.count()).group_by(attempts.c.line, attempts.c.state)
        )
        return {(line, state): int(n) for line, state, n in rows}


async def test_the_days_of_lines_agree_with_the_attempts_whenever_their_receipts_come(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretches, "SIZE", 4)  # several stretches, the last one growing
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for n in range(6):
            await add_person(stage, "AYU", ("sms", f"+62812000000{n}0"))
        await stage.broadcast("round_announced", CODE)
        await stage.send()
        keeping = _keeping(stage)
        for _ in range(2):  # counted twice they are the same
            assert await keeping.count_attempts(stage.clock()) <= 2
            assert await _kept(stage) == await _recounted(stage) != {}
        async with stage.house.database.write() as db:  # as when a receipt comes much later
            c = attempts.c
            await db.execute(
                update(attempts)
                .where(c.id == 1)
                .values(state="failed", reason="unknown_subscriber", settled_at=stage.clock())
            )
            began = (await db.execute(select(c.started_at).where(c.id == 2))).scalar_one()
            late = {"state": "delivered", "settled_at": began + timedelta(seconds=90)}
            await db.execute(update(attempts).where(c.id == 2).values(late))
        before = await _kept(stage)
        for wait in ATTEMPTS:
            stage.clock.now += wait
            await keeping.count_attempts(stage.clock())
        assert await _kept(stage) == await _recounted(stage) != before
        assert await keeping.count_attempts(stage.clock()) == 0, "its receipts are in: it is never counted again"
        (line,) = [
            one
            for one in await stage.house.figures.channels(stage.planner, DAY, DAY, stage.clock())
            if one.line == "sms"
        ]
        assert (line.sent, dict(line.failures)) == (6, {"address": 1})
        assert line.receipts == 1
        assert line.receipt_seconds == pytest.approx(90, abs=1)
        assert [day.parts for day in line.days] == [{"told": 5, "waiting": 0, "unsure": 0, "untold": 1}]
        (cost,) = await stage.house.figures.cost(stage.planner, "broadcast", DAY, DAY, stage.clock())
        assert (cost.event, cost.round, cost.people, cost.attempts) == ("round_announced", CODE, 6, 6)
        async with stage.house.database.read() as db:
            sent = (await db.execute(select(func.sum(attempts.c.segments)))).scalar_one()
        assert (cost.segments, cost.rupiah) == (sent, sent * stage.house.config.lines["sms"].price) > (0, 0)
        for by in ("month", "programme", "line"):
            (same,) = await stage.house.figures.cost(stage.planner, by, DAY, DAY, stage.clock())
            assert (same.rupiah, same.segments) == (cost.rupiah, cost.segments), by
        elsewhere = Viewer(9, "makassar", Role.SUPERVISOR, "73.71")
        assert await stage.house.figures.cost(elsewhere, "month", DAY, DAY, stage.clock()) == []


async def test_a_rest_of_a_line_is_kept_from_its_first_moment_to_its_last(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        keeping, began = _keeping(stage), stage.clock()
        async with stage.house.database.write() as db:
            row = {
                "scope": "line:sms",
                "next_free": began,
                "parked_until": began + timedelta(minutes=5),
                "reason": "busy",
            }
            await db.execute(paces.insert().values({**row, "parks": 2}))
        for _ in range(2):
            await keeping.watch_lines(stage.clock())
            stage.clock.move(seconds=5)
        stage.clock.move(minutes=10)
        await keeping.watch_lines(stage.clock())
        lines = await stage.house.figures.channels(stage.planner, DAY, DAY, stage.clock())
        (rest,) = next(one for one in lines if one.line == "sms").rests
        assert (rest.since, rest.until, rest.reason) == (began, began + timedelta(minutes=5), "busy")


async def test_a_round_is_counted_by_area_and_again_when_its_time_has_come(talk: Talk) -> None:
    stage, keeping = talk.stage, _keeping(talk.stage)
    of = await add_round(stage)
    for n, name in enumerate(("AYU", "BUDI", "CITRA"), 1):
        await add_person(stage, name, ("sms", f"+628120000000{n}"))
    await add_person(stage, "FAJAR", region=PONDOK_BAMBU)
    assert await keeping.count_rounds(stage.clock()) == 1
    for event, at in (("round_announced", "2026-12-05 10:00"), ("receipt_question", "2026-12-07 10:00")):
        talk.at(at)
        await stage.broadcast(event, CODE)
        await stage.send()
    await talk.sms("+6281200000001", "YA")
    await talk.sms("+6281200000002", "TIDAK")
    async with stage.house.database.write() as db:  # one complaint that the office of its village must not see
        await db.execute(update(tickets).values(round_id=of, region="31.75"))
    assert await keeping.count_rounds(stage.clock()) == 1
    assert await keeping.count_rounds(stage.clock()) == 0, "it rests"
    figures = stage.house.figures
    course = await figures.programme(stage.planner, "BPNT", "", "")
    (one,) = course.rounds
    assert (one.people, one.told, one.confirmed, one.denied, one.silent, one.unreachable) == (4, 3, 1, 1, 1, 1)
    assert (one.complaints, rates(one).told) == (1, 75.0)
    assert [(area.key, area.people) for area in course.areas] == [("31", 4)]
    district = await figures.programme(stage.planner, "BPNT", "31.75.07", CODE)
    assert [(a.key, a.people, a.told, a.complaints) for a in district.areas] == [
        (PONDOK_BAMBU, 1, 0, 0),
        ("31.75.07.1003", 3, 3, 0),
    ]
    local = Viewer(9, "duren", Role.SUPERVISOR, "31.75.07")
    (seen,) = (await figures.programme(local, "BPNT", "", "")).rounds
    assert (seen.people, seen.complaints) == (4, 0)
    with pytest.raises(Refused):
        await figures.programme(local, "BPNT", "31.75", "")
    async with stage.house.database.write() as db:  # who has moved leaves no figure behind
        await db.execute(update(people).where(people.c.region == PONDOK_BAMBU).values(region="31.75.07.1003"))
    stage.clock.move(minutes=11)
    await keeping.count_rounds(stage.clock())
    district = await figures.programme(stage.planner, "BPNT", "31.75.07", "")
    assert [(a.key, a.people) for a in district.areas] == [("31.75.07.1003", 4)]
