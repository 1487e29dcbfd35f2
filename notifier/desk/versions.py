"""Promises by version: what each one said is kept when the configuration changes, so that a ticket can always tell the
promise it began with; open tickets adopt what is promised now, a few at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.promise import Promise, Promises, Version
from notifier.rules.hours import Hours
from notifier.rules.promises import Policy
from notifier.store import ledger, policies
from notifier.store.engine import Database
from notifier.store.policies import Kept
from notifier.store.tickets import Changed

TRIES = 5  # processes that start together and write the same versions
_SPANS = ("ack", "first_response", "next_response", "resolution", "max_pause")
_DAYS = "holidays"


async def register(database: Database, promises: Promises, now: datetime) -> list[Version]:
    """Write down what the configuration promises now, where it differs from what is in force. Returns what is new."""
    for _ in range(TRIES):
        async with database.write() as db:
            kept = await policies.everything(db)
            newest = {one.name: one for one in kept}
            current = [_numbered(promise, promises.years, newest) for promise in promises.all]
            fresh = [one for one, new in current if new]
            names = {one.name for one, _ in current}
            fresh += [Kept(name, one.version + 1, {}) for name, one in newest.items() if name not in names and one.body]
            if not fresh or await policies.add(db, fresh, now):
                for one, new in current:
                    if not new and one.body != newest[one.name].body:
                        await policies.widen(db, one)
                for one in fresh if kept else ():  # the first ones change nothing
                    detail = {"policy": one.name, "version": one.version}
                    await ledger.append(db, at=now, who="clock", act="policy_changed", about="policy", detail=detail)
                break
            await db.rollback()  # another process wrote the same number: look again
    async with database.read() as db:
        await learn(db, promises)
    return [(one.name, one.version) for one in fresh]


async def learn(db: AsyncConnection, promises: Promises) -> None:
    """Read which versions there are, and which numbers the configuration's promises have."""
    kept = await policies.everything(db)
    newest = {one.name: one for one in kept}
    numbered = [_numbered(promise, promises.years, newest) for promise in promises.all]
    current = [
        replace(promise, policy=replace(promise.policy, version=one.version))
        for promise, (one, _) in zip(promises.all, numbered, strict=True)
    ]
    names = {one.name for one, _ in numbered}
    others = any(new for _, new in numbered) or any(one.body for name, one in newest.items() if name not in names)
    versions = {(one.name, one.version): promise_of(one) for one in kept if one.body}
    promises.learn(current, versions, in_force=not (kept and others))


async def known(db: AsyncConnection, promises: Promises, history: Sequence[Changed] = ()) -> None:
    """See to it that the promises of a history can be told, whichever process wrote them down."""
    if not promises.learned or promises.lacks(history):
        await learn(db, promises)


def _numbered(promise: Promise, years: range, newest: Mapping[str, Kept]) -> tuple[Kept, bool]:
    """A promise as it would be kept, and whether that is a new version."""
    body = body_of(promise, years)
    last = newest.get(promise.policy.name)
    if last is None:
        return Kept(promise.policy.name, 1, body), True
    if not same(last.body, body):
        return Kept(last.name, last.version + 1, body), True
    holidays = {**last.body[_DAYS], **body[_DAYS]}
    from_, to = last.body["years"]
    return replace(
        last, body={**last.body, _DAYS: holidays, "years": [min(from_, years[0]), max(to, years[-1])]}
    ), False


def same(kept: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether two wordings promise the same, as far as both know the holidays."""
    apart = (_DAYS, "years")
    if {k: v for k, v in kept.items() if k not in apart} != {k: v for k, v in body.items() if k not in apart}:
        return False
    first, last = max(kept["years"][0], body["years"][0]), min(kept["years"][1], body["years"][1])
    mine, theirs = ({d for d in one[_DAYS] if first <= int(d[:4]) <= last} for one in (kept, body))
    return mine == theirs


def body_of(promise: Promise, years: range) -> dict[str, Any]:
    """A promise as JSON: spans in seconds, its calendar with all days off."""
    policy, hours = promise.policy, promise.policy.hours
    return {
        **{name: _seconds(getattr(policy, name)) for name in _SPANS},
        "reopen_floor": _seconds(policy.reopen_floor),
        "legal_days": policy.legal_days,
        "warn": list(policy.warn),
        "escalate": [_seconds(wait) for wait in policy.escalate],
        "escalate_to": list(promise.escalate_to),
        "categories": list(promise.categories),
        "urgent": promise.urgent,
        "regions": list(promise.regions),
        "offices": list(promise.offices),
        "calendar": promise.calendar,
        "zone": hours.zone.key,
        "week": {str(day): _intervals(given) for day, given in hours.week.items()},
        "overrides": {str(day): _intervals(given) for day, given in sorted(hours.overrides.items())},
        "years": [years[0], years[-1]] if years else [1, 9999],
        _DAYS: {str(day): hours.names.get(day, "") for day in sorted(hours.holidays)},
    }


def promise_of(kept: Kept) -> Promise:
    """A promise from what was kept of it."""
    body = kept.body
    hours = Hours(
        ZoneInfo(body["zone"]),
        {int(day): _times(given) for day, given in body["week"].items()},
        [date.fromisoformat(day) for day in body[_DAYS]],
        {date.fromisoformat(day): _times(given) for day, given in body["overrides"].items()},
        {date.fromisoformat(day): str(name) for day, name in body[_DAYS].items()},
    )
    spans = {name: None if body[name] is None else timedelta(seconds=body[name]) for name in _SPANS}
    policy = Policy(
        kept.name,
        hours,
        kept.version,
        legal_days=body["legal_days"],
        warn=tuple(body["warn"]),
        reopen_floor=timedelta(seconds=body["reopen_floor"]),
        escalate=tuple(timedelta(seconds=wait) for wait in body["escalate"]),
        **spans,
    )
    return Promise(
        policy,
        tuple(body["categories"]),
        body["urgent"],
        tuple(body["escalate_to"]),
        tuple(body["regions"]),
        body["calendar"],
        tuple(body["offices"]),
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _intervals(given: Sequence[tuple[time, time]]) -> list[list[str]]:
    return [[start.isoformat(), end.isoformat()] for start, end in given]


def _times(given: Sequence[Sequence[str]]) -> tuple[tuple[time, time], ...]:
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in given)


async def carry(database: Database, promises: Promises, now: datetime, limit: int) -> int:
    """Wake the next open tickets that have not looked at the newest change of a promise; returns how many.

    A process whose configuration is not the newest leaves that to one that can tell what is promised now.
    """
    async with database.read() as db:
        after = await policies.reached(db)
        if after is not None:
            await learn(db, promises)
    if after is None or not promises.in_force:
        return 0
    async with database.write_slice() as db:
        return await policies.carry(db, after, now, limit)
