"""Distribution points as people look after them: by a page or a list that is imported. Both write here.

A round reads its venue and address from its point. When those change, each round to come that takes place there is
changed with them, as by hand: whoever read the old ones gets the correction of a moved round. Capacity and opening
hours change nobody's words; a round that does not fit them is a warning.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Refused
from notifier.registry.cells import words
from notifier.registry.coded import Coded
from notifier.registry.findings import Finding, is_rejected, shown
from notifier.registry.places import Places, dotted
from notifier.registry.reasons import REASONS, Effect
from notifier.registry.rounds import Faulty, write
from notifier.registry.tables import Cell, Row
from notifier.rules.points import Limits, Stay, Warned, read_hours, spell_hours, warnings
from notifier.rules.roles import Right, Viewer, covers
from notifier.rules.rounds import zone_of
from notifier.store import imports, ledger, points, rounds
from notifier.store.engine import Database
from notifier.store.points import Point
from notifier.store.rounds import Round

MOST_PEOPLE = 1_000_000
SHUT = "closed"  # state of a point that is used no more
EDITABLE = ("NAMA", "ALAMAT", "LINTANG", "BUJUR", "KAPASITAS_JAM", "KAPASITAS_HARI", "JAM_BUKA", "STATUS")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}")
_STATES: Mapping[str, str] = MappingProxyType(
    {**dict.fromkeys(("", "BUKA", "OPEN"), "open"), **dict.fromkeys(("TUTUP", "CLOSED"), "closed")}
)


class Points:
    """The use cases of whoever looks after distribution points."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, viewer: Viewer, after: str, limit: int) -> Sequence[Point]:
        """Points of the viewer's region beyond a code."""
        viewer.needs(Right.SEE_ROUNDS)
        async with self._database.read() as db:
            return await points.page(db, viewer.region, after, limit)

    async def get(self, viewer: Viewer, code: str, now: datetime) -> tuple[Point, Sequence[Round], Mapping[int, int]]:
        """A point, the rounds that are to take place there, and how many people each is for. Raises Refused."""
        viewer.needs(Right.SEE_ROUNDS)
        async with self._database.read() as db:
            of = _theirs(viewer, code, (await points.by_codes(db, [code])).get(code))
            coming = await points.rounds_at(db, [of.id], now)
            return of, coming, await points.people_of(db, [one.id for one in coming])

    async def create(self, viewer: Viewer, cells: Mapping[str, str], now: datetime) -> Point:
        """Write a new point. Raises Faulty by column."""
        viewer.needs(Right.EDIT_ROUND)
        async with self._database.write() as db:
            sited = _judged(cells, Places(await imports.region_names(db)), viewer.region)
            if await points.by_codes(db, [sited.code]):
                raise Faulty({"KODE": "Kode ini sudah dipakai titik lain."})
            return await begin(db, sited, viewer.who, now)

    def changed(self, of: Point, cells: Mapping[str, str]) -> Point:
        """What a point would become. Raises Faulty. Pure: writes nothing."""
        whole = {**cells_of(of), **{column: cell for column, cell in cells.items() if column in EDITABLE}}
        sited = _judged(whole, Places({of.region: of.region}), "")
        return replace(of, **sited.values)

    async def change(
        self, viewer: Viewer, code: str, cells: Mapping[str, str], now: datetime, *, version: int | None = None
    ) -> Point:
        """Change a point, and the rounds to come that take place there. Raises Faulty, and Refused when somebody
        changed it since `version`.
        """
        viewer.needs(Right.EDIT_ROUND)
        async with self._database.write() as db:
            known = _theirs(viewer, code, (await points.by_codes(db, [code])).get(code))
            of = _theirs(viewer, code, await points.get(db, known.id, lock=True))
            if version is not None and of.version != version:
                raise Refused(f"{code} was changed while you looked at it; look at it again")
            return await carry(db, of, self.changed(of, cells), viewer.who, now)


async def begin(db: AsyncConnection, sited: Coded, who: str, now: datetime) -> Point:
    """Write a new point, with its act."""
    of = await points.get(db, await points.create(db, {"code": sited.code, **sited.values}, now))
    assert of is not None
    await ledger.append(db, at=now, who=who, act="point.created", about=f"point:{of.id}", detail={"version": 1})
    return of


async def carry(db: AsyncConnection, of: Point, wanted: Point, who: str, now: datetime) -> Point:
    """Make a point, locked by the caller, what is wanted, and with it the rounds to come that are read from it."""
    own = ("id", "code", "version")
    changes = [n for n in Point.__dataclass_fields__ if n not in own and getattr(of, n) != getattr(wanted, n)]
    if not changes:
        return of
    await points.edit(db, of, {name: getattr(wanted, name) for name in changes}, now)
    detail = {"version": of.version + 1, "changed": changes, "was": {name: getattr(of, name) for name in changes}}
    await ledger.append(db, at=now, who=who, act="point.changed", about=f"point:{of.id}", detail=detail)
    for known in await points.rounds_at(db, [of.id], now):
        held = await rounds.get(db, known.id, lock=True)
        if held is not None and held.state == "open":
            await write(db, held, read_from(held, wanted), who, now)
    return replace(wanted, version=of.version + 1)


def read_from(of: Round, point: Point) -> Round:
    """A round as its point has it."""
    return replace(of, venue=point.name, address=point.address, point_id=point.id)


def misfits(point: Point, of: Round, others: Sequence[Round], people: Mapping[int, int]) -> list[Warned]:
    """What does not fit about a round at its point, where these others are too."""
    limits = Limits(read_hours(point.hours), point.per_hour, point.per_day, point.state == SHUT)
    besides = [stay_of(point, other, people) for other in others if other.id != of.id]
    return warnings(limits, stay_of(point, of, people), besides)


def stay_of(point: Point, of: Round, people: Mapping[int, int]) -> Stay:
    """A round in its point's time."""
    zone = ZoneInfo(point.zone)
    opens, closes = of.opens_at.astimezone(zone), of.closes_at.astimezone(zone)
    return Stay(opens, closes, people.get(of.id, 0))


def judge_point(row: Row, places: Places, within: str = "") -> tuple[Coded | None, Sequence[Finding]]:
    """The point of a row (None when it is rejected) and what was found in it."""
    found: list[Finding] = []
    if row.surplus:
        return None, [Finding("wrong_width", "", str(row.width))]
    cells = row.cells
    values: dict[str, Any] = {"name": _text(cells["NAMA"], "NAMA", 120, found, needed=True)}
    code = words(cells["KODE"], "KODE", found)
    if not _CODE.fullmatch(code):
        found.append(Finding("bad_code" if code else "missing_cell", "KODE", shown(code)))
    region = dotted(words(cells["KODE_WILAYAH"], "KODE_WILAYAH", found))
    if places.name(region) is None:
        found.append(Finding("unknown_region", "KODE_WILAYAH", shown(region)))
    elif not covers(within, region):
        found.append(Finding("outside_region", "KODE_WILAYAH", region))
    if "ALAMAT" in cells:
        values["address"] = _text(cells["ALAMAT"], "ALAMAT", 200, found)
    for column, name, most in (("LINTANG", "latitude", 90), ("BUJUR", "longitude", 180)):
        if column in cells:
            values[name] = _degrees(cells[column], column, most, found)
    for column, name in (("KAPASITAS_JAM", "per_hour"), ("KAPASITAS_HARI", "per_day")):
        if column in cells:
            values[name] = _people(cells[column], column, found)
    if "JAM_BUKA" in cells:
        values["hours"] = _hours(cells["JAM_BUKA"], found)
    if "STATUS" in cells:
        state = _STATES.get(words(cells["STATUS"], "STATUS", found).upper())
        if state is None:
            found.append(Finding("unknown_point_state", "STATUS", shown(str(cells["STATUS"]))))
        values["state"] = state
    if is_rejected(found):
        return None, found
    return Coded(code, values | {"region": region, "zone": zone_of(region).key}), found


def cells_of(of: Point) -> dict[str, str]:
    """A point as a row of a list."""
    return {
        "KODE": of.code,
        "NAMA": of.name,
        "KODE_WILAYAH": of.region,
        "ALAMAT": of.address,
        "LINTANG": "" if of.latitude is None else f"{of.latitude:g}",
        "BUJUR": "" if of.longitude is None else f"{of.longitude:g}",
        "KAPASITAS_JAM": "" if of.per_hour is None else str(of.per_hour),
        "KAPASITAS_HARI": "" if of.per_day is None else str(of.per_day),
        "JAM_BUKA": of.hours,
        "STATUS": "BUKA" if of.state == "open" else "TUTUP",
    }


def _judged(cells: Mapping[str, str], places: Places, within: str) -> Coded:
    sited, found = judge_point(Row(0, cells, len(cells), surplus=False), places, within)
    if sited is None:
        raise Faulty({f.column: sentence(f) for f in found if f.effect is Effect.REJECTS})
    return sited


def sentence(finding: Finding) -> str:
    """How a clerk mends it."""
    return REASONS[finding.reason].mend.format(found=finding.found, methods="", programmes="", statuses="")


def _text(cell: Cell, column: str, longest: int, found: list[Finding], *, needed: bool = False) -> str:
    text = words(cell, column, found)
    if needed and not text:
        found.append(Finding("missing_cell", column))
    if len(text) > longest:
        found.append(Finding("long_cell", column, str(longest)))
    return text


def _degrees(cell: Cell, column: str, most: int, found: list[Finding]) -> float | None:
    text = str(cell) if isinstance(cell, float | int) else words(cell, column, found).replace(",", ".")
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,3}(\.\d{1,12})?", text) or abs(float(text)) > most:
        found.append(Finding("bad_degrees", column, shown(text)))
        return None
    return round(float(text), 6)


def _people(cell: Cell, column: str, found: list[Finding]) -> int | None:
    text = f"{cell:g}" if isinstance(cell, float | int) else words(cell, column, found)
    if not text:
        return None
    if not re.fullmatch(r"\d{1,7}", text, re.ASCII) or not 0 < int(text) <= MOST_PEOPLE:
        found.append(Finding("bad_capacity", column, shown(text)))
        return None
    return int(text)


def _hours(cell: Cell, found: list[Finding]) -> str:
    text = words(cell, "JAM_BUKA", found)
    try:
        spelled = spell_hours(read_hours(text))
    except ValueError:
        spelled = ""
        found.append(Finding("bad_hours", "JAM_BUKA", shown(text)))
    if len(spelled) > 200:
        found.append(Finding("long_cell", "JAM_BUKA", "200"))
    return spelled


def _theirs(viewer: Viewer, code: str, of: Point | None) -> Point:
    if of is None or not viewer.covers(of.region):
        raise Refused(f'no point has the code "{code}"; import it first: notifier import points FILE')
    return of
