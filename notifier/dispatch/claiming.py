"""Takes what is due on a share of a line: under a lease, for a span of time that is this worker's, in words already.

The attempt's row is written here, in the claim's transaction: nothing is sent without a row that says we are about to.
Only what may leave now is kept; the rest goes back, expires or climbs.
"""

import math
import time as clocks
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import Message, Spaces
from notifier.dispatch.looking import RESCAN, SHARE, Looks
from notifier.dispatch.settle import Terms, carried, climb
from notifier.dispatch.values import NOTHING, Grant, Ready, Sealed, Share, Speaks, address_of, key_of
from notifier.rules.deliveries import EVENTS, NEVER_LEFT, NO_WAY_BACK, Lane, State
from notifier.rules.pacing import Span, span, window
from notifier.store import attempts, deliveries, loads, paces, queue
from notifier.store.deliveries import Step
from notifier.store.loads import Load
from notifier.store.paces import Pace
from notifier.store.queue import Claimed, Mark, Taken

log = structlog.get_logger()
SPAN = 0.85  # seconds a grant lasts at most, so that nothing leaves later than a second after a stop
AHEAD = timedelta(milliseconds=100)  # how long before its first slot a share may be taken
SKEW = timedelta(milliseconds=250)  # a clock that differs more from the database's sends nothing
PROBE = timedelta(seconds=30)  # how long the others wait while one message tries a line that was in trouble
CLAIMING = timedelta(milliseconds=50)  # what a claim may take, on a line that was idle
BACK = timedelta(minutes=1)  # of a line's time, or of as many messages: nobody takes more ahead
SETTLES = timedelta(seconds=3)  # after a clock was set back: by then the slowest address bears another message


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
        own_clock: bool = True,
        looks: Looks,
    ) -> None:
        """`batch`: most deliveries at a time; `lease`: after it an unsettled attempt counts as unknown; `own_clock`:
        the clock is this machine's, so it has to agree with the database's; `looks`: what this worker's looks at the
        queues found.
        """
        self._vault = vault
        self._words = words
        self._terms = terms
        self._batch = batch
        self._lease = lease
        self._window = send_window
        self._own_clock = own_clock
        self._looks = looks
        self._marks: dict[str, tuple[Mark, float]] = {}  # line → where the last claim ended, when to look at all again
        self._weights: dict[str, float] = {}  # line → units a message took lately

    def forget_marks(self) -> None:
        """Look at every queue from its beginning next time."""
        self._marks.clear()
        self._looks.forget()

    async def take(
        self, db: AsyncConnection, share: Share, now: datetime, most: int, ahead: timedelta = AHEAD
    ) -> Grant:
        """What is due and may leave in the next span of this share, at most `most`; nothing while others have it."""
        route, asked = share.route, clocks.monotonic()
        pace, line, theirs = await paces.lock(db, share.scope, route.scope, now)
        waited = timedelta(seconds=clocks.monotonic() - asked)  # for others who had the line, not for a clock
        if theirs is not None and self._own_clock and not -SKEW <= theirs - now <= SKEW + waited:
            log.error("clock.differs", milliseconds=round((theirs - now).total_seconds() * 1000))
            return NOTHING
        pace, line = await self._brought_back(db, share, (pace, line), now)
        free = min(pace.next_free, now + timedelta(seconds=1 / min(share.rate, 1)) + SETTLES)
        if free - now > ahead or (line.parked_until is not None and line.parked_until > now):
            return NOTHING
        probing = line.parks > 0
        taken = await self._claim(db, share, now, 1 if probing else min(most, self._room(share)))
        if not taken:
            return NOTHING
        ready = await self._fit(db, share, await queue.claimed(db, taken), now)
        if not ready:
            return NOTHING
        if probing:
            await paces.rest(db, route.scope, now + PROBE, now)
        own = span(free, now, sum(one.weight for one in ready), share.rate)
        if free < now:  # nobody waits for the end of it, so that what this claim takes costs no slot
            own = replace(own, end=own.end + CLAIMING, next_free=own.next_free + CLAIMING)
        await paces.advance(db, share.scope, own.next_free)
        await self._begin(db, share, ready, own)
        return _granted(own, now, asked, ready, probing)

    async def _brought_back(
        self, db: AsyncConnection, share: Share, own: tuple[Pace, Pace], now: datetime
    ) -> tuple[Pace, Pace]:
        """A clock that was set back must not find its line taken or at rest until the old time comes again. What was
        granted by that time is let leave first.
        """
        pace, line = own
        far = now + BACK / min(share.rate, 1)
        settled = now + timedelta(seconds=1 / min(share.rate, 1)) + SETTLES
        if line.next_free > far:
            line = await paces.bring_back(db, line, now, settled)
        if pace.next_free > far:
            pace = line if pace.scope == line.scope else await paces.bring_back(db, pace, now, settled)
        return pace, line

    async def again(self, db: AsyncConnection, share: Share, units: int, now: datetime) -> Grant:
        """Another span for messages that missed theirs; its `ready` is empty."""
        asked = clocks.monotonic()
        pace, _, _ = await paces.lock(db, share.scope, share.route.scope, now)
        own = span(pace.next_free, now, units, share.rate)
        await paces.advance(db, share.scope, own.next_free)
        return _granted(own, now, asked)

    # --- the queue ---

    def _room(self, share: Share) -> int:
        """How many messages a span has room for."""
        units = max(1.0, math.floor(share.rate * SPAN))
        return max(1, min(self._batch, int(units / self._weights.get(share.route.line, 1.0))))

    async def _claim(self, db: AsyncConnection, share: Share, now: datetime, limit: int) -> Sequence[Taken]:
        line, until = share.route.line, now + self._lease
        if not share.bulk:
            return await queue.claim(db, line, now, until, limit, bulk=False)
        mark, look = self._marks.get(line, (None, 0.0))
        started = clocks.monotonic()
        halted: frozenset[int] = frozenset()
        if started >= look:
            halted = await queue.halted(db)
            mark, look = self._looks.place(line, now, halted)
        whole = mark is None
        taken = await queue.claim(db, line, now, until, limit, bulk=True, after=mark)
        if whole:  # a look at the whole queue takes at most a twentieth of the time
            look = started + max(RESCAN, SHARE * (clocks.monotonic() - started))
        if taken and taken[-1].lane == Lane.BULK:
            last = taken[-1]
            self._marks[line] = ((last.lane, last.due_at, last.id), look)
        elif len(taken) < limit:
            self._marks.pop(line, None)
            if whole:
                self._looks.walked(line, now, halted, started)
        return taken

    # --- what may leave now ---

    async def _fit(self, db: AsyncConnection, share: Share, claimed: Sequence[Claimed], now: datetime) -> list[Ready]:
        """Keep what may leave now, in words; send back what may not: outside the window, too late, stopped by its
        reader, address finished or written to a moment ago, words that are broken.
        """
        taken: Counter[tuple[int, str, str]] = Counter()
        for broadcast_id, n in Counter(c.broadcast_id for c in claimed).items():
            if broadcast_id is not None:
                taken[broadcast_id, State.DUE.value, ""] -= n
                taken[broadcast_id, State.SENDING.value, ""] += n
        ready: list[Ready] = []
        steps: list[Step] = []
        rests = await self._rests(db, share, claimed, now)
        opens = cache(lambda zone: window(now, ZoneInfo(zone), *self._window))  # most people of a group share a zone
        for c in claimed:
            found = await self._may_leave(db, share, c, rests, opens, now)
            if isinstance(found, Step):
                steps.append(found)
            else:
                ready.append(found)
        for step in steps:
            if step.broadcast_id is not None:
                taken[step.broadcast_id, State.SENDING.value, ""] -= 1
                taken[step.broadcast_id, step.state, deliveries.kept_reason(step.state, step.reason)] += 1
        await deliveries.write(db, steps)
        await deliveries.count(db, taken, self._terms.worker)
        if steps:
            await loads.add(db, self._terms.worker, carried(steps))
        return ready

    async def _may_leave(
        self,
        db: AsyncConnection,
        share: Share,
        c: Claimed,
        rests: "Rests | None",
        opening: Callable[[str], datetime],
        now: datetime,
    ) -> Ready | Step:
        try:
            kind, address = address_of(c, self._vault)
            opens = opening(c.zone)
        except Exception as error:  # one unreadable row must not stop the line it waits on
            return _back(c, State.FAILED, f"unreadable: {error}", now)
        if c.expires_at is not None and c.expires_at <= now:
            return _back(c, State.EXPIRED, "too late for its event", now)
        if c.stopped and c.lane == Lane.BULK:
            return _back(c, State.SUPPRESSED, "stopped", now)
        if c.window and opens > now:
            if c.expires_at is not None and opens >= c.expires_at:
                return _back(c, State.EXPIRED, "its send window opens too late for its event", now)
            return _back(c, State.DUE, "", now, due_at=opens)
        if c.broadcast_id is not None and EVENTS[c.event].question and not share.route.replies:
            onwards = await self._climb(db, c, NO_WAY_BACK, now, back=False)
            return (
                onwards
                if onwards.state not in (State.FAILED, State.UNKNOWN)
                else _back(c, State.SUPPRESSED, NO_WAY_BACK, now)
            )
        if c.contact_id is not None and c.contact_state != "ok":
            return await self._climb(db, c, "the address is finished", now)
        if rests is not None:
            again = rests.until(address, self._vault.address_index(kind, address))
            if again is not None:
                return _back(c, State.DUE, "", now, due_at=again)
        try:
            return self._worded(share, c, address)
        except Exception as error:
            log.exception("dispatch.words", event_name=c.event, delivery=c.id)
            return await self._climb(db, c, f"the words are broken: {error}", now, back=False)

    def _worded(self, share: Share, c: Claimed, address: str) -> Ready:
        route = share.route
        said = self._words.say(c, route.channel.name, route.replies)
        parts = said.parts
        message = Message(
            to=address,
            key=key_of(c),
            subject=parts.get("subject", ""),
            text=parts.get("text", ""),
            html=parts.get("html", ""),
            thread=c.thread,
            buttons=said.buttons,
            files=said.files,
        )
        return Ready(c, message, route.weigh(message), said.template)

    async def _climb(self, db: AsyncConnection, c: Claimed, reason: str, now: datetime, *, back: bool = True) -> Step:
        standing = (await deliveries.standing(db, [c.id]))[c.id]
        step = await climb(db, standing, reason, self._terms, now, back=back)
        return _back(c, State.UNKNOWN, reason, now) if c.maybe_twice and step.state == State.FAILED else step

    async def _rests(
        self, db: AsyncConnection, share: Share, claimed: Sequence[Claimed], now: datetime
    ) -> "Rests | None":
        """Which addresses bear no message yet, on lines whose addresses bear less than the line."""
        channel, line = share.route.channel, share.route.line
        if not isinstance(channel, Spaces):
            return None
        addresses = set()
        for c in claimed:
            with suppress(Exception):  # an unreadable row is told apart later
                addresses.add(self._vault.address_index(*address_of(c, self._vault)))
        last = await paces.last_begun(db, addresses, line, now - timedelta(minutes=1), now) if addresses else {}
        return Rests(line, channel, last, await paces.chats_parked(db, line, now), now)

    # --- the rows that say we are about to ---

    async def _begin(self, db: AsyncConnection, share: Share, ready: Sequence[Ready], own: Span) -> None:
        rows, carried, units = [], Counter[tuple[int, str]](), 0
        segments: Counter[tuple[int, str]] = Counter()
        line = share.route.line
        for one in ready:
            rows.append(self._row(line, one, own.first + units * own.spacing))
            units += one.weight
            if one.delivery.broadcast_id is not None:
                carried[one.delivery.broadcast_id, line] += 1
                segments[one.delivery.broadcast_id, line] += one.weight
        await attempts.begin(db, rows)
        price = share.route.price
        load = {key: Load(0, n, segments[key], segments[key] * price) for key, n in carried.items()}
        await loads.add(db, self._terms.worker, load)
        average = self._weights.get(line, 1.0)
        self._weights[line] = max(1.0, 0.8 * average + 0.2 * units / len(ready))

    def _row(self, line: str, one: Ready, slot: datetime) -> dict[str, Any]:
        c = one.delivery
        kind = address_of(c, self._vault)[0]
        return {
            "delivery_id": c.id,
            "number": c.fence,
            "generation": c.generation,
            "key": one.message.key,
            "line": line,
            "contact_id": c.contact_id,
            "address_index": self._vault.address_index(kind, one.message.to),
            "event": c.event,
            "template": one.template[:80],
            "round_version": c.round_version,
            "state": State.SENDING.value,
            "started_at": slot,
        }


class Rests:
    """How long each address of a line has to be left in peace."""

    def __init__(
        self, line: str, channel: Spaces, last: dict[bytes, datetime], parked: dict[str, datetime], now: datetime
    ) -> None:
        self._line = line
        self._channel = channel
        self._last = last
        self._parked = parked
        self._now = now

    def until(self, address: str, index: bytes) -> datetime | None:
        """When this address may be written to again; None for now, and it counts as written to."""
        parked = self._parked.get(paces.chat(self._line, index)) if self._parked else None
        if parked is not None:
            return parked
        last = self._last.get(index)
        if last is not None:
            free = last + timedelta(seconds=self._channel.spacing(address) + SPAN)
            if free > self._now:
                return free
        self._last[index] = self._now
        return None


def _granted(own: Span, now: datetime, asked: float, ready: Sequence[Ready] = (), probing: bool = False) -> Grant:
    return Grant(ready, own.first - now, own.spacing, own.end - own.first, probing, asked)


def _back(c: Claimed, state: State, reason: str, now: datetime, **values: Any) -> Step:
    """What is not sent now. A copy that may have arrived earlier is not undone by a second one that does not leave."""
    if c.maybe_twice and state in NEVER_LEFT:
        state = State.UNKNOWN
    values |= {"lease_until": None, "tries": c.tries - 1}
    if state is not State.DUE:
        values["settled_at"] = now
    return Step(c.id, c.broadcast_id, "sending", state.value, reason, values, c.ticket_id)
