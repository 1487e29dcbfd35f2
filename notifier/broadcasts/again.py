"""Sending again: what is held and waits for a person, and "retry only these" of a broadcast.

A decision of somebody starts a new generation: whatever the earlier attempts came to, this one is another message. The
kept counters move with every row, in slices small enough that webhooks do not wait.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts.account import seen
from notifier.broadcasts.course import note
from notifier.broadcasts.values import Terms, local
from notifier.errors import Refused
from notifier.rules.deliveries import NO_WAY_BACK, State
from notifier.rules.roles import Right, Viewer
from notifier.store import broadcasts as rows
from notifier.store import deliveries, grounds, loads, rounds, silence, told
from notifier.store import ledger as acts
from notifier.store.broadcasts import Broadcast
from notifier.store.deliveries import Step
from notifier.store.engine import Database
from notifier.store.loads import Load
from notifier.store.told import Address, Candidate, Held, Shelf

SLICE_SQLITE, SLICE_POSTGRESQL = 200, 500  # rows written in one transaction
RETRYABLE = ("failed", "unknown", "held", "expired", "suppressed")
OPEN = ("expanding", "sending", "canary", "paused", "asking", "done")
WORKER = "office"  # how the counters name what people decide


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a decision."""

    again: int = 0  # due once more
    left: int = 0  # stays unknown, no longer held
    skipped: Mapping[str, int] = field(default_factory=dict)  # no_contact, no_way_back, stopped … → people


class Again:
    """Decides on what was not told, or perhaps not."""

    def __init__(self, database: Database, terms: Terms) -> None:
        self._database = database
        self._terms = terms

    @property
    def _slice(self) -> int:
        return SLICE_SQLITE if self._database.is_sqlite else SLICE_POSTGRESQL

    # --- held ---

    async def held(
        self, viewer: Viewer, *, broadcast_id: int | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[Held]:
        """What waits for a person's decision, oldest first."""
        viewer.needs(Right.SEE_BROADCASTS)
        async with self._database.read() as db:
            if broadcast_id is not None:
                await seen(db, viewer, broadcast_id)
            return await told.held(db, viewer.region, after=after, limit=limit, broadcast_id=broadcast_id)

    async def count_held(self, viewer: Viewer) -> int:
        """How many wait, up to a thousand."""
        async with self._database.read() as db:
            return await told.count_held(db, viewer.region)

    async def resend(
        self, viewer: Viewer, now: datetime, *, broadcast_id: int | None = None, ids: Sequence[int] | None = None
    ) -> Done:
        """Send held deliveries once more: those named, or all of a broadcast."""
        return await self._decide(viewer, now, broadcast_id, ids, again=True)

    async def leave(
        self, viewer: Viewer, now: datetime, *, broadcast_id: int | None = None, ids: Sequence[int] | None = None
    ) -> Done:
        """Leave held deliveries as they are: unknown, and nobody waits for them any more."""
        return await self._decide(viewer, now, broadcast_id, ids, again=False)

    async def _decide(
        self, viewer: Viewer, now: datetime, broadcast_id: int | None, ids: Sequence[int] | None, *, again: bool
    ) -> Done:
        viewer.needs(Right.CONTROL_BROADCAST)
        if broadcast_id is None and not ids:
            raise Refused("say which: the numbers of held deliveries, or --broadcast N for all of one")
        after, count, skipped = 0, 0, Counter[str]()
        while True:
            async with self._database.write_slice() as db:
                b = await seen(db, viewer, broadcast_id, lock=True) if broadcast_id is not None else None
                found = await told.held(
                    db, viewer.region, after=after, limit=self._slice, broadcast_id=broadcast_id, ids=ids
                )
                named = await told.named(db, [one.delivery_id for one in found])
                if not again:
                    await deliveries.move(db, [_left(c, now) for c in named], WORKER)
                    count += len(named)
                else:
                    count += await self._send(db, named, now, skipped, b)
                for c in named:
                    act = "delivery.resent" if again else "delivery.left"
                    await acts.append(db, at=now, who=viewer.who, act=act, about=f"delivery:{c.id}")
            if len(found) < self._slice:
                break
            after = found[-1].delivery_id
        if not count:
            raise Refused(_nothing(skipped, "nothing of this is held any more; look again: notifier held list"))
        return Done(again=count, skipped=skipped) if again else Done(left=count)

    # --- retry only these ---

    async def retry(self, viewer: Viewer, broadcast_id: int, shelf: Shelf, now: datetime) -> Done:
        """Make a list of a broadcast's people due again, each once more, from their present contact or the next best.

        Raises Refused when the event is over, the broadcast was stopped or has not begun, or nobody can be written to.
        """
        viewer.needs(Right.CONTROL_BROADCAST)
        if shelf.state not in RETRYABLE:
            raise Refused(f'"{shelf.state}" is nothing to retry; there are: {", ".join(RETRYABLE)}')
        after, count, skipped = 0, 0, Counter[str]()
        while True:
            async with self._database.write_slice() as db:
                b = await seen(db, viewer, broadcast_id, lock=True)
                await self._may_retry(db, b, now)
                found = await told.candidates(db, broadcast_id, shelf, after, self._slice)
                sent = await self._send(db, found, now, skipped, b)
                if sent:
                    detail = {"list": shelf.state, "reason": shelf.reason or "", "people": sent}
                    await note(db, viewer.who, "broadcast.retried", broadcast_id, now, **detail)
            count += sent
            if len(found) < self._slice:
                break
            after = found[-1].person_id or 0
        if not count:
            raise Refused(_nothing(skipped, f"broadcast {broadcast_id} has nobody on this list"))
        return Done(again=count, skipped=skipped)

    async def _may_retry(self, db: AsyncConnection, b: Broadcast, now: datetime) -> None:
        if b.state == "stopped":
            raise Refused(f"broadcast {b.id} was stopped; plan it anew with --again to tell people after all")
        if b.state not in OPEN:
            raise Refused(f"broadcast {b.id} is {b.state}; there is nothing to retry before it has begun")
        if b.expires_at <= now:
            what, since = b.round_code or grounds.CALLED, local(b.expires_at, b.zone)
            raise Refused(f"{what} is over since {since}; a message now would be too late")
        of = await grounds.of(db, b)
        if of.state == "cancelled" and b.event != "round_cancelled":
            raise Refused(f"{b.round_code} is cancelled; tell people that instead: plan round_cancelled")

    async def _send(
        self,
        db: AsyncConnection,
        found: Sequence[Candidate],
        now: datetime,
        skipped: Counter[str],
        b: Broadcast | None,
    ) -> int:
        """Make these due; who cannot be written to is counted in `skipped`. Returns how many are due."""
        contacts = await told.addresses(db, [c.person_id for c in found if c.person_id is not None])
        programmes = await rounds.programmes(db, {c.round_id for c in found if c.round_id is not None})
        versions: dict[int, int | None] = {}
        steps: list[Step] = []
        carried: Counter[tuple[int, str]] = Counter()
        for c in found:
            if c.expires_at is not None and c.expires_at <= now:
                skipped["too_late"] += 1
                continue
            values: dict[str, Any] = {}
            if c.person_id is not None and (c.contact_id is not None or c.broadcast_id is not None):
                has = contacts.get(c.person_id, ())
                if c.event == silence.QUESTION and c.broadcast_id is not None:
                    before = await silence.asked_before(db, c.broadcast_id, c.person_id)
                    has = [a for a in has if a.kind not in before]
                to = self._address(c, has, programmes.get(c.round_id or 0, ""))
                if isinstance(to, str):
                    skipped[to] += 1
                    continue
                values = {"contact_id": to.id, "line": self._line(to)}
            if c.broadcast_id is not None:
                if c.broadcast_id not in versions:
                    versions[c.broadcast_id] = await self._reopened(db, c.broadcast_id, now, b)
                version = versions[c.broadcast_id]
                if version is None:
                    skipped["called_off"] += 1
                    continue
                # The words are those of the round as it is now, whatever it was when the broadcast was planned.
                values["round_version"] = version
                if c.state == State.SUPPRESSED or values["line"] != c.line:
                    carried[c.broadcast_id, values["line"]] += 1
            steps.append(_due(c, now, values))
        await deliveries.move(db, steps, WORKER)
        await loads.add(db, WORKER, {key: Load(people=n) for key, n in carried.items()})
        return len(steps)

    async def _reopened(self, db: AsyncConnection, broadcast_id: int, now: datetime, b: Broadcast | None) -> int | None:
        """Let a broadcast that was done go on; returns the version of its round. None: it was stopped, or is over."""
        b = b or await rows.get(db, broadcast_id, lock=True)
        assert b is not None
        of = await grounds.of(db, b)
        if b.state not in OPEN or (of.state == "cancelled" and b.event != "round_cancelled"):
            return None
        if await rows.change(db, broadcast_id, ("done",), state="sending", wake=now):
            await note(db, "clock", "broadcast.reopened", broadcast_id, now)
        return of.version

    def _line(self, a: Address) -> str:
        return a.line or self._terms.routes[a.kind].line

    def _address(self, c: Candidate, has: Sequence[Address], programme: str) -> Address | str:
        """The present contact while it can be used, else the first of the ladder that can, else why there is none."""
        usable = [a for a in has if a.state == "ok" and a.kind in self._terms.routes]
        muted = self._terms.muted(c.event)
        if muted is not None and c.broadcast_id is not None:
            told, usable = usable, [a for a in usable if self._line(a) not in muted.lines]
            if told and not usable:
                return NO_WAY_BACK
        speaking = [a for a in usable if not a.stopped or c.broadcast_id is None]
        if not speaking:
            return "stopped" if usable else "no_contact"
        ladder = self._terms.ladders.of(programme, speaking[0].prefers)
        rank = {kind: place for place, kind in enumerate(ladder)}
        return min(speaking, key=lambda a: (a.id != c.contact_id, rank.get(a.kind, len(rank)), a.id))


def _due(c: Candidate, now: datetime, values: Mapping[str, Any]) -> Step:
    fresh: dict[str, Any] = {
        "due_at": now,
        "lease_until": None,
        "held": False,
        "generation": c.generation + 1,
        "tries": 0,
        "first_failed_at": None,
        "settled_at": None,
        **values,
    }
    if c.state == State.UNKNOWN:
        fresh["maybe_twice"] = True  # it may have arrived the first time
    return Step(c.id, c.broadcast_id, c.state, State.DUE.value, "sent again by hand", fresh, c.ticket_id)


def _left(c: Candidate, now: datetime) -> Step:
    values = {"held": False, "lease_until": None, "settled_at": now}
    return Step(c.id, c.broadcast_id, c.state, c.state, "left as it is", values)


_WHY: Mapping[str, str] = {
    "no_contact": "their addresses are finished and there is no other",
    NO_WAY_BACK: "they can be written to only where nobody can answer",
    "stopped": "they asked us to stop",
    "too_late": "it would be too late for its event",
    "called_off": "their broadcast was stopped or its round is cancelled",
}


def _nothing(skipped: Mapping[str, int], otherwise: str) -> str:
    """Why nothing was sent again, in a sentence."""
    if not skipped:
        return otherwise
    told_why = "; ".join(f"{n} because {_WHY[why]}" for why, n in skipped.items())
    return f"nobody was made due again: {told_why}"
