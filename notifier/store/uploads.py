"""Files that came in by the page: one row a file, from the first look to its end. Knows no file and no table's rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import uploads

LOOKING, READY, RUNNING, DONE, FAILED, CANCELLED = "looking", "ready", "running", "done", "failed", "cancelled"
WORKING = (LOOKING, RUNNING)  # states in which somebody has to work, or works


@dataclass(frozen=True, slots=True)
class Upload:
    """One file."""

    id: int
    what: str
    name: str
    folder: str
    size: int
    who: str
    region: str
    state: str
    step: str
    done: int
    total: int
    look: Mapping[str, Any]
    counts: Mapping[str, Any]
    why: str
    yes: bool
    partial: bool
    stop: bool
    fence: int
    import_id: int | None
    at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    wake: datetime | None


_UPLOAD = [uploads.c[name] for name in Upload.__dataclass_fields__]


async def add(db: AsyncConnection, values: Mapping[str, Any], now: datetime) -> int:
    """A file is there and has to be looked at; returns its id."""
    row = {**values, "state": LOOKING, "counts": {}, "at": now, "wake": now}
    return int((await db.execute(insert(uploads).values(row).returning(uploads.c.id))).scalar_one())


async def get(db: AsyncConnection, upload_id: int, *, lock: bool = False) -> Upload | None:
    """One file."""
    wanted = select(*_UPLOAD).where(uploads.c.id == upload_id)
    row = (await db.execute(wanted.with_for_update() if lock else wanted)).first()
    return Upload(*row) if row else None


async def page(db: AsyncConnection, area: str, before: int | None, limit: int) -> list[Upload]:
    """Files of whoever works in an area, newest first."""
    wanted = select(*_UPLOAD).order_by(uploads.c.id.desc()).limit(limit)
    if area:
        plain = area.rstrip(".")
        wanted = wanted.where(or_(uploads.c.region == plain, uploads.c.region.between(plain + ".", plain + "/")))
    if before is not None:
        wanted = wanted.where(uploads.c.id < before)
    return [Upload(*row) for row in await db.execute(wanted)]


async def folders(db: AsyncConnection, names: Collection[str]) -> frozenset[str]:
    """Which of these folders belong to a file."""
    rows = await db.execute(select(uploads.c.folder).where(uploads.c.folder.in_(names)))
    return frozenset(rows.scalars())


async def waking(db: AsyncConnection, now: datetime, limit: int = 20) -> list[Upload]:
    """Files whose time has come: to be worked on, or to be forgotten."""
    due = select(*_UPLOAD).where(uploads.c.wake <= now).order_by(uploads.c.wake, uploads.c.id).limit(limit)
    return [Upload(*row) for row in await db.execute(due)]


async def claim(db: AsyncConnection, upload: Upload, now: datetime, until: datetime) -> bool:
    """Begin, or begin anew, what nobody works on; False when somebody was quicker."""
    mine = (uploads.c.id == upload.id, uploads.c.fence == upload.fence, uploads.c.wake <= now)
    values = {"fence": upload.fence + 1, "wake": until, "done": 0, "step": "reading"}
    if upload.state == RUNNING and upload.started_at is None:
        values["started_at"] = now
    return (await db.execute(update(uploads).where(*mine).values(**values))).rowcount == 1


async def tell(db: AsyncConnection, upload_id: int, fence: int, values: Mapping[str, Any]) -> bool | None:
    """Write how it goes; whether somebody wants it to end. None: it is somebody else's by now."""
    mine = (uploads.c.id == upload_id, uploads.c.fence == fence)
    row = (await db.execute(update(uploads).where(*mine).values(**values).returning(uploads.c.stop))).first()
    return bool(row[0]) if row else None


async def turn(db: AsyncConnection, upload_id: int, was: str, values: Mapping[str, Any]) -> bool:
    """Change a file that stands in state `was`; False when it does not any more."""
    mine = (uploads.c.id == upload_id, uploads.c.state == was)
    return (await db.execute(update(uploads).where(*mine).values(**values))).rowcount == 1
