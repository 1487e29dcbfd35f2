"""One turn of a conversation: what was said, as what it counts, and what we say in the facts of a `talk` message.

Knows channels by what they can show; no flow and no row.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from channels.contract import Heard, HeardKind
from notifier.desk import Reporter
from notifier.inbox.effects import Effect, Words
from notifier.inbox.origin import Arrived, Origin
from notifier.render import Phrases
from notifier.rules import talks as flows
from notifier.rules.talks.complaint import LEAST, letters
from notifier.rules.talks.values import Say, Turn
from notifier.rules.words import Context, Intent, Meaning, meaning
from notifier.rules.words.lexicon import shipped
from notifier.rules.words.reading import read

BUTTONS = frozenset({"telegram"})  # channels where choices hang below the words
# what is heard as itself, whatever talk is open: asked for, reported or refused in one's own words
TELLING = frozenset(
    {
        Intent.COMPLAINT,
        Intent.QUESTION,
        Intent.STATUS_CHECK,
        Intent.REGISTER,
        Intent.OPT_OUT,
        Intent.OPT_IN,
        Intent.CHANGE_CONTACT,
        Intent.TICKET_FOLLOWUP,
        Intent.VERIFY_AUTHENTICITY,
    }
)
SPOKEN = frozenset({HeardKind.LOCATION, HeardKind.BUTTON, HeardKind.VOICE})


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, with everything a conversation needs of it."""

    where: Arrived
    heard: Heard
    origin: Origin
    words: Words

    @property
    def text(self) -> str:
        """As it was written; of a place, a voice or a button what stands for it."""
        return self.words.text if self.heard.kind in SPOKEN else self.heard.text.strip()

    @property
    def line(self) -> str:
        """What a keyword or a choice can be: of a mail its subject, or the first line of an answer. When what stands
        below says something of its own ("Tolong", and then what happened), no line stands for the whole.
        """
        subject = str(self.heard.raw.get("subject", "")).strip()
        if subject and not self.heard.thread and flows.keyword(subject) is not None and not speaks(self.text):
            return subject
        first, _, below = self.text.strip().partition("\n")
        return self.text if speaks(below) else first.strip()


@dataclass(frozen=True, slots=True)
class Talked:
    """What came of it, and as what the words count."""

    effect: Effect
    origin: Origin
    found: Meaning


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a wish: the turn that goes back into the flow, and an effect when something happened."""

    turn: Turn
    effect: Effect | None = None
    words: Words | None = None  # as they count now: for which question, meaning what


def worded(phrases: Phrases, to: Reporter, say: Say) -> dict[str, Any]:
    """The facts of a `talk` message: its words, and its choices as buttons or by number."""
    short, language = to.kind == "sms", to.language
    parts = [phrases.say(language, say.before, say.facts, short=short)] if say.before else []
    if say.phrase:
        parts.append(phrases.say(language, say.phrase, say.facts, short=short))
    labels = [phrases.label(language, one.code, one.label, short=short) for one in say.choices]
    hung = to.kind in BUTTONS
    facts: dict[str, Any] = {
        "words": " ".join(parts),
        "choices": "" if hung else phrases.numbered(language, labels, short=short),
    }
    if say.guide:
        facts["guide"] = say.guide
    if hung and say.choices:
        facts["buttons"] = [[one.code, label, one.asks] for one, label in zip(say.choices, labels, strict=True)]
    return facts


def initials(name: str) -> str:
    """SITI AMINAH → S.A."""
    return "".join(f"{word[0].upper()}." for word in name.split()[:4] if word[0].isalpha()) or "?"


@lru_cache(maxsize=32)
def speaks(text: str) -> bool:
    """Whether words mean something by themselves: no keyword, no greeting and no name below a letter."""
    if letters(text) < LEAST or flows.keyword(text) is not None:
        return False
    found = meaning(text, Context.NONE)
    return found.needs_ticket or found.urgent or found.intent in TELLING


def about_kin(text: str) -> bool:
    """Whether somebody else's data are asked for: "cek punya ibu saya"."""
    return read(text, Context.NONE, shipped()).has("kin")


def plain_place(name: str) -> str:
    """A village's name without what kind of place it is."""
    words = name.replace(",", " ").split()
    kinds = {"desa", "kelurahan", "kel", "kel.", "kecamatan", "kec", "kec.", "kampung", "kp", "kp."}
    return " ".join(word for word in words if word.lower() not in kinds)[:60] or name[:60]
