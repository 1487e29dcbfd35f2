"""People whom a stopped broadcast never came to: each gets a row that says so, and so is on lists, visits and files.

And the plan that takes them up. Sends nothing.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts.audience import audience, audience_of
from notifier.broadcasts.guarding import settled
from notifier.broadcasts.values import Terms
from notifier.errors import Refused
from notifier.rules.audiences import Rule
from notifier.rules.deliveries import CORRECTIONS, EVENTS
from notifier.store import broadcasts as rows
from notifier.store import deliveries, editions, expansion, grounds, moves, told
from notifier.store.broadcasts import Broadcast
from notifier.store.rounds import Round

NEVER_REACHED = "never reached: the broadcast was stopped"


async def name_rest(db: AsyncConnection, terms: Terms, b: Broadcast, now: datetime, worker: str, limit: int) -> None:
    """Write the next slice of them as cancelled; who could not have been written to anyway keeps that reason.

    The audience is that of the round as the broadcast knew it; who has left it since is counted no longer.
    """
    of = await _as_it_was(db, b)
    people = audience_of(b, of)
    if b.event in CORRECTIONS:
        people = moves.not_in(people, b.id)
    written, last, counts, _ = await expansion.expand(
        db,
        b,
        people,
        ladder=terms.ladders.of(of.programme),
        lines={kind: route.line for kind, route in terms.routes.items()},
        mute=terms.muted(b.event),
        lane=int(EVENTS[b.event].lane),
        due={},
        now=now,
        limit=limit,
        called_off=NEVER_REACHED,
    )
    kept = {(b.id, state, deliveries.kept_reason(state, reason)): n for state, reason, n in counts}
    await deliveries.count(db, kept, worker)
    expanded = b.expanded + written
    # A full slice says nothing of whether it was the last, for people join an audience after it is counted.
    whole = expanded if written < limit else max(b.audience, expanded + 1)
    await rows.change(db, b.id, (b.state,), expanded=expanded, cursor=last, audience=whole, wake=now)


async def rest_of(db: AsyncConnection, b: Broadcast) -> tuple[Round, int]:
    """The round as it is, and how many people a stopped broadcast has left untold. Raises Refused where nobody can take
    them up, or somebody does.
    """
    of = await grounds.of(db, b, lock=True)
    if b.state != "stopped" or not b.expanded:
        raise Refused(f"broadcast {b.id} is {b.state}; only one that was stopped half-way has a rest to plan")
    if of.state == "cancelled" and b.event != "round_cancelled":
        raise Refused(f"{of.code} is cancelled; only round_cancelled can be planned for it")
    taken = await told.rest_of(db, b.id, b.event)
    if taken is not None and taken.state == "stopped":
        raise Refused(
            f"the rest of broadcast {b.id} is broadcast {taken.id}, stopped half-way; plan the rest of that one"
        )
    if taken is not None:
        raise Refused(f"the rest of broadcast {b.id} is broadcast {taken.id} already")
    if not await settled(db, b.id):
        raise Refused(f"broadcast {b.id} is still coming to rest; try again in a moment")
    people = await rows.size(db, audience(b.event, of, b.id, Rule.of(b.rule)))
    if not people:
        raise Refused(f"broadcast {b.id} has left nobody untold")
    return of, people


async def _as_it_was(db: AsyncConnection, b: Broadcast) -> Round:
    of = await grounds.of(db, b)
    if of.version == b.round_version:
        return of
    said: dict[str, Any] = dict(editions.at_version(await editions.of_round(db, of.id), of, b.round_version) or {})
    kept = {name: said[name] for name in ("programme", "region") if name in said}
    return replace(of, version=b.round_version, **kept)
