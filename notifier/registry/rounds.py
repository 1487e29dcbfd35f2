"""Rounds as people change them: by a page, a command, or a calendar that is imported. All three write here.

A change counts the round's version up, takes back what still speaks of the older one, wakes floor 5, and leaves an act
that tells what was replaced: one transaction. Knows no file and no page.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Changed, Refused
from notifier.registry.findings import Finding, shown
from notifier.registry.places import Places, dotted
from notifier.registry.reasons import REASONS, Effect
from notifier.registry.round_rows import judge_round
from notifier.registry.tables import Row
from notifier.rules.roles import Right, Viewer
from notifier.rules.rounds import Method, withdrawal
from notifier.store import editions, imports, moves, points, rounds
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
        return _changed(of, cells)

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
            return await write(db, of, await _placed(db, of, cells), viewer.who, now)

    async def wanted(self, of: Round, cells: Mapping[str, str]) -> Round:
        """What the round would become, its place read from the point that TITIK names. Raises Faulty."""
        async with self._database.read() as db:
            return await _placed(db, of, cells)

    async def create(self, viewer: Viewer, cells: Mapping[str, str], now: datetime) -> Round:
        """Write a new round. `cells`: a calendar's columns. Raises Faulty by column."""
        viewer.needs(Right.EDIT_ROUND)
        async with self._database.read() as db:
            places = Places(await imports.region_names(db))
        # The country's list is long: whoever shares the loop is not held up by it.
        await asyncio.to_thread(places.name, dotted(cells.get("KODE_WILAYAH", "").strip()))
        planned, found = judge_round(Row(0, cells, len(cells), surplus=False), places, viewer.region)
        if planned is None:
            raise Faulty(_sentences(found))
        async with self._database.write() as db:
            if await rounds.by_code(db, planned.code) is not None:
                raise Faulty({"KODE": "Kode ini sudah dipakai penyaluran lain."})
            values = await sited(db, planned.values)
            if values is None:
                raise Faulty(_sentences([Finding("unknown_point", "TITIK", shown(planned.values["point"]))]))
            return await create(db, {"code": planned.code, **values}, viewer.who, now)

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
            raise Changed(
                f"{code} was changed while you looked at it and is version {of.version} now; look at it again"
            )
        return of


def _changed(of: Round, cells: Mapping[str, str]) -> Round:
    if of.state == CANCELLED:
        raise Refused(f"{of.code} is cancelled; import it with the status BUKA to open it again")
    if unknown := sorted(set(cells) - set(EDITABLE)):
        raise Refused(f"{unknown[0]} can't be changed; there are: {', '.join(EDITABLE)}")
    whole = {**_cells(of), **cells}
    planned, found = judge_round(Row(0, whole, len(whole), surplus=False), Places({of.region: of.region}))
    if planned is None:
        raise Faulty(_sentences(found))
    return elsewhere(of, replace(of, **planned.values))


def elsewhere(was: Round, wanted: Round) -> Round:
    """A round whose place was written by hand is at its point no longer; where a point was named it is there."""
    same = (was.venue, was.address) == (wanted.venue, wanted.address)
    return wanted if same or was.point_id != wanted.point_id else replace(wanted, point_id=None)


async def _placed(db: AsyncConnection, of: Round, cells: Mapping[str, str]) -> Round:
    """A round with these cells, its place read from the point that TITIK names; an empty one leaves the point."""
    if "TITIK" not in cells:
        return _changed(of, cells)
    code, others = cells["TITIK"].strip(), {column: cell for column, cell in cells.items() if column != "TITIK"}
    point = (await points.by_codes(db, [code])).get(code) if code else None
    if code and point is None:
        raise Faulty(_sentences([Finding("unknown_point", "TITIK", shown(code))]))
    if point is not None:
        others |= {"TEMPAT": point.name, "ALAMAT": point.address}
    return replace(_changed(of, others), point_id=point.id if point is not None else None)


async def sited(db: AsyncConnection, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A judged row's values with the point they name in place of its code; None when there is no such point."""
    if "point" not in values:
        return values
    others = {name: value for name, value in values.items() if name != "point"}
    code = values["point"]
    if not code:
        return others | {"point_id": None}
    point = (await points.by_codes(db, [code])).get(code)
    return others | {"point_id": point.id, "venue": point.name, "address": point.address} if point else None


async def write(db: AsyncConnection, of: Round, wanted: Round, who: str, now: datetime) -> Round:
    """Make a round, locked by the caller, what is wanted; returns it with its new version, or as it is when nothing
    differs.
    """
    wanted = replace(wanted, **await _as_its_point_has_it(db, wanted.point_id, of.point_id))
    changes = editions.changes(of, wanted)
    if of.point_id != wanted.point_id:  # nobody need hear of that alone
        await points.place(db, of.id, wanted.point_id)
    if not changes:
        return of
    version = of.version + 1
    await rounds.edit(db, of, {name: getattr(wanted, name) for name in changes}, now)
    # At once, not when the clock comes by: from here on nobody is to hear of the older version.
    await moves.withdraw(db, of.id, version, withdrawal(version), now)
    became = replace(wanted, version=version, updated_at=now)
    act = CANCELLED if "state" in changes and wanted.state == CANCELLED else "changed"
    await editions.record(db, became, of, act, who, now)
    return became


async def create(db: AsyncConnection, values: Mapping[str, Any], who: str, now: datetime) -> Round:
    """Write a new round."""
    place = await _as_its_point_has_it(db, values.get("point_id"), None)
    of = await rounds.get(db, await rounds.create(db, {**values, **place}, now))
    assert of is not None
    await editions.record(db, of, None, "created", who, now)
    return of


async def _as_its_point_has_it(db: AsyncConnection, point_id: int | None, was: int | None) -> dict[str, Any]:
    """Venue and address of a round at a point as they are in this moment: what was read before may be old. Where the
    round is new, the point waits with its changes until the round is there, and is changed with it.
    """
    point = await points.get(db, point_id, lock=point_id != was) if point_id is not None else None
    return {"venue": point.name, "address": point.address} if point is not None else {}


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
