"""What a reading of a citizen's words comes to: the values other floors see. It must not know how they were read."""

from dataclasses import dataclass
from enum import StrEnum


class Context(StrEnum):
    """What our last message to this person was: it decides what "ya", "tidak" and "belum" answer."""

    NONE = "none"
    NOTICE = "distribution_notice"  # a round was announced, moved or is near
    RECEIPT_QUESTION = "receipt_question"
    STATUS = "status_notice"  # an entitlement or enrolment changed
    TICKET = "ticket_update"  # a ticket was acknowledged, answered or moved

    @classmethod
    def read(cls, name: str) -> "Context":
        """The context of that name or of that event's name; ValueError says which names there are."""
        for context in cls:
            if name == context.value:
                return context
        for beginning, context in _EVENTS.items():
            if name.startswith(beginning):
                return context
        raise ValueError(f'context "{name}" is unknown; use one of {", ".join(cls)}.')


# A general notice asks nothing and is about no round: "ya" confirms nothing.
# event names begin so, whatever their ending: round_announced, reminder_3_days, ticket_answered …
_EVENTS = {
    "round": Context.NOTICE,
    "reminder": Context.NOTICE,
    "notice": Context.NOTICE,
    "receipt": Context.RECEIPT_QUESTION,
    "entitlement": Context.STATUS,
    "status": Context.STATUS,
    "enrolment": Context.STATUS,
    "ticket": Context.TICKET,
    "answer": Context.TICKET,
    "general": Context.NONE,
}


class Intent(StrEnum):
    """What the person wants of us."""

    RECEIPT_YES = "receipt_yes"
    RECEIPT_NO = "receipt_no"
    ACKNOWLEDGE = "acknowledge"
    COMPLAINT = "complaint"
    QUESTION = "question"
    STATUS_CHECK = "status_check"
    REGISTER = "register"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    CHANGE_CONTACT = "change_contact"
    TICKET_FOLLOWUP = "ticket_followup"
    VERIFY_AUTHENTICITY = "verify_authenticity"
    AUTO_REPLY = "auto_reply"
    SPAM = "spam"
    UNCLEAR = "unclear"


class Topic(StrEnum):
    """What a question is about, so that a prepared answer can be chosen."""

    SCHEDULE = "schedule"
    DOCUMENTS = "documents"
    PLACE = "place"
    AMOUNT = "amount"
    STATUS = "status"
    HOW_TO_COMPLAIN = "how_to_complain"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one text means; `why` tells which rule spoke and on which words, for the desk and for whoever tunes it."""

    intent: Intent
    needs_ticket: bool  # must a person see it as a new ticket
    categories: tuple[str, ...] = ()  # the most important first
    urgent: bool = False  # danger, hunger, threat
    wants_anonymity: bool = False
    why: tuple[str, ...] = ()
    topic: Topic | None = None  # of questions only
    amounts: tuple[int, ...] = ()  # rupiah named in the text, in order
    wrong_info: bool = False  # says that what we wrote is wrong: the date, the place, the person
    progress: bool = False  # asks how their report stands, and brings nothing new
    guessed: bool = False  # a complaint whose category is only what its words lean to
