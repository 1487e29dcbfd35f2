"""`notifier accounts`: add staff, reset a password, list who may do what."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from notifier.cli.options import Options, operator, parser
from notifier.errors import Refused

if TYPE_CHECKING:
    from notifier.store.accounts import Account


def command(args: list[str], options: Options) -> int:
    """Run `notifier accounts add|reset|disable|enable|list`."""
    words = _parser().parse_args(args)
    asyncio.run(_run(words, options))
    return 0


def _parser() -> argparse.ArgumentParser:
    top = parser("notifier accounts", "Staff accounts: who may sign in, with which role and where.")
    acts = top.add_subparsers(dest="act", required=True, metavar="add|reset|disable|enable|list")
    add = acts.add_parser("add", help="add a member of staff; prints a password once when none is given")
    add.add_argument("login")
    add.add_argument("--role", required=True, help="agent, supervisor, admin or auditor")
    add.add_argument("--region", default="", help="area by the beginning of its code, such as 31.75; left out: all")
    add.add_argument("--name", default="", help="name as colleagues read it")
    add.add_argument("--notify", default="", help="where alerts go: sms:+62…, telegram:ID or email:ADDRESS")
    add.add_argument("--language", default="id", help="language of their pages: id or en")
    reset = acts.add_parser("reset", help="give a new password; ends their sessions and lifts a lock")
    reset.add_argument("login")
    reset.add_argument("--role", help="another role: agent, supervisor, admin or auditor")
    reset.add_argument("--region", help='another area, such as 31.75; "" for all')
    reset.add_argument("--second-step", action="store_true", help="also take their second step away: the phone is lost")
    for act in (add, reset):
        act.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    acts.add_parser("disable", help="let them in no more").add_argument("login")
    acts.add_parser("enable", help="let them in again").add_argument("login")
    acts.add_parser("list", help="show all accounts")
    return top


async def _run(words: argparse.Namespace, options: Options) -> None:
    # Imported here: wrong usage should be told before anything heavy is loaded.
    from notifier.accounts import Accounts, Person
    from notifier.app import open_house

    given = _read_password() if getattr(words, "password_stdin", False) else None
    who = operator()
    async with open_house(options) as house:
        accounts, now = Accounts(house.database), house.clock()
        if words.act == "list":
            _list(await accounts.everyone(), now)
        elif words.act == "disable":
            await accounts.disable(words.login, who=who, now=now)
            print(f"{words.login.lower()} is disabled and signed out everywhere.")
        elif words.act == "enable":
            await accounts.enable(words.login, who=who, now=now)
            print(f"{words.login.lower()} may sign in again.")
        elif words.act == "reset":
            more = {"role": words.role, "region": words.region, "second_step": words.second_step}
            password = await accounts.reset(words.login, given, who=who, now=now, **more)
            _tell(words.login, None if given else password, "has a new password and was signed out everywhere")
        else:
            person = Person(words.login, words.role, words.region, words.name, words.notify, words.language)
            _, password = await accounts.add(person, given, who=who, now=now)
            _tell(words.login, None if given else password, f"is added as {words.role.lower()}")


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Refused("--password-stdin: standard input has no password on its first line.")
    return password


def _tell(login: str, password: str | None, what: str) -> None:
    print(f"{login.strip().lower()} {what}.")
    if password:
        print(f"Password (shown this once): {password}")


def _list(rows: "Sequence[Account]", now: datetime) -> None:
    if not rows:
        print("There are no accounts yet. Add one: notifier accounts add LOGIN --role admin")
    for row in rows:
        state = "disabled" if row.disabled_at else "locked" if row.locked_until and row.locked_until > now else "active"
        step = "two steps" if row.totp_since else "password"
        alerts = f"{row.notify_kind}:{row.notify_address}" if row.notify_kind else "-"
        print(f"{row.login:<20} {row.role:<11} {row.region or 'all':<14} {state:<9} {step:<9} {alerts:<28} {row.name}")
