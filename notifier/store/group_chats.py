"""Group chats and channels that the bot was added to: which area each is for, and which rounds were posted there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import broadcasts, group_chats, group_posts, rounds
from notifier.store.upsert import upsert

TELLS = ("round_announced", "round_changed", "round_cancelled")  # what of a round makes it known
APPROVED = ("expanding", "sending", "done")


@dataclass(frozen=True, slots=True)
class Group:
    """One group or channel."""

    id: int
    line: str
    kind: str  # channel name
    address: str
    title: str
    region: str  # "" until somebody has confirmed it
    confirmed_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A round that a group has not been told of as it stands."""

    group: Group
    round_id: int
    version: int
    cancelled: bool
    zone: str
    closes_at: datetime


_COLUMNS = tuple(group_chats.c[name] for name in Group.__dataclass_fields__)


async def add(db: AsyncConnection, line: str, kind: str, address: str, title: str, now: datetime) -> None:
    """The bot was added; one that is back waits for its confirmation anew."""
    fresh = {"kind": kind, "title": title, "region": "", "confirmed_by": "", "created_at": now}
    await db.execute(
        upsert(db, group_chats)
        .values(line=line, address=address, **fresh)
        .on_conflict_do_update(index_elements=["line", "address"], set_=fresh)
    )


async def leave(db: AsyncConnection, line: str, address: str) -> None:
    """The bot was removed, or the group is wanted no more: nothing is posted there."""
    here = (group_chats.c.line == line, group_chats.c.address == address)
    await db.execute(update(group_chats).where(*here).values(region="", confirmed_by="", title=""))


async def rename(db: AsyncConnection, kind: str, old: str, new: str) -> None:
    """A group goes by another address."""
    there = select(group_chats.c.line).where(group_chats.c.kind == kind, group_chats.c.address == new)
    if (await db.execute(there)).first() is None:
        here = (group_chats.c.kind == kind, group_chats.c.address == old)
        await db.execute(update(group_chats).where(*here).values(address=new))


async def all_of(db: AsyncConnection) -> list[Group]:
    """Every group, in the order they came."""
    return [Group(*row) for row in await db.execute(select(*_COLUMNS).order_by(group_chats.c.id))]


async def confirm(db: AsyncConnection, group_id: int, region: str, who: str) -> None:
    """Somebody says which area a group is for."""
    await db.execute(update(group_chats).where(group_chats.c.id == group_id).values(region=region, confirmed_by=who))


async def due(db: AsyncConnection, now: datetime, limit: int) -> list[Due]:
    """What is to be posted: rounds that an approved broadcast has made known as they stand, in groups of their area,
    of an area above or below it. A cancellation goes only where the round was posted before.
    """
    g = group_chats.c
    known = select(broadcasts.c.id).where(
        broadcasts.c.round_id == rounds.c.id,
        broadcasts.c.round_version == rounds.c.version,
        broadcasts.c.event.in_(TELLS),
        broadcasts.c.state.in_(APPROVED),
    )
    before = select(group_posts.c.group_id).where(group_posts.c.group_id == g.id, group_posts.c.round_id == rounds.c.id)
    near = or_(
        rounds.c.region == g.region, rounds.c.region.like(g.region + ".%"), g.region.like(rounds.c.region + ".%")
    )
    found = await db.execute(
        select(*_COLUMNS, rounds.c.id, rounds.c.version, rounds.c.state, rounds.c.zone, rounds.c.closes_at)
        .select_from(group_chats.join(rounds, near))
        .where(
            g.region != "",
            rounds.c.closes_at > now,
            known.exists(),
            ~before.where(group_posts.c.round_version == rounds.c.version).exists(),
            or_(rounds.c.state == "open", before.exists()),
        )
        .order_by(rounds.c.id, g.id)
        .limit(limit)
    )
    own = len(_COLUMNS)
    return [
        Due(Group(*row[:own]), row[own], row[own + 1], row[own + 2] == "cancelled", row[own + 3], row[own + 4])
        for row in (tuple(one) for one in found)
    ]


async def posted(db: AsyncConnection, one: Due, now: datetime) -> bool:
    """Take a post on oneself; False when somebody else has."""
    row = {"group_id": one.group.id, "round_id": one.round_id, "round_version": one.version, "at": now}
    done = await db.execute(
        upsert(db, group_posts).values(**row).on_conflict_do_nothing().returning(group_posts.c.group_id)
    )
    return done.first() is not None


async def last_posts(db: AsyncConnection) -> dict[int, tuple[str, str, datetime]]:
    """group → (code of the round, its programme and period, when) of what was posted there last."""
    p, newest = group_posts.c, group_posts.alias("newest")
    last = select(func.max(newest.c.id)).group_by(newest.c.group_id)
    found = await db.execute(
        select(p.group_id, rounds.c.code, rounds.c.programme, rounds.c.period, p.at)
        .select_from(group_posts.join(rounds, rounds.c.id == p.round_id))
        .where(p.id.in_(last))
    )
    return {row[0]: (row[1], f"{row[2]} {row[3]}", row[4]) for row in found}
