"""What the clock starts: each job is one call, every few seconds, on whichever process holds its lease.

APScheduler only ticks; what is to be done stands in the tables (`wake`, `due_at`, `lease_until`), so that a tick that
is missed, doubled or late does no harm.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from notifier.broadcasts import Broadcasts, audience
from notifier.config import Reminders
from notifier.rules.pacing import reminder_at
from notifier.store import broadcasts as rows
from notifier.store import leases, rounds
from notifier.store.engine import Database
from notifier.store.rounds import Round

log = structlog.get_logger()
TROUBLE = timedelta(minutes=5)  # how soon a round that could not be carried is looked at again


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do every so often. `single`: by one process at a time."""

    name: str
    every: float  # seconds
    do: Callable[[datetime], Awaitable[Any]]
    single: bool = True


class Ticker:
    """Starts jobs when their time comes; a job that still runs is not started again."""

    def __init__(self, database: Database, jobs: Sequence[Job], clock: Callable[[], datetime], holder: str) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._holder = holder
        self._under_way: set[asyncio.Task[Any]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Begin to tick in the running loop."""
        for job in self._jobs:
            self._scheduler.add_job(self.run, IntervalTrigger(seconds=job.every), args=[job], id=job.name)
        self._scheduler.start()

    async def close(self, patience: float) -> None:
        """Tick no more; what is under way has `patience` seconds to come to its end. Others may take over at once."""
        self._scheduler.pause()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience)
        self._scheduler.shutdown(wait=False)
        try:
            async with self._database.write() as db:
                await leases.give_back(db, self._holder)
        except Exception:  # they run out by themselves
            log.exception("jobs.leases")

    async def run(self, job: Job) -> None:
        """One tick. What goes wrong is logged; the next tick tries again."""
        now = self._clock()
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            if job.single and not self._database.is_sqlite:
                async with self._database.write() as db:
                    span = timedelta(seconds=max(10.0, job.every * 3))
                    if not await leases.take(db, f"job:{job.name}", self._holder, now, span):
                        return
            await job.do(now)
        except Exception:
            log.exception("job.failed", job=job.name)
        finally:
            self._under_way.discard(task)


class RoundCarrier:
    """Carries a new or changed round into its plans: reminders, the receipt question, recalls and corrections."""

    def __init__(self, database: Database, broadcasts: Broadcasts, reminders: Reminders) -> None:
        self._database = database
        self._broadcasts = broadcasts
        self._reminders = reminders

    async def carry(self, now: datetime) -> int:
        """Look at every round that was woken; returns how many."""
        async with self._database.read() as db:
            woken = await rounds.waking(db, now)
        for of in woken:
            try:
                await self._carry(of.id, now)
            except Exception:  # one round in trouble must not hold up the others
                log.exception("round.carry", round=of.code)
                async with self._database.write() as db:
                    await rounds.rest(db, of.id, of.version, now + TROUBLE)
        return len(woken)

    async def _carry(self, round_id: int, now: datetime) -> None:
        async with self._database.write() as db:  # the recall stands whatever becomes of the new plans
            of = await rounds.get(db, round_id, lock=True)
            if of is not None and of.version > 1:
                why = f"the round was changed (version {of.version})"
                await rows.forget_plans(db, of.id, why, older_than=of.version)
                await rows.recall(db, of.id, of.version, why, now)
        async with self._database.write() as db:
            of = await rounds.get(db, round_id, lock=True)
            if of is None or of.wake is None or of.wake > now:
                return  # another process carried it meanwhile
            there = await rows.of_round(db, of.id)
            planned = {(b.event, b.at) for b in there if b.round_version == of.version}
            asked = any(b.event == "receipt_question" and b.state != "stopped" for b in there)
            people = await rows.size(db, audience("round_reminder", of))
            for event, at in self.companions(of, now):
                if (event, at) not in planned and not (event == "receipt_question" and asked):
                    await self._broadcasts.draft(
                        db, event, of, at=at, who="clock", now=now, people=people, again=event == "round_reminder"
                    )
            await self._correct(db, of, now)
            await rounds.rest(db, of.id, of.version)

    def companions(self, of: Round, now: datetime) -> list[tuple[str, datetime]]:
        """The messages that belong to a round, as (event, time), soonest first; what is past is left out."""
        zone = ZoneInfo(of.zone)
        if of.state == "cancelled":
            return []
        found = {
            ("round_reminder", reminder_at(of.opens_at, zone, days, self._reminders.hour))
            for days in self._reminders.days_before
        }
        if self._reminders.question:
            day = of.opens_at.astimezone(zone).date() + timedelta(days=self._reminders.question_days)
            found.add(("receipt_question", datetime.combine(day, self._reminders.hour, zone).astimezone(UTC)))
        return sorted((pair for pair in found if pair[1] > now), key=lambda pair: pair[1])

    async def _correct(self, db: Any, of: Round, now: datetime) -> None:
        """Plan a correction for those who may have read an older version; a person approves it."""
        event = "round_cancelled" if of.state == "cancelled" else "round_changed"
        if of.version == 1 or of.closes_at <= now:
            return
        told = await rows.size(db, rows.those(rows.told_before(of.id, of.version)))
        earlier = [b for b in await rows.of_round(db, of.id) if b.round_version < of.version and b.expanded]
        done = [b for b in await rows.of_round(db, of.id) if b.round_version == of.version and b.event == event]
        if told and earlier and not done:
            await self._broadcasts.draft(
                db, event, of, at=now, who="clock", now=now, people=told, parent_id=earlier[-1].id
            )
