"""Rounds as people change them: by a page, a command, or a calendar that is imported. All three write here.

A change counts the round's version up, takes back what still speaks of the older one, wakes floor 5, and leaves an act
that tells what was replaced: one transaction. Knows no file and no page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Refused
from notifier.registry.findings import Finding
from notifier.registry.places import Places
from notifier.registry.reasons import REASONS, Effect
from notifier.registry.round_rows import judge_round
from notifier.registry.tables import Row
from notifier.rules.roles import Right, Viewer
from notifier.rules.rounds import Method, withdrawal
from notifier.store import editions, moves, rounds
from notifier.store.editions import Edition
from notifier.store.engine import Database
from notifier.store.rounds import Round

# What may be changed by hand, by the names of a calendar's columns. Code, programme and area make it another round.
EDITABLE = ("PERIODE", "TEMPAT", "ALAMAT", "MULAI", "SELESAI", "NOMINAL", "METODE", "CATATAN")
CANCELLED = "cancelled"


class Faulty(Refused):
    """A change that can't be taken: sentences by column."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{column}: {sentence}" for column, sentence in faults.items()))
        self.faults = faults


class Rounds:
    """The use cases of whoever looks after rounds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, viewer: Viewer, code: str) -> Round:
        """One round. Raises Refused when there is none the viewer may see."""
        viewer.needs(Right.SEE_ROUNDS)
        async with self._database.read() as db:
            return _theirs(viewer, code, await rounds.by_code(db, code))

    async def history(self, viewer: Viewer, code: str) -> Sequence[Edition]:
        """The round's versions, newest first, as far as acts tell of them."""
        of = await self.get(viewer, code)
        async with self._database.read() as db:
            return await editions.of_round(db, of.id)

    def changed(self, of: Round, cells: Mapping[str, str]) -> Round:
        """What the round would become. `cells`: new values by a calendar's columns; the others stay. Raises Faulty.

        Times without an offset are in the round's zone. Pure: writes nothing.
        """
        if of.state == CANCELLED:
            raise Refused(f"{of.code} is cancelled; import it with the status BUKA to open it again")
        if unknown := sorted(set(cells) - set(EDITABLE)):
            raise Refused(f"{unknown[0]} can't be changed; there are: {', '.join(EDITABLE)}")
        whole = {**_cells(of), **cells}
        planned, found = judge_round(Row(0, whole, len(whole), surplus=False), Places({of.region: of.region}))
        if planned is None:
            raise Faulty(_sentences(found))
        return replace(of, **planned.values)

    async def change(
        self, viewer: Viewer, code: str, cells: Mapping[str, str], now: datetime, *, version: int | None = None
    ) -> Round:
        """Change a round; citizens hear of it by what follows. `version`: the one that whoever changes it has seen.

        Raises Refused when somebody changed it meanwhile, Faulty for what can't be taken. Without a difference nothing
        is written.
        """
        viewer.needs(Right.EDIT_ROUND)
        async with self._database.write() as db:
            of = await self._held(db, viewer, code, version)
            return await write(db, of, self.changed(of, cells), viewer.who, now)

    async def cancel(self, viewer: Viewer, code: str, now: datetime, *, version: int | None = None) -> Round:
        """Call a round off. Raises Refused when it is off already, or somebody changed it meanwhile."""
        viewer.needs(Right.EDIT_ROUND)
        async with self._database.write() as db:
            of = await self._held(db, viewer, code, version)
            if of.state == CANCELLED:
                raise Refused(f"{code} is cancelled already")
            return await write(db, of, replace(of, state=CANCELLED), viewer.who, now)

    async def _held(self, db: AsyncConnection, viewer: Viewer, code: str, version: int | None) -> Round:
        """The round, locked: the round before its broadcasts, as the clock does it."""
        known = _theirs(viewer, code, await rounds.by_code(db, code))
        of = _theirs(viewer, code, await rounds.get(db, known.id, lock=True))
        if version is not None and of.version != version:
            raise Refused(
                f"{code} was changed while you looked at it and is version {of.version} now; look at it again"
            )
        return of


async def write(db: AsyncConnection, of: Round, wanted: Round, who: str, now: datetime) -> Round:
    """Make a round, locked by the caller, what is wanted; returns it with its new version, or as it is when nothing
    differs.
    """
    changes = editions.changes(of, wanted)
    if not changes:
        return of
    version = of.version + 1
    await rounds.edit(db, of, {name: getattr(wanted, name) for name in changes}, now)
    # At once, not when the clock comes by: from here on nobody is to hear of the older version.
    await moves.withdraw(db, of.id, version, withdrawal(version), now)
    became = replace(wanted, version=version)
    act = CANCELLED if "state" in changes and wanted.state == CANCELLED else "changed"
    await editions.record(db, became, of, act, who, now)
    return became


async def create(db: AsyncConnection, values: Mapping[str, Any], who: str, now: datetime) -> Round:
    """Write a new round."""
    of = await rounds.get(db, await rounds.create(db, values, now))
    assert of is not None
    await editions.record(db, of, None, "created", who, now)
    return of


def _theirs(viewer: Viewer, code: str, of: Round | None) -> Round:
    if of is None or not viewer.covers(of.region):
        raise Refused(f'no round has the code "{code}"; import it first: notifier import rounds FILE')
    return of


def _cells(of: Round) -> dict[str, str]:
    """A round as a row of a calendar."""
    zone = ZoneInfo(of.zone)
    return {
        "KODE": of.code,
        "PROGRAM": of.programme,
        "KODE_WILAYAH": of.region,
        "PERIODE": of.period,
        "TEMPAT": of.venue,
        "ALAMAT": of.address,
        "MULAI": of.opens_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        "SELESAI": of.closes_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        "NOMINAL": "" if of.amount is None else str(of.amount),
        "METODE": of.method,
        "CATATAN": of.note,
    }


def cells_of(of: Round) -> dict[str, str]:
    """A round's values that may be changed, by a calendar's columns."""
    return {column: cell for column, cell in _cells(of).items() if column in EDITABLE}


def _sentences(found: Sequence[Finding]) -> dict[str, str]:
    lists = {"methods": ", ".join(Method), "programmes": "", "statuses": ""}
    return {
        finding.column: REASONS[finding.reason].mend.format(found=finding.found, **lists)
        for finding in found
        if finding.effect is Effect.REJECTS
    }
