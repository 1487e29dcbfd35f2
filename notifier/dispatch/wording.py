"""From a claimed delivery's row to a message in words: gathers the facts, asks `render`, hangs on the buttons."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from channels.contract import Button, OutFile
from notifier.dispatch.values import Wording
from notifier.render import Words, buttons, guide
from notifier.render.listing import listed
from notifier.rules.deliveries import EVENTS
from notifier.rules.rounds import PROGRAMME_NAMES
from notifier.store.queue import Claimed

TIMES = ("opens_at", "closes_at", "was_opens_at", "was_closes_at", "due", "due_at", "sent_at")


class Speaker:
    """Words for deliveries; the same facts serve the dry run's reckoning."""

    def __init__(self, words: Words, code: Callable[[int], str], names: Mapping[str, str] = PROGRAMME_NAMES) -> None:
        """`code`: what a citizen is given to check that the message of this delivery is ours; `names`: what programmes
        are called.
        """
        self._words = words
        self._code = code
        self._names = names

    def say(self, c: Claimed, channel: str, replies: bool) -> Wording:
        """The message. Raises RenderError when a fact lacks or nothing is known to say."""
        if c.event == "test_send" and (c.facts or {}).get("said"):  # a template that is tried, worded in the studio
            return Wording(dict((c.facts or {})["said"]), template="test")
        facts = facts_of(c, self._names) | {"replies": replies}
        if EVENTS[c.event].citizen:
            facts["code"] = self._code(c.id)
        said = self._words.render(c.event, channel, c.language, facts)
        return Wording(said.parts, _hung(c) if replies else (), said.template, _along(c, channel))


def _hung(c: Claimed) -> tuple[Button, ...]:
    """The event's own buttons, else those the delivery brings; each names its delivery, so that an old one is known."""
    own = (c.facts or {}).get("buttons", ())
    hung = buttons(c.event, c.language) or tuple((code, label) for code, label, _ in own)
    asks = {code: str(what) for code, _, what in own}
    return tuple(Button(label, f"{code}:{c.id}", asks.get(code, "")) for code, label in hung)


def facts_of(c: Claimed, names: Mapping[str, str] = PROGRAMME_NAMES) -> dict[str, Any]:
    """The facts of one delivery: its round's, its person's, its broadcast's and its own, the nearer winning."""
    facts: dict[str, Any] = {"zone": c.zone}
    if c.round is not None:
        facts |= round_facts(c.round, names)
    if c.name is not None:
        facts["name"] = c.name
    facts |= c.broadcast_facts or {}
    facts |= c.facts or {}
    if "items" in facts:  # several changes told together
        facts |= listed(facts.pop("items"), c.language)
    for name in TIMES:
        if isinstance(facts.get(name), str) and facts[name]:
            facts[name] = datetime.fromisoformat(facts[name])
    return facts


def round_facts(of: Mapping[str, Any], names: Mapping[str, str] = PROGRAMME_NAMES) -> dict[str, Any]:
    """What a round says of itself, in the names that templates use."""
    return {
        "programme": of["programme"],
        "programme_name": names.get(of["programme"], of["programme"]),
        "period": of["period"],
        "venue": of["venue"],
        "address": of["address"],
        "opens_at": of["opens_at"],
        "closes_at": of["closes_at"],
        "amount": of["amount"],
        "method": of["method"],
        "note": of["note"],
        "round_code": of["code"],
        "zone": of["zone"],
    }


def _along(c: Claimed, channel: str) -> tuple[OutFile, ...]:
    """The document that was asked for, where the channel takes files."""
    name = str((c.facts or {}).get("guide", ""))
    if not name or channel == "sms":
        return ()
    title, body = guide(name, c.language)
    return (OutFile(title, "text/plain", body),)
