"""`notifier keys`: make a key of the API, list them, end one."""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from notifier.cli.options import Options, operator, parser
from notifier.rules.keys import PER_MINUTE, Scope

if TYPE_CHECKING:
    from notifier.store.keys import Key


def command(args: list[str], options: Options) -> int:
    """Run `notifier keys add|list|revoke`."""
    words = _parser().parse_args(args)
    asyncio.run(_run(words, options))
    return 0


def _parser() -> argparse.ArgumentParser:
    top = parser("notifier keys", "Keys of the API: each acts for an account, and may what its scopes say.")
    acts = top.add_subparsers(dest="act", required=True, metavar="add|list|revoke")
    add = acts.add_parser("add", help="make a key; it is printed once")
    add.add_argument("name", help="whose it is, such as SIKS-NG")
    add.add_argument("--as", dest="login", required=True, help="login of the account it acts for")
    add.add_argument("--scopes", required=True, help=f"comma between them: {', '.join(Scope)}")
    add.add_argument("--region", default="", help="area within the account's, such as 31.75; left out: all of it")
    add.add_argument("--rate", type=int, default=PER_MINUTE, help=f"requests a minute; {PER_MINUTE} when left out")
    add.add_argument("--days", type=int, help="how long it lives; left out: until it is revoked")
    acts.add_parser("list", help="show all keys, without their secrets")
    acts.add_parser("revoke", help="end a key at once").add_argument("prefix", help="its beginning, as listed")
    return top


async def _run(words: argparse.Namespace, options: Options) -> None:
    # Imported here: wrong usage should be told before anything heavy is loaded.
    from notifier.app import open_house
    from notifier.keys import Wish

    who = operator()
    async with open_house(options) as house:
        now = house.clock()
        if words.act == "list":
            _list(await house.keys.list(), now)
        elif words.act == "revoke":
            key = await house.keys.revoke(words.prefix, who=who, now=now)
            print(f"{key.prefix} ({key.name}) opens nothing any more.")
        else:
            wish = Wish(words.name, words.login, words.scopes.split(","), words.region, words.rate, words.days)
            _, shown = await house.keys.add(wish, who=who, now=now)
            print(f"Key (shown this once): {shown}")


def _list(rows: "Sequence[Key]", now: datetime) -> None:
    if not rows:
        print("There are no keys yet. Make one: notifier keys add NAME --as LOGIN --scopes people:read")
    for row in rows:
        state = (
            "works" if row.works(now) else "revoked" if row.revoked_at else "over" if not row.disabled_at else "shut"
        )
        used = row.used_at.strftime("%Y-%m-%d") if row.used_at else "never used"
        area = row.region or row.account_region or "all"
        print(
            f"{row.prefix:<12} {state:<8} {row.name:<20} {row.login:<16} {area:<14} {used:<11} {' '.join(row.scopes)}"
        )
