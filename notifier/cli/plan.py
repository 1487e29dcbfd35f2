"""notifier plan: plan a broadcast for a round, or show what it would do."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

from notifier.app import House, open_house
from notifier.broadcasts import PLANNABLE, Preview
from notifier.cli.options import Options, parser
from notifier.rules.audiences import ANSWERS, Rule, tidied
from notifier.rules.deliveries import GENERAL
from notifier.rules.roles import Viewer

EVENTS = (*PLANNABLE, GENERAL)


def command(args: list[str], options: Options) -> int:
    """Print the broadcast's number and what it will do; with --dry-run nothing is written."""
    words = parser("notifier plan", "Plan a broadcast; somebody else approves it.")
    words.add_argument("event", choices=EVENTS, metavar="EVENT", help=", ".join(EVENTS))
    words.add_argument("--round", default="", metavar="CODE", help="code of the round; a general notice has none")
    words.add_argument("--text", default="", metavar="WORDS", help="what a general notice says")
    words.add_argument("--at", required=True, metavar="WHEN", help="2026-12-05T09:00 in the round's zone, or: now")
    words.add_argument("--by", required=True, metavar="LOGIN", help="who plans")
    words.add_argument("--dry-run", action="store_true", help="write nothing")
    words.add_argument("--again", action="store_true", help="tell the same people the same event once more")
    words.add_argument("--canary", default="", metavar="N", help="tell so many first, 500 or 2%%, and see how it goes")
    words.add_argument("--cap", type=int, metavar="RUPIAH", help="what it may cost at most")
    whom = words.add_argument_group("whom", "all of it holds for a person, of what is said twice one; else everybody")
    whom.add_argument("--region", action="append", default=[], metavar="CODE", help="beginning of a region's code")
    whom.add_argument("--also", action="append", default=[], metavar="PROGRAMME", help="approved in this one too")
    whom.add_argument("--status", action="append", default=[], help="of their aid in the round, such as GAGAL")
    whom.add_argument("--language", action="append", default=[], metavar="CODE", help="id, jv, su, en, mad")
    whom.add_argument("--channel", action="append", default=[], help="with a working contact: telegram, sms, email")
    whom.add_argument("--answer", default="", metavar="WORD", help=f"to a receipt question: {', '.join(ANSWERS)}")
    whom.add_argument("--asked", default="", metavar="CODE", help="of which round; left out: the plan's own")
    whom.add_argument("--list", type=int, default=0, metavar="N", help="on a list that was brought in")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_plan(words.parse_args(args), options))


async def _plan(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        viewer = await house.viewer(asked.by)
        rule = await _rule(house, viewer, asked)
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
            rule=rule,
            text=asked.text,
        )
        of = await house.rounds.get(viewer, asked.round) if asked.event != GENERAL else None
        whom = await house.choosing.words(tidied(rule), of.programme if of else "", "en")
    told = {"broadcast": number, "whom": whom, **asdict(preview)}
    print(json.dumps(told) if asked.json else _told(asked.event, number, whom, preview))
    return 0


async def _rule(house: House, viewer: Viewer, asked: Any) -> Rule:
    """Which of the round's people the options pick."""
    return Rule(
        regions=tuple(asked.region),
        programmes=tuple(asked.also),
        statuses=tuple(asked.status),
        languages=tuple(asked.language),
        channels=tuple(asked.channel),
        answer=asked.answer,
        asked=(await house.rounds.get(viewer, asked.asked)).id if asked.asked else 0,
        listed=asked.list,
    )


def _told(event: str, number: int | None, whom: str, preview: Preview) -> str:
    channels = ", ".join(f"{kind} {n}" for kind, n in preview.by_channel.items()) or "none"
    languages = ", ".join(f"{code} {n}" for code, n in preview.by_language.items()) or "none"
    lines = [
        f"{event}: {preview.people} people",
        f"  whom         {whom}",
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
