"""The list of conflicts: a second row with the same NIK and another name, side by side with who stands, and the three
decisions about it. Shows nobody's number or address in clear.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from notifier.errors import Refused
from notifier.registry.findings import Finding
from notifier.registry.person_plans import Entry, Holding, holding, replace, write
from notifier.registry.person_rows import Candidate, judge
from notifier.registry.places import Places
from notifier.registry.reasons import REASONS, Effect
from notifier.registry.tables import Row
from notifier.rules.people import mask_nik, masked_address
from notifier.rules.roles import Right, Viewer
from notifier.store import conflicts, imports, ledger
from notifier.store.conflicts import OPEN, Contested
from notifier.store.engine import Database
from notifier.vault import Vault

MOST = 1000  # counted for a badge
NIK_CONFLICT = "nik_conflict"  # flag of a person whose NIK somebody else was written with
LINES: Mapping[str, str] = MappingProxyType({"telegram": "TELEGRAM_CHAT_ID", "sms": "NO_HP", "email": "EMAIL"})
KK = "people.kk"
ROW = "conflicts.sealed"
# decision → (state it leads to, act in the ledger)
DECISIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "keep": ("kept", "conflict_kept"),
        "take": ("taken", "conflict_taken"),
        "flag": ("flagged", "conflict_flagged"),
    }
)


@dataclass(frozen=True, slots=True)
class Side:
    """One field of both rows, as people may see it."""

    column: str
    stands: str
    says: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict as it is decided on."""

    id: int
    nik: str  # masked
    name: str  # who stands
    file: str
    line: int
    at: datetime
    who: str  # who imported
    region: str
    sides: Sequence[Side]


class Conflicts:
    """What admins decide about second rows, each in their own region."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def count(self, viewer: Viewer, limit: int = MOST) -> int:
        """How many wait for this viewer, up to `limit`; 0 for whom may not decide."""
        if not viewer.may(Right.IMPORT):
            return 0
        async with self._database.read() as db:
            return await conflicts.count(db, viewer.region, limit)

    async def page(self, viewer: Viewer, after: int, limit: int, now: datetime) -> list[Conflict]:
        """Those that wait, oldest first, beyond `after`."""
        viewer.needs(Right.IMPORT)
        async with self._database.read() as db:
            found = await conflicts.page(db, viewer.region, after, limit)
            places = Places(await imports.region_names(db))
        # In a thread: a region that no register had before loads the country's list.
        read = await asyncio.to_thread(lambda: [self._read(one, places, now) for one in found])
        async with self._database.read() as db:
            held = await holding(db, [entry for entry, _ in read if entry is not None])
        return [self._shown(one, entry, held, places) for one, (entry, _) in zip(found, read, strict=True)]

    async def decide(self, viewer: Viewer, conflict_id: int, what: str, now: datetime) -> str:
        """keep: who stands stays · take: the second row is right · flag: two people, one NIK is wrong somewhere.

        Returns the state it has now. Refused when it is not there, was decided already, or the row can't be taken.
        """
        viewer.needs(Right.IMPORT)
        if what not in DECISIONS:
            raise Refused(f'"{what[:20]}" is no decision; there are: {", ".join(DECISIONS)}')
        state, act = DECISIONS[what]
        taken = await self._to_take(viewer, conflict_id, now) if what == "take" else None
        async with self._database.write() as db:
            one = await conflicts.get(db, conflict_id)
            if one is None or not viewer.covers(one.region):
                raise Refused(f"there is no conflict {conflict_id} in your region")
            if one.state != OPEN or not await conflicts.decide(db, conflict_id, state):
                was = one.state if one.state != OPEN else "decided"
                raise Refused(f"conflict {conflict_id} was decided already ({was}); look at the list again")
            if taken is not None:
                held = await holding(db, [taken])
                await write(db, replace(taken, held, self._vault), self._vault, one.import_id, now)
            if what == "flag":
                await conflicts.flag(db, one.person_id, NIK_CONFLICT, now)
            detail = {"person": one.person_id, "import": one.import_id, "line": one.line}
            await ledger.append(db, at=now, who=viewer.who, act=act, about=f"conflict:{conflict_id}", detail=detail)
        return state

    async def _to_take(self, viewer: Viewer, conflict_id: int, now: datetime) -> Entry | None:
        """The second row, judged before anything is locked; None when there is none to be decided on."""
        async with self._database.read() as db:
            one = await conflicts.get(db, conflict_id)
            places = Places(await imports.region_names(db))
        if one is None or one.state != OPEN or not viewer.covers(one.region):
            return None
        entry, found = await asyncio.to_thread(self._read, one, places, now, viewer.region)
        if entry is None:
            fault = next(finding for finding in found if finding.effect is Effect.REJECTS)
            why = REASONS[fault.reason].mend.format(found=fault.found)
            raise Refused(f"the second row of conflict {one.id} can't be taken: {fault.column}: {why}")
        return entry

    # --- both rows ---

    def _read(
        self, one: Contested, places: Places, now: datetime, within: str = ""
    ) -> tuple[Entry | None, Sequence[Finding]]:
        cells: Mapping[str, str] = self._vault.open_json(one.sealed, ROW)
        person, found = judge(Row(one.line, cells, len(cells), False), places, now.date(), within)
        if person is None:
            return None, found
        return Entry(one.line, person, self._vault.index(person.nik, "nik"), found, "row", cells), found

    def _shown(self, one: Contested, entry: Entry | None, held: Holding, places: Places) -> Conflict:
        sides = self._sides(one, entry.person, held, entry.nik_index, places) if entry is not None else ()
        when = (one.file, one.line, one.at, one.who, one.region)
        return Conflict(one.id, one.nik_masked, one.name, *when, sides)

    def _sides(self, one: Contested, says: Candidate, held: Holding, index: bytes, places: Places) -> Sequence[Side]:
        known = held.known[index]
        kk = ""
        if one.kk is not None:
            with suppress(Refused):
                kk = self._vault.open(one.kk, KK).decode()
        pairs: dict[str, tuple[str, list[str], list[str]]] = {kind: (column, [], []) for kind, column in LINES.items()}
        for contact in held.contacts.get(known.id, ()):
            if contact.kind in pairs and contact.state != "old":
                pairs[contact.kind][1].append(contact.address)
        for kind, address in says.contacts:
            pairs[kind][2].append(address)
        enrolled = [f"{programme} {status}" for (of, programme), status in held.programmes.items() if of == known.id]
        named = [f"{programme} {status}".strip() for programme, status in says.programmes]
        return [
            _side("NAMA", known.name, says.name),
            _side("JENIS_KELAMIN", known.sex, says.sex),
            _side("TANGGAL_LAHIR", _day(known.born), _day(says.born)),
            _side("NO_KK", kk, says.kk, mask_nik),
            _side("ALAMAT", known.address, says.address),
            _side("RT", known.rt, says.rt),
            _side("RW", known.rw, says.rw),
            _side("KODE_WILAYAH", known.region, says.region, lambda code: f"{code} {places.name(code) or ''}".strip()),
            *(
                _side(column, ", ".join(sorted(one)), ", ".join(sorted(other)), _hidden)
                for column, one, other in pairs.values()
            ),
            _side("PROGRAM", ", ".join(sorted(enrolled)), ", ".join(sorted(named))),
        ]


def _side(column: str, stands: str, says: str, show: Any = str) -> Side:
    return Side(column, show(stands) if stands else "", show(says) if says else "", bool(says) and stands != says)


def _hidden(addresses: str) -> str:
    return ", ".join(masked_address(one) for one in addresses.split(", "))


def _day(born: Any) -> str:
    return f"{born:%d/%m/%Y}" if born is not None else ""
