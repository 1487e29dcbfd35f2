"""What a broadcast stands on: its round, or for a general notice, which is about none, its own area, time and words."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import LASTS
from notifier.store import rounds
from notifier.store.broadcasts import Broadcast
from notifier.store.rounds import Round

CALLED = "this notice"  # where a sentence names the round


def bare(region: str, zone: str, at: datetime, said: str) -> Round:
    """The ground of a general notice: no row, no programme, no venue. Its id is 0, and its note is what it says."""
    return Round(
        id=0,
        code=CALLED,
        programme="",
        period="",
        region=region,
        venue="",
        address="",
        opens_at=at,
        closes_at=at + LASTS,
        zone=zone,
        amount=None,
        method="",
        note=said,
        state="open",
        version=0,
        wake=None,
        created_at=at,
        updated_at=at,
    )


async def of(db: AsyncConnection, b: Broadcast, *, lock: bool = False) -> Round:
    """The round of a broadcast as it stands, or its bare ground."""
    if b.round_id is None:
        return bare(b.region, b.zone, b.at, str(b.facts.get("text", "")))
    found = await rounds.get(db, b.round_id, lock=lock)
    assert found is not None
    return found
