"""notifier retry: send once more to those of a broadcast who were not told."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

from notifier.app import open_house
from notifier.broadcasts.account import shelf_of
from notifier.broadcasts.again import RETRYABLE
from notifier.cli.options import Options, parser


def command(args: list[str], options: Options) -> int:
    """Make a list of a broadcast's people due again."""
    words = parser("notifier retry", "Send once more to those of a broadcast who were not told.")
    words.add_argument("broadcast", type=int, metavar="BROADCAST", help="its number")
    words.add_argument("--state", required=True, choices=RETRYABLE, help="which of them")
    words.add_argument("--reason", metavar="TEXT", help="only those with exactly this reason, as the page shows it")
    words.add_argument("--by", required=True, metavar="LOGIN", help="who decides")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_retry(words.parse_args(args), options))


async def _retry(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        viewer = await house.viewer(asked.by)
        shelf = shelf_of(asked.state, asked.reason)
        done = await house.again.retry(viewer, asked.broadcast, shelf, house.clock())
    if asked.json:
        print(json.dumps({"broadcast": asked.broadcast, "again": done.again, "skipped": asdict(done)["skipped"]}))
        return 0
    print(f"Broadcast {asked.broadcast}: {done.again} due again.")
    for why, n in done.skipped.items():
        print(f"  {why.replace('_', ' '):<12} {n:>9} not")
    return 0
