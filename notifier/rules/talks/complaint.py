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
    return Move(talk.at("category", words=[], heard=[], round=None))


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
    if sum(sign.isalpha() for sign in text) < LEAST:
        more = _with(talk, "", turn) if turn.files else talk
        return missed(more, "complaint.more")
    told = _with(talk, text, turn)
    return Move(told.at("evidence" if talk.facts.get("files") else "secret"))


def _evidence(talk: Talk, turn: Turn) -> Move:
    """Photos and places come one by one; further words belong to the complaint too."""
    if turn.choice == "on":
        return Move(talk.at("secret"))
    if turn.files:
        return Move(_with(talk, turn.text.strip(), turn), Say("complaint.kept", choices=(Choice("on"),)))
    if turn.text.strip():
        return Move(_with(talk, turn.text.strip(), turn), Say("complaint.added", choices=(Choice("on"),)))
    return missed(talk)


def _secret(talk: Talk, turn: Turn) -> Move:
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
    return OpenComplaint(
        category=str(facts.get("category", "other")),
        text="\n\n".join(str(part) for part in facts.get("words", ()))[:MOST],
        heard=tuple(int(number) for number in facts.get("heard", ())),
        round=facts.get("round"),
        secret=bool(facts.get("secret")),
    )


def told_enough(talk: Talk) -> bool:
    """Whether a person should read it although it was never confirmed."""
    return talk.flow == "complaint" and talk.step != "sent" and bool(talk.facts.get("words"))


def _with(talk: Talk, text: str, turn: Turn) -> Talk:
    words = [*talk.facts.get("words", ()), *([text[:MOST]] if text else [])]
    return talk.at(talk.step, words=words, heard=[*talk.facts.get("heard", ()), turn.heard])


FLOW = Flow(
    _begin,
    {
        "category": Step(asks("complaint.category", *CATEGORIES), _category),
        "round": Step(_rounds, _round),
        "words": Step(asks("complaint.words"), _words, takes="words"),
        "evidence": Step(asks("complaint.evidence", "on"), _evidence, takes="words"),
        "secret": Step(asks("complaint.secret", "named", "hidden"), _secret),
        "confirm": Step(asks("complaint.confirm", "yes", "no"), _confirm),
        "sent": Step(asks("complaint.confirm"), lambda talk, turn: over()),
    },
)
