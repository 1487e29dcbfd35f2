"""notifier verify: walk the ledger's chain, hold the rows against it, and say whether anything was altered."""

import asyncio
import json
import sys
import time

from notifier.app import House, open_house
from notifier.cli.options import Options, operator, parser
from notifier.ledger import Proof, Verified, keep, recall, verify
from notifier.proofs import prove

SHOWN = 100  # findings told one by one
KEPT = 20  # of them, kept for the ledger's page
QUIET = 5.0  # seconds before progress is told, and between two lines of it


def command(args: list[str], options: Options) -> int:
    """Exit 0 when everything is sound, 1 when a row was altered, removed or slipped in. Leaves the database alone."""
    words = parser("notifier verify", "Prove that the ledger, and the rows it tells of, were not altered.")
    words.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return asyncio.run(_verify(options, words.parse_args(args).json))


async def _verify(options: Options, as_json: bool) -> int:
    async with open_house(options) as house:
        head = recall(house.ledger_head)  # before the database is read: meanwhile it can only go on
        proof = await verify(house.database, house.vault, head, house.clock())
        findings, more = await _findings(house)
        told = ([proof.broken] if proof.broken else []) + findings
        number = len(told) + more
        found_now = Verified(house.clock(), operator(), not told, proof.acts, proof.head, number, tuple(told[:KEPT]))
        keep(house.ledger_verified, found_now)
    sound = proof.sound and not findings
    if as_json:
        found = {"sound": sound, "acts": proof.acts, "waiting": proof.waiting, "head": proof.head}
        found |= {"broken": proof.broken, "warnings": list(proof.warnings), "findings": findings}
        print(json.dumps(found | {"more_findings": more}))
    else:
        _tell(proof, findings, more)
    if not proof.sound:
        print(f"The ledger is broken: {proof.broken}.", file=sys.stderr)
    return 0 if sound else 1


def _tell(proof: Proof, findings: list[str], more: int) -> None:
    if proof.sound:
        print(f"The ledger is sound: {proof.acts} acts, head {proof.head[:16]}.")
    if proof.waiting and proof.sound:
        print(f"{proof.waiting} acts wait to be chained: nothing is proven of them yet.")
    for warning in proof.warnings:
        print(f"Warning: {warning}.")
    if not findings:
        print("The rows agree with the ledger.")
        return
    for finding in findings:
        print(f"{finding}.", file=sys.stderr)
    if more:
        print(f"… and {more} more.", file=sys.stderr)


async def _findings(house: House) -> tuple[list[str], int]:
    """The first findings, and how many more there are."""
    found: list[str] = []
    more, told = 0, time.monotonic()

    def progress(what: str, n: int) -> None:
        nonlocal told
        if time.monotonic() - told > QUIET:
            told = time.monotonic()
            print(f"{what}: {n} looked at", file=sys.stderr, flush=True)

    async for finding in prove(house.database, house.vault, progress):
        if len(found) < SHOWN:
            found.append(finding)
        else:
            more += 1
    return found, more
