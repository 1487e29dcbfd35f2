"""What another wording of the promises would do to the open tickets, reckoned before it is in force. Writes nothing."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from notifier import config as configuration
from notifier.config import Config
from notifier.desk.intake import wording
from notifier.desk.promise import GATHERED, Promises, build
from notifier.desk.values import Room
from notifier.desk.versions import known, learn
from notifier.errors import Refused
from notifier.rules.roles import Right, Viewer
from notifier.rules.sla import Clock, Standing
from notifier.store import policies, ticket_lists, tickets
from notifier.store.tickets import Changed, Ticket

MOST = 500  # open tickets that are looked at, those whose time comes first
SHOWN = 10
TABLES = ("calendars", "policies")


@dataclass(frozen=True, slots=True)
class Moved:
    """One clock of a ticket that would be due at another time."""

    number: str
    clock: Clock
    was: datetime | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change."""

    looked_at: int  # open tickets
    more: bool  # there are others, whose time comes later
    changed: int  # tickets that would adopt another promise
    earlier: int  # clocks
    later: int
    broken: int  # of the earlier ones: their new time is over already
    moved: tuple[Moved, ...]  # the first ones


def proposed(config: Config, words: str, now: datetime) -> Promises:
    """The promises with these tables, as config.toml would have them, in place of those of the same names. Refused
    naming the line and the key.
    """
    name = "tables"
    try:
        raw = tomllib.loads(words)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{name}: {error}") from None
    others = sorted(raw.keys() - set(TABLES))
    if others or not raw:
        found = f'"{others[0]}"' if others else "nothing"
        raise Refused(f"{name}: write [calendars.NAME] and [policies.NAME] as in config.toml; there is {found}")
    kept = {table: getattr(config, table) for table in TABLES}
    merged = {table: {**kept[table], **raw.get(table, {})} for table in TABLES}
    return build(configuration.parse(merged, name, words), now)


async def preview(room: Room, viewer: Viewer, promises: Promises, now: datetime) -> Preview:
    """How the dues of the viewer's open tickets would move if these promises came into force now."""
    viewer.needs(Right.SEE_REPORTS)
    looked_at, changed, moved = 0, 0, list[Moved]()
    async with room.database.read() as db:
        await learn(db, promises)
        found = await tickets.among(db, ticket_lists.nearest(viewer.region, MOST + 1))
        for ticket in sorted(found, key=lambda one: (one.rank, one.id))[:MOST]:
            looked_at += 1
            if ticket.policy == GATHERED:  # its incident has the clock
                continue
            history = await tickets.history(db, ticket.id)
            await known(db, room.promises, history)
            stands, promise = room.promises.reckon(ticket, history, now)
            newer = promises.choose(ticket.category, ticket.urgent, ticket.region)
            if newer.version == promise.version:
                continue
            changed += 1
            adopted = Changed(now, "clock", "adopted", "", "", facts=wording(newer))
            moved += _between(ticket, stands, promises.reckon(ticket, [*history, adopted], now)[0])
    return Preview(
        looked_at,
        len(found) > MOST,
        changed,
        earlier=_count(one.due is not None and (one.was is None or one.due < one.was) for one in moved),
        later=_count(one.was is not None and (one.due is None or one.due > one.was) for one in moved),
        broken=_count(one.due is not None and one.due < now and (one.was is None or one.was >= now) for one in moved),
        moved=tuple(moved[:SHOWN]),
    )


def _between(ticket: Ticket, was: Standing, stands: Standing) -> Iterable[Moved]:
    """The unmet clocks that are due at another time."""
    for clock in Clock:
        before, after = was.clocks.get(clock), stands.clocks.get(clock)
        if any(reading is not None and reading.met_at for reading in (before, after)):
            continue
        dues = (before.due if before else None, after.due if after else None)
        if dues[0] != dues[1]:
            yield Moved(ticket.number, clock, *dues)


def _count(those: Iterable[bool]) -> int:
    return sum(1 for one in those if one)


async def unreached(room: Room, viewer: Viewer) -> int:
    """How many open tickets of anywhere the newest change has yet to be carried to; 0 when all have looked at it."""
    viewer.needs(Right.SEE_REPORTS)
    async with room.database.read() as db:
        return await policies.left(db)
