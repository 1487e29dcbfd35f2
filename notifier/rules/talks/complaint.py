"""LAPOR: about what, which round, what happened, photos, whether the name stays hidden, and a yes. Then one ticket."""

from notifier.rules.talks.values import (
    Choice,
    Flow,
    ListRounds,
    Move,
    OpenComplaint,
    Say,
    Step,
    Talk,
    Turn,
    asks,
    missed,
    over,
    picked,
)

CATEGORIES = (
    "not_received",
    "deduction",
    "illegal_levy",
    "data_error",
    "card_problem",
    "goods_quality",
    "officer_conduct",
    "other",
)
LEAST = 8  # letters of a complaint
MOST = 4000  # characters kept of one


def _begin(talk: Talk, rest: str) -> Move:
    return Move(talk.at("category", said=[], round=None))


def _category(talk: Talk, turn: Turn) -> Move:
    if turn.choice not in CATEGORIES:
        return missed(talk)
    if talk.person is None:
        return Move(talk.at("words", category=turn.choice))
    return Move(talk.at("round", category=turn.choice), wish=ListRounds(talk.person))


def _round(talk: Talk, turn: Turn) -> Move:
    if turn.result == "found":
        return Move(talk.at("round", options=[list(one) for one in turn.options]))
    if turn.result:
        return Move(talk.at("words"))
    if turn.choice == "another":
        return Move(talk.at("words"))
    chosen = picked(turn, "r")
    return Move(talk.at("words", round=chosen)) if chosen is not None else missed(talk)


def _rounds(talk: Talk) -> Say:
    known = tuple(Choice(code, label) for code, label in talk.facts.get("options", ()))
    return Say("complaint.round", choices=(*known, Choice("another")))


def _words(talk: Talk, turn: Turn) -> Move:
    text = turn.text.strip()
    if letters(text) < LEAST:
        return missed(_with(talk, "", turn) if turn.files else talk, "complaint.more")
    return Move(_with(talk, text, turn).at("evidence" if talk.facts.get("files") else "secret"))


def _evidence(talk: Talk, turn: Turn) -> Move:
    """Photos and places come one by one; further words belong to the complaint too."""
    if turn.choice == "on":
        return Move(talk.at("secret"))
    if not turn.files and not turn.text.strip():
        return missed(talk)
    phrase = "complaint.kept" if turn.files else "complaint.added"
    return Move(_with(talk, turn.text.strip(), turn), Say(phrase, choices=(Choice("on"),)))


def _secret(talk: Talk, turn: Turn) -> Move:
    """A text without a choice is the rest of the story: gateways bring long ones in pieces."""
    if not turn.choice and letters(turn.text) >= LEAST:
        return Move(_with(talk, turn.text.strip(), turn))
    if turn.choice not in ("named", "hidden"):
        return missed(talk)
    return Move(talk.at("confirm", secret=turn.choice == "hidden"))


def _confirm(talk: Talk, turn: Turn) -> Move:
    if turn.choice == "yes":
        return Move(talk.at("sent"), wish=opening(talk))
    return over("complaint.dropped") if turn.choice == "no" else missed(talk)


def opening(talk: Talk) -> OpenComplaint:
    """The complaint as far as it was told."""
    facts = talk.facts
    said = facts.get("said", ())
    return OpenComplaint(
        category=str(facts.get("category", "other")),
        text="\n\n".join(str(text) for _, text in said if text)[:MOST],
        heard=tuple(dict.fromkeys(int(number) for number, _ in said)),
        round=facts.get("round"),
        secret=bool(facts.get("secret")),
    )


def told_enough(talk: Talk) -> bool:
    """Whether a person should read it although it was never confirmed."""
    return talk.flow == "complaint" and talk.step != "sent" and any(text for _, text in talk.facts.get("said", ()))


def reworded(talk: Talk, heard: int, text: str) -> Talk | None:
    """The talk after a message of it was edited; None when it has no such message."""
    said = [list(one) for one in talk.facts.get("said", ())]
    if all(number != heard for number, _ in said):
        return None
    return talk.at(talk.step, said=[[number, text[:MOST] if number == heard else old] for number, old in said])


def letters(text: str) -> int:
    """How much of a story it is."""
    return sum(sign.isalpha() for sign in text)


def _with(talk: Talk, text: str, turn: Turn) -> Talk:
    return talk.at(talk.step, said=[*talk.facts.get("said", ()), [turn.heard, text[:MOST]]])


FLOW = Flow(
    _begin,
    {
        "category": Step(asks("complaint.category", *CATEGORIES), _category),
        "round": Step(_rounds, _round),
        "words": Step(asks("complaint.words"), _words, takes="words"),
        "evidence": Step(asks("complaint.evidence", "on"), _evidence, takes="words"),
        "secret": Step(asks("complaint.secret", "named", "hidden"), _secret, takes="words"),
        "confirm": Step(asks("complaint.confirm", "yes", "no"), _confirm),
        "sent": Step(asks("complaint.confirm"), lambda talk, turn: over()),
    },
)
