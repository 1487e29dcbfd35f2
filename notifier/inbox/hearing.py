"""One thing a citizen said, in one transaction: heard before? from whom? to what? meaning what? leading where?

Exactly once, however often it is replayed: the row of what was heard is written first, and whoever comes second stops.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import Heard, HeardKind
from notifier.desk import Desk, Keys, is_private, ref_key, safe
from notifier.inbox import attachments
from notifier.inbox.effects import NOTHING, OVERTAKEN, Effect, Effects, Words
from notifier.inbox.groups import Groups
from notifier.inbox.origin import Arrived, Origin, Origins, context_of, when
from notifier.inbox.pieces import Pieces, part_of, placeholder
from notifier.inbox.replies import Replies
from notifier.inbox.talking import Talking
from notifier.inbox.turns import Said
from notifier.rules.codes import find
from notifier.rules.halting import WRONG
from notifier.rules.tickets import Category, Status
from notifier.rules.words import Context, Intent, Lexicon, Meaning, shipped
from notifier.rules.words import meaning as read_words
from notifier.store import answers, contacts, echoes, heard, talks
from notifier.store.tickets import Ticket

PRESSED: Mapping[str, str] = {"yes": "YA", "ya": "YA", "no": "TIDAK", "tidak": "TIDAK"} | {n: n for n in "12345"}
WORDLESS: Mapping[HeardKind, str] = {
    HeardKind.PHOTO: "[foto tanpa keterangan]",
    HeardKind.DOCUMENT: "[berkas tanpa keterangan]",
    HeardKind.VOICE: "[pesan suara]",
    HeardKind.LOCATION: "[lokasi]",
}
ONCE = frozenset(HeardKind) - {HeardKind.EDIT, HeardKind.BUTTON}  # kinds whose ref comes only once
HIDDEN = "[jawaban tersegel]"
IN_PIECES = Meaning(Intent.UNCLEAR, False, why=("a piece of a longer message",))
REPEATED = Effect("repeated")
SAYS_NOTHING = frozenset({Intent.UNCLEAR, Intent.ACKNOWLEDGE, Intent.SPAM, Intent.VERIFY_AUTHENTICITY})  # of a forward
YES_OR_NO = frozenset({Intent.RECEIPT_YES, Intent.RECEIPT_NO})
EVERYTHING = re.compile(r"\bse?m(?:u|ue|ua|uanya|uwa)a?\b|\b(?:kabeh|sedaya|sadaya|all|everything)\b", re.IGNORECASE)
PASSED_ON = "message/rfc822"  # the type of a mail within a mail
LONG = 600  # characters from which on reading takes long enough to be done before the transaction


@lru_cache(maxsize=32)
def meaning(text: str, context: Context, lexicon: Lexicon) -> Meaning:
    """What the words mean; what was read ahead is not read again."""
    return read_words(text, context, lexicon)


class Hearing:
    """Takes one heard thing from its channel's words to its effect."""

    def __init__(self, desk: Desk, replies: Replies, pieces: Pieces, lexicon: Callable[[], Lexicon] = shipped) -> None:
        """`lexicon`: what words are read with now."""
        self._desk = desk
        self._lexicon = lexicon
        self._vault = desk.room.vault
        self._settings = desk.room.settings
        self._replies = replies
        self._pieces = pieces
        self._origins = Origins(desk)
        self._effects = Effects(desk, replies, desk.room.settings.append_within)
        self._groups = Groups(desk, replies)
        self._talking = Talking(desk, replies, self._effects, lexicon)

    async def read_ahead(self, db: AsyncConnection, where: Arrived, said: Heard) -> None:
        """Read long words while nobody waits for a lock: 4,000 characters take 20 ms."""
        if len(said.text) > LONG and not said.machine and not said.group:
            answered, _ = await self._origins.answered(db, where, said, when(said, where.at))
            meaning(safe(said.text), context_of(answered), self._lexicon())

    async def hear(self, db: AsyncConnection, where: Arrived, said: Heard, now: datetime) -> Effect:
        """Everything that follows from it. Never answers machines; a group is only told where one is answered."""
        keys = Keys(self._vault, where.kind, said.sender)
        await heard.hold_sender(db, keys.heard())
        text, at = self._text(said), when(said, where.at)
        heard_id = await self._keep(db, where, said, keys, text, at)
        if heard_id is None:
            return REPEATED
        if said.kind in (HeardKind.BLOCKED, HeardKind.UNBLOCKED):
            effect, found = await self._door(db, where, said), Meaning(Intent.ACKNOWLEDGE, False)
            if said.group:
                await self._groups.door(db, where, said, at, now)
        elif said.group:
            effect = Effect(await self._groups.hear(db, where, said, keys, at, now))
            found = Meaning(Intent.UNCLEAR, False, why=("said in a group",))
        elif said.machine:
            effect, found = NOTHING, Meaning(Intent.AUTO_REPLY, False, why=("a machine wrote",))
        elif part_of(said) is not None:
            await heard.understood(db, heard_id, _understood(IN_PIECES, Effect(heard.PART)))
            whole = await self._pieces.whole(db, where, said, keys, at)
            return await self._as_one(db, where, whole, heard_id, now) if whole is not None else Effect(heard.PART)
        else:
            return await self._understand(db, where, said, heard_id, text, at, now)
        await heard.understood(db, heard_id, _understood(found, effect))
        return effect

    async def _as_one(self, db: AsyncConnection, where: Arrived, whole: Heard, heard_id: int, now: datetime) -> Effect:
        """A message that came in pieces, in the row of the last one."""
        text = self._text(whole)
        await heard.understood(db, heard_id, {"text": text})
        return await self._understand(db, where, whole, heard_id, text, when(whole, where.at), now)

    async def sweep(self, db: AsyncConnection, now: datetime) -> bool:
        """Carry on one thing that a citizen began and left; False when there is none."""
        lone = await self._pieces.lone(db, now)
        if lone is None:
            return await self._talking.sweep(db, now)
        where, heard_id, said = lone
        await self._as_one(db, where, said, heard_id, now)
        return True

    # --- keeping ---

    def _text(self, said: Heard) -> str:
        text = placeholder(said)
        if said.kind is HeardKind.LOCATION and "latitude" in said.raw:
            text = f"{text} ({said.raw['latitude']:.5f}, {said.raw['longitude']:.5f})".strip()
        if said.kind is HeardKind.CONTACT:
            text = f"{text} [nomor kontak: {said.raw.get('contact_phone', '')}]".strip()
        if said.kind is HeardKind.BUTTON:
            text = PRESSED.get(said.button.partition(":")[0].lower(), said.button[:64])
        text = "\n\n".join(part for part in (text, _passed_on(said)) if part)
        subject = str(said.raw.get("subject", ""))
        if subject and not said.thread and text and not text.startswith(subject):
            text = f"{subject}\n\n{text}"  # of a mail that begins a conversation
        return safe(text)

    async def _keep(
        self, db: AsyncConnection, where: Arrived, said: Heard, keys: Keys, text: str, at: datetime
    ) -> int | None:
        ref = ref_key(self._vault, where.line, said.ref)
        if said.kind in ONCE and await heard.by_ref(db, where.line, ref, (said.kind.value,)):
            return None
        if not said.id and await self._said_just_now(db, where, said, keys, text, at):
            return None
        told = f"id:{said.id}" if said.id else f"arrival:{where.arrival_id}:{where.place}"
        return await heard.add(
            db,
            {
                "arrival_id": where.arrival_id,
                "line": where.line,
                "dedupe": ref_key(self._vault, where.line, told),
                "sender_index": keys.heard(),
                "sender": self._vault.seal(said.sender.encode(), "heard.sender"),
                "kind": said.kind.value,
                "ref": ref,
                "album": self._pieces.group(where.line, said)
                if part_of(said) is not None
                else ref_key(self._vault, where.line, said.album),
                "text": text,
                "at": at,
                "why": [],
            },
        )

    async def _said_just_now(
        self, db: AsyncConnection, where: Arrived, said: Heard, keys: Keys, text: str, at: datetime
    ) -> bool:
        """Without an id of the provider: the same words again within seconds, unless we wrote in between."""
        since = at - self._settings.duplicate_within
        senders = keys.heards()
        same = await heard.same_words(db, where.line, senders, text, said.kind.value, since, where.arrival_id)
        return same is not None and not await answers.wrote_between(db, keys.attempts(), same.at, at)

    async def _door(self, db: AsyncConnection, where: Arrived, said: Heard) -> Effect:
        """The person closed the line to us, or opened it again; what they did since counts more."""
        if said.kind is HeardKind.UNBLOCKED:
            await self._revive(db, where, said)
            return Effect("unblocked")
        if await self._since(db, where, said, frozenset(HeardKind) - {HeardKind.BLOCKED}):
            return OVERTAKEN
        for contact in await contacts.at(db, where.kind, said.sender):
            await contacts.mark_dead(db, contact.id, "blocked")
        return Effect("blocked")

    async def _revive(self, db: AsyncConnection, where: Arrived, said: Heard) -> None:
        """Whoever speaks to us can be reached, unless they closed the line since."""
        if not await self._since(db, where, said, {HeardKind.BLOCKED}):
            await contacts.revive(db, where.kind, said.sender)

    async def _since(self, db: AsyncConnection, where: Arrived, said: Heard, kinds: Collection[HeardKind]) -> bool:
        senders = Keys(self._vault, where.kind, said.sender).heards()
        return await heard.since(db, senders, where.arrival_id, kinds=[kind.value for kind in kinds])

    # --- understanding ---

    async def _understand(
        self, db: AsyncConnection, where: Arrived, said: Heard, heard_id: int, text: str, at: datetime, now: datetime
    ) -> Effect:
        await self._revive(db, where, said)
        origin = await self._origins.of(db, where, said, text, at)
        kept = await talks.get(db, origin.keys.heard())
        if kept is not None and kept.language:
            origin = replace(origin, reporter=replace(origin.reporter, language=kept.language))
        if said.kind is HeardKind.BUTTON and not origin.direct:
            found, effect = Meaning(Intent.UNCLEAR, False, why=("a button of a message that went elsewhere",)), NOTHING
        else:
            origin, found = self._meant(said, origin, text)
            words = self._words(where, said, heard_id, text, at, origin, found)
            forwards = bool(_passed_on(said))  # is no answer to an open question
            talked = None if forwards else await self._talking.hear(db, Said(where, said, origin, words), kept, now)
            if talked is not None:
                effect, origin, found = talked.effect, talked.origin, talked.found
            else:
                edited = await self._edited(db, where, said, words, now) if said.kind is HeardKind.EDIT else None
                effect = edited or await self._effects.of(db, words, now)
        await self._remember(db, heard_id, origin, found, effect)
        files = attachments.Came(heard_id, where.place, at, origin.reporter, effect.ticket, said.files)
        await attachments.add(db, self._replies, self._settings, files, now)
        await self._echo(db, heard_id, origin, found)
        return effect

    def _words(
        self,
        where: Arrived,
        said: Heard,
        heard_id: int,
        text: str,
        at: datetime,
        origin: Origin,
        found: Meaning,
    ) -> Words:
        return Words(
            heard_id=heard_id,
            arrival_id=where.arrival_id,
            reporter=origin.reporter,
            text=text or WORDLESS.get(said.kind, ""),
            at=at,
            ref=ref_key(self._vault, where.line, said.ref),
            meaning=found,
            answered=origin.answered,
            ticket=origin.ticket,
            elsewhere=origin.elsewhere,
            evidence=_evident(said),
            wordless=not said.text.strip() and not _passed_on(said),
            body=safe("\n\n".join(part for part in (said.text, _passed_on(said)) if part)),
            everything=EVERYTHING.search(text) is not None,
            aside=self._aside(said, origin, found),
        )

    def _meant(self, said: Heard, origin: Origin, text: str) -> tuple[Origin, Meaning]:
        """What the words mean after what we last wrote."""
        context, lexicon = context_of(origin.answered), self._lexicon()
        if said.kind is HeardKind.CONTACT:
            return origin, Meaning(Intent.CHANGE_CONTACT, False, ("information",), why=("shared a phone number",))
        if said.kind is HeardKind.STICKER:
            return origin, meaning("", context, lexicon)
        command = str(said.raw.get("command", ""))
        body = safe(said.text) if said.kind is not HeardKind.BUTTON else text
        found = meaning(f"/{command}" if command in ("start", "stop", "status") else body, context, lexicon)
        passed = _passed_on(said)
        if passed:
            found = self._forwarded(found, safe(passed))
        elif found.intent is Intent.UNCLEAR and body != text:
            found = meaning(text, context, lexicon)
        if origin.ticket is not None and context is Context.TICKET:
            if self._answers_the_desk(origin.ticket, found, body):
                return origin, replace(found, intent=Intent.TICKET_FOLLOWUP, why=(*found.why, "answers the desk"))
            return self._beside(origin, origin.ticket, found, meaning(body, Context.NONE, lexicon))
        return origin, found

    def _aside(self, said: Heard, origin: Origin, found: Meaning) -> Meaning | None:
        """The question that these words are by themselves, though they come after word of a ticket."""
        if found.intent is not Intent.TICKET_FOLLOWUP or found.urgent or said.files or origin.direct:
            return None
        afresh = meaning(safe(said.text), Context.NONE, self._lexicon())
        return afresh if afresh.intent is Intent.QUESTION and not afresh.needs_ticket else None

    def _forwarded(self, own: Meaning, passed: str) -> Meaning:
        """What a forward means: what its sender says of it; when that is nothing, the complaint that somebody passes on
        for another; else they ask whether it is real.
        """
        if own.intent not in SAYS_NOTHING:
            return own
        read = meaning(passed, Context.NONE, self._lexicon())
        hoax = own.intent is Intent.VERIFY_AUTHENTICITY or "fraud_hoax" in read.categories
        if read.intent is Intent.COMPLAINT and not (read.guessed or hoax) and next(find(passed), None) is None:
            return read
        return Meaning(
            Intent.VERIFY_AUTHENTICITY, True, ("fraud_hoax",), urgent=own.urgent, why=("a forwarded message",)
        )

    def _answers_the_desk(self, ticket: Ticket, found: Meaning, body: str) -> bool:
        """A bare "ya" or "sudah" to a ticket that waits for its citizen; thanks and "oke" answer nothing."""
        if ticket.status is not Status.WAITING or found.intent is not Intent.ACKNOWLEDGE:
            return False
        return meaning(body, Context.RECEIPT_QUESTION, self._lexicon()).intent in YES_OR_NO

    @staticmethod
    def _beside(origin: Origin, ticket: Ticket, found: Meaning, afresh: Meaning) -> tuple[Origin, Meaning]:
        """A grievance in words that come after word of a ticket, read `afresh` as if there were none. A ticket of its
        own when the other is settled and about something else, or only a question; else it shows among the ticket's
        categories. What is passed on as a hoax is about no other ticket. Who names the ticket, or replies to our words
        about it, means it.
        """
        hoax = found.intent is Intent.VERIFY_AUTHENTICITY and Category.FRAUD_HOAX not in ticket.categories
        if hoax and not origin.direct:
            return replace(origin, ticket=None, answered=None), found
        told = () if afresh.guessed else tuple(one for one in afresh.categories if one != "other")
        if afresh.intent is not Intent.COMPLAINT or not told:
            return origin, found
        another = not set(told) & set(ticket.categories)
        if not origin.direct and another and (not ticket.open or ticket.category == Category.INFORMATION):
            return replace(origin, ticket=None, answered=None), afresh
        if found.intent is Intent.TICKET_FOLLOWUP:
            found = replace(found, categories=tuple(dict.fromkeys((*found.categories, *told))))
        return origin, found

    async def _edited(
        self, db: AsyncConnection, where: Arrived, said: Heard, words: Words, now: datetime
    ) -> Effect | None:
        """New wording of an earlier message; None when it is to be heard like a new one."""
        before = await self._origins.first_wording(db, where, said)
        if before is None:
            return None
        ticket = await self._desk.reword(
            db,
            before.id,
            words.text,
            words.at,
            now,
            urgent=words.meaning.urgent,
            secret=words.meaning.wants_anonymity,
            categories=words.meaning.categories,
        )
        if ticket is not None:
            return Effect("edited", ticket)
        return None if words.meaning.needs_ticket else Effect("none")

    async def _remember(
        self, db: AsyncConnection, heard_id: int, origin: Origin, found: Meaning, effect: Effect
    ) -> None:
        """Write what it was taken for. Nothing beside a confidential ticket leads to who wrote it."""
        private = effect.ticket is not None and is_private(effect.ticket.confidentiality)
        values = _understood(found, effect)
        values["answers_id"] = origin.answered.id if origin.answered and not private else None
        if effect.hide:
            values["text"] = HIDDEN
        if private:
            values["sender_index"] = origin.keys.heard(private=True)
        await heard.understood(db, heard_id, values)

    async def _echo(self, db: AsyncConnection, heard_id: int, origin: Origin, found: Meaning) -> None:
        """Count an answer to a broadcast by its meaning, each delivery once. Last of all: its row is everybody's."""
        answered = origin.answered
        if answered is None or answered.broadcast_id is None:
            return
        if await echoes.answered_so_before(db, answered.id, heard_id, found.intent.value):
            return
        for intent in (found.intent.value, *((WRONG,) if found.wrong_info else ())):
            await echoes.count(db, answered.broadcast_id, intent)


def _passed_on(said: Heard) -> str:
    """What a mail forwards; "" for everything else."""
    return str(said.raw.get("passed_on", ""))


def _evident(said: Heard) -> bool:
    """Whether it brings a file or a place. A mail that is attached to be passed on is read, and shows nothing more."""
    passed = _passed_on(said)
    return said.kind is HeardKind.LOCATION or any(not passed or file.type != PASSED_ON for file in said.files)


def _understood(found: Meaning, effect: Effect) -> dict[str, Any]:
    why: Sequence[str] = [reason[:200] for reason in found.why]
    return {
        "intent": found.intent.value,
        "why": list(why),
        "effect": effect.name,
        "ticket_id": effect.ticket.id if effect.ticket else None,
    }
