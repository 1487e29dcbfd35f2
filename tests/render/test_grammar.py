"""What a template may be made of: nothing that could run, reach or cost anything."""

import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import nodes

from notifier.render import CHANNELS, FACTS, RenderError, lint
from notifier.render.filters import FILTERS
from notifier.render.grammar import LONGEST_SOURCE, parse
from notifier.render.samples import SAMPLES, sample
from notifier.render.words import environment_for, speaker

EVENT = "round_announced"
INJECTIONS = [
    "{{ 7*7 }}",
    "{{ 7**999999999 }}",
    "{{ 'a' * 300000000 }}",
    "{{ 'a' ~ 'b' }}",
    "{{ name + name }}",
    "{{ '%0200000000d' % 1 }}",
    "{{ name|center(999999999) }}",
    "{{ name|format(1) }}",
    "{{ name|attr('__class__') }}",
    "{{ name|map('upper') }}",
    "{{ name|xmlattr }}",
    "{{ name|safe }}",
    "{{ name|replace('a', 'b') }}",
    "{{ name.__class__ }}",
    "{{ name.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''.__class__.__mro__[2].__subclasses__()[40]('/etc/passwd').read() }}",
    "{{ ().__class__.__base__.__subclasses__() }}",
    "{{ name['__class__'] }}",
    "{{ name[0] }}",
    "{{ name[0:9] }}",
    "{{ config }}",
    "{{ config.items() }}",
    "{{ self }}",
    "{{ self._TemplateReference__context.cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ self.__init__.__globals__.__builtins__.__import__('os').system('id') }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__.os.popen('id').read() }}",
    "{{ namespace.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ lipsum() }}",
    "{{ range(999999999) }}",
    "{{ dict(a=1) }}",
    "{{ url_for.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ request.application.__globals__.__builtins__.__import__('os').popen('id').read() }}",
    "{{ g.pop.__globals__ }}",
    "{{ loop }}",
    "{{ caller() }}",
    "{{ varargs }}",
    "{{ environment }}",
    "{{ context }}",
    "{{ [].append(1) }}",
    "{{ [1, 2, 3] }}",
    "{{ {'a': 1} }}",
    "{{ (1, 2) }}",
    "{{ -1 }}",
    "{{ name() }}",
    "{{ name|singkat(999999999999) }}",
    "{{ name|singkat(amount) }}",
    "{{ name|singkat(n=3) }}",
    "{{ name|singkat(*amount) }}",
    "{{ name|singkat(True) }}",
    "{{ name|jam('x') }}",
    "{{ name is sameas(name) }}",
    "{{ name is mapping }}",
    "{% for a in name %}x{% endfor %}",
    "{% for a in range(9999999) %}{% for b in range(9999999) %}x{% endfor %}{% endfor %}",
    "{% set x = name %}",
    "{% set x %}a{% endset %}",
    "{% with x = name %}{% endwith %}",
    "{% macro m() %}x{% endmacro %}",
    "{% call m() %}x{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% filter singkat(9) %}x{% endfilter %}",
    "{% block b %}x{% endblock %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import system %}",
    "{% extends 'base.html' %}",
    "{% autoescape false %}{{ name }}{% endautoescape %}",
    "{% if name.__class__ %}x{% endif %}",
    "{% if 7*7 == 49 %}x{% endif %}",
    "{% debug %}",
    "{% do name %}",
    "{% trans %}x{% endtrans %}",
    "{% raw %}{{ 7*7 }}{% endraw %}{{ 7*7 }}",
    "{{ name if note }}",
    "{{ nik }}",
    "{{ name\x00 }}",
    "{{ __import__('os').system('id') }}",
    "{{ exec('1') }}",
    "{{ name.format(name) }}",
    "{{ name.encode().hex() }}",
    "{{ name == ''.join(name) }}",
    "{{ not name.isalpha() }}",
    "{%- set x = cycler -%}{{ x }}",
    "{{ ''['__cl' ~ 'ass__'] }}",
    "{{ name|sebut|attr('x') }}",
    "{{ _ }}",
    "{{ undefined }}",
]
COSTLY = [
    "{{ " + "(" * 1900 + ")" * 1900 + " }}",
    "{{ " + "not " * 900 + "name }}",
    "{{ " + "name or " * 400 + "name }}",
    "{{ " + "name if name else " * 200 + "name }}",
    "{{ name" + "|sebut" * 600 + " }}",
    "{% if name %}" * 190 + "x" + "{% endif %}" * 100,
    "{% if name %}" * 60 + "x" + "{% endif %}" * 60,
    "{% if name %}" + "{% elif name %}" * 240 + "{% endif %}",
    "{{ " + "9" * 3900 + " }}",
    "{{ " + "1_" * 1900 + "1 }}",
    "{{ 1e999999 }}",
    "{{ '" + "\\" * 3900 + "' }}",
    "{" * 4000,
    "{%" * 2000,
    "{{" * 2000,
    "{#" * 2000,
    "{{ name }}" * 400,
    "{% if name %}\n" * 150 + "{% endif %}\n" * 150,
    "-%}" * 1300,
    " " * 4000,
    "\n" * 4000,
    "<" * 4000,
    "<b>" * 1300,
    "</b>" * 1000,
    "&" * 4000,
    "0" * 4000,
    "0 " * 2000,
    "“" * 4000,
    "{{ name }" * 400,
    "{% if name %} \t" * 280,
    "x" * 5_000_000,
]


_watched: list[str] = []
_watching = [False]
_FORBIDDEN = ("exec", "os.", "subprocess.", "socket.", "ctypes.", "open", "import", "shutil.")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching[0] and event.startswith(_FORBIDDEN):
        _watched.append(event)


sys.addaudithook(_watch)


@contextmanager
def nothing_runs() -> Iterator[None]:
    """Fails when code is executed, a file opened or a module imported meanwhile."""
    _watched.clear()
    _watching[0] = True
    try:
        yield
    finally:
        _watching[0] = False
    assert not _watched


@pytest.mark.parametrize("source", INJECTIONS)
@pytest.mark.parametrize("part", ["text", "html"])
def test_an_injection_is_refused_before_anything_runs(source: str, part: str) -> None:
    environment = environment_for("email", "id", part)
    with nothing_runs():
        tree, findings = parse(environment, source, FACTS[EVENT])
    assert tree is None
    assert findings
    assert findings[0].level == "error"
    with pytest.raises(RenderError), nothing_runs():
        speaker(EVENT, "email", "id", part, source)


def test_nothing_of_the_known_injections_is_executed_anywhere() -> None:
    """What is passed from list to list for attacks on Jinja: one a line; some are for other engines beside it."""
    sources = (Path(__file__).parent / "injections.txt").read_text("utf-8").splitlines()
    assert len(sources) > 130
    for source in sources:
        for channel, parts in CHANNELS.items():
            for part in parts:
                with nothing_runs():
                    tree, _ = parse(environment_for(channel, "id", part), source, FACTS[EVENT])
                assert tree is None, source
                with pytest.raises(RenderError), nothing_runs():
                    speaker(EVENT, channel, "id", part, source)


def _spent(source: str) -> tuple[float, int]:
    """Steps and bytes that a check of a source takes: calls of Python, and the peak of memory."""
    steps = 0

    def count(_frame: Any, _event: str, _argument: Any) -> None:
        nonlocal steps
        steps += 1

    tracemalloc.start()
    sys.setprofile(count)
    try:
        lint.check(EVENT, "telegram", "html", source)
    finally:
        sys.setprofile(None)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return steps, peak


@pytest.mark.parametrize(
    "piece",
    [
        "{{ name }} ",
        "{{ nama }} ",
        "{% if name %}x{% endif %}",
        "<b>x</b>",
        "{{ ",
        "<",
        "&",
        "0 ",
        "{% elif name %}",
        "(",
        "“",
        "{{ amount }} ",
        "{{ name|rupiah }} ",
        "{{ opens_at }}\n",
        "{{ name.x }}",
        "1234567890123456 ",
    ],
)
def test_the_cost_of_a_check_grows_with_the_source_and_no_faster(piece: str) -> None:
    some, more = piece * (400 // len(piece)), piece * (1600 // len(piece))
    lint.check(EVENT, "telegram", "html", piece)  # whatever is remembered once
    (steps, peak), (four_steps, four_peak) = _spent(some), _spent(more)
    assert four_steps <= 4 * 1.25 * max(steps, 2000)
    assert four_peak <= 4 * 1.6 * max(peak, 200_000)


@pytest.mark.parametrize("event", sorted(FACTS))
@pytest.mark.parametrize("source", ["{{ cycler }}", "{{ range(9) }}", "{{ self }}", "{{ config }}"])
def test_no_event_knows_the_names_that_jinja_brings_along(event: str, source: str) -> None:
    tree, _ = parse(environment_for("sms", "id", "text"), source, FACTS[event])
    assert tree is None


def test_the_sandbox_holds_nothing_but_our_filters() -> None:
    environment = environment_for("email", "id", "html")
    assert set(environment.filters) == set(FILTERS)
    assert not environment.globals
    assert set(environment.tests) == {"none", "defined"}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("source", COSTLY, ids=lambda source: f"{source[:12]!r} x {len(source)}")
def test_a_costly_source_is_answered_soon(source: str) -> None:
    for channel, part in (("sms", "text"), ("telegram", "html"), ("email", "html")):
        assert len(lint.check(EVENT, channel, part, source)) <= lint.MOST


def test_the_length_of_a_source_is_bounded() -> None:
    _, findings = parse(environment_for("sms", "id", "text"), "x" * (LONGEST_SOURCE + 1), FACTS[EVENT])
    assert [finding.code for finding in findings] == ["too_long"]


# --- any source ------------------------------------------------------------------------------------------------------

WORDS = [
    *FACTS[EVENT],
    *FILTERS,
    "nik",
    "x",
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "in",
    "not",
    "and",
    "is",
    "none",
    "set",
]
SIGNS = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{%-",
    "-%}",
    "|",
    "(",
    ")",
    "[",
    "]",
    ".",
    ",",
    "'",
    '"',
    "==",
    "+",
    "~",
    "\\",
]
TEXTS = [
    "a",
    " ",
    "\n",
    "<b>",
    "</b>",
    "<a href=",
    ">",
    "&",
    "“",
    "é",
    "0",
    "1234567890123456",
    "\x00",
    "\ud800",
    "€",
    "\r\n",
]
anything = st.lists(st.sampled_from([*WORDS, *SIGNS, *TEXTS, " "]), max_size=60).map("".join)
# closer to what passes, so that what passes is tried too
expression = st.sampled_from(
    [
        "{{ name }}",
        "{{ venue|singkat(9) }}",
        "{{ opens_at|jam }}",
        "{{ amount|rupiah }}",
        "{{ method|sebut }}",
        "{{ note }}",
    ]
)
block = st.sampled_from(
    ["{% if note %}", "{% if amount %}", "{% else %}", "{% endif %}", "{# x #}", "<b>", "</b>", "\n", "a "]
)
likely = st.lists(st.one_of(expression, block), max_size=14).map("".join)


@settings(max_examples=150)
@given(source=st.one_of(anything, likely, st.text(max_size=200)), place=st.sampled_from(sorted(CHANNELS.items())))
def test_the_checker_answers_whatever_it_is_given(source: str, place: tuple[str, tuple[str, ...]]) -> None:
    channel, parts = place
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for part in parts:
        findings = lint.check(EVENT, channel, part, source)
        for finding in findings:
            assert finding.message
            assert 1 <= finding.line <= len(lines)
            assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        if not any(finding.level == "error" for finding in findings):
            say = speaker(EVENT, channel, "id", part, source)
            for name in SAMPLES:
                assert isinstance(say(sample(EVENT, name)), str)


@settings(max_examples=100)
@given(source=likely)
def test_what_passes_is_made_of_allowed_nodes_only(source: str) -> None:
    tree, findings = parse(environment_for("sms", "id", "text"), source, FACTS[EVENT])
    assert (tree is None) == bool(findings)
    if tree is not None:
        assert not list(tree.find_all((nodes.Call, nodes.Getattr, nodes.Getitem, nodes.For, nodes.BinExpr)))
