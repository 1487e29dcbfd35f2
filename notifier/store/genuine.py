"""What a delivery said, for whoever asks whether a message is ours: never to whom."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.store.schema import LARGEST_ID, attempts, deliveries


@dataclass(frozen=True, slots=True)
class Said:
    """A delivery that has left at least once."""

    event: str
    round_id: int | None
    round_version: int  # the oldest that its words may have carried
    at: datetime  # when it left first


async def said(db: AsyncConnection, delivery_id: int) -> Said | None:
    """What this delivery was; None when there is none, or when nothing of it ever left."""
    if not 0 < delivery_id <= LARGEST_ID:
        return None
    row = (
        await db.execute(
            select(
                deliveries.c.event,
                deliveries.c.round_id,
                func.min(attempts.c.round_version),
                func.min(attempts.c.started_at),
            )
            .join(attempts, attempts.c.delivery_id == deliveries.c.id)
            .where(deliveries.c.id == delivery_id)
            .group_by(deliveries.c.id, deliveries.c.event, deliveries.c.round_id)
        )
    ).first()
    return Said(*row) if row else None
