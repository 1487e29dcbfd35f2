"""notifier plan: plan a broadcast for a round, or show what it would do."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

from notifier.app import open_house
from notifier.broadcasts import PLANNABLE, Preview
from notifier.cli.options import Options, parser
from notifier.rules.audiences import EVERYBODY, Rule
from notifier.rules.deliveries import GENERAL

EVENTS = (*PLANNABLE, GENERAL)


def command(args: list[str], options: Options) -> int:
    """Print the broadcast's number and what it will do; with --dry-run nothing is written."""
    words = parser("notifier plan", "Plan a broadcast; somebody else approves it.")
    words.add_argument("event", choices=EVENTS, metavar="EVENT", help=", ".join(EVENTS))
    words.add_argument("--round", default="", metavar="CODE", help="code of the round; a general notice has none")
    words.add_argument("--text", default="", metavar="WORDS", help="what a general notice says")
    words.add_argument("--region", default="", metavar="CODE", help="area of a general notice, such as 31.75")
    words.add_argument("--at", required=True, metavar="WHEN", help="2026-12-05T09:00 in the round's zone, or: now")
    words.add_argument("--by", required=True, metavar="LOGIN", help="who plans")
    words.add_argument("--dry-run", action="store_true", help="write nothing")
    words.add_argument("--again", action="store_true", help="tell the same people the same event once more")
    words.add_argument("--canary", default="", metavar="N", help="tell so many first, 500 or 2%%, and see how it goes")
    words.add_argument("--cap", type=int, metavar="RUPIAH", help="what it may cost at most")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_plan(words.parse_args(args), options))


async def _plan(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        viewer = await house.viewer(asked.by)
        number, preview = await house.broadcasts.plan(
            viewer,
            asked.event,
            asked.round,
            asked.at,
            house.clock(),
            again=asked.again,
            dry_run=asked.dry_run,
            canary=asked.canary,
            cap=asked.cap,
            rule=Rule(regions=(asked.region,)) if asked.region else EVERYBODY,
            text=asked.text,
        )
    print(json.dumps({"broadcast": number, **asdict(preview)}) if asked.json else _told(asked.event, number, preview))
    return 0


def _told(event: str, number: int | None, preview: Preview) -> str:
    channels = ", ".join(f"{kind} {n}" for kind, n in preview.by_channel.items()) or "none"
    languages = ", ".join(f"{code} {n}" for code, n in preview.by_language.items()) or "none"
    lines = [
        f"{event}: {preview.people} people",
        f"  by channel   {channels}",
        f"  by language  {languages}",
        f"  unreachable  {preview.unreachable}",
        f"  segments     {preview.segments} (Rp{preview.price:,})".replace(",", "."),
        f"  hours        {preview.hours} at the lines' rates",
    ]
    if preview.past:
        lines.append("  That time is past: it leaves at once after approval.")
    if number is None:
        lines.append("Nothing was written (--dry-run).")
    else:
        lines.append(f"Broadcast {number} is planned. Somebody else approves it: notifier approve {number} --by LOGIN")
    return "\n".join(lines)
