"""Who sees hidden tickets: when somebody who could is gone, or has come, those are looked at again. Knows no ticket."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.roles import Right, Role, may
from notifier.store.schema import accounts, tickets

POWER = frozenset({"role", "region", "disabled_at", "notify_kind"})  # of an account: whether it sees, and can be told
_DESK = tuple(role.value for role in Role if may(role, Right.ANSWER))


async def changed(db: AsyncConnection, account_id: int, regions: Iterable[str]) -> None:
    """An account that stands over these regions has another power now: wake the open hidden tickets below them, unless
    somebody else of the desk sees them all.
    """
    for region in set(regions):
        if not await _seen_by_another(db, account_id, region):
            await db.execute(_WAKE if not region else _WAKE.where(_below(region)))


async def _seen_by_another(db: AsyncConnection, account_id: int, region: str) -> bool:
    a = accounts.c
    over = or_(a.region == "", a.region == region, literal(region).startswith(a.region + "."))
    others = select(a.id).where(a.id != account_id, a.disabled_at.is_(None), a.role.in_(_DESK), over)
    return (await db.execute(others.limit(1))).first() is not None


def _below(region: str) -> ColumnElement[bool]:
    t = tickets.c
    return or_(t.region == region, t.region.startswith(f"{region}.", autoescape=True))


# Long ago is now; who wakes them does not need the time.
_WAKE = update(tickets).where(tickets.c.closed_at.is_(None), text("shielded")).values(wake=tickets.c.opened_at)
