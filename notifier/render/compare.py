"""What other words would mean for those who read them: which facts are said no longer, which are new, and which words
of a line became others.

Pure; knows sources by event and language, not who wrote them.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from jinja2 import nodes

from notifier.render import grammar
from notifier.render.facts import FACTS
from notifier.render.grammar import Finding, place
from notifier.render.words import environment_for

Pieces = Sequence[tuple[str, bool]]  # words of a line, and whether they are other ones
_WORD = re.compile(r"\s+|[{}%|]+|[^\s{}%|]+")


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


def worded(lines: Sequence[str]) -> Sequence[tuple[str, Pieces]]:
    """The lines of a unified diff, its two heads left out: sign and pieces. Reworded lines tell which words."""
    told: list[tuple[str, Pieces]] = []
    gone: list[str] = []
    came: list[str] = []
    for line in [*lines[2:], ""]:
        if line[:1] == "-" and not came:
            gone.append(line[1:])
        elif line[:1] == "+":
            came.append(line[1:])
        else:
            told += _reworded(gone, came)
            gone, came = ([line[1:]], []) if line[:1] == "-" else ([], [])
            told += [(line[:1], ((line[1:], False),))] if line and not gone else ()
    return told


def _reworded(gone: Sequence[str], came: Sequence[str]) -> Iterator[tuple[str, Pieces]]:
    """Lines that went and those that came in their place; only as many of each can be told word by word."""
    both = [_words_apart(*pair) for pair in zip(gone, came, strict=True)] if len(gone) == len(came) else []
    yield from (("-", was) for was in ([was for was, _ in both] or [((line, True),) for line in gone]))
    yield from (("+", now) for now in ([now for _, now in both] or [((line, True),) for line in came]))


def _words_apart(was: str, now: str) -> tuple[Pieces, Pieces]:
    before, after = _WORD.findall(was), _WORD.findall(now)
    gone: list[tuple[str, bool]] = []
    came: list[tuple[str, bool]] = []
    for what, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        gone += [("".join(before[i:j]), what != "equal")] if j > i else ()
        came += [("".join(after[k:m]), what != "equal")] if m > k else ()
    return gone, came
