"""notifier import: bring in people, points, rounds, statuses or visits. Counts go to stdout, progress to stderr."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from notifier.cli.options import Options, operator, parser

if TYPE_CHECKING:
    from notifier.config import Config
    from notifier.registry import Imported, Order, Progress

KINDS = {
    "people": "registers of people: NIK, name, region, contacts, programmes",
    "points": "distribution points: name, region, capacity, opening hours; rounds there change with them",
    "rounds": "rounds: programme, period, region, venue, times; importing one again edits it",
    "statuses": "payment records: NIK, round, status; people hear of what became of their aid",
    "visits": "what field officers found: code, result, day; told takes a person off their list",
}


def command(args: list[str], options: Options) -> int:
    """Run `notifier import people|points|rounds|statuses|visits FILE…`; rows that are rejected are no failure."""
    return asyncio.run(_run(_parser().parse_args(args), options))


def _parser() -> argparse.ArgumentParser:
    top = parser("notifier import", "Bring in CSV or XLSX files. A file that cannot be read whole changes nothing.")
    kinds = top.add_subparsers(dest="what", required=True, metavar="people|points|rounds|statuses|visits")
    for name, does in KINDS.items():
        kind = kinds.add_parser(name, help=does)
        kind.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV or XLSX")
        kind.add_argument("--dry-run", action="store_true", help="read, judge and count; write nothing")
        kind.add_argument("--report", type=Path, metavar="CSV", help="write what was found, row by row, to this file")
        kind.add_argument("--by", metavar="LOGIN", default="", help="who imports; their region limits what is taken")
        kind.add_argument("--yes", action="store_true", help="go on although a file covers far fewer people")
        if name == "people":
            kind.add_argument("--partial", action="store_true", help="a part of a register: nothing is measured by it")
        kind.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return top


async def _run(asked: argparse.Namespace, options: Options) -> int:
    with _untouched(options, dry_run=asked.dry_run) as (options, config):
        return await _bring(asked, options, config)


async def _bring(asked: argparse.Namespace, options: Options, config: "Config | None") -> int:
    # Imported here: wrong usage should be told before anything heavy is loaded.
    from notifier.app import open_house
    from notifier.registry import Registry

    async with open_house(options, config=config) as house:
        order = await _order(asked, house)
        registry = Registry(house.database, house.vault, house.outbox, house.config.delivery.status_digest)
        with _progress() as progress:
            bring = getattr(registry, f"import_{asked.what}")
            done: Imported = await bring(asked.files, replace(order, progress=progress))
        page = f"{house.config.service.public_url.rstrip('/')}/conflicts"
    print(json.dumps(done.as_json(), ensure_ascii=False) if asked.json else _told(asked, done, page))
    return 0


@contextmanager
def _untouched(options: Options, *, dry_run: bool) -> Iterator[tuple[Options, "Config | None"]]:
    """Where to work: a dry run makes neither database nor keys, and uses some of its own for as long as it lasts."""
    from notifier import config as configuration
    from notifier.app.house import KEY_FILE, config_file, database_location
    from notifier.store.engine import database_url

    if not dry_run:
        yield options, None
        return
    config = configuration.load(config_file(options), named=options.config_named)
    url = database_url(database_location(config, options.data))
    made = url.get_backend_name() != "sqlite" or Path(url.database or "").exists()
    keyed = (options.data / KEY_FILE).exists() or bool(os.environ.get("NOTIFIER_VAULT__KEY"))
    if made and keyed:
        yield options, config
        return
    with TemporaryDirectory() as own:
        place = url.render_as_string(hide_password=False) if made else ""
        database = config.database.model_copy(update={"url": place})
        yield replace(options, data=Path(own)), config.model_copy(update={"database": database})


async def _order(asked: argparse.Namespace, house: Any) -> "Order":
    from notifier.registry import Order
    from notifier.rules.roles import Right

    who, within = operator(), ""
    if asked.by:
        viewer = await house.viewer(asked.by)
        viewer.needs(Right.IMPORT)
        who, within = viewer.who, viewer.region
    partial = getattr(asked, "partial", False)
    return Order(who, house.clock(), asked.dry_run, asked.yes, partial, within, asked.report)


@contextmanager
def _progress() -> Iterator["Progress"]:
    """A bar for a person who watches, a line a step for a log."""
    if not sys.stderr.isatty():
        yield _Lines().tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[tuple[str, str], Any] = {}

        def tell(name: str, step: str, done: int, total: int) -> None:
            if (name, step) not in tasks:
                tasks[name, step] = bars.add_task(f"{step} {name}", total=total or None)
            bars.update(tasks[name, step], completed=done, total=total or None)

        yield tell


class _Lines:
    """Progress where nobody watches: at each tenth of a file."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str, int]] = set()

    def tell(self, name: str, step: str, done: int, total: int) -> None:
        tenth = done * 10 // total if total else done // 100_000
        if (tenth or done == total) and (name, step, tenth) not in self._told:
            self._told.add((name, step, tenth))
            print(f"{step} {name}: {done}{f' of {total}' if total else ''} rows", file=sys.stderr, flush=True)


def _told(asked: argparse.Namespace, done: "Imported", page: str) -> str:
    counts = done.counts
    lines = [f"{file.name}: {file.counts['rows']} rows, {file.counts['accepted']} accepted" for file in done.files]
    lines += [
        f"  {name.replace('_', ' '):<18}{counts[name]}" for name in counts if name != "by_reason" and counts[name]
    ]
    lines += ["Reasons:", *(f"  {reason:<26}{n}" for reason, n in counts["by_reason"].items())]
    if asked.report:
        lines.append(f"Row by row: {asked.report}")
    elif counts["rejected"] or counts["conflicts"]:
        lines.append("Add --report FILE.csv to see each row, why, and how to mend it.")
    if counts["conflicts"] and asked.what == "people" and not asked.dry_run:
        lines.append(f"Same NIK, another name: decide on the page {page}, or by: notifier conflicts list --by LOGIN")
    lines += [f"Asks: {sentence}" for sentence in done.asks if asked.dry_run]
    if asked.dry_run:
        lines.append("Nothing was written (--dry-run).")
    return "\n".join(lines)
