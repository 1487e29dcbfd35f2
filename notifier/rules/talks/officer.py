"""PETUGAS: a person answers. What is written behind the word, or asked for, becomes a ticket."""

from notifier.rules.talks.values import CallOfficer, Flow, Move, Step, Talk, Turn, asks, missed, over


def _begin(talk: Talk, rest: str) -> Move:
    return Move(talk.at("sent"), wish=CallOfficer(rest)) if len(rest) > 3 else Move(talk.at("words"))


def _words(talk: Talk, turn: Turn) -> Move:
    if not turn.text.strip():
        return missed(talk)
    return Move(talk.at("sent"), wish=CallOfficer(turn.text.strip()))


FLOW = Flow(
    _begin,
    {
        "words": Step(asks("officer.words"), _words, takes="words"),
        "sent": Step(asks("officer.words"), lambda talk, turn: over()),
    },
)
