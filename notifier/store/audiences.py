"""SQL of an audience's rule: conditions on a person, added to the people a round's message is for; and its count.

Each condition asks about one person by an index, so that the walk through an audience goes by person as before.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.audiences import EVERYBODY, Rule
from notifier.rules.rounds import Enrolment, Entitlement
from notifier.store import broadcasts as rows
from notifier.store import silence
from notifier.store.broadcasts import within
from notifier.store.schema import Id, contacts, enrolments, entitlements, people, person_list_members, regions

COUNTED = 5_000  # people of a register that is counted
LOOKED_AT = 2_000  # people of a larger one that an estimate looks at
WINDOW = 10  # people looked at side by side: villages lie together in a register, so that there are many windows
ANSWERED = {"confirmed": silence.confirmed, "denied": silence.denied, "silent": silence.silent}


def narrowed(people_ids: Select[Any], rule: Rule, round_id: int) -> Select[Any]:
    """SQL: those of an audience whom the rule picks. It is selected from people; everybody is the audience itself."""
    return people_ids if rule == EVERYBODY else people_ids.where(*_conditions(rule, round_id))


def _conditions(rule: Rule, round_id: int) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if rule.regions:
        found.append(or_(*(within(people.c.region, code) for code in rule.regions)))
    if rule.languages:
        found.append(people.c.language.in_(rule.languages))
    if rule.listed:
        on = person_list_members.alias("listed")
        found.append(_some(on, on.c.list_id == rule.listed))
    if rule.programmes:
        also = enrolments.alias("also")
        approved = also.c.status == Enrolment.DITETAPKAN.value
        found.append(_some(also, also.c.programme.in_(rule.programmes), approved))
    if rule.statuses:
        mine = entitlements.alias("mine")
        of_round = mine.c.round_id == round_id
        has = _some(mine, of_round, mine.c.status.in_(rule.statuses))
        drawn = Entitlement.DIJADWALKAN.value in rule.statuses  # what everybody begins with once it is drawn
        found.append(or_(has, ~_some(mine, of_round)) if drawn else has)
    if rule.channels:
        ways = contacts.alias("ways")
        found.append(_some(ways, ways.c.kind.in_(rule.channels), ways.c.state == "ok", ways.c.stopped_at.is_(None)))
    if rule.answer:
        found.append(ANSWERED[rule.answer](rule.asked or round_id))
    return found


def _some(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """SQL, of a person: a row of theirs is so."""
    wanted: Select[Any] = select(literal(1)).select_from(table).where(table.c.person_id == people.c.id, *conditions)
    return wanted.correlate(people).exists()


# --- how many --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """How many people a rule picks."""

    people: int
    exact: bool  # otherwise reckoned from `looked_at` people spread over the register
    looked_at: int = 0


async def count(db: AsyncConnection, people_ids: Select[Any]) -> Count:
    """How many people an audience has: counted in a small register, and in a large one reckoned from windows of people
    that lie evenly in it, so that a page may ask at every change.
    """
    last = int((await db.execute(select(func.coalesce(func.max(people.c.id), 0)))).scalar_one())
    if last <= COUNTED:
        return Count(await rows.size(db, people_ids), exact=True)
    # Odd, so that what comes every second or fourth person is not always met, or never.
    step = (last * WINDOW // LOOKED_AT) | 1
    seen, windows = (await db.execute(_sampled(people_ids), {"step": step, "last": last})).one()
    looked_at = windows * WINDOW
    return Count(rounded(int(seen or 0) * last // looked_at), exact=False, looked_at=looked_at)


def rounded(n: int) -> int:
    """A number with its first two digits: an estimate does not know more."""
    digits = max(len(str(n)) - 2, 0)
    return int(round(n, -digits))


@lru_cache(64)
def _sampled(people_ids: Select[Any]) -> Select[Any, int]:
    # A sum of counts, one a window: a join would leave it to the database which of the two it walks.
    step, last = bindparam("step", type_=Id), bindparam("last", type_=Id)
    window = select(literal(0, Id).label("after")).cte("window", recursive=True)
    window = window.union_all(select(window.c.after + step).where(window.c.after + step < last))
    who = people_ids.selected_columns.id
    some = people_ids.where(who > window.c.after, who <= window.c.after + WINDOW)
    inside = some.with_only_columns(func.count()).correlate(window).scalar_subquery()
    return select(func.sum(inside), func.count()).select_from(window)


# --- the tree of regions ---------------------------------------------------------------------------------------------

LENGTHS = (2, 5, 8, 13)  # of codes: province, regency, district, village


async def below(db: AsyncConnection, code: str, limit: int = 400) -> list[tuple[str, str]]:
    """The regions directly inside one, (code, name) by code; "" has the provinces."""
    deeper = [length for length in LENGTHS if length > len(code)]
    if not deeper:
        return []
    found = await db.execute(
        select(regions.c.code, regions.c.name)
        .where(within(regions.c.code, code), func.length(regions.c.code) == deeper[0])
        .order_by(regions.c.code)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in found]


async def called(db: AsyncConnection, codes: tuple[str, ...]) -> dict[str, str]:
    """What these regions are called, as far as the register has named them."""
    found = await db.execute(select(regions.c.code, regions.c.name).where(regions.c.code.in_(codes)))
    return {row[0]: row[1] for row in found}
