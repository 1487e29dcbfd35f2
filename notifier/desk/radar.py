"""The radar of the desk: rings once where more people complain of a round at one point than chance explains, shows what
it rings by, and who says that they have not what the record says was paid.

Counts people by opening the sealed reporters of what is about to ring; nothing of it leaves but the number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.values import SEALED_REPORTER, Room
from notifier.errors import Refused
from notifier.outbox import Notice
from notifier.rules import shields
from notifier.rules.radar import KINDS, LEAST, Count, Judged, Kind, judge
from notifier.rules.roles import Right, Role, Viewer, covers
from notifier.store import accounts, ledger
from notifier.store import radar as rows
from notifier.store.radar import Alarm, Denied, Named, Point

SPAN = timedelta(days=90)  # how far back complaints count
PAGE = 50
CLOCK = "clock"
TOLD = (Role.SUPERVISOR, Role.ADMIN)
_KINDS = {category.value: kind.value for category, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Seen:
    """A point as it is shown: the count, what was to be expected, and whether it rings."""

    point: Point
    expected: float
    rings: bool


@dataclass(frozen=True, slots=True)
class RadarPage:
    """All that the radar shows to one viewer."""

    alarms: tuple[tuple[Alarm, tuple[str, ...]], ...]  # with the numbers of the tickets that are theirs to see
    points: tuple[Seen, ...]
    named: tuple[Named, ...]
    denied: tuple[Denied, ...]
    next: int | None = None  # where the next page of `denied` begins


async def watch(room: Room, now: datetime) -> int:
    """Look at all rounds complained of lately, and ring for what has not rung; returns how many rang."""
    async with room.database.read() as db:
        judged = _judged(await rows.points(db, _KINDS, Kind.INTEGRITY, now - SPAN))
        rung = await rows.known(db)
    new = [(p, one) for p, one in judged if one.rings and (p.round_id, p.point, p.kind) not in rung]
    n = 0
    for point, one in new:
        async with room.database.write() as db:
            n += await _ring(room, db, point, one, now)
    return n


def _judged(points: Sequence[Point]) -> list[tuple[Point, Judged]]:
    counts = {Count(p.round_id, Kind(p.kind), p.people, p.entitled, p.point): p for p in points}
    return [(counts[one.count], one) for one in judge(tuple(counts))]


async def _ring(room: Room, db: AsyncConnection, point: Point, one: Judged, now: datetime) -> bool:
    found = await rows.evidence(db, point, _KINDS, Kind.INTEGRITY, now - SPAN)
    people = len({_somebody(room, sealed) for _, sealed in found})
    if people < LEAST:  # one person under several keyed names: in the open, in confidence, on two channels
        return False
    region = _seen_from(point)
    row = {
        "round_id": point.round_id,
        "venue": point.venue,
        "point": point.point,
        "kind": point.kind,
        "region": region,
        "people": people,
        "expected": round(one.expected, 3),
        "evidence": [ticket for ticket, _ in found],
        "at": now,
    }
    if await rows.ring(db, row) is None:
        return False
    detail = {"kind": point.kind, "people": people, "tickets": len(found)}
    await ledger.append(db, at=now, who=CLOCK, act="radar_rang", about=f"round:{point.round_id}", detail=detail)
    url = f"{room.settings.public_url}/desk/radar" if room.settings.public_url else ""
    facts = {"what": "alert_radar", "summary": f"{people} orang: {point.code}, {point.venue}", "url": url}
    for account in await accounts.with_roles(db, [role.value for role in TOLD]):
        if account.notify_kind and covers(account.region, region):
            notice = Notice("desk_alert", account.language, room.settings.zone, facts, account_id=account.id)
            await room.outbox.queue(db, notice, now)
    return True


def _somebody(room: Room, sealed: bytes) -> tuple[object, ...]:
    told = room.vault.open_json(sealed, SEALED_REPORTER)
    return ("person", told["person_id"]) if told["person_id"] is not None else (told["kind"], told["address"])


def _seen_from(point: Point) -> str:
    """The office that may know: what somebody takes is hidden from the office where it is handed out."""
    return shields.above(point.region) if point.kind == Kind.INTEGRITY else point.region


async def page(room: Room, viewer: Viewer, before: int | None, now: datetime) -> RadarPage:
    """What the radar shows of the viewer's region."""
    viewer.needs(Right.SEE_REPORTS)
    since = now - SPAN
    async with room.database.read() as db:
        alarms = await rows.alarms_of(db, viewer.region)
        numbers = await rows.numbers(db, {ticket for alarm in alarms for ticket in alarm.evidence})
        judged = _judged(await rows.points(db, _KINDS, Kind.INTEGRITY, since))
        named = await rows.named(db, viewer.region, since)
        may = viewer.may(Right.SEE_PEOPLE)
        denied = list(await rows.denied(db, viewer.region, before, PAGE + 1)) if may else []
    shown = [Seen(point, one.expected, one.rings) for point, one in judged if viewer.covers(_seen_from(point))]
    theirs = {ticket: number for ticket, (number, region) in numbers.items() if viewer.covers(region)}
    return RadarPage(
        tuple((alarm, tuple(theirs[t] for t in alarm.evidence if t in theirs)) for alarm in alarms),
        tuple(shown[:PAGE]),
        tuple(named),
        tuple(denied[:PAGE]),
        denied[PAGE - 1].id if len(denied) > PAGE else None,
    )


async def take(room: Room, viewer: Viewer, alarm_id: int, now: datetime) -> None:
    """Take note of an alarm. Refused when there is none in the viewer's region, or somebody has."""
    viewer.needs(Right.ASSIGN)
    async with room.database.write() as db:
        found = await rows.get(db, alarm_id)
        if found is None or not viewer.covers(found[0]):
            raise Refused(f"there is no alarm {alarm_id} in your region")
        if found[1] is not None:
            raise Refused(f"somebody has taken note of alarm {alarm_id} already")
        await rows.take(db, alarm_id, viewer.account_id, now)
        await ledger.append(db, at=now, who=viewer.who, act="radar_taken", about=f"alarm:{alarm_id}")
