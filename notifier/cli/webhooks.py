"""`notifier webhooks`: which systems are told what happens, one more, one less, how it goes, telling one again."""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifier.cli.options import Options, operator, parser
from notifier.rules.webhooks import OFFERED

if TYPE_CHECKING:
    from notifier.webhooks import Logged, Webhook

LOG = 50  # calls that `log` shows


def command(args: list[str], options: Options) -> int:
    """Run `notifier webhooks list|add|remove|log|replay`."""
    asyncio.run(_run(_parser().parse_args(args), options))
    return 0


def _parser() -> argparse.ArgumentParser:
    top = parser("notifier webhooks", "Webhooks: addresses of other systems that are told what happens.")
    acts = top.add_subparsers(dest="act", required=True, metavar="list|add|remove|log|replay")
    acts.add_parser("list", help="show all webhooks and how they fare")
    add = acts.add_parser("add", help="have a system told; the secret is printed once")
    add.add_argument("name", help="whose it is, such as SIKS-NG")
    add.add_argument("url", help="where it listens: https://…")
    add.add_argument("--kinds", required=True, help=f"comma between them: {', '.join(OFFERED)}")
    add.add_argument("--region", default="", help="area it is told of, such as 31.75; left out: everywhere")
    add.add_argument("--shielded", action="store_true", help="also complaints hidden from the office concerned")
    for act, does in (("remove", "tell a system nothing any more"), ("log", "show its newest calls")):
        acts.add_parser(act, help=does).add_argument("id", type=int, help="its number, as listed")
    replay = acts.add_parser("replay", help="tell a system again")
    replay.add_argument("id", type=int, help="its number, as listed")
    what = replay.add_mutually_exclusive_group(required=True)
    what.add_argument("--event", default="", help="one event: evt_…, as in the log")
    what.add_argument("--hours", type=int, help="all it follows of so many hours, at most 168")
    return top


async def _run(words: argparse.Namespace, options: Options) -> None:
    # Imported here: wrong usage should be told before anything heavy is loaded.
    from notifier.app import open_house
    from notifier.webhooks import Wish

    who = operator()
    async with open_house(options) as house:
        now, webhooks = house.clock(), house.webhooks
        if words.act == "list":
            _list(await webhooks.all(), await webhooks.depths())
        elif words.act == "add":
            wish = Wish(words.name, words.url, words.kinds.split(","), words.region, words.shielded)
            made, secret = await webhooks.add(wish, who=who, now=now)
            print(f"Webhook {made.id}. Secret (shown this once): {secret}")
        elif words.act == "remove":
            gone = await webhooks.remove(words.id, who=who, now=now)
            print(f"{gone.name} is told nothing any more.")
        elif words.act == "log":
            _log(await webhooks.log(words.id, 0, LOG), now)
        else:
            since = now - timedelta(hours=min(max(words.hours, 0), 168)) if words.hours is not None else None
            told = await webhooks.replay(words.id, who=who, now=now, uid=words.event, since=since)
            print(f"{told} told again.")


def _list(found: "Sequence[Webhook]", depths: dict[int, int]) -> None:
    if not found:
        print("There are no webhooks yet. Make one: notifier webhooks add NAME https://… --kinds ticket.opened")
    for one in found:
        state = f"failed {one.failures}" if one.state == "on" and one.failures else one.state
        waits = f"{depths.get(one.id, 0)} wait"
        why = f"  ({one.why})" if one.why else ""
        print(f"{one.id:<4} {state:<10} {one.name:<20} {one.region or 'all':<14} {waits:<10} {one.url}{why}")


def _log(calls: "Sequence[Logged]", now: datetime) -> None:
    if not calls:
        print("Nothing was told yet.")
    for call in calls:
        at = (call.at or call.created_at).strftime("%Y-%m-%d %H:%M:%S")
        last = f"{call.status or '-'} {call.ms} ms" if call.at else ""
        again = f"  again in {max(int((call.due_at - now).total_seconds()), 0)} s" if call.state == "due" else ""
        print(f"{at}  {call.state:<9}{call.uid}  {call.kind:<17}{call.subject:<18}{last:<14}{call.said}{again}")
