"""A ticket that staff open for somebody who calls, visits or writes a letter: who it is for, how they came, and that
they agreed to it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk.following import code_of
from notifier.desk.intake import open_ticket
from notifier.desk.plain import safe
from notifier.desk.values import PAGE, Complaint, Reporter, Room
from notifier.errors import Refused
from notifier.rules.people import Nik, read_nik, read_phone
from notifier.rules.roles import Right, Viewer, covers
from notifier.rules.tickets import Category
from notifier.rules.words import Context, meaning
from notifier.store import ledger, people, rounds
from notifier.store.rounds import Round
from notifier.store.tickets import Ticket

LONGEST = 3000  # characters of what was told


class Source(StrEnum):
    """How somebody came who wrote to none of our lines."""

    PHONE = "phone"
    VISIT = "visit"
    LETTER = "letter"
    OFFICER = "officer"  # told to a field officer


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told a member of staff."""

    source: str
    text: str
    category: str
    region: str = ""
    name: str = ""
    phone: str = ""  # "": they have none, and follow by number and code
    nik: str = ""  # looked up and never kept
    round_code: str = ""
    language: str = "id"
    consent: bool = False
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """The ticket, and the code that whoever has no phone follows it by."""

    ticket: Ticket
    code: str


async def open_for(room: Room, viewer: Viewer, told: Told, line: str, now: datetime) -> Opened:
    """Open it; `line` carries SMS, "" when none does. Refused, as a sentence naming the field, when something lacks."""
    viewer.needs(Right.ANSWER)
    text, phone = _checked(viewer, told, line)
    if told.nik.strip():  # whoever looks somebody up is known, also when there is nobody; for whom is not written
        async with room.database.write() as db:
            await ledger.append(db, at=now, who=viewer.who, act="person_sought", about="register")
    async with room.database.write() as db:
        person = None
        if told.nik.strip():
            nik = read_nik(told.nik)
            person = await people.by_nik(db, room.vault.index(nik.value, "nik")) if isinstance(nik, Nik) else None
            if person is None or not viewer.covers(person.region):
                said = "the register has nobody with this NIK in your region; check it, or leave it empty"
                raise Refused(said, field="nik")
        of = await _round(db, viewer, told.round_code.strip())
        region = person.region if person else told.region.strip() or viewer.region
        reporter = Reporter(
            kind="sms" if phone else PAGE,
            line=line if phone else PAGE,
            address=phone or f"{PAGE}:{room.chance.getrandbits(96):024x}",
            language=told.language,
            zone=person.zone if person else room.settings.zone,
            person_id=person.id if person else None,
            region=region,
            name="" if told.confidential else safe(told.name, 120),
        )
        found = meaning(text, Context.NONE)
        complaint = Complaint(
            None,
            reporter,
            text,
            now,
            categories=tuple(dict.fromkeys((told.category, *(c for c in found.categories if c != "other")))),
            urgent=found.urgent,
            confidential=told.confidential or found.wants_anonymity,
            round_id=of.id if of else None,
            round_region=of.region if of else "",
            channel=told.source,
            opened_by=viewer.who,
        )
        ticket = await open_ticket(room, db, complaint, now)
    return Opened(ticket, code_of(room.vault, ticket.number))


def _checked(viewer: Viewer, told: Told, line: str) -> tuple[str, str]:
    text = safe(told.text)[:LONGEST]
    if told.source not in set(Source):
        raise Refused(f"say how they came: {', '.join(Source)}", field="source")
    if not told.consent:
        said = "a complaint is opened for somebody only when they agreed to it; tick that they did"
        raise Refused(said, field="consent")
    if len(text) < 10:
        raise Refused("write down what they told, in their words: at least a sentence", field="text")
    if told.category not in set(Category):
        said = f'there is no category "{told.category}"; there are: {", ".join(Category)}'
        raise Refused(said, field="category")
    if told.region.strip() and not viewer.covers(told.region.strip()):
        said = f"the region {told.region.strip()[:13]} is not yours; leave it empty or name one of yours"
        raise Refused(said, field="region")
    if not told.phone.strip():
        return text, ""
    phone = read_phone(told.phone)
    if phone is None:
        said = f'"{told.phone.strip()[:20]}" is no phone number; write it like 0812 3456 7890 or leave it empty'
        raise Refused(said, field="phone")
    if not line:
        said = "no line of this service carries SMS; leave the phone empty, and give them number and code"
        raise Refused(said, field="phone")
    return text, phone


async def _round(db: AsyncConnection, viewer: Viewer, code: str) -> Round | None:
    """The round it is about, of the viewer's area or of one round it; None for none. Raises Refused."""
    of = await rounds.by_code(db, code) if code else None
    if code and (of is None or not (viewer.covers(of.region) or covers(of.region, viewer.region))):
        raise Refused(f'there is no round "{code[:48]}"; leave it empty if it is about none', field="round")
    return of
