"""JADWAL: when and where. Of who asks, of the one chosen on a shared phone, else of a village by its name."""

from notifier.rules.talks.values import (
    Choice,
    Flow,
    Move,
    Say,
    SeeSchedule,
    Step,
    Talk,
    Turn,
    asks,
    by_initials,
    chosen,
    missed,
    over,
)


def _begin(talk: Talk, rest: str) -> Move:
    if rest:
        return _place(talk.at("place"), Turn(text=rest))
    if talk.person is not None:
        return Move(talk.at("told"), wish=SeeSchedule(person=talk.person))
    return Move(talk.at("who" if talk.people else "place"))


def _who(talk: Talk, turn: Turn) -> Move:
    one = chosen(talk, turn)
    if one is not None:
        return Move(one.at("told"), wish=SeeSchedule(person=one.person))
    return Move(talk.at("place")) if turn.choice == "nobody" else missed(talk)


def _place(talk: Talk, turn: Turn) -> Move:
    place = " ".join(turn.text.split())[:60]
    if len(place) < 3:
        return missed(talk)
    return Move(talk.at("told"), wish=SeeSchedule(place=place))


def _told(talk: Talk, turn: Turn) -> Move:
    if turn.result == "found":
        return over("schedule.told", **turn.told)
    if turn.result == "several":
        return Move(talk.at("which", options=[list(one) for one in turn.options]))
    if turn.result == "no_place":
        return Move(talk.at("place"), Say("", before="schedule.no_place"))
    return over("schedule.none")


def _which(talk: Talk, turn: Turn) -> Move:
    return Move(talk.at("told"), wish=SeeSchedule(code=turn.choice)) if turn.choice else missed(talk)


def _options(talk: Talk) -> Say:
    return Say("schedule.which", choices=tuple(Choice(code, label) for code, label in talk.facts.get("options", ())))


FLOW = Flow(
    _begin,
    {
        "who": Step(by_initials("who.ask"), _who),
        "place": Step(asks("schedule.place"), _place, takes="name"),
        "told": Step(asks("schedule.place"), _told, takes="name"),  # only between a wish and its result
        "which": Step(_options, _which),
    },
)
