"""notifier groups: group chats and channels where schedules are posted: list them, confirm one, remove one."""

import asyncio
from typing import Any

from notifier.cli.options import Options, parser


def command(args: list[str], options: Options) -> int:
    """List, confirm by the code that the group shows, or remove."""
    words = parser("notifier groups", "Groups and channels where schedules are posted.")
    acts = words.add_subparsers(dest="act", required=True, metavar="list|confirm|remove")
    acts.add_parser("list", help="those of your region, and those that wait to be confirmed")
    confirm = acts.add_parser("confirm", help="say which area a group is for")
    remove = acts.add_parser("remove", help="post nothing there any more")
    for one in (confirm, remove):
        one.add_argument("code", metavar="CODE", help="the code that the bot shows in the group")
    confirm.add_argument("--region", required=True, metavar="REGION", help="its area, such as 31.75.07")
    for one in acts.choices.values():
        one.add_argument("--by", required=True, metavar="LOGIN", help="who looks or decides")
    return asyncio.run(_groups(words.parse_args(args), options))


async def _groups(asked: Any, options: Options) -> int:
    from notifier.app import open_house

    async with open_house(options) as house:
        viewer, now = await house.viewer(asked.by), house.clock()
        if asked.act == "list":
            for code, one in await house.posting.list(viewer):
                print(f"{code}  {one.region or 'waits':<14} {one.line:<12} {one.title}")
        elif asked.act == "confirm":
            found = await house.posting.confirm(viewer, asked.code, asked.region, now)
            print(f"schedules of {asked.region} are posted in “{found.title}”")
        else:
            found = await house.posting.remove(viewer, asked.code, now)
            print(f"nothing is posted in “{found.title}” any more")
    return 0
