"""The complaint desk: words become tickets with a promise, staff answer and settle them, the clock watches.

`Desk` is the one door; behind it lie intake (opened, appended), acting (what staff do), reading (what they see),
reaching (where a reporter is answered), sweep (the promise) and promise (what is promised at all). It must not know
channels, hooks or pages.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from random import Random

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import (
    acting,
    following,
    intake,
    keeping,
    listing,
    merging,
    reaching,
    reading,
    sweep,
    triage,
    versions,
)
from notifier.desk.following import Followed
from notifier.desk.keys import Keys, ref_key
from notifier.desk.plain import is_cut, plain, safe
from notifier.desk.promise import Promise, Promises, Version, build
from notifier.desk.triage import Chosen, Done, Letter
from notifier.desk.values import (
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
from notifier.rules.roles import Right, Viewer
from notifier.rules.tickets import Act
from notifier.store.engine import Database
from notifier.store.tickets import Ticket
from notifier.vault import Vault

__all__ = [
    "PAGE",
    "Answered",
    "Asked",
    "Choices",
    "Complaint",
    "Desk",
    "Done",
    "Followed",
    "Keys",
    "Letter",
    "ListPage",
    "Promise",
    "Promises",
    "Reporter",
    "Revealed",
    "Settings",
    "Shown",
    "Sought",
    "TicketPage",
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
    ) -> None:
        """`chance` makes ticket numbers: `random.SystemRandom()` outside of tests."""
        self.room = Room(database, vault, outbox, promises, settings, chance)
        self._narrowing = listing.Narrowing()

    # --- citizens' words, in the inbox's transaction ---

    async def open(self, db: AsyncConnection, complaint: Complaint, now: datetime) -> Ticket:
        """A new ticket; its acknowledgement is queued with it."""
        return await intake.open_ticket(self.room, db, complaint, now)

    async def append(self, db: AsyncConnection, ticket_id: int, complaint: Complaint, now: datetime) -> Ticket:
        """More words for a ticket; one that was settled is opened again, and so is the one a merged one is handled
        with.
        """
        main = await merging.main_of(db, ticket_id)
        ticket = await intake.append(self.room, db, ticket_id, complaint, now)
        if main is not None:
            await merging.heard_beside(self.room, db, main, ticket, now)
        return ticket

    async def open_beside(self, db: AsyncConnection, complaint: Complaint, of: Ticket, now: datetime) -> Ticket:
        """A new ticket for words that name a confidential one of somebody else, or so it seems."""
        return await intake.open_beside(self.room, db, complaint, of, now)

    async def tell_status(self, db: AsyncConnection, ticket: Ticket, to: Reporter, at: datetime, now: datetime) -> bool:
        """Tell its reporter, who asked at `at`, how a ticket stands; False when that was told minutes ago."""
        return await intake.tell_status(self.room, db, ticket, to, at, now)

    async def reword(
        self, db: AsyncConnection, heard_id: int, text: str, at: datetime, now: datetime, *, urgent: bool, secret: bool
    ) -> Ticket | None:
        """An edited message: the new wording shows, the old one is kept. None when the message became no ticket."""
        return await intake.reword(self.room, db, heard_id, text, at, urgent, secret, now)

    async def confirm(self, db: AsyncConnection, ticket_id: int, heard_id: int, now: datetime) -> Ticket | None:
        """The citizen says it is settled. None when the ticket does not await that."""
        main = await merging.main_of(db, ticket_id)
        if main is not None:
            return await merging.confirm(self.room, db, main, ticket_id, now)
        return await intake.confirm(self.room, db, ticket_id, heard_id, now)

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
        return await acting.act(self.room, viewer, number, Act.ANSWER, text, version, now)

    async def act(self, viewer: Viewer, number: str, what: Act, why: str, version: int, now: datetime) -> Ticket:
        """Verify, start, ask the citizen, resolve, reject, refer, close, reopen. `why` goes to the citizen where the
        act tells them something."""
        return await acting.act(self.room, viewer, number, what, why, version, now)

    async def note(self, viewer: Viewer, number: str, text: str, now: datetime) -> int:
        """A note that only staff read."""
        return await acting.note(self.room, viewer, number, text, now)

    async def assign(self, viewer: Viewer, number: str, account_id: int, version: int, now: datetime) -> Ticket:
        """Give a ticket to a member of staff."""
        return await acting.assign(self.room, viewer, number, account_id, version, now)

    async def merge(self, viewer: Viewer, number: str, into: str, why: str, version: int, now: datetime) -> Ticket:
        """Handle a ticket with another one; its citizen keeps number, channel and clock."""
        return await merging.merge(self.room, viewer, number, into, why, version, now)

    async def refer(
        self, viewer: Viewer, number: str, body: str, letter: str, why: str, version: int, now: datetime
    ) -> Ticket:
        """Hand a ticket to another body by a letter; the citizen is told both, and why."""
        return await keeping.refer(self.room, viewer, number, body, letter, why, version, now)

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
        leaves = now + triage.HELD
        return await triage.each(
            chosen, lambda n, version: acting.act(self.room, viewer, n, what, words, version, now, leaves)
        )

    async def take_back(self, viewer: Viewer, numbers: Sequence[str], now: datetime) -> Done:
        """Take answers back that are still held."""
        chosen = [(number, 0) for number in numbers]
        return await triage.each(chosen, lambda n, _version: triage.take_back(self.room, viewer, n, now))

    # --- the clock ---

    async def fold(self) -> int:
        """Add what changed to the kept counters of the lists; returns how many differences there were."""
        return await listing.fold(self.room)

    async def register(self, now: datetime) -> tuple[Version, ...]:
        """Write down what the configuration promises, where that is new; open tickets adopt it as they are swept."""
        return tuple(await versions.register(self.room.database, self.room.promises, now))

    async def sweep(self, now: datetime, limit: int = 100) -> int:
        """Warn, record broken promises, escalate, notice what did not arrive. Returns how many tickets were seen to."""
        return await sweep.sweep(self.room, now, limit)
