"""BAHASA: which language we answer in."""

from dataclasses import replace

from notifier.rules.talks.values import Flow, Move, SpeakLanguage, Step, Talk, Turn, asks, missed, over

LANGUAGES = ("id", "en", "jv", "su")


def _hear(talk: Talk, turn: Turn) -> Move:
    if turn.result:
        return over("language.done")
    if turn.choice not in LANGUAGES:
        return missed(talk)
    return Move(replace(talk, language=turn.choice), wish=SpeakLanguage(turn.choice))


FLOW = Flow(lambda talk, rest: Move(talk.at("ask")), {"ask": Step(asks("language.ask", *LANGUAGES), _hear)})
