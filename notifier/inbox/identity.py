"""Who somebody is: whom an invitation or a number makes us think of, and the challenge that says it is them: in
constant time, and tried only so often. Of a number it is never told that nobody has it.
"""

import hmac
from datetime import datetime
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import Desk, Reporter
from notifier.enquiries import tried
from notifier.inbox.effects import CITIZEN, Effect, Words
from notifier.inbox.turns import Done, worded
from notifier.outbox import Notice
from notifier.rules.limits import Asked
from notifier.rules.people import read_phone
from notifier.rules.talks.values import FindPeople, Link, Say, Turn
from notifier.store import contacts, invitations, ledger, people

NOBODY = "0000" + "00"  # what an answer is held against when nobody is meant


class Identity:
    """Finds people and links addresses to them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._vault = desk.room.vault
        self._phrases = desk.room.phrases

    async def find(self, db: AsyncConnection, wish: FindPeople, words: Words, now: datetime) -> Done:
        """Whom an invitation or a number is meant for. Of a number it is never told that nobody is."""
        if wish.token:
            ticket_id = await invitations.ticket(db, _digest(wish.token), now)
            if ticket_id is not None and await invitations.use(db, _digest(wish.token), now):
                return await self._follow(db, ticket_id, words, now)
            person = await invitations.person(db, _digest(wish.token), now)
            if person is None:
                return Done(Turn(result="stale"))
            return Done(Turn(result="found", told={"candidates": [person]}))
        number = read_phone(wish.phone)
        here = await contacts.at(db, "sms", number) if number else []
        return Done(Turn(result="found", told={"candidates": sorted({one.person_id for one in here})}))

    async def _follow(self, db: AsyncConnection, ticket_id: int, words: Words, now: datetime) -> Done:
        """The report's own letter names it: what a talk says lies in clear, and must lead to no report."""
        ticket = await self._desk.answer_at(db, ticket_id, words.reporter, now)
        if ticket is None:
            return Done(Turn(result="stale"))
        await self._desk.tell_status(db, ticket, words.reporter, words.at, now)
        return Done(Turn(result="followed"), Effect("followed"))

    async def link(self, db: AsyncConnection, wish: Link, words: Words, now: datetime) -> Done:
        if await tried(db, self._vault, Asked.LINK, {"sender": sender(words), "all": ""}, now):
            return Done(Turn(result="limited"))
        given, matched = f"{wish.ending}{wish.year[2:]}", None
        for person in wish.people or (0,):
            if person and await tried(db, self._vault, Asked.LINK, {"subject": str(person)}, now):
                return Done(Turn(result="limited"))
            same = hmac.compare_digest(await self._secret(db, person), given)
            matched = person if same and person else matched
        if matched is None or (wish.token and not await invitations.use(db, _digest(wish.token), now)):
            return Done(Turn(result="mismatch"))
        kind, address = words.reporter.kind, words.reporter.address
        if wish.typed:
            await self._warn(db, matched, words, now)
        await people.add_contacts(db, [(matched, kind, address)], now)
        await contacts.prove(db, matched, kind, address)
        detail = {"channel": kind, "how": "invitation" if wish.token else "number"}
        await ledger.append(db, at=now, who=CITIZEN, act="contact_linked", about=f"person:{matched}", detail=detail)
        return Done(Turn(result="linked"), Effect("linked"))

    async def _warn(self, db: AsyncConnection, person: int, words: Words, now: datetime) -> None:
        """Whoever was reached before hears that another address was added: it need not be theirs."""
        known, found = await people.get(db, person), await self._desk.room.outbox.way(db, person)
        if known is None or found is None:
            return
        contact, line = found
        to = Reporter(contact.kind, line, contact.address, known.language, known.zone)
        told = worded(self._phrases, to, Say("link.added"))
        notice = Notice("talk", to.language, to.zone, told, person_id=person, contact_id=contact.id)
        await self._desk.room.outbox.queue(db, notice, now)

    async def _secret(self, db: AsyncConnection, person: int) -> str:
        """The last four digits of a person's NIK and the last two of their year of birth."""
        known = await people.identity(db, person) if person else None
        if known is None:
            return NOBODY
        sealed, born = known
        nik = self._vault.open(sealed, "people.nik").decode()
        return f"{nik[-4:]}{born.year % 100:02d}" if born else f"{nik[-4:]}{nik[10:12]}"


def sender(words: Words) -> str:
    """By what name tries of this address are counted."""
    return f"{words.reporter.kind}\0{words.reporter.address}"


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
