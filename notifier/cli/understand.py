"""notifier understand: what citizens' words mean, and why, for whoever tunes the lexicon or doubts a reading.

Reads a file of examples and prints; knows no database, no person and no ticket.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from channels.quotes import new_words
from notifier.cli.options import Options, parser
from notifier.errors import Refused
from notifier.rules.words import Context, Intent, Meaning, meaning

_SHOWN = 20  # bad lines told before the rest is only counted


class _BadLine(ValueError):
    """A line that is no example; the text says what is wrong with it and how to mend it."""


@dataclass(frozen=True, slots=True)
class _Example:
    """One line of the file: the words of one citizen, and what we last wrote to that person."""

    text: str
    context: Context


def command(args: list[str], options: Options) -> int:
    """Exit 0 when every line was read, 1 when some line can't be."""
    del options  # neither configuration nor data is needed
    words = parser("notifier understand", "Say what citizens' words mean, and why: one JSON object per line.")
    words.add_argument("file", type=Path, metavar="FILE.jsonl", help="lines with text, and perhaps context and channel")
    return run(words.parse_args(args).file, sys.stdout)


def run(path: Path, out: TextIO) -> int:
    """Print the meaning of each line of `path` to `out`, in their order: 0; or 1 when some can't be read, sentences of
    them on stderr. What can't be read gets a line too: unclear, and for a person to see. Blank lines are none.

    A line is a JSON object with `text` and, if known, `context` (what our last message was) and `channel`; of e-mail
    only what is newly written counts. Other keys are ignored. Raises Refused when the file can't be opened.
    """
    troubles = 0
    for number, line in _lines(path):
        try:
            example = _example(line)
            found = meaning(example.text, example.context)
        except ValueError as trouble:
            troubles += 1
            if troubles <= _SHOWN:
                print(_printable(f"{path}, line {number}: {trouble}"), file=sys.stderr)
            found = Meaning(Intent.UNCLEAR, True, ("other",), why=(f"can't be read: {trouble}",))
        print(_printable(json.dumps(_as_json(found), ensure_ascii=False)), file=out)
    if troubles > _SHOWN:
        print(f"{path}: {troubles - _SHOWN} more lines like these.", file=sys.stderr)
    return 1 if troubles else 0


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror or error}. Name a file of JSON lines.") from error


def _example(line: bytes) -> _Example:
    """One line's example; ValueError says in a sentence what is wrong with it."""
    try:
        row: Any = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _BadLine(f"not UTF-8 at byte {error.start + 1}; save the file as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise _BadLine(f"not JSON: {error.msg} at column {error.colno}; write one JSON object per line.") from error
    except (ValueError, RecursionError) as error:
        raise _BadLine("not JSON a person would write; write one JSON object per line.") from error
    if not isinstance(row, dict):
        raise _BadLine('not a JSON object; write one like {"text": "belum pak", "context": "receipt_question"}.')
    text, channel = row.get("text"), row.get("channel")
    if not isinstance(text, str):
        raise _BadLine('"text" is missing or no string; give the words of the citizen.')
    named = row.get("context")
    if not isinstance(named, str | None):
        raise _BadLine(f'"context" is no string; use one of {", ".join(Context)}.')
    return _Example(new_words(text) if channel == "email" else text, Context.read(named or Context.NONE))


def _printable(text: str) -> str:
    """Half a pair of UTF-16, which JSON can bring, stays an escape."""
    return text.encode(errors="backslashreplace").decode()


def _as_json(found: Meaning) -> dict[str, Any]:
    return {
        "intent": found.intent.value,
        "needs_ticket": found.needs_ticket,
        "categories": list(found.categories),
        "urgent": found.urgent,
        "wants_anonymity": found.wants_anonymity,
        "why": list(found.why),
    }
