"""Rounds at the API, and who is entitled in them. A change leads to what a page or an import would lead to."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field

from notifier.errors import Refused
from notifier.registry import EDITABLE, Faulty
from notifier.registry.by_hand import Absent, Record, Unfit
from notifier.rules.keys import Scope
from notifier.rules.rounds import Entitlement, Method
from notifier.store.paging import Entitled
from notifier.store.rounds import Round
from notifier.web.api import mends
from notifier.web.api.endpoints import Answer, Call, Endpoint, numbered
from notifier.web.api.people import Programme
from notifier.web.api.shapes import (
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

MOST_RUPIAH = 10**12


class RoundShown(Shown):
    """One distribution."""

    code: str
    programme: str
    period: str
    region: str
    venue: str
    address: str
    opens_at: Moment
    closes_at: Moment
    zone: str = Field(description="IANA name")
    amount: int | None = Field(description="rupiah; null for goods")
    method: str
    note: str
    state: str = Field(description="open, cancelled")
    version: int
    updated_at: Moment


class Rounds(Page):
    """A page of rounds, in the order they were made."""

    data: list[RoundShown]


class RoundGiven(Given):
    """A round as a whole: what is left out is empty."""

    programme: Programme
    period: Annotated[str, line(60, 1)]
    region: Region
    venue: Annotated[str, line(120, 1)]
    opens_at: Moment
    closes_at: Moment
    method: Method
    address: Annotated[str, line(200)] = ""
    amount: int | None = Field(default=None, ge=0, le=MOST_RUPIAH, description="rupiah; null for goods")
    note: Annotated[str, line(300)] = ""
    state: Literal["open", "cancelled"] | None = Field(default=None, description="left out: as it is")


class RoundMove(Given):
    """Another time, and where it moves to if it does; what is left out stays."""

    opens_at: Moment
    closes_at: Moment
    venue: Annotated[str, line(120, 1)] | None = None
    address: Annotated[str, line(200)] | None = None
    note: Annotated[str, line(300)] | None = None


class ByCode(Given):
    """One round; a slash in its code is written %2F."""

    code: Code


class RoundsAsked(Paged):
    """Which rounds."""

    programme: Programme | None = None


class EntitlementShown(Shown):
    """One person in one round."""

    person: Id
    nik: str = Field(description="masked")
    name: str
    region: str
    status: str
    record: str = Field(description="what the payment record last said, whatever the citizen says")
    reason: str
    since: date | None = Field(description="day the record gives")
    updated_at: Moment


class Entitlements(Page):
    """A page of those entitled, by person."""

    data: list[EntitlementShown]


class EntitlementPut(Shown):
    """What came of a status."""

    changed: bool
    told: bool = Field(description="whether the person is sent a notice")
    entitlement: EntitlementShown


class StatusGiven(Given):
    """What the payment record says."""

    status: Entitlement
    on: date | None = Field(default=None, description="day it happened; left out: today")
    reason: Annotated[str, line(200)] = ""


class EntitlementsAsked(Paged):
    """Which of them."""

    status: Entitlement | None = None


class PersonIn(ByCode):
    """One person in one round."""

    person: Id


# field → column of a calendar
COLUMNS = {
    "programme": "PROGRAM",
    "period": "PERIODE",
    "region": "KODE_WILAYAH",
    "venue": "TEMPAT",
    "address": "ALAMAT",
    "opens_at": "MULAI",
    "closes_at": "SELESAI",
    "amount": "NOMINAL",
    "method": "METODE",
    "note": "CATATAN",
    "state": "STATUS",
}
_FIELDS = {column: field for field, column in COLUMNS.items()}
_STATES = {"open": "BUKA", "cancelled": "BATAL", None: ""}


def shown(of: Round) -> RoundShown:
    """A round as the API tells of one."""
    return RoundShown.model_validate({name: getattr(of, name) for name in RoundShown.model_fields})


def _answer(of: Round, *, new: bool = False) -> Answer:
    location = f"/rounds/{quote(of.code, safe='')}" if new else ""
    return Answer(shown(of), status=201 if new else 200, etag=numbered(of.version), location=location)


async def list_rounds(call: Call) -> Answer:
    """A page of rounds."""
    asked: RoundsAsked = call.query
    found = await call.house.by_hand.rounds(call.viewer, asked.programme or "", number(asked.after), asked.limit + 1)
    data, more = found[: asked.limit], len(found) > asked.limit
    return Answer(Rounds(data=[shown(of) for of in data], next=cursor(data[-1].id) if more else None))


async def get_round(call: Call) -> Answer:
    """One round."""
    return _answer(await _round(call))


async def put_round(call: Call) -> Answer:
    """A round is made, or changed as a whole."""
    given: RoundGiven = call.body
    cells = {column: str(getattr(given, field) or "") for field, column in COLUMNS.items()}
    cells |= {"KODE": call.path.code, "STATUS": _STATES[given.state], "METODE": given.method.value}
    cells |= {"MULAI": given.opens_at.isoformat(), "SELESAI": given.closes_at.isoformat()}
    try:
        of, new = await call.house.by_hand.put_round(call.viewer, cells, call.now, call.version())
    except Unfit as error:
        raise _unfit(dict(error.faults), call.tongue) from None
    return _answer(of, new=new)


async def move_round(call: Call) -> Answer:
    """A round takes place at another time."""
    given: RoundMove = call.body
    cells = {
        COLUMNS[name]: value for name in ("venue", "address", "note") if (value := getattr(given, name)) is not None
    }
    cells |= {"MULAI": given.opens_at.isoformat(), "SELESAI": given.closes_at.isoformat()}
    assert set(cells) <= set(EDITABLE)
    await _seen(call)
    try:
        rounds, version = call.house.rounds, call.version()
        return _answer(await rounds.change(call.viewer, call.path.code, cells, call.now, version=version))
    except Faulty as error:
        raise _unfit(error.faults, call.tongue) from None


async def cancel_round(call: Call) -> Answer:
    """A round is called off."""
    await _seen(call)
    return _answer(await call.house.rounds.cancel(call.viewer, call.path.code, call.now, version=call.version()))


async def list_entitlements(call: Call) -> Answer:
    """A page of those entitled in a round."""
    asked: EntitlementsAsked = call.query
    try:
        found = await call.house.by_hand.entitlements(
            call.viewer, call.path.code, asked.status or "", number(asked.after), asked.limit + 1
        )
    except Absent:
        raise Fault("not_found") from None
    data, more = found[: asked.limit], len(found) > asked.limit
    return Answer(Entitlements(data=list(map(_entitled, data)), next=cursor(data[-1].person_id) if more else None))


async def put_entitlement(call: Call) -> Answer:
    """What became of one person's benefit."""
    given: StatusGiven = call.body
    record = Record(given.status, given.on, given.reason)
    try:
        standing, changed, told = await call.house.by_hand.put_status(
            call.viewer, call.path.code, call.path.person, record, call.now
        )
    except Absent:
        raise Fault("not_found") from None
    except Unfit as error:
        raise _unfit(dict(error.faults), call.tongue) from None
    return Answer(EntitlementPut(changed=changed, told=told, entitlement=_entitled(standing)))


def _entitled(one: Entitled) -> EntitlementShown:
    values = {name: getattr(one, name) for name in EntitlementShown.model_fields if name not in ("person", "nik")}
    return EntitlementShown.model_validate({"person": one.person_id, "nik": one.nik_masked, **values})


async def _round(call: Call) -> Round:
    try:
        return await call.house.rounds.get(call.viewer, call.path.code)
    except Refused:
        raise Fault("not_found") from None


async def _seen(call: Call) -> None:
    """The round is there, and as whoever asks has seen it."""
    of, version = await _round(call), call.version()
    if version is not None and of.version != version:
        raise Fault("changed")


def _unfit(faults: Mapping[str, str], tongue: str) -> Fault:
    wrongs = [
        Wrong(pointer=f"#/{_FIELDS.get(column, column)}", detail=mends.said(said, tongue))
        for column, said in faults.items()
    ]
    return Fault("invalid", errors=wrongs)


_ROUND = {
    "programme": "BPNT",
    "period": "Desember 2026",
    "region": "31.75.07",
    "venue": "Kantor Pos Duren Sawit",
    "opens_at": "2026-12-07T08:00:00+07:00",
    "closes_at": "2026-12-11T15:00:00+07:00",
    "method": "KANTOR_POS",
    "amount": 200000,
}
_FOLLOWS = "Citizens hear of it by what follows: messages that still speak of the older version are taken back."

ENDPOINTS = (
    Endpoint("GET", "/rounds", list_rounds, Scope.ROUNDS_READ, "Rounds", Rounds, query=RoundsAsked),
    Endpoint(
        "GET", "/rounds/{code}", get_round, Scope.ROUNDS_READ, "One round", RoundShown, path_of=ByCode, versioned=True
    ),
    Endpoint(
        "PUT",
        "/rounds/{code}",
        put_round,
        Scope.ROUNDS_WRITE,
        "Make a round, or change it as a whole",
        RoundShown,
        also=(201,),
        path_of=ByCode,
        body=RoundGiven,
        problems=("refused",),
        versioned=True,
        conditional=True,
        more=f"As the import of a calendar does it. {_FOLLOWS}",
        example=_ROUND,
    ),
    Endpoint(
        "POST",
        "/rounds/{code}/move",
        move_round,
        Scope.ROUNDS_WRITE,
        "Move a round",
        RoundShown,
        path_of=ByCode,
        body=RoundMove,
        problems=("refused",),
        versioned=True,
        conditional=True,
        more=_FOLLOWS,
        example={"opens_at": "2026-12-08T08:00:00+07:00", "closes_at": "2026-12-12T15:00:00+07:00"},
    ),
    Endpoint(
        "POST",
        "/rounds/{code}/cancel",
        cancel_round,
        Scope.ROUNDS_WRITE,
        "Call a round off",
        RoundShown,
        path_of=ByCode,
        problems=("refused",),
        versioned=True,
        conditional=True,
        more=_FOLLOWS,
    ),
    Endpoint(
        "GET",
        "/rounds/{code}/entitlements",
        list_entitlements,
        Scope.ENTITLEMENTS_READ,
        "Who is entitled in a round, and how it stands",
        Entitlements,
        path_of=ByCode,
        query=EntitlementsAsked,
        more="They appear once the round's audience is drawn, or with their first status.",
    ),
    Endpoint(
        "PUT",
        "/rounds/{code}/entitlements/{person}",
        put_entitlement,
        Scope.ENTITLEMENTS_WRITE,
        "Say what became of one person's benefit",
        EntitlementPut,
        path_of=PersonIn,
        body=StatusGiven,
        problems=("refused",),
        more="As the import of a payment record does it: DISALURKAN, GAGAL and DITUNDA are told to the person. What "
        "the citizen said counts, an older day than the one on record does not, and a day to come is refused.",
        example={"status": "DISALURKAN", "on": "2026-12-07"},
    ),
)
