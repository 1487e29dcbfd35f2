"""DAFTAR: name, NIK, village, documents. It becomes an application that the village decides on; we never do."""

from notifier.rules.talks.status import nik_in, no_nik
from notifier.rules.talks.values import Apply, Flow, Move, Say, Step, Talk, Turn, asks, missed, over


def _begin(talk: Talk, rest: str) -> Move:
    return Move(talk.at("name", heard=[]))


def _name(talk: Talk, turn: Turn) -> Move:
    name = " ".join(turn.text.split())
    if (
        sum(sign.isalpha() for sign in name) < 3
        or len(name) > 120
        or any(sign in "?" or sign.isdigit() for sign in name)
    ):
        return missed(talk)
    return Move(talk.at("nik", name=name))


def _nik(talk: Talk, turn: Turn) -> Move:
    nik = nik_in(turn.text)
    if nik:
        return Move(talk.at("village", nik=nik))
    phrase = no_nik(turn.text)
    return missed(talk, "again.nik" if phrase == "only_own" else phrase)  # a relative may be registered


def _village(talk: Talk, turn: Turn) -> Move:
    village = " ".join(turn.text.split())
    if sum(sign.isalpha() for sign in village) < 3 or len(village) > 120:
        return missed(talk)
    return Move(talk.at("papers" if talk.facts.get("files") else "confirm", village=village))


def _papers(talk: Talk, turn: Turn) -> Move:
    if turn.choice == "on":
        return Move(talk.at("confirm"))
    if turn.files:
        return Move(talk.at("papers", heard=[*talk.facts.get("heard", ()), turn.heard]), _kept)
    return missed(talk)


def _confirm(talk: Talk, turn: Turn) -> Move:
    if turn.choice == "yes":
        facts = talk.facts
        heard = tuple(int(number) for number in facts.get("heard", ()))
        wish = Apply(str(facts["name"]), str(facts["nik"]), str(facts["village"]), heard)
        return Move(talk.at("sent"), wish=wish)
    return over("register.dropped") if turn.choice == "no" else missed(talk)


def _sent(talk: Talk, turn: Turn) -> Move:
    if turn.result == "again":
        return over("register.again", **turn.told)
    return over("register.referred") if talk.facts.get("files") else over()  # by SMS the number's own message is enough


_kept = Say("register.kept", choices=asks("", "on")(Talk("register")).choices)

FLOW = Flow(
    _begin,
    {
        "name": Step(asks("register.name"), _name, takes="name"),
        "nik": Step(asks("register.nik"), _nik, takes="digits"),
        "village": Step(asks("register.village"), _village, takes="name"),
        "papers": Step(asks("register.papers", "on"), _papers),
        "confirm": Step(asks("register.confirm", "yes", "no"), _confirm),
        "sent": Step(asks("register.confirm"), _sent),
    },
)
HOW = Flow(lambda talk, rest: over("register.how"), {})
