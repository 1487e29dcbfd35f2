"""Answers kept for often: the shipped ones, what they may speak of, what is wrong with one, and one put into words.

Checked like the templates of messages: the same grammar, the same filters, the same lint. What comes out is a proposal
that a colleague still reads and changes. Knows no database and no ticket.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Template
from jinja2.exceptions import TemplateError

from notifier.render import grammar, lint, samples
from notifier.render.facts import FACTS as MESSAGES
from notifier.render.facts import Fact
from notifier.render.filters import Unfit
from notifier.render.grammar import Finding
from notifier.render.words import RenderError, environment_for, shipped_folder

EVENT = "answer"  # what the studio calls them
LONGEST = 2000  # characters of the words that come out
LONGEST_TITLE = 80
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FILE = re.compile(rf"(?P<name>{NAME.pattern})\.(?P<language>[a-z]{{2,3}})\.text")
_PLACE = ("email", "text")  # the widest: dates in full, no alphabet to keep to
_ROUND = ("programme", "period", "venue", "address", "opens_at", "closes_at", "amount", "method", "note", "round_code")

FACTS: Mapping[str, Fact] = MappingProxyType(
    {name: MESSAGES["ticket_answer"][name] for name in ("number", "category", "sender", "zone")}
    | {name: MESSAGES["round_announced"][name] for name in _ROUND}
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, as a source."""

    name: str
    language: str
    title: str
    source: str


def shipped(folder: Path | None = None) -> tuple[Answer, ...]:
    """The defaults: templates/answers/<name>.<language>.text, a title in the first line. Raises RenderError."""
    found = []
    for path in sorted((folder or shipped_folder().parent / "answers").glob("*")):
        named = _FILE.fullmatch(path.name)
        if named is None:
            raise RenderError(f"{path} is no answer: templates/answers/<name>.<language>.text")
        found.append(read(named["name"], named["language"], path.read_text(encoding="utf-8")))
    return tuple(found)


def read(name: str, language: str, source: str) -> Answer:
    """An answer as people edit it: its title in the first line, its words below."""
    title, _, words = source.strip().partition("\n")
    return Answer(name, language, title.strip(), words.strip())


def known(language: str, name: str) -> None:
    """Raises RenderError for what can't be the name of an answer, or its language."""
    if not NAME.fullmatch(name):
        raise RenderError('the name of an answer is small letters, digits and "_", such as "jadwal"; choose another')
    if not (2 <= len(language) <= 3 and language.isascii() and language.islower()):
        raise RenderError(f'"{language}" is no language code; write two or three letters such as id, en, jv or su')


def judged(source: str, language: str) -> list[Finding]:
    """What is wrong with an answer as people edit it. One without words is sound: it is offered no more."""
    title, _, words = source.partition("\n")
    found = []
    if not title.strip():
        message = "The first line, by which colleagues find the answer, is empty."
        found.append(Finding(1, 1, "error", "says_nothing", message, "Write a title there."))
    elif len(title.strip()) > LONGEST_TITLE:
        message = f"The title in the first line has {len(title.strip())} characters; at most {LONGEST_TITLE} are shown."
        found.append(Finding(1, LONGEST_TITLE + 1, "error", "too_long", message, "Shorten it."))
    if not words.strip():
        message = "This has a title and no words: it is not offered any more."
        return [*found, Finding(1, 1, "advice", "not_offered", message, "Write the answer below its title.")]
    return [*found, *(replace(one, line=one.line + 1) for one in check(words, language))]


def check(source: str, language: str) -> list[Finding]:
    """What is wrong with an answer, in its order."""
    tree, findings = grammar.parse(environment_for(_PLACE[0], language, _PLACE[1]), source, FACTS)
    if tree is not None:
        findings = list(lint.kinds(tree, source, FACTS))
        if not any(finding.level == "error" for finding in findings):
            try:
                if not say(source, language, sample()).strip():
                    findings.append(Finding(1, 1, "error", "says_nothing", "This says nothing.", "Write the answer."))
            except RenderError as error:
                findings.append(Finding(1, 1, "error", "fails", f"{error}."))
    if len(source) <= grammar.LONGEST_SOURCE:
        findings += lint.wording(*_PLACE, source)
    return sorted(dict.fromkeys(findings), key=lambda finding: (finding.line, finding.column))[: lint.MOST]


def sample() -> dict[str, Any]:
    """Facts to try an answer with."""
    return {**samples.sample("round_announced", samples.TYPICAL), **samples.sample("ticket_answer", samples.TYPICAL)}


def say(source: str, language: str, facts: Mapping[str, Any]) -> str:
    """An answer in words. Raises RenderError when it speaks of what the ticket does not have."""
    environment = environment_for(_PLACE[0], language, _PLACE[1], strict=True)
    template = Template.from_code(environment, _compiled(source, language), environment.make_globals({}))
    try:
        said = template.render({**dict.fromkeys(FACTS), **facts})
    except (TemplateError, Unfit, ValueError, TypeError):
        raise RenderError("this answer speaks of a round, and the ticket is about none; choose another") from None
    return re.sub(r"[ \t]+", " ", said).strip()[:LONGEST]


@lru_cache(256)
def _compiled(source: str, language: str) -> Any:
    environment = environment_for(_PLACE[0], language, _PLACE[1], strict=True)
    tree, findings = grammar.parse(environment, source, FACTS)
    if tree is None:
        raise RenderError(f"the answer can't be read: {grammar.first_sentence(findings)}")
    return environment.compile(tree)
