"""What a slice of judged rows changes in the register: compared with what it holds, written in one transaction.

Pure until `write`. A later file updates what it fills: an empty cell never erases, a programme it does not name stays,
and an address it does not repeat is set aside only when it names a new one in its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.registry.findings import Finding
from notifier.registry.person_rows import Candidate
from notifier.registry.tables import Cell
from notifier.rules.people import fold_name, mask_nik
from notifier.rules.rounds import Enrolment
from notifier.store import imports, people
from notifier.store.imports import Conflict
from notifier.store.people import OLD, Held, Known
from notifier.vault import Vault


class Entry(NamedTuple):
    """One row that was not rejected."""

    line: int
    person: Candidate
    nik_index: bytes
    findings: Sequence[Finding]
    kind: Literal["row", "more", "conflict"]  # more: a second line of the same person
    cells: Mapping[str, Cell]  # as they came


class Holding(NamedTuple):
    """What the register holds of a slice's people."""

    known: Mapping[bytes, Known]
    contacts: Mapping[int, Sequence[Held]]
    programmes: Mapping[tuple[int, str], str]


CORRECTED = "corrected"  # flag of a person whom somebody put right by hand: a file no longer overwrites that
# kept: what somebody put right stands against the row, which is a conflict; its programmes are taken
Became = Literal["created", "changed", "unchanged", "conflict", "kept"]


@dataclass(slots=True)
class Plan:
    """The changes of one slice."""

    became: list[tuple[Entry, Became]] = field(default_factory=list)
    new: list[Entry] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    moved: list[tuple[int, str]] = field(default_factory=list)  # (person, family card)
    contacts: list[tuple[int, str, str]] = field(default_factory=list)
    aside: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)
    programmes: list[tuple[int, str, str]] = field(default_factory=list)
    conflicts: list[tuple[Entry, int]] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)  # people of the register that the slice names

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return any(
            (
                *(self.new, self.changed, self.moved, self.contacts),
                *(self.aside, self.back, self.programmes, self.conflicts),
            )
        )


class Raced(Exception):
    """Somebody else wrote one of these people in the meantime; look again."""


async def holding(db: AsyncConnection, entries: Sequence[Entry]) -> Holding:
    """Look up what the register holds of these rows' people."""
    known = await people.known(db, {entry.nik_index for entry in entries})
    ids = [person.id for person in known.values()]
    if not ids:
        return Holding({}, {}, {})
    return Holding(known, await people.held(db, ids), await people.enrolled(db, ids))


def compare(entries: Sequence[Entry], held: Holding, vault: Vault) -> Plan:
    """The changes that these rows ask for. No person may be in a slice twice."""
    plan = Plan()
    for entry in entries:
        known = held.known.get(entry.nik_index)
        if known is not None:
            plan.ids.append(known.id)
        if entry.kind == "conflict" or (known is not None and not _same_name(known.name, entry.person.name)):
            plan.became.append((entry, "conflict"))
            if known is not None:  # else nothing is written anyway: a dry run
                plan.conflicts.append((entry, known.id))
        elif known is None:
            plan.new.append(entry)
            plan.became.append((entry, "created"))
        else:
            _update(plan, entry, known, held, vault)
    return plan


def replace(entry: Entry, held: Holding, vault: Vault) -> Plan:
    """The changes of a row that somebody chose over what the register holds: another name is taken too, and what was
    put right by hand before.
    """
    plan, known = Plan(), held.known[entry.nik_index]
    _update(plan, entry, known._replace(flags=[flag for flag in known.flags if flag != CORRECTED]), held, vault)
    for row in plan.changed:
        row["flags"] = [flag for flag in row["flags"] if flag != CORRECTED]
    return plan


def _update(plan: Plan, entry: Entry, known: Known, held: Holding, vault: Vault) -> None:
    if CORRECTED in known.flags and _person(Plan(), entry.person, known, vault):
        # Somebody knows better than files: who they are waits for a decision, what they are entitled to does not.
        plan.became.append((entry, "kept"))
        plan.conflicts.append((entry, known.id))
        _programmes(plan, entry.person, known, held.programmes)
        return
    touched = _person(plan, entry.person, known, vault)
    touched |= _contacts(plan, entry, known, held.contacts.get(known.id, ()))
    touched |= _programmes(plan, entry.person, known, held.programmes)
    plan.became.append((entry, "changed" if touched else "unchanged"))


def _same_name(one: str, other: str) -> bool:
    return one == other or fold_name(one) == fold_name(other)


def _person(plan: Plan, person: Candidate, known: Known, vault: Vault) -> bool:
    judged = {"birth_mismatch"} if person.born is not None else set()
    judged |= {"gender_mismatch"} if person.sex else set()
    values = {
        "name": person.name,
        "sex": person.sex or known.sex,
        "born": person.born or known.born,
        "address": person.address or known.address,
        "rt": person.rt or known.rt,
        "rw": person.rw or known.rw,
        "region": person.region,
        "zone": person.zone,
        "language": person.language or known.language,
        "prefers": person.prefers or known.prefers,
        "flags": sorted((set(known.flags) - judged) | set(person.flags)),
    }
    changed = any(getattr(known, name) != value for name, value in values.items())
    if changed:
        plan.changed.append({"id": known.id, **values})
    moved = bool(person.kk) and vault.index(person.kk, "kk") != known.kk_index
    if moved:
        plan.moved.append((known.id, person.kk))
    return changed or moved


def _contacts(plan: Plan, entry: Entry, known: Known, held: Sequence[Held]) -> bool:
    touched = False
    by_address = {(contact.kind, contact.address): contact for contact in held}
    for kind in {kind for kind, _ in entry.person.contacts}:
        named = [pair for pair in entry.person.contacts if pair[0] == kind]
        new = [pair for pair in named if pair not in by_address]
        back = [by_address[pair].id for pair in named if pair in by_address and by_address[pair].state == OLD]
        if not new and not back:
            continue  # the register repeats itself; an address that died since stays dead
        touched = True
        plan.contacts += [(known.id, *pair) for pair in new]
        plan.back += back
        if entry.kind == "row":
            plan.aside += [
                contact.id
                for contact in held
                if contact.kind == kind and contact.state == "ok" and (kind, contact.address) not in named
            ]
    return touched


def _programmes(plan: Plan, person: Candidate, known: Known, held: Mapping[tuple[int, str], str]) -> bool:
    changes = []
    for programme, status in person.programmes:
        current = held.get((known.id, programme), "")
        wanted = status or current or Enrolment.TERDAFTAR.value
        if wanted != current:
            changes.append((known.id, programme, wanted))
    plan.programmes += changes
    return bool(changes)


async def write(db: AsyncConnection, plan: Plan, vault: Vault, import_id: int | None, now: datetime) -> list[int]:
    """Write the changes; returns the ids of new people. Raises Raced when another import was faster."""
    written = {}
    if plan.new and import_id is not None:  # only files bring new people
        written = await people.add(db, [_row(entry, vault) for entry in plan.new], import_id, now)
    if len(written) != len(plan.new):
        raise Raced
    contacts, programmes = list(plan.contacts), list(plan.programmes)
    for entry in plan.new:
        number = written[entry.nik_index]
        contacts += [(number, kind, address) for kind, address in entry.person.contacts]
        programmes += [
            (number, programme, status or Enrolment.TERDAFTAR.value) for programme, status in entry.person.programmes
        ]
    mark = {"import_id": import_id, "updated_at": now}
    await people.change(db, [row | mark for row in plan.changed])
    await people.change(
        db,
        [
            {"id": number, "kk": vault.seal(kk.encode(), "people.kk"), "kk_index": vault.index(kk, "kk")} | mark
            for number, kk in plan.moved
        ],
    )
    await people.set_state(db, plan.aside, OLD)
    await people.set_state(db, plan.back, "ok")
    await people.add_contacts(db, contacts, now)
    await people.enrol(db, programmes, now)
    if import_id is not None:
        found = [_conflict(entry, number, vault) for entry, number in plan.conflicts]
        await imports.add_conflicts(db, import_id, found, now)
    return list(written.values())


def _row(entry: Entry, vault: Vault) -> dict[str, Any]:
    person = entry.person
    return {
        "nik": vault.seal(person.nik.encode(), "people.nik"),
        "nik_index": entry.nik_index,
        "nik_masked": mask_nik(person.nik),
        "kk": vault.seal(person.kk.encode(), "people.kk") if person.kk else None,
        "kk_index": vault.index(person.kk, "kk") if person.kk else None,
        "name": person.name,
        "sex": person.sex,
        "born": person.born,
        "address": person.address,
        "rt": person.rt,
        "rw": person.rw,
        "region": person.region,
        "zone": person.zone,
        "language": person.language or "id",
        "prefers": person.prefers,
        "flags": sorted(person.flags),
    }


def _conflict(entry: Entry, person_id: int, vault: Vault) -> Conflict:
    cells = {column: _written(cell) for column, cell in entry.cells.items()}
    told = "\0".join(f"{column}={cells[column].strip()}" for column in sorted(cells))
    sealed = vault.seal_json(cells, "conflicts.sealed")
    return Conflict(person_id, entry.line, "NAMA", sealed, vault.index(told, "conflict"))


def _written(cell: Cell) -> str:
    """A cell as text that is judged like the cell. A number too long for a spreadsheet stays known for one."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and float(cell).is_integer():
        return str(int(cell)) if abs(cell) < 1e15 else str(float(cell))
    return str(cell)
