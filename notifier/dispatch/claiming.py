"""Takes what is due on a line: under a lease, at the governor's pace, and only what may leave now.

The attempt's row is written here, in the claim's transaction: nothing is sent without a row that says we are about to.
"""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.dispatch.settle import Terms, climb
from notifier.dispatch.values import Route, Sealed, Speaks, address_of, key_of
from notifier.rules.deliveries import Lane, State
from notifier.rules.pacing import slots, window
from notifier.store import attempts, deliveries, paces
from notifier.store.deliveries import Claimed, Step


class Claims:
    """How this worker takes its share."""

    def __init__(
        self,
        vault: Sealed,
        words: Speaks,
        terms: Terms,
        *,
        batch: int,
        lease: timedelta,
        send_window: tuple[time, time],
    ) -> None:
        """`batch`: most deliveries at a time; `lease`: after it an unsettled attempt counts as unknown."""
        self._vault = vault
        self._words = words
        self._terms = terms
        self._batch = batch
        self._lease = lease
        self._window = send_window

    async def take(self, db: AsyncConnection, route: Route, now: datetime) -> tuple[list[Claimed], datetime, timedelta]:
        """Up to a second's worth of what is due: (deliveries, first slot, spacing); their attempts are begun."""
        scope = f"line:{route.line}"
        pace = await paces.lock(db, scope, now)
        free = (pace.next_free - now).total_seconds()
        if (pace.parked_until is not None and pace.parked_until > now) or free >= 1:
            return [], now, timedelta()
        limit = min(self._batch, max(1, math.ceil(route.rate)))
        ids = await deliveries.claim(db, route.line, now, now + self._lease, limit)
        if not ids:
            return [], now, timedelta()
        ready = await self._fit(db, await deliveries.claimed(db, ids), now)
        first, spacing, next_free = slots(pace.next_free, now, len(ready), route.rate)
        await paces.advance(db, scope, next_free)
        await attempts.begin(db, [self._row(route, delivery, now) for delivery in ready])
        return ready, first, spacing

    async def _fit(self, db: AsyncConnection, claimed: Sequence[Claimed], now: datetime) -> list[Claimed]:
        """Put back what may not leave now: outside the window, too late, stopped by its reader, address finished."""
        ready, steps = [], []
        taken: Counter[tuple[int, str, str]] = Counter()
        for c in claimed:
            if c.broadcast_id is not None:
                taken[c.broadcast_id, State.DUE.value, ""] -= 1
                taken[c.broadcast_id, State.SENDING.value, ""] += 1
            step = await self._hindrance(db, c, now)
            if step is None:
                ready.append(c)
            else:
                steps.append(step)
        await deliveries.count(db, taken, self._terms.worker)
        await deliveries.move(db, steps, self._terms.worker)
        return ready

    async def _hindrance(self, db: AsyncConnection, c: Claimed, now: datetime) -> Step | None:
        def step(state: State, reason: str, **values: Any) -> Step:
            values |= {"lease_until": None, "tries": c.tries - 1}
            if state is not State.DUE:
                values["settled_at"] = now
            return Step(c.id, c.broadcast_id, "sending", state.value, reason, values, c.ticket_id)

        try:
            address_of(c, self._vault)
            zone = ZoneInfo(c.zone)
        except Exception as error:  # one unreadable row must not stop the line it waits on
            return step(State.FAILED, f"unreadable: {error}")

        if c.expires_at is not None and c.expires_at <= now:
            return step(State.EXPIRED, "too late for its event")
        if c.stopped and c.lane == Lane.BULK:
            return step(State.SUPPRESSED, "stopped")
        if c.window:
            opens = window(now, zone, *self._window)
            if opens > now:
                if c.expires_at is not None and opens >= c.expires_at:
                    return step(State.EXPIRED, "its send window opens too late for its event")
                return step(State.DUE, "", due_at=opens)
        if c.contact_id is not None and c.contact_state != "ok":
            standing = (await deliveries.standing(db, [c.id]))[c.id]
            return await climb(db, standing, "the address is finished", self._terms, now)
        return None

    def _row(self, route: Route, c: Claimed, now: datetime) -> dict[str, Any]:
        kind, address = address_of(c, self._vault)
        return {
            "delivery_id": c.id,
            "number": c.fence,
            "generation": c.generation,
            "key": key_of(c),
            "line": route.line,
            "contact_id": c.contact_id,
            "address_index": self._vault.address_index(kind, address),
            "event": c.event,
            "template": self._label(route, c),
            "round_version": c.round_version,
            "state": State.SENDING.value,
            "started_at": now,
        }

    def _label(self, route: Route, c: Claimed) -> str:
        try:
            return self._words.label(c, route.channel.name)[:80]
        except Exception:  # said once more, and told, when the words are made
            return ""
