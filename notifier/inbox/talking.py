"""Carries conversations: what was said goes to the open flow, or opens one; what follows is done and said in the same
transaction. What belongs to no conversation is left to the table of effects.

Knows where a talk is kept and how its words leave; every step is decided in rules.talks.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import HeardKind
from notifier.desk import Desk, Reporter, ref_key
from notifier.inbox.effects import Effect, Effects, Words
from notifier.inbox.origin import context_of
from notifier.inbox.replies import Replies
from notifier.inbox.turns import BUTTONS, TELLING, Said, Talked, about_kin, initials, plain_place, speaks, worded
from notifier.inbox.wishes import Wishes
from notifier.rules import talks as flows
from notifier.rules.deliveries import EVENTS
from notifier.rules.talks import LEAVE
from notifier.rules.talks.complaint import opening, reworded, told_enough
from notifier.rules.talks.menu import ITEMS, PUBLIC
from notifier.rules.talks.values import Choice, Move, Say, Talk, Turn
from notifier.rules.words import Context, Intent, Lexicon, Meaning, shipped
from notifier.store import contacts, heard, talks
from notifier.store.talks import Kept
from notifier.vault import Vault

EVENT = "talk"
PATIENCE = timedelta(minutes=30)  # an open question is forgotten then
EXPLAINED = timedelta(days=1)  # how long an answer that comes too late is told so
ASKED = timedelta(days=14)  # how long a receipt question counts as open
SEALED = "talks.facts"
FILES = frozenset({"telegram", "email"})  # channels that bring photos
FILED = frozenset({HeardKind.PHOTO, HeardKind.DOCUMENT, HeardKind.VOICE, HeardKind.LOCATION})
RECEIPT = {Intent.RECEIPT_YES: "yes", Intent.RECEIPT_NO: "no"}
IN_A_TALK = Meaning(Intent.UNCLEAR, False, why=("said in a conversation",))


class Talking:
    """The conversations of all senders; hearing holds the sender's lock."""

    def __init__(
        self, desk: Desk, replies: Replies, effects: Effects, lexicon: Callable[[], Lexicon] = shipped
    ) -> None:
        """`lexicon`: what words are read with now."""
        self._desk = desk
        self._vault: Vault = desk.room.vault
        self._replies = replies
        self._phrases = desk.room.phrases
        self._wishes = Wishes(desk, effects, lexicon)

    async def hear(self, db: AsyncConnection, said: Said, kept: Kept | None, now: datetime) -> Talked | None:
        """What follows in a conversation, which stands as `kept`; None when the words belong to none."""
        if said.heard.kind is HeardKind.EDIT:
            return await self._edited(db, said, kept, now)
        if said.heard.kind is HeardKind.BUTTON:
            return await self._pressed(db, said, kept, now)
        talk = self._live(kept, now)
        started = await self._started(db, said, talk, kept, now)
        if started is not None:
            return started
        if talk is not None and kept is not None and not self._elsewhere(said):
            return await self._answered(db, said, talk, kept, now)
        if kept is not None and kept.flow and self._late(said, kept, now):
            await talks.close(db, kept.sender_index, now)
            return await self._tell(db, said, Say("stale"), now)
        return await self._begun_by_words(db, said, now)

    # --- an open question ---

    async def _pressed(self, db: AsyncConnection, said: Said, kept: Kept | None, now: datetime) -> Talked | None:
        """A button counts for the question it hangs under; the menu's may be pressed at any time."""
        if said.origin.answered is None or said.origin.answered.event != EVENT:
            return None
        code, talk = said.heard.button.partition(":")[0], self._live(kept, now)
        if (
            talk is not None
            and said.origin.answered.id in talk.facts.get("asked", ())
            and talk.flow != "menu"
            and flows.offers(talk, code)
        ):
            return await self._go(db, said, flows.step(talk, self._turn(said, choice=code)), talk, now)
        if code in ITEMS:
            return await self._open(db, said, code, "", now)
        return await self._tell(db, said, Say("old_button"), now)

    async def _answered(self, db: AsyncConnection, said: Said, talk: Talk, kept: Kept, now: datetime) -> Talked | None:
        choice = flows.picks(talk, said.line) or self._labelled(talk, said)
        takes, found, meant = flows.takes(talk), said.words.meaning, said.heard.kind
        typed = not said.line[:1].isdigit()
        if choice and self._asked_since(said, kept) and choice in ("yes", "no", *flows.MEANS.values()) and typed:
            return await self._go(db, said, flows.again(talk), talk, now)
        if not choice and self._leaves(takes, found, meant):
            await talks.close(db, kept.sender_index, now)
            return None
        if choice and talk.flow == "menu":
            return await self._open(db, said, choice, "", now)
        move = flows.step(talk, self._turn(said, choice=choice))
        quiet = bool(said.heard.album) and talk.facts.get("album") == said.heard.album
        if move.talk is not None and said.heard.album:
            move = replace(move, talk=replace(move.talk, facts={**move.talk.facts, "album": said.heard.album}))
        return await self._go(db, said, move, talk, now, quiet=quiet, hide=takes in ("digits", "name"))

    def _labelled(self, talk: Talk, said: Said) -> str:
        """The choice whose label was typed."""
        typed = said.line.lower()
        language, short = talk.language, said.where.kind == "sms"
        choices = flows.question(talk).choices
        labels = {self._phrases.label(language, one.code, one.label, short=short).lower(): one.code for one in choices}
        return labels.get(typed, "")

    def _leaves(self, takes: str, found: Meaning, kind: HeardKind) -> bool:
        """Whether what was said is no answer but something of its own: it is heard as such."""
        if found.urgent:
            return True
        if takes == "words" or kind in FILED:
            return False
        if takes:
            grave = found.intent is Intent.COMPLAINT and bool(set(found.categories) - {"other"})
            return grave or found.intent in (Intent.OPT_OUT, Intent.OPT_IN)
        return found.needs_ticket or found.intent in TELLING

    @staticmethod
    def _asked_since(said: Said, kept: Kept) -> bool:
        """Whether another question of ours reached this address after the talk's own."""
        asked = said.origin.answered
        return asked is not None and EVENTS[asked.event].question and asked.sent_at > kept.updated_at

    def _elsewhere(self, said: Said) -> bool:
        """Answers, by the provider's reply function, something else that we wrote."""
        answered = said.origin.answered
        return bool(said.heard.thread) and said.origin.direct and answered is not None and answered.event != EVENT

    def _late(self, said: Said, kept: Kept, now: datetime) -> bool:
        """Whether this looks like the answer to a question that ran out of time; not when we wrote something since."""
        if kept.expires_at is None or not kept.expires_at <= now < kept.expires_at + EXPLAINED:
            return False
        asked, talk, found = said.origin.answered, self._opened(kept), said.words.meaning
        if talk is None or (asked is not None and asked.sent_at > kept.updated_at):
            return False
        if flows.picks(talk, said.line) or (said.line.isdecimal() and len(said.line) <= 2):
            return True
        return bool(flows.takes(talk)) and found.intent is Intent.UNCLEAR and not found.needs_ticket

    # --- what opens one ---

    async def _started(
        self, db: AsyncConnection, said: Said, talk: Talk | None, kept: Kept | None, now: datetime
    ) -> Talked | None:
        """A command, a keyword, an invitation, a shared number."""
        raw = said.heard.raw
        if said.heard.kind is HeardKind.CONTACT:
            own = bool(raw.get("contact_own"))
            return await self._open(db, said, "linking", f"phone {raw.get('contact_phone')}", now) if own else None
        if raw.get("start"):
            return await self._open(db, said, "linking", f"token {raw['start']}", now)
        asked = said.origin.answered
        about_ticket = context_of(asked) is Context.TICKET
        if "command" in raw:
            flow, rest = flows.COMMANDS.get(str(raw["command"]), ""), said.text.partition(" ")[2]
            if flow not in flows.BEHIND and speaks(rest):
                return None  # "/lapor" and in the same breath what happened
        else:
            if self._elsewhere(said) and about_ticket:
                return None
            flow, rest = flows.keyword(said.line) or ("", "")
            if not flow and (talk is None or not flows.takes(talk)):
                flow = flows.slipped(said.line)  # "lapr" alone is LAPOR, though it might be "lapar"
        if talk is not None and flow and "command" not in raw and flows.picks(talk, said.line):
            return None  # it is one of the open question's choices
        if flow == LEAVE:
            return await self._left(db, said, talk, kept, now)
        if flow == "schedule" and rest and not await talks.places(db, plain_place(rest)):
            flow, rest = (flow, "") if "command" in raw else ("", "")
        if flow == "status" and about_ticket and talk is None and said.line.lower().startswith("status"):
            flow = "ticket"  # asked right after word of a report
        if not flow:
            return None
        if raw.get("command") == "start":
            if await contacts.is_silent(db, said.where.kind, said.heard.sender):
                return None  # they want our messages again
            if not await self._here(db, said):
                # what is public needs no link: its buttons hang beside the question, and may be pressed at any time
                await self._tell(db, said, Say("menu.ask", choices=tuple(Choice(item) for item in PUBLIC)), now)
                return await self._open(db, said, "linking", "", now)
            return await self._open(db, said, "menu", "", now)
        if flow == "linking" and said.where.kind not in BUTTONS:
            rest = "number"  # no device tells its own number here
        if flow == "ticket" and said.words.ticket is not None and not rest:
            rest = said.words.ticket.number
        return await self._open(db, said, flow, rest, now)

    async def _left(
        self, db: AsyncConnection, said: Said, talk: Talk | None, kept: Kept | None, now: datetime
    ) -> Talked | None:
        if kept is not None and kept.flow:
            await talks.close(db, kept.sender_index, now)
        if talk is not None:
            return await self._tell(db, said, Say("left"), now)
        plainly = said.line.strip(" .!").lower() in ("batal", "cancel") or "command" in said.heard.raw
        return await self._tell(db, said, Say("nothing_open"), now) if plainly else None

    async def _begun_by_words(self, db: AsyncConnection, said: Said, now: datetime) -> Talked | None:
        """Free words that must be asked about before anything personal is told."""
        found = said.words.meaning
        of_ticket = said.words.ticket is not None
        if found.intent is Intent.STATUS_CHECK and not found.needs_ticket and not (of_ticket and said.origin.direct):
            if about_kin(said.words.text):
                return await self._tell(db, said, Say("only_own"), now)
            if len(await self._here(db, said)) > (0 if of_ticket else 1):
                return await self._open(db, said, "status", "", now)
        if found.intent in RECEIPT and not said.origin.direct:
            return await self._which(db, said, RECEIPT[found.intent], now)
        answer = flows.bare(said.line) if self._asked_nothing(said) else ""
        if answer:
            which = await self._which(db, said, answer, now, least=1)
            return which or await self._tell(db, said, Say("nothing_asked"), now)
        return None

    @staticmethod
    def _asked_nothing(said: Said) -> bool:
        """Whether these words, which say nothing of their own, answer no question: what we last wrote asked none."""
        found, asked = said.words.meaning, said.origin.answered
        idle = found.intent in (Intent.UNCLEAR, Intent.ACKNOWLEDGE) and not found.needs_ticket
        asks = asked is not None and (EVENTS[asked.event].question or asked.ticket_id is not None)
        return idle and said.words.ticket is None and not asks and not said.words.evidence

    async def _which(
        self, db: AsyncConnection, said: Said, answer: str, now: datetime, least: int = 2
    ) -> Talked | None:
        """Several receipt questions are open at this address, or one that is not what we wrote last: it is asked which
        one is meant.
        """
        events = ("receipt_question",)
        found = await talks.open_questions(db, said.origin.keys.attempts(), events, now - ASKED)
        if len({(person, programme, period) for _, person, programme, period in found}) < least:
            return None
        named = dict(await talks.initials(db, {person for _, person, _, _ in found if person is not None}))
        many = len({person for _, person, _, _ in found}) > 1
        options = [
            [f"q{delivery}", f"{programme} {initials(named.get(person or 0, '')) if many else period}"]
            for delivery, person, programme, period in found[:5]
        ]
        return await self._open(db, said, "questions", answer, now, options=options)

    # --- carrying on ---

    async def _open(self, db: AsyncConnection, said: Said, flow: str, rest: str, now: datetime, **facts: Any) -> Talked:
        here = await self._here(db, said)
        known = flows.known(said.words.reporter.language, people=here, files=said.where.kind in FILES, **facts)
        return await self._go(db, said, flows.begin(flow, known, rest), known, now)

    async def _go(
        self,
        db: AsyncConnection,
        said: Said,
        move: Move,
        before: Talk,
        now: datetime,
        *,
        quiet: bool = False,
        hide: bool = False,
    ) -> Talked:
        """Do what the move wishes for, step again with the result, until something is said or the talk is over."""
        effect, words, language = Effect("talked"), said.words, before.language
        while move.wish is not None and move.talk is not None:
            done = await self._wishes.grant(db, move.wish, said.words, now)
            effect, words, language = done.effect or effect, done.words or words, move.talk.language
            move = flows.step(move.talk, done.turn)
        sender = said.origin.keys.heard()
        same = move.talk is not None and (before.flow, before.step) == (move.talk.flow, move.talk.step)
        asked = list(before.facts.get("asked", ())) if same else []
        if move.say is not None and not quiet:
            asked.append(await self._say(db, said, move.say, language, now))
        if move.talk is not None:
            await self._keep(db, said, move.talk, asked, now)
        else:
            await talks.close(db, sender, now)
        if language != said.words.reporter.language and effect.name == "language":
            await talks.put(db, sender, {"language": language}, now)
        counted = words is not said.words
        origin = replace(said.origin, answered=words.answered if counted else None, reporter=words.reporter)
        found = words.meaning if counted else IN_A_TALK
        return Talked(replace(effect, hide=effect.hide or hide), origin, found)

    async def _keep(self, db: AsyncConnection, said: Said, talk: Talk, asked: list[int], now: datetime) -> None:
        facts = {
            **talk.facts,
            "asked": asked,  # deliveries that hold the open question: buttons name them
            "talk_language": talk.language,
            "reporter": asdict(said.words.reporter),
        }
        values: dict[str, Any] = {
            "flow": talk.flow,
            "step": talk.step,
            "facts": self._vault.seal_json(facts, SEALED),
            "misses": talk.misses,
            "expires_at": now + PATIENCE,
        }
        await talks.put(db, said.origin.keys.heard(), values, now)

    def _live(self, kept: Kept | None, now: datetime) -> Talk | None:
        if kept is None or kept.facts is None or kept.expires_at is None or kept.expires_at <= now:
            return None
        return self._opened(kept)

    def _opened(self, kept: Kept) -> Talk | None:
        """None for a flow or a step that a newer release no longer has."""
        facts: Mapping[str, Any] = self._vault.open_json(kept.facts or b"", SEALED)
        if kept.flow not in flows.FLOWS or kept.step not in flows.FLOWS[kept.flow].steps:
            return None
        return Talk(kept.flow, kept.step, str(facts["talk_language"]), facts, kept.misses)

    async def _edited(self, db: AsyncConnection, said: Said, kept: Kept | None, now: datetime) -> Talked | None:
        """New wording of words that are still being gathered; the row of the first wording keeps it too."""
        talk = self._live(kept, now)
        before = await self._first_wording(db, said) if talk is not None else None
        changed = reworded(talk, before, said.text) if talk is not None and before is not None else None
        if changed is None:
            return None
        await self._keep(db, said, changed, list(changed.facts.get("asked", ())), now)
        return Talked(Effect("edited"), replace(said.origin, answered=None), IN_A_TALK)

    async def _first_wording(self, db: AsyncConnection, said: Said) -> int | None:
        kinds = tuple(kind.value for kind in HeardKind if kind is not HeardKind.EDIT)
        ref = ref_key(self._vault, said.where.line, said.heard.ref)
        first = await heard.by_ref(db, said.where.line, ref, kinds)
        return first.id if first is not None else None

    # --- what was begun and left ---

    async def sweep(self, db: AsyncConnection, now: datetime) -> bool:
        """Open a complaint that was told and never confirmed: whoever wrote so much wants to be heard. False: none."""
        sender = await talks.ran_out(db, "complaint", now)
        if sender is None:
            return False
        await heard.hold_sender(db, sender)
        kept = await talks.get(db, sender)
        if kept is not None and kept.flow == "complaint" and self._live(kept, now) is None:
            talk = self._opened(kept) if kept.facts is not None else None
            if talk is not None and told_enough(talk):
                wish = opening(talk)
                reporter = Reporter(**talk.facts["reporter"])
                words = Words(wish.heard[0], 0, reporter, wish.text, kept.updated_at, "", IN_A_TALK)
                await self._wishes.grant(db, wish, words, now)
            await talks.close(db, sender, now)
        return True

    # --- saying ---

    async def _tell(self, db: AsyncConnection, said: Said, say: Say, now: datetime) -> Talked:
        """Words that open nothing."""
        await self._say(db, said, say, said.words.reporter.language, now)
        return Talked(Effect("talked"), replace(said.origin, answered=None), IN_A_TALK)

    async def _say(self, db: AsyncConnection, said: Said, say: Say, language: str, now: datetime) -> int:
        to = replace(said.words.reporter, language=language)
        return await self._replies.send(db, to, EVENT, worded(self._phrases, to, say), said.words.at, now)

    # --- what is known ---

    def _turn(self, said: Said, choice: str = "") -> Turn:
        came = len(said.heard.files) + (said.heard.kind is HeardKind.LOCATION)
        return Turn(text=said.text, choice=choice, heard=said.words.heard_id, files=came)

    async def _here(self, db: AsyncConnection, said: Said) -> list[list[Any]]:
        """[person, initials] of everybody who is reached at this address."""
        here = await contacts.at(db, said.where.kind, said.heard.sender)
        named = await talks.initials(db, {contact.person_id for contact in here})
        return [[person, initials(name)] for person, name in named]
