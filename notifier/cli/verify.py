"""notifier verify: walk the ledger's chain and say whether it is unbroken."""

import asyncio
import json
import sys

from notifier.app import open_house
from notifier.cli.options import Options, parser
from notifier.ledger import recall, remember, seal, verify


def command(args: list[str], options: Options) -> int:
    """Exit 0 when the chain is sound, 1 when a row was altered, removed or slipped in."""
    words = parser("notifier verify", "Prove that the ledger was not altered.")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_verify(options, words.parse_args(args).json))


async def _verify(options: Options, as_json: bool) -> int:
    async with open_house(options) as house:
        await seal(house.database, house.worker, house.clock())
        proof = await verify(house.database, recall(house.ledger_head))
        if proof.sound:
            await remember(house.database, house.ledger_head, house.clock())
    if as_json:
        found = {"sound": proof.sound, "acts": proof.acts, "waiting": proof.waiting, "head": proof.head}
        print(json.dumps(found | {"broken": proof.broken}))
    elif proof.sound:
        print(f"The ledger is sound: {proof.acts} acts, head {proof.head[:16]}.")
    if not proof.sound:
        print(f"The ledger is broken: {proof.broken}.", file=sys.stderr)
    return 0 if proof.sound else 1
