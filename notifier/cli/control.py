"""notifier control: hold a broadcast, let it go on, end it, or plan for whom it left."""

import asyncio
import json
from typing import Any

from notifier.app import open_house
from notifier.cli.options import Options, parser

DONE = {
    "pause": "is paused: nothing more leaves.",
    "resume": "goes on.",
    "stop": "is stopped for good.",
    "release": "goes on to the others now.",
}


def command(args: list[str], options: Options) -> int:
    """Do one of these; each is an act in the ledger."""
    words = parser(
        "notifier control", "Pause, resume or stop a broadcast, let the others of its first ones go, or plan its rest."
    )
    words.add_argument("broadcast", type=int, metavar="BROADCAST", help="its number")
    words.add_argument("act", choices=[*DONE, "plan-rest"], metavar="ACT", help=f"{', '.join(DONE)}, plan-rest")
    words.add_argument("--by", required=True, metavar="LOGIN", help="who decides")
    words.add_argument("--why", default="", metavar="TEXT", help="why it is paused or stopped")
    words.add_argument(
        "--at", default="now", metavar="WHEN", help="plan-rest: 2026-12-05T09:00 in the round's zone, or: now"
    )
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_control(words.parse_args(args), options))


async def _control(asked: Any, options: Options) -> int:
    rest: int | None = None
    async with open_house(options) as house:
        viewer, now, why = await house.viewer(asked.by), house.clock(), asked.why.strip()[:200]
        match asked.act:
            case "pause":
                await house.broadcasts.pause(viewer, asked.broadcast, now, why)
            case "resume":
                await house.broadcasts.resume(viewer, asked.broadcast, now)
            case "stop":
                await house.broadcasts.stop(viewer, asked.broadcast, now, why)
            case "release":
                await house.broadcasts.release(viewer, asked.broadcast, now)
            case _:
                rest = await house.broadcasts.plan_rest(viewer, asked.broadcast, asked.at, now)
        b = await house.broadcasts.get(viewer, asked.broadcast)
    if asked.json:
        print(json.dumps({"broadcast": b.id, "state": b.state} | ({"rest": rest} if rest else {})))
    elif rest:
        print(f"The rest of broadcast {b.id} is planned as broadcast {rest}: notifier approve {rest} --by LOGIN")
    else:
        print(f"Broadcast {b.id} {DONE[asked.act]}")
    return 0
