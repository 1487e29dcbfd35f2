"""The first steps of an office with an empty database: what to do next, and where; gone when all is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from notifier.rules.roles import Right, Viewer
from notifier.store import firsts
from notifier.store.broadcasts import Broadcast
from notifier.web.house import House

# the fact that ticks it off → where it is done, and the right to do it
STEPS: tuple[tuple[str, str, Right], ...] = (
    ("programme", "/programmes", Right.EDIT_PROGRAMME),
    ("people", "/imports", Right.IMPORT),
    ("point", "/points", Right.EDIT_ROUND),
    ("round", "/rounds/new", Right.EDIT_ROUND),
    ("line", "/lines", Right.CONTROL_BROADCAST),
    ("second", "/accounts", Right.ACCOUNTS),
    ("plan", "/broadcasts/plan", Right.PLAN),
    ("approved", "/broadcasts/ahead", Right.APPROVE),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `name` is a word of the language table."""

    name: str
    where: str
    done: bool
    next: bool  # the first that is not done


async def steps(house: House, viewer: Viewer, lately: Sequence[Broadcast]) -> Sequence[Step]:
    """What is still to be done before the first broadcast leaves, with what is done; nothing when nobody needs it.
    `lately`: broadcasts that were looked at anyway.
    """
    if not viewer.may(Right.PLAN) or any(b.expanded for b in lately):
        return ()
    async with house.database.read() as db:
        if await firsts.begun(db):
            return ()
        known = await firsts.facts(db, viewer.region)
    if known.all:
        return ()
    mine = [(name, where, getattr(known, name)) for name, where, right in STEPS if viewer.may(right)]
    first = next((name for name, _, done in mine if not done), "")
    return [Step(name, where, done, name == first) for name, where, done in mine]
