"""STOP, STOP SEMUA and MULAI by the public page: a code goes to the address that somebody typed in, and whoever has the
code speaks for that address.

Knows no page. Tells nobody whether an address is known: only to a known one a code goes, and what the page says is the
same. A code is a keyed number of the address, the wish and the half hour; it is kept nowhere.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import Desk, Keys, Reporter, ref_key
from notifier.inbox.effects import CITIZEN, Effects, Words
from notifier.inbox.forms import KIND, LINE, Form, pack
from notifier.inbox.replies import Replies
from notifier.inbox.turns import worded
from notifier.render import Phrases
from notifier.rules.talks.values import Say
from notifier.rules.words import Intent, Meaning
from notifier.store import contacts, heard, ledger, people
from notifier.store.contacts import Contact
from notifier.store.heard import BODY, HEADERS

SPAN = timedelta(minutes=30)  # a code holds for the half hour it was made in and the next
DIGITS = 6


class Wish(StrEnum):
    """What is asked for."""

    STOP = "stop"
    STOP_ALL = "stop_all"
    START = "start"


# what is asked for → the words it counts as, their meaning, the phrase that brings the code
SAID: Mapping[Wish, tuple[str, Intent, str]] = {
    Wish.STOP: ("STOP", Intent.OPT_OUT, "code.stop"),
    Wish.STOP_ALL: ("STOP SEMUA", Intent.OPT_OUT, "code.stop"),
    Wish.START: ("MULAI", Intent.OPT_IN, "code.start"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed in: `kind` is where messages come, `address` a mailbox or a phone; of Telegram the phone, for
    nobody knows the number of a chat.
    """

    kind: str
    address: str
    wish: Wish


class Stopping:
    """Sends codes, and does what is asked for with the right one."""

    def __init__(self, desk: Desk, kinds: Mapping[str, str]) -> None:
        """`kinds`: line to the channel's name."""
        self._desk = desk
        self._database = desk.room.database
        self._vault = desk.room.vault
        self._kinds = kinds
        self._replies = Replies(desk.room.outbox, desk.room.vault)
        self._effects = Effects(desk, self._replies, desk.room.settings.append_within)
        self._phrases = Phrases()

    async def ask(self, asked: Asked, language: str, now: datetime) -> None:
        """Send the code where messages go, if any do."""
        async with self._database.write() as db:
            to = await self._reached(db, asked, language)
            await ledger.append(db, at=now, who=CITIZEN, act="stop_code_asked", about="contact:unknown")
            if to is None:
                return
            code = self._code(to, asked.wish, now)
            say = Say(SAID[asked.wish][2], {"code": f"{code[:3]} {code[3:]}"})
            await self._replies.send(db, to, "talk", worded(self._phrases, to, say), now, now)

    async def act(self, asked: Asked, code: str, token: str, now: datetime) -> bool:
        """Do it as if the words had come from there; False alike for a wrong code and for an address nobody has.

        `token`: of the page's form; the same one again is the same form.
        """
        digits = "".join(sign for sign in code if sign.isdecimal())
        async with self._database.write() as db:
            to = await self._reached(db, asked, "")
            named = to or Reporter(asked.kind, "", asked.address, "", "")
            right = [
                hmac.compare_digest(self._code(named, asked.wish, at).encode(), digits.encode())
                for at in (now, now - SPAN)
            ]
            if to is None or not any(right):
                return False
            await self._done(db, asked, to, token, now)
        return True

    async def _done(self, db: AsyncConnection, asked: Asked, to: Reporter, token: str, now: datetime) -> None:
        text, intent, _ = SAID[asked.wish]
        keys = Keys(self._vault, to.kind, to.address)
        await heard.hold_sender(db, keys.heard())
        form = Form(token=token, does=asked.wish.value, text=text, kind=to.kind, line=to.line, address=to.address)
        sealed = self._vault.seal(pack(form), BODY), self._vault.seal_json({}, HEADERS)
        arrival_id = await heard.keep(db, LINE, *sealed, now)
        row = {
            "arrival_id": arrival_id,
            "line": LINE,
            "dedupe": ref_key(self._vault, LINE, f"id:{token}"),
            "sender_index": keys.heard(),
            "sender": self._vault.seal(to.address.encode(), "heard.sender"),
            "kind": KIND,
            "text": text,
            "at": now,
            "why": [],
        }
        heard_id = await heard.add(db, row)
        if heard_id is None:
            await heard.settle(db, arrival_id, "repeated")
            return
        found = Meaning(intent, False, why=("a form",))
        words = Words(heard_id, arrival_id, to, text, now, "", found, everything=asked.wish is Wish.STOP_ALL)
        effect = await self._effects.of(db, words, now)
        taken = {"intent": intent.value, "why": list(found.why), "effect": effect.name, "ticket_id": None}
        await heard.understood(db, heard_id, taken)
        await heard.settle(db, arrival_id, effect.name)

    async def _reached(self, db: AsyncConnection, asked: Asked, language: str) -> Reporter | None:
        """Who is written to there; None for an address that nobody has, or that leads to several chats."""
        here = await contacts.at(db, "sms" if asked.kind == "telegram" else asked.kind, asked.address)
        if asked.kind == "telegram":
            chats = [chat for one in here for chat in await contacts.chats(db, one.person_id, asked.kind)]
            here = chats if len({chat.address for chat in chats}) == 1 else []
        if not here:
            return None
        line = here[0].line or next((line for line, kind in self._kinds.items() if kind == asked.kind), "")
        return await self._reporter(db, here, line, language) if line else None

    async def _reporter(self, db: AsyncConnection, here: list[Contact], line: str, language: str) -> Reporter:
        """Of a shared phone nobody in particular, like of the words that come from it."""
        settings, one = self._desk.room.settings, here[0]
        alone = len({contact.person_id for contact in here}) == 1
        person = await people.get(db, one.person_id) if alone else None
        return Reporter(
            kind=one.kind,
            line=line,
            address=one.address,
            language=person.language if person else language or settings.language,
            zone=person.zone if person else settings.zone,
            person_id=person.id if person else None,
            contact_id=one.id if person else None,
            region=person.region if person else "",
        )

    def _code(self, to: Reporter, wish: Wish, at: datetime) -> str:
        named = f"{to.kind}\0{to.address}\0{wish}\0{int(at.timestamp() // SPAN.total_seconds())}"
        return f"{int.from_bytes(self._vault.index(named, 'stop code')) % 10**DIGITS:0{DIGITS}d}"
