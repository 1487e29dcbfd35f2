"""notifier held: what may have arrived and waits for a person's decision."""

import argparse
import asyncio
import json
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from notifier.app import open_house
from notifier.cli.options import Options, parser

ACTS = {
    "list": "what waits, oldest first",
    "resend": "send it once more; whoever got the first one gets it twice",
    "leave": "leave it as it is: unknown, and nobody waits for it",
}
MOST = 1000


def command(args: list[str], options: Options) -> int:
    """Run `notifier held list|resend|leave`."""
    return asyncio.run(_held(_parser().parse_args(args), options))


def _parser() -> argparse.ArgumentParser:
    top = parser("notifier held", "What may have arrived and waits for a person's decision.")
    acts = top.add_subparsers(dest="act", required=True, metavar="list|resend|leave")
    for name, does in ACTS.items():
        act = acts.add_parser(name, help=does)
        if name != "list":
            act.add_argument("deliveries", type=int, nargs="*", metavar="DELIVERY", help="numbers, as list tells them")
        act.add_argument("--broadcast", type=int, metavar="N", help="only those of this broadcast")
        act.add_argument("--by", required=True, metavar="LOGIN", help="who looks or decides")
        act.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return top


async def _held(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        viewer = await house.viewer(asked.by)
        if asked.act == "list":
            found = await house.again.held(viewer, broadcast_id=asked.broadcast, limit=MOST)
            _tell(found, asked.json, ZoneInfo(house.config.service.zone))
            return 0
        decide = house.again.resend if asked.act == "resend" else house.again.leave
        ids = asked.deliveries or None
        done = await decide(viewer, house.clock(), broadcast_id=asked.broadcast, ids=ids)
    if asked.json:
        print(json.dumps(asdict(done)))
    elif asked.act == "resend":
        print(f"{done.again} due once more{_skipped(done.skipped)}.")
    else:
        print(f"{done.left} left as they are: unknown.")
    return 0


def _skipped(why: Any) -> str:
    return "".join(f"; {n} not: {reason.replace('_', ' ')}" for reason, n in why.items())


def _tell(found: Any, as_json: bool, zone: ZoneInfo) -> None:
    if as_json:
        print(json.dumps({"held": [asdict(one) for one in found]}, default=str))
        return
    for one in found:
        since = f"{one.since.astimezone(zone):%Y-%m-%d %H:%M}" if one.since else "-"
        whose = f"ticket {one.ticket}" if one.ticket else f"{one.name or 'staff'} {one.nik_masked or ''}".strip()
        of = f"broadcast {one.broadcast_id}" if one.broadcast_id else "-"
        print(f"{one.delivery_id:>9}  {one.event:<18} {of:<14} {one.line:<12} {since}  {whose}  ({one.reason})")
    print("Nothing is held." if not found else f"{len(found)} held.")
