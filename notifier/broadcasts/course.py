"""The course of a broadcast, as the clock drives it: begun, expanded slice by slice, finished or recalled.

Each step is one short transaction that looks at the present row first, so that it can be repeated, interrupted and
shared between processes.
"""

import time as clocks
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts.audience import audience_of
from notifier.broadcasts.guarding import WATCHED, Guard, settled
from notifier.broadcasts.leftover import name_rest
from notifier.broadcasts.pinning import reworded
from notifier.broadcasts.values import Terms
from notifier.rules.deliveries import CORRECTIONS, EVENTS, State
from notifier.rules.pacing import window
from notifier.store import broadcasts as rows
from notifier.store import deliveries, expansion, grounds, joining, loads, moves
from notifier.store import ledger as acts
from notifier.store.broadcasts import Broadcast
from notifier.store.deliveries import Step
from notifier.store.engine import Database
from notifier.store.loads import Load
from notifier.store.silence import asked_on, asks_again

log = structlog.get_logger()
SLICE_SQLITE, SLICE_POSTGRESQL = 1000, 10_000  # people expanded in one transaction; on SQLite webhooks wait for it
RECALL = 500
GLANCE = 10  # slices of one broadcast between two looks at how it fares, and at the others
LOOK = timedelta(seconds=2)  # how soon a sending broadcast is looked at again
ONCE_MORE = timedelta(minutes=1)  # after it is done, for what made somebody due in that very moment
DOUBT = timedelta(minutes=5)  # how long a correction waits to see who read what it corrects
TROUBLE = timedelta(minutes=1)  # how soon one that could not be driven is
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


class Course:
    """Drives broadcasts whose time has come."""

    def __init__(self, database: Database, terms: Terms, guard: Guard) -> None:
        self._database = database
        self._terms = terms
        self._guard = guard
        self._recalled: dict[int, int] = {}  # broadcast → last person whose message was called off, within a walk

    @property
    def _slice(self) -> int:
        return SLICE_SQLITE if self._database.is_sqlite else SLICE_POSTGRESQL

    async def advance(self, now: datetime, worker: str) -> int:
        """Look at every broadcast whose time has come; returns how many were looked at.

        Those that take long have turns of a few slices each, and what is approved meanwhile joins them.
        """
        began, looked = clocks.monotonic(), set[int]()
        while True:
            moment = now + timedelta(seconds=clocks.monotonic() - began) if looked else now
            async with self._database.read() as db:
                due = await rows.due(db, moment)
            looked.update(due)
            if not any([await self._turn(broadcast_id, moment, worker) for broadcast_id in due]):
                return len(looked)

    async def _turn(self, broadcast_id: int, now: datetime, worker: str) -> bool:
        """Some steps of one broadcast; whether there are more to take at once."""
        try:
            return await self._look(broadcast_id, now, worker)
        except Exception:  # one broadcast in trouble must not hold up those behind it
            log.exception("broadcast.advance", broadcast=broadcast_id)
            async with self._database.write() as db:
                await rows.rest(db, broadcast_id, now + TROUBLE)
            return False

    async def _look(self, broadcast_id: int, now: datetime, worker: str) -> bool:
        for turn in range(GLANCE):
            async with self._database.write_slice() as db:
                b = await rows.get(db, broadcast_id, lock=True)
                if b is None or b.wake is None or b.wake > now:
                    return False
                if b.state in WATCHED and not turn and (why := await self._guard.trouble(db, b)):
                    await self._guard.ask(db, b, why, now, "broadcast.halted")
                    return False
                step = {
                    "approved": self._begin,
                    "canary": self._judge,
                    "expanding": self._expand,
                    "sending": self._finish,
                    "stopped": self._recall,
                    "done": self._reopen,
                    "asking": self._tell,
                }.get(b.state)
                why = reworded(b.event, b.pins, self._terms.wordings(b.event)) if b.state in rows.WORDED else ""
                if why and await self._guard.ask_of_words(db, b, why, now):
                    return False
                if step is None:
                    await rows.change(db, b.id, (b.state,), wake=None)
                    return False
                if not await step(db, b, now, worker):
                    return False
        return True

    async def _begin(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        """Freeze the audience, or ask when the world has moved since the approval."""
        of = await grounds.of(db, b)
        if b.parent_id is not None and await self._in_doubt(db, b, now):
            await rows.change(db, b.id, (b.state,), wake=now + LOOK)
            return False
        await joining.walk_begins(db)
        people = await rows.size(db, audience_of(b, of))
        why = ""
        if b.expires_at <= now:
            await rows.change(
                db, b.id, (b.state,), state="stopped", why="too late for its event", audience=people, wake=now
            )
            await note(db, "clock", "broadcast.stopped", b.id, now)
            return True
        if of.version != b.round_version:
            why = "the round was changed after the plan"
        elif (
            now - b.at > self._terms.past_due
            and b.approved_at is not None
            and now - b.approved_at > self._terms.past_due
        ):
            why = "the plan is past due: the service did not run at its time"
        elif abs(people - b.approved_audience) * 100 > self._terms.audience_moved * max(b.approved_audience, 1):
            why = f"the audience moved from {b.approved_audience} to {people} people since it was approved"
        if why:
            await self._guard.ask(db, b, why, now)
            return False
        await rows.change(db, b.id, (b.state,), state="expanding", audience=people, wake=now)
        await note(db, "clock", "broadcast.begun", b.id, now, people=people)
        return True

    async def _in_doubt(self, db: AsyncConnection, b: Broadcast, now: datetime) -> bool:
        """Whether what came before is still under way, so that nobody can say yet who has read it."""
        since = max(b.at, b.approved_at or b.at)
        if b.round_id is None:  # a general notice corrects nothing
            return False
        return now - since < DOUBT and await moves.under_way(db, b.round_id, b.round_version) > 0

    async def _expand(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        of = await grounds.of(db, b)
        people = audience_of(b, of)
        if b.event in CORRECTIONS:  # whoever joins one late has its walk begin once more
            people = moves.not_in(people, b.id)
        # The first ones stay among themselves: the slice that reaches their number ends there.
        whole = self._slice
        limit = min(whole, b.canary - b.expanded) if b.canary > b.expanded else whole
        if b.round_id is not None and (b.parent_id is None or b.event not in CORRECTIONS):
            await expansion.draw(db, b.round_id, people, now, b.cursor, limit)
        again = await asks_again(db, b.event, b.parent_id)
        event = EVENTS[b.event]
        begin = max(b.at, now) if not b.expanded else b.at
        due = {zone: window(begin, ZoneInfo(zone), self._terms.opens, self._terms.closes) for zone in ZONES}
        written, last, counts, carried = await expansion.expand(
            db,
            b,
            people,
            ladder=tuple(self._terms.ladders.of(of.programme)),
            besides=asked_on(b.parent_id) if again and b.parent_id is not None else None,
            mute=self._terms.muted(b.event),
            lines={kind: route.line for kind, route in self._terms.routes.items()},
            lane=int(event.lane),
            due=due if event.keeps_window else {},
            now=now,
            limit=limit,
        )
        await deliveries.count(db, {(b.id, state, reason): n for state, reason, n in counts}, worker)
        await loads.add(db, worker, {(b.id, line): Load(people=n) for line, n in carried.items()})
        done = written < limit
        expanded = b.expanded + written
        # People who joined or left the audience while it was walked: the count of those walked is the audience.
        values: dict[str, Any] = (
            {"audience": expanded, "state": "sending"} if done else {"audience": max(b.audience, expanded)}
        )
        if not done and expanded == b.canary:
            values |= {
                "state": "canary",
                "canary_until": self._guard.first_until(due if event.keeps_window else {}, now),
            }
        await rows.change(db, b.id, (b.state,), expanded=expanded, cursor=last, wake=now, **values)
        return True

    async def _judge(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        """The first ones are told: the others follow when all went well, or a person is asked."""
        why = await self._guard.judge(db, b, now)
        if why is None:
            await rows.change(db, b.id, (b.state,), wake=now + LOOK)
            return False
        if why:
            await self._guard.ask(db, b, why, now, "broadcast.halted")
            return False
        await rows.change(db, b.id, (b.state,), state="expanding", wake=now)
        await note(db, "clock", "broadcast.canary_passed", b.id, now, people=b.expanded)
        return True

    async def _finish(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        if await settled(db, b.id):
            await rows.change(db, b.id, (b.state,), state="done", wake=now + ONCE_MORE)
            await note(db, "clock", "broadcast.done", b.id, now, audience=b.audience)
        else:
            await rows.change(db, b.id, (b.state,), wake=now + LOOK)
        return False

    async def _reopen(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        """A late bounce makes somebody due again: it goes on, on its page and for the sweeps."""
        if await settled(db, b.id):
            await rows.change(db, b.id, (b.state,), wake=None)
        else:
            await rows.change(db, b.id, (b.state,), state="sending", wake=now + LOOK)
            await note(db, "clock", "broadcast.reopened", b.id, now)
        return False

    async def _tell(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        """Somebody's act made it ask: whoever may say yes learns of it."""
        await self._guard.tell(db, b, b.why, now)
        await rows.change(db, b.id, (b.state,), wake=None)
        return False

    async def _recall(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        """Call off what has not left, slice by slice, and name whom it never came to."""
        kept = await deliveries.tally(db, b.id)
        found = []
        if kept.get((State.DUE.value, ""), 0):  # else a million rows would be walked to find none
            found = await rows.waiting(db, b.id, self._recalled.get(b.id, 0), RECALL)
        why, end = b.why or "stopped", {"settled_at": now, "lease_until": None}
        steps = [
            # What may have been sent before it fell due again is not called off by calling off its resend.
            Step(i, b.id, State.DUE.value, (State.UNKNOWN if twice else State.CANCELLED).value, why, end)
            for i, twice, _ in found
        ]
        await deliveries.move(db, steps, worker)
        if len(found) == RECALL:
            self._recalled[b.id] = found[-1][2]
            return True
        self._recalled.pop(b.id, None)
        if b.audience > b.expanded:
            await name_rest(db, self._terms, b, now, worker, self._slice)
            return True
        # What is under way now may fall back to due (a refusal that may pass, a resend): look until nothing can.
        done = await settled(db, b.id)
        await rows.change(db, b.id, (b.state,), wake=None if done else now + LOOK)
        return False


async def note(db: AsyncConnection, who: str, act: str, broadcast_id: int, now: datetime, **detail: Any) -> None:
    """Append an act about a broadcast to the ledger."""
    await acts.append(db, at=now, who=who, act=act, about=f"broadcast:{broadcast_id}", detail=detail)
