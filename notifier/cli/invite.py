"""notifier invite: a one-time link by which a person of the register opens a chat with the bot."""

import asyncio
import sys
from typing import Any

from notifier.cli.options import Options, parser


def command(args: list[str], options: Options) -> int:
    """Read a NIK from standard input and print the link. Never takes it as a word of the command: those are kept."""
    words = parser(
        "notifier invite", "Make a one-time Telegram link for a person; the NIK is read from standard input."
    )
    words.add_argument("--ticket", metavar="NUMBER", help="to follow this report instead; nothing is read then")
    words.add_argument("--by", required=True, metavar="LOGIN", help="who invites")
    words.add_argument("--bot", required=True, metavar="NAME", help="name of the bot, as in t.me/NAME")
    return asyncio.run(_invite(words.parse_args(args), options))


async def _invite(asked: Any, options: Options) -> int:
    from notifier.app import open_house

    nik = "" if asked.ticket else sys.stdin.readline().strip()
    async with open_house(options) as house:
        viewer, now = await house.viewer(asked.by), house.clock()
        if asked.ticket:
            page = await house.desk.ticket(viewer, await house.desk.find(viewer, asked.ticket), now)
            token = await house.inviting.follow(page.ticket.id, viewer.who, now)
        else:
            token = await house.inviting.invite(viewer, nik, now)
    print(f"https://t.me/{asked.bot.removeprefix('@')}?start={token}")
    return 0
