"""What machines ask of any process of the service: does it live, can it serve, how much waits in the database.

Labels are lines, lanes and states of ours: few, and never about a person. What the database cannot tell at the moment
is left away, so that the process's own figures are told all the same. Knows no page and no request.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.exposition import generate_latest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.config import Config
from notifier.rules.boards import NOBODY, View
from notifier.rules.deliveries import Lane
from notifier.store import boards, gauges, paces, webhooks
from notifier.store.engine import Database, schema_head, schema_version

log = structlog.get_logger()
PATIENCE = 5  # seconds that a machine waits for the database
LANES = {Lane.ANSWERS: "answers", Lane.STAFF: "staff", Lane.BULK: "broadcasts"}
LISTS = tuple(view for view in View if view not in (View.MINE, View.ALL))  # of the desk, over the whole country
STANDING = ("on", "paused", "off")  # of webhooks
WATCHED = ("approved", "asking", "canary", "expanding", "paused", "sending")  # states of a broadcast that go on

# name → (what it is, labels); all of them gauges
GAUGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "notifier_deliveries_due": ("Deliveries that wait for their turn, up to 10,000", ("line", "lane")),
    "notifier_deliveries_oldest_due_seconds": ("Since when the oldest of them is due", ("line", "lane")),
    "notifier_deliveries_held": ("Deliveries that wait for a person's decision, up to 10,000", ()),
    "notifier_deliveries_lease_overdue": ("Deliveries whose lease ran out a minute ago, up to 10,000", ()),
    "notifier_attempts_per_second": ("Attempts of the last minute, by what is known of them", ("line", "state")),
    "notifier_line_ahead_seconds": ("Until the first slot of a line that nobody has taken", ("line",)),
    "notifier_scope_parked_seconds": ("Time until a line or chat sends again", ("scope",)),
    "notifier_arrivals_waiting": ("Requests stored and not understood yet, up to 10,000", ()),
    "notifier_arrivals_lag_seconds": ("Since when the oldest of them should have been understood", ()),
    "notifier_files_waiting": ("Attachments that are still to be fetched, up to 10,000", ()),
    "notifier_tickets": ("Open tickets by list of the desk", ("list",)),
    "notifier_promises_lag_seconds": ("Since when the oldest promise should have been looked at", ()),
    "notifier_broadcasts": ("Broadcasts that are not over, by state", ("state",)),
    "notifier_ledger_unsealed": ("Acts that wait for their link in the chain, up to 10,000", ()),
    "notifier_ledger_lag_seconds": ("Since when the oldest of them waits", ()),
    "notifier_webhooks": ("Webhooks by state; off: it failed for three days, or wants no more", ("state",)),
    "notifier_webhooks_failing_seconds": ("Since when the webhook that fails for longest does", ()),
    "notifier_backup_age_seconds": ("Since the newest notifier backup; absent when there was none", ()),
    "notifier_database_up": ("Whether the database answered: 1 or 0", ()),
    "notifier_database_seconds": ("How long all these questions took", ()),
    "notifier_database_connections": ("Connections of this process that are in use", ()),
    "notifier_clock_skew_seconds": ("By how much the database's clock is ahead of this machine's", ()),
    "notifier_sending_held": ("1 while a restored backup keeps everything from leaving", ()),
    "notifier_sending_failing": ("1 while the sending of this process fails at every turn", ()),
}


class House(Protocol):
    """What is asked about."""

    @property
    def config(self) -> Config: ...
    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
    @property
    def dispatch_failures(self) -> int: ...
    @property
    def sending_fails(self) -> bool: ...
    def may_send(self) -> bool: ...
    async def health(self) -> Mapping[str, Any]: ...


class _Figures:
    """The gauges of one answer; those that nobody set are left away."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._made: dict[str, Gauge] = {}

    def set(self, name: str, value: float, *labels: str) -> None:
        if name not in self._made:
            what, named = GAUGES[name]
            self._made[name] = Gauge(name, what, named, registry=self.registry)
        gauge = self._made[name]
        (gauge.labels(*labels) if labels else gauge).set(value)


async def figures(house: House) -> bytes:
    """Counters and depths in the format of Prometheus."""
    told = _Figures()
    # As the other counters do, but kept where the sending is.
    failures = Counter("notifier_dispatch_failures", "Turns of the sending that failed", registry=told.registry)
    failures.inc(house.dispatch_failures)
    told.set("notifier_sending_held", float(not house.may_send()))
    told.set("notifier_sending_failing", float(house.sending_fails))
    told.set("notifier_database_connections", _in_use(house))
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE), house.database.read() as db:
            await _rows(db, house, told)
        told.set("notifier_database_up", 1)
        told.set("notifier_database_seconds", time.perf_counter() - began)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.error("metrics.database", error=type(error).__name__)
        told.set("notifier_database_up", 0)
    return generate_latest(told.registry)


async def health(house: House) -> Mapping[str, Any]:
    """The process lives; lines in trouble and a held-back service are told, and change nothing about that."""
    body: dict[str, Any] = {"status": "ok"}
    try:
        async with asyncio.timeout(PATIENCE):
            found = dict(await house.health())
    except (SQLAlchemyError, OSError, TimeoutError):
        return body  # what the database lacks is for /ready to say
    troubled = {line: state for line, state in found.pop("lines").items() if state != "ok"}
    return body | found | ({"lines": troubled} if troubled else {})


async def ready(house: House) -> tuple[bool, Mapping[str, Any]]:
    """Whether the database answers and stands at this version's tables, and how it is. A dead provider is told, and no
    reason.
    """
    try:
        async with asyncio.timeout(PATIENCE), house.database.read() as db:
            stands = await schema_version(db)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.error("ready.database", error=type(error).__name__)
        return False, {"status": "unavailable", "database": "unreachable"}
    good = stands == schema_head()
    body: dict[str, Any] = {"status": "ok" if good else "unavailable", "database": "ok", "migration": stands}
    return good, {**body, **await house.health()}


def _in_use(house: House) -> float:
    counted = getattr(house.database.engine.pool, "checkedout", None)
    return float(counted()) if counted is not None else 0.0


async def _rows(db: AsyncConnection, house: House, figures: _Figures) -> None:
    now = house.clock()
    figures.set("notifier_clock_skew_seconds", await gauges.skew(db, now))
    await _lines(db, house, figures)
    counts, lags = await gauges.counted(db, now), await gauges.lags(db, now)
    figures.set("notifier_deliveries_held", counts["held"])
    figures.set("notifier_deliveries_lease_overdue", counts["leases_overdue"])
    figures.set("notifier_arrivals_waiting", counts["arrivals"])
    figures.set("notifier_arrivals_lag_seconds", lags["arrivals"])
    figures.set("notifier_files_waiting", counts["files"])
    figures.set("notifier_promises_lag_seconds", lags["promises"])
    figures.set("notifier_ledger_unsealed", counts["unsealed"])
    figures.set("notifier_ledger_lag_seconds", lags["ledger"])
    desk = await boards.counts(db, "", NOBODY)
    for view in LISTS:
        figures.set("notifier_tickets", desk[view], view.value)
    states = await gauges.states(db)
    for state in WATCHED:
        figures.set("notifier_broadcasts", states.get(state, 0), state)
    hooks = await webhooks.every(db)
    for state in STANDING:
        figures.set("notifier_webhooks", sum(one.state == state for one in hooks), state)
    since = min((one.failing_since for one in hooks if one.state == "on" and one.failing_since), default=now)
    figures.set("notifier_webhooks_failing_seconds", (now - since).total_seconds())
    age = await gauges.backed_up(db, now)
    if age is not None:
        figures.set("notifier_backup_age_seconds", age)


async def _lines(db: AsyncConnection, house: House, figures: _Figures) -> None:
    now, lines = house.clock(), tuple(house.config.lines)
    waits = await gauges.due(db, (*lines, ""), [int(lane) for lane in LANES], now)
    for lane, name in LANES.items():
        for line in (*lines, ""):
            n, oldest = waits[line, int(lane)]
            if line or n:
                figures.set("notifier_deliveries_due", n, line or "none", name)
                figures.set("notifier_deliveries_oldest_due_seconds", oldest, line or "none", name)
    for (line, state), rate in (await gauges.rates(db, now)).items():
        if line in lines:
            figures.set("notifier_attempts_per_second", rate, line, state)
    ahead = await gauges.ahead(db, lines, now)
    for line in lines:
        figures.set("notifier_line_ahead_seconds", ahead.get(line, 0.0), line)
        figures.set("notifier_scope_parked_seconds", 0.0, f"line:{line}")
    for pace in await paces.parked(db, now):
        scope = pace.scope if pace.scope.startswith("line:") else pace.scope.partition(":")[0]
        if pace.parked_until and (scope == "chat" or scope.removeprefix("line:").partition(":")[0] in lines):
            figures.set("notifier_scope_parked_seconds", (pace.parked_until - now).total_seconds(), scope)
