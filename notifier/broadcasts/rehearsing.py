"""The dry run: everything a broadcast would do, told before anybody says yes. Writes nothing but what is taken away.

It asks the same audience as the walk, words the same templates, and reckons with the rates and hours of the lines.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts import sheets
from notifier.broadcasts.account import seen
from notifier.broadcasts.audience import audience
from notifier.broadcasts.values import Terms, summed
from notifier.errors import Refused
from notifier.rules import reasons
from notifier.rules.audiences import Rule
from notifier.rules.deliveries import EVENTS
from notifier.rules.eta import ROUND_THE_CLOCK, Queue, eta
from notifier.rules.pacing import window
from notifier.rules.roles import Right, Viewer
from notifier.store import broadcasts as rows
from notifier.store import grounds, rehearsals
from notifier.store import ledger as acts
from notifier.store.broadcasts import Broadcast
from notifier.store.engine import Database
from notifier.store.rehearsals import Hindered, Reached, Sample, Way
from notifier.store.rounds import Round
from notifier.store.silence import asked_on, asks_again

# event, channel, language, zone, name, round → (subject, text, segments)
Say = Callable[[str, str, str, str, str, Round], tuple[str, str, int]]
HEAD = ("NAMA", "NIK", "KODE_WILAYAH", "DESA", "SEBAB")
SHOWN = 20  # people who cannot be reached, on the page itself
BATCH = 1_000
MANY = 10_000  # people; of a larger audience a page looks at fewer than so many, and tells what follows for all


@dataclass(frozen=True, slots=True)
class Rung:
    """What one channel would carry."""

    channel: str
    line: str
    people: int
    languages: Mapping[str, int]
    rate: float  # messages a second
    segments: int  # of the longest message, for everybody: never too little
    price: int  # rupiah
    hours: float  # at the line's rate, quiet hours apart


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as a real person would read it."""

    channel: str
    language: str
    name: str
    longest: bool
    subject: str
    text: str
    segments: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a broadcast would do."""

    people: int
    rungs: Sequence[Rung]
    hindered: Mapping[str, int]  # reason → people
    shown: Sequence[Hindered]  # some of them
    spoken: Sequence[Spoken]
    begins: Mapping[str, datetime]  # zone → when the first may be written to there
    ends: datetime | None  # when the last was, should nothing else use the lines; None: nobody is written to
    price: int
    segments: int
    cap: int | None
    every: int = 1  # one of so many people was looked at; above 1 everything but `people` is about right

    @property
    def over_cap(self) -> bool:
        """Whether it would cost more than it may."""
        return self.cap is not None and self.price > self.cap


@dataclass(frozen=True, slots=True)
class Draft:
    """What is tried out: a plan that exists, or one that is being made."""

    event: str
    round: Round
    at: datetime
    cap: int | None
    rule: Rule
    parent_id: int | None = None

    @classmethod
    def of(cls, b: Broadcast, of: Round) -> "Draft":
        """A plan as it stands."""
        return cls(b.event, of, b.at, b.cap, Rule.of(b.rule), b.parent_id)


@dataclass(frozen=True, slots=True)
class Seen:
    """What looking at an audience came to, before anything is reckoned from it."""

    people: int
    found: Sequence[Reached]
    samples: Sequence[Sample]
    shown: Sequence[Hindered]
    every: int = 1


class Rehearsing:
    """Tries broadcasts out."""

    def __init__(self, database: Database, terms: Terms, say: Say) -> None:
        self._database = database
        self._terms = terms
        self._say = say

    async def draft(self, viewer: Viewer, broadcast_id: int) -> Draft:
        """What a broadcast was planned as. Raises Refused."""
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            b = await seen(db, viewer, broadcast_id)
            of = await grounds.of(db, b)
        return Draft.of(b, of)

    async def rehearse(self, viewer: Viewer, draft: Draft, now: datetime) -> Rehearsal:
        """Reckon what a plan would do, in one snapshot; of many people from some of them. Raises Refused without the
        right to see people.
        """
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read(snapshot=True) as db:
            way = await self.way(db, draft)
            people = await rows.size(db, way.people)
            way = replace(way, every=_every(people))
            found = scaled(await rehearsals.reached(db, way), people)
            samples = await rehearsals.samples(db, way)
            hindered = any(row.hindered for row in found)
            shown = await rehearsals.hindered(db, way, limit=SHOWN) if hindered else ()
        return self.told(draft, Seen(people, found, samples, shown, way.every), now)

    def told(self, draft: Draft, seen: Seen, now: datetime) -> Rehearsal:
        """What was seen, at today's prices and rates, in the words of the templates."""
        spoken = []
        for sample in seen.samples:
            subject, text, segments = self._say(
                draft.event, sample.channel, sample.language, sample.zone, sample.name, draft.round
            )
            spoken.append(Spoken(sample.channel, sample.language, sample.name, sample.longest, subject, text, segments))
        reached, ladder = [row for row in seen.found if not row.hindered], self._ladder(draft)
        rungs = [self._rung(kind, reached, spoken) for kind in ladder if any(r.channel == kind for r in reached)]
        begin, keeps = max(draft.at, now), EVENTS[draft.event].keeps_window
        hours = (self._terms.opens, self._terms.closes) if keeps else ROUND_THE_CLOCK
        zones = sorted({row.zone for row in reached})
        return Rehearsal(
            people=seen.people,
            rungs=rungs,
            hindered=summed((row.hindered, row.people) for row in seen.found if row.hindered),
            shown=seen.shown,
            spoken=spoken,
            begins={zone: window(begin, ZoneInfo(zone), *hours) if keeps else begin for zone in zones},
            ends=eta({r.line: Queue(r.people, r.rate) for r in rungs}, begin, ZoneInfo(draft.round.zone), *hours),
            price=sum(rung.price for rung in rungs),
            segments=sum(rung.segments for rung in rungs),
            cap=self._terms.cap if draft.cap is None else draft.cap,
            every=seen.every,
        )

    async def sheet(self, viewer: Viewer, draft: Draft, form: str, now: datetime) -> tuple[IO[bytes], int]:
        """Whom it could not reach, as a file put on record; close it when it was read. Raises Refused."""
        viewer.needs(Right.EXPORT)
        async with self._database.read() as db:
            file, count = await sheets.write(form, HEAD, _cells(db, await self.way(db, draft)))
        async with self._database.write() as db:
            detail = {"list": "unreachable", "form": form, "people": count, "event": draft.event}
            about = f"round:{draft.round.id}" if draft.round.id else "general_notice"
            await acts.append(db, at=now, who=viewer.who, act="export.unreachable", about=about, detail=detail)
        return file, count

    def _ladder(self, draft: Draft) -> tuple[str, ...]:
        return tuple(self._terms.ladders.of(draft.round.programme))

    async def way(self, db: AsyncConnection, draft: Draft) -> Way:
        """How a plan's audience would be written to."""
        again = await asks_again(db, draft.event, draft.parent_id)
        return Way(
            audience(draft.event, draft.round, draft.parent_id, draft.rule),
            self._ladder(draft),
            asked_on(draft.parent_id) if again and draft.parent_id is not None else None,
            self._terms.muted(draft.event),
        )

    def _rung(self, kind: str, reached: Sequence[Reached], spoken: Sequence[Spoken]) -> Rung:
        route = self._terms.routes.get(kind)
        if route is None:
            raise Refused(f"no line carries {kind}; see [lines] in config.toml")
        mine = [row for row in reached if row.channel == kind]
        people = sum(row.people for row in mine)
        each = {one.language: one.segments for one in spoken if one.channel == kind and one.longest}
        segments = sum(row.people * each.get(row.language, 1) for row in mine) if route.price else 0
        return Rung(
            channel=kind,
            line=route.line,
            people=people,
            languages=summed((row.language, row.people) for row in mine),
            rate=route.rate,
            segments=segments,
            price=segments * route.price,
            hours=people / route.rate / 3600,
        )


def _every(people: int) -> int:
    """One of how many people is looked at: odd, for people who come in pairs would all be even or none."""
    return 1 if people <= MANY else -(-people // MANY) | 1


def scaled(found: Sequence[Reached], people: int) -> Sequence[Reached]:
    """The same shares of `people`: they add up to as many, whatever was rounded."""
    whole = sum(row.people for row in found)
    parts, seen, given = [], 0, 0
    for row in found:
        seen += row.people
        upto = people * seen // whole
        parts.append(row._replace(people=upto - given))
        given = upto
    return parts


async def _cells(db: AsyncConnection, way: Way) -> AsyncIterator[Sequence[Sequence[object]]]:
    after = 0
    while part := await rehearsals.hindered(db, way, after, BATCH):
        yield [(p.name, p.nik_masked, p.region, p.village, reasons.said(p.reason, "id")) for p in part]
        after = part[-1].person_id
