"""Whom an event is for, and what telling them would take."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.broadcasts.values import Measure, Preview, Terms, summed
from notifier.rules.audiences import EVERYBODY, Rule
from notifier.rules.deliveries import CORRECTIONS
from notifier.store import broadcasts as rows
from notifier.store import moves
from notifier.store.audiences import narrowed
from notifier.store.broadcasts import Broadcast
from notifier.store.rounds import Round
from notifier.store.silence import QUESTION, asked_on, asks_again, first_asked, silent_after


@lru_cache(64)
def audience(event: str, of: Round, parent_id: int | None = None, rule: Rule = EVERYBODY) -> Select[Any]:
    """SQL: whom the event is for, as far as the rule picks them.

    With a parent: a correction goes to those who may have read an older version of the round, and what was withdrawn or
    stopped half-way and is planned again goes to the others. A question that follows one that is through goes to the
    silent, and what takes up such a one that was stopped goes to those of them whom it did not reach. A correction goes
    to whoever has read what it corrects, whatever picked them. The same audience is the same SQL, worked out once.
    """
    if parent_id is not None and event in CORRECTIONS:
        return moves.unreached_by(rows.those(moves.told_before(of.id, of.version)), event, of.version, parent_id)
    if of.id:
        people = rows.audience(of.programme, of.region, event != "receipt_question", of.id)
    else:
        people = rows.residents(of.region)
    people = narrowed(people, rule, of.id)
    if parent_id is None:
        return people
    if event != QUESTION:
        return moves.unreached_by(moves.besides(people, of.id, of.version), event, of.version, parent_id)
    again = first_asked(parent_id).exists()
    others = and_(~moves.has_read(of.id, of.version), ~moves.knows(event, of.version, parent_id))
    planned_again = and_(rows.is_in(parent_id, "stopped"), ~again, others)
    return people.where(or_(planned_again, and_(again, silent_after(of.id, parent_id))))


def audience_of(b: Broadcast, of: Round) -> Select[Any]:
    """SQL: whom a broadcast is for: its count, its dry run and its walk all ask here."""
    return audience(b.event, of, b.parent_id, Rule.of(b.rule))


async def reckon(
    db: AsyncConnection,
    terms: Terms,
    measure: Measure,
    event: str,
    of: Round,
    parent_id: int | None = None,
    rule: Rule = EVERYBODY,
) -> Preview:
    """What telling an audience would take: people, channels, languages, segments, rupiah, hours."""
    people = audience(event, of, parent_id, rule)
    again = parent_id is not None and await asks_again(db, event, parent_id)
    besides = asked_on(parent_id) if again and parent_id is not None else None
    found = await rows.preview(db, people, terms.ladders.of(of.programme), besides, terms.muted(event))
    by_channel = summed((kind, n) for kind, _, n in found if kind)
    by_language = summed((language, n) for _, language, n in found)
    segments = await _segments(db, terms, measure, event, of, people, by_channel)
    hours = max(
        (n / terms.routes[kind].rate / 3600 for kind, n in by_channel.items()),
        default=0.0,
    )
    return Preview(
        people=sum(n for *_, n in found),
        by_channel=by_channel,
        by_language=by_language,
        unreachable=sum(n for kind, _, n in found if not kind),
        segments=sum(segments.values()),
        price=sum(n * terms.routes[kind].price for kind, n in segments.items()),
        hours=round(hours, 2),
    )


async def _segments(
    db: AsyncConnection,
    terms: Terms,
    measure: Measure,
    event: str,
    of: Round,
    people: Select[Any],
    by_channel: Mapping[str, int],
) -> dict[str, int]:
    """Segments by channel, reckoned with the longest names of the audience: never too little."""
    most: dict[str, int] = {}
    for name, kind, language, zone in await rows.samples(db, people, terms.ladders.of(of.programme), 200):
        most[kind] = max(most.get(kind, 1), measure(event, kind, language, zone, name, of))
    return {kind: n * most.get(kind, 1) for kind, n in by_channel.items() if terms.routes[kind].price}
