"""Planned mass messages: dry run, plan, second pair of eyes, control, and the account after.

Knows rounds and audiences; does not know how a message is worded or sent. Every act of a person is a method with one
transaction; `advance` is what the clock calls.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts import general
from notifier.broadcasts.audience import audience, audience_of, reckon
from notifier.broadcasts.choosing import checked
from notifier.broadcasts.course import Course, note
from notifier.broadcasts.guarding import Guard, first_ones, within_cap
from notifier.broadcasts.leftover import rest_of
from notifier.broadcasts.pinning import reworded
from notifier.broadcasts.values import (
    PLANNABLE,
    Measure,
    Preview,
    Route,
    Statement,
    Terms,
    in_time,
    moment,
    not_too_late,
    not_too_soon,
    past,
    statement_of,
)
from notifier.errors import Refused
from notifier.outbox import Outbox
from notifier.rules import notices
from notifier.rules.audiences import EVERYBODY, Rule, apart
from notifier.rules.deliveries import GENERAL
from notifier.rules.pacing import event_expiry
from notifier.rules.roles import Right, Viewer, covers
from notifier.store import broadcasts as rows
from notifier.store import deliveries, echoes, grounds, rounds, series, sweeps, told
from notifier.store import ledger as acts
from notifier.store.broadcasts import Broadcast
from notifier.store.engine import Database
from notifier.store.rounds import Round

__all__ = ["PLANNABLE", "Broadcasts", "Measure", "Preview", "Route", "Statement", "Terms", "audience", "past"]


class Broadcasts:
    """The use cases of mass messages."""

    def __init__(self, database: Database, terms: Terms, measure: Measure, outbox: Outbox | None = None) -> None:
        """`outbox`: the way to staff when a broadcast asks."""
        self._database = database
        self._terms = terms
        self._measure = measure
        self._guard = Guard(terms, outbox)
        self._course = Course(database, terms, self._guard)

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
        canary: str = "",
        cap: int | None = None,
        rule: Rule = EVERYBODY,
        text: str = "",
    ) -> tuple[int | None, Preview]:
        """Plan a broadcast; someone else approves it. `when` is `now` or a time, naive ones in the round's zone.
        `text`: what a general notice says; it is about no round, and its rule alone says whom it is for.

        With `dry_run` everything is checked and reckoned, nothing written, and the number is None. A plan of the clock
        for the same event that has not begun gives way to one made by hand. `canary`: how many are told first, "500" or
        "2%"; `cap`: rupiah it may cost, when it is not the one of the configuration; `rule`: which
        of the round's people.
        """
        viewer.needs(Right.PLAN)
        async with self._database.read() as db:
            of = await self._ground(db, viewer, event, round_code, text, rule, now)
            rule = await checked(db, viewer, of, rule)
            preview = await reckon(db, self._terms, self._measure, event, of, rule=rule)
        at, first = moment(when, of.zone, now), first_ones(canary, preview.people)
        of = of if of.id else grounds.bare(of.region, of.zone, at, of.note)
        not_too_soon(event, at, of)
        not_too_late(event, at, of, now)
        preview = replace(preview, past=not in_time(at, now, self._terms.past_due, of.zone))
        within_cap(self._terms.cap if cap is None else cap, preview.price, f"{event} for {of.code}")
        if dry_run:
            return None, preview
        async with self._database.write() as db:
            await rounds.get(db, of.id, lock=True)  # two planners at the same moment: one of them is refused
            if event == "receipt_question":
                for plan in await rows.forget_plans(db, of.id, "planned by hand instead", event=event, by="clock"):
                    await note(db, viewer.who, "broadcast.withdrawn", plan, now)
            if event == GENERAL and not again:
                await general.not_twice(db, of, rule, now)
            broadcast_id = await self.draft(
                db,
                event,
                of,
                at=at,
                who=viewer.who,
                now=now,
                people=preview.people,
                again=again,
                facts={"text": of.note} if event == GENERAL else None,
                canary=first,
                cap=cap,
                rule=rule,
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
        canary: int = 0,
        cap: int | None = None,
        rule: Rule = EVERYBODY,
        **more: Any,
    ) -> int:
        """Write a plan in the caller's transaction. Refuses what was planned already and what would come too late.
        `more`: the columns by which an occurrence names its series.
        """
        earlier = overlapping(await rows.already(db, event, of.id), rule) if parent_id is None else None
        if earlier and not again:
            raise Refused(
                f"{event} for {of.code} is broadcast {earlier} already; plan it as `again` to tell the same people "
                "once more"
            )
        expires = not_too_late(event, at, of, now)
        broadcast_id = await rows.create(
            db,
            {
                "event": event,
                "round_id": of.id or None,
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
                "canary": canary,
                "cap": self._terms.cap if cap is None else cap,
                "rule": rule.as_json() or None,
                **({} if of.id else {"region": of.region, "zone": of.zone}),
                **more,
            },
        )
        await acts.append(
            db,
            at=now,
            who=who,
            act="broadcast.planned",
            about=f"broadcast:{broadcast_id}",
            detail={
                "event": event,
                "round": of.id or None,
                "version": of.version,
                "people": people,
                **sealed(rule, facts),
            },
        )
        return broadcast_id

    async def _ground(
        self, db: AsyncConnection, viewer: Viewer, event: str, round_code: str, text: str, rule: Rule, now: datetime
    ) -> Round:
        if event == GENERAL:
            return general.ground(viewer, self._terms.zone, text, rule, now)
        return await self._round(db, viewer, event, round_code)

    async def _round(self, db: AsyncConnection, viewer: Viewer, event: str, round_code: str) -> Round:
        if event not in PLANNABLE:
            raise Refused(f'"{event}" is no event to plan; there are: {", ".join(PLANNABLE)}')
        of = await rounds.by_code(db, round_code)
        if of is None or not covers(viewer.region, of.region):
            raise Refused(f'no round has the code "{round_code}"; import it first: notifier import rounds FILE')
        if of.state == "cancelled" and event != "round_cancelled":
            raise Refused(f"{round_code} is cancelled; only round_cancelled can be planned for it")
        return of

    # --- the second pair of eyes, and control ---

    async def approve(
        self, viewer: Viewer, broadcast_id: int, now: datetime, *, cap: int | None = None, seen: int | None = None
    ) -> Broadcast:
        """Approve what someone else planned, or answer "go on" to a broadcast that asks; `cap` sets its cap anew.
        `seen`: how many people whoever approves was shown, when that was reckoned earlier.
        """
        viewer.needs(Right.APPROVE)
        async with self._database.write() as db:
            b = await self._seen(db, viewer, broadcast_id, lock=False)
            of = await grounds.of(db, b, lock=True)  # the round before its broadcasts, as the clock does it
            if b.event == GENERAL and not b.again and b.parent_id is None and b.expanded == 0:
                await general.not_twice(db, of, Rule.of(b.rule), now, but=b.id, approved=True)
            b = await self._seen(db, viewer, broadcast_id)
            if b.planned_by == viewer.who:
                raise Refused(f"{viewer.login} planned broadcast {broadcast_id}; somebody else has to approve it")
            plan = await series.get(db, b.series_id) if b.series_id is not None else None
            if plan is not None and plan.planned_by == viewer.who:
                raise Refused(f"{viewer.login} defined plan {plan.id}; somebody else has to approve broadcast {b.id}")
            if b.state not in ("planned", "asking"):
                raise Refused(f"broadcast {broadcast_id} is {b.state}; only a planned one can be approved")
            if not b.again and b.parent_id is None and b.expanded == 0:
                twin = overlapping(await rows.already(db, b.event, of.id, but=b.id, approved=True), Rule.of(b.rule))
                if twin:
                    raise Refused(
                        f"{b.event} for {of.code} is broadcast {twin} already; stop broadcast {broadcast_id}, "
                        "or plan it as `again` to tell the same people once more"
                    )
            if of.version != b.round_version and b.expanded == 0:
                raise Refused(
                    f"{of.code} was changed since broadcast {broadcast_id} was planned; stop it and plan it again"
                )
            if b.expires_at <= now:
                raise Refused(f"broadcast {broadcast_id} would come too late: {of.code} is over")
            people = await rows.size(db, audience_of(b, of))
            if seen is not None and abs(people - seen) * 100 > self._terms.audience_moved * max(seen, 1):
                raise Refused(
                    f"broadcast {broadcast_id} is for {people} people now, and was shown with {seen}; open it and look"
                )
            state = "sending" if b.state == "asking" and b.audience and b.expanded >= b.audience else "approved"
            told = await self._guard.approved(db, b, cap)
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
                pins=dict(self._terms.wordings(b.event)),
                cap=told["cap"],
                wake=max(at, now),
            )
            await note(
                db,
                viewer.who,
                "broadcast.approved",
                broadcast_id,
                now,
                people=people,
                **told,
                **sealed(Rule.of(b.rule), b.facts),
            )
            return await self._seen(db, viewer, broadcast_id)

    async def pause(self, viewer: Viewer, broadcast_id: int, now: datetime, why: str = "") -> None:
        """Nothing more is claimed; what is under way arrives."""
        await self._control(viewer, broadcast_id, now, "paused", ("approved", "canary", "expanding", "sending"), why)

    async def stop(self, viewer: Viewer, broadcast_id: int, now: datetime, why: str = "") -> None:
        """For good: what has not left is cancelled."""
        await self._control(
            viewer,
            broadcast_id,
            now,
            "stopped",
            ("planned", "approved", "asking", "canary", "expanding", "sending", "paused"),
            why or "stopped by hand",
        )

    async def resume(self, viewer: Viewer, broadcast_id: int, now: datetime) -> None:
        """Go on after a pause."""
        viewer.needs(Right.CONTROL_BROADCAST)
        async with self._database.write() as db:
            b = await self._seen(db, viewer, broadcast_id)
            why = reworded(b.event, b.pins, self._terms.wordings(b.event)) or (
                b.why if b.paused_from == "asking" else ""
            )
            state = "asking" if why else b.paused_from
            if not await rows.change(db, broadcast_id, ("paused",), state=state, paused_from="", why=why, wake=now):
                raise Refused(f"broadcast {broadcast_id} is {b.state}, not paused")
            await note(db, viewer.who, "broadcast.resumed", broadcast_id, now)

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
            await note(db, viewer.who, f"broadcast.{state}", broadcast_id, now)

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

    async def progress(self, broadcast_id: int) -> Statement:
        """The statement from the kept counters alone: cheap enough for a page that looks every second."""
        async with self._database.read() as db:
            b = await self._known(db, broadcast_id)
            kept = await deliveries.tally(db, broadcast_id)
            unsure = sum(n for (state, _), n in kept.items() if state == "unknown")
            held = await told.count_held(db, "", broadcast_id) if unsure else 0
            return statement_of(b, kept, held=held, recounted=None)

    async def echoes(self, broadcast_id: int) -> Mapping[str, int]:
        """What people answered, by what their words meant; `wrong_info` counts those who say that it is wrong."""
        async with self._database.read() as db:
            return await echoes.of(db, broadcast_id)

    async def statement(self, broadcast_id: int) -> Statement:
        """The account, kept counters checked against a recount in one snapshot."""
        async with self._database.read(snapshot=True) as db:
            b = await self._known(db, broadcast_id)
            kept = await deliveries.tally(db, broadcast_id)
            counted, held, twice = await deliveries.recount(db, broadcast_id)
            unconfirmed = await sweeps.unconfirmed_of(db, broadcast_id)
        return statement_of(b, kept, held=held, unconfirmed=unconfirmed, recounted=counted, maybe_twice=twice)

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

    async def question(self, now: datetime) -> int:
        """Have everything under way ask again whose words are not those it was approved with: files of a new release.

        Called at the start, before anything is sent. Returns how many ask.
        """
        asking = 0
        async with self._database.write() as db:
            for b in await rows.worded(db):
                why = reworded(b.event, b.pins, self._terms.wordings(b.event))
                if why and await self._guard.ask_of_words(db, b, why, now):
                    asking += 1
        return asking

    async def grow(self, db: AsyncConnection, b: Broadcast, late: int, now: datetime) -> None:
        """Let people who belong to a correction since it went out join it, when it is through."""
        if late and await rows.change(db, b.id, ("done",), state="expanding", cursor=0, wake=now):
            await note(db, "clock", "broadcast.grew", b.id, now, people=late)

    async def advance(self, now: datetime, worker: str) -> int:
        """The clock: drive every broadcast whose time has come; returns how many were looked at."""
        return await self._course.advance(now, worker)

    # --- onward by hand ---

    async def release(self, viewer: Viewer, broadcast_id: int, now: datetime) -> None:
        """Let the others follow the first ones now, without waiting for their judgement. Raises Refused."""
        viewer.needs(Right.CONTROL_BROADCAST)
        async with self._database.write() as db:
            b = await self._seen(db, viewer, broadcast_id)
            if not await rows.change(db, broadcast_id, ("canary",), state="expanding", wake=now):
                raise Refused(f"broadcast {broadcast_id} is {b.state}; nobody waits for its first ones")
            await note(db, viewer.who, "broadcast.released", broadcast_id, now, people=b.expanded)

    async def plan_rest(self, viewer: Viewer, broadcast_id: int, when: str, now: datetime) -> int:
        """Plan a stopped broadcast once more, for those it has not told; somebody else approves it. Raises Refused."""
        viewer.needs(Right.PLAN)
        async with self._database.write() as db:
            b = await self._seen(db, viewer, broadcast_id, lock=False)
            of, people = await rest_of(db, b)
            at = moment(when, of.zone, now)
            in_time(at, now, self._terms.past_due, of.zone)
            return await self.draft(
                db,
                b.event,
                of,
                at=at,
                who=viewer.who,
                now=now,
                people=people,
                parent_id=b.id,
                facts=b.facts,
                cap=b.cap,
                rule=Rule.of(b.rule),
            )

    async def drop(
        self,
        db: AsyncConnection,
        event: str,
        of: Round,
        *,
        at: datetime,
        who: str,
        now: datetime,
        people: int,
        rule: Rule,
        why: str,
        **more: Any,
    ) -> int:
        """Write down an occurrence that is not sent, and why, in the caller's transaction."""
        facts = {"text": of.note} if event == GENERAL else {}
        row = {
            "event": event,
            "round_id": of.id or None,
            "round_version": of.version,
            "state": "stopped",
            "why": why[:200],
            "at": at,
            "expires_at": max(event_expiry(event, of.opens_at, of.closes_at) or at, at),
            "planned_by": who,
            "planned_at": now,
            "approved_audience": people,
            "facts": facts,
            "pins": {},
            "rule": rule.as_json() or None,
            **({} if of.id else {"region": of.region, "zone": of.zone}),
        }
        number = await rows.create(db, {**row, **more})
        detail = {"event": event, "round": of.id or None, "version": of.version, "people": people}
        detail |= sealed(rule, facts)
        await note(db, who, "broadcast.planned", number, now, **detail)
        await note(db, who, "broadcast.stopped", number, now)
        return number

    async def approve_of_series(
        self, db: AsyncConnection, broadcast_id: int, who: str, series_id: int, people: int, now: datetime
    ) -> None:
        """Approve an occurrence in the name of whoever approved its series, in the caller's transaction."""
        b = await rows.get(db, broadcast_id, lock=True)
        assert b is not None
        values = {"approved_by": who, "approved_at": now, "approved_audience": people, "wake": max(b.at, now)}
        await rows.change(
            db, broadcast_id, ("planned",), state="approved", pins=dict(self._terms.wordings(b.event)), **values
        )
        detail = {"people": people, "cap": b.cap, "series": series_id, **sealed(Rule.of(b.rule), b.facts)}
        await note(db, who, "broadcast.approved", broadcast_id, now, **detail)

    async def dry_run(
        self, viewer: Viewer, event: str, round_code: str, now: datetime, rule: Rule = EVERYBODY, text: str = ""
    ) -> tuple[Round, Preview, Rule]:
        """What telling the people of a rule would take, whenever it is. Writes nothing. Raises Refused."""
        viewer.needs(Right.PLAN)
        async with self._database.read() as db:
            of = await self._ground(db, viewer, event, round_code, text, rule, now)
            rule = await checked(db, viewer, of, rule)
            return of, await reckon(db, self._terms, self._measure, event, of, rule=rule), rule

    async def preview(self, viewer: Viewer, broadcast_id: int) -> Preview:
        """What a broadcast that is planned would take now: of its own audience, whoever looks. Raises Refused."""
        viewer.needs(Right.PLAN)
        async with self._database.read() as db:
            b = await self._seen(db, viewer, broadcast_id, lock=False)
            of = await grounds.of(db, b)
            return await reckon(db, self._terms, self._measure, b.event, of, b.parent_id, Rule.of(b.rule))

    async def maker(self, b: Broadcast) -> str:
        """Who may not approve a broadcast: whoever planned it, or defined the plan that it is an occurrence of."""
        if b.series_id is None:
            return b.planned_by
        async with self._database.read() as db:
            plan = await series.get(db, b.series_id)
        return plan.planned_by if plan is not None else b.planned_by


def overlapping(there: Sequence[tuple[int, Mapping[str, Any] | None]], rule: Rule) -> int | None:
    """The first of these broadcasts that may be for one of the rule's people too."""
    return next((number for number, other in there if not apart(Rule.of(other), rule)), None)


def sealed(rule: Rule, facts: Mapping[str, Any] | None = None) -> dict[str, str]:
    """What an act tells of a rule, and of the words of a general notice: their digests; nothing where everybody is
    meant, or the words are those of a template.
    """
    said = notices.digest(str((facts or {}).get("text", "")))
    return ({"rule": rule.digest} if rule != EVERYBODY else {}) | ({"words": said} if said else {})
