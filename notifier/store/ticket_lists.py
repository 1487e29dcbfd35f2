"""Tickets as the desk's lists show them: which ones a list holds, in what order, page by page, and how many match.

Every list is of a region; who reported a ticket is in none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, func, literal, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.boards import View, areas, level
from notifier.rules.shields import OFFICE, above
from notifier.rules.tickets import OPEN, Status
from notifier.store import search
from notifier.store.schema import accounts, rounds, tickets
from notifier.store.straight import fetch


class Listed(NamedTuple):
    """What a list shows of a ticket."""

    id: int
    number: str
    version: int
    status: Status
    category: str
    urgent: bool
    confidentiality: str
    channel: str
    region: str
    summary: str
    assignee_id: int | None
    undelivered: str
    breached: bool
    shielded: bool
    next_due: datetime | None
    next_clock: str
    rank: datetime
    assignee: str  # name
    more: int  # how many match in all, where that was asked

    @property
    def open(self) -> bool:
        """Whether it is still worked on."""
        return self.status in OPEN


_LEVELS = (tickets.c.province, tickets.c.regency, tickets.c.district)


def within(prefix: str) -> ColumnElement[bool]:
    """SQL of `roles.covers`; by the column of that level, so that an index gives the area in the order of the list."""
    *_, area = areas(prefix)
    if not area:
        return tickets.c.id > 0
    depth = level(area)
    if depth <= len(_LEVELS):
        return _LEVELS[depth - 1] == area
    below = or_(tickets.c.region == area, tickets.c.region.startswith(f"{area}.", autoescape=True))
    return and_(tickets.c.district == areas(area)[3], below)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets of a region a list shows. What is empty does not matter."""

    region: str  # prefix
    view: View = View.TEAM
    account_id: int = 0  # whose list it is
    category: str = ""
    area: str = ""  # prefix, besides the region
    round: str = ""  # code
    point: str = ""  # where its round was handed out when it was opened: a point's code, or a venue
    channel: str = ""
    language: str = ""
    agent: int = 0  # who answers for it
    opened_before: datetime | None = None
    words: tuple[str, ...] = ()
    opened_from: datetime | None = None
    opened_until: datetime | None = None  # not included
    place: str = ""  # where it happened, whoever sees it: a group of the report by region
    unmerged: bool = False  # as reports count: what was merged counts with the one it went into

    @property
    def plain(self) -> bool:
        """Whether it is the whole list, of which a counter is kept."""
        chosen = (self.category, self.area, self.round, self.point, self.channel, self.language, self.agent, self.words)
        return not any((*chosen, self.place, self.unmerged)) and {
            self.opened_before,
            self.opened_from,
            self.opened_until,
        } == {None}


def nearest(region: str, limit: int) -> Select[tuple[int]]:
    """The open tickets of a region whose promise comes first, as SQL."""
    open_ones = select(tickets.c.id).where(within(region), tickets.c.closed_at.is_(None))
    return open_ones.order_by(*_order(tickets, newest=False)).limit(limit)


# In the words of the partial indexes, so that they are found.
_VIEWS: Mapping[View, str] = {
    View.UNASSIGNED: "tickets.assignee_id IS NULL",
    View.BREACHING: "tickets.breached",
    View.WAITING: "tickets.status = 'waiting'",
    View.URGENT: "tickets.urgent",
    View.UNDELIVERED: "tickets.undelivered <> ''",
}


def _standing(view: View, whose: Any) -> Iterator[ColumnElement[bool]]:
    """What holds of the tickets of a view."""
    if view is not View.ALL:
        yield tickets.c.closed_at.is_(None)
    if view is View.MINE:
        yield tickets.c.assignee_id == whose
    if view in _VIEWS:
        yield text(_VIEWS[view])  # type: ignore[misc]


def _matching(engine: str, wanted: Wanted) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [within(wanted.region), *_standing(wanted.view, wanted.account_id)]
    chosen = {name: getattr(wanted, name) for name in ("category", "channel", "language")}
    conditions += [tickets.c[name] == value for name, value in chosen.items() if value]
    if wanted.agent:
        conditions.append(tickets.c.assignee_id == wanted.agent)
    if wanted.area:
        conditions.append(within(wanted.area))
    if wanted.place:
        conditions.append(_happened(wanted))
    if wanted.unmerged:
        conditions.append(tickets.c.status != Status.MERGED)
    if wanted.round:
        conditions.append(tickets.c.round_id.in_(select(rounds.c.id).where(rounds.c.code == wanted.round)))
    if wanted.point:
        conditions += [tickets.c.round_id.is_not(None), tickets.c.point == wanted.point]
    if wanted.opened_before is not None:
        conditions.append(tickets.c.opened_at <= wanted.opened_before)
    if wanted.opened_from is not None:
        conditions.append(tickets.c.opened_at >= wanted.opened_from)
    if wanted.opened_until is not None:
        conditions.append(tickets.c.opened_at < wanted.opened_until)
    if wanted.words:
        conditions.append(search.says(engine, wanted.words))
    return and_(*conditions)


def _happened(wanted: Wanted) -> ColumnElement[bool]:
    """Where it happened: below that place, as the report by region puts them together; for one no narrower than the
    region that looks, at that very place.
    """
    exactly = tickets.c.place == wanted.place
    if level(wanted.place) <= level(wanted.region):
        return exactly
    below = or_(exactly, tickets.c.place.startswith(f"{wanted.place}.", autoescape=True))
    # Who sees it is the office there, or the one above it: what happened in a district is in its regency's index.
    return and_(within(above(wanted.place)), below) if level(wanted.place) >= OFFICE else below


Place = tuple[datetime, int]  # rank, id: where a page ended


_LISTED = (*(tickets.c[name] for name in Listed._fields[:-2]), func.coalesce(accounts.c.name, ""))
_LIST = select(*_LISTED, literal(0)).select_from(tickets.outerjoin(accounts, accounts.c.id == tickets.c.assignee_id))


async def page(
    db: AsyncConnection, wanted: Wanted, after: Place | None, limit: int, *, counted: bool = False
) -> list[Listed]:
    """Tickets beyond a place: urgent ones first, then by the nearest promise, then by age. `counted`: each tells how
    many match in all, which only a first page can know.
    """
    if counted:
        return await _counted(db, wanted, limit, newest=False)
    kept = whole(wanted, limit) if after is None else None
    if kept is not None:
        return listed(await fetch(db, *kept))
    query = _made(db.dialect.name, wanted, limit, newest=False)
    if after is not None:
        place = (literal(after[0], tickets.c.rank.type), literal(after[1], tickets.c.id.type))
        query = query.where(tuple_(*_order(tickets, newest=False)) > tuple_(*place))
    return listed((await db.execute(query)).all())


async def newest(
    db: AsyncConnection, wanted: Wanted, before: int | None, limit: int, *, counted: bool = False
) -> list[Listed]:
    """Tickets below an id, newest first."""
    if counted:
        return await _counted(db, wanted, limit, newest=True)
    kept = whole(wanted, limit, newest=True) if before is None else None
    if kept is not None:
        return listed(await fetch(db, *kept))
    query = _made(db.dialect.name, wanted, limit, newest=True)
    if before is not None:
        query = query.where(tickets.c.id < before)
    return listed((await db.execute(query)).all())


def _order(of: FromClause, *, newest: bool) -> tuple[ColumnElement[Any], ...]:
    return (of.c.id.desc(),) if newest else (of.c.rank, of.c.id)


def _made(engine: str, wanted: Wanted, limit: int, *, newest: bool) -> Select[Any]:
    return _LIST.where(_matching(engine, wanted)).order_by(*_order(tickets, newest=newest)).limit(limit)


@lru_cache(maxsize=256)
def _whole(depth: int, view: View, limit: int, newest: bool) -> Select[Any]:
    """The first page of a whole list, of whatever area of this depth and whosever it is."""
    conditions: list[ColumnElement[bool]] = [
        _LEVELS[depth - 1] == bindparam("area") if depth else tickets.c.id > 0,
        *_standing(view, bindparam("whose")),
    ]
    return _LIST.where(*conditions).order_by(*_order(tickets, newest=newest)).limit(limit)


def whole(wanted: Wanted, limit: int, *, newest: bool = False) -> tuple[Any, Mapping[str, Any]] | None:
    """The statement of the first page of a whole list and its values: looked at all day, it goes straight to the
    driver, and `listed` reads its rows. None where the list is narrowed, or is a village's.
    """
    depth = level(wanted.region)
    if not wanted.plain or depth > len(_LEVELS):
        return None
    given: dict[str, Any] = {"area": wanted.region.rstrip(".")} if depth else {}
    if wanted.view is View.MINE:
        given["whose"] = wanted.account_id
    return _whole(depth, wanted.view, limit, newest), given


async def _counted(db: AsyncConnection, wanted: Wanted, limit: int, *, newest: bool) -> list[Listed]:
    """The first ones of what matches, and how many there are; only of the first ones all is read."""
    found = (
        select(tickets.c.id, tickets.c.rank)
        .where(_matching(db.dialect.name, wanted))
        .cte("found")
        .prefix_with("MATERIALIZED")
    )
    many = select(func.count()).select_from(found).scalar_subquery().label("more")
    few = select(found.c.id, many).order_by(*_order(found, newest=newest)).limit(limit).subquery()
    query = _LIST.with_only_columns(*_LISTED, few.c.more, maintain_column_froms=True)
    return listed(
        (await db.execute(query.join(few, few.c.id == tickets.c.id).order_by(*_order(tickets, newest=newest)))).all()
    )


def listed(rows: Iterable[Any]) -> list[Listed]:
    """Rows of a list as they are shown."""
    return [Listed._make((*row[:3], Status(row[3]), *row[4:])) for row in rows]


async def count(db: AsyncConnection, wanted: Wanted, limit: int = 1000) -> int:
    """How many match, up to `limit` and one more."""
    some = select(tickets.c.id).where(_matching(db.dialect.name, wanted)).limit(limit + 1).subquery()
    return int((await db.execute(select(func.count()).select_from(some))).scalar_one())
