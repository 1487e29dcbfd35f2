"""Two of our questions are open on one phone and somebody writes YA: which one is it about? Never guessed."""

from notifier.rules.talks.values import AnswerQuestion, Choice, Flow, Move, Say, Step, Talk, Turn, missed, over, picked


def _begin(talk: Talk, rest: str) -> Move:
    return Move(talk.at("which", yes=rest == "yes"))


def _ask(talk: Talk) -> Say:
    return Say("questions.which", choices=tuple(Choice(code, label) for code, label in talk.facts.get("options", ())))


def _which(talk: Talk, turn: Turn) -> Move:
    if turn.result:
        return over("questions.noted" if turn.result == "noted" else "")
    delivery = picked(turn, "q")
    if delivery is None:
        return missed(talk)
    return Move(talk, wish=AnswerQuestion(delivery, bool(talk.facts["yes"])))


FLOW = Flow(_begin, {"which": Step(_ask, _which)})
