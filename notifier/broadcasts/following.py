"""What follows when a round is new or moves: what is taken back, who is corrected, what is planned. Writes nothing.

The clock makes the plans from this, and a page shows the same before anybody says yes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts.audience import audience
from notifier.config import Reminders
from notifier.rules.audiences import EVERYBODY, Rule
from notifier.rules.deliveries import CORRECTIONS
from notifier.rules.pacing import reminder_at
from notifier.rules.series import Beat, occasions
from notifier.store import broadcasts as rows
from notifier.store import deliveries, editions, moves, programmes, series
from notifier.store.broadcasts import Broadcast
from notifier.store.rounds import Round

CANCELLED = "cancelled"
NO_LONGER_PLANNED = "the programme no longer plans this"
MANY = 2_000  # people of one broadcast; where more were told nobody is counted while somebody waits
MARGIN = timedelta(days=60)  # how long after its end a series may still speak of a round


@dataclass(frozen=True, slots=True)
class Again:
    """A broadcast that a change withdrew and that is planned once more, for those it has not told."""

    withdrawn: Broadcast
    people: int


@dataclass(frozen=True, slots=True)
class Follows:
    """What a change of a round brings with it."""

    told: int  # people who may have read older words
    correction: str  # event they are told by; "" when nobody is or it would come too late
    withdrawn: Sequence[Broadcast]
    reminders: Sequence[tuple[str, datetime]]  # (event, time) that the clock plans
    again: Sequence[Again]
    whole: bool = True  # False: so many that `told` is a least, as the kept counters have it


@dataclass(frozen=True, slots=True)
class Plan:
    """A broadcast that a round needs and has not."""

    event: str
    at: datetime
    people: int
    again: bool = False
    parent_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    rule: Rule = EVERYBODY


@dataclass(frozen=True, slots=True)
class Lacks:
    """What is to be planned for a round."""

    known: Collection[int]  # the broadcasts it had when this was reckoned
    plans: Sequence[Plan]
    late: Mapping[int, int]  # correction that is through → people who belong to it since
    look_again: bool  # somebody may turn out to have read older words


def companions(of: Round, reminders: Reminders, now: datetime) -> list[tuple[str, datetime]]:
    """The messages that belong to a round, as (event, time), soonest first; what is past is left out."""
    zone = ZoneInfo(of.zone)
    if of.state == CANCELLED:
        return []
    found = {("round_reminder", reminder_at(of.opens_at, zone, days, reminders.hour)) for days in reminders.days_before}
    if reminders.question:
        day = of.opens_at.astimezone(zone).date() + timedelta(days=reminders.question_days)
        found.add(("receipt_question", datetime.combine(day, reminders.hour, zone).astimezone(UTC)))
    return sorted((pair for pair in found if pair[1] > now), key=lambda pair: pair[1])


def correction_of(of: Round, now: datetime) -> str:
    """The event that corrects older words of a round; "" when there are none or the round is over."""
    if of.version == 1 or of.closes_at <= now:
        return ""
    return "round_cancelled" if of.state == CANCELLED else "round_changed"


def unfinished(there: Sequence[Broadcast], of: Round, planned: Collection[str]) -> list[Broadcast]:
    """Of a round's broadcasts those that a change withdrew and nothing took the place of; the newest of each event and
    rule, for another rule is for other people.

    `planned`: events that the clock plans anyway. Corrections are made anew for everybody who needs one.
    """
    if of.state == CANCELLED:
        return []
    followed = {(b.parent_id, b.event) for b in there}
    through = {b.id for b in there if b.state == "done"}  # what follows one of these asks about it, and falls with it
    anew = {b.event for b in there if b.round_version == of.version and b.parent_id is not None}
    found: dict[tuple[str, str], Broadcast] = {}
    for b in there:
        withdrawn = b.state == "stopped" and b.paused_from and b.round_version < of.version
        if b.series_id is not None and not b.expanded:
            continue  # its series makes it anew
        fresh = (b.id, b.event) not in followed and b.parent_id not in through
        if withdrawn and fresh and b.event not in (*planned, *anew, *CORRECTIONS):
            found[b.event, Rule.of(b.rule).digest] = b
    return list(found.values())


async def reminders_of(db: AsyncConnection, house: Reminders, programme: str) -> Reminders:
    """What is planned with a programme's rounds: as the office wrote it, else as the house does."""
    kept = await programmes.newest(db, programme)
    if kept is None or kept.reminders is None:
        return house
    own = dict(kept.reminders) | {"hour": time.fromisoformat(kept.reminders["hour"])}
    return house.model_copy(update=own | {"days_before": tuple(own["days_before"])})


async def outdated(db: AsyncConnection, house: Reminders, of: Round) -> list[int]:
    """The clock's plans for a round that its programme no longer has and nobody approved yet."""
    there = [b for b in await rows.of_round(db, of.id) if b.state == "planned" and b.planned_by == "clock"]
    if not there or await programmes.newest(db, of.programme) is None:
        return []
    reminders = await reminders_of(db, house, of.programme)
    wanted = set(companions(of, reminders, datetime.min.replace(tzinfo=UTC)))
    own = ("round_reminder", "receipt_question")
    alone = [b for b in there if b.parent_id is None and b.series_id is None and b.event in own]
    return [b.id for b in alone if (b.event, b.at) not in wanted]


async def lacking(db: AsyncConnection, reminders: Reminders, of: Round, now: datetime) -> Lacks:
    """The plans that a round still needs, reckoned in one snapshot."""
    there = await rows.of_round(db, of.id)
    planned = companions(of, await reminders_of(db, reminders, of.programme), now)
    plans = await _accompanying(db, of, there, planned, now)
    for b in unfinished(there, of, {event for event, _ in planned}):
        rule = Rule.of(b.rule)
        if people := await rows.size(db, audience(b.event, of, b.id, rule)):
            plans.append(Plan(b.event, max(b.at, now), people, again=b.again, parent_id=b.id, rule=rule))
    earlier = [b for b in there if b.round_version < of.version and b.expanded]
    event, late = correction_of(of, now), {}
    if event and earlier:
        made = [b for b in there if b.round_version == of.version and b.event == event]
        told = 0 if made else await rows.size(db, audience(event, of, earlier[-1].id))
        if told:
            facts = await was(db, of) if event == "round_changed" else {}
            plans.append(Plan(event, now, told, parent_id=earlier[-1].id, facts=facts))
        late = {b.id: await _late(db, of, b) for b in made if b.state == "done" and b.parent_id is not None}
    return Lacks(frozenset(b.id for b in there), plans, late, look_again=bool(event and earlier))


async def _accompanying(
    db: AsyncConnection, of: Round, there: Sequence[Broadcast], planned: Sequence[tuple[str, datetime]], now: datetime
) -> list[Plan]:
    """What belongs to a round and is not planned yet, nor comes of a series: its reminders and its question."""
    known = {(b.event, b.at) for b in there if b.round_version == of.version and b.why != NO_LONGER_PLANNED}
    asked = any(b.event == "receipt_question" and b.state != "stopped" for b in there)
    known |= {
        (s.event, one.at)
        for s in await series.covering(db, of)
        for one in occasions(
            Beat(s.every, s.day, time.fromisoformat(s.hour)),
            of.opens_at,
            of.closes_at,
            of.zone,
            s.since or now,
            of.closes_at + MARGIN,
        )
    }
    asked = asked or any(event == "receipt_question" for event, _ in known)
    wanted = [pair for pair in planned if pair not in known and not (asked and pair[0] == "receipt_question")]
    people = await rows.size(db, audience("round_reminder", of)) if wanted else 0
    return [Plan(event, at, people, again=event == "round_reminder") for event, at in wanted]


async def _late(db: AsyncConnection, of: Round, b: Broadcast) -> int:
    """How many people belong to a correction since it went out."""
    return await rows.size(db, moves.not_in(audience(b.event, of, b.parent_id), b.id))


async def was(db: AsyncConnection, of: Round) -> dict[str, Any]:
    """What a correction says was before: as far as everybody it is for has read the same, and it is so no longer."""
    told = await moves.told_versions(db, of.id, of.version)
    history = await editions.of_round(db, of.id)
    said = [editions.at_version(history, of, version) for version in told]
    facts: dict[str, Any] = {}
    for name in ("venue", "opens_at", "closes_at"):
        read = {None if one is None else one[name] for one in said}
        before = read.pop() if len(read) == 1 else None
        if before is not None and before != getattr(of, name):
            facts[f"was_{name}"] = before.isoformat() if isinstance(before, datetime) else before
    return facts


async def follows(db: AsyncConnection, reminders: Reminders, old: Round, new: Round, now: datetime) -> Follows:
    """What would follow if `old` became `new`."""
    new = replace(new, version=old.version + 1)
    there = await rows.of_round(db, old.id)
    planned = companions(new, await reminders_of(db, reminders, new.programme), now)
    told, whole = await _told(db, there, new)
    live = [b for b in there if b.state in moves.LIVE]
    after = [replace(b, state="stopped", paused_from=b.state) if b in live else b for b in there]
    again = [
        Again(b, await rows.size(db, audience(b.event, new, b.id, Rule.of(b.rule))))
        for b in unfinished(after, new, {event for event, _ in planned})
    ]
    return Follows(
        told=told,
        correction=correction_of(new, now) if told else "",
        withdrawn=live,
        reminders=planned,
        again=[one for one in again if one.people],
        whole=whole,
    )


async def _told(db: AsyncConnection, there: Sequence[Broadcast], new: Round) -> tuple[int, bool]:
    """How many people may have read older words; of many no more than that they are at least as many as the largest
    broadcast reached by its kept counters: False.
    """
    earlier = [b.id for b in there if b.round_version < new.version]
    kept = await deliveries.tally_each(db, earlier)
    most = max((sum(of.get(state, 0) for state in moves.REACHED) for of in kept.values()), default=0)
    if most > MANY:
        return most, False
    return await rows.size(db, rows.those(moves.told_before(new.id, new.version))), True
