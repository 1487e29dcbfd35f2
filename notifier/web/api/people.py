"""People of the register at the API, and their contacts. A NIK comes in a body and leaves masked."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from notifier.registry.by_hand import Absent, Unfit
from notifier.rules.keys import Scope
from notifier.rules.people import PROGRAMMES, masked_address
from notifier.rules.rounds import Enrolment
from notifier.store.registers import Person
from notifier.web.api import mends
from notifier.web.api.endpoints import Answer, Call, Endpoint, hashed
from notifier.web.api.shapes import (
    ById,
    Fault,
    Given,
    Id,
    Language,
    Moment,
    Page,
    Paged,
    Region,
    Shown,
    Village,
    Wrong,
    cursor,
    line,
    number,
    place,
    strange_cursor,
    wrong_field,
)

Programme = Literal["PKH", "BPNT", "BST", "BLT", "LANSIA", "DISABILITAS"]
Channel = Literal["telegram", "sms", "email"]
assert set(Programme.__args__) == set(PROGRAMMES)  # type: ignore[attr-defined]


class EnrolmentShown(Shown):
    """One person in one programme."""

    programme: str
    status: str


class ContactShown(Shown):
    """One address of a person, masked."""

    id: Id
    kind: str = Field(description="channel: telegram, sms, email")
    line: str = Field(description="line of ours it belongs to; empty: the channel's first")
    address: str = Field(description="masked", examples=["+628***789"])
    state: str = Field(description="ok; old: another one took its place; dead; wrong: somebody else's")
    stopped: bool = Field(description="STOP was said there: no broadcasts")


class PersonShown(Shown):
    """One registered citizen."""

    id: Id
    nik: str = Field(description="masked", examples=["317507******3689"])
    name: str
    sex: str = Field(description="L, P or empty")
    born: date | None
    address: str
    rt: str
    rw: str
    region: str
    zone: str = Field(description="IANA name")
    language: str
    prefers: str = Field(description="channel that is tried first; empty for none")
    flags: list[str] = Field(description="what a person has to verify")
    silenced: bool = Field(description="STOP SEMUA: no broadcasts at all")
    programmes: list[EnrolmentShown]
    contacts: list[ContactShown]
    updated_at: Moment


class People(Page):
    """A page of people, by region and id."""

    data: list[PersonShown]


class Contacts(Page):
    """A page of a person's contacts, oldest first."""

    data: list[ContactShown]


class Finding(Shown):
    """Something about a field that was put right or left out."""

    field: str
    reason: str
    detail: str = Field(description="how to mend it at the source, for a clerk")


class PersonPut(Shown):
    """What came of a person."""

    became: Literal["created", "changed", "unchanged"]
    person: PersonShown
    findings: list[Finding]


class EnrolmentGiven(Given):
    """One programme; without a status the present one stays."""

    programme: Programme
    status: Enrolment | None = None


class PersonGiven(Given):
    """A person as a register brings one. What is left out stays as it is."""

    nik: str = Field(max_length=40, pattern=r"^[0-9 .\-]*$", description="16 digits", examples=["3175070101800001"])
    name: Annotated[str, line(120, 1)]
    region: Village
    kk: str = Field(default="", max_length=40, pattern=r"^[0-9 .\-]*$", description="family card, 16 digits")
    sex: Literal["L", "P", ""] = ""
    born: date | None = None
    address: Annotated[str, line(200)] = ""
    rt: Annotated[str, line(4)] = ""
    rw: Annotated[str, line(4)] = ""
    language: Language | None = None
    prefers: Channel | None = None
    phones: list[Annotated[str, line(40, 1)]] = Field(default=[], max_length=5)
    emails: list[Annotated[str, line(254, 1)]] = Field(default=[], max_length=5)
    telegram: str = Field(default="", max_length=16, pattern=r"^[0-9]*$", description="chat id of the person")
    programmes: list[EnrolmentGiven] = Field(default=[], max_length=6)


class ContactGiven(Given):
    """One more address."""

    kind: Channel
    address: Annotated[str, line(254, 1)]


class NikGiven(Given):
    """Whom to look for; a NIK never stands in an address."""

    nik: str = Field(max_length=40, pattern=r"^[0-9 .\-]*$", examples=["3175070101800001"])


class PeopleAsked(Paged):
    """Which people."""

    region: Region | None = Field(default=None, description="area by the beginning of its code")


class ContactOf(ById):
    """One contact of one person."""

    contact: Id


# field → column of a register; findings come back by column
COLUMNS = {
    "nik": "NIK",
    "kk": "NO_KK",
    "name": "NAMA",
    "sex": "JENIS_KELAMIN",
    "born": "TANGGAL_LAHIR",
    "address": "ALAMAT",
    "rt": "RT",
    "rw": "RW",
    "region": "KODE_WILAYAH",
    "phones": "NO_HP",
    "telegram": "TELEGRAM_CHAT_ID",
    "emails": "EMAIL",
    "language": "BAHASA",
    "prefers": "SALURAN",
    "programmes": "PROGRAM",
}
_FIELDS = {column: field for field, column in COLUMNS.items()} | {"STATUS": "programmes"}


def shown(person: Person) -> PersonShown:
    """A person as the API tells of one."""
    return PersonShown(
        id=person.id,
        nik=person.nik_masked,
        **{
            name: getattr(person, name)
            for name in ("name", "sex", "born", "address", "rt", "rw", "region", "zone", "language", "prefers")
        },
        flags=list(person.flags),
        silenced=person.silenced,
        programmes=[EnrolmentShown(programme=name, status=status) for name, status in person.programmes],
        contacts=[
            ContactShown(
                id=one.id,
                kind=one.kind,
                line=one.line,
                address=masked_address(one.address),
                state=one.state,
                stopped=one.stopped,
            )
            for one in person.contacts
        ],
        updated_at=person.updated_at,
    )


async def list_people(call: Call) -> Answer:
    """A page of the register."""
    asked: PeopleAsked = call.query
    region, found_at, person_id = place(asked.after).partition("~")
    if asked.after and not (re.fullmatch(r"[0-9.]{2,13}", region) and re.fullmatch(r"[0-9]{1,18}", person_id)):
        raise strange_cursor()
    after = (region, int(person_id)) if found_at else None
    found = await call.house.by_hand.everybody(call.viewer, asked.region or "", after, asked.limit + 1)
    data, more = [shown(person) for person in found[: asked.limit]], len(found) > asked.limit
    return Answer(People(data=data, next=cursor(f"{data[-1].region}~{data[-1].id}") if more else None))


async def get_person(call: Call) -> Answer:
    """One person."""
    person = await _person(call)
    return Answer(shown(person), etag=hashed(shown(person)))


async def find_person(call: Call) -> Answer:
    """The person with a NIK; the look is recorded."""
    person = await call.house.by_hand.find(call.viewer, call.body.nik, call.now)
    if person is None:
        raise Fault("not_found")
    return Answer(shown(person), etag=hashed(shown(person)))


async def put_person(call: Call) -> Answer:
    """A person comes in, or is brought up to date."""
    given: PersonGiven = call.body

    def unchanged(person: Person | None) -> bool:
        return not call.match or (person is not None and call.match == hashed(shown(person)))

    try:
        put = await call.house.by_hand.put(call.viewer, _cells(given), call.now, unchanged)
    except Unfit as error:
        wrongs = [
            Wrong(pointer=f"#/{_FIELDS.get(column, column)}", detail=mends.said(said, call.tongue))
            for column, said in error.faults
        ]
        raise Fault("invalid", errors=wrongs) from None
    person = shown(put.person)
    findings = [
        Finding(field=_FIELDS.get(one.column, ""), reason=one.reason, detail=mends.said(one.detail, call.tongue))
        for one in put.findings
    ]
    body = PersonPut(became=put.became, person=person, findings=findings)
    created = put.became == "created"
    location = f"/people/{person.id}" if created else ""
    return Answer(body, status=201 if created else 200, etag=hashed(person), location=location)


def _cells(given: PersonGiven) -> dict[str, str]:
    """A person as a row of a register."""
    cells = {column: value for field, column in COLUMNS.items() if isinstance(value := getattr(given, field), str)}
    cells["TANGGAL_LAHIR"] = given.born.isoformat() if given.born else ""
    cells["NO_HP"], cells["EMAIL"] = "; ".join(given.phones), "; ".join(given.emails)
    statuses = [one.status.value for one in given.programmes if one.status is not None]
    if len(statuses) not in (0, len(given.programmes)):
        raise wrong_field("programmes", "give each of them a status, or none")
    cells["PROGRAM"] = "; ".join(one.programme for one in given.programmes)
    cells["STATUS"] = "; ".join(statuses)
    return cells


async def list_contacts(call: Call) -> Answer:
    """How a person is reached."""
    asked: Paged = call.query
    above = number(asked.after)
    found = sorted((one for one in shown(await _person(call)).contacts if one.id > above), key=lambda one: one.id)
    data, more = found[: asked.limit], len(found) > asked.limit
    return Answer(Contacts(data=data, next=cursor(data[-1].id) if more else None))


async def add_contact(call: Call) -> Answer:
    """One more address; one that was set aside is used again."""
    given: ContactGiven = call.body
    await _person(call)
    try:
        contact_id, new = await call.house.by_hand.add_contact(
            call.viewer, call.path.id, given.kind, given.address, call.now
        )
    except Unfit as error:
        [(_, said)] = error.faults
        raise wrong_field("address", mends.said(said, call.tongue)) from None
    person = shown(await _person(call))
    contact = next(one for one in person.contacts if one.id == contact_id)
    return Answer(contact, status=201 if new else 200, location=f"/people/{person.id}/contacts" if new else "")


async def remove_contact(call: Call) -> Answer:
    """An address is set aside; what was sent to it stays on record."""
    person = await _person(call)
    if call.path.contact not in {one.id for one in person.contacts}:
        raise Fault("not_found")
    await call.house.by_hand.set_aside(call.viewer, person.id, call.path.contact, call.now)
    return Answer()


async def _person(call: Call) -> Person:
    try:
        return await call.house.by_hand.person(call.viewer, call.path.id)
    except Absent:
        raise Fault("not_found") from None


_ROW = {
    "nik": "3175070101800001",
    "name": "Siti Aminah",
    "region": "31.75.07.1003",
    "phones": ["0812-3456-7890"],
    "programmes": [{"programme": "BPNT", "status": "DITETAPKAN"}],
}

ENDPOINTS = (
    Endpoint("GET", "/people", list_people, Scope.PEOPLE_READ, "People of the register", People, query=PeopleAsked),
    Endpoint(
        "PUT",
        "/people",
        put_person,
        Scope.PEOPLE_WRITE,
        "Bring in a person, or bring one up to date",
        PersonPut,
        also=(201,),
        body=PersonGiven,
        problems=("refused",),
        versioned=True,
        conditional=True,
        more="As the import of a register does it: who it is tells the NIK; what is left out stays; a new address sets "
        "older ones of its channel aside. The same NIK with another name is refused and waits for a clerk's decision.",
        example=_ROW,
    ),
    Endpoint(
        "POST",
        "/people/find",
        find_person,
        Scope.PEOPLE_READ,
        "The person with a NIK",
        PersonShown,
        body=NikGiven,
        problems=("not_found",),
        versioned=True,
        more="Each look is recorded.",
        example={"nik": "3175070101800001"},
    ),
    Endpoint(
        "GET",
        "/people/{id}",
        get_person,
        Scope.PEOPLE_READ,
        "One person",
        PersonShown,
        path_of=ById,
        versioned=True,
    ),
    Endpoint(
        "GET",
        "/people/{id}/contacts",
        list_contacts,
        Scope.PEOPLE_READ,
        "Contacts of a person",
        Contacts,
        path_of=ById,
        query=Paged,
    ),
    Endpoint(
        "POST",
        "/people/{id}/contacts",
        add_contact,
        Scope.PEOPLE_WRITE,
        "Add a contact",
        ContactShown,
        status=201,
        also=(200,),
        path_of=ById,
        body=ContactGiven,
        problems=("refused",),
        more="200 when the person has it already.",
        example={"kind": "sms", "address": "0812-3456-7890"},
    ),
    Endpoint(
        "DELETE",
        "/people/{id}/contacts/{contact}",
        remove_contact,
        Scope.PEOPLE_WRITE,
        "Set a contact aside",
        None,
        status=204,
        path_of=ContactOf,
        more="Its history stays; adding it again brings it back.",
    ),
)
