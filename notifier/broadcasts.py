"""Planned mass messages: dry run, plan, second pair of eyes, expansion at their time, control, and the account after.

Knows rounds and audiences; does not know how a message is worded or sent. Every act of a person is a method with one
transaction; `advance` is what the clock calls.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Refused
from notifier.rules.deliveries import EVENTS, State
from notifier.rules.pacing import event_expiry, window
from notifier.rules.roles import Right, Viewer, covers
from notifier.store import broadcasts as rows
from notifier.store import deliveries, rounds
from notifier.store import ledger as acts
from notifier.store.broadcasts import Broadcast
from notifier.store.deliveries import Step
from notifier.store.engine import Database
from notifier.store.rounds import Round

PLANNABLE = ("round_announced", "round_reminder", "round_changed", "round_cancelled", "receipt_question")
SLICE = 1000  # people expanded in one transaction; small enough that webhooks on SQLite do not wait
RECALL = 500
LOOK = timedelta(seconds=2)  # how soon a sending broadcast is looked at again
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
STATES = ("due", "sending", "accepted", "delivered", "read", "failed", "unknown", "expired", "cancelled")

Measure = Callable[[str, str, str, str, str, Round], int]  # event, channel, language, zone, name, round → segments


@dataclass(frozen=True, slots=True)
class Route:
    """What planning needs to know of a line."""

    line: str
    rate: float  # messages a second
    price: int  # rupiah a segment


@dataclass(frozen=True, slots=True)
class Terms:
    """How broadcasts are run here."""

    ladder: Sequence[str]
    routes: Mapping[str, Route]  # by channel
    audience_moved: float  # percent
    past_due: timedelta
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Preview:
    """What a broadcast would do."""

    people: int
    by_channel: Mapping[str, int]
    by_language: Mapping[str, int]
    unreachable: int
    segments: int
    price: int  # rupiah
    hours: float  # at the lines' rates


@dataclass(frozen=True, slots=True)
class Statement:
    """The account of a broadcast: everybody of the audience is in exactly one place."""

    broadcast: int
    event: str
    round: str
    state: str
    audience: int
    unexpanded: int
    suppressed: Mapping[str, int]
    due: int
    sending: int
    accepted: int
    delivered: int
    read: int
    failed: int
    unknown: int
    expired: int
    cancelled: int
    held: int  # part of unknown
    balanced: bool

    def as_json(self) -> dict[str, Any]:
        """The contract's keys."""
        return asdict(self)


class Broadcasts:
    """The use cases of mass messages."""

    def __init__(self, database: Database, terms: Terms, measure: Measure) -> None:
        self._database = database
        self._terms = terms
        self._measure = measure

    # --- planning ---

    async def plan(
        self,
        viewer: Viewer,
        event: str,
        round_code: str,
        when: str,
        now: datetime,
        *,
        again: bool = False,
        dry_run: bool = False,
    ) -> tuple[int | None, Preview]:
        """Plan a broadcast; someone else approves it. `when` is `now` or a time, naive ones in the round's zone.

        With `dry_run` everything is checked and reckoned, nothing written, and the number is None. A plan of the clock
        for the same event that has not begun gives way to one made by hand.
        """
        viewer.needs(Right.PLAN)
        async with self._database.read() as db:
            of = await self._round(db, viewer, event, round_code)
            preview = await self._preview(db, event, of)
        at = moment(when, of.zone, now)
        if dry_run:
            return None, preview
        async with self._database.write() as db:
            if event == "receipt_question":
                await rows.forget_plans(db, of.id, "planned by hand instead", event=event, by="clock")
            broadcast_id = await self.draft(
                db, event, of, at=at, who=viewer.who, now=now, people=preview.people, again=again
            )
        return broadcast_id, preview

    async def draft(
        self,
        db: AsyncConnection,
        event: str,
        of: Round,
        *,
        at: datetime,
        who: str,
        now: datetime,
        people: int,
        again: bool = False,
        parent_id: int | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> int:
        """Write a plan in the caller's transaction. Refuses what was planned already and what would come too late."""
        earlier = await rows.already(db, event, of.id) if parent_id is None else None
        if earlier and not again:
            raise Refused(
                f"{event} for {of.code} is broadcast {earlier} already; add --again to tell the same people once more"
            )
        expires = event_expiry(event, of.opens_at, of.closes_at) or at + EVENTS[event].retry_for
        if event == "round_cancelled":
            expires = max(expires, now + timedelta(days=2))
        if at >= expires:
            raise Refused(
                f"{of.code} is over at {_local(expires, of.zone)}; a message at {_local(at, of.zone)} is late"
            )
        broadcast_id = await rows.create(
            db,
            {
                "event": event,
                "round_id": of.id,
                "round_version": of.version,
                "parent_id": parent_id,
                "state": "planned",
                "at": at,
                "expires_at": expires,
                "again": again,
                "planned_by": who,
                "planned_at": now,
                "approved_audience": people,
                "facts": dict(facts or {}),
                "pins": {},
            },
        )
        await acts.append(
            db,
            at=now,
            who=who,
            act="broadcast.planned",
            about=f"broadcast:{broadcast_id}",
            detail={"event": event, "round": of.id, "version": of.version, "people": people},
        )
        return broadcast_id

    async def _round(self, db: AsyncConnection, viewer: Viewer, event: str, round_code: str) -> Round:
        if event not in PLANNABLE:
            raise Refused(f'"{event}" is no event to plan; there are: {", ".join(PLANNABLE)}')
        of = await rounds.by_code(db, round_code)
        if of is None or not covers(viewer.region, of.region):
            raise Refused(f'no round has the code "{round_code}"; import it first: notifier import rounds FILE')
        if of.state == "cancelled" and event != "round_cancelled":
            raise Refused(f"{round_code} is cancelled; only round_cancelled can be planned for it")
        return of

    def audience(self, event: str, of: Round, parent_id: int | None = None) -> Select[Any]:
        """SQL: whom the event is for. A correction goes to those who may have read an older version of the round."""
        people = rows.audience(of.programme, of.region, event != "receipt_question", of.id)
        if parent_id is not None:
            return rows.those(rows.told_before(of.id, of.version))
        return people

    async def _preview(self, db: AsyncConnection, event: str, of: Round, parent_id: int | None = None) -> Preview:
        people = self.audience(event, of, parent_id)
        found = await rows.preview(db, people, self._terms.ladder)
        by_channel = _sum((kind, n) for kind, _, n in found if kind)
        by_language = _sum((language, n) for _, language, n in found)
        segments = await self._segments(db, event, of, people, by_channel)
        hours = max(
            (n / self._terms.routes[kind].rate / 3600 for kind, n in by_channel.items()),
            default=0.0,
        )
        return Preview(
            people=sum(n for *_, n in found),
            by_channel=by_channel,
            by_language=by_language,
            unreachable=sum(n for kind, _, n in found if not kind),
            segments=sum(segments.values()),
            price=sum(n * self._terms.routes[kind].price for kind, n in segments.items()),
            hours=round(hours, 2),
        )

    async def _segments(
        self, db: AsyncConnection, event: str, of: Round, people: Select[Any], by_channel: Mapping[str, int]
    ) -> dict[str, int]:
        """Segments by channel, reckoned with the longest names of the audience: never too little."""
        most: dict[str, int] = {}
        for name, kind, language, zone in await rows.samples(db, people, self._terms.ladder, 200):
            most[kind] = max(most.get(kind, 1), self._measure(event, kind, language, zone, name, of))
        return {kind: n * most.get(kind, 1) for kind, n in by_channel.items() if self._terms.routes[kind].price}

    # --- the second pair of eyes, and control ---

    async def approve(self, viewer: Viewer, broadcast_id: int, now: datetime) -> Broadcast:
        """Approve what someone else planned, or answer "go on" to a broadcast that asks."""
        viewer.needs(Right.APPROVE)
        async with self._database.write() as db:
            b = await self._seen(db, viewer, broadcast_id)
            if b.planned_by == viewer.who:
                raise Refused(f"{viewer.login} planned broadcast {broadcast_id}; somebody else has to approve it")
            if b.state not in ("planned", "asking"):
                raise Refused(f"broadcast {broadcast_id} is {b.state}; only a planned one can be approved")
            of = await rounds.get(db, b.round_id)
            assert of is not None
            if of.version != b.round_version and b.expanded == 0:
                raise Refused(
                    f"{of.code} was changed since broadcast {broadcast_id} was planned; stop it and plan it again"
                )
            if b.expires_at <= now:
                raise Refused(f"broadcast {broadcast_id} would come too late: {of.code} is over")
            people = await rows.size(db, self.audience(b.event, of, b.parent_id))
            state = "sending" if b.state == "asking" and b.audience and b.expanded >= b.audience else "approved"
            # Whoever says "go on" has seen the plan's hour pass.
            at = max(b.at, now) if b.state == "asking" else b.at
            await rows.change(
                db,
                broadcast_id,
                (b.state,),
                state=state,
                why="",
                at=at,
                approved_by=viewer.who,
                approved_at=now,
                approved_audience=people,
                wake=max(at, now),
            )
            await self._act(db, viewer.who, "broadcast.approved", broadcast_id, now, people=people)
            return await self._seen(db, viewer, broadcast_id)

    async def pause(self, viewer: Viewer, broadcast_id: int, now: datetime, why: str = "") -> None:
        """Nothing more is claimed; what is under way arrives."""
        await self._control(viewer, broadcast_id, now, "paused", ("approved", "expanding", "sending"), why)

    async def stop(self, viewer: Viewer, broadcast_id: int, now: datetime, why: str = "") -> None:
        """For good: what has not left is cancelled."""
        await self._control(
            viewer,
            broadcast_id,
            now,
            "stopped",
            ("planned", "approved", "asking", "expanding", "sending", "paused"),
            why or "stopped by hand",
        )

    async def resume(self, viewer: Viewer, broadcast_id: int, now: datetime) -> None:
        """Go on after a pause."""
        viewer.needs(Right.CONTROL_BROADCAST)
        async with self._database.write() as db:
            b = await self._seen(db, viewer, broadcast_id)
            if not await rows.change(
                db, broadcast_id, ("paused",), state=b.paused_from, paused_from="", why="", wake=now
            ):
                raise Refused(f"broadcast {broadcast_id} is {b.state}, not paused")
            await self._act(db, viewer.who, "broadcast.resumed", broadcast_id, now)

    async def _control(
        self, viewer: Viewer, broadcast_id: int, now: datetime, state: str, was: Sequence[str], why: str
    ) -> None:
        viewer.needs(Right.CONTROL_BROADCAST)
        async with self._database.write() as db:
            b = await self._seen(db, viewer, broadcast_id)
            wake = now if state == "stopped" else None
            paused_from = b.state if state == "paused" else ""
            if not await rows.change(
                db, broadcast_id, was, state=state, why=why[:200], paused_from=paused_from, wake=wake
            ):
                raise Refused(f"broadcast {broadcast_id} is {b.state}; it cannot be {state} any more")
            await self._act(db, viewer.who, f"broadcast.{state}", broadcast_id, now)

    # --- looking ---

    async def list(self, viewer: Viewer, before: int | None = None, limit: int = 50) -> Sequence[Broadcast]:
        """Broadcasts the viewer may see, newest first."""
        viewer.needs(Right.SEE_BROADCASTS)
        async with self._database.read() as db:
            return await rows.page(db, viewer.region, before, limit)

    async def get(self, viewer: Viewer, broadcast_id: int) -> Broadcast:
        """One broadcast. Raises Refused when there is none the viewer may see."""
        viewer.needs(Right.SEE_BROADCASTS)
        async with self._database.read() as db:
            return await self._seen(db, viewer, broadcast_id, lock=False)

    async def untold(
        self, viewer: Viewer, broadcast_id: int, after: int = 0, limit: int = 100
    ) -> Sequence[rows.Untold]:
        """Who was not told, and why."""
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            await self._seen(db, viewer, broadcast_id, lock=False)
            return await rows.untold(db, broadcast_id, after, limit)

    async def progress(self, broadcast_id: int) -> Statement:
        """The statement from the kept counters alone: cheap enough for a page that looks every second."""
        async with self._database.read() as db:
            b = await self._known(db, broadcast_id)
            return _statement(b, await deliveries.tally(db, broadcast_id), held=0, recounted=None)

    async def statement(self, broadcast_id: int) -> Statement:
        """The account, kept counters checked against a recount in one snapshot."""
        async with self._database.read() as db:
            b = await self._known(db, broadcast_id)
            kept = await deliveries.tally(db, broadcast_id)
            counted, held = await deliveries.recount(db, broadcast_id)
        return _statement(b, kept, held=held, recounted=counted)

    async def _known(self, db: AsyncConnection, broadcast_id: int) -> Broadcast:
        found = await rows.get(db, broadcast_id)
        if found is None:
            raise Refused(f"there is no broadcast {broadcast_id}")
        return found

    async def _seen(self, db: AsyncConnection, viewer: Viewer, broadcast_id: int, *, lock: bool = True) -> Broadcast:
        found = await rows.get(db, broadcast_id, lock=lock)
        if found is None or not covers(viewer.region, found.region):
            raise Refused(f"there is no broadcast {broadcast_id} in the region of {viewer.login}")
        return found

    async def _act(
        self, db: AsyncConnection, who: str, act: str, broadcast_id: int, now: datetime, **detail: Any
    ) -> None:
        await acts.append(db, at=now, who=who, act=act, about=f"broadcast:{broadcast_id}", detail=detail)

    # --- what the clock calls ---

    async def advance(self, now: datetime, worker: str) -> int:
        """Look at every broadcast whose time has come; returns how many were looked at."""
        async with self._database.read() as db:
            due = await rows.due(db, now)
        for broadcast_id in due:
            await self._look(broadcast_id, now, worker)
        return len(due)

    async def _look(self, broadcast_id: int, now: datetime, worker: str) -> None:
        while True:
            async with self._database.write_slice() as db:
                b = await rows.get(db, broadcast_id, lock=True)
                if b is None or b.wake is None or b.wake > now:
                    return
                step = {
                    "approved": self._begin,
                    "expanding": self._expand,
                    "sending": self._finish,
                    "stopped": self._recall,
                }.get(b.state)
                if step is None:
                    await rows.change(db, b.id, (b.state,), wake=None)
                    return
                if not await step(db, b, now, worker):
                    return

    async def _begin(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        """Freeze the audience, or ask when the world has moved since the approval."""
        of = await rounds.get(db, b.round_id)
        assert of is not None
        people = await rows.size(db, self.audience(b.event, of, b.parent_id))
        why = ""
        if b.expires_at <= now:
            await rows.change(db, b.id, (b.state,), state="stopped", why="too late for its event", wake=now)
            return True
        if of.version != b.round_version:
            why = "the round was changed after the plan"
        elif (
            now - b.at > self._terms.past_due
            and b.approved_at is not None
            and now - b.approved_at > self._terms.past_due
        ):
            why = "the plan is past due: the service did not run at its time"
        elif abs(people - b.approved_audience) * 100 > self._terms.audience_moved * max(b.approved_audience, 1):
            why = f"the audience moved from {b.approved_audience} to {people} people since it was approved"
        if why:
            await rows.change(db, b.id, (b.state,), state="asking", why=why, wake=None)
            await self._act(db, "clock", "broadcast.asks", b.id, now)
            return False
        await rows.change(db, b.id, (b.state,), state="expanding", audience=people, wake=now)
        await self._act(db, "clock", "broadcast.begun", b.id, now, people=people)
        return True

    async def _expand(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        of = await rounds.get(db, b.round_id)
        assert of is not None
        people = self.audience(b.event, of, b.parent_id)
        if b.parent_id is None:
            await rows.draw(db, b.round_id, people, now, b.cursor, SLICE)
        event = EVENTS[b.event]
        begin = max(b.at, now) if not b.expanded else b.at
        due = {zone: window(begin, ZoneInfo(zone), self._terms.opens, self._terms.closes) for zone in ZONES}
        written, last, counts = await rows.expand(
            db,
            b,
            people,
            ladder=self._terms.ladder,
            lines={kind: route.line for kind, route in self._terms.routes.items()},
            lane=int(event.lane),
            due=due if event.keeps_window else {},
            now=now,
            limit=SLICE,
        )
        await deliveries.count(db, {(b.id, state, reason): n for state, reason, n in counts}, worker)
        done = written < SLICE
        expanded = b.expanded + written
        # People who joined or left the audience while it was walked: the count of those walked is the audience.
        values = {"audience": expanded, "state": "sending"} if done else {"audience": max(b.audience, expanded)}
        await rows.change(db, b.id, (b.state,), expanded=expanded, cursor=last, wake=now, **values)
        return True

    async def _finish(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        if await rows.settled(db, b.id):
            await rows.change(db, b.id, (b.state,), state="done", wake=None)
            await self._act(db, "clock", "broadcast.done", b.id, now, audience=b.audience)
        else:
            await rows.change(db, b.id, (b.state,), wake=now + LOOK)
        return False

    async def _recall(self, db: AsyncConnection, b: Broadcast, now: datetime, worker: str) -> bool:
        """Call off what has not left, slice by slice; people never expanded count as unexpanded."""
        found = await rows.waiting(db, b.id, RECALL)
        steps = [
            Step(i, b.id, State.DUE.value, State.CANCELLED.value, b.why or "stopped", {"settled_at": now})
            for i in found
        ]
        await deliveries.move(db, steps, worker)
        if len(found) < RECALL:
            await rows.change(db, b.id, (b.state,), wake=None)
            return False
        return True


def moment(text: str, zone: str, now: datetime) -> datetime:
    """`now`, or an ISO time; without an offset it is in the round's zone. Raises Refused. Returns UTC."""
    if text.strip().lower() == "now":
        return now
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(f'--at "{text}" is no time; write 2026-12-05T09:00 (in the round\'s zone), or: now') from None
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _sum(pairs: Any) -> dict[str, int]:
    total: dict[str, int] = {}
    for key, n in pairs:
        total[key] = total.get(key, 0) + n
    return dict(sorted(total.items()))


def _statement(
    b: Broadcast, kept: Mapping[tuple[str, str], int], *, held: int, recounted: Mapping[tuple[str, str], int] | None
) -> Statement:
    suppressed = {reason: n for (state, reason), n in sorted(kept.items()) if state == "suppressed"}
    by_state = {name: sum(n for (state, _), n in kept.items() if state == name) for name in STATES}
    unexpanded = b.audience - b.expanded
    whole = unexpanded + sum(suppressed.values()) + sum(by_state.values()) == b.audience and unexpanded >= 0
    agrees = recounted is None or dict(recounted) == {key: n for key, n in kept.items() if n}
    return Statement(
        broadcast=b.id,
        event=b.event,
        round=b.round_code,
        state=b.state,
        audience=b.audience,
        unexpanded=unexpanded,
        suppressed=suppressed,
        held=held,
        balanced=whole and agrees,
        **by_state,
    )
