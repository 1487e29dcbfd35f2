"""What citizens send by the forms of the public pages: stored as it came, then understood at once, so that the page can
tell the number. Should that fail, the inbox understands it later like anything else that arrived.

Knows no page. The same form twice is one form: it carries a token of its own.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import Heard, HeardKind, InFile
from notifier.desk import PAGE, Complaint, Desk, Keys, Reporter, is_private, ref_key, safe
from notifier.errors import Refused
from notifier.inbox.attachments import HERE, type_of
from notifier.rules.words import Context, Intent, Lexicon, Meaning, meaning, shipped
from notifier.store import heard, rounds, tickets
from notifier.store.heard import BODY, HEADERS, Arrival
from notifier.store.tickets import Ticket

log = structlog.get_logger()
LINE = ":web"  # no configured line can be called so
LEASE = timedelta(minutes=2)  # after this the inbox takes what was stored and not understood
KIND = "form"
EVIDENCE = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"})
MOST_FILES = 3
LARGEST_FILE = 5 * 1024 * 1024  # bytes
# what a form does → what is kept when it brings no words of its own, and what it is taken for
WORDLESS = {
    "complain": "[tanpa keterangan]",
    "add": "[berkas tanpa keterangan]",
    "settled": "[sudah beres]",
    "unsettled": "[belum beres]",
    "rated": "[penilaian]",
}


@dataclass(frozen=True, slots=True)
class Form:
    """One form as it was sent."""

    token: str  # made with the empty form: the same one again is the same form
    does: str  # complain, add, settled, unsettled, rated
    text: str = ""
    language: str = "id"
    categories: tuple[str, ...] = ()
    round_code: str = ""
    region: str = ""  # of the place it is about, where it names one
    agreed: bool = False  # to what is done with it; kept with the form
    anonymous: bool = False
    name: str = ""
    kind: str = PAGE  # how the reporter wants to be answered
    line: str = ""
    address: str = ""
    number: str = ""  # of the ticket that it adds to: whoever sends it has shown its code
    files: tuple[tuple[str, bytes], ...] = ()  # (name, bytes)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a form."""

    effect: str
    number: str
    again: timedelta | None = None  # how long ago the same form came first


def evidence(body: bytes) -> bool:
    """Whether a file is what it may be, by its first bytes."""
    return type_of(body) in EVIDENCE


def pack(form: Form) -> bytes:
    """The form as it is stored: one line of JSON, then the files one after the other."""
    told: dict[str, Any] = {**asdict(form), "files": [[name, len(body)] for name, body in form.files]}
    return b"\n".join([json.dumps(told, ensure_ascii=False).encode(), b"".join(body for _, body in form.files)])


def unpack(stored: bytes) -> Form:
    """The form that `pack` packed."""
    head, _, bodies = stored.partition(b"\n")
    told = json.loads(head)
    files, at = [], 0
    for name, size in told["files"]:
        files.append((name, bodies[at : at + size]))
        at += size
    return Form(**{**told, "categories": tuple(told["categories"]), "files": tuple(files)})


def fact(stored: bytes) -> Heard:
    """A stored form as channels tell what was heard: files are fetched from it."""
    form = unpack(stored)
    files = tuple(InFile(name, type_of(body), len(body), body=body) for name, body in form.files)
    return Heard(id=form.token, sender=form.token, at=None, kind=HeardKind.OTHER, text=form.text, files=files)


class Forms:
    """Takes forms to the desk."""

    def __init__(self, desk: Desk, lexicon: Callable[[], Lexicon] = shipped) -> None:
        """`lexicon`: what words are read with now."""
        self._desk = desk
        self._lexicon = lexicon
        self._database = desk.room.database
        self._vault = desk.room.vault

    async def take(self, form: Form, now: datetime) -> Taken:
        """Store a form, then do what it asks for; the same form once more only tells what came of it."""
        async with self._database.read() as db:
            before = await self._before(db, form, now)
        if before is not None:
            return before
        body = await asyncio.to_thread(self._vault.seal, pack(form), BODY)
        headers = self._vault.seal_json({}, HEADERS)
        async with self._database.write() as db:  # to be understood later, unless that happens at once
            number = await heard.keep(db, LINE, body, headers, now + LEASE)
        try:
            return await self._understand(number, form, now)
        except Exception as error:  # it is stored: the inbox tries again
            log.error("form.not_understood", arrival=number, error=type(error).__name__)
            return Taken("kept", "")

    async def understand(self, arrival: Arrival, now: datetime) -> Taken:
        """What was stored and not understood at once."""
        return await self._understand(arrival.id, unpack(self._vault.open(arrival.body, BODY)), now)

    async def _understand(self, arrival_id: int, form: Form, now: datetime) -> Taken:
        text = safe(form.text)
        found = meaning(text, Context.NONE, self._lexicon()) if text else Meaning(Intent.UNCLEAR, False)
        keys = Keys(self._vault, PAGE, form.token)
        async with self._database.write() as db:
            await heard.hold_sender(db, keys.heard())
            heard_id = await heard.add(
                db,
                {
                    "arrival_id": arrival_id,
                    "line": LINE,
                    "dedupe": self._key(form),
                    "sender_index": keys.heard(),
                    "sender": self._vault.seal(form.token.encode(), "heard.sender"),
                    "kind": KIND,
                    "text": text or WORDLESS[form.does],
                    "at": now,
                    "why": [],
                },
            )
            if heard_id is None:
                await heard.settle(db, arrival_id, "repeated")
                before = await self._before(db, form, now)
                return before or Taken("repeated", "")
            effect, ticket = await self._do(db, form, heard_id, text, found, now)
            await self._remember(db, heard_id, keys, effect, ticket)
            await self._files(db, form, heard_id, ticket, now)
            await heard.settle(db, arrival_id, effect)
        return Taken(effect, ticket.number)

    def _key(self, form: Form) -> str:
        return ref_key(self._vault, LINE, f"id:{form.token}")

    async def _before(self, db: AsyncConnection, form: Form, now: datetime) -> Taken | None:
        led = await heard.led_by(db, LINE, self._key(form))
        ticket = await tickets.get(db, led[0]) if led else None
        return Taken("repeated", ticket.number, now - led[1]) if led and ticket else None

    async def _do(
        self, db: AsyncConnection, form: Form, heard_id: int, text: str, found: Meaning, now: datetime
    ) -> tuple[str, Ticket]:
        words = text or WORDLESS[form.does]
        if form.does == "complain":
            of = await rounds.by_code(db, form.round_code) if form.round_code else None
            more = tuple(name for name in found.categories if name != "other")
            complaint = Complaint(
                heard_id,
                self._reporter(form),
                words,
                now,
                categories=tuple(dict.fromkeys((*form.categories, *more))) or ("other",),
                urgent=found.urgent,
                confidential=form.anonymous or found.wants_anonymity,
                round_id=of.id if of else None,
                round_region=of.region if of else "",
                channel=PAGE,
            )
            return "opened", await self._desk.open(db, complaint, now)
        ticket = await tickets.by_number(db, form.number)
        if ticket is None:
            raise Refused(f"there is no ticket {form.number}")
        if form.does == "settled":
            settled = await self._desk.confirm(db, ticket.id, heard_id, now)
            return ("confirmed", settled) if settled is not None else ("none", ticket)
        if form.does == "rated":
            await self._desk.rate(db, ticket.id, int(form.text), now)
            return "rated", ticket
        reporter = replace(await self._desk.reporter(db, ticket.id), thread="")
        complaint = Complaint(
            heard_id, reporter, words, now, ticket.categories, found.urgent, confidential=found.wants_anonymity
        )
        return "appended", await self._desk.append(db, ticket.id, complaint, now)

    def _reporter(self, form: Form) -> Reporter:
        settings = self._desk.room.settings
        address = form.address or form.token
        name = "" if form.anonymous else safe(form.name, 120)
        return Reporter(form.kind, form.line, address, form.language, settings.zone, region=form.region, name=name)

    async def _remember(self, db: AsyncConnection, heard_id: int, keys: Keys, effect: str, ticket: Ticket) -> None:
        intent = Intent.COMPLAINT if effect == "opened" else Intent.TICKET_FOLLOWUP
        values: dict[str, Any] = {"intent": intent.value, "why": ["a form"], "effect": effect, "ticket_id": ticket.id}
        if is_private(ticket.confidentiality):
            values["sender_index"] = keys.heard(private=True)
        await heard.understood(db, heard_id, values)

    async def _files(self, db: AsyncConnection, form: Form, heard_id: int, ticket: Ticket, now: datetime) -> None:
        """Noted here, sealed on disk by whoever fetches what waits."""
        await heard.add_files(db, _rows(form.files, heard_id, ticket.id, now))


def _rows(files: Sequence[tuple[str, bytes]], heard_id: int, ticket_id: int, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "heard_id": heard_id,
            "ticket_id": ticket_id,
            "name": safe(name.replace("\\", "/").rsplit("/", 1)[-1].replace("\n", " "), 120).strip(". ") or "file",
            "type": type_of(body),
            "size": len(body),
            "handle": f"{HERE}0:{place}",
            "state": "waiting",
            "wake": now,
        }
        for place, (name, body) in enumerate(files)
    ]
