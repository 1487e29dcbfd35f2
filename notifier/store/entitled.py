"""Who is entitled in a round, page by page, with what they were told of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import deliveries, entitlement_changes, entitlements, people, regions


@dataclass(frozen=True, slots=True)
class Listed:
    """One person in the list of a round."""

    id: int
    person_id: int
    name: str
    nik_masked: str
    region: str
    village: str  # its name, "" when the register never named it
    status: str
    record: str
    reason: str
    since: date | None
    updated_at: datetime
    notice: str  # state of the newest notice of status; "" when there is none


async def page(db: AsyncConnection, round_id: int, status: str, after: int, limit: int) -> Sequence[Listed]:
    """The people of a round beyond a person, by their id; of one status, or of all ("")."""
    own = [entitlements.c[name] for name in ("status", "record", "reason", "since", "updated_at")]
    person = [people.c[name] for name in ("name", "nik_masked", "region")]
    wanted = (
        select(entitlements.c.id, entitlements.c.person_id, *person, func.coalesce(regions.c.name, ""), *own)
        .join(people, people.c.id == entitlements.c.person_id)
        .outerjoin(regions, regions.c.code == people.c.region)
        .where(entitlements.c.round_id == round_id, entitlements.c.person_id > after)
        .order_by(entitlements.c.person_id)
        .limit(limit)
    )
    if status:
        wanted = wanted.where(entitlements.c.status == status)
    if status not in ("", "DIJADWALKAN"):
        wanted = wanted.where(text("entitlements.status <> 'DIJADWALKAN'"))  # as its index says it
    found = (await db.execute(wanted)).all()
    told = await _notices(db, [row[0] for row in found])
    return [Listed(*row, told.get(row[0], "")) for row in found]


async def _notices(db: AsyncConnection, ids: Collection[int]) -> dict[int, str]:
    """Entitlement → state of the newest notice that tells of it."""
    if not ids:
        return {}
    newest = (
        select(
            entitlement_changes.c.entitlement_id.label("of"), func.max(entitlement_changes.c.delivery_id).label("by")
        )
        .where(entitlement_changes.c.entitlement_id.in_(ids), entitlement_changes.c.delivery_id.is_not(None))
        .group_by(entitlement_changes.c.entitlement_id)
        .subquery()
    )
    rows = await db.execute(select(newest.c.of, deliveries.c.state).join(deliveries, deliveries.c.id == newest.c.by))
    return {int(row[0]): str(row[1]) for row in rows}
