"""One person of the register: found by an exact number, seen masked, opened with a reason, put right by hand.

Every look at a clear value, and everything that is done, stands in the ledger by its id and on the person's page with
the reason. Knows tickets only as far as their reporter is open.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifier.errors import Refused
from notifier.registry.person_plans import CORRECTED, Entry, holding, replace, write
from notifier.registry.person_rows import judge
from notifier.registry.places import Places
from notifier.registry.reasons import REASONS, Effect
from notifier.registry.tables import Row
from notifier.rules.codes import find
from notifier.rules.people import Nik, masked_address, read_nik, read_phone
from notifier.rules.roles import Right, Viewer
from notifier.rules.visits import delivery_of
from notifier.store import conflicts, imports, ledger, people, persons, tickets
from notifier.store.engine import Database
from notifier.store.people import OLD, Person
from notifier.store.persons import ARRIVED, Done, Notice, Reach, Whole
from notifier.store.persons import Right as Held
from notifier.store.tickets import Ticket
from notifier.vault import Vault

PAGE = 50
SHORTEST = 5  # letters of a reason
LONGEST = 200
# column of a register → what stands in a field of the page
FIELDS = ("NAMA", "ALAMAT", "RT", "RW", "KODE_WILAYAH", "BAHASA", "SALURAN", "NO_HP", "TELEGRAM_CHAT_ID", "EMAIL")


@dataclass(frozen=True, slots=True)
class Address:
    """One address as it may be seen, and how it fares."""

    id: int
    kind: str
    shown: str
    state: str  # ok, old, dead, wrong
    reason: str
    stopped: bool
    arrived_at: datetime | None  # last message that is known to have arrived, or been taken
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """A person as staff may see them."""

    who: Whole
    village: str
    addresses: Sequence[Address]
    programmes: Sequence[tuple[str, str, datetime]]
    rights: Sequence[Held]
    notices: Sequence[Notice]
    tickets: Sequence[Ticket]
    acts: Sequence[Done]
    aliases: int  # rows that turned out to be this person


@dataclass(frozen=True, slots=True)
class Clear:
    """What was opened."""

    nik: str
    kk: str
    addresses: Mapping[int, str]


class Persons:
    """Looks people up, shows them, and puts right what a register has wrong."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def seek(self, viewer: Viewer, typed: str, now: datetime) -> list[Person]:
        """Whoever has exactly this NIK or phone, or was sent the message of this code, in the viewer's region. The look
        is recorded whether it finds anybody or not. Refused when it is none of these.
        """
        viewer.needs(Right.SEE_PEOPLE)
        nik, phone = read_nik(typed), read_phone(typed)
        delivery = None if isinstance(nik, Nik) or phone else self._delivery(typed)
        if not isinstance(nik, Nik) and phone is None and delivery is None:
            raise Refused("that is no whole NIK, phone number or code of a message or visit; nothing else is searched")
        async with self._database.write() as db:
            by = "nik" if isinstance(nik, Nik) else "phone" if phone else "code"
            if isinstance(nik, Nik):
                found = await people.by_niks(db, [self._vault.index(nik.value, "nik")])
                known = list(found.values())
            elif phone is not None:
                known = await people.at_phone(db, phone)
            else:
                number = await persons.of_delivery(db, delivery or 0)
                one = await people.get(db, number) if number is not None else None
                known = [one] if one is not None else []
            known = [person for person in known if viewer.covers(person.region)]
            detail = {"by": by, "people": [person.id for person in known]}
            await ledger.append(db, at=now, who=viewer.who, act="person_sought", about="people", detail=detail)
        return known

    def _delivery(self, typed: str) -> int | None:
        number = delivery_of(typed)
        if number is not None:
            return number
        numbers = (self._vault.codes.number(code) for codes in find(typed) for code in codes)
        return next((number for number in numbers if number is not None), None)

    async def page(self, viewer: Viewer, person_id: int) -> Page:
        """All that the viewer may know of a person, masked. Refused when they are not of the viewer's region."""
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            who = _theirs(viewer, await persons.get(db, person_id))
            ids = await persons.aliases(db, who.id)
            reaches = await persons.reaches(db, who.id)
            indexes = {reach.id: self._vault.address_index(reach.kind, reach.address) for reach in reaches}
            lately = await persons.lately(db, set(indexes.values()))
            silent = await persons.silent(db, [(reach.kind, reach.address) for reach in reaches])
            theirs: Sequence[Ticket] = ()
            if viewer.may(Right.SEE_TICKETS):
                keys = [self._vault.person_index(number) for number in ids]
                theirs = await tickets.of_person(db, keys, (), viewer.region, PAGE)
            return Page(
                who=who,
                village=await persons.village(db, who.region),
                addresses=[_address(reach, lately.get(indexes[reach.id], {}), silent) for reach in reaches],
                programmes=await persons.programmes(db, who.id),
                rights=await persons.rights(db, ids, PAGE),
                notices=await persons.notices(db, ids, PAGE),
                tickets=theirs,
                acts=await persons.done(db, ids, PAGE),
                aliases=len(ids) - 1,
            )

    async def reveal(self, viewer: Viewer, person_id: int, why: str, now: datetime) -> Clear:
        """NIK, family card and addresses in clear. The look and its reason are recorded before they are given."""
        viewer.needs(Right.REVEAL)
        reason = said(why)
        async with self._database.write() as db:
            who = _theirs(viewer, await persons.get(db, person_id))
            if who.erased_at is not None:
                raise Refused(f"nothing is left to be shown of person {who.id}")
            await persons.note(db, who.id, "revealed", viewer.who, reason, now, {})
            await ledger.append(db, at=now, who=viewer.who, act="person_revealed", about=f"person:{who.id}")
            reaches = await persons.reaches(db, who.id)
        kk = self._vault.open(who.kk, "people.kk").decode() if who.kk is not None else ""
        nik = self._vault.open(who.nik, "people.nik").decode()
        return Clear(nik, kk, {reach.id: reach.address for reach in reaches})

    async def correct(
        self, viewer: Viewer, person_id: int, fields: Mapping[str, str], why: str, now: datetime
    ) -> Sequence[str]:
        """Put right what is filled in; an empty field leaves what there is. Returns the columns that changed.

        A later file that says otherwise does not overwrite it: it becomes a conflict for somebody to decide.
        """
        viewer.needs(Right.IMPORT)
        reason = said(why)
        async with self._database.read() as db:
            who = _theirs(viewer, await persons.get(db, person_id))
            places = Places(await imports.region_names(db))
        if who.merged_into_id is not None or who.erased_at is not None:
            raise Refused(f"person {who.id} is merged into another or erased; nothing of them is corrected")
        cells = {name: fields.get(name, "").strip() for name in FIELDS}
        cells["NIK"] = self._vault.open(who.nik, "people.nik").decode()
        cells["NAMA"], cells["KODE_WILAYAH"] = cells["NAMA"] or who.name, cells["KODE_WILAYAH"] or who.region
        row = Row(0, cells, len(cells), False)
        candidate, found = await asyncio.to_thread(judge, row, places, now.date(), viewer.region)
        bad = [one for one in found if one.effect in (Effect.REJECTS, Effect.DROPS, Effect.WARNS)]
        if candidate is None or bad:
            mend = REASONS[bad[0].reason].mend.format(found=bad[0].found, programmes="", statuses="")
            raise Refused(f"person {who.id} can't be corrected: {bad[0].column}: {mend}")
        entry = Entry(0, candidate, who.nik_index, (), "row", cells)
        async with self._database.write() as db:
            held = await holding(db, [entry])
            plan = replace(entry, held, self._vault)
            changed = _changed(who, plan.changed[0] if plan.changed else {})
            changed += sorted({kind for _, kind, _ in plan.contacts} | ({"contacts"} if plan.back else set()))
            if not changed:
                raise Refused(f"nothing of person {who.id} would change; fill in what is to be put right")
            await write(db, plan, self._vault, who.import_id, now)
            await conflicts.flag(db, who.id, CORRECTED, now)
            facts = {"changed": changed}
            await persons.note(db, who.id, "corrected", viewer.who, reason, now, facts)
            about = f"person:{who.id}"
            await ledger.append(db, at=now, who=viewer.who, act="person_corrected", about=about, detail=facts)
        return changed

    async def retire(self, viewer: Viewer, person_id: int, contact_id: int, why: str, now: datetime) -> None:
        """An address is not used any more, whatever for; it comes back when a register or the person names it again."""
        viewer.needs(Right.IMPORT)
        reason = said(why)
        async with self._database.write() as db:
            who = _theirs(viewer, await persons.get(db, person_id))
            if contact_id not in {reach.id for reach in await persons.reaches(db, who.id) if reach.state != OLD}:
                raise Refused(f"person {who.id} has no such address in use")
            await people.set_state(db, [contact_id], OLD)
            facts: dict[str, Any] = {"contact": contact_id}
            await persons.note(db, who.id, "retired", viewer.who, reason, now, facts)
            about = f"person:{who.id}"
            await ledger.append(db, at=now, who=viewer.who, act="contact_retired", about=about, detail=facts)


def said(why: str) -> str:
    """A reason that says something. Raises Refused."""
    reason = " ".join(why.split())[:LONGEST]
    if len(reason) < SHORTEST:
        raise Refused("say in a few words why; the reason is kept with what is done")
    return reason


def _theirs(viewer: Viewer, who: Whole | None) -> Whole:
    if who is None or not viewer.covers(who.region):
        raise Refused("there is no such person in your region")
    return who


def _changed(who: Whole, values: Mapping[str, Any]) -> list[str]:
    names = ("name", "address", "rt", "rw", "region", "language", "prefers")
    return [name for name in names if name in values and values[name] != getattr(who, name)]


def _address(reach: Reach, lately: Mapping[str, datetime], silent: set[tuple[str, str]]) -> Address:
    arrived = [lately[state] for state in ARRIVED if state in lately]
    return Address(
        id=reach.id,
        kind=reach.kind,
        shown=masked_address(reach.address),
        state=reach.state,
        reason=reach.reason,
        stopped=reach.stopped_at is not None or (reach.kind, reach.address) in silent,
        arrived_at=max(arrived, default=None),
        failed_at=lately.get("failed"),
    )
