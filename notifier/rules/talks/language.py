"""BAHASA: which language we answer in."""

from dataclasses import replace

from notifier.rules.talks.values import Flow, Move, SpeakLanguage, Step, Talk, Turn, asks, missed, over

LANGUAGES = ("id", "en", "jv", "su")
NAMES = {"indonesia": "id", "inggris": "en", "english": "en", "jawa": "jv", "sunda": "su"}


def named(text: str) -> str:
    """The language somebody writes behind the keyword, by its name or its number in the list; "" for none."""
    word = text.strip().lower()
    return NAMES.get(word, LANGUAGES[int(word) - 1] if word in ("1", "2", "3", "4") else "")


def _begin(talk: Talk, rest: str) -> Move:
    code = named(rest)
    return Move(replace(talk.at("ask"), language=code), wish=SpeakLanguage(code)) if code else Move(talk.at("ask"))


def _hear(talk: Talk, turn: Turn) -> Move:
    if turn.result:
        return over("language.done")
    if turn.choice not in LANGUAGES:
        return missed(talk)
    return Move(replace(talk, language=turn.choice), wish=SpeakLanguage(turn.choice))


FLOW = Flow(_begin, {"ask": Step(asks("language.ask", *LANGUAGES), _hear)})
