"""One person, one round, one status at a time: what an import does with a row, done at once and in one transaction.

Judges and compares as imports do. Knows no file, no page and no request.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Changed, Refused
from notifier.outbox import Outbox
from notifier.registry import entitling, rounds
from notifier.registry.entitling import Said
from notifier.registry.findings import Finding
from notifier.registry.news import News
from notifier.registry.person_plans import Became, Entry, Raced, compare, holding, write
from notifier.registry.person_rows import judge, read_mail
from notifier.registry.places import Places, dotted
from notifier.registry.reasons import REASONS, Effect
from notifier.registry.round_rows import judge_round
from notifier.registry.tables import Row
from notifier.rules.people import PROGRAMMES, Nik, read_chat, read_nik, read_phone
from notifier.rules.roles import Right, Viewer
from notifier.rules.rounds import Enrolment, Entitlement, Method
from notifier.store import contacts as contact_rows
from notifier.store import imports, ledger, paging, people, registers
from notifier.store import rounds as round_rows
from notifier.store.engine import Database
from notifier.store.registers import Person
from notifier.store.rounds import Round
from notifier.vault import Vault

Matches = Callable[[Person | None], bool]
NOBODY = "the register has nobody here in your region"
_LISTS = {
    "programmes": ", ".join(PROGRAMMES),
    "methods": ", ".join(Method),
    "statuses": ", ".join((*Enrolment, *Entitlement)),
}


# channel → (what is said of an address that is none, how one is read)
_READERS: Mapping[str, tuple[str, Callable[[str], str | None]]] = {
    "sms": ("bad_phone", read_phone),
    "telegram": ("chat_id_text", read_chat),
    "email": ("bad_email", read_mail),
}


class Unfit(Refused):
    """A row that can't be taken: (column, sentence) each."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{column}: {sentence}" for column, sentence in faults))
        self.faults = faults


class Absent(Refused):
    """There is nothing of that name where the viewer may look."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a payment record says of one person in one round."""

    status: Entitlement
    on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that was found about a column and did not stand in the way."""

    column: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Put:
    """What came of a person."""

    person: Person
    became: Literal["created", "changed", "unchanged"]
    findings: Sequence[Noted]


def sentence(finding: Finding) -> str:
    """How it is mended, in Indonesian."""
    return REASONS[finding.reason].mend.format(found=finding.found, **_LISTS)


def faults(found: Sequence[Finding]) -> list[tuple[str, str]]:
    """What stands in the way of a row."""
    return [(one.column, sentence(one)) for one in found if one.effect is Effect.REJECTS]


class ByHand:
    """The use cases of whoever changes the register one thing at a time."""

    def __init__(self, database: Database, vault: Vault, outbox: Outbox, status_digest: timedelta) -> None:
        """`status_digest`: how long a notice of a status waits for further changes of the same person."""
        self._database = database
        self._vault = vault
        self._news = News(outbox, status_digest)
        self._sources: dict[tuple[str, date], int] = {}  # (who, day) → row of the imports that stands for it

    # --- people ---

    async def everybody(self, viewer: Viewer, area: str, after: tuple[str, int] | None, limit: int) -> list[Person]:
        """People of an area within the viewer's, by region and id, beyond `after`."""
        viewer.needs(Right.SEE_PEOPLE)
        if area and not viewer.covers(area):
            return []
        async with self._database.read() as db:
            return await registers.page(db, (area or viewer.region).rstrip("."), after, limit)

    async def person(self, viewer: Viewer, person_id: int) -> Person:
        """One person. Refused when there is none the viewer may see."""
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            return _theirs(viewer, await registers.person(db, person_id))

    async def find(self, viewer: Viewer, typed: str, now: datetime) -> Person | None:
        """The person with a NIK; None for nobody, for another area, and for what is no NIK. The look is recorded."""
        viewer.needs(Right.SEE_PEOPLE)
        nik = read_nik(typed)
        if not isinstance(nik, Nik):
            return None
        async with self._database.write() as db:
            found = await registers.by_nik(db, self._vault.index(nik.value, "nik"))
            found = found if found is not None and viewer.covers(found.region) else None
            detail = {"by": "nik", "people": [found.id] if found else []}
            await ledger.append(db, at=now, who=viewer.who, act="person_sought", about="people", detail=detail)
        return found

    async def put(self, viewer: Viewer, cells: Mapping[str, str], now: datetime, matches: Matches) -> Put:
        """Bring a person in, or up to date, by a register's columns. Raises Unfit for what can't be taken, Changed
        when it `matches` no more, Refused for another's name or area.
        """
        viewer.needs(Right.IMPORT)
        code = dotted(cells["KODE_WILAYAH"].strip())
        async with self._database.read() as db:
            own = {code: code} if await imports.has_region(db, code) else {}
        places, row = Places(own), Row(0, cells, len(cells), surplus=False)
        # The country's list is read when it is first asked for, and takes its time.
        person, found = await asyncio.to_thread(judge, row, places, now.date(), viewer.region)
        if person is None:
            raise Unfit(faults(found))
        entry = Entry(0, person, self._vault.index(person.nik, "nik"), found, "row", cells)
        while True:
            try:
                async with self._database.write() as db:
                    became, person_id = await self._put(db, viewer, entry, places, now, matches)
                break
            except Raced:
                continue
        if became == "conflict":
            raise Refused("the register has this NIK under another name; a clerk decides which one is right")
        if became == "kept":
            raise Refused(
                "a clerk put this person right by hand, and the row says otherwise; a clerk decides which holds"
            )
        async with self._database.read() as db:
            put = _theirs(viewer, await registers.person(db, person_id))
        return Put(put, became, [Noted(one.column, one.reason, sentence(one)) for one in found])

    async def _put(
        self, db: AsyncConnection, viewer: Viewer, entry: Entry, places: Places, now: datetime, matches: Matches
    ) -> tuple[Became, int]:
        standing = await registers.by_nik(db, entry.nik_index)
        if standing is not None and not viewer.covers(standing.region):
            raise Refused("the register has this NIK in another area; an office above both has to move it")
        if not matches(standing):
            raise Changed("the person was changed meanwhile; look again")
        plan = compare([entry], await holding(db, [entry]), self._vault)
        became = plan.became[0][1]
        if not plan.writes:
            return became, plan.ids[0]
        import_id = await self._source(db, viewer, now)
        ids = plan.ids + await write(db, plan, self._vault, import_id, now)
        await imports.name_regions(db, list(places.above([entry.person.region]).items()))
        detail = {"became": became, "import": import_id}
        await ledger.append(db, at=now, who=viewer.who, act="person_put", about=f"person:{ids[0]}", detail=detail)
        return became, ids[0]

    async def _source(self, db: AsyncConnection, viewer: Viewer, now: datetime) -> int:
        """The row of the imports that stands for what somebody brings in on a day one by one."""
        key = (viewer.who, now.date())
        if key not in self._sources:
            number = await imports.begin(db, "api", f"API {viewer.login}", "", viewer.who, now)
            await imports.finish(db, number, {"one_by_one": True})
            self._sources = {key: number}
        return self._sources[key]

    # --- contacts ---

    async def add_contact(
        self, viewer: Viewer, person_id: int, kind: str, address: str, now: datetime
    ) -> tuple[int, bool]:
        """Give a person one more address, or bring an old one back; (its id, whether it is new). Raises Unfit."""
        viewer.needs(Right.IMPORT)
        read = _address(kind, address)
        async with self._database.write() as db:
            person = _theirs(viewer, await registers.person(db, person_id))
            known = next((one for one in person.contacts if (one.kind, one.address) == (kind, read)), None)
            if known is not None and known.state != people.OLD:
                return known.id, False
            if known is not None:
                await people.set_state(db, [known.id], "ok")
                contact_id = known.id
            else:
                silent = now if await contact_rows.is_silent(db, kind, read) else None
                contact_id = await registers.add_contact(db, person_id, kind, read, silent, now)
            await self._contact(db, viewer, "contact_added", person_id, contact_id, now)
        return contact_id, known is None

    async def set_aside(self, viewer: Viewer, person_id: int, contact_id: int, now: datetime) -> None:
        """An address is not used any more; what was sent to it stays on record."""
        viewer.needs(Right.IMPORT)
        async with self._database.write() as db:
            person = _theirs(viewer, await registers.person(db, person_id))
            if any(one.id == contact_id and one.state != people.OLD for one in person.contacts):
                await people.set_state(db, [contact_id], people.OLD)
                await self._contact(db, viewer, "contact_set_aside", person_id, contact_id, now)

    async def _contact(
        self, db: AsyncConnection, viewer: Viewer, act: str, person_id: int, contact_id: int, now: datetime
    ) -> None:
        await registers.touch(db, person_id, now)
        detail = {"contact": contact_id}
        await ledger.append(db, at=now, who=viewer.who, act=act, about=f"person:{person_id}", detail=detail)

    # --- places ---

    async def knows_region(self, code: str) -> bool:
        """Whether there is a region of this code: in the register, or in the country's list."""
        async with self._database.read() as db:
            if await imports.has_region(db, code):
                return True
        return await asyncio.to_thread(Places({}).name, code) is not None

    # --- rounds ---

    async def rounds(self, viewer: Viewer, programme: str, after: int, limit: int) -> list[Round]:
        """Rounds of the viewer's area beyond the id `after`, by id."""
        viewer.needs(Right.SEE_ROUNDS)
        async with self._database.read() as db:
            return await paging.rounds_after(db, viewer.region, programme, after, limit)

    async def put_round(
        self, viewer: Viewer, cells: Mapping[str, str], now: datetime, version: int | None
    ) -> tuple[Round, bool]:
        """Write a round as a whole, by a calendar's columns; (the round, whether it is new). Citizens hear of a change
        by what follows. Raises Unfit for what can't be taken, Changed when it is another `version` by now.
        """
        viewer.needs(Right.EDIT_ROUND)
        code = dotted(cells["KODE_WILAYAH"].strip())
        async with self._database.read() as db:
            own = {code: code} if await imports.has_region(db, code) else {}
        row = Row(0, cells, len(cells), surplus=False)
        planned, found = await asyncio.to_thread(judge_round, row, Places(own), viewer.region)
        if planned is None:
            raise Unfit(faults(found))
        async with self._database.write() as db:
            known = await round_rows.by_code(db, planned.code)
            if known is None:
                if version is not None:
                    raise Changed("there is no such round yet")
                values = {"code": planned.code, **planned.values}
                return await rounds.create(db, values, viewer.who, now), True
            held = await round_rows.get(db, known.id, lock=True)
            assert held is not None
            if not viewer.covers(held.region):
                raise Refused("this code belongs to a round of another area; choose another code")
            if version is not None and held.version != version:
                raise Changed("the round was changed meanwhile; look again")
            wanted = rounds.elsewhere(held, replace(held, **planned.values))
            return await rounds.write(db, held, wanted, viewer.who, now), False

    # --- entitlements ---

    async def entitlements(
        self, viewer: Viewer, code: str, status: str, after: int, limit: int
    ) -> list[paging.Entitled]:
        """Who is entitled in a round, beyond the person `after`, by person. Refused for a round that is not theirs."""
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            of = _round(viewer, await round_rows.by_code(db, code))
            return await paging.entitled_after(db, of.id, viewer.region, status, after, limit)

    async def put_status(
        self, viewer: Viewer, code: str, person_id: int, record: Record, now: datetime
    ) -> tuple[paging.Entitled, bool, bool]:
        """What became of one person's benefit, as a payment record says it; (how it stands, whether that is new,
        whether they are told). Raises Absent for a round or person that is not theirs, Unfit for a day that has not
        come, Refused for what can't be.
        """
        viewer.needs(Right.IMPORT)
        async with self._database.write() as db:
            of = _round(viewer, await round_rows.by_code(db, code))
            person = await people.get(db, person_id)
            if person is None or not viewer.covers(person.region):
                raise Absent(NOBODY)
            before = await round_rows.entitlement(db, of.id, person.id)
            said = Said(0, person.id, person.nik_masked, of.code, record.status, record.on, record.reason, ())
            [decided] = await entitling.write(db, self._news, [said], who=viewer.who, within=viewer.region, now=now)
            if decided.refusal is not None and decided.refusal.reason == "future_status":
                raise Unfit([("on", sentence(decided.refusal))])
            if decided.refusal is not None:
                raise Refused(sentence(decided.refusal))
            await entitling.act(db, viewer.who, [said], [decided], now)
            standing = await paging.entitled_person(db, of.id, person.id)
        assert standing is not None
        return standing, before is None or decided.status is not None, decided.tells


def _theirs(viewer: Viewer, person: Person | None) -> Person:
    if person is None or not viewer.covers(person.region):
        raise Absent(NOBODY)
    return person


def _round(viewer: Viewer, of: Round | None) -> Round:
    if of is None or not viewer.covers(of.region):
        raise Absent("no round has this code in your region")
    return of


def _address(kind: str, typed: str) -> str:
    """An address as it is kept. Raises Unfit."""
    reason, reader = _READERS[kind]
    read = reader(typed.strip())
    if read is None:
        raise Unfit([(kind, sentence(Finding(reason, kind)))])
    return read
