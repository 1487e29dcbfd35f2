"""Rounds and who is entitled in them; a change of status leaves its history. Does not know which change is allowed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.rounds import Enrolment
from notifier.store.schema import Id, enrolments, entitlement_changes, entitlements, people, points, rounds
from notifier.store.straight import fetch
from notifier.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Round:
    """One distribution: programme, period, area, venue, window, amount, method."""

    id: int
    code: str
    programme: str
    period: str
    region: str  # prefix: the area it serves
    venue: str
    address: str
    opens_at: datetime
    closes_at: datetime
    zone: str  # IANA name
    amount: int | None  # rupiah; None for goods
    method: str
    note: str
    state: str  # open, cancelled
    version: int
    wake: datetime | None
    created_at: datetime
    updated_at: datetime
    point_id: int | None = None  # where venue and address are read from


@dataclass(frozen=True, slots=True)
class Entitled:
    """One person in one round."""

    id: int
    round_id: int
    person_id: int
    status: str
    record: str  # what the payment record last said
    reason: str
    since: date | None


_ROUND = [rounds.c[name] for name in Round.__dataclass_fields__]
_ENTITLED = [entitlements.c[name] for name in Entitled.__dataclass_fields__]


_ONE = select(*_ROUND).where(rounds.c.id == bindparam("of_round", type_=Id))
_LOCKED = _ONE.with_for_update(key_share=True)


async def get(db: AsyncConnection, round_id: int, *, lock: bool = False) -> Round | None:
    """One round; with `lock` nobody else changes or plans it until the transaction ends. Its messages go on."""
    rows = await fetch(db, _LOCKED if lock else _ONE, {"of_round": round_id})
    return Round(*rows[0]) if rows else None


async def programmes(db: AsyncConnection, ids: Collection[int]) -> dict[int, str]:
    """Which programme each of these rounds belongs to."""
    if not ids:
        return {}
    rows = await db.execute(select(rounds.c.id, rounds.c.programme).where(rounds.c.id.in_(tuple(ids))))
    return {int(row.id): str(row.programme) for row in rows}


async def codes(db: AsyncConnection, ids: Collection[int]) -> dict[int, str]:
    """The codes of rounds, by id."""
    found = await db.execute(select(rounds.c.id, rounds.c.code).where(rounds.c.id.in_(ids)))
    return {int(number): code for number, code in found}


async def by_code(db: AsyncConnection, code: str) -> Round | None:
    """The round that people call by this code."""
    row = (await db.execute(select(*_ROUND).where(rounds.c.code == code))).first()
    return Round(*row) if row else None


async def by_codes(db: AsyncConnection, codes: Collection[str]) -> dict[str, Round]:
    """The rounds that exist among these codes."""
    rows = await db.execute(select(*_ROUND).where(rounds.c.code.in_(codes)))
    return {row.code: Round(*row) for row in rows}


async def create(db: AsyncConnection, values: Mapping[str, Any], now: datetime) -> int:
    """Write a new round that floor 5 will look at; returns its id."""
    row = {**values, "wake": now, "created_at": now, "updated_at": now}
    return int((await db.execute(insert(rounds).values(row).returning(rounds.c.id))).scalar_one())


async def edit(db: AsyncConnection, of: Round, values: Mapping[str, Any], now: datetime) -> bool:
    """Change a round, count its version up, wake floor 5. False when somebody changed it since `of` was read."""
    done = await db.execute(
        update(rounds)
        .where(rounds.c.id == of.id, rounds.c.version == of.version)
        .values(**values, version=of.version + 1, wake=now, updated_at=now)
    )
    return done.rowcount == 1


async def waking(db: AsyncConnection, now: datetime, limit: int = 20) -> list[Round]:
    """Rounds whose plans are to be made or redone."""
    rows = await db.execute(select(*_ROUND).where(rounds.c.wake <= now).order_by(rounds.c.wake).limit(limit))
    return [Round(*row) for row in rows]


async def rest(db: AsyncConnection, round_id: int, version: int, wake: datetime | None = None) -> None:
    """The round as of `version` is carried on; look again at `wake`, or when it is changed."""
    await db.execute(update(rounds).where(rounds.c.id == round_id, rounds.c.version == version).values(wake=wake))


# --- entitlements ----------------------------------------------------------------------------------------------------


async def entitlement(db: AsyncConnection, round_id: int, person_id: int) -> Entitled | None:
    """What a person has in a round; None before the round's audience is drawn."""
    row = await db.execute(
        select(*_ENTITLED).where(entitlements.c.round_id == round_id, entitlements.c.person_id == person_id)
    )
    found = row.first()
    return Entitled(*found) if found else None


async def set_status(
    db: AsyncConnection,
    entitlement_id: int,
    status: str,
    reason: str,
    who: str,
    now: datetime,
    record: str | None = None,
) -> None:
    """Give an entitlement its status, and its history a row. `record`: what the payment record says, when it spoke."""
    was = (
        await db.execute(select(entitlements.c.status).where(entitlements.c.id == entitlement_id).with_for_update())
    ).scalar_one()
    values: dict[str, Any] = {"status": status, "reason": reason[:200], "updated_at": now}
    if record is not None:
        values["record"] = record
    await db.execute(update(entitlements).where(entitlements.c.id == entitlement_id).values(**values))
    await db.execute(
        insert(entitlement_changes).values(
            entitlement_id=entitlement_id, at=now, was=was, status=status, reason=reason[:200], who=who
        )
    )


async def own_word(db: AsyncConnection, entitlement_id: int) -> str | None:
    """The status that the citizen's own newest word gave an entitlement; None when they said nothing."""
    row = await db.execute(
        select(entitlement_changes.c.status)
        .where(entitlement_changes.c.entitlement_id == entitlement_id, entitlement_changes.c.who == "citizen")
        .order_by(entitlement_changes.c.id.desc())
        .limit(1)
    )
    return row.scalar_one_or_none()


async def entitled(
    db: AsyncConnection, pairs: Iterable[tuple[int, int]], *, lock: bool = False
) -> dict[tuple[int, int], Entitled]:
    """The entitlements that exist among these (round, person) pairs; with `lock` whoever else changes them waits."""
    wanted = select(*_ENTITLED).where(tuple_(entitlements.c.round_id, entitlements.c.person_id).in_(list(pairs)))
    rows = await db.execute(wanted.order_by(entitlements.c.id).with_for_update() if lock else wanted)
    return {(row.round_id, row.person_id): Entitled(*row) for row in rows}


async def draw(
    db: AsyncConnection, pairs: Sequence[tuple[int, int]], status: str, now: datetime
) -> dict[tuple[int, int], Entitled]:
    """Give these (round, person) pairs an entitlement unless they have one; returns all of them."""
    if not pairs:
        return {}
    rows = [
        {"round_id": of, "person_id": person, "status": status, "record": status, "updated_at": now}
        for of, person in pairs
    ]
    await db.execute(upsert(db, entitlements).on_conflict_do_nothing(index_elements=["round_id", "person_id"]), rows)
    return await entitled(db, pairs)


async def record(db: AsyncConnection, changes: Sequence[Mapping[str, Any]], who: str, now: datetime) -> None:
    """Write what a payment record says: {id, was, status, record, reason, since, told} each, with one row of history.
    `told`: the delivery that tells the person of it.
    """
    if not changes:
        return
    columns = ("status", "record", "reason", "since")
    await db.execute(
        update(entitlements)
        .where(entitlements.c.id == bindparam("of"))
        .values({name: bindparam(f"to_{name}") for name in columns} | {"updated_at": now}),
        [{"of": row["id"]} | {f"to_{name}": row[name] for name in columns} for row in changes],
    )
    await db.execute(
        insert(entitlement_changes),
        [
            {
                "entitlement_id": row["id"],
                "at": now,
                "was": row["was"],
                "status": row["status"],
                "reason": row["reason"],
                "who": who,
                "delivery_id": row["told"],
            }
            for row in changes
        ],
    )


async def of_person(db: AsyncConnection, person_id: int) -> list[tuple[Round, Entitled | None]]:
    """The rounds a person is entitled to, or invited to by programme and region, soonest first."""
    region = (await db.execute(select(people.c.region).where(people.c.id == person_id))).scalar_one_or_none()
    if region is None:
        return []
    approved = select(enrolments.c.programme).where(
        enrolments.c.person_id == person_id, enrolments.c.status == Enrolment.DITETAPKAN.value
    )
    mine = and_(entitlements.c.round_id == rounds.c.id, entitlements.c.person_id == person_id)
    rows = await db.execute(
        select(*_ROUND, *_ENTITLED)
        .select_from(rounds.outerjoin(entitlements, mine))
        .where(
            or_(
                entitlements.c.id.is_not(None),
                and_(rounds.c.programme.in_(approved), rounds.c.region.in_(areas_of(region))),
            )
        )
        .order_by(rounds.c.opens_at, rounds.c.id)
    )
    return [(Round(*row[: len(_ROUND)]), Entitled(*row[len(_ROUND) :]) if row[len(_ROUND)] else None) for row in rows]


def areas_of(region: str) -> list[str]:
    """A region code and every area it lies in: "31.75.07" → ["31", "31.75", "31.75.07"]."""
    parts = region.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts) + 1)]


async def lately(db: AsyncConnection, region: str, limit: int) -> list[tuple[str, str, str, str, str]]:
    """(code, programme, period, venue, point) of the newest rounds that touch an area; the point by its code, or by the
    venue where a round has none."""
    prefix, code = region.rstrip("."), rounds.c.region
    above = [".".join(prefix.split(".")[:n]) for n in range(1, prefix.count(".") + 2)] if prefix else []
    touches = or_(code.in_(above), code.startswith(f"{prefix}.", autoescape=True)) if prefix else code.is_not(None)
    named = (rounds.c.code, rounds.c.programme, rounds.c.period, rounds.c.venue)
    wanted = select(*named, func.coalesce(points.c.code, rounds.c.venue)).where(touches)
    wanted = wanted.select_from(rounds.outerjoin(points, points.c.id == rounds.c.point_id))
    return [tuple(row) for row in await db.execute(wanted.order_by(rounds.c.id.desc()).limit(limit))]
