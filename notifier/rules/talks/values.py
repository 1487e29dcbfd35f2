"""What a talk is made of: where it stands, what was said, what follows. Frozen values; no phrase is worded here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Takes = Literal["", "words", "name", "digits"]


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation as it stands: the flow, the question that is open, and what was gathered. `facts` is JSON."""

    flow: str
    step: str = ""
    language: str = "id"
    facts: Mapping[str, Any] = field(default_factory=dict)
    misses: int = 0  # answers in a row that the open question could not use

    @property
    def people(self) -> tuple[tuple[int, str], ...]:
        """(person, initials) of everybody who is reached at this address; one of a shared phone once it is chosen."""
        return tuple((int(person), str(initials)) for person, initials in self.facts.get("people", ()))

    @property
    def person(self) -> int | None:
        """Who speaks, when that is certain."""
        return self.people[0][0] if len(self.people) == 1 else None

    def at(self, step: str, **facts: Any) -> "Talk":
        """The same talk at another step, knowing more."""
        return replace(self, step=step, facts={**self.facts, **facts}, misses=0)


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said in a talk, or what came of a wish."""

    text: str = ""  # as it was written; never kept beyond the sealed talk
    choice: str = ""  # code of the choice that was pressed or typed
    heard: int = 0  # number of the message
    files: int = 0  # files and places that came along
    result: str = ""  # what came of the wish before: "found", "none", "mismatch" …
    told: Mapping[str, Any] = field(default_factory=dict)  # facts that came with the result
    options: tuple[tuple[str, str], ...] = ()  # (code, label) to choose among


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be pressed, or given by its number. Its label is a phrase `label.<code>` unless given."""

    code: str
    label: str = ""
    asks: str = ""  # "phone": the device offers its number by itself, where the channel can


@dataclass(frozen=True, slots=True)
class Say:
    """What is said next, by the name of a phrase."""

    phrase: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    before: str = ""  # phrase said ahead of it: that the last answer was not understood
    guide: str = ""  # name of a document that goes along, where the channel takes files


# --- wishes: what floor 5 does in the same transaction, and answers with a Turn that has a result ---


@dataclass(frozen=True, slots=True)
class SeeSchedule:
    """found(programme, period, opens_at, closes_at, zone, venue, note) | none | several, with options."""

    person: int | None = None
    place: str = ""  # a village's or district's name
    code: str = ""  # of a round that was chosen


@dataclass(frozen=True, slots=True)
class SeeStatus:
    """found(status, programme, period) | none | mismatch | limited. By person, or by NIK and name."""

    person: int | None = None
    nik: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class SeeTicket:
    """told | just_told | unknown | none | several, with options. Without a number: the sender's own open ones."""

    number: str = ""


@dataclass(frozen=True, slots=True)
class ListRounds:
    """found, with options | none: the rounds a complaint may be about."""

    person: int


@dataclass(frozen=True, slots=True)
class OpenComplaint:
    """opened: the number is told by the desk itself."""

    category: str
    text: str
    heard: tuple[int, ...]  # messages it is made of; the first holds its words
    round: int | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class CallOfficer:
    """opened: a person will answer."""

    text: str


@dataclass(frozen=True, slots=True)
class SpeakLanguage:
    """done."""

    language: str


@dataclass(frozen=True, slots=True)
class Hush:
    """done: said by itself."""

    everything: bool


@dataclass(frozen=True, slots=True)
class WrongPerson:
    """opened."""

    text: str
    person: int | None = None  # of a shared phone; None: everybody


@dataclass(frozen=True, slots=True)
class FindPeople:
    """found(people) | stale | followed: whom an invitation or a number is meant for, or which report is followed."""

    token: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """linked | mismatch | limited: the address is one of this person's from now on, if the challenge holds."""

    people: tuple[int, ...]
    ending: str  # last four digits of the NIK
    year: str  # of birth
    token: str = ""
    typed: bool = False  # by a number that was only typed: whoever has it hears of it


@dataclass(frozen=True, slots=True)
class Apply:
    """opened | again(number)."""

    name: str
    nik: str
    village: str
    heard: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """done: the answer counts for the question that was chosen."""

    delivery: int
    yes: bool


Wish = (
    SeeSchedule
    | SeeStatus
    | SeeTicket
    | ListRounds
    | OpenComplaint
    | CallOfficer
    | SpeakLanguage
    | Hush
    | WrongPerson
    | FindPeople
    | Link
    | Apply
    | AnswerQuestion
)


@dataclass(frozen=True, slots=True)
class Move:
    """What follows a turn. With a wish, nothing is said until its result came back."""

    talk: Talk | None  # None: the talk is over
    say: Say | None = None  # None while the talk goes on: the new step's own question
    wish: Wish | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One open question: how it is asked, and what an answer leads to."""

    ask: Callable[[Talk], Say]
    hear: Callable[[Talk, Turn], Move]
    takes: Takes = ""  # besides choices: words of any length, a short name, digits


@dataclass(frozen=True, slots=True)
class Flow:
    """A table of steps and how it begins; `rest` is what was written behind its keyword."""

    begin: Callable[[Talk, str], Move]
    steps: Mapping[str, Step]


def over(phrase: str = "", choices: tuple[Choice, ...] = (), guide: str = "", **facts: Any) -> Move:
    """The talk ends, with these words or none."""
    return Move(None, Say(phrase, facts, choices, guide=guide) if phrase else None)


def missed(talk: Talk, phrase: str = "again") -> Move:
    """The answer can't be used: the same question again, said so."""
    return Move(replace(talk, misses=talk.misses + 1), Say("", before=phrase))


def asks(phrase: str, *codes: str) -> Callable[[Talk], Say]:
    """A question that is always the same."""
    choices = tuple(Choice(code) for code in codes)
    return lambda talk: Say(phrase, choices=choices)


def picked(turn: Turn, prefix: str) -> int | None:
    """The number in a choice such as "p2"."""
    tail = turn.choice.removeprefix(prefix)
    return int(tail) if turn.choice.startswith(prefix) and tail.isdecimal() else None


def by_initials(phrase: str) -> Callable[[Talk], Say]:
    """Which of the people of a shared phone? By initials: whoever else reads it learns no more."""

    def ask(talk: Talk) -> Say:
        people = tuple(Choice(f"p{place}", initials) for place, (_, initials) in enumerate(talk.people[:6]))
        return Say(phrase, choices=(*people, Choice("nobody")))

    return ask


def chosen(talk: Talk, turn: Turn) -> Talk | None:
    """The talk once one of a shared phone's people was chosen; None when nobody was."""
    place = picked(turn, "p")
    if place is None or place >= len(talk.people):
        return None
    return talk.at(talk.step, people=[list(talk.people[place])])
