"""notifier coverage: who of a round was told, confirmed, denied, kept silent or could not be reached, by village."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

from notifier.app import open_house
from notifier.broadcasts.silence import COUNTS, Coverage
from notifier.cli.options import Options, parser
from notifier.store.silence import Village


def command(args: list[str], options: Options) -> int:
    """Print the table."""
    words = parser("notifier coverage", "Who of a round was told, confirmed, denied or kept silent, by village.")
    words.add_argument("round", metavar="ROUND", help="its code")
    words.add_argument("--by", metavar="LOGIN", default="", help="who asks; their region limits it")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_coverage(words.parse_args(args), options))


async def _coverage(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        viewer = await house.viewer(asked.by) if asked.by else None
        found = await house.silence.of_code(asked.round, viewer)
    if asked.json:
        villages = [asdict(village) for village in found.villages]
        print(json.dumps({"round": found.round.code, "whole": _counts(found.whole), "villages": villages}))
    else:
        _tell(found)
    return 0


def _counts(village: Village) -> dict[str, int]:
    return {name: getattr(village, name) for name in COUNTS}


def _tell(found: Coverage) -> None:
    if not found.villages:
        print(f"{found.round.code}: nobody is entitled yet; they are drawn when its first broadcast is prepared.")
        return
    print(f"{'':<34}" + "".join(f"{name:>13}" for name in COUNTS))
    for village in (*found.villages, found.whole):
        name = f"{village.region} {village.name}".strip() or "all"
        print(f"{name[:33]:<34}" + "".join(f"{n:>13}" for n in _counts(village).values()))
