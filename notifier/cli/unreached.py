"""notifier unreached: whom no message of a broadcast reached, as a list for field officers."""

import asyncio
import shutil
from pathlib import Path
from typing import IO, Any

from notifier.app import open_house
from notifier.cli.options import Options, operator, parser
from notifier.errors import Refused
from notifier.rules.roles import Right
from notifier.rules.visits import code_of
from notifier.store.visits import Unreached


def command(args: list[str], options: Options) -> int:
    """Print the list, or write it to a file; the file comes back by `notifier import visits`."""
    words = parser("notifier unreached", "Whom no message of a broadcast reached, for field officers to visit.")
    words.add_argument("broadcast", type=int, metavar="BROADCAST", help="its number")
    files = words.add_mutually_exclusive_group()
    files.add_argument("--csv", type=Path, metavar="FILE", help="write the list to this file")
    files.add_argument("--xlsx", type=Path, metavar="FILE", help="write it to this workbook")
    words.add_argument("--region", metavar="CODE", default="", help="only people of this area")
    words.add_argument("--stopped", action="store_true", help="those who asked us to stop, instead")
    words.add_argument("--by", metavar="LOGIN", default="", help="who takes it; their region limits it")
    return asyncio.run(_unreached(words.parse_args(args), options))


async def _unreached(asked: Any, options: Options) -> int:
    async with open_house(options) as house:
        viewer = await house.viewer(asked.by) if asked.by else None
        if viewer is not None:
            viewer.needs(Right.EXPORT)
        doors = await house.visiting.of_broadcast(asked.broadcast, viewer, region=asked.region, stopped=asked.stopped)
        form = "csv" if asked.csv else "xlsx" if asked.xlsx else ""
        if form:
            who = viewer.who if viewer else operator()
            file, count = await house.visiting.sheet(doors, form, who, house.clock())
            _keep(file, asked.csv or asked.xlsx)
            print(f"{count} people to visit: {asked.csv or asked.xlsx}")
            return 0
        after = ("", 0)
        count = 0
        while part := await house.visiting.page(doors, after, 500):
            for p in part:
                if p.region != after[0]:
                    print(f"{p.region} {p.village}".rstrip())
                where = ", ".join(word for word in (p.address, f"RT {p.rt}/RW {p.rw}" if p.rt or p.rw else "") if word)
                print(
                    f"  {code_of(p.delivery_id)}  {p.name} {p.nik_masked}  {where}  ({p.reason or p.state}){_before(p)}"
                )
                after = (p.region, p.person_id)
            count += len(part)
    print(f"{count} people to visit." if count else "Nobody is left to visit.")
    return 0


def _before(p: Unreached) -> str:
    return f"  last visit: {p.visited} {p.visited_on}" if p.visited else ""


def _keep(file: IO[bytes], path: Path) -> None:
    with file:
        try:
            with path.open("wb") as target:
                shutil.copyfileobj(file, target)
        except OSError as error:
            raise Refused(
                f"{path}: {(error.strerror or str(error)).lower()}; name a file that can be written"
            ) from None
