"""notifier approve: the second pair of eyes on a broadcast."""

import asyncio
import json
from typing import Any
from zoneinfo import ZoneInfo

from notifier.app import open_house
from notifier.broadcasts import past
from notifier.cli.options import Options, parser


def command(args: list[str], options: Options) -> int:
    """Approve what somebody else planned, or tell a broadcast that asks to go on."""
    words = parser("notifier approve", "Approve a broadcast that someone else planned.")
    words.add_argument("broadcast", type=int, metavar="BROADCAST", help="its number, as notifier plan printed it")
    words.add_argument("--by", required=True, metavar="LOGIN", help="who approves; not who planned it")
    words.add_argument("--cap", type=int, metavar="RUPIAH", help="set anew what it may cost at most")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_approve(words.parse_args(args), options))


async def _approve(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        viewer = await house.viewer(asked.by)
        now = house.clock()
        approved = await house.broadcasts.approve(viewer, asked.broadcast, now, cap=asked.cap)
    if asked.json:
        found = {"broadcast": approved.id, "state": approved.state, "at": approved.at.isoformat()}
        print(json.dumps(found | {"people": approved.approved_audience, "past": past(approved.at, now)}))
    else:
        zone = approved.zone
        at = f"{approved.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
        print(f"Broadcast {approved.id} is approved for {approved.approved_audience} people at {at}.")
        if past(approved.at, now):
            print("That time is past: it leaves at once.")
    return 0
