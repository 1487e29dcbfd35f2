"""Does what a conversation wishes for, in the transaction of the words that led to it, and says what came of it.

Knows people, rounds and the desk; no flow and no wording. What it tells of a person was allowed by the flow; that
somebody is who they say is decided here, in constant time, and tried only so often.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import Complaint, Desk, is_private, safe
from notifier.desk.values import SEALED_APPLICATION
from notifier.enquiries import tried
from notifier.inbox.effects import CITIZEN, Effect, Effects, Words
from notifier.inbox.identity import Identity, sender
from notifier.inbox.turns import Done, plain_place
from notifier.render import said
from notifier.rules import rounds as benefits
from notifier.rules.limits import Asked
from notifier.rules.people import fold_name, mask_nik
from notifier.rules.rounds import Entitlement
from notifier.rules.talks.values import (
    AnswerQuestion,
    Apply,
    CallOfficer,
    FindPeople,
    Hush,
    Link,
    ListRounds,
    OpenComplaint,
    SeeSchedule,
    SeeStatus,
    SeeTicket,
    SpeakLanguage,
    Turn,
    Wish,
    WrongPerson,
)
from notifier.rules.tickets import Category, find_numbers
from notifier.rules.words import Context, Intent, Lexicon, Meaning, meaning, shipped
from notifier.store import (
    applications,
    contacts,
    deliveries,
    ledger,
    people,
    rounds,
    talks,
    tickets,
)
from notifier.store.rounds import Round

DAY = timedelta(days=1)
OPTIONS = 4


class Wishes:
    """One method a wish."""

    def __init__(self, desk: Desk, effects: Effects, lexicon: Callable[[], Lexicon] = shipped) -> None:
        """`lexicon`: what words are read with now."""
        self._desk = desk
        self._lexicon = lexicon
        self._vault = desk.room.vault
        self._effects = effects
        self._identity = Identity(desk)
        self._table: Mapping[type, Callable[[AsyncConnection, Any, Words, datetime], Awaitable[Done]]] = {
            SeeSchedule: self._schedule,
            SeeStatus: self._status,
            SeeTicket: self._ticket,
            ListRounds: self._rounds,
            OpenComplaint: self._open,
            CallOfficer: self._officer,
            SpeakLanguage: self._speak,
            Hush: self._hush,
            WrongPerson: self._wrong,
            FindPeople: self._identity.find,
            Link: self._identity.link,
            Apply: self._apply,
            AnswerQuestion: self._answer,
        }

    async def grant(self, db: AsyncConnection, wish: Wish, words: Words, now: datetime) -> Done:
        """Do it. `words` are those that led to it; they need not be what it is about."""
        return await self._table[type(wish)](db, wish, words, now)

    # --- telling ---

    async def _schedule(self, db: AsyncConnection, wish: SeeSchedule, words: Words, now: datetime) -> Done:
        if wish.code:
            of = await rounds.get(db, int(wish.code.removeprefix("r")))
            return Done(_schedule_of(of)) if of is not None and of.state == "open" else Done(Turn(result="none"))
        if wish.person is not None:
            mine = [
                of for of, _ in await rounds.of_person(db, wish.person) if of.state == "open" and of.closes_at > now
            ]
            found = [(of.id, of.programme, of.period, said.local(of.opens_at, of.zone)) for of in mine[:OPTIONS]]
        else:
            areas = [wish.place] if wish.place[:2].isdigit() else await talks.places(db, plain_place(wish.place))
            if not areas:
                return Done(Turn(result="no_place"))
            coming = await talks.coming(db, areas, now, OPTIONS)
            found = [(of, name, period, said.local(at, zone)) for of, name, period, at, zone in coming]
        if not found:
            return Done(Turn(result="none"))
        if len(found) == 1:
            return await self._schedule(db, SeeSchedule(code=f"r{found[0][0]}"), words, now)
        return Done(Turn(result="several", options=_by_day(found, words.reporter.language)))

    async def _status(self, db: AsyncConnection, wish: SeeStatus, words: Words, now: datetime) -> Done:
        person = wish.person
        if person is None:
            index = self._vault.index(wish.nik, "nik")
            named = {"sender": sender(words), "subject": index.hex(), "all": ""}
            if await tried(db, self._vault, Asked.STATUS, named, now):
                return Done(Turn(result="limited"))
            found = await people.by_nik(db, index)
            same = hmac.compare_digest(fold_name(found.name if found else "").encode(), fold_name(wish.name).encode())
            if found is None or not same:
                return Done(Turn(result="mismatch"))
            person = found.id
        elif await tried(db, self._vault, Asked.OWN_STATUS, {"subject": str(person), "all": ""}, now):
            return Done(Turn(result="limited"))
        mine = [(of, entitled) for of, entitled in await rounds.of_person(db, person) if of.state == "open"]
        if not mine:
            return Done(Turn(result="none"))
        of, entitled = next(((of, one) for of, one in mine if of.closes_at > now), mine[-1])
        status = benefits.public_status(Entitlement(entitled.status)) if entitled else "Dalam Proses"
        return Done(Turn(result="found", told={"status": status, "programme": of.programme, "period": of.period}))

    async def _ticket(self, db: AsyncConnection, wish: SeeTicket, words: Words, now: datetime) -> Done:
        people_, addresses = words.reporter.keys(self._vault).reporters()
        if not wish.number:
            mine = await talks.open_tickets(db, people_, addresses, OPTIONS)
            if len(mine) > 1:
                named = tuple((number, f"{number}") for number, _ in mine)
                return Done(Turn(result="several", options=named))
            if not mine:
                return Done(Turn(result="none"))
            numbers: tuple[str, ...] = (mine[0][0],)
        else:
            numbers = find_numbers(wish.number) or find_numbers(f"ADU-{wish.number.removeprefix('ADU').lstrip('- ')}")
        found = await tickets.of_reporter(db, people_, addresses, numbers) if numbers else []
        if not found:
            return Done(Turn(result="unknown"))
        told = await self._desk.tell_status(db, found[0], words.reporter, words.at, now)
        return Done(Turn(result="told" if told else "just_told"), Effect("told", found[0]))

    async def _rounds(self, db: AsyncConnection, wish: ListRounds, words: Words, now: datetime) -> Done:
        mine = [of for of, _ in await rounds.of_person(db, wish.person) if of.opens_at <= now + 30 * DAY]
        latest = sorted(mine, key=lambda of: (of.opens_at, of.id), reverse=True)[: OPTIONS - 1]
        found = [(of.id, of.programme, of.period) for of in latest]
        return Done(Turn(result="found", options=_options(found)) if found else Turn(result="none"))

    # --- tickets ---

    async def _open(self, db: AsyncConnection, wish: OpenComplaint, words: Words, now: datetime) -> Done:
        text = safe(wish.text)
        found = meaning(text, Context.NONE, self._lexicon())
        of = await rounds.get(db, wish.round) if wish.round is not None else None
        complaint = Complaint(
            heard_id=wish.heard[0] if wish.heard else words.heard_id,  # an edit of the first words finds the ticket
            reporter=words.reporter,
            text=text,
            at=words.at,
            categories=tuple(dict.fromkeys((wish.category, *(one for one in found.categories if one != "other")))),
            urgent=found.urgent,
            confidential=wish.secret or found.wants_anonymity,
            round_id=of.id if of else None,
            round_region=of.region if of else "",
        )
        ticket = await self._desk.open(db, complaint, now)
        private = words.reporter.keys(self._vault).heard(private=True) if is_private(ticket.confidentiality) else None
        await talks.tie(db, wish.heard, ticket.id, private)
        return Done(Turn(result="opened"), Effect("opened", ticket))

    async def _officer(self, db: AsyncConnection, wish: CallOfficer, words: Words, now: datetime) -> Done:
        """Into an open question of the same sender, else a new ticket; whatever we last wrote was about."""
        asked = Meaning(
            Intent.QUESTION, True, ("information",), urgent=meaning(safe(wish.text), lexicon=self._lexicon()).urgent
        )
        said = replace(words, meaning=asked, text=safe(wish.text), answered=None, ticket=None)
        keys = words.reporter.keys(self._vault).reporters()
        newest = await tickets.reported_by(db, *keys)
        if newest is not None and newest.category == Category.INFORMATION:
            said = replace(said, ticket=newest)
        effect = await self._effects.file(db, said, now)
        if effect.name == "appended" and effect.ticket is not None:
            await self._desk.tell_added(db, effect.ticket, words.reporter, words.at, now, asked=True)
        return Done(Turn(result="opened"), effect)

    async def _wrong(self, db: AsyncConnection, wish: WrongPerson, words: Words, now: datetime) -> Done:
        kind, address = words.reporter.kind, words.reporter.address
        whose = await contacts.part(db, kind, address, wish.person)
        if not whose:
            return Done(Turn(result="none"))
        await self._desk.leave(db, kind, address, whose, now)
        for person in whose:
            await ledger.append(db, at=now, who=CITIZEN, act="contact_denied", about=f"person:{person}")
        region = next((one.region for one in [await people.get(db, whose[0])] if one), "")
        stranger = replace(words.reporter, person_id=None, contact_id=None, region=region)
        said = replace(
            words,
            reporter=stranger,
            meaning=Meaning(Intent.COMPLAINT, True, (Category.DATA_ERROR.value,)),
            text="Salah orang: pemilik nomor ini bukan penerima yang terdaftar. Periksa kontak penerima.",
            answered=None,
            ticket=None,
        )
        complaint = replace(await self._effects.complaint(db, said), round_region=region, quiet=True)
        return Done(Turn(result="opened"), Effect("opened", await self._desk.open(db, complaint, now)))

    async def _apply(self, db: AsyncConnection, wish: Apply, words: Words, now: datetime) -> Done:
        """A ticket that the desk refers to the village, and the application sealed beside it."""
        index, sender = self._vault.index(wish.nik, "nik"), words.reporter.keys(self._vault).heard()
        before = await applications.open_number(db, index, sender)
        if before is not None:
            return Done(Turn(result="again", told={"number": before}))
        text = f"Pendaftaran: {wish.name}\nNIK {mask_nik(wish.nik)}\n{wish.village}"
        complaint = Complaint(
            heard_id=words.heard_id,
            reporter=words.reporter,
            text=safe(text),
            at=words.at,
            categories=(Category.NOT_REGISTERED.value,),
        )
        ticket = await self._desk.open(db, complaint, now)
        sealed = self._vault.seal_json(
            {"name": wish.name, "nik": wish.nik, "village": wish.village}, SEALED_APPLICATION
        )
        await applications.add(db, ticket.id, index, sender, sealed, now)
        await talks.tie(db, wish.heard, ticket.id, None)
        await ledger.append(db, at=now, who=CITIZEN, act="applied", about=f"ticket:{ticket.id}")
        return Done(Turn(result="opened"), Effect("opened", ticket))

    # --- settings ---

    async def _speak(self, db: AsyncConnection, wish: SpeakLanguage, words: Words, now: datetime) -> Done:
        if words.reporter.person_id is not None:
            await people.change(db, [{"id": words.reporter.person_id, "language": wish.language}])
        return Done(Turn(result="done"), Effect("language"))

    async def _hush(self, db: AsyncConnection, wish: Hush, words: Words, now: datetime) -> Done:
        said = replace(words, meaning=Meaning(Intent.OPT_OUT, False), everything=wish.everything)
        return Done(Turn(result="done"), await self._effects.of(db, said, now))

    async def _answer(self, db: AsyncConnection, wish: AnswerQuestion, words: Words, now: datetime) -> Done:
        answered = await deliveries.get(db, wish.delivery)
        if answered is None:
            return Done(Turn(result="done"))
        intent = Intent.RECEIPT_YES if wish.yes else Intent.RECEIPT_NO
        found = Meaning(intent, not wish.yes, () if wish.yes else ("not_received",), why=("asked which one",))
        reporter = replace(words.reporter, person_id=answered.person_id, contact_id=answered.contact_id)
        said = replace(words, answered=answered, reporter=reporter, meaning=found, text="YA" if wish.yes else "TIDAK")
        effect = await self._effects.of(db, said, now)
        return Done(Turn(result="noted" if wish.yes else "done"), effect, said)


def _by_day(found: Sequence[tuple[int, str, str, datetime]], language: str) -> tuple[tuple[str, str], ...]:
    """Rounds to choose among; by their first day where several are called the same."""
    called = [(programme, period) for _, programme, period, _ in found]
    spoken = said.language(language)
    return tuple(
        (f"r{of}", f"{programme} {period if called.count((programme, period)) == 1 else said.day_month(at, spoken)}")
        for of, programme, period, at in found
    )


def _options(found: list[tuple[int, str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((f"r{number}", f"{programme} {period}") for number, programme, period in found)


def _schedule_of(of: Round) -> Turn:
    told = {
        "programme": of.programme,
        "period": of.period,
        "opens_at": of.opens_at.isoformat(),
        "closes_at": of.closes_at.isoformat(),
        "zone": of.zone,
        "venue": of.venue,
        "note": of.note,
    }
    return Turn(result="found", told=told)
