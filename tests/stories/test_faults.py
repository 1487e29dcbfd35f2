"""The scenarios of `python3 run.py faults` with small numbers: a stormy provider, jumping clocks, a full disk, a
database that goes away. What a kill does is told in test_kill.py."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from bench.breaking.absence import absence
from bench.breaking.chaos import chaos
from bench.breaking.clocks import clocks
from bench.breaking.databases import SAFE
from bench.breaking.disks import full_file
from bench.breaking.ground import peak
from bench.breaking.values import Asked
from tests import postgres

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _asked(database_url: str, folder: Path) -> Asked:
    return Asked(database_url, folder, Random(7), quick=True)


async def test_a_provider_in_all_its_moods_loses_nobody_and_is_left_in_peace_as_long_as_it_asks(
    database_url: str, tmp_path: Path
) -> None:
    row = await chaos(_asked(database_url, tmp_path), messages=24)
    assert row.verdict == ()
    assert row.notes["flood"] > 0


async def test_a_clock_that_jumps_an_hour_ahead_and_back_loses_nobody_and_holds_nothing_up(
    database_url: str, tmp_path: Path
) -> None:
    row = await clocks(_asked(database_url, tmp_path), messages=24)
    assert row.verdict == ()


@sqlite
async def test_a_full_disk_is_told_clearly_corrupts_nothing_and_is_forgotten_when_there_is_room(
    database_url: str, tmp_path: Path
) -> None:
    row = await full_file(_asked(database_url, tmp_path))
    assert row.verdict == ()


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that `nobody`, who runs the server, can reach; other runs tidy up what pytest makes."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.timeout(180)
async def test_a_database_that_crashes_and_comes_back_finds_the_service_waiting_for_it(
    reachable: Path, tmp_path: Path
) -> None:
    folder = reachable / "postgres"
    url = postgres.start(folder, os.getpid(), SAFE)
    try:
        row = await absence(
            _asked(url, tmp_path),
            lambda: postgres.stop(folder),
            lambda: postgres.resume(folder, os.getpid()),
            messages=80,
            away=1,
            roles=("serve",),
        )
    finally:
        postgres.stop(folder)
    assert row.verdict == ()


def test_the_busiest_second_slides() -> None:
    assert peak([0.0, 0.9, 0.95, 1.0, 1.85, 5.0]) == 4
    assert peak([]) == 0
