"""The phrases of conversations as people change them: each step with its choices is one SMS, whatever its facts.

Knows the flows and the shipped phrases, no database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from channels import gsm
from notifier.errors import Refused
from notifier.render import Finding, Phrases, lint, pagetexts, phrases
from notifier.render.pagetexts import Table
from notifier.rules.talks import FLOWS
from notifier.rules.talks.values import Choice, Say, Talk

LABEL = "label"
# the longest facts there are: one SMS has to hold them
LONGEST: Mapping[str, Any] = {
    "programme": "DISABILITAS",
    "period": "September-Desember 2026",
    "opens_at": "2026-11-18T00:30:00+00:00",
    "closes_at": "2026-12-16T06:30:00+00:00",
    "zone": "Asia/Makassar",
    "venue": "Kantor Kelurahan Cipinang Besar Selatan, Aula Lantai 2",
    "note": "Bawa KTP dan KK asli beserta satu lembar fotokopi, datang sesuai jam pada undangan",
    "status": "Sudah Diterima",
    "number": "ADU-250228-0009",
}
KNOWN: Mapping[str, Any] = {
    "people": [[n, "R.A.S.N."] for n in range(1, 7)],
    "options": [[f"r{n}", "DISABILITAS September-Desember 2026"] for n in (1234567, 2, 3)],
    "yes": True,
}
_AHEAD = frozenset({"again", "again.nik", "again.no_nik", "mismatch", "schedule.no_place", "complaint.more", "numbers"})


def known(language: str, section: str) -> None:
    """Raises Refused for a section or a language that is not there."""
    languages = Phrases().languages
    if language not in languages:
        said = f'conversations are not held in "{language}"; they are in: {", ".join(languages)}'
        raise Refused(said, field="language")
    if section not in phrases.sections(language):
        said = f'there is no part "{section}"; there are: {", ".join(phrases.sections(language))}'
        raise Refused(said, field="part")


def check(language: str, section: str, source: str) -> list[Finding]:
    """What is wrong with the phrases of a section. Linear in the source."""
    shipped = phrases.sections(language)[section]
    found = pagetexts.judged(shipped, source)
    if any(finding.level == "error" for finding in found):
        return found
    table, lines = pagetexts.read(source), pagetexts.lines_of(source)
    for key, sentence in table.items():
        plain = pagetexts.PLACES.sub("", sentence)
        found += [replace(one, line=lines.get(key, 1), column=1) for one in lint.for_sms(plain, plain)]
    found += _said(language, section, table, lines)
    return sorted(dict.fromkeys(found), key=lambda finding: finding.line)[: lint.MOST]


def told(language: str, section: str, table: Table) -> Iterator[tuple[str, str, str]]:
    """(key, what an SMS says, what else is said) of a section, with the longest facts and without choices."""
    spoken = Phrases()
    spoken.take({language: {phrases.named(section, key): phrase for key, phrase in table.items()}})
    for key in table:
        name = phrases.named(section, key)
        by_sms, otherwise = (spoken.say(language, name, LONGEST, short=short) for short in (True, False))
        yield key, by_sms, otherwise


@cache
def asked() -> Mapping[str, tuple[Choice, ...]]:
    """Phrase → the choices that stand behind it, of everything that leaves as one message."""
    found: dict[str, tuple[Choice, ...]] = {}
    for name, flow in FLOWS.items():
        for step, one in flow.steps.items():
            say = one.ask(Talk(name, step, facts=dict(KNOWN)))
            found[say.phrase] = max(found.get(say.phrase, ()), say.choices, key=len)
    for phrase in phrases.shipped_phrases()["id"]:
        if phrase not in found and phrase not in _AHEAD and not phrase.startswith(f"{LABEL}."):
            found[phrase] = (Choice("on"),) if phrase.endswith((".kept", ".added")) else ()
    return found


def sms(spoken: Phrases, language: str, say: Say, before: str = "") -> str:
    """What leaves by SMS: what is said ahead, the phrase, and its choices by number."""
    labels = [spoken.label(language, one.code, one.label, short=True) for one in say.choices]
    parts = [spoken.say(language, before, {}, short=True)] if before else []
    parts += [spoken.say(language, say.phrase, say.facts, short=True)]
    return " ".join((*parts, spoken.numbered(language, labels, short=True))).strip()


def _said(language: str, section: str, table: Table, lines: Mapping[str, int]) -> Iterator[Finding]:
    """Messages that would be more than one SMS, and choices that nobody could tell apart."""
    spoken = Phrases()
    spoken.take({language: {phrases.named(section, key): phrase for key, phrase in table.items()}})
    for phrase, choices in asked().items():
        key = phrase if section == phrases.GENERAL else phrase.removeprefix(f"{section}.")
        own = key in table and phrases.named(section, key) == phrase
        if not own and section not in (LABEL, phrases.GENERAL):
            continue
        cost = gsm.segments(sms(spoken, language, Say(phrase, LONGEST, choices)))
        if cost.count > 1:
            at = lines.get(key, 1) if own else 1
            message = (
                f'With the longest facts "{phrase}" costs {cost.count} SMS ({cost.units} characters; one has 160).'
            )
            yield Finding(at, 1, "error", "segments", message, "Say it in fewer words.")
        labels = [spoken.label(language, one.code, short=False) for one in choices if not one.label]
        for label in sorted({label for label in labels if labels.count(label) > 1}):
            code = next(one.code for one in choices if spoken.label(language, one.code, short=False) == label)
            message = f'Two choices of "{phrase}" are both called "{label}": nobody could tell them apart.'
            yield Finding(lines.get(code, 1), 1, "error", "same_label", message, "Give each its own word.")
