"""Who speaks, and which of our words they answer: by button, by reply, by number, else the last thing we wrote them.

Believes nothing that can be made up or passed on: a delivery counts only for an address it went to, a ticket only for
whoever reported it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import Heard, HeardKind
from notifier.desk import Desk, Keys, Reporter, ref_key
from notifier.rules.deliveries import EVENTS
from notifier.rules.tickets import find_numbers
from notifier.rules.words import Context
from notifier.store import contacts, deliveries, heard, people, tickets
from notifier.store.deliveries import Answered
from notifier.store.heard import Said as Remembered
from notifier.store.tickets import Ticket

LANGUAGES = ("id", "en", "jv", "su")
SKEW = timedelta(seconds=5)  # a provider tells whole seconds, and its clock is not ours
OLDEST = timedelta(days=7)  # a provider's time older than this is not believed
MOST_NUMBERS = 5  # ticket numbers of one message that are looked up
# What a citizen may answer: everything we write to citizens but replies that ask for nothing.
MUTE = frozenset(
    {
        "information",
        "stop_confirmed",
        "start_confirmed",
        "help",
        "attachment_refused",
        "ticket_status",
        "talk",
        "genuine_checked",
    }
)
ANSWERABLE = tuple(name for name, event in EVENTS.items() if event.citizen and name not in MUTE)


@dataclass(frozen=True, slots=True)
class Arrived:
    """One fact of an arrival: where it lies, and when it reached us."""

    arrival_id: int
    place: int  # among the arrival's facts, from 0
    line: str
    kind: str  # channel
    at: datetime


@dataclass(frozen=True, slots=True)
class Origin:
    """Who speaks, and what our words were that they answer."""

    reporter: Reporter
    keys: Keys
    answered: Answered | None
    direct: bool  # by the provider's reply function or a button, not only by being the last thing we wrote
    ticket: Ticket | None
    elsewhere: Ticket | None = None  # named from an address that is not known for its reporter's: believed in nothing


class Origins:
    """Finds out where words come from."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._vault = desk.room.vault
        self._settings = desk.room.settings

    async def of(self, db: AsyncConnection, where: Arrived, said: Heard, text: str, at: datetime) -> Origin:
        """Everything about it; `text` is what is kept of the words, `at` when they were said."""
        keys = Keys(self._vault, where.kind, said.sender)
        answered, direct = await self.answered(db, where, said, at)
        reporter = await self._reporter(db, where, said, answered)
        keys = reporter.keys(self._vault)
        ticket, named = await self._ticket(db, where, said, text, keys, answered)
        elsewhere = await self._elsewhere(db, where, said, text, keys) if ticket is None else None
        return Origin(reporter, keys, answered, direct or named, ticket, elsewhere)

    async def answered(
        self, db: AsyncConnection, where: Arrived, said: Heard, at: datetime
    ) -> tuple[Answered | None, bool]:
        """Our delivery that is answered: by button, by the reply function, else the last one this address can answer.

        A delivery counts only for an address it went to: a ref or a number can be made up or passed on.
        """
        keys = Keys(self._vault, where.kind, said.sender)
        candidate: Answered | None = None
        if said.kind is HeardKind.BUTTON:
            number = said.button.partition(":")[2]
            candidate = await deliveries.get(db, int(number)) if number.isdecimal() and len(number) < 19 else None
        elif said.kind is HeardKind.EDIT and (first := await self.first_wording(db, where, said)) is not None:
            return await deliveries.get(db, first.answers_id) if first.answers_id else None, False
        elif said.thread:
            candidate = await deliveries.by_ref(db, where.line, said.thread)
        if candidate is not None and EVENTS[candidate.event].citizen:
            for key in keys.attempts():
                if await deliveries.went_to(db, candidate.id, key):
                    return candidate, True
        upto = min(at + SKEW, max(where.at, at))
        last = [await deliveries.last_to(db, key, upto, ANSWERABLE) for key in keys.attempts()]
        return max((one for one in last if one is not None), key=lambda one: (one.sent_at, one.id), default=None), False

    async def _reporter(self, db: AsyncConnection, where: Arrived, said: Heard, answered: Answered | None) -> Reporter:
        """Who speaks: the one person reached at this address; on a shared phone whoever was written to last."""
        here = await contacts.at(db, where.kind, said.sender)
        if len({contact.person_id for contact in here}) > 1:
            asked = await self._asked(db, answered)
            here = [contact for contact in here if contact.person_id == asked]
        person = await people.get(db, here[0].person_id) if here else None
        device = said.language[:2].lower()
        return Reporter(
            kind=where.kind,
            line=where.line,
            address=said.sender,
            language=person.language if person else device if device in LANGUAGES else self._settings.language,
            zone=person.zone if person else self._settings.zone,
            person_id=person.id if person else None,
            contact_id=here[0].id if here else None,
            region=person.region if person else "",
            thread=said.ref if where.kind != "sms" else "",
        )

    async def _asked(self, db: AsyncConnection, answered: Answered | None) -> int | None:
        if answered is None:
            return None
        if answered.ticket_id is not None:
            return await self._desk.reporting_person(db, answered.ticket_id)
        return answered.person_id

    async def _ticket(
        self,
        db: AsyncConnection,
        where: Arrived,
        said: Heard,
        text: str,
        keys: Keys,
        answered: Answered | None,
    ) -> tuple[Ticket | None, bool]:
        """(the ticket these words plainly belong to, whether they say so themselves). Only tickets of this sender."""
        persons, addresses = keys.reporters()
        numbers = find_numbers(text)[:MOST_NUMBERS]
        if numbers:
            mine = await tickets.of_reporter(db, persons, addresses, numbers)
            if mine:
                return min(mine, key=lambda ticket: numbers.index(ticket.number)), True
        if said.album:
            album = ref_key(self._vault, where.line, said.album)
            earlier = await heard.of_album(db, where.line, keys.heards(), album)
            if earlier is not None and earlier.ticket_id is not None:
                own = await tickets.reported_by(db, persons, addresses, ticket_id=earlier.ticket_id, open_only=False)
                if own is not None:
                    return own, True
        if said.thread:  # an answer to one's own complaint
            first = await heard.by_ref(db, where.line, ref_key(self._vault, where.line, said.thread), tuple(HeardKind))
            if first is not None and first.ticket_id is not None:
                own = await tickets.reported_by(db, persons, addresses, ticket_id=first.ticket_id, open_only=False)
                if own is not None:
                    return own, True
        if answered is not None and answered.ticket_id is not None:
            return await tickets.get(db, answered.ticket_id), False
        return None, False

    async def _elsewhere(
        self, db: AsyncConnection, where: Arrived, said: Heard, text: str, keys: Keys
    ) -> Ticket | None:
        """The ticket of somebody else that these words name, or that the rest of their album named."""
        numbers = find_numbers(text)[:MOST_NUMBERS]
        if numbers:
            found = {ticket.number: ticket for ticket in await tickets.of_numbers(db, numbers)}
            return next((found[number] for number in numbers if number in found), None)
        if said.album:
            album = ref_key(self._vault, where.line, said.album)
            earlier = await heard.of_album(db, where.line, keys.heards(), album)
            if earlier is not None and earlier.ticket_id is not None:
                return await tickets.get(db, earlier.ticket_id)
        return None

    async def first_wording(self, db: AsyncConnection, where: Arrived, said: Heard) -> Remembered | None:
        """The message that an edit changes; None when it never reached us."""
        kinds = tuple(kind.value for kind in HeardKind if kind is not HeardKind.EDIT)
        return await heard.by_ref(db, where.line, ref_key(self._vault, where.line, said.ref), kinds)


def when(said: Heard, arrived: datetime) -> datetime:
    """When it was said, as far as the provider can be believed."""
    if said.at is None or not arrived - OLDEST <= said.at <= arrived:
        return arrived
    return said.at


def context_of(answered: Answered | None) -> Context:
    """What our words were that are answered, for the reading of the answer; replies that ask for nothing are none."""
    return Context.NONE if answered is None or answered.event in MUTE else Context.read(answered.event)
