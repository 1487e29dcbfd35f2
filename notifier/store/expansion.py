"""The walk through an audience: entitlements drawn and deliveries written, a slice of people in each transaction.

It goes by person id, so that a crash goes on where the last committed slice ended.
Statements are made once for a walk and kept: what differs from slice to slice (from whom on, how many, now) is given.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    insert,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import NO_WAY_BACK
from notifier.rules.rounds import Entitlement
from notifier.store.broadcasts import Broadcast, Mute, reachable
from notifier.store.schema import Id, contacts, deliveries, entitlements, people
from notifier.store.straight import Rows, fetch
from notifier.store.upsert import upsert_on

KEPT = 32  # walks at a time whose statements are kept
_TIME = deliveries.c.due_at.type
_NOW = bindparam("at_now", type_=_TIME)
_TOLD = (deliveries.c.state, deliveries.c.reason, deliveries.c.line)


def _next(people_ids: Select[Any]) -> Subquery:
    """SQL: the next people of an audience, by the column it is selected by: its index gives them in order."""
    who = people_ids.selected_columns.id
    after, most = bindparam("after", type_=Id), bindparam("most", type_=Integer)
    return people_ids.where(who > after).order_by(who).limit(most).subquery()


async def keep_to_indexes(db: AsyncConnection) -> None:
    """Have PostgreSQL look every person of a slice up by an index, for this transaction. Left to itself it reads whole
    tables for each slice (a slice is a hundredth of them), and a walk takes time in the square of its audience. Nor do
    pages of long lists, which show a hundred of a million, wait for that.
    """
    if db.dialect.name == "postgresql":
        await fetch(db, _BY_INDEX, {})


_BY_INDEX = select(
    *(func.set_config(f"enable_{way}", "off", literal(True)) for way in ("seqscan", "mergejoin", "hashjoin"))
)


async def draw(
    db: AsyncConnection, round_id: int, people_ids: Select[Any], now: datetime, after: int, limit: int
) -> None:
    """Give the next people of an audience their entitlement, unless they have one. An audience that is kept by the
    caller is made into SQL once.
    """
    await keep_to_indexes(db)
    await fetch(db, _drawing(db.dialect.name, people_ids, round_id), {"after": after, "most": limit, "at_now": now})


@lru_cache(KEPT)
def _drawing(engine: str, people_ids: Select[Any], round_id: int) -> Insert:
    chosen = _next(people_ids)
    scheduled = Entitlement.DIJADWALKAN.value
    drawn = select(literal(round_id), chosen.c.id, literal(scheduled), literal(scheduled), _NOW)
    statement: Insert = (
        upsert_on(engine, entitlements)
        .from_select(
            ["round_id", "person_id", "status", "record", "updated_at"],
            drawn.where(literal(True)),  # SQLite needs a WHERE to tell ON CONFLICT from a join
        )
        .on_conflict_do_nothing(index_elements=["round_id", "person_id"])
    )
    return statement


async def expand(
    db: AsyncConnection,
    broadcast: Broadcast,
    people_ids: Select[Any],
    *,
    ladder: tuple[str, ...],
    lines: Mapping[str, str],
    lane: int,
    due: Mapping[str, datetime],
    now: datetime,
    limit: int,
    besides: Select[Any] | None = None,
    mute: Mute | None = None,
    called_off: str = "",
) -> tuple[int, int, list[tuple[str, str, int]], dict[str, int]]:
    """Write the deliveries of the next slice.

    Returns how many, the last person, the counts by state and reason, and how many are due on each line.

    `due`: zone → when it may leave there; a zone without an entry takes the plan's own time. `called_off`: why none of
    these will leave at all. `besides`: channels of a person that it does not go by, kept like the audience; `mute`:
    lines likewise.
    """
    await keep_to_indexes(db)
    b = broadcast
    alike = (b.id, b.round_id, b.event, b.round_version, b.at, b.expires_at, lane)
    by_channel, by_zone = tuple(lines.items()), tuple(due.items())
    statement = _expanding(people_ids, alike, ladder, by_channel, by_zone, besides, mute, called_off)
    counts, carried = Counter[tuple[str, str]](), Counter[str]()
    last = b.cursor
    given = {"after": b.cursor, "most": limit, "at_now": now}
    for state, reason, line, n, person_id in await _counted(db, statement, given):
        counts[state, reason] += n
        if state == "due":
            carried[line] += n
        last = max(last, person_id)
    return counts.total(), last, [(state, reason, n) for (state, reason), n in counts.items()], carried


@lru_cache(KEPT)
def _expanding(
    people_ids: Select[Any],
    alike: tuple[int, int | None, str, int, datetime, datetime, int],
    ladder: tuple[str, ...],
    lines: tuple[tuple[str, str], ...],
    due: tuple[tuple[str, datetime], ...],
    besides: Select[Any] | None,
    mute: Mute | None,
    called_off: str,
) -> Insert:
    number, round_id, event, round_version, plan, expires_at, lane = alike
    slice_ = _next(people_ids)
    first = (
        select(
            people.c.id.label("person_id"),
            people.c.language,
            people.c.zone,
            people.c.silenced_at,
            reachable(ladder, besides, mute).label("contact_id"),
            (reachable(ladder, besides) if mute is not None else null()).label("spoken_to"),
        )
        .where(people.c.id.in_(select(slice_.c.id)))
        .cte("first")
        .prefix_with("MATERIALIZED")  # else SQLite looks for the contact anew wherever it is named
    )
    nowhere: ColumnElement[Any] = literal("no_contact")
    if mute is not None:  # they could be told, and could not answer
        nowhere = case((first.c.spoken_to.is_not(None), NO_WAY_BACK), else_="no_contact")
    quiet = or_(first.c.silenced_at.is_not(None), contacts.c.stopped_at.is_not(None))
    hindered = or_(first.c.contact_id.is_(None), quiet)
    at: ColumnElement[Any] = literal(plan, _TIME)
    if due:
        at = case(*((first.c.zone == zone, literal(moment, _TIME)) for zone, moment in due), else_=at)
    default_line: ColumnElement[Any] = literal("")
    if lines:
        default_line = case(*((contacts.c.kind == kind, line) for kind, line in lines), else_="")
    rows = select(
        literal(number),
        first.c.person_id,
        first.c.contact_id,
        literal(round_id, Id),
        literal(event),
        literal(lane),
        case((contacts.c.line != "", contacts.c.line), else_=default_line),
        first.c.language,
        first.c.zone,
        case((hindered, "suppressed"), else_="cancelled" if called_off else "due"),
        case((first.c.contact_id.is_(None), nowhere), (quiet, "stopped"), else_=called_off),
        literal(round_version),
        at,
        literal(expires_at, _TIME),
        _NOW,
        _NOW if called_off else literal(None, _TIME),
    ).select_from(first.outerjoin(contacts, contacts.c.id == first.c.contact_id))
    names = "broadcast_id person_id contact_id round_id event lane line language zone state reason round_version"
    return insert(deliveries).from_select([*names.split(), "due_at", "expires_at", "created_at", "settled_at"], rows)


async def _counted(db: AsyncConnection, statement: Insert, given: Mapping[str, Any]) -> Rows:
    """Write deliveries; (state, reason, line, how many, the last person) of them, counted where they are written."""
    if db.dialect.name == "postgresql":
        return await fetch(db, _writing(statement), given)
    [[before]] = await fetch(db, _LAST)  # SQLite has one writer, and gives the ids in order
    await fetch(db, statement, given)
    return await fetch(db, _SINCE, {"before": before})


@lru_cache(KEPT)
def _writing(statement: Insert) -> Select[Any]:
    written = statement.returning(*_TOLD, deliveries.c.person_id).cte("written")
    told = [written.c[column.name] for column in _TOLD]
    return select(*told, func.count(), func.max(written.c.person_id)).group_by(*told)


_LAST = select(func.coalesce(func.max(deliveries.c.id), 0))
_SINCE = (
    select(*_TOLD, func.count(), func.max(deliveries.c.person_id))
    .where(deliveries.c.id > bindparam("before", type_=Id))
    .group_by(*_TOLD)
)
