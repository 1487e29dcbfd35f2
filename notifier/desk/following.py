"""A ticket as its reporter follows it on a page: by number and code, what was said, what comes next and by when.

The code is a keyed function of the number: no column, and nobody makes one up without the key. Shows neither notes nor
names, nor what others added to the ticket.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.desk.promise import taken_back
from notifier.desk.values import Room, is_private, leaves_at
from notifier.desk.versions import known
from notifier.rules.sla import Clock
from notifier.rules.tickets import ALPHABET, Status, find_numbers
from notifier.store import ratings, tickets
from notifier.store.tickets import Changed, Said, Ticket
from notifier.vault import Vault

RATING = 16  # hexadecimal digits: with a number that is none's to guess, enough for a mark
CODE = 8  # characters of 31: a guess in 850,000,000,000


@dataclass(frozen=True, slots=True)
class Line:
    """Something said in a ticket."""

    ours: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Followed:
    """What the reporter reads."""

    ticket_id: int
    number: str
    code: str
    status: Status
    opened_at: datetime
    due: datetime | None  # until when something happens; None when it is the citizen's turn, or nothing is promised
    said: tuple[Line, ...]
    writable: bool  # whether more can be added, or the case be opened again
    rateable: bool = False  # whether they may still say how content they are
    looks: tuple[datetime, ...] = ()  # when somebody opened the identity that was promised to stay secret

    @property
    def settling(self) -> bool:
        """Whether the desk calls it settled and waits for the citizen's word."""
        return self.status is Status.RESOLVED


def code_of(vault: Vault, number: str) -> str:
    """The code of a number, as it is shown: K7M4-2QXP."""
    value = int.from_bytes(vault.index(number, "tracking code"), "big")
    letters = []
    for _ in range(CODE):
        value, letter = divmod(value, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def rating_code(vault: Vault, number: str) -> str:
    """What a link carries by which the reporter of a ticket says how content they are, and does nothing else."""
    return vault.index(number, "rating").hex()[:RATING]


async def rateable(room: Room, number: str, code: str) -> str | None:
    """The number of a link's ticket, once it is closed; None alike for another's code and while it is worked on."""
    if not hmac.compare_digest(code.encode(), rating_code(room.vault, number).encode()):
        return None
    async with room.database.read() as db:
        ticket = await tickets.by_number(db, number)
    return ticket.number if ticket is not None and ticket.status is Status.CLOSED else None


def same_code(vault: Vault, number: str, typed: str) -> bool:
    """Whether somebody typed the code of a number, in any case and spacing."""
    plain = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    return hmac.compare_digest(plain.encode(), code_of(vault, number).replace("-", "").encode())


async def follow(room: Room, typed: str, code: str, now: datetime) -> Followed | None:
    """The ticket of a number and its code; None alike for a wrong code and for a number that is none."""
    number = next(iter(find_numbers(typed) or find_numbers(f"ADU-{typed.strip()}")), "")
    if not same_code(room.vault, number, code) or not number:
        return None
    async with room.database.read() as db:
        ticket = await tickets.by_number(db, number)
        if ticket is None:
            return None
        history = await tickets.history(db, ticket.id)
        conversation = await tickets.conversation(db, ticket.id)
        score = await ratings.of(db, ticket.id)
        await known(db, room.promises, history)
    stands, _ = room.promises.reckon(ticket, history, now)
    clocks = [reading for clock, reading in stands.clocks.items() if clock is not Clock.ACK]  # that one is ours
    coming = [r.due for r in clocks if r.due and not r.met_at and not r.paused and r.due >= now]
    gone = taken_back(history)
    strange = {change.facts["heard"] for change in history if change.facts.get("elsewhere")}
    said = tuple(
        Line(one.kind == "out", one.text, one.at)
        for one in conversation
        if one.kind != "note" and one.heard_id not in strange and one.id not in gone and not _held(one, history, now)
    )
    return Followed(
        ticket.id,
        ticket.number,
        code_of(room.vault, number),
        ticket.status,
        ticket.opened_at,
        min(coming, default=None) if ticket.open or ticket.status is Status.MERGED else None,
        said,
        _writable(room, ticket, now),
        ticket.status is Status.CLOSED and score is None,
        tuple(c.at for c in history if c.act == "reveal") if is_private(ticket.confidentiality) else (),
    )


def _held(one: Said, history: Sequence[Changed], now: datetime) -> bool:
    """Whether our words may yet be taken back."""
    leaves = leaves_at(one, history) if one.kind == "out" else None
    return leaves is not None and leaves > now


def _writable(room: Room, ticket: Ticket, now: datetime) -> bool:
    return ticket.closed_at is None or now - ticket.closed_at <= room.settings.append_within
