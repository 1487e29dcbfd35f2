"""notifier retain: empty what was kept long enough now, or say how much that would be."""

import argparse
import asyncio
import json

from notifier.cli.options import Options, operator, parser


def command(args: list[str], options: Options) -> int:
    """Do at once what the clock does a little at a time."""
    words = parser("notifier retain", "Empty what was kept longer than [retention] says; rows and counts stay.")
    words.add_argument("--dry-run", action="store_true", help="count, change nothing")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_retain(words.parse_args(args), options))


async def _retain(asked: argparse.Namespace, options: Options) -> int:
    from notifier.app import open_house

    async with open_house(options) as house:
        now = house.clock()
        if asked.dry_run:
            done = await house.retention.would(now)
        else:
            done = await house.retention.retain(now, operator(), None)
    if asked.json:
        print(json.dumps({**done, "dry_run": asked.dry_run}))
        return 0
    for kind, n in done.items():
        print(f"{kind:<12} {n}")
    if asked.dry_run:
        print("Nothing was changed (--dry-run).")
    return 0
