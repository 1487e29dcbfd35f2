"""A programme that the office changes: its ladder, its name and its plan hold at once, and what no longer fits goes."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from notifier.errors import Refused
from notifier.jobs import RoundCarrier
from notifier.registry import Faulty, Programme
from notifier.registry.programmes import judge
from notifier.rules.roles import Role, Viewer
from notifier.store import schema
from notifier.store.engine import Database
from tests.houses import Stage, add_person, add_round, open_stage

REMINDERS = {"days_before": [3, 1, 0], "hour": "09:00", "question": True, "question_days": 1}
WAS = Programme("BPNT", "Bantuan Pangan", ("telegram", "sms"), REMINDERS, 0)
CHANNELS = ("telegram", "sms", "email")


async def _events(database: Database) -> Counter[tuple[str, str]]:
    async with database.read() as db:
        found = await db.execute(select(schema.broadcasts.c.event, schema.broadcasts.c.state))
        return Counter((row[0], row[1]) for row in found)


async def _carry(stage: Stage) -> None:
    await RoundCarrier(stage.house.database, stage.house.broadcasts, stage.house.config.reminders).carry(stage.clock())


async def test_a_changed_plan_takes_back_what_nobody_approved_and_plans_the_rest(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage, wake=stage.clock())
        await _carry(stage)
        programmes, now = stage.house.programmes, stage.clock()
        assert await _events(stage.house.database) == {
            ("round_reminder", "planned"): 2,
            ("receipt_question", "planned"): 1,
        }
        fields = {"days": "1", "question": "1", "question_days": "2"}
        became = await programmes.change(stage.planner, "BPNT", fields, "terlalu sering", now)
        assert (became.version, became.reminders["days_before"]) == (1, [1])
        await _carry(stage)
        assert await _events(stage.house.database) == {
            ("round_reminder", "planned"): 1,  # the day before stays
            ("round_reminder", "stopped"): 1,
            ("receipt_question", "stopped"): 1,
            ("receipt_question", "planned"): 1,  # a day later
        }
        await programmes.change(stage.planner, "BPNT", {"days": "1, 0", "question": ""}, "kembali", now, version=1)
        await _carry(stage)
        await _carry(stage)
        events = await _events(stage.house.database)
        assert events["round_reminder", "planned"] == 2, "what was taken back can be planned again"
        assert events["receipt_question", "planned"] == 0
        with pytest.raises(Refused, match="changed while"):
            await programmes.change(stage.planner, "BPNT", {"days": "2"}, "telat", now, version=1)
        async with stage.house.database.read() as db:
            acts = await db.execute(
                select(schema.ledger.c.who, schema.ledger.c.detail).where(schema.ledger.c.about == "programme:BPNT")
            )
            told = [(who, detail) for who, detail in acts]
        assert [who for who, _ in told] == [stage.planner.who] * 2
        assert "terlalu" not in told[0][1], "the words stand in the version, their digest in the act"


async def test_an_approved_reminder_stays_whatever_the_plan_becomes(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_person(stage, "Siti", ("sms", "+628111111111"))
        await add_round(stage, wake=stage.clock())
        await _carry(stage)
        async with stage.house.database.read() as db:
            wanted = select(schema.broadcasts.c.id).where(schema.broadcasts.c.event == "round_reminder").limit(1)
            number = (await db.execute(wanted)).scalar_one()
        await stage.house.broadcasts.approve(stage.approver, number, stage.clock())
        await stage.house.programmes.change(stage.planner, "BPNT", {"days": ""}, "tanpa pengingat", stage.clock())
        await _carry(stage)
        events = await _events(stage.house.database)
        assert events["round_reminder", "planned"] == 0
        assert events["round_reminder", "approved"] == 1


async def test_the_ladder_and_the_name_hold_for_the_next_message_in_every_process(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_person(stage, "Siti", ("telegram", "710000001"), ("sms", "+628111111111"))
        await add_round(stage)
        other = type(stage.house.programmes)(
            stage.house.database, stage.house.vault, stage.house.config.reminders, CHANNELS
        )
        fields = {"ladder": "sms telegram", "name": "Sembako"}
        await stage.house.programmes.change(stage.planner, "BPNT", fields, "sinyal buruk", stage.clock())
        await other.refresh()
        assert (other.names["BPNT"], other.ladders["BPNT"]) == ("Sembako", ("sms", "telegram"))
        number, preview = await stage.house.broadcasts.plan(
            stage.planner, "round_announced", "BPNT-2026-12-DS", "now", stage.clock()
        )
        assert preview.by_channel == {"sms": 1}
        assert number is not None
        await stage.house.broadcasts.approve(stage.approver, number, stage.clock())
        await stage.send()
        async with stage.house.database.read() as db:
            lines = (await db.execute(select(schema.attempts.c.line))).scalars().all()
        assert lines == ["sms"]
        await stage.house.programmes.change(
            stage.planner, "BPNT", {"ladder": "telegram sms email"}, "seperti semula", stage.clock()
        )
        assert "BPNT" not in stage.house.programmes.ladders, "the configuration holds again"


async def test_only_who_sees_every_region_changes_a_programme(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        far = Viewer(stage.planner.account_id, "rina", Role.ADMIN, "31.75")
        with pytest.raises(Refused, match="every region"):
            await stage.house.programmes.change(far, "BPNT", {"days": "1"}, "x", stage.clock())
        with pytest.raises(Faulty, match="why"):
            await stage.house.programmes.change(stage.planner, "BPNT", {"days": "1"}, " ", stage.clock())
        with pytest.raises(Refused, match="no programme"):
            await stage.house.programmes.get(stage.planner, "BLA")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "x" * 121),
        ("ladder", ""),
        ("ladder", "sms sms"),
        ("ladder", "fax"),
        ("days", "besok"),
        ("days", "32"),
        ("days", "7,6,5,4,3,2,1"),
        ("days", "-1"),
        ("hour", "25:00"),
        ("question_days", "x"),
        ("question_days", "99"),
    ],
)
def test_a_field_that_can_not_be_is_named(field: str, value: str) -> None:
    with pytest.raises(Faulty) as error:
        judge({field: value}, WAS, CHANNELS)
    assert list(error.value.faults) == [field]


@pytest.mark.parametrize(("days", "kept"), [("", []), ("0", [0]), ("1; 3,3", [3, 1]), (" 7 , 0 ", [7, 0])])
def test_days_are_read_as_people_write_them(days: str, kept: list[int]) -> None:
    assert judge({"days": days}, WAS, CHANNELS).reminders["days_before"] == kept
