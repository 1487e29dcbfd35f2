"""notifier confirm-restore: a person says that a restored backup may send again."""

import asyncio
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from notifier.app import open_house
from notifier.cli.options import Options, parser
from notifier.restored import Confirmed, Gap


def command(args: list[str], options: Options) -> int:
    """Show what is missing and confirm it; what was queued before then waits for a person."""
    words = parser(
        "notifier confirm-restore", "Confirm that the database is a restored backup, so that it sends again."
    )
    words.add_argument("--by", required=True, metavar="LOGIN", help="the admin who has looked")
    words.add_argument("--resume", action="store_true", help="also send what was queued before, which may have left")
    words.add_argument("--dry-run", action="store_true", help="show what is known, change nothing")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_confirm(words.parse_args(args), options))


async def _confirm(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        viewer = await house.viewer(asked.by)
        await house.restored.look(house.clock())
        gap, zone = house.restored.gap, ZoneInfo(house.config.service.zone)
        done = None
        if gap is None or not asked.dry_run:
            done = await house.restored.confirm(viewer, house.clock(), resume=asked.resume)
        assert gap is not None  # confirm() refuses otherwise
    if asked.json:
        known = {"remembered": gap.remembered, "found": gap.found, "confirmed": done is not None}
        print(json.dumps(known | {"held": done.held if done else 0, "asking": list(done.asking) if done else []}))
    else:
        print(_told(gap, done, zone, resumed=asked.resume))
    return 0


def _told(gap: Gap, done: Confirmed | None, zone: ZoneInfo, *, resumed: bool) -> str:
    def when(at: datetime | None) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "at an unknown time"

    lines = [
        f"Remembered beside the data: act {gap.remembered}, {when(gap.remembered_at)}.",
        f"The database ends with:     act {gap.found}, {when(gap.found_at)}.",
        "What was sent in between is not known here any more.",
    ]
    if done is None:
        lines.append("Nothing was changed (--dry-run).")
    elif resumed:
        lines.append("Confirmed. Everything that was queued is sent.")
    else:
        asking = ", ".join(str(number) for number in done.asking) or "none"
        lines.append(f"Confirmed. {done.held} single notices are held; broadcasts that ask now: {asking}.")
    return "\n".join(lines)
