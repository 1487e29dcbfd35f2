"""What one can do here: the menu, the list of keywords, and the guide that is sent on request."""

from notifier.rules.talks.values import Choice, Flow, Move, Say, Step, Talk, Turn, missed, over

ITEMS = ("schedule", "status", "complaint", "ticket", "register", "language", "help", "officer")
PUBLIC = ("schedule", "complaint", "language", "help", "officer")  # what needs not know who asks


def _ask(talk: Talk) -> Say:
    return Say("menu.ask", choices=tuple(Choice(item) for item in ITEMS))


def _begin(talk: Talk, rest: str) -> Move:
    return Move(talk.at("ask"))


def _hear(talk: Talk, turn: Turn) -> Move:
    """Choosing opens another flow, which whoever calls does by its name; here is only what is none."""
    return missed(talk)


MENU = Flow(_begin, {"ask": Step(_ask, _hear)})
HELP = Flow(lambda talk, rest: over("help.told"), {})
GUIDE = Flow(lambda talk, rest: over("guide.told", guide="complain"), {})
