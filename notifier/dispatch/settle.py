"""What became of attempts: writes outcomes in groups, decides the next state, climbs the ladder.

The rules are `rules.deliveries` (which fact wins) and `rules.pacing.Retry` (when to try again); this file reads the
present rows, asks the rules and writes the steps, all in the caller's transaction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import CORRECTIONS, EVENTS, NOT_SENT, State, settle
from notifier.rules.ladders import Ladders, further
from notifier.rules.pacing import Retry
from notifier.store import attempts, contacts, deliveries, loads, moves, silence
from notifier.store.attempts import Attempt
from notifier.store.contacts import Contact
from notifier.store.deliveries import Standing, Step
from notifier.store.loads import Load

ACKNOWLEDGEMENT = "ticket_received"
MOVES = 3  # how often one message follows its address to another
NO_WORD = "no word from the sender"


class Outcome(NamedTuple):
    """What one attempt came to, as the channel told it."""

    delivery_id: int
    fence: int
    at: datetime
    state: State  # accepted, failed or unknown
    ref: str = ""
    segments: int = 0
    weight: int = 0  # units that were reckoned when it was claimed
    price: int = 0  # rupiah a unit
    reason: str = ""
    permanent: bool = False
    address: bool = False  # the address is finished
    moved_to: str = ""  # the address goes by another name now
    wait: timedelta | None = None
    excused: bool = False  # the line failed, not the message: the attempt does not count
    whom: str = ""  # key and person, for the ledger
    line_works: bool = False  # it showed that a line in trouble works again

    def load(self) -> Load | None:
        """What it cost, less what was reckoned: a refusal costs nothing, and what is unknown may have cost all.

        What never left was no attempt.
        """
        units = (self.segments if self.state is State.ACCEPTED else 0) - self.weight
        begun = -1 if self.excused and self.reason == NOT_SENT else 0
        if self.state is State.UNKNOWN or not (units or begun):
            return None
        return Load(attempts=begun, segments=units, rupiah=units * self.price)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a worker settles."""

    worker: str
    ladders: Ladders
    lines: dict[str, str]  # channel → line of a contact that names none
    retry_first: timedelta
    retry_cap: timedelta
    resend_after: timedelta  # a late receipt may still lift `unknown` before the resend leaves
    mute: tuple[str, ...] = ()  # lines that citizens cannot answer on: no question of a broadcast leaves there
    confirmed_within: Mapping[str, timedelta] = field(default_factory=dict)  # line whose receipts can be trusted → …

    def unconfirmed_at(self, line: str, now: datetime) -> datetime | None:
        """When a message that was accepted now counts as not told, unless a receipt confirms it; None: never."""
        span = self.confirmed_within.get(line)
        return None if span is None else now + span


async def settle_group(
    db: AsyncConnection, line: str, outcomes: Sequence[Outcome], terms: Terms, now: datetime, luck: Sequence[float]
) -> list[Outcome]:
    """Record a group of outcomes of one line. `luck` holds a number in [0, 1) for each.

    Returns those that were news: a group is written again when nobody heard that it was kept.

    Rows are locked in one order wherever deliveries change: deliveries by id, attempts, contacts, counters. Two
    attempts of one delivery are settled one after the other, for the second has to see what the first led to.
    """
    latest = {outcome.delivery_id: outcome for outcome in outcomes}
    if len(latest) < len(outcomes):
        twice = [(o, chance) for o, chance in zip(outcomes, luck, strict=True) if latest[o.delivery_id] is not o]
        once = [(o, chance) for o, chance in zip(outcomes, luck, strict=True) if latest[o.delivery_id] is o]
        news = []
        for part in (twice, once):
            news += await settle_group(db, line, [o for o, _ in part], terms, now, [chance for _, chance in part])
        return news
    arrived, counts, spent = await _accept(db, line, outcomes, terms, now)
    looked_at = [(outcome, chance) for outcome, chance in zip(outcomes, luck, strict=True) if outcome not in arrived]
    if not looked_at:
        await deliveries.count(db, counts, terms.worker)
        await loads.add(db, terms.worker, spent)
        return list(arrived)
    present = await deliveries.standing(db, [outcome.delivery_id for outcome, _ in looked_at])
    begun = await attempts.numbered(db, {outcome.delivery_id: outcome.fence for outcome, _ in looked_at})
    rows, steps, fresh = [], [], []
    for outcome, chance in looked_at:
        d, attempt = present[outcome.delivery_id], begun[outcome.delivery_id]
        # A receipt may have overtaken us: what is known of the attempt already is never made weaker.
        fact = settle(State(attempt.state), outcome.state)
        if not _written(attempt, outcome):
            fresh.append(outcome)
            why = outcome.reason if fact is outcome.state else attempt.reason
            rows.append(_row(outcome.delivery_id, outcome.fence, fact, why, outcome.at, outcome))
        step = await _next(db, d, attempt, outcome, fact, terms, now, chance)
        if step is not None:
            steps.append(step)
    await attempts.finish(db, rows)
    await deliveries.move(db, steps, terms.worker, counts)
    differs = _spent(line, [(present[o.delivery_id].broadcast_id, o) for o in fresh])
    for key, load in (*carried(steps).items(), *differs.items()):
        spent[key] = spent.get(key, Load()) + load
    await loads.add(db, terms.worker, spent)
    return [*arrived, *fresh]


async def _accept(
    db: AsyncConnection, line: str, outcomes: Sequence[Outcome], terms: Terms, now: datetime
) -> tuple[set[Outcome], dict[tuple[int, str, str], int], dict[tuple[int, str], Load]]:
    """Record what went as it should, all at once; returns it, with what the counters gain by it: they come last."""
    taken = {outcome.delivery_id: outcome for outcome in outcomes if outcome.state is State.ACCEPTED}
    if not taken:
        return set(), {}, {}
    look = terms.unconfirmed_at(line, now)
    await deliveries.hold(db, taken)
    found = await deliveries.accept(db, [(o.delivery_id, o.fence) for o in taken.values()], now, look)
    arrived = [(one, taken[one.id]) for one in found]
    await attempts.accept(db, [(o.delivery_id, o.fence, o.ref[:200], o.segments) for _, o in arrived], now)
    counts: dict[tuple[int, str, str], int] = {}
    for broadcast_id, n in Counter(one.broadcast_id for one, _ in arrived).items():
        if broadcast_id is not None:
            counts |= {(broadcast_id, State.SENDING.value, ""): -n, (broadcast_id, State.ACCEPTED.value, ""): n}
    for one, _ in arrived:
        if one.ticket_id is not None and one.event == ACKNOWLEDGEMENT:
            await deliveries.wake_ticket(db, one.ticket_id, now)  # it left: the promise to acknowledge is kept
    spent = _spent(line, [(one.broadcast_id, outcome) for one, outcome in arrived])
    return {outcome for _, outcome in arrived}, counts, spent


async def move(db: AsyncConnection, steps: Sequence[Step], worker: str) -> None:
    """Write the steps, and count whoever was carried to another line among the people of that one."""
    await deliveries.move(db, steps, worker)
    await loads.add(db, worker, carried(steps))


def carried(steps: Sequence[Step]) -> dict[tuple[int, str], Load]:
    """People that these steps put on a line: (broadcast, line) → how many."""
    rungs = Counter((step.broadcast_id, str(new["line"])) for step in steps if "line" in (new := step.values or {}))
    return {(number, line): Load(people=n) for (number, line), n in rungs.items() if number is not None}


def _written(attempt: Attempt, outcome: Outcome) -> bool:
    """Whether an attempt holds this outcome already: a group is written again when nobody heard that it was kept.

    Only an outcome brings a ref or segments; one that has neither is known by its moment.
    """
    brought = (outcome.ref[:200], outcome.segments)
    if attempt.state != settle(State(attempt.state), outcome.state) or (attempt.ref, attempt.segments) != brought:
        return False
    return any(brought) or attempt.settled_at == outcome.at


def _spent(line: str, outcomes: Sequence[tuple[int | None, Outcome]]) -> dict[tuple[int, str], Load]:
    """What broadcasts cost more, or less, than was reckoned when their messages were claimed."""
    spent: dict[tuple[int, str], Load] = {}
    for broadcast_id, outcome in outcomes:
        differs = outcome.load()
        if broadcast_id is not None and differs is not None:
            spent[broadcast_id, line] = spent.get((broadcast_id, line), Load()) + differs
    return spent


def _row(
    delivery_id: int, number: int, state: State, reason: str, at: datetime, outcome: Outcome | None = None
) -> dict[str, Any]:
    return {
        "b_delivery": delivery_id,
        "b_number": number,
        "v_state": state.value,
        "v_reason": reason[:120],
        "v_ref": outcome.ref[:200] if outcome else "",
        "v_segments": outcome.segments if outcome else 0,
        "v_settled_at": at,
    }


async def _next(
    db: AsyncConnection,
    d: Standing,
    attempt: Attempt,
    outcome: Outcome,
    fact: State,
    terms: Terms,
    now: datetime,
    luck: float,
) -> Step | None:
    """The step an outcome asks for; None when a stronger fact came first. `fact`: all that is known of the attempt."""
    ours = d.fence == outcome.fence and d.state == State.SENDING
    follows = bool(outcome.moved_to) and ours and not await _in_a_circle(db, d, outcome.reason)
    if follows and await contacts.moved(db, d.id, outcome.moved_to):
        generation, tries = d.generation + 1, max(d.tries - 1, 0)
        return _step(
            d, State.DUE, outcome.reason, now, due_at=now, lease_until=None, generation=generation, tries=tries
        )
    if outcome.address and attempt.contact_id is not None:
        await contacts.mark_dead(db, attempt.contact_id, outcome.reason)
    if fact is State.FAILED and outcome.state is not State.FAILED:
        return await climb(db, d, attempt.reason or "bounced", terms, now) if ours else None
    if fact in (State.ACCEPTED, State.DELIVERED, State.READ):
        if d.ticket_id is not None and d.event == ACKNOWLEDGEMENT:
            await deliveries.wake_ticket(db, d.ticket_id, now)  # it left: the promise to acknowledge is kept
        better = settle(State(d.state), fact)
        look = terms.unconfirmed_at(attempt.line, now) if better is State.ACCEPTED else None
        return None if better == d.state else _step(d, better, "", now, held=False, lease_until=look)
    if outcome.state is State.UNKNOWN:
        return unknown(d, outcome.reason, terms, now) if ours else None
    if not ours and not (d.fence == outcome.fence and d.state == State.UNKNOWN):
        return None  # a late refusal of an attempt that others have overtaken
    if outcome.excused:
        due = now + (timedelta(seconds=30) if outcome.wait is None else outcome.wait)
        return _step(d, State.DUE, outcome.reason, now, due_at=due, lease_until=None, tries=max(d.tries - 1, 0))
    return await failed(db, d, outcome, terms, now, luck)


async def _in_a_circle(db: AsyncConnection, d: Standing, reason: str) -> bool:
    """Whether a message was sent on for the same reason before, so often that it is led from one to the other."""
    return sum(attempt.reason == reason[:120] for attempt in await attempts.of_delivery(db, d.id)) >= MOVES


async def failed(db: AsyncConnection, d: Standing, outcome: Outcome, terms: Terms, now: datetime, luck: float) -> Step:
    """After a definite failure: the same rung again, the next rung, or the end."""
    onwards = None if outcome.permanent else await _onwards(db, d)
    if onwards is not None:
        retry = Retry(first=terms.retry_first, cap=terms.retry_cap, give_up_after=EVENTS[d.event].retry_for)
        since = d.first_failed_at or now
        again = retry.at(max(d.tries, 1), since, now, outcome.wait, luck)
        if again is not None and (d.expires_at is None or again < d.expires_at):
            # A definite refusal starts a new generation: the refused key has done its work.
            return _step(
                d,
                State.DUE,
                outcome.reason,
                now,
                due_at=again,
                lease_until=None,
                first_failed_at=since,
                generation=d.generation + 1,
                **onwards,
            )
    return await climb(db, d, outcome.reason, terms, now)


async def climb(
    db: AsyncConnection, d: Standing, reason: str, terms: Terms, now: datetime, *, back: bool = True
) -> Step:
    """The next rung of the person's ladder; the end when there is none, or when its broadcast or round was called off.

    Where an address said STOP, this one or the next, a broadcast's message is not carried elsewhere. Without `back`
    only upwards: what was not tried here, and will not be the next time, might else lead round in a circle.
    """
    onwards = await _onwards(db, d)
    if d.person_id is not None and d.contact_id is not None and onwards is not None:
        here = await contacts.get(db, d.contact_id)
        back = back and d.broadcast_id is not None  # a single notice has its address from whoever it answers
        above = await _above(db, d, here, terms, back=back) if here is not None else None
        if d.broadcast_id is not None and any(rung is not None and rung.stopped for rung in (here, above)):
            return _step(d, State.SUPPRESSED, "stopped", now, lease_until=None, held=False)
        if above is not None:
            return _step(
                d,
                State.DUE,
                reason,
                now,
                contact_id=above.id,
                line=above.line or terms.lines[above.kind],
                due_at=now,
                lease_until=None,
                tries=0,
                first_failed_at=None,
                generation=d.generation + 1,
                held=False,
                **onwards,
            )
    return _step(d, State.FAILED, reason, now, lease_until=None, held=False)


async def _above(db: AsyncConnection, d: Standing, here: Contact, terms: Terms, *, back: bool) -> Contact | None:
    """The next contact of the ladder. A broadcast's question goes only where it can be answered, and one that asks once
    more not back to where it was asked before.
    """
    ladder = await contacts.rungs_left(db, d.id, terms.ladders)
    rungs = {(one.kind, one.id): one for one in await contacts.on_ladder(db, d.person_id or 0, ladder)}
    if not rungs:
        return None
    visited = [one.contact_id for one in await attempts.of_delivery(db, d.id) if one.contact_id is not None]
    above = [rungs[rung] for rung in further(tuple(rungs), ladder, (here.kind, here.id), visited, back=back)]
    if above and d.broadcast_id is not None and EVENTS[d.event].question:
        before = await silence.asked_before(db, d.broadcast_id, d.person_id or 0)
        lines = {one.id: one.line or terms.lines[one.kind] for one in above}
        above = [one for one in above if one.kind not in before and lines[one.id] not in terms.mute]
    return above[0] if above else None


async def _onwards(db: AsyncConnection, d: Standing) -> dict[str, Any] | None:
    """What a delivery that definitely failed takes along when it goes on; None when it must not.

    Words are those of the round as it is now. A correction's are about a change that another one has followed by now,
    and whoever has a newer message hears enough.
    """
    if d.stopped:
        return None
    if not d.moved:
        return {}
    if d.event in CORRECTIONS or await moves.told_anew(db, d.id):
        return None
    return {"round_version": d.moved}


def unknown(d: Standing, reason: str, terms: Terms, now: datetime) -> Step:
    """It may have been sent. What follows is the event's rule: resend once with the same key, or wait for a person, at
    most as long as a rung is tried.
    """
    resend = EVENTS[d.event].after_unknown == "resend" and not d.maybe_twice
    since = d.first_failed_at or now
    look = now + terms.resend_after if resend else max(since + EVENTS[d.event].retry_for, now)
    return _step(d, State.UNKNOWN, reason, now, lease_until=look, held=not resend, first_failed_at=since)


async def _past(db: AsyncConnection, d: Standing, terms: Terms, now: datetime) -> Step:
    """An unknown whose time has come: sent once more, carried to the next rung, or left as it is."""
    if d.stopped:
        return _step(d, State.UNKNOWN, "stopped before it was known", now, lease_until=None, held=False)
    if d.expires_at is not None and d.expires_at <= now:
        return _step(d, State.UNKNOWN, "too late to send again", now, lease_until=None, held=False)
    if d.moved:  # whoever may have read it is told what changed
        return _step(d, State.UNKNOWN, "its round was changed", now, lease_until=None, held=False)
    if not d.held:
        return _step(d, State.DUE, "resend", now, due_at=now, lease_until=None, maybe_twice=True)
    higher = await climb(db, d, "nobody knows whether it arrived", terms, now)
    if higher.state != State.DUE:  # no rung is left, and whatever else it ended as would be more than we know
        return _step(d, State.UNKNOWN, "never known", now, lease_until=None, held=False)
    return replace(higher, values={**(higher.values or {}), "maybe_twice": True})


async def lapse(db: AsyncConnection, now: datetime, terms: Terms, limit: int = 200) -> int:
    """Look again where a lease ran out: an attempt nobody reported becomes unknown, an unknown's resend falls due."""
    present = await deliveries.standing(db, await deliveries.overdue(db, now, limit))
    silent = {d.id: d.fence for d in present.values() if d.state == State.SENDING}
    begun = await attempts.numbered(db, silent) if silent else {}
    steps, lost = [], []
    for d in present.values():
        if d.state != State.SENDING:
            steps.append(await _past(db, d, terms, now))
            continue
        # The sender died, but a receipt may have told already how the attempt fared.
        fact = settle(State(begun[d.id].state), State.UNKNOWN)
        if fact is State.UNKNOWN:
            lost.append(_row(d.id, d.fence, fact, NO_WORD, now))
            steps.append(unknown(d, NO_WORD, terms, now))
        elif fact is State.FAILED:
            steps.append(await climb(db, d, begun[d.id].reason or "bounced", terms, now))
        else:
            steps.append(_step(d, fact, "", now, lease_until=terms.unconfirmed_at(begun[d.id].line, now), held=False))
    await attempts.finish(db, lost)
    await move(db, steps, terms.worker)
    return len(steps)


def _step(d: Standing, state: State, reason: str, now: datetime, **values: Any) -> Step:
    if state is not State.DUE:
        values["settled_at"] = now
    return Step(d.id, d.broadcast_id, d.state, state.value, reason, values, d.ticket_id)
