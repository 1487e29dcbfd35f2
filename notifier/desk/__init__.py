"""The complaint desk: words become tickets with a promise, staff answer and settle them, the clock watches.

`Desk` is the one door; behind it lie intake (opened, appended), acting (what staff do), reading (what they see),
reaching (where a reporter is answered), sweep (the promise) and promise (what is promised at all). It must not know
channels, hooks or pages.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from random import Random

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import (
    acting,
    apart,
    behalf,
    beside,
    canned,
    closing,
    counted,
    following,
    hiding,
    incidents,
    intake,
    keeping,
    listing,
    merging,
    previewing,
    radar,
    reaching,
    reading,
    reports,
    sharing,
    shielding,
    splitting,
    sweep,
    triage,
    unmerging,
    versions,
)
from notifier.desk.behalf import Opened
from notifier.desk.behalf import Told as ToldToStaff
from notifier.desk.beside import Beside
from notifier.desk.canned import Shelved
from notifier.desk.counted import Counted
from notifier.desk.following import Followed
from notifier.desk.keys import Keys, ref_key
from notifier.desk.plain import is_cut, plain, safe
from notifier.desk.previewing import Preview
from notifier.desk.promise import Promise, Promises, Version, build
from notifier.desk.radar import RadarPage
from notifier.desk.reports import CaseFile, Report
from notifier.desk.triage import Chosen, Done, Letter
from notifier.desk.values import (
    HELD,
    PAGE,
    Answered,
    Asked,
    Choices,
    Complaint,
    ListPage,
    Reporter,
    Revealed,
    Room,
    Settings,
    Shown,
    Sought,
    TicketPage,
    is_private,
)
from notifier.outbox import Outbox
from notifier.render import Phrases
from notifier.rules.roles import Right, Viewer
from notifier.rules.tickets import Act
from notifier.store.engine import Database
from notifier.store.incidents import Share
from notifier.store.tickets import Ticket
from notifier.vault import Vault

__all__ = [
    "PAGE",
    "Answered",
    "Asked",
    "Beside",
    "CaseFile",
    "Choices",
    "Complaint",
    "Desk",
    "Done",
    "Followed",
    "Keys",
    "Letter",
    "ListPage",
    "Opened",
    "Promise",
    "Promises",
    "RadarPage",
    "Report",
    "Reporter",
    "Revealed",
    "Settings",
    "Shown",
    "Sought",
    "TicketPage",
    "ToldToStaff",
    "build",
    "is_cut",
    "is_private",
    "plain",
    "ref_key",
    "safe",
]


class Desk:
    """The use cases of complaints. Methods that take `db` act in the caller's transaction, the others in their own."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        outbox: Outbox,
        promises: Promises,
        settings: Settings,
        *,
        chance: Random,
        phrases: Phrases | None = None,
    ) -> None:
        """`chance` makes ticket numbers: `random.SystemRandom()` outside of tests. `phrases`: what talks say."""
        self.room = Room(database, vault, outbox, promises, settings, chance, phrases or Phrases())
        self._narrowing = listing.Narrowing()

    # --- citizens' words, in the inbox's transaction ---

    async def open(self, db: AsyncConnection, complaint: Complaint, now: datetime) -> Ticket:
        """A new ticket; its acknowledgement is queued with it."""
        return await incidents.open_in(self.room, db, complaint, now)

    async def append(self, db: AsyncConnection, ticket_id: int, complaint: Complaint, now: datetime) -> Ticket:
        """More words for a ticket; one that was settled is opened again, and so is the one a merged one is handled
        with.
        """
        main = await merging.main_of(db, ticket_id)
        ticket = await intake.append(self.room, db, ticket_id, complaint, now)
        if main is not None:
            await merging.heard_beside(self.room, db, main, ticket, now)
        told, urgent = complaint.categories, complaint.urgent
        return await apart.see_to(self.room, db, ticket, now, categories=told, urgent=urgent)

    async def open_beside(self, db: AsyncConnection, complaint: Complaint, of: Ticket, now: datetime) -> Ticket:
        """A new ticket for words that name a confidential one of somebody else, or so it seems."""
        return await intake.open_beside(self.room, db, complaint, of, now)

    async def tell_status(self, db: AsyncConnection, ticket: Ticket, to: Reporter, at: datetime, now: datetime) -> bool:
        """Tell its reporter, who asked at `at`, how a ticket stands; False when that was told minutes ago."""
        return await intake.tell_status(self.room, db, ticket, to, at, now)

    async def tell_added(
        self, db: AsyncConnection, ticket: Ticket, to: Reporter, at: datetime, now: datetime, *, asked: bool = False
    ) -> bool:
        """Tell its reporter that what they said at `at` was added to it; False when that was told within the hour. Who
        `asked` for a person is told each time.
        """
        return await intake.tell_added(self.room, db, ticket, to, at, now, asked=asked)

    async def reword(
        self,
        db: AsyncConnection,
        heard_id: int,
        text: str,
        at: datetime,
        now: datetime,
        *,
        urgent: bool,
        secret: bool,
        categories: Sequence[str] = (),
    ) -> Ticket | None:
        """An edited message: the new wording shows and is what the ticket is read by, the old one is kept. None when
        the message became no ticket.
        """
        ticket = await intake.reword(self.room, db, heard_id, text, at, urgent, secret, categories, now)
        return await apart.see_to(self.room, db, ticket, now, categories=categories) if ticket is not None else None

    async def confirm(self, db: AsyncConnection, ticket_id: int, heard_id: int, now: datetime) -> Ticket | None:
        """The citizen says it is settled. None when the ticket does not await that."""
        main = await merging.main_of(db, ticket_id)
        if main is not None:
            return await merging.confirm(self.room, db, main, ticket_id, now)
        return await intake.confirm(self.room, db, ticket_id, heard_id, now)

    async def rateable(self, number: str, code: str) -> str | None:
        """The number of the closed ticket whose reporter a link asks how content they are; None when it is none's."""
        return await following.rateable(self.room, number, code)

    async def rate(self, db: AsyncConnection, ticket_id: int, score: int, now: datetime) -> None:
        """The citizen says how content they are: 1 to 5."""
        await closing.rate(self.room, db, ticket_id, score, now)

    async def ask_rating(self, db: AsyncConnection, ticket: Ticket, now: datetime) -> bool:
        """Ask the citizen how content they are, unless they said so."""
        return await closing.ask_rating(self.room, db, ticket, now)

    async def reporting_person(self, db: AsyncConnection, ticket_id: int) -> int | None:
        """Whose ticket it is, to tell apart people of one phone; never for showing."""
        return (await intake.reporter_of(self.room, db, ticket_id)).person_id

    async def reporter(self, db: AsyncConnection, ticket_id: int) -> Reporter:
        """Who reported a ticket, for words that are theirs for certain; never for showing."""
        return await intake.reporter_of(self.room, db, ticket_id)

    async def leave(
        self, db: AsyncConnection, kind: str, address: str, persons: Collection[int], now: datetime
    ) -> None:
        """These people's reports are not answered at this address any more: it is somebody else's."""
        await reaching.leave(self.room, db, kind, address, persons, now)

    async def answer_at(self, db: AsyncConnection, ticket_id: int, to: Reporter, now: datetime) -> Ticket | None:
        """A report is answered where its reporter follows it from now on. None when it is none any more."""
        return await reaching.follow(self.room, db, ticket_id, to, now)

    def code(self, number: str) -> str:
        """What follows a ticket besides its number."""
        return following.code_of(self.room.vault, number)

    async def follow(self, number: str, code: str, now: datetime) -> Followed | None:
        """A ticket as its reporter may read it; None alike for a wrong code and for a number that is none."""
        return await following.follow(self.room, number, code, now)

    # --- staff ---

    async def list(self, viewer: Viewer, asked: Asked, now: datetime) -> ListPage:
        """A page of a view, narrowed to what is asked for."""
        return await listing.page_of_list(self.room, viewer, asked, now)

    async def counts(self, viewer: Viewer) -> Mapping[str, int]:
        """How many tickets each view holds, exact."""
        return await listing.counts(self.room, viewer)

    async def choices(self, viewer: Viewer, area: str, now: datetime) -> Choices:
        """What the list can be narrowed to, and who can be given what is in it."""
        return await self._narrowing.choices(self.room, viewer, area, now)

    async def seek(self, viewer: Viewer, typed: str, now: datetime) -> Sought | None:
        """Who has exactly this NIK or phone; recorded. None when it is neither."""
        return await listing.seek(self.room, viewer, typed, now)

    async def find(self, viewer: Viewer, words: str) -> str:
        """The number of the ticket that somebody typed, in any case and spacing. Refused when it is none of theirs."""
        viewer.needs(Right.SEE_TICKETS)
        async with self.room.database.read() as db:
            return (await acting.seen(db, viewer, words)).number

    async def ticket(self, viewer: Viewer, number: str, now: datetime) -> TicketPage:
        """All that the viewer may know of a ticket."""
        return await reading.page_of_ticket(self.room, viewer, number, now)

    async def answer(self, viewer: Viewer, number: str, text: str, version: int, now: datetime) -> Ticket:
        """Answer the citizen, on the line and in the thread they wrote in."""
        return await self.act(viewer, number, Act.ANSWER, text, version, now)

    async def act(
        self, viewer: Viewer, number: str, what: Act, why: str, version: int, now: datetime, *, held: bool = False
    ) -> Ticket:
        """Verify, start, ask the citizen, resolve, reject, refer, close, reopen. `why` goes to the citizen where the
        act tells them something; when 20 seconds have passed, if it is `held`. What ends a hidden ticket is proposed to
        a second person."""
        await incidents.not_alone(self.room, viewer, number, what)
        leaves = now + HELD if held else None
        return await shielding.act(self.room, viewer, number, what, why, version, now, leaves)

    async def note(self, viewer: Viewer, number: str, text: str, now: datetime) -> int:
        """A note that only staff read."""
        return await acting.note(self.room, viewer, number, text, now)

    async def assign(self, viewer: Viewer, number: str, account_id: int, version: int, now: datetime) -> Ticket:
        """Give a ticket to a member of staff."""
        return await acting.assign(self.room, viewer, number, account_id, version, now)

    async def seal(self, viewer: Viewer, number: str, version: int, now: datetime) -> Ticket:
        """Keep the reporter of an open ticket secret from now on."""
        return await hiding.seal(self.room, viewer, number, version, now)

    async def shield(self, viewer: Viewer, number: str, why: str, version: int, now: datetime, *, on: bool) -> Ticket:
        """Hide a ticket from the office it may concern, or give it back to that office."""
        return await hiding.shield(self.room, viewer, number, why, version, now, on=on)

    async def decide(self, viewer: Viewer, number: str, version: int, now: datetime, *, agree: bool) -> Ticket:
        """Do what a colleague proposed for a hidden ticket, or send it back."""
        return await incidents.decide(self.room, viewer, number, version, now, agree=agree)

    async def merge(self, viewer: Viewer, number: str, into: str, why: str, version: int, now: datetime) -> Ticket:
        """Handle a ticket with another one; its citizen keeps number, channel and clock."""
        await incidents.not_alone(self.room, viewer, number, Act.REJECT)  # what it gathers would have no clock left
        return await merging.merge(self.room, viewer, number, into, why, version, now)

    async def unmerge(self, viewer: Viewer, number: str, why: str, version: int, now: datetime) -> Ticket:
        """A merge was a mistake: the ticket stands by itself again."""
        return await unmerging.unmerge(self.room, viewer, number, why, version, now)

    async def refer(
        self,
        viewer: Viewer,
        number: str,
        body: str,
        letter: str,
        why: str,
        version: int,
        now: datetime,
        *,
        held: bool = False,
    ) -> Ticket:
        """Hand a ticket to another body by a letter; the citizen is told both, and why."""
        await incidents.not_alone(self.room, viewer, number, Act.REFER)
        leaves = now + HELD if held else None
        return await keeping.refer(self.room, viewer, number, body, letter, why, version, now, leaves)

    async def pause(self, viewer: Viewer, number: str, why: str, version: int, now: datetime) -> Ticket:
        """Let the service clock stand, for a reason that will be asked for."""
        return await keeping.pause(self.room, viewer, number, why, version, now)

    async def resume(self, viewer: Viewer, number: str, version: int, now: datetime) -> Ticket:
        """Let the service clock run again."""
        return await keeping.resume(self.room, viewer, number, version, now)

    async def take_alarm(self, viewer: Viewer, number: str, now: datetime) -> int:
        """Answer for a broken promise: its alarm climbs no further. Returns how many clocks fell silent."""
        return await keeping.take_alarm(self.room, viewer, number, now)

    async def reveal(self, viewer: Viewer, number: str, reason: str, now: datetime) -> Revealed:
        """Who reported a ticket; the look and its reason are recorded."""
        return await reading.reveal(self.room, viewer, number, reason, now)

    async def file(self, viewer: Viewer, number: str, file_id: int, now: datetime) -> tuple[str, str, bytes]:
        """(name, MIME type, bytes) of an attachment; the look is recorded."""
        return await reading.file(self.room, viewer, number, file_id, now)

    async def radar(self, viewer: Viewer, now: datetime, before: int | None = None) -> RadarPage:
        """Where more people complain than chance explains; `before` is the last page's `next`."""
        return await radar.page(self.room, viewer, before, now)

    async def take_note(self, viewer: Viewer, alarm_id: int, now: datetime) -> None:
        """Take note of an alarm of the radar."""
        await radar.take(self.room, viewer, alarm_id, now)

    async def report(self, viewer: Viewer, by: str, first: date, last: date, now: datetime) -> Report:
        """How promises were kept for tickets opened on these days, by category, region, round, point or agent."""
        return await reports.report(self.room, viewer, by, first, last, now)

    async def look_at_report(self, viewer: Viewer, by: str, first: date, last: date, now: datetime) -> Counted:
        """The same as a page shows it: over many tickets as the clock counted it last."""
        return await counted.look(self.room, viewer, by, first, last, now)

    async def count_reports(self, now: datetime) -> int:
        """The clock: count a report over many tickets that somebody waits for."""
        return await counted.carry(self.room, now)

    async def preview(self, viewer: Viewer, promises: Promises, now: datetime) -> Preview:
        """What these promises would change for open tickets."""
        return await previewing.preview(self.room, viewer, promises, now)

    async def unreached(self, viewer: Viewer) -> int:
        """How many open tickets have yet to look at the newest change of what is promised."""
        return await previewing.unreached(self.room, viewer)

    async def case_file(self, viewer: Viewer, number: str, now: datetime) -> CaseFile:
        """One ticket to be printed, with what the ledger proves of it."""
        return await reports.case_file(self.room, viewer, number, now)

    async def categorise(self, viewer: Viewer, number: str, category: str, version: int, now: datetime) -> Ticket:
        """Say what a ticket is about."""
        return await triage.categorise(self.room, viewer, number, category, version, now)

    # --- from the list, one or many ---

    async def assign_each(self, viewer: Viewer, chosen: Sequence[Chosen], to: int, now: datetime) -> Done:
        """Give these tickets to a member of staff."""
        return await triage.each(chosen, lambda n, version: self.assign(viewer, n, to, version, now))

    async def categorise_each(self, viewer: Viewer, chosen: Sequence[Chosen], category: str, now: datetime) -> Done:
        """Say what these tickets are about."""
        return await triage.each(chosen, lambda n, version: self.categorise(viewer, n, category, version, now))

    async def note_each(self, viewer: Viewer, chosen: Sequence[Chosen], text: str, now: datetime) -> Done:
        """The same note in these tickets."""
        return await triage.each(chosen, lambda n, _version: self.note(viewer, n, text, now))

    async def letters(self, viewer: Viewer, chosen: Sequence[Chosen], what: Act, words: str) -> Sequence[Letter]:
        """What each citizen would be told."""
        return await triage.letters(self.room, viewer, chosen, what, words)

    async def answer_each(self, viewer: Viewer, chosen: Sequence[Chosen], what: Act, words: str, now: datetime) -> Done:
        """Tell each citizen, when 20 seconds have passed."""
        leaves = now + HELD

        async def one(number: str, version: int) -> None:
            await incidents.not_alone(self.room, viewer, number, what)
            await acting.act(self.room, viewer, number, what, words, version, now, leaves)

        return await triage.each(chosen, one)

    async def take_back(self, viewer: Viewer, numbers: Sequence[str], now: datetime) -> Done:
        """Take answers back that are still held."""
        chosen = [(number, 0) for number in numbers]
        return await triage.each(chosen, lambda n, _version: triage.take_back(self.room, viewer, n, now))

    # --- the clock ---

    async def watch(self, now: datetime) -> int:
        """Let the radar look; returns how many alarms rang."""
        return await radar.watch(self.room, now)

    async def fold(self) -> int:
        """Add what changed to the kept counters of the lists; returns how many differences there were."""
        return await listing.fold(self.room)

    async def register(self, now: datetime) -> tuple[Version, ...]:
        """Write down what the configuration promises, where that is new; open tickets adopt it as they are swept."""
        return tuple(await versions.register(self.room.database, self.room.promises, now))

    async def sweep(self, now: datetime, limit: int = 100) -> int:
        """Warn, record broken promises, escalate, notice what did not arrive. Returns how many tickets were seen to."""
        return await sweep.sweep(self.room, now, limit)

    # --- beside a ticket ---

    async def beside(self, viewer: Viewer, number: str, now: datetime) -> Beside:
        """What stands beside the conversation."""
        return await beside.stand(self.room, viewer, number, now)

    async def look(self, viewer: Viewer, number: str, now: datetime) -> tuple[tuple[str, bool], ...]:
        """Say that the viewer looks at a ticket; (name, whether they write) of the others who do."""
        return await beside.look(self.room, viewer, number, now)

    async def keep_draft(self, viewer: Viewer, number: str, now: datetime, **words: str | None) -> None:
        """Keep what the viewer writes: `text` to the citizen, `note` to colleagues."""
        await beside.keep_draft(self.room, viewer, number, words.get("text"), words.get("note"), now)

    async def forget_draft(self, viewer: Viewer, number: str, part: str) -> None:
        """A part of the draft, `text` or `note`, was sent."""
        await beside.forget_draft(self.room, viewer, number, part)

    async def canned(self, viewer: Viewer) -> tuple[Shelved, ...]:
        """Every answer kept for often."""
        return await canned.shelf(self.room, viewer)

    async def canned_words(self, viewer: Viewer, number: str, name: str) -> str:
        """One of them in the words of a ticket."""
        return await canned.words(self.room, viewer, number, name)

    async def canned_in(self, viewer: Viewer, number: str, name: str, languages: Collection[str]) -> Mapping[str, str]:
        """The same in several languages, as far as it is kept in them."""
        return await canned.in_languages(self.room, viewer, number, name, languages)

    # --- who does it, and what belongs together ---

    async def assign_least(self, viewer: Viewer, number: str, version: int, now: datetime) -> Ticket:
        """Give a ticket to whoever has least to do."""
        return await sharing.assign_least(self.room, viewer, number, version, now)

    async def set_away(self, viewer: Viewer, account_id: int, until: datetime, now: datetime) -> tuple[int, int]:
        """Somebody is away until then; (tickets given to others, tickets that wait)."""
        return await sharing.leave(self.room, viewer, account_id, until, now)

    async def come_back(self, viewer: Viewer, account_id: int, now: datetime) -> None:
        """Somebody is here again."""
        await sharing.come_back(self.room, viewer, account_id, now)

    async def away(self, now: datetime) -> Mapping[int, datetime]:
        """Who is away, and until when."""
        return await sharing.away(self.room, now)

    async def loads(self, account_ids: tuple[int, ...]) -> Mapping[int, int]:
        """How many open tickets each of these has."""
        return await sharing.loads(self.room, account_ids)

    async def link(self, viewer: Viewer, number: str, other: str, now: datetime) -> Ticket:
        """Two tickets belong together."""
        return await beside.link(self.room, viewer, number, other, now)

    async def unlink(self, viewer: Viewer, number: str, other: str, now: datetime) -> None:
        """They do not, after all."""
        await beside.unlink(self.room, viewer, number, other, now)

    async def split(self, viewer: Viewer, number: str, message_id: int, category: str, now: datetime) -> Ticket:
        """A message becomes a ticket of its own."""
        return await splitting.split(self.room, viewer, number, message_id, category, now)

    async def open_for(self, viewer: Viewer, told: ToldToStaff, line: str, now: datetime) -> Opened:
        """A ticket for somebody who calls or visits; `line` carries SMS, "" when none does."""
        return await behalf.open_for(self.room, viewer, told, line, now)

    # --- incidents ---

    async def open_incident(self, viewer: Viewer, number: str, text: str, now: datetime) -> Ticket:
        """Make an incident of what a ticket is about."""
        return await incidents.open_by_hand(self.room, viewer, number, text, now)

    async def gather(self, viewer: Viewer, number: str, numbers: tuple[str, ...], now: datetime) -> tuple[int, int]:
        """Gather tickets into an incident; (how many came, how many could not)."""
        return await incidents.gather(self.room, viewer, number, numbers, now)

    async def let_go(self, viewer: Viewer, number: str, now: datetime) -> Ticket:
        """Take a ticket out of its incident."""
        return await incidents.let_go(self.room, viewer, number, now)

    async def incident_reach(self, viewer: Viewer, number: str) -> tuple[Share, ...]:
        """Whom an answer of an incident would reach now."""
        return await incidents.preview(self.room, viewer, number)

    async def answer_incident(
        self,
        viewer: Viewer,
        number: str,
        what: Act,
        words: str,
        version: int,
        people: int,
        now: datetime,
        texts: Mapping[str, str] | None = None,
        *,
        held: bool = False,
    ) -> Ticket:
        """Answer everybody, `texts` in further languages; `people` is how many the preview told. When 20 seconds have
        passed, if it is `held`."""
        leaves = now + HELD if held else None
        return await incidents.answer(self.room, viewer, number, what, words, version, people, now, texts, leaves)

    async def incident_kept(
        self, viewer: Viewer, number: str, text: str, languages: Collection[str]
    ) -> Mapping[str, str]:
        """What was said in other languages beside an answer to all that was taken back."""
        return await incidents.kept_in(self.room, viewer, number, text, languages)

    async def carry_incidents(self, now: datetime) -> int:
        """Gather what waits, send answers on; how many complaints were seen to."""
        return await incidents.carry(self.room, now)
