"""Reads a template as a strict colleague would before it goes to millions: findings with line, column and the mend.

An error stops publishing, an advice does not. Tries the template with the samples; knows nothing of the database.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from jinja2 import nodes

from channels import gsm
from notifier.render import grammar, markup
from notifier.render.facts import CHANNELS, FACTS, NEEDED_PARTS, Fact, usual
from notifier.render.filters import FILTERS
from notifier.render.grammar import Finding, place
from notifier.render.samples import SAMPLES, TYPICAL, optional, sample, without
from notifier.render.words import Key, RenderError, environment_for, speaker

Say = Callable[[Mapping[str, Any]], str]
LONGEST_SUBJECT = 150  # characters; more is cut by most mail programs
MOST = 50  # findings told at a time

_CLOSED_BY = {"{{": "}}", "{%": "%}", "{#": "#}"}
_LEFT_OVER = re.compile(r"\{[\w.| ]{0,40}\}|[{}]+")
_LONG_DIGITS = re.compile(r"(?<!\d)\d(?:[ .-]?\d){8,}(?!\d)")
_NIK = re.compile(r"(?<!\d)\d(?:[ .-]?\d){15}(?!\d)")
_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]+\.(?:go\.id|co\.id|com|id/|ly/|me/)", re.IGNORECASE)
_RISKY = re.compile(r"\b(?:dana|selamat|hadiah|pemenang|undian|kredit|pinjaman|klik)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\bRp\.?\s?\d", re.IGNORECASE)
_ODD_DATE = re.compile(r"(?<![\d/-])\d{1,4}([/-])\d{1,2}\1\d{2,4}(?![\d/-])")
_ODD_AMOUNT = re.compile(r"\bRp\.?\s?\d{4,}(?![\d.,])", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:besok|lusa|kemarin|hari ini|nanti (?:sore|malam)|tomorrow|today|yesterday|sesuk|sésuk|isukan|énjing)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:balas|balasan|balesi|wales|reply|answer this)\b", re.IGNORECASE)
_QUESTION = re.compile(r"\bYA\b.{0,80}\b(?:TIDAK|BELUM)\b", re.DOTALL)
_IN_TAG = re.compile(r"<[A-Za-z/][^<>\"']*\{[{%]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")

# filter -> kinds of facts it is for
_FOR: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("tanggal", "tanggal_pendek", "tanggal_bulan", "jam", "pukul"), ("time",)),
        "rupiah": ("money",),
        "singkat": ("words", "text", "code", "number"),
        "baris": ("words", "text"),
        "sebut": ("code", "words"),
    }
)
# kinds of facts that nobody reads bare -> level
_BARE: Mapping[str, str] = MappingProxyType(
    {**dict.fromkeys(("time", "money", "flag", "zone"), "error"), "code": "advice"}
)
_ONE_WAY = frozenset(
    {
        "round_announced",
        "round_reminder",
        "round_changed",
        "round_cancelled",
        "entitlement_changed",
        "entitlements_changed",
        "general_notice",
    }
)


def check(event: str, channel: str, part: str, source: str, language: str = "id") -> list[Finding]:
    """What is wrong with a source, in its order. Bounded in time; raises RenderError only for names nobody knows."""
    known_place(event, channel, part)
    environment = environment_for(channel, language, part)
    tree, findings = grammar.parse(environment, source, FACTS[event])
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if tree is not None:
        findings = list(kinds(tree, source, FACTS[event]))
        outputs, broken = _tried(event, channel, language, part, source)
        findings += broken if not any(finding.level == "error" for finding in findings) else ()
        findings += _outputs(event, channel, part, source, outputs)
    if len(source) <= grammar.LONGEST_SOURCE:
        findings += wording(channel, part, source)
    return sorted(dict.fromkeys(findings), key=lambda finding: (finding.line, finding.column))[:MOST]


def known_place(event: str, channel: str, part: str) -> None:
    """Raises RenderError when there is no such event, channel or part."""
    if event not in FACTS:
        raise RenderError(f'there is no event "{event}"; there are: {", ".join(FACTS)}', field="event")
    if channel not in CHANNELS:
        raise RenderError(f'there is no channel "{channel}"; there are: {", ".join(CHANNELS)}', field="channel")
    if part not in CHANNELS[channel]:
        raise RenderError(f'{channel} has no part "{part}"; it has: {", ".join(CHANNELS[channel])}', field="part")


def unreadable(sources: Mapping[Key, tuple[str, str]]) -> Iterator[tuple[Key, Finding]]:
    """The first thing in each source for which it could not be said at all: quick, unlike `check`."""
    for key, (_, source) in sources.items():
        event, channel, language, part = key
        findings = grammar.parse(environment_for(channel, language, part), source, FACTS[event])[1]
        if findings:
            yield key, findings[0]


def check_all(sources: Mapping[Key, tuple[str, str]]) -> Iterator[tuple[Key, Finding]]:
    """The findings of everything in use (as `Words.sources()` gives it), with what belongs together but lacks."""
    for key, (_, source) in sources.items():
        event, channel, language, part = key
        for finding in check(event, channel, part, source, language):
            yield key, finding
    for event, channel, language in dict.fromkeys(key[:3] for key in sources):
        for part in lacking(channel, [key[3] for key in sources if key[:3] == (event, channel, language)]):
            message = f"{channel} needs the part {part} in this language too."
            yield (event, channel, language, part), Finding(1, 1, "error", "missing_part", message, "Write it.")


def lacking(channel: str, parts: list[str]) -> list[str]:
    """The parts a channel needs beside these before anything can leave."""
    return [part for part in NEEDED_PARTS[channel] if part not in parts]


def outside(source: str) -> str:
    """The source with everything inside tags blanked, so that offsets stay."""
    pieces, end = [], 0
    for start, stop in _tags(source):
        pieces += [source[end:start], re.sub(r"[^\n]", " ", source[start:stop])]
        end = stop
    return "".join([*pieces, source[end:]])


def _tags(source: str) -> list[tuple[int, int]]:
    """Where tags begin and end; what never ends is none. Linear, whatever the source."""
    found: list[tuple[int, int]] = []
    endless: set[str] = set()
    at = source.find("{")
    while at >= 0:
        closing = _CLOSED_BY.get(source[at : at + 2])
        stop = source.find(closing, at + 2) if closing and closing not in endless else -1
        if stop >= 0:
            found.append((at, stop + 2))
        elif closing:
            endless.add(closing)
        at = source.find("{", stop + 2 if stop >= 0 else at + 1)
    return found


def _finding(source: str, offset: int, level: str, code: str, message: str, suggestion: str = "") -> Finding:
    return Finding(*place(source, offset), "error" if level == "error" else "advice", code, message, suggestion)


# --- what each fact is for -------------------------------------------------------------------------------------------


def kinds(tree: nodes.Template, source: str, facts: Mapping[str, Fact]) -> Iterator[Finding]:
    """Facts said bare that need a filter, and filters given the wrong kind of fact."""
    named = _Named(source)
    for output in tree.find_all(nodes.Output):
        for node in output.nodes:
            if isinstance(node, nodes.Name) and facts[node.name].kind in _BARE:
                level = _BARE[facts[node.name].kind]
                message = f"{node.name} can't be read by people as it is."
                suggestion = f"Write {usual(node.name, replace(facts[node.name], empty=False))}."
                yield _finding(source, named.at(node.name, node.lineno), level, "unformatted", message, suggestion)
    for node in tree.find_all(nodes.Filter):
        if isinstance(node.node, nodes.Name):
            kind = facts[node.node.name].kind
            if kind not in _FOR[node.name]:
                message = f"{node.name} is not for {node.node.name}: {FILTERS[node.name][0]}."
                suggestion = f"Write {usual(node.node.name, replace(facts[node.node.name], empty=False))}."
                at = named.at(node.node.name, node.lineno)
                yield _finding(source, at, "error", "wrong_filter", message, suggestion)


class _Named:
    """Where a source names its facts, found in one walk: where they are said rather than where they are asked for."""

    def __init__(self, source: str) -> None:
        self._starts = [0, *(end.end() for end in re.finditer("\n", source))]  # of each line
        self._said: dict[str, list[int]] = {}
        self._asked: dict[str, list[int]] = {}
        for at, stop in _tags(source):
            kept = self._said if source.startswith("{{", at) else self._asked
            for word in re.finditer(r"\w+", source[at:stop]):
                kept.setdefault(word[0], []).append(at + word.start())

    def at(self, name: str, line: int = 1) -> int:
        """The offset of a fact from that line on, else of its first; 0 when it is named nowhere."""
        start = self._starts[min(line, len(self._starts)) - 1]
        for places in (self._said.get(name, []), self._asked.get(name, [])):
            following = bisect_left(places, start)
            if following < len(places):
                return places[following]
        return min((*self._said.get(name, [])[:1], *self._asked.get(name, [])[:1]), default=0)


# --- tried with samples ----------------------------------------------------------------------------------------------


def _tried(event: str, channel: str, language: str, part: str, source: str) -> tuple[dict[str, str], list[Finding]]:
    """What each sample gives, and which facts the template says although they may be empty."""
    try:
        say = speaker(event, channel, language, part, source)
        strictly = speaker(event, channel, language, part, source, strict=True)
    except RenderError as error:
        return {}, [Finding(1, 1, "error", "compile", f"{error}.", "Say it in fewer words.")]
    outputs: dict[str, str] = {}
    findings: list[Finding] = []
    for name in SAMPLES:
        try:
            outputs[name] = say(sample(event, name))
        except (RenderError, ValueError, TypeError) as error:
            if name != "empty":
                message = f'With the sample "{name}": {error}.'
                mend = "Ask first, as in {% if amount %}{{ amount|rupiah }}{% endif %}."
                findings.append(Finding(1, 1, "error", "fails", message, mend))
    named = _Named(source)
    for name, fact in optional(event):
        if not re.search(rf"\b{name}\b", source):
            continue
        level = "error" if _fails(say, without(event, name)) else "advice"
        if level == "error" or (fact.kind != "text" and _fails(strictly, without(event, name))):
            message = f"{name} may be empty: {fact.meaning}."
            suggestion = f"Write {{% if {name} %}}…{{% endif %}} round it and what goes with it."
            findings.append(_finding(source, named.at(name), level, "may_be_empty", message, suggestion))
    return outputs, findings


def _fails(say: Say, facts: Mapping[str, Any]) -> bool:
    try:
        say(facts)
    except (RenderError, ValueError, TypeError):
        return True
    return False


def _outputs(event: str, channel: str, part: str, source: str, outputs: Mapping[str, str]) -> Iterator[Finding]:
    """What readers would get, judged by their channel."""
    if outputs and not outputs.get(TYPICAL, "x").strip():
        yield Finding(1, 1, "error", "says_nothing", "This says nothing.", "Write the message.")
    if channel == "sms":
        yield from _segments(outputs)
    elif (channel, part) == ("email", "subject"):
        longest = max((len(text) for text in outputs.values()), default=0)
        if longest > LONGEST_SUBJECT:
            yield Finding(1, 1, "advice", "long_subject", f"The subject can have {longest} characters.", "Shorten it.")
    elif part == "html":
        yield from _flaws(channel, source, outputs)
    if channel == "telegram":
        longest = max((len(markup.plain(text)) for text in outputs.values()), default=0)
        if longest > markup.LONGEST_TELEGRAM:
            message = f"This can have {longest} characters, Telegram takes {markup.LONGEST_TELEGRAM}."
            yield Finding(1, 1, "error", "too_long_telegram", message, "Cut long facts with singkat.")
    yield from _answers(event, channel, part, source, outputs)
    yield from _code(event, channel, part, source, outputs)


def _code(event: str, channel: str, part: str, source: str, outputs: Mapping[str, str]) -> Iterator[Finding]:
    """Whoever gets a message can have it proved genuine: by the code at its end, which only a talk by SMS lacks."""
    typical, code = outputs.get(TYPICAL, ""), str(FACTS[event]["code"].sample) if "code" in FACTS[event] else ""
    if not code or not typical or part == "subject" or (event, channel) == ("talk", "sms") or code in typical:
        return
    message = "This does not carry its code: nobody who gets it can find out whether it is ours."
    yield _finding(source, max(len(source) - 1, 0), "error", "no_code", message, "ASLI {{ code }}")


def _segments(outputs: Mapping[str, str]) -> Iterator[Finding]:
    outputs = {name: text for name, text in outputs.items() if name != "markup"}  # nobody is called that
    worst = max(outputs, key=lambda name: gsm.segments(outputs[name]).units, default="")
    if worst and gsm.segments(outputs[worst]).count > 1:
        cost = gsm.segments(outputs[worst])
        message = f'With the sample "{worst}" this costs {cost.count} SMS ({cost.units} characters; one has 160).'
        yield Finding(1, 1, "error", "segments", message, "Say less, or cut facts as in {{ name|singkat(18) }}.")


def _flaws(channel: str, source: str, outputs: Mapping[str, str]) -> Iterator[Finding]:
    for text in outputs.values():
        for flaw in markup.telegram(text) if channel == "telegram" else markup.mail(text):
            piece = re.match(r"</?[A-Za-z0-9-]*|.{0,12}", text[flaw.offset :])
            offset = max(source.find(piece[0]), 0) if piece and piece[0] else 0
            yield _finding(source, offset, "error", flaw.code, flaw.message, flaw.suggestion)


def _answers(event: str, channel: str, part: str, source: str, outputs: Mapping[str, str]) -> Iterator[Finding]:
    """Questions say how they are answered; nobody is asked to answer where they can't."""
    if part == "subject":
        return
    typical, mute = outputs.get(TYPICAL, ""), outputs.get("no_answers", "")
    if event == "receipt_question" and typical:
        for word in ("YA", "TIDAK"):
            if not re.search(rf"\b{word}\b", typical):
                level = "advice" if channel == "telegram" else "error"  # Telegram has buttons
                message = f"The question does not say that {word} is an answer."
                yield _finding(source, 0, level, "no_answer_word", message, "Balas YA kalau sudah, TIDAK kalau belum.")
    asks = _ASKS.search(mute)
    if event in _ONE_WAY and asks:
        offset = max(source.find(asks[0]), 0)
        message = "This asks for an answer also on lines that can't be answered."
        yield _finding(source, offset, "advice", "one_way", message, "Write {% if replies %}…{% endif %} round it.")
    question = _QUESTION.search(mute) if event in _ONE_WAY else None
    if question:
        offset = max(source.find(question[0][:2]), 0)
        message = "This asks YA or TIDAK also on lines that can't be answered."
        suggestion = "Write {% if replies %}…{% endif %} round the question."
        yield _finding(source, offset, "error", "cannot_answer", message, suggestion)
    if event in ("round_announced", "round_reminder", "general_notice") and typical and "STOP" not in typical:
        yield _finding(source, 0, "advice", "no_stop", "This does not say how to stop such messages.", "STOP=berhenti")


# --- the words themselves --------------------------------------------------------------------------------------------


def wording(channel: str, part: str, source: str) -> Iterator[Finding]:
    """What is wrong with the words themselves, whatever facts stand between them."""
    text = outside(source)
    for left in _LEFT_OVER.finditer(text):
        message = f"Citizens would read {left[0][:30]!r} as it stands here."
        yield _finding(source, left.start(), "error", "left_over", message, "Facts are written {{ name }}.")
    for nik in _NIK.finditer(text):
        message = "These 16 digits look like a NIK, which is never written in a message."
        yield _finding(source, nik.start(), "error", "personal_data", message, "Leave it out.")
    if channel != "sms":
        for number in _LONG_DIGITS.finditer(text):
            if not _NIK.fullmatch(number[0]):
                message = f"This long number looks like somebody's phone or account. ({number[0][:30]})"
                mend = "Leave it out, unless it is an office's."
                yield _finding(source, number.start(), "advice", "long_digits", message, mend)
    for odd in _ODD_DATE.finditer(text):
        message = f'"{odd[0]}" is read in several ways, and stays when the date moves.'
        yield _finding(source, odd.start(), "advice", "odd_format", message, "Say the date: {{ opens_at|tanggal }}.")
    for odd in _ODD_AMOUNT.finditer(text):
        message = f'"{odd[0]}" is hard to read, and stays when the amount changes.'
        mend = "Say the amount: {{ amount|rupiah }}."
        yield _finding(source, odd.start(), "advice", "odd_format", message, mend)
    for day in _RELATIVE.finditer(text):
        message = f'"{day[0]}" is wrong when the message arrives a day later.'
        yield _finding(source, day.start(), "advice", "relative_day", message, "Say the date: {{ opens_at|tanggal }}.")
    for odd in _INVISIBLE.finditer(text):
        message = f"There is an invisible character (U+{ord(odd[0]):04X}) here."
        yield _finding(source, odd.start(), "advice", "invisible", message, "Delete it.")
    if part == "subject" and "\n" in source.strip():
        message = "A subject is one line."
        yield _finding(source, source.strip().index("\n"), "error", "subject_lines", message, "Join the lines.")
    if part == "html":
        for tag in _IN_TAG.finditer(source):
            message = "A fact inside a tag needs quotes round it, else it could become part of the tag."
            yield _finding(source, tag.end() - 2, "error", "unquoted", message, '<a href="{{ url }}">')
    if channel == "sms":
        yield from for_sms(source, text)


def for_sms(source: str, text: str) -> Iterator[Finding]:
    """Letters that SMS lacks, and what its routes filter, in a text; places are those of the source."""
    for offset, letter in enumerate(text):
        if letter not in gsm.GSM:
            plain = gsm.fold(letter)
            message = f"{letter!r} is not in the alphabet of SMS and would more than double the price."
            yield _finding(source, offset, "error", "not_gsm", message, plain or "Delete it.")
    for pattern, code, message in (
        (_LINK, "link", "Some SMS routes drop messages with links."),
        (_RISKY, "risky_word", "Some SMS routes take this word for fraud."),
        (_AMOUNT, "amount", "Some SMS routes take amounts for fraud."),
        (_LONG_DIGITS, "long_digits", "Some SMS routes drop messages with long numbers."),
    ):
        for found in pattern.finditer(text):
            yield _finding(source, found.start(), "advice", code, f"{message} ({found[0][:30]})", "Say it otherwise.")
    for use in re.finditer(r"\|\s*rupiah\b", source):
        yield _finding(
            source, use.start() + 1, "advice", "amount", "Some SMS routes take amounts for fraud.", "Say it otherwise."
        )
