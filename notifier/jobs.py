"""What the clock starts: each job is one call, every few seconds, on whichever process holds its lease.

APScheduler only ticks; what is to be done stands in the tables (`wake`, `due_at`, `lease_until`), so that a tick that
is missed, doubled or late does no harm.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts import Broadcasts
from notifier.broadcasts.following import NO_LONGER_PLANNED, Plan, lacking, outdated
from notifier.config import Reminders
from notifier.errors import Refused
from notifier.rules.rounds import withdrawal
from notifier.store import broadcasts as rows
from notifier.store import leases, moves, rounds
from notifier.store.engine import Database
from notifier.store.rounds import Round

log = structlog.get_logger()
TROUBLE = timedelta(minutes=5)  # how soon a round that could not be carried is looked at again
BEAT = 1.0  # seconds between two looks at the machine's clock
LATE = timedelta(minutes=10)  # how often a changed round is looked at for people who turn out to have read older words


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
        self._watching: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Begin to tick in the running loop."""
        for job in self._jobs:
            self._scheduler.add_job(self.run, IntervalTrigger(seconds=job.every), args=[job], id=job.name)
        self._scheduler.start()
        self._watching = asyncio.create_task(self._watch(), name="ticker")

    async def _watch(self) -> None:
        """The scheduler goes by the machine's clock: set back, every job would wait until the old time comes again."""
        seen = datetime.now(UTC)
        while True:
            await asyncio.sleep(BEAT)
            now = datetime.now(UTC)
            if seen - now > timedelta(seconds=BEAT):
                log.warning("clock.set_back", seconds=round((seen - now).total_seconds()))
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=now)
            seen = now

    async def close(self, patience: float) -> None:
        """Tick no more; what is under way has `patience` seconds to come to its end. Others may take over at once."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        self._scheduler.pause()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience)
        self._scheduler.shutdown(wait=False)
        try:
            async with self._database.write() as db:
                await leases.give_back(db, self._holder, self._clock())
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
                await moves.withdraw(db, of.id, of.version, withdrawal(of.version), now)
            if of is not None:
                await moves.call_off(db, await outdated(db, self._reminders, of), NO_LONGER_PLANNED, now)
        async with self._database.read() as db:  # counting people takes time, and nobody waits for a reader
            of = await rounds.get(db, round_id)
            if of is None or of.wake is None or of.wake > now:
                return
            lacks = await lacking(db, self._reminders, of, now)
        async with self._database.write() as db:
            held = await rounds.get(db, round_id, lock=True)
            there = await rows.of_round(db, round_id)
            if held != of or {b.id for b in there} != lacks.known:
                return  # changed, planned or carried meanwhile: the next look sees how it stands
            for plan in lacks.plans:
                await self._draft(db, plan, of, now)
            for b in there:
                await self._broadcasts.grow(db, b, lacks.late.get(b.id, 0), now)
            await rounds.rest(db, of.id, of.version, now + LATE if lacks.look_again else None)

    async def _draft(self, db: AsyncConnection, plan: Plan, of: Round, now: datetime) -> None:
        """One plan of the clock; a person approves it. What would come too late is left out, the others are made."""
        try:
            await self._broadcasts.draft(
                db,
                plan.event,
                of,
                at=plan.at,
                who="clock",
                now=now,
                people=plan.people,
                again=plan.again,
                parent_id=plan.parent_id,
                facts=plan.facts,
                rule=plan.rule,
            )
        except Refused as error:
            log.info("round.not_planned", round=of.code, event_name=plan.event, reason=str(error))
