"""What people answered to the question of receipt: confirmed, denied, or nothing, by village and by person.

A person's own word is the newest change of their entitlement that is theirs; a word said in confidence leaves none. One
statement each over a round's entitlements and the deliveries of its broadcasts; nobody is looked up one by one.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.rounds import Entitlement
from notifier.store.broadcasts import within
from notifier.store.expansion import keep_to_indexes
from notifier.store.moves import REACHED
from notifier.store.schema import (
    attempts,
    broadcasts,
    contacts,
    deliveries,
    entitlement_changes,
    entitlements,
    heard,
    people,
    regions,
)
from notifier.store.sweeps import NO_RECEIPT

CITIZEN = "citizen"  # who changed an entitlement by their own word
QUESTION = "receipt_question"
TOLD = ("accepted", "delivered", "read")
UNDER_WAY = ("due", "sending", "unknown")
BATCH = 500
RECEIVED = Entitlement.DITERIMA.value


@dataclass(frozen=True, slots=True)
class Village:
    """How a round went in one village. Everybody entitled is in one of confirmed … other; `told` lies across them."""

    region: str
    name: str  # "" when the register never named it
    people: int
    told: int  # some message of the round reached them
    confirmed: int  # YA, or the record says so and nobody has denied it
    denied: int  # TIDAK
    silent: int  # the question reached them, and nothing came back
    unreachable: int  # no message reached them, and none is under way
    other: int  # not asked yet, under way, or answered something else


@dataclass(frozen=True, slots=True)
class Silent:
    """One person whom the question reached and who has not answered."""

    person_id: int
    name: str
    nik_masked: str
    address: str
    rt: str
    rw: str
    region: str
    village: str
    asked: int  # times
    last: datetime | None  # when the last question arrived, as far as we know


def _word(entitlement: Any) -> ColumnElement[str | None]:
    """SQL: the status that a person's own newest word gave their entitlement; NULL when they said nothing."""
    return (
        select(entitlement_changes.c.status)
        .where(entitlement_changes.c.entitlement_id == entitlement.c.id, entitlement_changes.c.who == CITIZEN)
        .order_by(entitlement_changes.c.id.desc())
        .limit(1)
        .correlate(entitlement)
        .scalar_subquery()
    )


def _told() -> ColumnElement[bool]:
    return and_(deliveries.c.state.in_(TOLD), deliveries.c.reason != NO_RECEIPT)


def _answered() -> ColumnElement[bool]:
    """SQL: something was said in answer to this delivery."""
    return select(heard.c.id).where(heard.c.answers_id == deliveries.c.id).correlate(deliveries).exists()


def _of_round(round_id: int, *, questions: bool = False) -> Select[Any]:
    wanted = select(broadcasts.c.id).where(broadcasts.c.round_id == round_id)
    return wanted.where(broadcasts.c.event == QUESTION) if questions else wanted


def _most(condition: ColumnElement[bool], name: str) -> Any:
    return func.max(case((condition, 1), else_=0)).label(name)


async def by_village(db: AsyncConnection, round_id: int, region: str) -> list[Village]:
    """A round's villages within a region, by code."""
    asks = deliveries.c.event == QUESTION
    reached = (
        select(
            deliveries.c.person_id,
            _most(_told(), "told"),
            _most(and_(asks, _told()), "asked"),
            _most(deliveries.c.state.in_(UNDER_WAY), "moving"),
            _most(and_(asks, _answered()), "answered"),
        )
        .where(deliveries.c.broadcast_id.in_(_of_round(round_id)))
        .group_by(deliveries.c.person_id)
        .subquery("reached")
    )
    newest = (  # joined rather than looked up for each: every part of the CASE below would look anew
        select(func.max(entitlement_changes.c.id).label("id"))
        .join(entitlements, entitlements.c.id == entitlement_changes.c.entitlement_id)
        .where(entitlements.c.round_id == round_id, entitlement_changes.c.who == CITIZEN)
        .group_by(entitlement_changes.c.entitlement_id)
        .subquery("newest")
    )
    words = (
        select(entitlement_changes.c.entitlement_id, entitlement_changes.c.status)
        .join(newest, newest.c.id == entitlement_changes.c.id)
        .subquery("words")
    )
    each = (
        select(
            people.c.region,
            func.coalesce(reached.c.told, 0).label("told"),
            func.coalesce(reached.c.asked, 0).label("asked"),
            func.coalesce(reached.c.moving, 0).label("moving"),
            func.coalesce(reached.c.answered, 0).label("answered"),
            entitlements.c.status,
            words.c.status.label("word"),
        )
        .select_from(
            entitlements.join(people, people.c.id == entitlements.c.person_id)
            .outerjoin(reached, reached.c.person_id == entitlements.c.person_id)
            .outerjoin(words, words.c.entitlement_id == entitlements.c.id)
        )
        .where(entitlements.c.round_id == round_id, within(people.c.region, region))
        .subquery("each")
    )
    place = case(
        (each.c.status == RECEIVED, "confirmed"),
        (each.c.word == RECEIVED, "confirmed"),  # the record moved on since, the word stands
        (each.c.word.is_not(None), "denied"),
        (and_(each.c.asked == 1, each.c.answered == 0), "silent"),
        (and_(each.c.told == 0, each.c.moving == 0), "unreachable"),
        else_="other",
    )
    placed = select(each.c.region, each.c.told, place.label("place")).subquery("placed")
    rows = await db.execute(
        select(
            placed.c.region,
            func.coalesce(regions.c.name, ""),
            func.count(),
            func.sum(placed.c.told),
            *(
                func.sum(case((placed.c.place == name, 1), else_=0))
                for name in ("confirmed", "denied", "silent", "unreachable", "other")
            ),
        )
        .select_from(placed.outerjoin(regions, regions.c.code == placed.c.region))
        .group_by(placed.c.region, regions.c.name)
        .order_by(placed.c.region)
    )
    return [Village(row[0], row[1], *(int(n) for n in row[2:])) for row in rows]


@lru_cache(32)
def _behind(broadcast_id: int) -> CTE:
    """SQL: this question and those it takes up, as far as they were stopped half-way."""
    line = select(broadcasts.c.id, broadcasts.c.parent_id, broadcasts.c.state)
    chain = line.where(broadcasts.c.id == broadcast_id, broadcasts.c.event == QUESTION).cte(recursive=True)
    above = (broadcasts.c.id == chain.c.parent_id, broadcasts.c.event == QUESTION, chain.c.state == "stopped")
    return chain.union_all(line.where(*above))


def first_asked(parent_id: int) -> Select[Any]:
    """SQL: the question that is through which one with this parent asks once more; none when it asks a first time."""
    chain = _behind(parent_id)
    return select(chain.c.id).where(chain.c.state == "done")


def silent_after(round_id: int, parent_id: int) -> ColumnElement[bool]:
    """SQL, of a person: the question that is through reached them, nothing came back to it nor to any other of the
    round, and no second one that was stopped half-way may have reached them.
    """
    chain, own = _behind(parent_id), deliveries.c.id
    mine = select(own).where(deliveries.c.person_id == people.c.id)
    asked = mine.where(deliveries.c.broadcast_id.in_(first_asked(parent_id)), _told())
    begun = select(attempts.c.id).where(attempts.c.delivery_id == own, attempts.c.state.in_(REACHED))
    again = mine.where(
        deliveries.c.broadcast_id.in_(select(chain.c.id).where(chain.c.state == "stopped")),
        or_(deliveries.c.state.in_(REACHED), begun.exists()),
    )
    return and_(asked.correlate(people).exists(), ~again.correlate(people).exists(), *_silence(round_id))


def _silence(round_id: int) -> tuple[ColumnElement[bool], ...]:
    question = deliveries.alias("question")
    replied = (
        select(heard.c.id)
        .join(question, question.c.id == heard.c.answers_id)
        .where(
            question.c.broadcast_id.in_(_of_round(round_id, questions=True)),
            question.c.person_id == people.c.id,
        )
        .correlate(people)
    )
    mine = (entitlements.c.round_id == round_id, entitlements.c.person_id == people.c.id)
    spoken = select(entitlements.c.id).where(
        *mine, or_(entitlements.c.status == RECEIVED, _word(entitlements).is_not(None))
    )
    return ~replied.exists(), ~spoken.correlate(people).exists()


@lru_cache(32)
def asked_on(parent_id: int) -> Select[Any]:
    """SQL: the channels on which the question that is through reached a person."""
    mine, used = deliveries.alias("mine"), contacts.alias("used")
    return (
        select(used.c.kind)
        .join(mine, mine.c.contact_id == used.c.id)
        .where(mine.c.broadcast_id.in_(first_asked(parent_id)), mine.c.person_id == people.c.id)
        .correlate(people)
    )


async def asks_again(db: AsyncConnection, event: str, parent_id: int | None) -> bool:
    """Whether a broadcast of this event asks the silent once more, elsewhere."""
    if event != QUESTION or parent_id is None:
        return False
    return bool((await db.execute(select(first_asked(parent_id).exists()))).scalar_one())


async def asked_before(db: AsyncConnection, broadcast_id: int, person_id: int) -> set[str]:
    """The channels on which a person was asked before this broadcast asked once more; none when it is a first one."""
    row = await db.execute(select(broadcasts.c.event, broadcasts.c.parent_id).where(broadcasts.c.id == broadcast_id))
    event, parent_id = row.one()
    if event != QUESTION or parent_id is None:
        return set()
    found = await db.execute(
        select(contacts.c.kind)
        .join(deliveries, deliveries.c.contact_id == contacts.c.id)
        .where(deliveries.c.broadcast_id.in_(first_asked(int(parent_id))), deliveries.c.person_id == person_id)
    )
    return {str(kind) for kind in found.scalars()}


def _list(round_id: int, region: str) -> Select[Any]:
    own = ("id", "name", "nik_masked", "address", "rt", "rw", "region")
    columns = (*(people.c[name] for name in own), regions.c.name)
    return (
        select(*columns[:-1], func.coalesce(regions.c.name, ""), func.count(), func.max(deliveries.c.settled_at))
        .select_from(
            deliveries.join(people, people.c.id == deliveries.c.person_id).outerjoin(
                regions, regions.c.code == people.c.region
            )
        )
        .where(
            deliveries.c.broadcast_id.in_(_of_round(round_id, questions=True)),
            _told(),
            within(people.c.region, region),
            *_silence(round_id),
        )
        .group_by(*columns)
        .order_by(people.c.region, people.c.id)
    )


async def page(db: AsyncConnection, round_id: int, region: str, after: tuple[str, int], limit: int) -> list[Silent]:
    """The silent of a round beyond (region, person), village by village."""
    asked = _of_round(round_id, questions=True)
    if (await db.execute(asked.limit(1))).first() is None:
        return []  # nobody was asked: the database would look at everybody entitled to find that out
    beyond = or_(people.c.region > after[0], and_(people.c.region == after[0], people.c.id > after[1]))
    rows = await db.execute(_list(round_id, region).where(beyond).limit(limit))
    return [Silent(*row) for row in rows]


async def page_of_many(
    db: AsyncConnection, round_id: int, villages: Sequence[str], after: tuple[str, int], limit: int
) -> list[Silent]:
    """The same of a round too large to be sorted for a page: one of these villages after the other."""
    await keep_to_indexes(db)
    found: list[Silent] = []
    for village in villages:
        who = (
            select(people.c.id)
            .where(people.c.region == village, people.c.id > (after[1] if village == after[0] else 0), silent(round_id))
            .order_by(people.c.region, people.c.id)
            .limit(limit - len(found))
        )
        ids = list((await db.execute(who)).scalars())
        if ids:
            rows = await db.execute(_list(round_id, "").where(people.c.id.in_(ids)))
            found += [Silent(*row) for row in rows]
        if len(found) == limit:
            break
    return found


async def walk(db: AsyncConnection, round_id: int, region: str) -> AsyncIterator[Sequence[Silent]]:
    """All the silent of a round, in batches."""
    async with db.stream(_list(round_id, region)) as rows:
        async for part in rows.partitions(BATCH):
            yield [Silent(*row) for row in part]


async def unanswered(db: AsyncConnection, since: datetime, until: datetime) -> list[tuple[int, int]]:
    """(broadcast, round) of questions that are through, were asked in that time and led to no second one yet; they ask
    nothing a second time themselves, and their round is as it was.
    """
    second, first = broadcasts.alias("second"), broadcasts.alias("first")
    follows = select(first.c.id).where(
        first.c.id == broadcasts.c.parent_id, first.c.state == "done", first.c.event == QUESTION
    )
    followed = select(second.c.id).where(second.c.parent_id == broadcasts.c.id, second.c.event == QUESTION)
    rows = await db.execute(
        select(broadcasts.c.id, broadcasts.c.round_id)
        .where(
            broadcasts.c.event == QUESTION,
            broadcasts.c.state == "done",
            broadcasts.c.at > since,
            broadcasts.c.at <= until,
            ~follows.correlate(broadcasts).exists(),
            ~followed.correlate(broadcasts).exists(),
        )
        .order_by(broadcasts.c.id)
    )
    return [(int(broadcast), int(of)) for broadcast, of in rows]


# --- one person, as the table of a round has them --------------------------------------------------------------------


def confirmed(round_id: int) -> ColumnElement[bool]:
    """SQL, of a person: they have received, by their own word or by the record."""
    mine = entitlements.alias("entitled")
    word = _word(mine)
    own = select(mine.c.id).where(mine.c.round_id == round_id, mine.c.person_id == people.c.id)
    return own.where(or_(mine.c.status == RECEIVED, word == RECEIVED)).correlate(people).exists()


def denied(round_id: int) -> ColumnElement[bool]:
    """SQL, of a person: they say that they have not received."""
    mine = entitlements.alias("entitled")
    word = _word(mine)
    own = select(mine.c.id).where(mine.c.round_id == round_id, mine.c.person_id == people.c.id)
    return own.where(mine.c.status != RECEIVED, word.is_not(None), word != RECEIVED).correlate(people).exists()


def silent(round_id: int) -> ColumnElement[bool]:
    """SQL, of a person: the question of receipt reached them, and nothing came back."""
    asked = select(deliveries.c.id).where(
        deliveries.c.broadcast_id.in_(_of_round(round_id, questions=True)), deliveries.c.person_id == people.c.id
    )
    return and_(asked.where(_told()).correlate(people).exists(), *_silence(round_id))
