"""notifier conflicts: second rows of registers with the same NIK and another name, and what is decided about them."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

from notifier.cli.options import Options, parser

PAGE = 200  # conflicts read at a time
ACTS = {
    "keep": "who stands stays; the second row was wrong",
    "take": "the second row was right: its name and other fields replace what stands",
    "flag": "these are two people: one NIK is wrong somewhere; who stands is marked to be verified",
}


def command(args: list[str], options: Options) -> int:
    """List what waits, or decide one."""
    words = parser("notifier conflicts", "Rows with the same NIK and another name: list them, decide them.")
    acts = words.add_subparsers(dest="act", required=True, metavar="list|keep|take|flag")
    listing = acts.add_parser("list", help="those that wait in your region")
    for name, does in ACTS.items():
        acts.add_parser(name, help=does).add_argument("id", type=int, metavar="ID", help="number of the conflict")
    for one in (listing, *(acts.choices[name] for name in ACTS)):
        one.add_argument("--by", required=True, metavar="LOGIN", help="who looks or decides")
        one.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_conflicts(words.parse_args(args), options))


async def _conflicts(asked: Any, options: Options) -> int:
    from notifier.app import open_house

    async with open_house(options) as house:
        viewer = await house.viewer(asked.by)
        if asked.act != "list":
            state = await house.conflicts.decide(viewer, asked.id, asked.act, house.clock())
            print(json.dumps({"id": asked.id, "state": state}) if asked.json else f"conflict {asked.id}: {state}")
            return 0
        found, after = [], 0
        while page := await house.conflicts.page(viewer, after, PAGE, house.clock()):
            found += page
            after = page[-1].id
    if asked.json:
        rows = [asdict(one) | {"at": one.at.isoformat()} for one in found]
        print(json.dumps({"conflicts": rows}, ensure_ascii=False))
        return 0
    for one in found:
        print(f"{one.id}  {one.nik}  {one.name}  ({one.file}, line {one.line}, {one.at:%Y-%m-%d})")
        for side in one.sides:
            if side.differs:
                print(f"      {side.column:<16} {side.stands or '-'}  |  {side.says}")
    print(f"{len(found)} wait for a decision." if found else "No conflict waits for a decision.")
    return 0
