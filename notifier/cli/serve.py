"""notifier serve, web, worker, clock: run the service, or some of its roles, until told to stop."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from notifier.app import open_house
from notifier.app.logs import set_up
from notifier.app.service import ROLES, open_service
from notifier.cli.files import line_of
from notifier.cli.options import Options, parser
from notifier.errors import Refused
from notifier.render import Words
from notifier.render.lint import check_all
from notifier.studio import kinds

CHECKED_FILE = "words.checked"


def command(args: list[str], options: Options) -> int:
    """Everything in one process."""
    return run("serve", "Run everything in one process.", ROLES, args, options)


def run(word: str, description: str, roles: Sequence[str], args: list[str], options: Options) -> int:
    """Run these roles until SIGINT or SIGTERM."""
    words = parser(f"notifier {word}", description)
    words.add_argument("--quiet", action="store_true", help="log warnings only")
    asked = words.parse_args(args)
    set_up(quiet=asked.quiet)
    return asyncio.run(_run(roles, options, quiet=asked.quiet))


async def _run(roles: Sequence[str], options: Options, *, quiet: bool) -> int:
    stop = until_stopped()
    async with open_house(options) as house:
        set_up(quiet=quiet, form=house.config.service.logs)
        _sound(house.data)
        if len(roles) < len(ROLES) and house.database.is_sqlite:
            raise Refused(
                "SQLite has room for one service process: run notifier serve, or set database.url to a PostgreSQL"
            )
        async with open_service(house, roles) as service:
            if service.url:
                print(f"Listening on {service.url}", file=sys.stderr, flush=True)
            await stop.wait()
            print("Stopping: what is under way is finished first.", file=sys.stderr, flush=True)
    return 0


def _sound(data: Path) -> None:
    """Raises Refused for the first error in what is shipped: better now than at three in the morning.

    What was found sound is remembered in the data folder: only the first start of a release takes the two seconds.
    """
    messages, texts = Words().sources(), kinds.shipped_texts()
    stamp = sha256(repr((version("notifier"), *messages.items(), *texts.items())).encode()).hexdigest()
    remembered = data / CHECKED_FILE
    if remembered.exists() and remembered.read_text(encoding="ascii", errors="replace") == stamp:
        return
    for key, finding in check_all(messages):
        if finding.level == "error":
            raise Refused(line_of(f"templates/messages/{key[0]}/{'.'.join(key[1:])}", finding))
    for key, (_, source) in texts.items():
        for finding in kinds.check(key, source):
            if finding.level == "error":
                raise Refused(line_of("/".join(key), finding))
    with suppress(OSError):  # a folder that can't be written costs each start two seconds
        remembered.write_text(stamp, encoding="ascii")


def until_stopped() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
