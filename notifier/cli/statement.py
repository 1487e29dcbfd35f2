"""notifier statement: account for every person of a broadcast."""

import asyncio
import json
from typing import Any

from notifier.app import open_house
from notifier.cli.options import Options, parser


def command(args: list[str], options: Options) -> int:
    """Exit 0 when the account balances, 1 when it does not."""
    words = parser("notifier statement", "Account for every person of a broadcast.")
    words.add_argument("broadcast", type=int, metavar="BROADCAST", help="its number")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_statement(words.parse_args(args), options))


async def _statement(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        account = await house.broadcasts.statement(asked.broadcast)
    if asked.json:
        print(json.dumps(account.as_json()))
        return 0 if account.balanced else 1
    print(f"Broadcast {account.broadcast}: {account.event}, {account.round}, {account.state}")
    for name, value in account.as_json().items():
        if name in ("broadcast", "event", "round", "state", "balanced"):
            continue
        if name == "suppressed":
            print(f"  {'suppressed':<12} {sum(value.values()):>9}")
            for reason, n in value.items():
                print(f"    {reason:<10} {n:>9}")
        else:
            print(f"  {name:<12} {value:>9}")
    print("Balanced." if account.balanced else "NOT balanced: the counters and the rows disagree.")
    return 0 if account.balanced else 1
