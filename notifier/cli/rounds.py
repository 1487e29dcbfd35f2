"""notifier rounds: look at one round, change or cancel it; what would follow is told before anything is written."""

import argparse
import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from notifier.app import House, open_house
from notifier.broadcasts.following import Follows, follows
from notifier.cli.options import Options, parser
from notifier.registry import cells_of
from notifier.store.rounds import Round

# option → column of a calendar
FIELDS: Mapping[str, tuple[str, str]] = {
    "period": ("PERIODE", "what it is paid for"),
    "venue": ("TEMPAT", "where to come"),
    "address": ("ALAMAT", "its address"),
    "opens": ("MULAI", "2026-12-07T08:00, in the round's zone"),
    "closes": ("SELESAI", "the same"),
    "amount": ("NOMINAL", 'rupiah; "" for goods'),
    "method": ("METODE", "how it is paid"),
    "note": ("CATATAN", "what to bring"),
}


def command(args: list[str], options: Options) -> int:
    """Print the round; after a change, or with --dry-run before it, what follows."""
    words = parser("notifier rounds", "Look at one round, change it or cancel it.")
    acts = words.add_subparsers(dest="act", required=True, metavar="ACT")
    for act, help_ in (("show", "what it is and was"), ("change", "give it new values"), ("cancel", "call it off")):
        one = acts.add_parser(act, help=help_, description=f"notifier rounds {act}: {help_}.", allow_abbrev=False)
        one.add_argument("code", metavar="CODE", help="code of the round")
        one.add_argument("--by", required=True, metavar="LOGIN", help="who looks, or changes it")
        one.add_argument("--json", action="store_true", help="one JSON object on stdout")
        if act != "show":
            one.add_argument("--dry-run", action="store_true", help="write nothing, tell what would follow")
        if act == "change":
            _fields(one)
    return asyncio.run(_rounds(words.parse_args(args), options))


def _fields(words: argparse.ArgumentParser) -> None:
    for name, (_, help_) in FIELDS.items():
        words.add_argument(f"--{name}", metavar=name.upper(), help=help_)


async def _rounds(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        viewer = await house.viewer(asked.by)
        of = await house.rounds.get(viewer, asked.code)
        told: Follows | None = None
        if asked.act != "show":
            cells = {column: getattr(asked, name, None) for name, (column, _) in FIELDS.items()}
            given = {column: cell for column, cell in cells.items() if cell is not None}
            changed = asked.act == "change"
            wanted = house.rounds.changed(of, given) if changed else replace(of, state="cancelled")
            told = await _follows(house, of, wanted)
            if asked.dry_run:
                of = wanted
            elif changed:
                of = await house.rounds.change(viewer, of.code, given, house.clock(), version=of.version)
            else:
                of = await house.rounds.cancel(viewer, of.code, house.clock(), version=of.version)
        versions = await house.rounds.history(viewer, of.code)
    if asked.json:
        print(json.dumps(_plain(of) | ({"follows": _follows_plain(told)} if told else {})))
        return 0
    print("\n".join(_shown(of)))
    if told is not None:
        print("\n".join(_told(told, of.zone, "would follow" if asked.dry_run else "follows")))
    else:
        for e in versions:
            print(f"  version {e.version}: {e.act} by {e.who}{': ' if e.changed else ''}{', '.join(e.changed)}")
    return 0


async def _follows(house: House, of: Round, wanted: Round) -> Follows:
    async with house.database.read() as db:
        return await follows(db, house.config.reminders, of, wanted, house.clock())


def _plain(of: Round) -> dict[str, Any]:
    return {"code": of.code, "state": of.state, "version": of.version, "zone": of.zone} | {
        name: cells_of(of)[column] for name, (column, _) in FIELDS.items()
    }


def _shown(of: Round) -> list[str]:
    cells = cells_of(of)
    head = f"{of.code}: {of.programme}, {of.region}, {of.state}, version {of.version}"
    return [head, *(f"  {name:<8}{cells[column]}" for name, (column, _) in FIELDS.items())]


def _follows_plain(told: Follows) -> dict[str, Any]:
    return {
        "told": told.told,
        "correction": told.correction,
        "withdrawn": [b.id for b in told.withdrawn],
        "reminders": [{"event": event, "at": at.isoformat()} for event, at in told.reminders],
        "again": [{"event": one.withdrawn.event, "people": one.people} for one in told.again],
    }


def _told(told: Follows, zone: str, word: str) -> list[str]:
    lines = [f"What {word}; every plan waits for approval:"]
    if told.correction:
        lines.append(f"  {told.correction} to {told.told} people who may have read the old words")
    lines += [f"  withdrawn: {b.event}, broadcast {b.id} ({b.state})" for b in told.withdrawn]
    lines += [f"  again: {one.withdrawn.event} to {one.people} people who were not told" for one in told.again]
    lines += [f"  planned: {event}, {at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for event, at in told.reminders]
    return lines
