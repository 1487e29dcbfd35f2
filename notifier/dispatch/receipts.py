"""A provider's later word on an attempt. Every word is kept; rank decides what it changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import Receipt
from notifier.dispatch.settle import Outcome, Terms, climb, move
from notifier.rules.deliveries import State, discreet, settle
from notifier.store import attempts, contacts, deliveries
from notifier.store.attempts import Attempt
from notifier.store.deliveries import Standing, Step

RECENT = timedelta(hours=1)
PAGE = 500  # receipts without an attempt looked at a time


async def settle_receipt(db: AsyncConnection, line: str, receipt: Receipt, terms: Terms, now: datetime) -> str:
    """Keep a receipt and let it count; returns what it did in a word. A ref nobody knows yet waits for its attempt."""
    reason = discreet(receipt.reason)
    kept = await attempts.keep(
        db,
        {
            "line": line,
            "ref": receipt.ref[:200],
            "key": receipt.key[:64],
            "state": receipt.state.value,
            "reason": reason,
            "permanent": receipt.permanent,
            "at": receipt.at,
            "heard_at": now,
        },
    )
    if kept is None:
        return "repeated"
    attempt = await attempts.named(db, line, receipt.ref, receipt.key)
    if attempt is None:
        return "kept"
    await attempts.match(db, kept, attempt.id)
    await count(db, attempt, State(receipt.state.value), reason, receipt.permanent, terms, now)
    return receipt.state.value


async def match_early(db: AsyncConnection, outcomes: list[tuple[str, Outcome]], terms: Terms, now: datetime) -> None:
    """Receipts that overtook their own send: they count now that the ref is known. Pairs of (line, outcome)."""
    for line in {line for line, _ in outcomes}:
        refs = [outcome.ref for of, outcome in outcomes if of == line and outcome.ref]
        for early in await attempts.unmatched(db, line, refs) if refs else []:
            attempt = await attempts.named(db, line, early.ref, early.key)
            if attempt is not None:
                await attempts.match(db, early.id, attempt.id)
                await count(db, attempt, State(early.state), early.reason, early.permanent, terms, now)


@dataclass
class Walk:
    """How far a walk along the receipts without an attempt has come. Many are of messages that others sent."""

    after: tuple[str, str, int] = ("", "", 0)  # line, ref, id


async def match_late(db: AsyncConnection, terms: Terms, now: datetime, walk: Walk) -> int:
    """Receipts that came in the very moment their send was settled, so that neither saw the other. A page at a time."""
    found, walk.after = await attempts.found_late(db, now - RECENT, walk.after, PAGE)
    if found:  # all at once and in order, before any counter
        await deliveries.standing(db, {attempt.delivery_id for _, attempt in found})
    for late, attempt in found:
        await attempts.match(db, late.id, attempt.id)
        await count(db, attempt, State(late.state), late.reason, late.permanent, terms, now)
    return len(found)


async def count(
    db: AsyncConnection, attempt: Attempt, fact: State, reason: str, permanent: bool, terms: Terms, now: datetime
) -> None:
    """Let one fact about an attempt count, whenever it arrives."""
    d = (await deliveries.standing(db, [attempt.delivery_id]))[attempt.delivery_id]
    attempt = await attempts.get(db, attempt.id) or attempt  # as it is now that nobody else may change it
    stronger = settle(State(attempt.state), fact)
    if stronger != attempt.state:
        await attempts.better(db, attempt.id, stronger.value, reason, now)
    if stronger is not fact:
        return  # more is known of this attempt already: what outweighs the attempt's word outweighs it for the delivery
    if fact is State.FAILED and permanent and attempt.contact_id is not None:
        await contacts.mark_dead(db, attempt.contact_id, reason)
    step = await _follows(db, d, attempt, fact, reason, terms, now)
    if step is not None:
        await move(db, [step], terms.worker)


async def _follows(
    db: AsyncConnection, d: Standing, attempt: Attempt, fact: State, reason: str, terms: Terms, now: datetime
) -> Step | None:
    current = State(d.state)
    better = settle(current, fact)
    if better == current:
        return None
    look = terms.unconfirmed_at(attempt.line, now) if better is State.ACCEPTED else None
    quiet = {"lease_until": look, "held": False, "settled_at": now}
    if fact is not State.FAILED:
        # An earlier rung or attempt succeeded after all: what has not left yet is called off.
        return Step(d.id, d.broadcast_id, d.state, better.value, reason, quiet)
    if attempt.generation != d.generation or current in (State.DUE, State.SENDING):
        return None  # this failure was known when the next rung began, or another attempt is under way
    return await climb(db, d, reason or "bounced", terms, now)
