"""Who are you? An invitation or the phone's own number says whom we may think of; part of the NIK and the year of birth
say that it is them. What is wrong about an answer is never told, nor whether anybody was thought of.
"""

import re

from notifier.rules.talks.values import Choice, FindPeople, Flow, Link, Move, Say, Step, Talk, Turn, asks, missed, over

SHORTEST = 8  # digits of a phone number
_ANSWER = re.compile(r"(?<!\d)(\d{4})\D{1,5}((?:19|20)\d\d)(?!\d)")


def _begin(talk: Talk, rest: str) -> Move:
    """`rest`: "token …" or "phone …"; "number": they type one that we know; nothing: the phone is asked for its own."""
    what, _, value = rest.partition(" ")
    if what in ("token", "phone") and value:
        return Move(talk.at("digits", token=value if what == "token" else ""), wish=FindPeople(**{what: value}))
    return Move(talk.at("number" if what == "number" else "phone"))


def _number(talk: Talk, turn: Turn) -> Move:
    """A number that is typed proves nothing by itself: it only says whom to think of."""
    if len([sign for sign in turn.text if sign.isdigit()]) < SHORTEST:
        return missed(talk)
    return Move(talk.at("digits", token="", typed=True), wish=FindPeople(phone=turn.text[:40]))


def _phone(talk: Talk, turn: Turn) -> Move:
    return over("left") if turn.choice == "no" else missed(talk)


def _digits(talk: Talk, turn: Turn) -> Move:
    if turn.result == "found":
        return Move(talk.at("digits", candidates=list(turn.told["candidates"])))
    if turn.result == "linked":
        return over("link.done")
    if turn.result == "followed":
        return over("link.followed")
    if turn.result == "mismatch":
        return Move(talk, Say("", before="mismatch"))
    if turn.result:  # used up, or tried too often
        return over("link.stale" if turn.result == "stale" else "limited")
    answer = _ANSWER.search(turn.text)
    if answer is None:
        return missed(talk)
    people = tuple(int(person) for person in talk.facts.get("candidates", ()))
    token, typed = str(talk.facts.get("token", "")), bool(talk.facts.get("typed"))
    return Move(talk, wish=Link(people, answer[1], answer[2], token, typed))


def _ask_phone(talk: Talk) -> Say:
    return Say("link.phone", choices=(Choice("phone", asks="phone"), Choice("no")))


FLOW = Flow(
    _begin,
    {
        "phone": Step(_ask_phone, _phone),
        "number": Step(asks("link.number"), _number, takes="digits"),
        "digits": Step(asks("link.digits"), _digits, takes="digits"),
    },
)
