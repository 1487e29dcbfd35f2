"""Brings payment records in: what became of people's benefits, and a notice to those who should hear of it.

What a status may follow is told by `rules.rounds`; the notice is queued in the transaction that changes the status.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.outbox import Notice, Outbox
from notifier.registry.cells import day, words
from notifier.registry.findings import Finding, Outcome, Tally, is_rejected, shown
from notifier.registry.layouts import STATUSES
from notifier.registry.person_rows import digits_of
from notifier.registry.runs import Imported, Order, Run, count_rows, new_report, open_all, places, slices
from notifier.registry.tables import Row, Source
from notifier.rules.people import mask_nik
from notifier.rules.roles import covers
from notifier.rules.rounds import Entitlement, IllegalStatus, change
from notifier.store import people, rounds
from notifier.store.engine import Database
from notifier.store.people import Person
from notifier.store.rounds import Entitled, Round
from notifier.vault import Vault

TOLD = frozenset({Entitlement.DISALURKAN, Entitlement.GAGAL, Entitlement.DITUNDA})
FRESH_FOR = timedelta(days=7)  # after which nobody need hear of a status any more
LOOK, WRITE = 500, 20  # rows looked up together, and written together with their notices
_RECORDS = frozenset(status.value for status in Entitlement)


class Said(NamedTuple):
    """A row that can be read: what the record says of one person in one round."""

    line: int
    nik_index: bytes
    masked: str
    code: str
    status: Entitlement
    on: date | None
    reason: str
    findings: Sequence[Finding]


class Decided(NamedTuple):
    """What a row comes to. One of `refusal` and `status` is there, or neither: nothing changes."""

    refusal: Finding | None = None
    status: Entitlement | None = None  # what the entitlement becomes
    tells: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    """What the register knows about a slice's people and rounds."""

    persons: dict[bytes, Person]
    rounds: dict[str, Round]
    entitled: dict[tuple[int, int], Entitled]
    invited: Collection[tuple[int, int]]  # (round, person) that may be drawn


async def import_statuses(
    database: Database, vault: Vault, outbox: Outbox, paths: Sequence[Path], order: Order
) -> Imported:
    """Bring in payment records. Raises Refused, before anything is written, for what cannot be read."""
    sources = await open_all(paths, STATUSES)
    with new_report(order, "statuses") as report:
        run = Run(database, order, await places(database), report)
        counts = [await count_rows(source, order) for source in sources]
        for source, rows in zip(sources, counts, strict=True):
            await _OneFile(run, vault, outbox, source, rows).bring()
        return run.result()


def judge_status(row: Row, vault: Vault) -> tuple[Said | None, Sequence[Finding]]:
    """What a row says (None when it is rejected) and what was found in it."""
    found: list[Finding] = []
    if row.surplus:
        return None, [Finding("wrong_width", "", str(row.width))]
    cells = row.cells
    nik = digits_of(cells["NIK"], found)
    code = words(cells["KODE_PENYALURAN"], "KODE_PENYALURAN", found)
    if not code:
        found.append(Finding("missing_cell", "KODE_PENYALURAN"))
    status = words(cells["STATUS"], "STATUS", found).upper()
    if status not in _RECORDS:
        found.append(Finding("unknown_status", "STATUS", shown(status), fatal=True))
    on = day(cells.get("TANGGAL", ""), "TANGGAL", found)
    reason = words(cells.get("KETERANGAN", ""), "KETERANGAN", found, 200)
    if nik is None or is_rejected(found):
        return None, found
    index = vault.index(nik, "nik")
    return Said(row.line, index, mask_nik(nik), code, Entitlement(status), on, reason, found), found


def decide(said: Said, current: Entitled) -> Decided:
    """What the record's word does to an entitlement."""
    record, status = Entitlement(current.record), Entitlement(current.status)
    same_day = said.on is None or said.on == current.since
    if said.status is record and same_day and said.reason == current.reason:
        return Decided()
    if said.on is not None and current.since is not None and said.on < current.since:
        return Decided(Finding("older_status", "TANGGAL", current.since.isoformat()))
    if status is Entitlement.DITERIMA and said.status is Entitlement.DISALURKAN:
        return Decided(status=status)  # the record catches up with what the citizen said
    try:
        to = change(status, said.status)
    except IllegalStatus:
        return Decided(Finding("illegal_status", "STATUS", f"{status} → {said.status}"))
    news = to is not status or said.reason != current.reason
    return Decided(status=to, tells=news and to in TOLD)


def notice_of(said: Said, of: Round, person: Person, now: datetime) -> Notice:
    """What a person is told of a change."""
    return Notice(
        "entitlement_changed",
        person.language,
        person.zone,
        facts={"status": said.status.value, "reason": said.reason, "period": of.period, "amount": of.amount}
        | {"programme": of.programme, "round_code": of.code},
        person_id=person.id,
        round_id=of.id,
        round_version=of.version,
        expires_at=now + FRESH_FOR,
        window=True,
    )


class _OneFile:
    """One payment record on its way in."""

    def __init__(self, run: Run, vault: Vault, outbox: Outbox, source: Source, rows: int) -> None:
        self._run, self._vault, self._outbox, self._source, self._rows = run, vault, outbox, source, rows
        self._tally = Tally()
        self._seen: set[int] = set()
        self._import_id = 0

    async def bring(self) -> None:
        self._import_id = await self._run.begin("statuses", self._source)
        async for part in slices(self._source.rows(), LOOK):
            await self._slice(self._read(part))
            self._run.report.flush()
            self._run.order.progress(self._source.name, self._run.order.step, self._tally.rows, self._rows)
        await self._run.finish("statuses", self._source, self._import_id, self._tally)

    def _read(self, part: Sequence[Row]) -> list[Said]:
        taken = []
        for row in part:
            said, found = judge_status(row, self._vault)
            if said is None:
                self._turn_away(row.line, Outcome.REJECTED, found)
                continue
            key = hash(said[1:7])
            if key in self._seen:
                self._turn_away(row.line, Outcome.DUPLICATE, [Finding("dup_exact", ""), *found])
                continue
            self._seen.add(key)
            taken.append(said)
        return taken

    async def _slice(self, taken: Sequence[Said]) -> None:
        """Look everything up at once, then write what changes in small transactions."""
        async with self._run.database.read() as db:
            look = await self._look(db, taken)
        often = Counter((said.nik_index, said.code) for said in taken)
        changes: list[Said] = []
        for said in taken:
            decided = self._decide(said, look)
            # Where a person stands twice, the second row depends on what the first one did.
            settled = decided.status is None and often[said.nik_index, said.code] == 1
            if settled or self._run.order.dry_run:
                self._count(said, decided)
            else:
                changes.append(said)
        for start in range(0, len(changes), WRITE):
            part = changes[start : start + WRITE]
            async with self._run.database.write_slice() as db:
                done = await self._write(db, part)
            for said, decided in zip(part, done, strict=True):
                self._count(said, decided)

    async def _look(self, db: AsyncConnection, taken: Sequence[Said]) -> _Look:
        persons = await people.by_niks(db, {said.nik_index for said in taken})
        by_code = await rounds.by_codes(db, {said.code for said in taken})
        pairs = {
            (by_code[said.code].id, persons[said.nik_index].id)
            for said in taken
            if said.code in by_code and said.nik_index in persons
        }
        entitled = await rounds.entitled(db, pairs)
        regions = {person.id: person.region for person in persons.values()}
        invited: set[tuple[int, int]] = set()
        for of in by_code.values():
            ids = [person for number, person in pairs - entitled.keys() if number == of.id]
            approved = await people.approved(db, of.programme, ids) if ids else set()
            invited |= {(of.id, person) for person in approved if covers(of.region, regions[person])}
        return _Look(persons, by_code, entitled, invited)

    def _decide(self, said: Said, look: _Look) -> Decided:
        of, person = look.rounds.get(said.code), look.persons.get(said.nik_index)
        if of is None or not covers(self._run.order.within, of.region):
            return Decided(Finding("unknown_round", "KODE_PENYALURAN", shown(said.code)))
        if person is None:
            return Decided(Finding("unknown_nik", "NIK", said.masked))
        current = look.entitled.get((of.id, person.id))
        if current is None:
            if (of.id, person.id) not in look.invited:
                return Decided(Finding("not_invited", "NIK"))
            scheduled = Entitlement.DIJADWALKAN.value
            current = Entitled(0, of.id, person.id, scheduled, scheduled, "", None)
            if said.status is Entitlement.DIJADWALKAN:
                return Decided(status=said.status)
        return decide(said, current)

    async def _write(self, db: AsyncConnection, part: Sequence[Said]) -> list[Decided]:
        look = await self._look(db, part)
        now, who = self._run.order.now, f"import:{self._import_id}"
        look.entitled.update(await rounds.draw(db, sorted(look.invited), Entitlement.DIJADWALKAN.value, now))
        done: list[Decided] = []
        changes: list[dict[str, object]] = []
        for said in part:
            decided = self._decide(said, look)
            done.append(decided)
            if decided.status is None:
                continue
            of, person = look.rounds[said.code], look.persons[said.nik_index]
            current = look.entitled[of.id, person.id]
            since = said.on or now.date()
            row = {"status": decided.status.value, "record": said.status.value, "reason": said.reason, "since": since}
            changes.append({"id": current.id, "was": current.status, **row})
            look.entitled[of.id, person.id] = Entitled(
                current.id, of.id, person.id, decided.status.value, said.status.value, said.reason, since
            )
            if decided.tells:
                await self._outbox.queue(db, notice_of(said, of, person, now), now)
        await rounds.record(db, changes, who, now)
        return done

    def _count(self, said: Said, decided: Decided) -> None:
        if decided.refusal is not None:
            self._turn_away(said.line, Outcome.REJECTED, [decided.refusal, *said.findings])
            return
        self._tally.accept(said.findings, "unchanged" if decided.status is None else "changed")
        self._tally.notices += decided.tells
        self._run.report.tell(self._source.name, said.line, said.findings)

    def _turn_away(self, line: int, outcome: Outcome, found: Sequence[Finding]) -> None:
        self._tally.turn_away(outcome, found)
        self._run.report.tell(self._source.name, line, found, outcome)
