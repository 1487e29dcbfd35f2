"""Everything the checker can say is said in Indonesian too, with how it is mended: no half-English sentence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from notifier.render import FACTS, Finding, canned, compare, grammar, lint, markup, pagetexts
from notifier.render.filters import FILTERS
from notifier.studio import conversations, kinds
from notifier.web.findings import _is_sentence, excerpt, sentence
from notifier.web.meanings import IN_A_ROUND, MEANINGS, meant
from tests.render.test_lint import CASES

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "templates.md").read_text()
ENGLISH = re.compile(
    r"\b(?:the|this|there|is|are|not|it|with|and|or|of|to|write|leave|use|keep|may|can|say|delete|no|only|where|what|was|"
    r"who|when|until|how|more|than|they|one|be|a)\b",
    re.IGNORECASE,
)
LEXICON = (kinds.LEXICON, kinds.WORDS, "id", kinds.ADDED)
ADDED = (
    "a",
    "[x]",
    "x = 1",
    "[spelling]\nsudah = 1",
    '[spelling]\nsudah = ""\n[spelling2]',
    '[spelling]\nzuwis = ""',
    '[settings]\nnix = "x"',
    '[settings]\ndeniable = "nix"',
    '[concepts]\nnix = "{nope}"',
    '[concepts]\nnix = "a .."',
    '[concepts]\nnix = "{nax}"\nnax = "{nix}"',
    '[pairs]\nnix = "satu"',
    "without = 1",
    '[without.nix]\na = "b"',
    "[without.spelling]\nsudah = 1",
    '[without.spelling]\nnix = "b"',
    '[without.spelling]\nsudah = "nix"',
    "x = " + "[" * 3000,
    "#" * 20_001,
)
# what no single source of the table shows
MORE = (
    "{% if a %}" * 60,
    "{{ 1" + "0" * 3000 + " }}",
    "{{ name|jam(3) }}",
    "{% filter singkat(9) %}x{% endfilter %}",
    "{% for a in b %}{% endfor %}",
    "{{ name[0] }} {% set a = 1 %} {{ 1 + 1 }} {{ -1 }} {{ name ~ name }} {{ [1] }}",
    "{% include 'x' %} {% import 'x' as y %}",
    "{% extends 'x' %}{% from 'x' import y %}{% macro a() %}{% endmacro %}{% call a() %}{% endcall %}",
    "{% block a %}{% endblock %}{% with %}{% endwith %}{% set a %}{% endset %}{{ {} }}{{ () }}",
    "{{ name name }}",
    "{% if %}",
    "{{ }}",
)


def _found() -> Iterator[Finding]:
    for event, channel, part, source, *_ in CASES:
        yield from lint.check(event, channel, part, source)
    for source in MORE:
        yield from lint.check("round_announced", "sms", "text", source)
    for event in ("round_announced", "ticket_received", "desk_alert", "talk"):
        for name, fact in FACTS[event].items():
            yield from lint.check(
                event, "email", "text", f"{{{{ {name} }}}} {{{{ {name}|jam }}}} {{{{ {name}|rupiah }}}}"
            )
            if fact.empty:
                yield from compare.compared(event, "x", f"{{{{ {name} }}}}", {"en": "x"})
                yield from compare.compared(event, f"{{{{ {name} }}}} x", "x", {"en": f"{{{{ {name} }}}}", "jv": "x"})
    yield from compare.compared("help", "{{ sender }}", "{{ code }}", {})
    yield from (one for _, one in lint.check_all({("help", "email", "bug", "text"): ("v1", "x {{ code }}")}))
    for source in (
        'a = "x"',
        'q1 = ""',
        'q30 = "x"',
        'q3 = "x"',
        'title = "{x} <b> 3175070101809000"',
        "a =",
        "x" * 12_001,
    ):
        yield from pagetexts.check("faq", source)
    yield from pagetexts.check("complained", 'number = "x"')
    for section, source in (
        ("schedule", 'told = "x"'),
        ("menu", 'ask = "' + "Layanan. " * 20 + '"'),
        ("label", 'yes = "B"\nno = "B"'),
    ):
        yield from conversations.check("id", section, source)
    for source in ("\nx", "x" * 81 + "\nx", "x"):
        yield from canned.judged(source, "id")
    for source in ADDED:
        yield from kinds.check(LEXICON, source)


@cache
def _all_found() -> Sequence[Finding]:
    return tuple(dict.fromkeys(replace(finding, line=1, column=1) for finding in _found()))


def _prose(told: str) -> str:
    """The sentence without what is quoted, code, tags, examples."""
    told = re.sub(
        r"\{\{.*?\}\}|\{%.*?%\}|\{\w+\}|<[^<>]*>|“.*?”|\(.*?\)|[a-z]+ = \"[^\"]*\"|\[[^\]]*\]|Tulis: .*", " ", told
    )
    return re.sub(r"Yang ada: .*|Pakai salah satu: .*|berputar: .*", " ", told)


def test_no_sentence_is_half_english() -> None:
    for finding in _all_found():
        told = _prose(sentence(finding, "id"))
        assert not ENGLISH.search(told), (finding, sentence(finding, "id"))


def test_every_error_says_how_it_is_mended() -> None:
    for finding in _all_found():
        assert finding.suggestion, finding
        english = sentence(finding, "en")
        assert english.startswith(finding.message)
        assert _is_sentence(finding.suggestion) or ("Write: " in english and "Tulis: " in sentence(finding, "id"))


def test_the_codes_of_the_checker_are_told_in_the_docs() -> None:
    codes = {finding.code for finding in _all_found()}
    assert codes - set(re.findall(r"`([a-z_]+)`", DOCS)) == set()
    assert codes >= {case[4] for case in CASES}


def test_every_fact_and_filter_has_its_meaning_in_indonesian() -> None:
    facts = {fact.meaning.removesuffix(IN_A_ROUND) for event in FACTS.values() for fact in event.values()}
    assert set(MEANINGS) == facts | {does for does, _ in FILTERS.values()}
    assert meant(f"where to come{IN_A_ROUND}", "id") == "ke mana harus datang, kalau ada penyaluran"
    assert meant("where to come", "en") == "where to come"


def test_every_thing_that_a_template_can_not_hold_has_an_indonesian_name() -> None:
    for _, called in grammar._CALLED:
        finding = Finding(1, 1, "error", "disallowed", f"A template can't hold {called}.")
        assert called not in sentence(finding, "id")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ nama }}", "Tidak ada fakta bernama “nama” di sini. Maksudnya “name”? Yang ada: "),
        ("STOP “x” {{ code }}", 'Huruf ““” tidak dikenal SMS dan menggandakan biayanya. Tulis: "'),
        ("{% if note %}x", "Ada {% if %} yang belum ditutup."),
    ],
)
def test_what_the_checker_names_stands_in_the_sentence(source: str, told: str) -> None:
    assert sentence(lint.check("round_announced", "sms", "text", source)[0], "id").startswith(told)


def test_html_that_is_refused_says_what_is_due() -> None:
    flaw = next(iter(markup.telegram("<b>x</i>")))
    assert sentence(Finding(1, 1, "error", flaw.code, flaw.message, flaw.suggestion), "id") == (
        "Telegram menolak </i> di sini: seharusnya </b>. Tutup yang terakhir dibuka lebih dahulu."
    )


@pytest.mark.parametrize(
    ("source", "line", "column", "shown"),
    [
        ("a\nSTOP {{ nama }} x", 2, 9, ("STOP {{ ", "nama", " }} x")),
        ("STOP </b>", 1, 6, ("STOP ", "</b>", "")),
        ("", 1, 1, ("", "", "")),
        ("a", 9, 9, ("", "", "")),
        ("x" * 40 + " “y", 1, 42, ("…" + "x" * 27 + " ", "“", "y")),
    ],
)
def test_a_finding_shows_its_place_in_the_source(
    source: str, line: int, column: int, shown: tuple[str, str, str]
) -> None:
    assert excerpt(source, Finding(line, column, "error", "left_over", "x")) == shown
    assert excerpt(source, Finding(1, 1, "error", "segments", "x")) == ("", "", "")
