"""What a template may be made of: parsed first, every node looked up in an allow-list, and only then compiled.

Jinja's own sandbox bounds neither time nor memory, so nothing that could cost either gets past this page: no calls, no
loops, no arithmetic, no attributes. Knows facts and filters by name only.
"""

import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import TOKEN_RAW_BEGIN, TOKEN_RAW_END, ignored_tokens
from jinja2.parser import Parser

from notifier.render.filters import FILTERS, LONGEST, SHORTEST

LONGEST_SOURCE = 4000  # characters
DEEPEST = 40  # nodes within nodes; far below what Python's own compiler takes
TESTS = ("none", "defined")

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Filter,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Test,
)
# facts that people ask for in vain
_PERSONAL = re.compile(
    r"(?:no_|nomor_)?(?:nik|kk|rekening|hp|telepon|induk_kependudukan)|phone|email|tanggal_lahir|nama_ibu|pin|otp"
)
# how a person would call what is not allowed
_CALLED: tuple[tuple[type[nodes.Node], str], ...] = (
    (nodes.For, "a loop (for)"),
    (nodes.Call, "a call with ( )"),
    (nodes.Getattr, "an attribute after a dot"),
    (nodes.Getitem, "an item in [ ]"),
    (nodes.Assign, "an assignment (set)"),
    (nodes.AssignBlock, "an assignment (set)"),
    (nodes.BinExpr, "arithmetic"),
    (nodes.UnaryExpr, "arithmetic"),
    (nodes.Concat, "joining with ~"),
    (nodes.Literal, "a list or table"),
    (nodes.Include, "another template (include)"),
    (nodes.Extends, "another template (extends)"),
    (nodes.Import, "another template (import)"),
    (nodes.FromImport, "another template (import)"),
    (nodes.Macro, "a macro"),
    (nodes.CallBlock, "a call block"),
    (nodes.FilterBlock, "a filter block"),
    (nodes.Block, "a block"),
    (nodes.With, "a with block"),
)
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_AT = re.compile(r" at (\d+)$")
_TAG = r"(?:\{%(?:[^%\n]|%(?!\}))*%\}|\{#(?:[^#\n]|#(?!\}))*#\})"
_ONLY_TAGS = re.compile(rf"^[ \t]*(?:{_TAG}[ \t]*)*{_TAG}(?<![-+][%#]\}})[ \t]*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a template, where, and how to mend it. Lines and columns count from 1."""

    line: int
    column: int
    level: Literal["error", "advice"]
    code: str
    message: str
    suggestion: str = ""


def place(source: str, offset: int) -> tuple[int, int]:
    """Line and column of a character."""
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _laid(source: str) -> str:
    """A line that holds nothing but tags leaves no empty line: its line end moves into the last tag.

    Jinja's trim_blocks would also glue two lines together wherever the first one ends in a tag.
    """
    return _ONLY_TAGS.sub(lambda line: f"{line[0].rstrip()[:-2]}\n{line[0].rstrip()[-2:]}", source)


def parse(environment: Environment, source: str, facts: Collection[str]) -> tuple[nodes.Template | None, list[Finding]]:
    """The tree when nothing is wrong, else what is. Bounded by the length of the source; never raises."""
    if len(source) > LONGEST_SOURCE:
        message = f"The template has {len(source)} characters; at most {LONGEST_SOURCE} are read."
        return None, [Finding(1, 1, "error", "too_long", message, "Say it in fewer words.")]
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    odd = _ODD.search(source)
    if odd:
        message = f"There is an invisible control character (U+{ord(odd[0]):04X}) here."
        return None, [Finding(*place(source, odd.start()), "error", "odd_character", message, "Delete it.")]
    try:
        laid = _laid(source)
        words = _Words(environment, source, laid)
        tree = _parsed(environment, laid, words)
    except _Unreadable as error:
        return None, [error.finding]
    except RecursionError:
        return None, [
            Finding(
                1,
                1,
                "error",
                "too_deep",
                "Too many brackets or conditions lie within each other.",
                "Take some of them apart.",
            )
        ]
    findings = sorted(_walk(tree, words, facts), key=lambda finding: (finding.line, finding.column))
    return (tree if not findings else None), findings


class _Unreadable(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class _Words:
    """The source as the lexer cuts it, so that a node, which knows only its line, finds its column."""

    def __init__(self, environment: Environment, source: str, laid: str) -> None:
        self.places: list[tuple[int, int, str]] = []  # line, column, word, of all but blanks
        self._waiting: dict[tuple[int, str], deque[int]] = {}  # line and word → columns nobody asked for yet
        self._begins: dict[int, int] = {}  # line → column of its first {{ or {%
        offset, line, began = 0, 1, 0
        try:
            for _, token, value in environment.lex(laid):
                if token in ignored_tokens or token in (TOKEN_RAW_BEGIN, TOKEN_RAW_END):
                    continue
                found = max(source.find(value, offset), offset)
                line += source.count("\n", offset, found)
                began = max(source.rfind("\n", offset, found) + 1, began)
                self._keep(line, found - began + 1, value)
                offset = found + len(value)
                line += value.count("\n")
                began = max(source.rfind("\n", found, offset) + 1, began)
        except TemplateSyntaxError as error:
            raise _Unreadable(_syntax(error, source)) from None

    def of(self, line: int, word: str) -> tuple[int, int]:
        """Where the next such word stands on that line; each is given once."""
        waiting = self._waiting.get((line, word))
        return line, waiting.popleft() if waiting else self.begin(line)

    def begin(self, line: int) -> int:
        """Column of the first {{ or {% of a line."""
        return self._begins.get(line, 1)

    def _keep(self, line: int, column: int, value: str) -> None:
        self.places.append((line, column, value))
        self._waiting.setdefault((line, value), deque()).append(column)
        if value[:2] in ("{{", "{%"):
            self._begins.setdefault(line, column)


def _parsed(environment: Environment, source: str, words: _Words) -> nodes.Template:
    parser: Parser | None = None
    try:
        parser = Parser(environment, source)
        return parser.parse()
    except TemplateSyntaxError as error:
        left = 0
        if parser is not None:
            left = sum(1 for _ in parser.stream) + (not parser.stream.closed)
        index = len(words.places) - left - 1
        at = words.places[index] if 0 <= index < len(words.places) and words.places[index][0] == error.lineno else None
        raise _Unreadable(_syntax(error, source, at[:2] if at else (error.lineno, words.begin(error.lineno)))) from None
    except (ValueError, OverflowError) as error:  # a number of thousands of digits
        raise _Unreadable(
            Finding(1, 1, "error", "syntax", f"A number can't be read: {error}.", "Leave it out.")
        ) from None


def _syntax(error: TemplateSyntaxError, source: str, at: tuple[int, int] | None = None) -> Finding:
    message = (error.message or "it can't be read").rstrip(".")
    offset = _AT.search(message)
    if offset:
        at, message = place(source, int(offset[1])), message[: offset.start()]
    elif at is None:
        line = source.splitlines()[error.lineno - 1 : error.lineno]
        at = error.lineno, next((tag.start() + 1 for tag in re.finditer(r"\{[{%#]", "".join(line))), 1)
    unknown = re.match(r"Encountered unknown tag '(\w+)'", message)
    if unknown:
        return Finding(
            *at,
            "error",
            "unknown_tag",
            f'There is no tag "{unknown[1]}".',
            "The tags there are: {% if … %} {% elif … %} {% else %} {% endif %}.",
        )
    return Finding(
        *at,
        "error",
        "syntax",
        f"This can't be read as a template: {message}.",
        "Facts are written {{ name }}, conditions {% if note %}…{% endif %}.",
    )


def _walk(tree: nodes.Template, words: _Words, facts: Collection[str]) -> Iterator[Finding]:
    """Everything that is not allowed, in the order of the source."""
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            yield Finding(
                node.lineno,
                words.begin(node.lineno),
                "error",
                "too_deep",
                "Too many conditions lie within each other.",
                "Take some of them apart.",
            )
            return
        if not isinstance(node, _ALLOWED):
            called = next((name for kind, name in _CALLED if isinstance(node, kind)), type(node).__name__.lower())
            yield Finding(
                node.lineno,
                words.begin(node.lineno),
                "error",
                "disallowed",
                f"A template can't hold {called}.",
                "Use facts, filters and {% if %} only.",
            )
            continue
        yield from _judged(node, words, facts)
        waiting += [(child, depth + 1) for child in reversed(list(node.iter_child_nodes()))]


def _judged(node: nodes.Node, words: _Words, facts: Collection[str]) -> Iterator[Finding]:
    if isinstance(node, nodes.Name) and node.name not in facts:
        yield _unknown(words.of(node.lineno, node.name), "fact", node.name, facts)
    elif isinstance(node, nodes.Filter):
        at = words.of(node.lineno, node.name)
        if node.name not in FILTERS:
            yield _unknown(at, "filter", node.name, tuple(FILTERS))
        else:
            yield from _arguments(node, at)
    elif isinstance(node, nodes.Test) and (node.name not in TESTS or node.args or node.kwargs):
        yield _unknown(words.of(node.lineno, node.name), "test", node.name, TESTS)
    elif isinstance(node, nodes.CondExpr) and node.expr2 is None:
        yield Finding(
            node.lineno,
            words.begin(node.lineno),
            "error",
            "no_else",
            "An if within {{ }} needs its else.",
            "Write {{ a if b else c }}, or {% if b %}{{ a }}{% endif %}.",
        )


def _arguments(node: nodes.Filter, at: tuple[int, int]) -> Iterator[Finding]:
    plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
    given = [argument.value if isinstance(argument, nodes.Const) else None for argument in node.args]
    if node.node is None:
        yield Finding(*at, "error", "disallowed", "A filter stands after what it changes.", FILTERS[node.name][1])
    elif node.name == "singkat":
        number = given[0] if plain and len(given) == 1 else None
        if not isinstance(number, int) or isinstance(number, bool) or not SHORTEST <= number <= LONGEST:
            message = f"singkat needs one number from {SHORTEST} to {LONGEST}: how many characters may stay."
            yield Finding(*at, "error", "argument", message, FILTERS["singkat"][1])
    elif not plain or given:
        yield Finding(*at, "error", "argument", f"{node.name} takes nothing in brackets.", FILTERS[node.name][1])


def _unknown(at: tuple[int, int], what: str, name: str, known: Collection[str]) -> Finding:
    if what == "fact" and _PERSONAL.fullmatch(name.lower()):
        message = "A NIK, family card, account or phone number is never written in a message."
        return Finding(*at, "error", "personal_data", message, "Leave it out.")
    close = get_close_matches(name[:64], known, n=1, cutoff=0.5)
    suggestion = f'Did you mean "{close[0]}"? ' if close else ""
    listed = ", ".join(sorted(known))
    return Finding(
        *at, "error", f"unknown_{what}", f'There is no {what} "{name[:64]}" here.', f"{suggestion}There are: {listed}."
    )


def first_sentence(findings: Sequence[Finding]) -> str:
    """The first finding as one sentence with its place."""
    first = findings[0]
    return f"line {first.line}, column {first.column}: {first.message}"
