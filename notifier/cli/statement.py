"""notifier statement: account for every person of a broadcast."""

import asyncio
import json
import re
from typing import Any

from notifier.app import open_house
from notifier.broadcasts.account import Account
from notifier.cli.options import Options, parser
from notifier.errors import Refused

NOT_NUMBERS = ("broadcast", "event", "round", "state", "balanced")


def command(args: list[str], options: Options) -> int:
    """Exit 0 when the account balances (with --check: when it is still the same), 1 when not."""
    words = parser("notifier statement", "Account for every person of a broadcast.")
    words.add_argument("broadcast", type=int, metavar="BROADCAST", help="its number")
    words.add_argument("--check", metavar="DIGEST", help="say whether the account still has this digest")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_statement(words.parse_args(args), options))


async def _statement(asked: Any, options: Options) -> int:
    wanted = (asked.check or "").strip().lower()
    if asked.check is not None and not re.fullmatch(r"[0-9a-f]{64}", wanted):
        raise Refused(f'--check "{asked.check[:80]}" is no digest; copy the 64 letters and digits of a statement')
    async with open_house(options) as house:
        account = await house.told.account(asked.broadcast)
    if asked.check is not None:
        return _check(account, wanted, asked.json)
    if asked.json:
        print(json.dumps(account.statement.as_json() | {"digest": account.digest}))
    else:
        _tell(account)
    return 0 if account.statement.balanced else 1


def _check(account: Account, wanted: str, as_json: bool) -> int:
    same = account.digest == wanted
    if as_json:
        print(json.dumps({"broadcast": account.broadcast.id, "same": same, "digest": account.digest}))
    elif same:
        print(f"The account of broadcast {account.broadcast.id} is still the one with this digest.")
    else:
        print(f"The account of broadcast {account.broadcast.id} is another one now; its digest is {account.digest}")
    return 0 if same else 1


def _tell(account: Account) -> None:
    statement = account.statement
    print(f"Broadcast {statement.broadcast}: {statement.event}, {statement.round}, {statement.state}")
    for name, value in statement.as_json().items():
        if name in NOT_NUMBERS:
            continue
        if name == "suppressed":
            print(f"  {'suppressed':<12} {sum(value.values()):>9}")
            for reason, n in value.items():
                print(f"    {reason:<10} {n:>9}")
        else:
            print(f"  {name:<12} {value:>9}")
    print("Balanced." if statement.balanced else "NOT balanced: the counters and the rows disagree.")
    print(f"Digest {account.digest}")
