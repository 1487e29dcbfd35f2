"""What is said of people's aid, taken or refused, and written with the notice of each change in one transaction.

By a file, a page or another system: all come here. What a status may follow is told by `rules.rounds`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.registry.findings import Finding, shown
from notifier.registry.news import Change, News
from notifier.rules.roles import covers
from notifier.rules.rounds import Entitlement, IllegalStatus, change
from notifier.store import ledger, people, rounds
from notifier.store.people import Person
from notifier.store.rounds import Entitled, Round

TOLD = frozenset({Entitlement.DISALURKAN, Entitlement.GAGAL, Entitlement.DITUNDA})
RECORDS = frozenset(status.value for status in Entitlement)
LOOK, WRITE = 500, 20  # rows looked up together, and written together with their notices


class Said(NamedTuple):
    """A row that can be read: what is said of one person in one round."""

    line: int
    whose: bytes | int  # index of the NIK, or the person's id
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
    round_id: int = 0  # where something was written
    entitlement_id: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What the register knows about a slice's people and rounds."""

    persons: dict[bytes | int, Person]
    rounds: dict[str, Round]
    entitled: dict[tuple[int, int], Entitled]
    invited: Collection[tuple[int, int]]  # (round, person) that may be drawn


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


async def look(db: AsyncConnection, taken: Sequence[Said]) -> Look:
    """Look a slice's people, rounds and entitlements up at once."""
    ids = {said.whose for said in taken if isinstance(said.whose, int)}
    niks = {said.whose for said in taken if isinstance(said.whose, bytes)}
    persons: dict[bytes | int, Person] = {}
    if niks:
        persons |= {index: person for index, person in (await people.by_niks(db, niks)).items()}  # noqa: C416
    if ids:
        persons |= {person.id: person for person in await people.by_ids(db, ids)}
    by_code = await rounds.by_codes(db, {said.code for said in taken})
    pairs = {
        (by_code[said.code].id, persons[said.whose].id)
        for said in taken
        if said.code in by_code and said.whose in persons
    }
    entitled = await rounds.entitled(db, pairs)
    regions = {person.id: person.region for person in persons.values()}
    invited: set[tuple[int, int]] = set()
    for of in by_code.values():
        ids = {person for number, person in pairs - entitled.keys() if number == of.id}
        approved = await people.approved(db, of.programme, ids) if ids else set()
        invited |= {(of.id, person) for person in approved if covers(of.region, regions[person])}
    return Look(persons, by_code, entitled, invited)


def judge(said: Said, there: Look, within: str, now: datetime) -> Decided:
    """What a row comes to, by what the register knows. `within`: area by prefix that whoever says it may touch. A day
    that has not come yet where the round is would stand in the way of every true one before it.
    """
    of, person = there.rounds.get(said.code), there.persons.get(said.whose)
    if of is None or not covers(within, of.region):
        return Decided(Finding("unknown_round", "KODE_PENYALURAN", shown(said.code)))
    if person is None:
        return Decided(Finding("unknown_nik", "NIK", said.masked))
    if said.on is not None and said.on > now.astimezone(ZoneInfo(of.zone)).date():
        return Decided(Finding("future_status", "TANGGAL", said.on.isoformat()))
    current = there.entitled.get((of.id, person.id))
    if current is None:
        if (of.id, person.id) not in there.invited:
            return Decided(Finding("not_invited", "NIK"))
        scheduled = Entitlement.DIJADWALKAN.value
        current = Entitled(0, of.id, person.id, scheduled, scheduled, "", None)
        if said.status is Entitlement.DIJADWALKAN:
            return Decided(status=said.status)
    return decide(said, current)


async def write(
    db: AsyncConnection, news: News, part: Sequence[Said], *, who: str, within: str, now: datetime
) -> list[Decided]:
    """Take a few rows in the caller's transaction: what became of each, in order. A row depends on those before it."""
    there = await look(db, part)
    there.entitled.update(await rounds.draw(db, sorted(there.invited), Entitlement.DIJADWALKAN.value, now))
    there.entitled.update(await rounds.entitled(db, there.entitled.keys(), lock=True))
    done: list[Decided] = []
    rows: list[dict[str, object]] = []
    changes: list[Change] = []
    for said in part:
        decided = judge(said, there, within, now)
        if decided.status is None:
            done.append(decided)
            continue
        of, person = there.rounds[said.code], there.persons[said.whose]
        current = there.entitled[of.id, person.id]
        done.append(decided._replace(round_id=of.id, entitlement_id=current.id))
        since = said.on or now.date()
        row = {"status": decided.status.value, "record": said.status.value, "reason": said.reason, "since": since}
        rows.append({"id": current.id, "was": current.status, **row})
        changes.append(Change(person, of, said.status.value, said.reason, decided.tells))
        there.entitled[of.id, person.id] = Entitled(
            current.id, of.id, person.id, decided.status.value, said.status.value, said.reason, since
        )
    told = await news.tell(db, changes, now)
    await rounds.record(db, [row | {"told": by} for row, by in zip(rows, told, strict=True)], who, now)
    return done


async def act(db: AsyncConnection, who: str, part: Sequence[Said], done: Sequence[Decided], now: datetime) -> None:
    """One act a round, in the caller's transaction: whose aid was changed to what, by a page or another system."""
    changed: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for said, decided in zip(part, done, strict=True):
        if decided.status is not None:
            changed[decided.round_id][said.status.value].append(decided.entitlement_id)
    for round_id, entitlements in sorted(changed.items()):
        await ledger.append(
            db,
            at=now,
            who=who,
            act="statuses.changed",
            about=f"round:{round_id}",
            detail={"entitlements": dict(sorted(entitlements.items()))},
        )
