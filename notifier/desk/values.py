"""What the desk works with: its settings, who reports, what a complaint is made of, and the pages staff see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from notifier.config import Config
from notifier.desk.keys import Keys
from notifier.desk.promise import Promises, paused_for, taken_back
from notifier.outbox import Outbox
from notifier.render import Phrases
from notifier.rules.boards import View
from notifier.rules.sla import Standing
from notifier.rules.telling import Told as Arithmetic
from notifier.rules.tickets import Act, Confidentiality
from notifier.store.accounts import Account
from notifier.store.engine import Database
from notifier.store.heard import File
from notifier.store.levies import Levy
from notifier.store.people import Person
from notifier.store.ticket_lists import Listed
from notifier.store.tickets import Changed, Said, Ticket, Told
from notifier.vault import Vault

PAGE = "web"  # the channel of whoever reads answers on the public pages and gave no other way to be reached
HELD = timedelta(seconds=20)  # from the click until an answer leaves
FRESH = timedelta(minutes=30)  # answers to a citizen's message so young need not wait for the send window
SEALED_REPORTER = "reporters.sealed"
SEALED_ADDRESS = "deliveries.sealed"
SEALED_FILE = "files.body"
SEALED_SENDER = "heard.sender"
SEALED_APPLICATION = "applications.sealed"


@dataclass(frozen=True, slots=True)
class Settings:
    """What of the configuration concerns complaints."""

    files: Path  # folder of the sealed attachments
    region: str = ""
    language: str = "id"
    zone: str = "Asia/Jakarta"
    public_url: str = ""
    append_within: timedelta = timedelta(days=30)
    duplicate_within: timedelta = timedelta(seconds=10)
    attachment_limit: int = 20 * 1024 * 1024  # bytes
    close_after: int = 10  # working days
    assign_cap: int = 60  # open tickets of one colleague above which nobody is given more by itself
    incident_after: int = 20  # bare refusals of one round above which they are an incident

    @classmethod
    def of(cls, config: Config, data: Path) -> "Settings":
        """From config.toml and the data folder."""
        return cls(
            files=data / "files",
            region=config.desk.region,
            language=config.service.language,
            zone=config.service.zone,
            public_url=config.service.public_url.rstrip("/"),
            append_within=config.desk.append_within,
            duplicate_within=config.desk.duplicate_within,
            attachment_limit=config.desk.attachment_limit,
            close_after=config.desk.close_after,
            assign_cap=config.desk.assign_cap,
            incident_after=config.desk.incident_after,
        )


@dataclass(frozen=True, slots=True)
class Room:
    """What every act of the desk needs."""

    database: Database
    vault: Vault
    outbox: Outbox
    promises: Promises
    settings: Settings
    chance: Random  # of ticket numbers: unguessable only if this is
    phrases: Phrases = field(default_factory=Phrases)  # what conversations say now


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who wrote, from where, and how they are answered. Kept sealed."""

    kind: str  # channel
    line: str
    address: str
    language: str
    zone: str  # IANA name
    person_id: int | None = None  # None: a stranger, or one of several on a shared phone
    contact_id: int | None = None
    region: str = ""
    thread: str = ""  # the provider's id of their last message
    name: str = ""  # as they gave it; nobody has checked it

    @property
    def reached(self) -> bool:
        """Whether a message can be sent to them: who wrote on a page and gave no address reads answers there."""
        return self.kind != PAGE

    def keys(self, vault: Vault) -> Keys:
        """Their keyed names."""
        return Keys(vault, self.kind, self.address, self.person_id)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Words that become a ticket, or part of one."""

    heard_id: int | None  # None: it came by no line of ours
    reporter: Reporter
    text: str  # cleaned and masked
    at: datetime
    categories: tuple[str, ...] = ("other",)
    urgent: bool = False
    confidential: bool = False
    round_id: int | None = None
    round_region: str = ""
    answers_id: int | None = None
    ref: str = ""  # keyed
    channel: str = ""  # how it came, where that is not how the reporter is answered
    elsewhere: bool = False  # from an address that is not known for the reporter's: it may be anybody
    opened_by: str = ""  # who wrote it down, where the citizen did not: "account:3"
    bare: bool = False  # nothing but a "no" to the question whether it was received
    quiet: bool = False  # another reply says what there is to say: no acknowledgement
    gathered: bool = False  # an incident sees to it: no clock of its own
    hidden: bool = False  # seen from above alone, whatever it is about
    point: Mapping[str, str] | None = None  # columns of the distribution point; None: where its round is just now

    @property
    def known(self) -> bool:
        """Whether anything leads to the reporter: a person, an address, a name."""
        return self.reporter.person_id is not None or self.reporter.reached or bool(self.reporter.name)


@dataclass(frozen=True, slots=True)
class Shown:
    """The reporter as the desk may see one."""

    name: str
    nik_masked: str
    contact: str  # masked
    kind: str


@dataclass(frozen=True, slots=True)
class Revealed:
    """The reporter after a recorded look into the sealed row."""

    name: str
    nik_masked: str
    kind: str
    address: str
    region: str
    applicant: str = ""  # of somebody who asked to be registered: name, NIK and village as they gave them
    nik: str = ""
    village: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The notice that a ticket answers."""

    event: str
    sent_at: datetime
    facts: Mapping[str, Any]  # by the names that templates use, as far as the round and the notice tell them


@dataclass(frozen=True, slots=True)
class TicketPage:
    """All that the page of one ticket shows."""

    ticket: Ticket
    conversation: tuple[Said, ...]
    files: tuple[File, ...]
    history: tuple[Changed, ...]
    standing: Standing
    policy: str
    round_code: str = ""
    reporter: Shown | None = None  # None: confidential, anonymous, or a stranger without a name
    answers: Answered | None = None
    acknowledged_at: datetime | None = None
    acts: tuple[Act, ...] = ()  # what this viewer may do now
    arithmetic: Arithmetic | None = None  # of the promise
    told: tuple[Told, ...] = ()  # what we wrote to the citizen by ourselves
    elsewhere: Mapping[int, str] = field(default_factory=dict)  # message from another address → that address, masked
    levies: tuple[Levy, ...] = ()  # what was said to be asked or taken
    proposal: Changed | None = None  # what waits for a second person
    agreeable: bool = False  # whether this viewer may be the second one

    @property
    def talk(self) -> tuple[Said | Told, ...]:
        """Everything said, by whomever, in its order."""
        return tuple(sorted((*self.conversation, *self.told), key=lambda one: (one.at, one.kind == "told", one.id)))

    def held_until(self, account_id: int, now: datetime) -> datetime | None:
        """Until when somebody can take back what they last said to the citizen; None when it has left."""
        told = {change.facts["message"] for change in self.history if "took" in change.facts} - self.taken_back
        mine = [one for one in self.conversation if one.id in told and one.account_id == account_id]
        waits = [at for one in mine if (at := leaves_at(one, self.history)) is not None and at > now]
        return waits[-1] if waits else None

    @property
    def taken_back(self) -> frozenset[int]:
        """The messages that never were."""
        return taken_back(self.history)

    @property
    def ringing(self) -> bool:
        """Whether a promise is broken and nobody has taken the alarm."""
        return any(reading.ringing for reading in self.standing.clocks.values())

    @property
    def paused_for(self) -> str:
        """Why the desk lets the service clock stand; "" when it does not."""
        return paused_for(self.history)

    @property
    def under_way(self) -> bool:
        """Whether something that was written to the citizen is still to leave."""
        return any(one.delivery_state in ("due", "sending") for one in self.talk)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see of the list. What is empty does not matter."""

    view: View = View.TEAM
    before: str = ""  # the place where the page before ended
    words: str = ""
    category: str = ""
    area: str = ""  # region prefix
    round: str = ""  # code
    point: str = ""  # code, or the venue of rounds without one
    channel: str = ""
    language: str = ""
    age: int = 0  # days that it is old at least
    agent: int = 0  # account that answers for it
    first: date | None = None  # the day it was opened on at the earliest, in the desk's zone
    last: date | None = None  # at the latest
    limit: int = 0  # of a page; 0: the usual one
    place: str = ""  # where it happened, whoever sees it
    unmerged: bool = False  # as reports count: without what was merged into others


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the list, and where the next one begins."""

    tickets: tuple[Listed, ...]
    next: str = ""  # what `before` of the next page takes; "": this was the last
    counts: Mapping[str, int] = field(default_factory=dict)  # by view, exact
    matching: int | None = None  # how many a filter leaves, up to 1,000 and one more; None without a filter


@dataclass(frozen=True, slots=True, eq=False)  # one as it was read: told from another quickly
class Choices:
    """What the list can be narrowed to."""

    areas: tuple[tuple[str, str, int], ...]  # just below the one that is shown: code, name, open tickets
    rounds: tuple[tuple[str, str], ...]  # code, what it is
    points: tuple[tuple[str, str], ...]  # code, or the venue of rounds without one; its name
    colleagues: tuple[Account, ...]  # who can be given tickets of the viewer's


@dataclass(frozen=True, slots=True)
class Sought:
    """A person who was looked up by NIK or phone, and their tickets as far as they are open to be seen."""

    people: tuple[Person, ...]
    tickets: tuple[Ticket, ...]


def leaves_at(said: Said, history: Iterable[Changed]) -> datetime | None:
    """Until when words to a citizen are held; None when they left, or may have. Who reads them on a page alone sees
    them from then on."""
    if said.delivery_id is not None:
        return said.leaves_at
    until = next((c.facts["held"] for c in history if c.facts.get("message") == said.id and "held" in c.facts), None)
    return datetime.fromisoformat(until) if until else None


def is_private(confidentiality: str) -> bool:
    """Whether the desk may not know who reported."""
    return confidentiality != Confidentiality.OPEN
