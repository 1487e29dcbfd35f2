"""notifier conflicts: the same decisions as the page's, from a terminal."""

import asyncio
import json
from pathlib import Path

import pytest

from notifier.accounts import Person
from notifier.app import open_house
from notifier.cli.main import main
from notifier.cli.options import Options
from tests.registry.files import SITI, write_csv


def test_conflicts_are_listed_and_decided(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def prepare() -> None:
        async with open_house(Options(data=tmp_path)) as house:
            await house.accounts.add(Person("rina", "admin"), "rahasia-rina", who="cli:test", now=house.clock())

    asyncio.run(prepare())
    rows = [SITI, SITI | {"NAMA": "TUTI"}, SITI | {"NAMA": "WATI"}, SITI | {"NAMA": "YANI"}]
    assert main(["import", "people", str(write_csv(tmp_path / "a.csv", rows)), "--data", str(tmp_path)]) == 0
    assert "/conflicts, or by: notifier conflicts list --by LOGIN" in capsys.readouterr().out

    def say(*words: str) -> str:
        code = main(["conflicts", *words, "--by", "rina", "--data", str(tmp_path)])
        said = capsys.readouterr()
        return said.out if code == 0 else said.err

    assert "1  317507******9763  SITI AMINAH  (a.csv, line 3" in say("list")
    listed = json.loads(say("list", "--json"))["conflicts"]
    assert [(one["id"], one["line"]) for one in listed] == [(1, 3), (2, 4), (3, 5)]
    assert say("keep", "1") == "conflict 1: kept\n"
    assert json.loads(say("take", "2", "--json")) == {"id": 2, "state": "taken"}
    assert say("flag", "3") == "conflict 3: flagged\n"
    assert "was decided already (kept)" in say("take", "1")
    assert say("list") == "No conflict waits for a decision.\n"
