"""What other words would mean for those who read them: which facts are said no longer, and which are new.

Pure; knows sources by event and language, not who wrote them.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from jinja2 import nodes

from notifier.render import grammar
from notifier.render.facts import FACTS
from notifier.render.grammar import Finding, place
from notifier.render.words import environment_for


def facts_of(event: str, source: str) -> frozenset[str]:
    """The facts a source names; none for a source that can't be read."""
    tree, _ = grammar.parse(environment_for("email", "id", "text"), source, FACTS[event])
    return frozenset(name.name for name in tree.find_all(nodes.Name)) if tree else frozenset()


def compared(event: str, before: str, now: str, others: Mapping[str, str]) -> Iterator[Finding]:
    """Advices about facts added to or dropped from what is in force; `others`: language → source of the same part."""
    facts, old, new = FACTS[event], facts_of(event, before), facts_of(event, now)
    if not before.strip() or (not new and old and grammar.parse(environment_for("email", "id", "text"), now, facts)[1]):
        return
    for name in sorted(old - new):
        still = [language for language, source in others.items() if name in facts_of(event, source)]
        message = f"{name} is no longer said: readers would not learn {facts[name].meaning}."
        told = f" {', '.join(still)} still {'say' if len(still) > 1 else 'says'} it." if still else ""
        yield Finding(1, 1, "advice", "fact_dropped", message, f"Keep {{{{ {name} }}}}, or drop it knowingly.{told}")
    for name in sorted(new - old):
        lacking = _lacking(name, event, others)
        may = "It may be empty. " if facts[name].empty else ""
        message = f"{name} is new here: {facts[name].meaning}."
        suggestion = f"{may}{lacking}".strip() or "Look at every sample before you publish."
        yield Finding(*_named(now, name), "advice", "fact_added", message, suggestion)


def _lacking(name: str, event: str, others: Mapping[str, str]) -> str:
    lacking: Collection[str] = [language for language, source in others.items() if name not in facts_of(event, source)]
    return f"Say it in {', '.join(lacking)} too." if lacking else ""


def _named(source: str, name: str) -> tuple[int, int]:
    found = re.search(rf"\b{name}\b", source)
    return place(source, found.start() if found else 0)
