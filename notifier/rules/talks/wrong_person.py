"""SALAH ORANG: nothing personal goes to this address any more, and the desk looks for the right one."""

from notifier.rules.talks.values import Choice, Flow, Move, Say, Step, Talk, Turn, WrongPerson, missed, over, picked

ENDS = {"opened": "wrong.done", "none": "wrong.none"}


def _begin(talk: Talk, rest: str) -> Move:
    if len(talk.people) > 1:
        return Move(talk.at("who"))
    return Move(talk.at("sent"), wish=WrongPerson("salah orang"))


def _ask(talk: Talk) -> Say:
    people = tuple(Choice(f"p{place}", initials) for place, (_, initials) in enumerate(talk.people[:6]))
    return Say("wrong.who", choices=(*people, Choice("everybody")))


def _who(talk: Talk, turn: Turn) -> Move:
    place = picked(turn, "p")
    if place is not None and place < len(talk.people):
        return Move(talk.at("sent"), wish=WrongPerson("salah orang", talk.people[place][0]))
    return Move(talk.at("sent"), wish=WrongPerson("salah orang")) if turn.choice == "everybody" else missed(talk)


def _sent(talk: Talk, turn: Turn) -> Move:
    return over(ENDS.get(turn.result, ""))


FLOW = Flow(_begin, {"who": Step(_ask, _who), "sent": Step(_ask, _sent)})
