"""notifier genuine: what the code of a message belongs to, for the desk when somebody calls and asks."""

import asyncio
import json
from typing import Any

from notifier.app import open_house
from notifier.cli.options import Options, parser
from notifier.genuine import Finding, Verdict
from notifier.render import said

SENTENCES = {
    Verdict.REAL: "{code} is ours.",
    Verdict.CHANGED: "{code} is ours, but the round has changed since.",
    Verdict.CANCELLED: "{code} is ours, but the round is cancelled.",
    Verdict.FALSE: "{code} is FALSE: no message of ours has it.",
    Verdict.MISSING: "This is no code: ours are eight letters and digits, such as K7QM-3FXA.",
}


def command(args: list[str], options: Options) -> int:
    """Exit 0 when the code is ours, 1 when it is not."""
    words = parser("notifier genuine", "Say what the code of a message belongs to; never whom it was sent to.")
    words.add_argument("code", nargs="+", metavar="CODE", help="in any spelling, with or without its dash")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_genuine(words.parse_args(args), options))


async def _genuine(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        found = await house.genuine.look(" ".join(asked.code)[:400])
        zone = house.config.service.zone
    if asked.json:
        print(json.dumps(_as_json(found), ensure_ascii=False))
    else:
        print("\n".join(_told(found, found.of.zone if found.of else zone)))
    return 0 if found.real else 1


def _told(found: Finding, zone: str) -> list[str]:
    lines = [SENTENCES[found.verdict].format(code=found.code)]
    if found.at is not None:
        lines.append(f"  message  {found.event}, sent {said.full_date(said.local(found.at, zone), 'en')}")
    if found.of is not None:
        of = found.of
        opens, closes = (said.local(at, zone) for at in (of.opens_at, of.closes_at))
        lines.append(f"  round    {of.code}: {of.programme}, {of.period}")
        lines.append(f"  now      {opens:%Y-%m-%d %H:%M} to {closes:%Y-%m-%d %H:%M} {closes.tzname()}, {of.venue}")
    for name, value in found.was.items():
        lines.append(
            f"  was      {name} {value if isinstance(value, str) else f'{said.local(value, zone):%Y-%m-%d %H:%M}'}"
        )
    return lines


def _as_json(found: Finding) -> dict[str, Any]:
    of = found.of
    return {
        "verdict": found.verdict.value,
        "code": found.code,
        "event": found.event,
        "sent": found.at.isoformat() if found.at else None,
        "round": of.code if of else None,
        "opens": of.opens_at.isoformat() if of else None,
        "closes": of.closes_at.isoformat() if of else None,
        "venue": of.venue if of else None,
        "was": {name: value if isinstance(value, str) else value.isoformat() for name, value in found.was.items()},
    }
