"""notifier vault: the keys that seal personal data: which there are, a new one, values sealed anew, an old one out."""

import argparse
import asyncio
import fcntl
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from notifier.cli.options import Options, operator, parser

if TYPE_CHECKING:
    from notifier.app import House


def command(args: list[str], options: Options) -> int:
    """One of: show, rotate, reseal, retire."""
    words = parser("notifier vault", "The keys that seal personal data.")
    acts = words.add_subparsers(dest="act", required=True, metavar="show|rotate|reseal|retire")
    show = acts.add_parser("show", help="which keys there are, and whether old ones are still needed")
    rotate = acts.add_parser("rotate", help="make a new key, which seals at once; the old ones still open")
    rotate.add_argument("--later", action="store_true", help="make it, and let it seal at the next rotate only")
    reseal = acts.add_parser("reseal", help="seal anew now what older keys sealed; else the clock does")
    retire = acts.add_parser("retire", help="take an old key out of the key file, once nothing needs it")
    retire.add_argument("number", type=int, metavar="NUMBER", help="the key's number")
    for act in (show, rotate, reseal, retire):
        act.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_vault(words.parse_args(args), options))


async def _vault(asked: argparse.Namespace, options: Options) -> int:
    from notifier.app import open_house

    async with open_house(options) as house:
        told = await ACTS[asked.act](house, asked)
        numbers, sealing = house.vault.numbers, house.vault.sealing
        waits = await house.resealing.wanted()
    if asked.json:
        print(json.dumps({"keys": list(numbers), "sealing": sealing, "reseal": waits}))
        return 0
    for sentence in told:
        print(sentence)
    others = [str(number) for number in numbers if number != sealing]
    print(f"Key {sealing} seals." + (f" Kept beside it: {', '.join(others)}." if others else ""))
    if waits:
        print("What older keys sealed is being sealed anew by the clock, or at once by: notifier vault reseal")
    return 0


async def _show(_house: "House", _asked: argparse.Namespace) -> list[str]:
    return []


async def _rotate(house: "House", asked: argparse.Namespace) -> list[str]:
    from notifier.vault import read_keys, rotated, write_keys

    with _alone(_key_file(house)) as file:
        was = read_keys(file)
        ring = rotated(was, later=asked.later)
        write_keys(file, ring)
    house.vault.refresh()
    await _noted(house, "key.rotated", {"keys": sorted(ring.keys), "sealing": ring.sealing})
    said = f"{file} is new: copy it to wherever you keep its copy, and to the other machines."
    if asked.later:
        return [said, f"Key {max(ring.keys)} opens, and seals from the next: notifier vault rotate"]
    return [said]


async def _reseal(house: "House", _asked: argparse.Namespace) -> list[str]:
    told: set[str] = set()

    def tell(place: str, done: int) -> None:
        if place not in told:
            told.add(place)
            print(f"{place} … ({done} sealed anew so far)", file=sys.stderr, flush=True)

    done = await house.resealing.reseal(house.clock(), operator(), None, tell)
    return [f"{done} values were sealed anew."]


async def _retire(house: "House", asked: argparse.Namespace) -> list[str]:
    from notifier.errors import Refused
    from notifier.vault import read_keys, retired, write_keys

    with _alone(_key_file(house)) as file:
        ring = retired(read_keys(file), asked.number)
        place = await house.resealing.left(asked.number)
        if place:
            raise Refused(
                f"key {asked.number} is still needed: {place} holds a value that it sealed. Run: notifier vault reseal"
            )
        kept = file.with_name(f"keys.retired-{asked.number}.json")
        if not kept.exists():
            write_keys(kept, read_keys(file))
        write_keys(file, ring)
    house.vault.refresh()
    await _noted(house, "key.retired", {"key": asked.number})
    return [
        f"Key {asked.number} is out of {file}.",
        f"Backups made before still need it: move {kept} to them, away from here.",
    ]


ACTS = {"show": _show, "rotate": _rotate, "reseal": _reseal, "retire": _retire}


def _key_file(house: "House") -> Path:
    import os

    from notifier.app.house import KEY_FILE
    from notifier.errors import Refused

    if os.environ.get("NOTIFIER_VAULT__KEY"):
        raise Refused(
            f"the key comes from NOTIFIER_VAULT__KEY, which holds one; write it into {house.data / KEY_FILE} first "
            '({"keys": {"1": "…"}}, base64; chmod 600) and take the variable away'
        )
    return house.data / KEY_FILE


@contextmanager
def _alone(file: Path) -> Iterator[Path]:
    """Two people do not change the key file at once."""
    with file.with_name(f".{file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield file


async def _noted(house: "House", act: str, detail: dict[str, object]) -> None:
    from notifier.store import ledger

    async with house.database.write() as db:
        await ledger.append(db, at=house.clock(), who=operator(), act=act, about="vault", detail=detail)
