"""Versions of templates made by people; the shipped files lie beneath and are no business of this page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import broadcasts, people, templates

Key = tuple[str, str, str, str]  # event, channel, language, part
DRAFT, REVIEWED, PUBLISHED, RETIRED = "draft", "reviewed", "published", "retired"
WAITING = (DRAFT, REVIEWED)  # over what is in force; a part has at most one of them


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of one part."""

    id: int
    event: str
    channel: str
    language: str
    part: str
    version: int
    state: str  # draft, reviewed, published, retired
    source: str
    who: str
    created_at: datetime
    published_at: datetime | None
    reviewer: str | None = None
    reviewed_at: datetime | None = None

    @property
    def key(self) -> Key:
        """What it is a wording of."""
        return self.event, self.channel, self.language, self.part

    @property
    def label(self) -> str:
        """How attempts and pins name it."""
        return f"v{self.version}"


_COLUMNS = tuple(templates.c[name] for name in Version.__dataclass_fields__)


def _of(key: Key) -> tuple[ColumnElement[bool], ...]:
    return tuple(
        templates.c[name] == value for name, value in zip(("event", "channel", "language", "part"), key, strict=True)
    )


async def history(db: AsyncConnection, key: Key) -> list[Version]:
    """Every version of a part, newest first."""
    rows = await db.execute(select(*_COLUMNS).where(*_of(key)).order_by(templates.c.version.desc()))
    return [Version(*tuple(row)) for row in rows]


async def in_state(db: AsyncConnection, *states: str, event: str = "") -> list[Version]:
    """All drafts, or everything published; of one event only when it is named."""
    wanted = [templates.c.state.in_(states), *([templates.c.event == event] if event else [])]
    rows = await db.execute(select(*_COLUMNS).where(*wanted).order_by(templates.c.id))
    return [Version(*tuple(row)) for row in rows]


async def one(db: AsyncConnection, key: Key, *states: str) -> Version | None:
    """The draft, or the published version, of a part."""
    wanted = select(*_COLUMNS).where(*_of(key), templates.c.state.in_(states))
    row = (await db.execute(wanted.order_by(templates.c.version.desc()).limit(1))).first()
    return Version(*tuple(row)) if row else None


async def add_draft(db: AsyncConnection, key: Key, source: str, who: str, now: datetime) -> int:
    """A new version as a draft; returns its number. Two at the same moment: the later one fails on the number."""
    newest = select(func.coalesce(func.max(templates.c.version), 0)).where(*_of(key))
    version = int((await db.execute(newest)).scalar_one()) + 1
    event, channel, language, part = key
    await db.execute(
        insert(templates).values(
            event=event,
            channel=channel,
            language=language,
            part=part,
            version=version,
            state=DRAFT,
            source=source,
            who=who,
            created_at=now,
        )
    )
    return version


async def change_draft(db: AsyncConnection, version_id: int, source: str, who: str, now: datetime) -> bool:
    """Reword a draft, whose review is gone with that; False when it is no draft any more."""
    statement = update(templates).where(templates.c.id == version_id, templates.c.state.in_(WAITING))
    change = {"source": source, "who": who, "created_at": now, "state": DRAFT, "reviewer": None, "reviewed_at": None}
    return (await db.execute(statement.values(change))).rowcount == 1


async def review(db: AsyncConnection, version: Version, who: str, now: datetime) -> bool:
    """A second person has read this very draft and agrees; False when it was changed or published meanwhile."""
    statement = update(templates).where(
        templates.c.id == version.id, templates.c.state == DRAFT, templates.c.source == version.source
    )
    return (await db.execute(statement.values(state=REVIEWED, reviewer=who, reviewed_at=now))).rowcount == 1


async def discard(db: AsyncConnection, key: Key) -> int:
    """Nobody wants the draft any more: it is kept as retired; returns how many that were."""
    statement = update(templates).where(*_of(key), templates.c.state.in_(WAITING))
    return int((await db.execute(statement.values(state=RETIRED))).rowcount)


async def restore(db: AsyncConnection, version: Version, now: datetime) -> bool:
    """A version that was in force before is in force again; False when it is no retired one."""
    statement = update(templates).where(
        templates.c.id == version.id, templates.c.state == RETIRED, templates.c.published_at.is_not(None)
    )
    if (await db.execute(statement.values(state=PUBLISHED, published_at=now))).rowcount != 1:
        return False
    await retire(db, version.key, but=version.id)
    return True


async def numbered(db: AsyncConnection, key: Key, version: int) -> Version | None:
    """One version of a part, whatever its state."""
    row = (await db.execute(select(*_COLUMNS).where(*_of(key), templates.c.version == version))).first()
    return Version(*tuple(row)) if row else None


async def people_up_to(db: AsyncConnection, most: int) -> int:
    """How many people are registered, counted no further than `most`."""
    some = select(people.c.id).limit(most).subquery()
    return int((await db.execute(select(func.count()).select_from(some))).scalar_one())


async def publish(db: AsyncConnection, version: Version, now: datetime) -> bool:
    """This draft is in force, whatever was before it is retired; False when it was changed or published meanwhile."""
    statement = update(templates).where(
        templates.c.id == version.id, templates.c.state == version.state, templates.c.source == version.source
    )
    result = await db.execute(statement.values(state=PUBLISHED, published_at=now))
    if result.rowcount != 1:
        return False
    await retire(db, version.key, but=version.id)
    return True


async def retire(db: AsyncConnection, key: Key, but: int = 0) -> int:
    """What is published is no longer in force; returns how many versions that were."""
    statement = update(templates).where(*_of(key), templates.c.state == PUBLISHED, templates.c.id != but)
    return int((await db.execute(statement.values(state=RETIRED))).rowcount)


async def planned(db: AsyncConnection, event: str) -> int:
    """People that broadcasts of an event are planned for which have not begun."""
    ahead = (broadcasts.c.event == event, broadcasts.c.state.in_(("planned", "approved")))
    return int(
        (
            await db.execute(select(func.coalesce(func.sum(broadcasts.c.approved_audience), 0)).where(*ahead))
        ).scalar_one()
    )


async def stamp(db: AsyncConnection) -> tuple[int, str]:
    """Changes whenever something is published or withdrawn: how many are in force, and the newest instant."""
    row = (
        await db.execute(
            select(func.count(), func.max(templates.c.published_at), func.max(templates.c.id)).where(
                templates.c.state == PUBLISHED
            )
        )
    ).one()
    return int(row[0]), f"{row[1]} {row[2]}"
