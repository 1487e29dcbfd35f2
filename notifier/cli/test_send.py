"""notifier test-send: one message to an address of one's own, the way every message goes."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from notifier.app import House, open_house
from notifier.cli.options import Options, parser
from notifier.rules.roles import Viewer
from notifier.store.lines import Tested

LOOK = 0.5  # seconds between two looks at what became of it


def command(args: list[str], options: Options) -> int:
    """Queue a test and tell what became of it; the running service sends it. Exit 1 when it was refused."""
    words = parser("notifier test-send", "Send a test message over one line; the running service sends it.")
    words.add_argument("line", metavar="LINE", help="name of the line")
    words.add_argument("--to", required=True, metavar="ADDRESS", help="number, chat or mail address of your own")
    words.add_argument("--by", required=True, metavar="LOGIN", help="the admin who tests")
    words.add_argument("--text", default="", help="words to try")
    words.add_argument("--wait", type=float, default=15.0, metavar="SECONDS", help="how long to wait for the result")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_test(words.parse_args(args), options))


async def _test(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        viewer = await house.viewer(asked.by)
        number = await house.lines.test(viewer, asked.line, asked.to, house.clock(), asked.text[:200])
        found = await _result(house, viewer, number)
        with suppress(TimeoutError):
            async with asyncio.timeout(asked.wait):
                while found.state in ("due", "sending"):
                    await asyncio.sleep(LOOK)
                    found = await _result(house, viewer, number)
    if asked.json:
        print(json.dumps({"delivery": number, "line": found.line, "state": found.state, "reason": found.reason}))
    elif found.state in ("due", "sending"):
        print(f"Test {number} waits for its turn on {found.line}; the running service sends it. See the page /lines.")
    else:
        print(f"Test {number} over {found.line}: {found.state}{f' ({found.reason})' if found.reason else ''}.")
    return 1 if found.state in ("failed", "expired") else 0


async def _result(house: House, viewer: Viewer, number: int) -> Tested:
    found = await house.lines.tested(viewer, number)
    assert found is not None
    return found
