"""The main job on the real-format registers: files in, a round planned and approved, everybody told once."""

import json
from collections import Counter
from pathlib import Path

import pytest

from notifier.registry import Order, Registry
from tests.houses import open_stage

DATA = Path(__file__).parents[1] / "data"
REGISTERS = ("penerima_duren_sawit.csv", "penerima_wamena.csv", "penerima_makassar.xlsx")
EXPECTED = json.loads((DATA / "expected_audience.json").read_text())
CODE = "BPNT-2026-12-DS"


@pytest.mark.timeout(240)
async def test_a_round_of_the_real_registers_reaches_exactly_its_people_each_once(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        house = stage.house
        registry = Registry(house.database, house.vault, house.outbox)
        order = Order("cli:rina", stage.clock())
        await registry.import_people([DATA / name for name in REGISTERS], order)
        await registry.import_rounds([DATA / "penyaluran.csv"], order)
        number = await stage.broadcast("round_announced", CODE)
        await stage.send()
        account = await house.broadcasts.statement(number)
        expected = EXPECTED[CODE]
        assert account.balanced
        assert account.state == "done"
        assert account.audience == expected["audience"]
        assert account.suppressed == {"no_contact": expected["unreachable"]}
        assert account.accepted + account.delivered == expected["audience"] - expected["unreachable"]
        calls = stage.providers.phones.calls
        lines = {"bot": "telegram", "sms": "sms", "mail": "email"}
        assert Counter(lines[call.line] for call in calls) == {
            name: expected[name] for name in ("telegram", "sms", "email")
        }
        assert stage.providers.phones.count() == len(calls)  # each call arrived once
        keys = [call.key for call in calls if call.key]
        assert len(keys) == len(set(keys))
