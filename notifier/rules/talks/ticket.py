"""TIKET n: how a report stands. Told to its reporter alone; any other number is answered like one that is none."""

from notifier.rules.talks.values import Choice, Flow, Move, Say, SeeTicket, Step, Talk, Turn, asks, missed, over

ENDS = {"just_told": "ticket.just_told", "unknown": "ticket.unknown", "none": "ticket.none"}


def _begin(talk: Talk, rest: str) -> Move:
    return Move(talk.at("told"), wish=SeeTicket(rest[:40]))


def _told(talk: Talk, turn: Turn) -> Move:
    if turn.result == "several":
        return Move(talk.at("which", options=[list(one) for one in turn.options]))
    return over(ENDS.get(turn.result, ""))  # what is told, the desk tells by itself


def _which(talk: Talk, turn: Turn) -> Move:
    if turn.choice:
        return Move(talk.at("told"), wish=SeeTicket(turn.choice))
    return Move(talk.at("told"), wish=SeeTicket(turn.text[:40])) if len(turn.text.strip()) >= 7 else missed(talk)


def _options(talk: Talk) -> Say:
    return Say("ticket.which", choices=tuple(Choice(code, label) for code, label in talk.facts.get("options", ())))


FLOW = Flow(
    _begin,
    {
        "told": Step(asks("ticket.none"), _told),  # only between a wish and its result
        "which": Step(_options, _which, takes="digits"),
    },
)
