"""Plans that come again: defined once, approved once by somebody else, and made into a broadcast for each occurrence.

The clock makes occurrences a little ahead. Each is a row with a unique name, so that a missed, doubled or late look
makes none twice and loses none; what can't be sent as it was approved waits for a person, and says why.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts import Broadcasts, general
from notifier.broadcasts.audience import audience
from notifier.broadcasts.choosing import names_of, words_checked
from notifier.broadcasts.course import note
from notifier.broadcasts.rehearsing import Draft
from notifier.broadcasts.values import Terms
from notifier.errors import Refused
from notifier.rules import notices
from notifier.rules.audiences import EVERYBODY, Rule, in_words, tidied
from notifier.rules.deliveries import GENERAL
from notifier.rules.pacing import event_expiry
from notifier.rules.people import PROGRAMMES
from notifier.rules.roles import Right, Role, Viewer, covers, may
from notifier.rules.series import ALONE, EVERY, FURTHEST, LAST_DAY, MONTH, ROUND, WEEK, Beat, Occasion, alone, occasions
from notifier.store import accounts, audiences, grounds, rounds, series
from notifier.store import broadcasts as rows
from notifier.store import ledger as acts
from notifier.store.audiences import Count
from notifier.store.broadcasts import Broadcast
from notifier.store.engine import Database
from notifier.store.rounds import Round
from notifier.store.series import Series

log = structlog.get_logger()
PLANNED = ("round_announced", "round_reminder", "receipt_question", GENERAL)
AHEAD = timedelta(days=1)  # how long before its time an occurrence is made, so that people can look at it
LATE = timedelta(days=31)  # what a clock that stood still for so long has missed is still made, for a person to look at
SHOWN = timedelta(days=62)  # how far the page looks ahead
MOST = 50_000_000
SUNDAY = 7
AREA = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?")
LISTED = 20  # occurrences on the page of a plan


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody defines."""

    name: str
    event: str
    programme: str
    every: str
    day: int
    hour: str
    most: int
    region: str = ""
    rule: Rule = EVERYBODY
    cap: int | None = None
    text: str = ""  # what a general notice says


@dataclass(frozen=True, slots=True)
class Coming:
    """An occurrence that will be made."""

    round: Round  # a bare ground for a general notice
    name: str
    at: datetime


def beat_of(s: Series | Wanted) -> Beat:
    """How often a plan comes."""
    return Beat(s.every, s.day, time.fromisoformat(s.hour))


class Recurring:
    """Plans that come again."""

    def __init__(self, database: Database, terms: Terms, broadcasts: Broadcasts) -> None:
        self._database = database
        self._terms = terms
        self._broadcasts = broadcasts

    # --- by people ---

    async def plan(self, viewer: Viewer, wanted: Wanted, now: datetime) -> int:
        """Define a plan; somebody else approves it. Raises Refused."""
        viewer.needs(Right.PLAN)
        _check(viewer, wanted)
        rule = tidied(wanted.rule)
        words_checked(rule)
        text = notices.worded(wanted.text) if wanted.event == GENERAL else ""
        row = {
            "name": wanted.name,
            "event": wanted.event,
            "programme": "" if text else wanted.programme,
            "region": wanted.region or viewer.region.rstrip("."),
            "rule": rule.as_json() or None,
            "every": wanted.every,
            "day": wanted.day,
            "hour": wanted.hour,
            "most": wanted.most,
            "cap": self._terms.cap if wanted.cap is None else wanted.cap,
            "state": "planned",
            "planned_by": viewer.who,
            "planned_at": now,
            "text": text,
        }
        async with self._database.write() as db:
            number = await series.create(db, row)
            detail = {
                name: row[name] for name in ("event", "programme", "region", "every", "day", "hour", "most", "cap")
            }
            await _note(db, viewer.who, "series.planned", number, now, **detail, rule=rule.digest, **_words(text))
        return number

    async def reword(self, viewer: Viewer, series_id: int, text: str, now: datetime) -> None:
        """Have a general notice say something else from now on; it waits for another one's approval, and what was made
        with the older words and has not begun is taken back. Raises Refused.
        """
        viewer.needs(Right.PLAN)
        text = notices.worded(text)
        async with self._database.write() as db:
            s = await self._seen(db, viewer, series_id, lock=True)
            if s.event != GENERAL:
                raise Refused(f"plan {series_id} has no words of its own; its templates have them")
            if s.text == text:
                raise Refused(f"plan {series_id} says exactly that already", field="text")
            anew = {"state": "planned", "planned_by": viewer.who, "planned_at": now, "approved_by": ""}
            anew |= {"approved_at": None, "since": None, "text": text}
            if not await series.change(db, series_id, ("planned", "approved", "paused"), **anew):
                raise Refused(f"plan {series_id} is {s.state}; it says nothing any more")
            waiting = ("planned", "approved", "asking", "paused")
            for number in await series.take_back(db, series_id, waiting, f"the words of plan {series_id} were changed"):
                await note(db, viewer.who, "broadcast.stopped", number, now)
            await _note(db, viewer.who, "series.reworded", series_id, now, **_words(text))

    async def approve(self, viewer: Viewer, series_id: int, now: datetime, *, words: str | None = None) -> None:
        """Approve what somebody else defined; occurrences from now on follow by themselves. `words`: the digest of the
        words that whoever approves was shown. Raises Refused.
        """
        viewer.needs(Right.APPROVE)
        async with self._database.write() as db:
            s = await self._seen(db, viewer, series_id, lock=True)
            if s.planned_by == viewer.who:
                raise Refused(f"{viewer.login} defined plan {series_id}; somebody else has to approve it")
            if words is not None and words != notices.digest(s.text):
                raise Refused(f"the words of plan {series_id} were changed since you read them; open it and look")
            done = {"state": "approved", "approved_by": viewer.who, "approved_at": now, "since": now}
            if not await series.change(db, series_id, ("planned",), **done):
                raise Refused(f"plan {series_id} is {s.state}; only a planned one can be approved")
            detail = {"most": s.most, "cap": s.cap, "rule": Rule.of(s.rule).digest, **_words(s.text)}
            await _note(db, viewer.who, "series.approved", series_id, now, **detail)

    async def pause(self, viewer: Viewer, series_id: int, now: datetime) -> None:
        """Make no more occurrences; those that wait for their time are paused too."""
        await self._control(viewer, series_id, now, "paused", ("approved",))

    async def resume(self, viewer: Viewer, series_id: int, now: datetime) -> None:
        """Go on; what fell into the pause is not made up for."""
        await self._control(viewer, series_id, now, "approved", ("paused",))

    async def end(self, viewer: Viewer, series_id: int, now: datetime) -> None:
        """For good: what has not begun is stopped."""
        await self._control(viewer, series_id, now, "ended", ("planned", "approved", "paused"))

    async def _control(self, viewer: Viewer, series_id: int, now: datetime, state: str, was: Sequence[str]) -> None:
        viewer.needs(Right.CONTROL_BROADCAST)
        async with self._database.write() as db:
            s = await self._seen(db, viewer, series_id, lock=True)
            since = {"since": now} if state == "approved" else {}
            if not await series.change(db, series_id, was, state=state, **since):
                raise Refused(f"plan {series_id} is {s.state}; it cannot be {state} any more")
            for number in await series.unbegun(db, series_id, ("planned", "approved", "asking", "paused")):
                await self._follow(db, viewer, number, state, now)
            act = {"approved": "resumed"}.get(state, state)
            await _note(db, viewer.who, f"series.{act}", series_id, now)

    async def _follow(self, db: AsyncConnection, viewer: Viewer, number: int, state: str, now: datetime) -> None:
        """An occurrence that has not begun goes the way of its plan."""
        b = await rows.get(db, number, lock=True)
        assert b is not None
        with_it = f"plan {b.series_id} is paused"  # tells it from one that a person paused, and only they let go on
        if state == "ended":
            await rows.change(db, number, (b.state,), state="stopped", why=f"plan {b.series_id} was ended", wake=None)
            await note(db, viewer.who, "broadcast.stopped", number, now)
        elif state == "paused" and b.state == "approved":
            await rows.change(db, number, (b.state,), state="paused", paused_from="approved", why=with_it, wake=None)
            await note(db, viewer.who, "broadcast.paused", number, now)
        elif state == "approved" and (b.state, b.paused_from, b.why) == ("paused", "approved", with_it):
            await rows.change(db, number, (b.state,), state="approved", paused_from="", why="", wake=max(b.at, now))
            await note(db, viewer.who, "broadcast.resumed", number, now)

    # --- looking ---

    async def list(self, viewer: Viewer) -> Sequence[Series]:
        """The plans the viewer may see."""
        viewer.needs(Right.SEE_BROADCASTS)
        async with self._database.read() as db:
            return await series.page(db, viewer.region)

    async def get(self, viewer: Viewer, series_id: int) -> Series:
        """One plan. Raises Refused when there is none the viewer may see."""
        viewer.needs(Right.SEE_BROADCASTS)
        async with self._database.read() as db:
            return await self._seen(db, viewer, series_id)

    async def words(self, s: Series, tongue: str) -> str:
        """Whom a plan is for, as a person reads it."""
        rule = Rule.of(s.rule)
        async with self._database.read() as db:
            return in_words(rule, s.programme, await names_of(db, rule), tongue)

    async def today(self, s: Series, now: datetime) -> Count | None:
        """How many people a general notice would tell today; None for what is about rounds: each has its own."""
        if s.event != GENERAL:
            return None
        async with self._database.read() as db:
            return await audiences.count(db, audience(GENERAL, self._ground(s, now), None, Rule.of(s.rule)))

    async def draft(self, s: Series, now: datetime) -> Draft:
        """What the next occurrence of a general notice would be, to be tried out. Raises Refused for another plan."""
        if s.event != GENERAL:
            raise Refused(f"plan {s.id} has no words of its own; its templates have them")
        coming = await self.coming(s, now, 1)
        at = coming[0].at if coming else now
        return Draft(GENERAL, self._ground(s, at), at, s.cap, Rule.of(s.rule))

    async def occurrences(self, s: Series) -> Sequence[Broadcast]:
        """The broadcasts that were made of a plan, newest first."""
        async with self._database.read() as db:
            return await rows.of_series(db, s.id, LISTED)

    async def coming(self, s: Series, now: datetime, limit: int = 5) -> Sequence[Coming]:
        """What will be made next, soonest first, as far as rounds are known. A planned one as if it were approved."""
        if s.state in ("ended", "paused"):
            return []
        async with self._database.read() as db:
            found = await self._owed(db, s, now, max(s.since or now, now), now + SHOWN)
        return [Coming(of, one.name, one.at) for of, one in found[:limit]]

    async def next_of(self, plans: Sequence[Series], now: datetime) -> Mapping[int, Coming]:
        """The next occurrence of each of these plans that has one, as `coming` tells it: plan → occurrence. Two
        statements, however many plans there are.
        """
        going = [s for s in plans if s.state not in ("ended", "paused")]
        if not going:
            return {}
        opens = (now - timedelta(days=366), now + SHOWN + timedelta(days=FURTHEST))
        async with self._database.read() as db:
            known = await series.rounds_ahead(db, {s.programme for s in going if s.programme}, opens)
            made = await series.made_since(db, [s.id for s in going], now)
        found: dict[int, Coming] = {}
        for s in going:
            since = max(s.since or now, now)
            coming = [
                Coming(of, one.name, one.at)
                for of in known
                if of.programme == s.programme and covers(s.region, of.region)
                for one in occasions(beat_of(s), of.opens_at, of.closes_at, of.zone, since, now + SHOWN)
                if (s.id, of.id, one.name) not in made
            ]
            if s.event == GENERAL:
                some = self._alone(s, max(s.since or now, now), now + SHOWN)
                coming = [one for one in some if (s.id, 0, one.name) not in made]
            if coming:
                found[s.id] = min(coming, key=lambda one: (one.at, one.round.id))
        return found

    # --- by the clock ---

    async def carry(self, now: datetime) -> int:
        """Make every occurrence whose time is near; returns how many were made."""
        async with self._database.read() as db:
            plans = await series.active(db)
        return sum([await self._carry(s, now) for s in plans])

    async def _carry(self, s: Series, now: datetime) -> int:
        async with self._database.read() as db:
            owed = await self._owed(db, s, now, max(s.since or now, now - LATE), now + AHEAD)
        made = 0
        for of, one in owed:
            try:
                made += await self._make(s, of, one, now)
            except IntegrityError:  # another clock was faster
                log.info("series.made_already", series=s.id, round=of.code, occurrence=one.name)
            except Exception:  # one round in trouble must not hold up the others
                log.exception("series.carry", series=s.id, round=of.code)
        return made

    async def _owed(
        self, db: AsyncConnection, s: Series, now: datetime, since: datetime, until: datetime
    ) -> Sequence[tuple[Round, Occasion]]:
        """The occurrences between two instants that were not made yet, soonest first."""
        if s.event == GENERAL:
            there = await series.made_alone(db, s.id)
            owed = [one for one in self._alone(s, since, until) if one.name not in there]
            return [(one.round, Occasion(one.name, one.at)) for one in owed]
        beat, margin = beat_of(s), timedelta(days=2)
        day = timedelta(days=0 if beat.every == MONTH else beat.day)
        opens = (since - day - margin, until - day + margin)
        if beat.every == MONTH:
            opens = (since - timedelta(days=366), until + timedelta(days=32))
        known = await series.rounds_between(db, s, opens, since - timedelta(days=FURTHEST + 1))
        made = await series.made(db, s.id, [of.id for of in known]) if known else set()
        found = [
            (of, one)
            for of in known
            for one in occasions(beat, of.opens_at, of.closes_at, of.zone, since, until)
            if (of.id, one.name) not in made
        ]
        return sorted(found, key=lambda pair: (pair[1].at, pair[0].id))

    def _ground(self, s: Series, at: datetime) -> Round:
        return grounds.bare(s.region, general.zone_in(s.region, self._terms.zone), at, s.text)

    def _alone(self, s: Series, since: datetime, until: datetime) -> Sequence[Coming]:
        """The occurrences of a general notice between two instants, made or not."""
        zone = general.zone_in(s.region, self._terms.zone)
        return [Coming(self._ground(s, one.at), one.name, one.at) for one in alone(beat_of(s), zone, since, until)]

    async def _was_made(self, db: AsyncConnection, s: Series, of: Round, one: Occasion) -> bool:
        if not of.id:
            return one.name in await series.made_alone(db, s.id)
        return (of.id, one.name) in await series.made(db, s.id, [of.id])

    async def _make(self, s: Series, of: Round, one: Occasion, now: datetime) -> int:
        rule = Rule.of(s.rule)
        async with self._database.read() as db:  # counting people takes time, and nobody waits for a reader
            people = await rows.size(db, audience(s.event, of, None, rule))
        async with self._database.write() as db:
            held = await rounds.get(db, of.id, lock=True) if of.id else of
            still = await series.get(db, s.id, lock=True)
            if held != of or still != s or await self._was_made(db, s, of, one):
                return 0  # changed or made meanwhile: the next look sees how it stands
            if rule == EVERYBODY and of.id:
                why = f"plan {s.id} does this"
                for number in await series.give_way(db, of.id, s.event, one.at, why):
                    await note(db, "clock", "broadcast.withdrawn", number, now)
            await self._draft(db, s, of, one, people, now)
        return 1

    async def _draft(
        self, db: AsyncConnection, s: Series, of: Round, one: Occasion, people: int, now: datetime
    ) -> None:
        """The occurrence as a broadcast: approved with its plan, or left to a person, or stopped, each with its why."""
        named: Mapping[str, Any] = {"series_id": s.id, "occurrence": one.name}
        rule, again = Rule.of(s.rule), s.event == "round_reminder"
        common: dict[str, Any] = {"at": one.at, "who": "clock", "now": now, "people": people, "rule": rule}
        expires = event_expiry(s.event, of.opens_at, of.closes_at)
        over = f"{of.code} is over: the service did not run at its time" if expires and expires <= now else ""
        if over or not people:
            why = over or "there was nobody to tell"
            await self._broadcasts.drop(db, s.event, of, **common, why=why, **named)
            return
        try:
            if s.event == GENERAL:
                await general.not_twice(db, of, rule, now)
                named = {**named, "facts": {"text": s.text}}
            number = await self._broadcasts.draft(db, s.event, of, again=again, cap=s.cap, **common, **named)
        except Refused as error:
            await self._broadcasts.drop(db, s.event, of, **common, why=str(error), **named)
            return
        why = ""
        if people > s.most:
            why = f"{people} people are more than the {s.most} that plan {s.id} was approved for"
        elif now - one.at > self._terms.past_due:
            why = "the plan is past due: the service did not run at its time"
        elif not await _still_may(db, s):
            why = f"whoever approved plan {s.id} may approve it no longer"
        if why:
            await rows.change(db, number, ("planned",), why=why)
            return
        await self._broadcasts.approve_of_series(db, number, s.approved_by, s.id, people, now)

    async def _seen(self, db: AsyncConnection, viewer: Viewer, series_id: int, *, lock: bool = False) -> Series:
        found = await series.get(db, series_id, lock=lock)
        if found is None or not covers(viewer.region, found.region):
            raise Refused(f"there is no plan {series_id} in the region of {viewer.login}")
        return found


async def _still_may(db: AsyncConnection, s: Series) -> bool:
    """Whether an occurrence can be approved in the name of whoever approved the plan: their account may be closed,
    narrowed to another area, or have another role since.
    """
    kind, _, number = s.approved_by.partition(":")
    of = await accounts.get(db, int(number)) if kind == "account" else None
    return of is not None and not of.disabled_at and may(Role(of.role), Right.APPROVE) and covers(of.region, s.region)


def _check(viewer: Viewer, wanted: Wanted) -> None:
    """Raises Refused for a plan that cannot be."""
    if not 3 <= len(wanted.name) <= 80:
        raise Refused("give the plan a name of 3 to 80 letters")
    if wanted.event not in PLANNED:
        raise Refused(f'"{wanted.event[:40]}" is no event for a plan that comes again; there are: {", ".join(PLANNED)}')
    if wanted.event == GENERAL:
        _check_alone(wanted)
    elif wanted.every == WEEK:
        raise Refused("a weekly plan is a general notice; what is about a round comes by its days, or monthly")
    elif wanted.programme not in PROGRAMMES:
        raise Refused(f'"{wanted.programme[:24]}" is no programme; there are: {", ".join(PROGRAMMES)}')
    if wanted.every not in EVERY:
        raise Refused(f'"{wanted.every[:8]}" is no way to come again; there are: {", ".join(EVERY)}')
    if wanted.every == MONTH and not 1 <= wanted.day <= LAST_DAY:
        raise Refused(f"a monthly plan has a day from 1 to {LAST_DAY}, which every month has")
    if wanted.every == WEEK and not 1 <= wanted.day <= SUNDAY:
        raise Refused("a weekly plan has a day of the week: 1 is Monday, 7 is Sunday")
    if wanted.every == ROUND and abs(wanted.day) > FURTHEST:
        raise Refused(f"a plan is at most {FURTHEST} days from the opening of its round")
    if wanted.event == "receipt_question" and wanted.every != MONTH and wanted.day < 0:
        raise Refused("nobody has received anything before the round opens; ask on H or later")
    try:
        time.fromisoformat(wanted.hour)
    except ValueError:
        raise Refused(f'"{wanted.hour[:8]}" is no hour; write 09:00') from None
    if not 1 <= wanted.most <= MOST:
        raise Refused(f"say how many people one occurrence may tell without a second look, from 1 to {MOST}")
    if wanted.region and not AREA.fullmatch(wanted.region):
        raise Refused(f'"{wanted.region[:13]}" is no area; write it like 31.75.07')
    if not covers(viewer.region, wanted.region or viewer.region):
        raise Refused(f"the region {wanted.region[:13]} is not yours")
    if wanted.rule.listed or wanted.rule.regions:
        raise Refused("a plan that comes again has a region of its own and no list")


def _check_alone(wanted: Wanted) -> None:
    """Raises Refused for a general notice that cannot come again."""
    general.of_no_round(wanted.rule)
    if wanted.every not in ALONE:
        raise Refused("a general notice has no round to count days from; let it come weekly or monthly")
    try:
        general.zone_in(wanted.region[:2], "")
    except ValueError as error:
        raise Refused(str(error)) from None


def _words(text: str) -> dict[str, str]:
    return {"words": notices.digest(text)} if text else {}


async def _note(db: AsyncConnection, who: str, act: str, series_id: int, now: datetime, **detail: Any) -> None:
    await acts.append(db, at=now, who=who, act=act, about=f"series:{series_id}", detail=detail)
