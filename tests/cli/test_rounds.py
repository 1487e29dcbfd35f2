"""notifier rounds: the same use case as the page's, from a terminal."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from notifier.accounts import Person
from notifier.app import open_house
from notifier.cli.main import main
from notifier.cli.options import Options
from notifier.registry import Order, Registry
from notifier.registry.runs import Imported
from tests.registry.files import ROUND, write_csv

CODE = ROUND["KODE"]
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command over a data folder with one round and one admin; its output, or what it said when it refused."""

    async def prepare() -> Imported:
        async with open_house(Options(data=tmp_path)) as house:
            await house.accounts.add(Person("rina", "admin"), "rahasia-rina", who="cli:test", now=house.clock())
            registry = Registry(house.database, house.vault, house.outbox)
            return await registry.import_rounds([write_csv(tmp_path / "a.csv", [ROUND])], Order("cli:t", house.clock()))

    asyncio.run(prepare())

    def say(*words: str) -> str:
        code = main(["rounds", *words, "--by", "rina", "--data", str(tmp_path)])
        said = capsys.readouterr()
        return said.out if code == 0 else said.err

    return say


def test_a_round_is_shown_changed_and_cancelled(run: Run) -> None:
    assert "version 1: created by cli:t" in run("show", CODE)
    would = json.loads(run("change", CODE, "--venue", "Balai Warga", "--dry-run", "--json"))
    assert (would["venue"], would["version"], would["follows"]["told"]) == ("Balai Warga", 1, 0)
    changed = run("change", CODE, "--venue", "Balai Warga")
    assert "version 2" in changed
    assert "every plan waits for approval" in changed
    assert "TEMPAT: Isian ini wajib" in run("change", CODE, "--venue", "")
    assert json.loads(run("cancel", CODE, "--json"))["state"] == "cancelled"
    assert "is cancelled already" in run("cancel", CODE)
    assert 'no round has the code "NIX"' in run("show", "NIX")
