"""Breaks the service on purpose and prints what held: `python3 run.py faults [--quick] [--only NAME] [--seed N]`.

Exit code 0 only if every row holds. Each row is one scenario on one database; see docs/faults.md.
"""

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import structlog

sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.breaking.absence import absence
from bench.breaking.arrivals import arrivals_of_all_kinds
from bench.breaking.chaos import chaos
from bench.breaking.clocks import clocks
from bench.breaking.databases import Lazy, ground_floor
from bench.breaking.disks import full_disk
from bench.breaking.kills import kills
from bench.breaking.states import states
from bench.breaking.values import Asked, Row

SQLITE, POSTGRES = "sqlite", "postgresql"
HEADS = (
    *("scenario", "database", "messages", "events", "lost", "unaccounted", "twice", "bound", "unknown", "held"),
    *("balanced", "ledger", "seconds", "verdict"),
)
Runs = Callable[[Asked, Lazy], Coroutine[Any, Any, Row]]


@dataclass(frozen=True)
class Scenario:
    """A name for --only, the databases it runs on, and what it does."""

    name: str
    databases: Sequence[str]
    run: Runs


async def _absence(asked: Asked, lazy: Lazy) -> Row:
    return await absence(asked, lazy.server.halt, lazy.server.resume)


BOTH = (SQLITE, POSTGRES)
SCENARIOS = (
    Scenario("states", BOTH, lambda asked, _: states(asked)),
    Scenario("arrivals", BOTH, lambda asked, _: arrivals_of_all_kinds(asked)),
    Scenario("chaos", BOTH, lambda asked, _: chaos(asked)),
    Scenario("clocks", BOTH, lambda asked, _: clocks(asked)),
    Scenario("disk", (SQLITE,), lambda asked, _: full_disk(asked)),
    Scenario("absence", (POSTGRES,), _absence),
    Scenario("kills", BOTH, lambda asked, _: kills(asked)),
    Scenario("kills-keys", BOTH, lambda asked, _: kills(asked, honours_key=True)),
)


def main(words: Sequence[str]) -> int:
    """Run what is asked for; returns the exit code."""
    parser = argparse.ArgumentParser("run.py faults", description="Break the service on purpose, see what holds.")
    parser.add_argument(
        "--quick", action="store_true", help="small numbers: two minutes instead of a quarter of an hour"
    )
    parser.add_argument("--only", metavar="NAME", choices=[one.name for one in SCENARIOS], help="one scenario")
    parser.add_argument("--database", choices=BOTH, help="one database")
    parser.add_argument("--seed", type=int, help="repeat the moments and victims of an earlier run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    asked = parser.parse_args(words)
    seed = SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    _hush()
    print(f"seed {seed}; the same again: --seed {seed}\n")
    print(_line(HEADS), flush=True)
    rows = []
    with ground_floor() as (folder, lazy):
        for scenario in SCENARIOS:
            for database in scenario.databases:
                if asked.only in (None, scenario.name) and asked.database in (None, database):
                    rows.append(_run(scenario, database, folder, lazy, seed, quick=asked.quick))
                    print(_line(_cells(rows[-1])), flush=True)
                    for sentence in rows[-1].verdict:
                        print(f"  wrong: {sentence}", flush=True)
    if asked.json is not None:
        told = {"seed": seed, "quick": asked.quick, "rows": [row.as_json() for row in rows]}
        asked.json.write_text(json.dumps(told, indent=1) + "\n")
    return 0 if rows and not any(row.verdict for row in rows) else 1


def _hush() -> None:
    """What breaks on purpose is not worth a line; rows tell what did not hold."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _run(scenario: Scenario, database: str, folder: Path, lazy: Lazy, seed: int, *, quick: bool) -> Row:
    place = folder / f"{scenario.name}-{database}"
    place.mkdir(mode=0o700)
    url = f"sqlite:///{place / 'notifier.db'}" if database == SQLITE else lazy.server.create()
    began = time.monotonic()
    try:
        row = asyncio.run(scenario.run(Asked(url, place, Random(seed), quick), lazy))
    except Exception as error:
        logs = "".join(f"\n{log.name}: {log.read_text()[-1500:]}" for log in sorted(place.glob("*.log")))
        wrong = (f"it broke off: {type(error).__name__}: {error}{logs}",)
        row = Row(scenario.name, database, 0, 0, 0, 0, 0, 0, 0, 0, balanced=False, sound=False, wrong=wrong)
    return replace(row, seconds=time.monotonic() - began)


def _cells(row: Row) -> tuple[Any, ...]:
    counted = (row.messages, row.events, row.lost, row.unaccounted, row.twice, row.bound, row.unknown, row.held)
    marks = ("yes" if row.balanced else "NO", "sound" if row.sound else "BROKEN", f"{row.seconds:.0f}")
    return (row.scenario, row.database, *counted, *marks, "WRONG" if row.verdict else "holds")


def _line(cells: Sequence[Any]) -> str:
    return f"{cells[0]:<24} {cells[1]:<11}" + "".join(
        f"{cell:>{len(head) + 2}}" for cell, head in zip(cells[2:], HEADS[2:], strict=True)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
