"""BERHENTI from the menu: this address, or the person everywhere. The bare word STOP needs no talk."""

from notifier.rules.talks.values import Flow, Hush, Move, Step, Talk, Turn, asks, missed, over


def _hear(talk: Talk, turn: Turn) -> Move:
    if turn.result:
        return over()
    if turn.choice in ("here", "everything"):
        return Move(talk, wish=Hush(turn.choice == "everything"))
    return over("left") if turn.choice == "no" else missed(talk)


FLOW = Flow(lambda talk, rest: Move(talk.at("ask")), {"ask": Step(asks("stop.ask", "here", "everything", "no"), _hear)})
