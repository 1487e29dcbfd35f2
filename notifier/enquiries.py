"""What anybody may ask without a login: announcements, the schedule of a place, how their own benefit stands, how the
service fares. Tells who asks nothing about anybody else, and counts how often strangers ask.

Knows neither pages nor complaints.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.limits import LIMITS, LONGEST, Asked
from notifier.rules.people import NikFault, fold_name, nik_digits
from notifier.rules.rounds import Enrolment, Entitlement, public_status
from notifier.rules.suppression import publish, share
from notifier.store import ledger, notices, people, tries
from notifier.store.engine import Database
from notifier.store.rounds import Round, areas_of
from notifier.vault import SHORT, Vault

CITIZEN = "citizen"
NOBODY = 0  # the id of no person: asked for all the same, so that a stranger cannot tell by the time it takes
LATELY = timedelta(days=14)  # how long a change is announced first
ANNOUNCED = 6
LISTED = 40  # rounds on one page
COMPLAINED_OF = timedelta(days=90)  # how long after its end a round can be chosen for a complaint
Listed = tuple[Round, str]  # a round, and the name of its place


@dataclass(frozen=True, slots=True)
class Schedule:
    """The rounds of an area, the areas it lies in, and the smaller ones to go on to."""

    area: str
    within: tuple[tuple[str, str], ...]  # (code, name), from the province on
    below: tuple[tuple[str, str], ...]
    rounds: tuple[Listed, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How one programme stands for the person who asked."""

    programme: str
    period: str
    status: str  # Sudah Diterima, Dalam Proses, Tidak Terdaftar


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody who gave a NIK and a name is told."""

    matched: bool = False
    standings: tuple[Standing, ...] = ()
    until: datetime | None = None  # asked too often: try again then


@dataclass(frozen=True, slots=True)
class Figures:
    """How the service fared in a whole quarter, by regency; None where it would speak of a few people."""

    since: datetime
    before: datetime
    rows: tuple[tuple[str, int | None, str], ...]  # (name, complaints, how many were settled: most, half, some, "")
    total: int | None
    settled: str

    @property
    def until(self) -> datetime:
        """A moment of its last day."""
        return self.before - timedelta(hours=1)


class Enquiries:
    """Looks things up for strangers."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._counted: Figures | None = None

    async def announcements(self, now: datetime) -> list[Listed]:
        """Rounds to come, what changed lately first."""
        async with self._database.read() as db:
            return await notices.announced(db, now, LATELY, ANNOUNCED)

    async def schedule(self, area: str, now: datetime) -> Schedule:
        """What there is for an area ("" for the whole country), and the next smaller areas."""
        async with self._database.read() as db:
            found = await notices.of_area(db, area, now, LISTED + 1) if area else []
            codes = await notices.below(db, area, now)
            served = any(of.region in areas_of(area) for of, _ in found) if area else False
            above = areas_of(area) if area else []
            named = await notices.names(db, [*above, *codes], area if served else "")
        inside = sorted({*codes, *(code for code in named if code not in above)})
        return Schedule(
            area,
            tuple((code, named.get(code, code)) for code in above),
            tuple(sorted(((code, named.get(code, code)) for code in inside), key=lambda one: one[1])),
            tuple(found[:LISTED]),
            len(found) > LISTED,
        )

    async def round(self, code: str, now: datetime) -> Listed | None:
        """The round somebody wants to complain of; None when there is none, or it is long over."""
        async with self._database.read() as db:
            return await notices.recent(db, code, now - COMPLAINED_OF)

    async def place(self, area: str) -> str:
        """The name of an area; "" when the register knows none of this code."""
        async with self._database.read() as db:
            return (await notices.names(db, [area])).get(area, "")

    # --- one's own benefit ---

    async def status(self, nik: str, name: str, source: str, now: datetime) -> Answer:
        """How benefits stand for whoever has this NIK and this name. A NIK nobody has and a name that is not its own
        are one answer, reached by the same steps; each question leaves a link in the ledger.
        """
        digits = nik_digits(nik)
        index = self._vault.index("" if isinstance(digits, NikFault) else digits, "nik")
        async with self._database.write() as db:
            until = await tried(db, self._vault, Asked.STATUS, _from(index.hex(), source), now)
            if until is not None:
                return Answer(until=until)
            person = await people.by_nik(db, index)
            known, asked = (fold_name(text).encode() for text in (person.name if person else "", name))
            matched = hmac.compare_digest(known, asked) and person is not None
            who = person.id if matched and person is not None else NOBODY
            enrolled = await notices.enrolled(db, who)
            entitled = await notices.entitled(db, who)
            about = f"person:{who}" if matched else "person:unknown"
            answer = {"answer": "told" if matched else "mismatch"}
            await ledger.append(db, at=now, who=CITIZEN, act="status_asked", about=about, detail=answer)
        return Answer(matched, _standings(enrolled, entitled) if matched else ())

    # --- limits ---

    async def admit(self, what: Asked, subject: str, source: str, now: datetime) -> datetime | None:
        """Count a try; when it was one too many, when to try again. `subject`: whom or what it is about."""
        async with self._database.write() as db:
            return await tried(db, self._vault, what, _from(subject, source), now)

    async def forget(self, now: datetime) -> None:
        """Drop counts that no limit looks at any more."""
        async with self._database.write() as db:
            await tries.forget(db, now - LONGEST)

    # --- how the service fares ---

    async def figures(self, now: datetime, zone: str) -> Figures:
        """The last whole quarter: a time that stands still, so that two looks tell nothing of the days between."""
        since, before = quarter(now, zone)
        if self._counted is not None and self._counted.since == since:
            return self._counted  # it is over: nothing of it changes, and strangers must not have it counted each time
        async with self._database.read() as db:
            found = await notices.complaints(db, since, before)
        shown = publish({code: n for code, _, n, _ in found})
        rows = tuple(
            (name, shown.rows[code], share(settled, n) if shown.rows[code] is not None else "")
            for code, name, n, settled in found
        )
        whole, settled = sum(n for _, _, n, _ in found), sum(done for *_, done in found)
        told = share(settled, whole) if shown.total is not None else ""
        self._counted = Figures(since, before, rows, shown.total, told)
        return self._counted


async def tried(
    db: AsyncConnection, vault: Vault, what: Asked, named: Mapping[str, str], now: datetime
) -> datetime | None:
    """Count a try in the caller's transaction; when it was one too many, when to try again.

    `named`: by what it is counted → the name that counts, kept as a keyed one. By "all" it is counted where that is
    named too.
    """
    for by, limit in LIMITS[what].items():  # in this order: what is refused takes nothing from the others' share
        if by not in named:
            continue
        key = vault.index(f"{what}\0{by}\0{named[by]}", "tries")[:SHORT].hex()
        until = limit.until(*await tries.count(db, f"{what} {by} {key}", limit.within, now))
        if until is not None:
            return until
    return None


def _from(subject: str, source: str) -> Mapping[str, str]:
    """Whoever asks by a page."""
    return {"subject": subject, "block": source, "all": ""}


def quarter(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """Beginning and end of the last quarter that is over, in UTC."""
    local = now.astimezone(ZoneInfo(zone))
    first = local.replace(month=local.month - (local.month - 1) % 3, day=1, hour=0, minute=0, second=0, microsecond=0)
    year, month = (first.year, first.month - 3) if first.month > 3 else (first.year - 1, 10)
    return first.replace(year=year, month=month).astimezone(UTC), first.astimezone(UTC)


def _standings(enrolled: list[tuple[str, str]], entitled: list[tuple[str, str, str]]) -> tuple[Standing, ...]:
    """One line a programme: what its newest round says, else what the register says."""
    found: dict[str, Standing] = {}
    for programme, period, status in entitled:
        found.setdefault(programme, Standing(programme, period, public_status(Entitlement(status))))
    for programme, status in enrolled:
        found.setdefault(programme, Standing(programme, "", public_status(Enrolment(status))))
    return tuple(found[programme] for programme in sorted(found))
