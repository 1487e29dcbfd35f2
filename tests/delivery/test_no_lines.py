"""A house without any line: everybody is unreachable, and says so."""

from pathlib import Path

from notifier.app.house import open_house
from notifier.cli.options import Options
from notifier.config import parse
from tests.houses import Clock, Stage, add_person, add_round, staff


async def test_without_a_line_everybody_is_unreachable_and_nothing_breaks(database_url: str, tmp_path: Path) -> None:
    clock = Clock()
    config = parse({"database": {"url": database_url}})
    async with open_house(Options(data=tmp_path), config=config, clock=clock) as house:
        planner, approver = await staff(house, clock)
        stage = Stage(house, None, None, clock, planner, approver)  # type: ignore[arg-type]
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        number, preview = await house.broadcasts.plan(planner, "round_announced", "BPNT-2026-12-DS", "now", clock())
        assert (preview.people, preview.unreachable, preview.by_channel) == (1, 1, {})
        assert number is not None
        await house.broadcasts.approve(approver, number, clock())
        await house.broadcasts.advance(clock(), "test")
        account = await house.broadcasts.statement(number)
        assert (account.suppressed, account.balanced, account.state) == ({"no_contact": 1}, True, "done")
