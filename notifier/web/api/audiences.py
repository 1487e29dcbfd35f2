"""Whom a broadcast is for, at the API: the rule that a plan is narrowed by, and lists of people to name in one."""

import csv
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from notifier.broadcasts.choosing import LANGUAGES, MOST_REGIONS
from notifier.errors import Refused
from notifier.rules.audiences import ANSWERS, EVERYBODY, Rule
from notifier.rules.keys import Scope
from notifier.rules.rounds import Entitlement
from notifier.store import person_lists, rounds
from notifier.store.person_lists import PersonList
from notifier.web.api.endpoints import Answer, Call, Endpoint
from notifier.web.api.people import Channel, Programme
from notifier.web.api.shapes import (
    ById,
    Code,
    Fault,
    Given,
    Id,
    Moment,
    Page,
    Paged,
    Region,
    Shown,
    Wrong,
    cursor,
    line,
    number,
)

Tongue = Literal["id", "jv", "su", "en", "mad"]
Answered = Literal["confirmed", "denied", "silent"]
assert Tongue.__args__ == LANGUAGES  # type: ignore[attr-defined]
assert Answered.__args__ == ANSWERS  # type: ignore[attr-defined]
MOST = 10_000  # people of a list that comes in a body
STRAYS = 100  # rows that named nobody, as they are told


class RuleGiven(Given):
    """Which of a round's people: all that is said holds for them, of each list one entry. Left out: all of them."""

    regions: list[Region] = Field(default=[], max_length=MOST_REGIONS, description="inside the round's area")
    programmes: list[Programme] = Field(default=[], max_length=6, description="approved in one of these too")
    statuses: list[Entitlement] = Field(default=[], max_length=9, description="of their benefit in the round")
    languages: list[Tongue] = Field(default=[], max_length=5)
    channels: list[Channel] = Field(default=[], max_length=3, description="a working contact on one of these")
    answer: Answered | None = Field(default=None, description="to the question whether a round was received")
    asked: Code | None = Field(default=None, description="the round whose question that answers; left out: this one")
    listed: Id | None = Field(default=None, description="on a list: POST /lists")


class RuleShown(Shown):
    """Which of its round's people a broadcast is for; what is empty holds for everybody."""

    regions: list[str]
    programmes: list[str]
    statuses: list[str]
    languages: list[str]
    channels: list[str]
    answer: str | None
    asked: str | None = Field(description="code of a round")
    listed: Id | None


class ListGiven(Given):
    """People, by NIK."""

    name: Annotated[str, line(120, 1)]
    niks: list[Annotated[str, Field(max_length=40, pattern=r"^[0-9 .\-]*$", examples=["3175070101800001"])]] = Field(
        min_length=1, max_length=MOST, description="a body holds 256 KiB, which is about 10,000 of them"
    )


class ListShown(Shown):
    """A list of people for a broadcast."""

    id: Id
    name: str
    rows: int
    people: int
    strays: int = Field(description="rows that named nobody of the key's area")
    at: Moment


class Lists(Page):
    """A page of lists, newest first."""

    data: list[ListShown]


class StrayShown(Shown):
    """A row that named nobody."""

    row: int = Field(description="its place among those that were sent, from 1")
    nik: str = Field(description="masked")
    reason: str


class ListBrought(Shown):
    """What came of a list."""

    brought: ListShown
    strays: list[StrayShown] = Field(description=f"the first {STRAYS}")


async def rule_of(call: Call, given: RuleGiven | None) -> Rule:
    """The rule that was sent. Raises Fault for a round that the key can't see."""
    if given is None:
        return EVERYBODY
    asked = 0
    if given.asked is not None:
        try:
            asked = (await call.house.rounds.get(call.viewer, given.asked)).id
        except Refused:
            said = "there is no such round in the key's area"
            raise Fault("invalid", errors=[Wrong(pointer="#/rule/asked", detail=said)]) from None
    return Rule(
        regions=tuple(given.regions),
        programmes=tuple(given.programmes),
        statuses=tuple(one.value for one in given.statuses),
        languages=tuple(given.languages),
        channels=tuple(given.channels),
        answer=given.answer or "",
        asked=asked,
        listed=given.listed or 0,
    )


async def codes(call: Call, kept: Collection[Mapping[str, Any] | None]) -> Mapping[int, str]:
    """The codes of the rounds that kept rules ask about, in one look."""
    asked = {Rule.of(one).asked for one in kept} - {0}
    if not asked:
        return {}
    async with call.house.database.read() as db:
        return await rounds.codes(db, asked)


def told(kept: Mapping[str, Any] | None, known: Mapping[int, str]) -> RuleShown | None:
    """A rule as the API tells of one; None is everybody."""
    rule = Rule.of(kept)
    if rule == EVERYBODY:
        return None
    return RuleShown(
        regions=list(rule.regions),
        programmes=list(rule.programmes),
        statuses=list(rule.statuses),
        languages=list(rule.languages),
        channels=list(rule.channels),
        answer=rule.answer or None,
        asked=known.get(rule.asked),
        listed=rule.listed or None,
    )


# --- lists -----------------------------------------------------------------------------------------------------------


async def list_lists(call: Call) -> Answer:
    """A page of lists."""
    asked: Paged = call.query
    async with call.house.database.read() as db:
        found = await person_lists.page(db, call.viewer.region, asked.limit + 1, number(asked.after))
    data, more = [_shown(one) for one in found[: asked.limit]], len(found) > asked.limit
    return Answer(Lists(data=data, next=cursor(data[-1].id) if more else None))


async def get_list(call: Call) -> Answer:
    """One list."""
    async with call.house.database.read() as db:
        found = await person_lists.get(db, call.path.id)
    if found is None or not call.viewer.covers(found.region):
        raise Fault("not_found")
    return Answer(_shown(found))


async def add_list(call: Call) -> Answer:
    """A list comes in; who is on it is decided now."""
    given: ListGiven = call.body
    with tempfile.TemporaryDirectory(prefix="notifier-list-") as folder:
        path = Path(folder) / "list.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("NIK", "KODE"), *((nik, "") for nik in given.niks)])
        brought = await call.house.lists.bring(call.viewer, path, given.name, call.now)
    async with call.house.database.read() as db:
        lost = await person_lists.strays(db, brought.id, limit=STRAYS)
    strays = [StrayShown(row=one.line - 1, nik=one.shown, reason=one.reason) for one in lost]
    return Answer(ListBrought(brought=_shown(brought), strays=strays), location=f"/lists/{brought.id}")


def _shown(of: PersonList) -> ListShown:
    return ListShown.model_validate({name: getattr(of, name) for name in ListShown.model_fields})


_SCOPE = Scope.BROADCASTS_PLAN

ENDPOINTS = (
    Endpoint("GET", "/lists", list_lists, _SCOPE, "Lists of people for a broadcast", Lists, query=Paged),
    Endpoint("GET", "/lists/{id}", get_list, _SCOPE, "One list", ListShown, path_of=ById),
    Endpoint(
        "POST",
        "/lists",
        add_list,
        _SCOPE,
        "Bring in a list of people for a broadcast",
        ListBrought,
        status=201,
        body=ListGiven,
        problems=("refused",),
        more="A plan names it as `listed` of its rule. Who is not in the register of the key's area is left out, "
        "and told by row. Longer lists come in on the planner's page.",
        example={"name": "Desa terdampak banjir", "niks": ["3175070101800001"]},
    ),
)
