"""One look at a broadcast: who was told, how and when; who was not, why, and what happens next.

From the kept counters, and from a bounded number of rows where a counter knows neither reason nor time: the page that
asks looks every two seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts.values import Statement, statement_of
from notifier.rules.ahead import Ahead, Standing, Step, ahead
from notifier.rules.deliveries import EVENTS, State
from notifier.rules.outlook import Next, outlook
from notifier.store import deliveries, echoes, loads, told
from notifier.store import ledger as acts
from notifier.store.broadcasts import Broadcast
from notifier.store.loads import Load
from notifier.store.told import TOLD, Relative

BEFORE_END = ("canary", "expanding", "sending")
WHO_ENDED = {"paused": "broadcast.paused", "stopped": "broadcast.stopped", "done": "broadcast.done"}


@dataclass(frozen=True, slots=True)
class Way:
    """One line's part. `told` None: too many to be counted while somebody waits; the statement has them."""

    line: str
    people: int  # put on it
    attempts: int
    told: int | None = None
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """Some who were not told: their list, the reason, and what happens next with them."""

    kind: str  # a list's name
    reason: str
    people: int
    next: Next


@dataclass(frozen=True, slots=True)
class Glance:
    """Everything the top of a broadcast's page says."""

    statement: Statement
    ways: Sequence[Way]
    missed: Sequence[Missed]
    whole: bool  # False: the numbers by reason are a least
    echoes: Mapping[str, int]
    parent: Relative | None
    rest: Relative | None  # takes up whom this one left
    corrections: Sequence[Relative]
    ended: tuple[datetime, str] | None  # when it was paused, stopped or done, and by whom
    through: datetime | None = None  # when the last of them will have been written to
    ahead: Sequence[Step] = field(default=())


async def look(db: AsyncConnection, b: Broadcast) -> Glance:
    """How a broadcast stands. What comes is reckoned by `onward`, which needs to know when it will be through."""
    kept = await deliveries.tally(db, b.id)
    unsure = sum(n for (state, _), n in kept.items() if state == State.UNKNOWN)
    held = await told.count_held(db, "", b.id) if unsure else 0
    ways, unconfirmed = await _ways(db, b, sum(n for (state, _), n in kept.items() if state in TOLD))
    statement = statement_of(b, kept, held=held, unconfirmed=unconfirmed, recounted=None)
    reasons, whole = await told.reasons(db, b.id) if b.expanded else ([], True)
    silent = [("suppressed", reason, n) for reason, n in statement.suppressed.items()]
    silent += [("unconfirmed", "", unconfirmed)] if unconfirmed else []
    near = await told.relatives(db, b.round_id, b.id, b.parent_id)
    rest = await told.rest_of(db, b.id, b.event)
    read = any(n for (state, _), n in kept.items() if state in TOLD or state == State.UNKNOWN)
    corrections = await told.corrected_by(db, b.round_id, b.round_version) if read else []
    act = await acts.last(db, f"broadcast:{b.id}", WHO_ENDED[b.state]) if b.state in WHO_ENDED else None
    return Glance(
        statement,
        ways,
        [
            Missed(kind, reason, n, _next(b, kind, reason, taken=rest is not None))
            for kind, reason, n in (*reasons, *silent)
        ],
        whole,
        await echoes.of(db, b.id),
        next((one for one in near if one.id == b.parent_id), None),
        rest,
        [one for one in corrections if one != rest],
        (act.at, act.who) if act else None,
    )


async def _ways(db: AsyncConnection, b: Broadcast, n: int) -> tuple[list[Way], int]:
    """What each line carries, and how many lack a receipt they should have. `n`: people told by the kept counters."""
    carried = await loads.of(db, b.id)
    countable = 0 < n <= told.MOST
    found = await told.arrivals(db, b.id) if countable else []
    ways = []
    for line in sorted({*carried, *(line for line, *_ in found)}):
        load = carried.get(line, Load())
        parts = [part for part in found if part[0] == line]
        count = sum(people for _, lacks, people, *_ in parts if not lacks) if countable or not n else None
        first = min((first for *_, first, _ in parts if first), default=None)
        last = max((last for *_, last in parts if last), default=None)
        ways.append(Way(line, load.people, load.attempts, count, first, last))
    return ways, sum(people for _, lacks, people, *_ in found if lacks)


def _next(b: Broadcast, kind: str, reason: str, *, taken: bool) -> Next:
    if kind == "unconfirmed":
        return Next.REPORT
    held, again = kind == "held", kind == "resend"
    state = State.UNKNOWN if held or again else State(kind)
    lease = b.at if again else None
    return outlook(state, reason, held=held, due_at=b.at, lease_until=lease, halted=False, taken=taken).next


def onward(b: Broadcast, seen: Glance, now: datetime, through: datetime | None) -> Sequence[Step]:
    """The sentences at the top: what is so, and what comes."""
    s = seen.statement
    standing = s.due + s.sending
    tries, people = sum(way.attempts for way in seen.ways), sum(way.people for way in seen.ways)
    untried = min(standing, max(people - tries, 0)) if people else standing
    silent = s.suppressed.get("stopped", 0)
    until = (through or now) + EVENTS[b.event].retry_for
    return ahead(
        Standing(
            state=b.state,
            people=s.audience,
            begun=b.expanded > 0,
            at=b.at,
            expires_at=b.expires_at,
            waiting=s.unexpanded + untried,
            again=standing - untried,
            unsure=s.unknown - s.held + s.unconfirmed,
            held=s.held,
            told=s.accepted + s.delivered + s.read - s.unconfirmed,
            untold=s.failed + s.expired + s.cancelled + sum(s.suppressed.values()) - silent,
            first=min(b.canary, s.audience),
            judged_at=_judged(b, now),
            through=through,
            tried_until=min(until, b.expires_at),
            taken_up=seen.rest is not None,
        )
    )


def _judged(b: Broadcast, now: datetime) -> datetime | None:
    """When the first ones are looked at; None when that time is past and the last of them are waited for."""
    return b.canary_until if b.canary_until is not None and b.canary_until > now - timedelta(seconds=10) else None


__all__ = ["Ahead", "Glance", "Missed", "Way", "look", "onward"]
