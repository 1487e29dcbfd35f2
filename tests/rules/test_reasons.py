"""Why a message did not arrive, in the reader's language: every reason our code can write has its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.restored import WHY
from notifier.rules import reasons

ROOT = Path(__file__).parents[2]
# Calls that write a reason, in the rooms that write one; the arguments that are states and names are no sentences.
CALLS = {"SendFailed", "ChannelError", "Refusal", "_gone", "Step", "_step", "_back", "climb", "_climb", "_close"}
ROOMS = ("channels", "notifier/dispatch", "notifier/broadcasts", "notifier/inbox/attachments.py", "notifier/store")
CONSTANTS = {"NO_WORD", "NEVER_KNOWN", "NO_RECEIPT", "NO_CONTACT", "NEVER_REACHED"}
LOGS = {"warning", "error", "info", "exception"}
NO_REASONS = {"due", "sending", "unknown", "failed", "accepted", "cancelled", "expired", "suppressed"}


def _spelled(node: ast.expr) -> Iterator[str]:
    """The reasons a piece of code can stand for, with something in place of what is not known before."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "550" for part in node.values)
        case ast.BoolOp():
            for value in node.values:
                yield from _spelled(value)
        case ast.BinOp(left=left):
            yield from _spelled(left)
        case ast.Call(func=ast.Attribute(value=value, attr="strip")):
            yield from _spelled(value)


def _written(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            given = node.args if name in CALLS else []
            named = [one.value for one in node.keywords if one.arg == "reason" and name not in LOGS]
            for part in (*given, *named):
                yield from _spelled(part)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in CONSTANTS:
            yield from _spelled(node.value)


def _all() -> list[str]:
    found: set[str] = {WHY, "blocked"}
    for room in ROOMS:
        place = ROOT / room
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            found |= set(_written(ast.parse(path.read_text())))
    theirs = {reason for reason in found if not re.search("[a-z]", reason)}  # a provider's words alone
    return [*sorted(found - NO_REASONS - theirs), "RCPT: 550 no such user"]


def test_every_reason_our_code_can_write_is_said_in_both_languages() -> None:
    written = _all()
    assert len(written) > 60, "the walk finds what is written"
    assert {"resend", "sent again by hand", "the connection broke: 550", "never known"} <= set(written)
    strange = [reason for reason in written if reasons.known(reason[:120]) is None]
    assert not strange, "no words for these in notifier/rules/reasons.py"


@pytest.mark.parametrize(
    ("stored", "indonesian", "english"),
    [
        ("", "", ""),
        ("the connection broke: TimeoutError", "sambungan putus (TimeoutError)", "the connection broke (TimeoutError)"),
        ("the round was changed (version 2)", "penyalurannya diubah (versi 2)", "the round was changed (version 2)"),
        ("none of the first 9 people could be told", "tidak satu pun dari 9 orang pertama dapat diberi tahu", None),
        (
            "it has cost Rp900 and would pass its cap of Rp1.000",
            "biayanya sudah Rp900 dan akan melewati batas Rp1.000",
            None,
        ),
        ("RCPT: 550 no such user", "server surel menolak dengan 550: “no such user”", None),
        ("gateway answered 400: 21 saldo", "gerbang SMS menjawab 400: “21 saldo”", None),
        ("Inbox full", "“Inbox full”", "“Inbox full”"),
    ],
)
def test_a_reason_is_said_in_the_readers_language_and_strange_words_are_quoted(
    stored: str, indonesian: str, english: str | None
) -> None:
    assert reasons.said(stored, "id") == indonesian
    assert english is None or reasons.said(stored, "en") == english
