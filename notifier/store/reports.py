"""Figures about tickets, by whatever they are put together by: one grouped statement over the tickets of a span.

Knows neither who reported nor who looks; the region is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import UtcDateTime, ratings, rounds, ticket_changes, tickets

BY = ("category", "region", "round", "point", "agent")
MOST = 500  # rows of one table


@dataclass(frozen=True, slots=True)
class Span:
    """Which tickets count: opened in it, seen from a region."""

    region: str  # prefix
    since: datetime
    until: datetime  # not included


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one group."""

    key: str  # category, region, code of a round, point at the time (code or venue), id of an account; "": none
    opened: int
    still_open: int
    kept: int  # without a broken promise
    first_answers: int  # tickets that a person has answered
    first_seconds: float  # from opening to that, all together, by the clock on the wall
    first_promised: int  # of those, the ones under a promise
    first_working: float  # seconds of the office's time, all together, of those
    settled: int  # ever called settled
    reopened: int
    ratings: int
    score: int  # all together
    open_seconds: float  # how old the open ones are, all together


def _seconds(engine: str, start: Any, end: Any) -> ColumnElement[float]:
    """How long from one instant to another."""
    if engine == "sqlite":
        return cast((func.julianday(end) - func.julianday(start)) * 86_400, Float)
    return cast(func.extract("epoch", end - start), Float)


def _key(by: str, depth: int) -> ColumnElement[Any]:
    parts: Mapping[str, Any] = {
        "category": tickets.c.category,
        # a region's code has 2, 5, 8 or 13 signs: one level below the one that looks
        "region": func.substr(tickets.c.place, 1, (2, 5, 8, 13)[min(depth, 3)]),
        "round": func.coalesce(rounds.c.code, ""),
        "point": tickets.c.point,
        "agent": func.coalesce(tickets.c.assignee_id, 0),
    }
    found: ColumnElement[Any] = parts[by]
    return found


def _within(prefix: str) -> ColumnElement[bool]:
    prefix = prefix.rstrip(".")
    if not prefix:
        return tickets.c.region.is_not(None)
    return or_(tickets.c.region == prefix, tickets.c.region.startswith(f"{prefix}.", autoescape=True))


async def figures(db: AsyncConnection, by: str, span: Span, now: datetime) -> list[Row]:
    """The figures of each group, the largest first. A ticket without a clock (a suggestion, praise) keeps its promise;
    merged ones count with the ticket they went into.
    """
    engine = db.dialect.name
    t, c = tickets.c, ticket_changes.c
    counted = and_(t.opened_at >= span.since, t.opened_at < span.until, _within(span.region), t.status != "merged")
    happened = (
        select(
            c.ticket_id,
            func.max(case((c.act == "resolve", 1), else_=0)).label("settled"),
            func.max(case((c.act == "reopen", 1), else_=0)).label("reopened"),
        )
        .join(tickets, t.id == c.ticket_id)
        .where(counted, c.act.in_(("resolve", "reopen")))
        .group_by(c.ticket_id)
        .subquery()
    )
    key = _key(by, 0 if not span.region else span.region.count(".") + 1).label("key")
    still = t.closed_at.is_(None)
    age = _seconds(engine, t.opened_at, literal(now, UtcDateTime()))
    wanted = (
        select(
            key,
            func.count(),  # a ticket is in one row: whatever is joined tells one thing of it at most
            func.sum(case((still, 1), else_=0)),
            func.sum(case((t.breached.is_(False), 1), else_=0)),
            func.count(t.answered_at),
            func.coalesce(func.sum(_seconds(engine, t.opened_at, t.answered_at)), 0.0),
            func.count(t.answered_after),
            func.coalesce(func.sum(t.answered_after), 0),
            func.coalesce(func.sum(happened.c.settled), 0),
            func.coalesce(func.sum(happened.c.reopened), 0),
            func.count(ratings.c.score),
            func.coalesce(func.sum(ratings.c.score), 0),
            func.coalesce(func.sum(case((still, age))), 0.0),
        )
        .select_from(
            tickets.outerjoin(happened, happened.c.ticket_id == t.id)
            .outerjoin(ratings, ratings.c.ticket_id == t.id)
            .outerjoin(rounds, rounds.c.id == t.round_id)
        )
        .where(counted)
        .group_by(key)
        .order_by(func.count().desc(), key)
        .limit(MOST)
    )
    return [_row(*row) for row in await db.execute(wanted)]


def _row(key: object, *figures: Any) -> Row:
    whole = {0, 1, 2, 3, 5, 7, 8, 9, 10}
    return Row(
        str(key) if key else "",
        *(int(figure) if place in whole else float(figure) for place, figure in enumerate(figures)),  # type: ignore[arg-type]
    )
