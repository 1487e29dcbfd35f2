"""What a citizen's words lead to: one table from intent to effect. Everything happens in the caller's transaction.

Knows tickets, entitlements and replies; does not know bodies, hooks or how words are read.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import Complaint, Desk, Reporter, is_private
from notifier.inbox.genuine import Checks, Doubt, doubt
from notifier.inbox.replies import Replies
from notifier.rules import rounds as benefits
from notifier.rules.after import Verdict, verdict
from notifier.rules.rounds import Entitlement
from notifier.rules.words import Intent, Meaning, Topic, kind_of
from notifier.store import answers, contacts, heard, ledger, rounds, tickets
from notifier.store.deliveries import Answered
from notifier.store.rounds import Round
from notifier.store.tickets import Ticket

CITIZEN = "citizen"
HELP_AGAIN = timedelta(hours=1)  # how often somebody we do not understand is told what we can do
STOPPED_AGAIN = timedelta(hours=1)  # after this a STOP that stands already is confirmed once more
TOLD_AGAIN = timedelta(minutes=10)  # how often one address is told that its words were added to somebody's ticket
ADDED = "added"
NOT_SETTLED = "BELUM beres"  # what stands in the conversation for the figure that says so
# What is kept with a ticket of somebody else when it names its number.
SPEAKS = frozenset(
    {
        Intent.COMPLAINT,
        Intent.TICKET_FOLLOWUP,
        Intent.QUESTION,
        Intent.STATUS_CHECK,
        Intent.REGISTER,
        Intent.CHANGE_CONTACT,
        Intent.VERIFY_AUTHENTICITY,
        Intent.UNCLEAR,
    }
)
BARE = 24  # characters of a "no" that says nothing else, such as "Tidak, belum terima pak"
BREATH = timedelta(minutes=10)  # what is said so soon after a complaint goes on with it
# Topics that a round's own facts answer, and the fact that must be there for it.
FACTS: Mapping[Topic, Callable[[Round], bool]] = {
    Topic.SCHEDULE: lambda of: True,
    Topic.PLACE: lambda of: bool(of.venue),
    Topic.DOCUMENTS: lambda of: bool(of.note),
    Topic.AMOUNT: lambda of: of.amount is not None,
}


@dataclass(frozen=True, slots=True)
class Words:
    """Something said, with everything that is known about it."""

    heard_id: int
    arrival_id: int
    reporter: Reporter
    text: str  # cleaned and masked
    at: datetime
    ref: str  # keyed
    meaning: Meaning
    answered: Answered | None = None  # our delivery that this answers
    ticket: Ticket | None = None  # of this sender, that the words plainly belong to: replied to, named, same album
    elsewhere: Ticket | None = None  # named by them, and not known for this sender's
    evidence: bool = False  # carries a file or a place
    wordless: bool = False  # nothing but that
    everything: bool = False  # STOP SEMUA
    body: str = ""  # `text` without the subject of a mail
    aside: Meaning | None = None  # the question that they are by themselves, if word of a ticket had not come before


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of it."""

    name: str  # opened, appended, received, stopped, informed, none …
    ticket: Ticket | None = None
    say: str = ""  # words for whoever pressed a button
    hide: bool = False  # the words are kept nowhere but in the sealed arrival


NOTHING = Effect("none")
OVERTAKEN = Effect("overtaken")  # tried again after the citizen had said the opposite
Handler = Callable[[AsyncConnection, Words, datetime], Awaitable[Effect]]


class Effects:
    """Carries words to what they ask for."""

    def __init__(self, desk: Desk, replies: Replies, append_within: timedelta) -> None:
        self._desk = desk
        self._replies = replies
        self._checks = Checks(replies, desk.room.vault)
        self._append_within = append_within
        self._table: Mapping[Intent, Handler] = {
            Intent.RECEIPT_YES: self._received,
            Intent.RECEIPT_NO: self._not_received,
            Intent.ACKNOWLEDGE: self._agreed,
            Intent.COMPLAINT: self._complained,
            Intent.TICKET_FOLLOWUP: self._complained,
            Intent.QUESTION: self._asked,
            Intent.STATUS_CHECK: self._asked_status,
            Intent.REGISTER: self._handed_on,
            Intent.CHANGE_CONTACT: self._handed_on,
            Intent.VERIFY_AUTHENTICITY: self._suspected,
            Intent.OPT_OUT: self._stopped,
            Intent.OPT_IN: self._started,
            Intent.AUTO_REPLY: self._kept,
            Intent.SPAM: self._kept,
            Intent.UNCLEAR: self._unclear,
        }

    async def of(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """Do what the words ask for, and say where they went when nothing else is said."""
        effect = await self._done(db, words, now)
        stands = words.meaning.progress and not words.evidence  # was told how the ticket stands
        if effect.name == "appended" and effect.ticket is not None and not stands:
            await self._desk.tell_added(db, effect.ticket, words.reporter, words.at, now)
        return effect

    async def _done(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """Evidence without a word to it always reaches a ticket."""
        judged = verdict(words.text, words.answered.event) if words.answered and words.ticket else None
        if judged is not None and words.ticket is not None:
            return await self._judged(db, words, words.ticket, judged, now)
        kind = kind_of(words.text)
        if kind is not None and words.ticket is None and not (words.meaning.urgent or _grieves(words.meaning)):
            return Effect("opened", await self._desk.open(db, await self._kindly(db, words, kind), now))
        bare = words.wordless and words.evidence
        if words.elsewhere is not None and (bare or words.meaning.intent in SPEAKS):
            found = await self._from_elsewhere(db, words, words.elsewhere, now)
            if found is not None:
                return found
        if (asked := _doubt(words)) is not None:
            return await self._doubted(db, words, asked, now)
        effect = await self._table[words.meaning.intent](db, words, now)
        if bare and effect.ticket is None:
            return await self.file(db, words, now)
        return effect

    async def _kindly(self, db: AsyncConnection, words: Words, kind: str) -> Complaint:
        """A suggestion or praise, as the desk takes it."""
        return replace(await self.complaint(db, words), categories=(kind,))

    async def _overtaken(self, db: AsyncConnection, words: Words, by: Intent, of: int | None = None) -> bool:
        """Whether the sender has said the opposite since: after a failure words may be understood late."""
        senders = words.reporter.keys(self._desk.room.vault).heards()
        return await heard.since(db, senders, words.arrival_id, intents=(by.value,), round_id=of)

    # --- tickets ---

    async def file(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """Into the ticket these words belong to, else a new one."""
        found = await self._home(db, words, now)
        complaint = await self.complaint(db, words)
        if found is not None:
            return Effect("appended", await self._desk.append(db, found.id, complaint, now))
        return Effect("opened", await self._desk.open(db, complaint, now))

    async def _home(self, db: AsyncConnection, words: Words, now: datetime) -> Ticket | None:
        """The ticket the words belong to: replied to or named; else an open one of this person and round; else, when
        they speak of a ticket or are nothing but evidence, the newest open one of the sender."""
        if words.ticket is not None and self._still_reaches(words.ticket, now):
            return words.ticket
        people, addresses = words.reporter.keys(self._desk.room.vault).reporters()
        of = words.answered.round_id if words.answered else None
        if of is not None and people:
            same = await tickets.reported_by(db, people, (), round_id=of, any_round=False)
            if same is not None:
                return same
        follows = words.meaning.intent is Intent.TICKET_FOLLOWUP or (words.evidence and not words.meaning.needs_ticket)
        return await tickets.reported_by(db, people, addresses) if follows else None

    def _still_reaches(self, ticket: Ticket, now: datetime) -> bool:
        return ticket.closed_at is None or now - ticket.closed_at <= self._append_within

    async def complaint(self, db: AsyncConnection, words: Words) -> Complaint:
        """The words as the desk takes them."""
        of = words.answered.round_id if words.answered else None
        if of is None and words.ticket is not None:
            of = words.ticket.round_id
        place = await rounds.get(db, of) if of is not None else None
        return Complaint(
            heard_id=words.heard_id,
            reporter=words.reporter,
            text=words.text,
            at=words.at,
            categories=words.meaning.categories or ("other",),
            urgent=words.meaning.urgent,
            confidential=words.meaning.wants_anonymity,
            round_id=of,
            round_region=place.region if place else "",
            answers_id=words.answered.id if words.answered else None,
            ref=words.ref,
            bare=_is_bare(words),
        )

    async def _from_elsewhere(self, db: AsyncConnection, words: Words, named: Ticket, now: datetime) -> Effect | None:
        """A ticket's number from an address that is not known for its reporter's: perhaps a second phone, perhaps not.

        The words are kept with the ticket, marked; the sender learns nothing but that. What nobody may know of stays
        apart, and answered like a number that does not exist. None: the number leads nowhere any more.
        """
        if not self._still_reaches(named, now):
            return None
        complaint = await self.complaint(db, words)
        if is_private(named.confidentiality) or complaint.confidential:
            own = await self._home(db, words, now)
            if own is not None:
                return Effect("appended", await self._desk.append(db, own.id, complaint, now))
            return Effect("opened", await self._desk.open_beside(db, complaint, named, now))
        senders = words.reporter.keys(self._desk.room.vault).heards()
        quiet = await heard.led_to(db, senders, ADDED, words.at - TOLD_AGAIN)
        ticket = await self._desk.append(db, named.id, replace(complaint, elsewhere=True), now)
        if not quiet:
            facts = {"number": ticket.number, "status": "", "due": None}
            await self._replies.send(db, words.reporter, "ticket_status", facts, words.at, now)
        return Effect(ADDED, ticket)

    async def _complained(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """Filed; who only asks how their open ticket stands is told.

        Aid that never came, said in answer to the question of receipt, is a NO besides.
        """
        asked = words.answered is not None and words.answered.event == "receipt_question"
        if asked and "not_received" in words.meaning.categories:
            await self._entitle(db, words, False, now)
        if words.aside is not None:
            told = await self._answered_aside(db, words, words.aside, now)
            if told is not None:
                return told
        if words.meaning.guessed:
            words = await self._in_one_breath(db, words, now)
        effect = await self.file(db, words, now)
        if words.meaning.progress and effect.name == "appended" and effect.ticket is not None and not words.evidence:
            await self._desk.tell_status(db, effect.ticket, words.reporter, words.at, now)
        return effect

    async def _handed_on(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """A person has to see it."""
        categories = words.meaning.categories or ("information",)
        return await self.file(db, replace(words, meaning=replace(words.meaning, categories=categories)), now)

    async def _unclear(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """Enough words for a person to read become a ticket; what follows a complaint at once belongs to it, for people
        write, and gateways bring, in pieces. The rest is told, once an hour, what we can do."""
        words = await self._in_one_breath(db, words, now)
        if words.meaning.needs_ticket or words.meaning.urgent or words.ticket is not None or words.evidence:
            return await self.file(db, words, now)
        if await self._replies.said(db, words.reporter, "help", now - HELP_AGAIN):
            return NOTHING
        await self._replies.send(db, words.reporter, "help", {}, words.at, now)
        return Effect("helped")

    async def _in_one_breath(self, db: AsyncConnection, words: Words, now: datetime) -> Words:
        """With the complaint of the sender that they follow at once, if they say nothing of their own."""
        if words.ticket is not None:
            return words
        people, addresses = words.reporter.keys(self._desk.room.vault).reporters()
        newest = await tickets.reported_by(db, people, addresses)
        return replace(words, ticket=newest) if newest is not None and now - newest.opened_at <= BREATH else words

    async def _agreed(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """Thanks change nothing, unless we asked whether a case is settled."""
        if words.ticket is not None:
            settled = await self._desk.confirm(db, words.ticket.id, words.heard_id, now)
            if settled is not None:
                await self._desk.ask_rating(db, settled, now)
                return Effect("confirmed", settled, "Terima kasih.")
        return NOTHING

    async def _judged(self, db: AsyncConnection, words: Words, of: Ticket, judged: Verdict, now: datetime) -> Effect:
        """One figure: whether it is settled, how content they are, or both."""
        if judged.settled is False:
            return await self.file(db, replace(words, text=NOT_SETTLED), now)
        settled = await self._desk.confirm(db, of.id, words.heard_id, now) if judged.settled else None
        if judged.score is not None:
            await self._desk.rate(db, of.id, judged.score, now)
        return Effect("confirmed" if settled is not None else "rated", settled or of, "Terima kasih.")

    async def _kept(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        return NOTHING

    # --- receipt ---

    async def _received(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """YES: the entitlement of the round in question is DITERIMA."""
        changed = await self._entitle(db, words, True, now)
        return Effect("received", say="Tercatat: sudah diterima. Terima kasih.") if changed else NOTHING

    async def _not_received(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """NO: the entitlement is what the record says again, and a ticket sees to it."""
        await self._entitle(db, words, False, now)
        effect = await self.file(db, words, now)
        return replace(effect, say="Tercatat: belum diterima. Laporan Anda kami teruskan.")

    async def _entitle(self, db: AsyncConnection, words: Words, received: bool, now: datetime) -> bool:
        of, person = (words.answered.round_id if words.answered else None), words.reporter.person_id
        if of is None or person is None:
            return False
        found = await rounds.entitlement(db, of, person)
        if found is None:
            return False
        opposite = Intent.RECEIPT_NO if received else Intent.RECEIPT_YES
        if await self._overtaken(db, words, opposite, of):
            return False
        told = benefits.heard(Entitlement(found.record), received)
        first = not received and found.status != Entitlement.DITERIMA
        if not received and words.meaning.wants_anonymity:
            return False  # said in confidence it leaves nothing beside its ticket: whoever joins on times finds nobody
        if first and await rounds.own_word(db, found.id) == told:
            return False
        if found.status != told or first:
            await rounds.set_status(db, found.id, told.value, "", CITIZEN, now)
            # Not which words said so: a ticket opened from them may be confidential.
            detail = {"was": found.status, "status": told.value}
            about = f"entitlement:{found.id}"
            await ledger.append(db, at=now, who=CITIZEN, act="entitlement_heard", about=about, detail=detail)
        return True

    # --- questions ---

    async def _asked(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """Answered from the round where its facts do; otherwise a person answers."""
        topic = words.meaning.topic
        if words.ticket is not None:
            return await self.file(db, words, now)
        if topic is Topic.STATUS and not words.meaning.needs_ticket:
            return await self._asked_status(db, words, now)
        if topic is Topic.HOW_TO_COMPLAIN and not words.meaning.needs_ticket:
            await self._replies.send(db, words.reporter, "help", {}, words.at, now)
            return Effect("informed")
        of = await self._round_asked_about(db, words, now)
        answers_it = FACTS.get(topic) if topic else None
        if words.meaning.needs_ticket or of is None or answers_it is None or not answers_it(of):
            return await self._handed_on(db, words, now)
        await self._inform(db, words, of, {"topic": topic}, now)
        return Effect("informed")

    async def _answered_aside(self, db: AsyncConnection, words: Words, aside: Meaning, now: datetime) -> Effect | None:
        """A question that has an answer of its own gets it although a ticket is open. When the aid comes may be what
        the ticket is about: those words are kept with it too.
        """
        if aside.topic is Topic.HOW_TO_COMPLAIN:
            await self._replies.send(db, words.reporter, "help", {}, words.at, now)
            return Effect("informed")
        of = await self._round_asked_about(db, words, now) if aside.topic is Topic.SCHEDULE else None
        if of is None:
            return None
        await self._inform(db, words, of, {"topic": Topic.SCHEDULE}, now)
        filed = await self.file(db, words, now)
        return replace(filed, name="informed") if filed.name == "appended" else filed

    async def _asked_status(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """What a citizen who asks is told, when we are sure who asks; otherwise a person answers."""
        of = await self._round_asked_about(db, words, now)
        person = words.reporter.person_id
        found = await rounds.entitlement(db, of.id, person) if of is not None and person is not None else None
        if of is None or found is None or words.meaning.needs_ticket or words.ticket is not None:
            return await self._handed_on(db, words, now)
        status = benefits.public_status(Entitlement(found.status))
        await self._inform(db, words, of, {"topic": Topic.STATUS, "status": status}, now)
        return Effect("informed")

    async def _round_asked_about(self, db: AsyncConnection, words: Words, now: datetime) -> Round | None:
        """The round of the notice that is answered, else the person's next one; a cancelled one answers nothing."""
        if words.answered is not None and words.answered.round_id is not None:
            of = await rounds.get(db, words.answered.round_id)
            return of if of is not None and of.state == "open" else None
        if words.reporter.person_id is None:
            return None
        mine = await rounds.of_person(db, words.reporter.person_id)
        return next((of for of, _ in mine if of.state == "open" and of.closes_at > now), None)

    async def _inform(
        self, db: AsyncConnection, words: Words, of: Round, facts: Mapping[str, Any], now: datetime
    ) -> None:
        told = {name: str(value) for name, value in facts.items()}
        await self._replies.send(db, words.reporter, "information", told, words.at, now, about=of)

    # --- is it real ---

    async def _doubted(self, db: AsyncConnection, words: Words, asked: Doubt, now: datetime) -> Effect:
        """Told what the code belongs to; what was passed on with a false one goes to a person too."""
        found = await self._checks.tell(db, words.reporter, asked, words.at, now)
        if asked.for_a_person(found) or words.meaning.urgent or words.evidence:
            return await self._suspected(db, words, now)
        return Effect("checked")

    async def _suspected(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """A ticket about a hoax, with the words that were passed on; the same words of the same sender make one."""
        senders = words.reporter.keys(self._desk.room.vault).heards()
        known = None if words.wordless else await heard.filed(db, senders, words.text, words.heard_id)
        ticket = await tickets.get(db, known) if known is not None else None
        if ticket is not None and words.ticket is None and not words.evidence:
            await self._desk.tell_status(db, ticket, words.reporter, words.at, now)
            return Effect("known", ticket)
        categories = tuple(dict.fromkeys(("fraud_hoax", *words.meaning.categories)))
        return await self._handed_on(db, replace(words, meaning=replace(words.meaning, categories=categories)), now)

    # --- stop and start ---

    async def _stopped(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """No more notices to this address, for STOP SEMUA to this person; confirmed once, and again to who says so much
        later.
        """
        if await self._overtaken(db, words, Intent.OPT_IN):
            return OVERTAKEN
        kind, address = words.reporter.kind, words.reporter.address
        before = await contacts.silent_since(db, kind, address)
        await contacts.stop(db, kind, address, now)
        person, hushed = words.reporter.person_id, False
        if words.everything and person is not None:
            hushed = await contacts.silence_person(db, person, now)
        facts = {"everywhere": "yes"} if words.everything and person is not None else {}
        if hushed or before is None:
            await ledger.append(db, at=now, who=CITIZEN, act="stopped", about=f"heard:{words.heard_id}")
        if hushed or before is None or now - before > STOPPED_AGAIN:
            await self._replies.send(db, words.reporter, "stop_confirmed", facts, words.at, now)
        return Effect("stopped")

    async def _started(self, db: AsyncConnection, words: Words, now: datetime) -> Effect:
        """Notices again; who never stopped is told what we can do."""
        if await self._overtaken(db, words, Intent.OPT_OUT):
            return OVERTAKEN
        kind, address, person = words.reporter.kind, words.reporter.address, words.reporter.person_id
        before = await contacts.is_silent(db, kind, address)
        hushed = person is not None and await answers.speak_to_again(db, person)
        await contacts.start(db, kind, address)
        if before or hushed:
            await ledger.append(db, at=now, who=CITIZEN, act="started", about=f"heard:{words.heard_id}")
        event = "start_confirmed" if before or hushed else "help"
        if event == "help" and await self._replies.said(db, words.reporter, "help", now - HELP_AGAIN):
            return NOTHING
        await self._replies.send(db, words.reporter, event, {}, words.at, now)
        return Effect("started" if before or hushed else "helped")


def _doubt(words: Words) -> Doubt | None:
    """The question of a code; of a mail it may stand below a subject that says nothing of its own."""
    asked = doubt(words.text, words.meaning.intent)
    if asked is not None or not words.body or words.body == words.text or _grieves(words.meaning):
        return asked
    return doubt(words.body, words.meaning.intent)


def _grieves(meaning: Meaning) -> bool:
    """Whether words tell of a grievance for certain."""
    return not meaning.guessed and bool(set(meaning.categories) - {"other", "information"})


def _is_bare(words: Words) -> bool:
    """Whether somebody said no and nothing else."""
    said = words.meaning.intent is Intent.RECEIPT_NO and len(words.text) <= BARE
    plain = not words.meaning.urgent and not words.meaning.wants_anonymity and not words.evidence
    return said and plain and set(words.meaning.categories) <= {"not_received", "other"}
