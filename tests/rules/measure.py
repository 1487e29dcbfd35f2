"""How well citizens' words are read, measured on labelled answers: `python -m tests.rules.measure FILE.jsonl …`.

A file has one JSON object a line with text, context and the labels that `tests/data/README.md` explains. Without a
file, all that are kept with the tests are measured.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.quotes import new_words
from notifier.rules.words import Meaning, meaning

DATA = Path(__file__).parents[1] / "data"
KEPT = (
    DATA / "replies.jsonl",
    DATA / "urgent.jsonl",
    DATA / "answers" / "development.jsonl",
    DATA / "answers" / "held_out.jsonl",
)
ALIKE = {"delayed": "not_received"}  # the labels count this pair as a set


@dataclass(frozen=True, slots=True)
class Measure:
    """Shares between 0 and 1 over one file; 1 where nothing could be wrong."""

    lines: int
    intent: float
    recall: float  # of the answers that need a ticket, those that get one
    precision: float  # of the answers that get a ticket, those that need one
    urgent: float  # of the urgent answers, those that are seen to be
    category: float  # of the answers that need a ticket, those whose first category is right
    wrong: tuple[str, ...]  # a sentence for each answer read wrongly

    def __str__(self) -> str:
        return (
            f"{self.lines} answers: intent {self.intent:.3f}, ticket recall {self.recall:.3f} and precision"
            f" {self.precision:.3f}, urgent recall {self.urgent:.3f}, first category {self.category:.3f}"
        )


def rows(path: Path) -> list[dict[str, Any]]:
    """The labelled answers of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def top(categories: tuple[str, ...] | list[str]) -> str:
    """The first category, of those that count as one."""
    first = categories[0] if categories else ""
    return ALIKE.get(first, first)


def measure(labelled: list[dict[str, Any]]) -> Measure:
    """Read every answer and compare."""
    read = [(row, _read(row)) for row in labelled]
    needed = [(row, found) for row, found in read if row["needs_ticket"]]
    got = [(row, found) for row, found in read if found.needs_ticket]
    urgent = [found for row, found in read if row["urgent"]]
    return Measure(
        lines=len(read),
        intent=_share(found.intent == row["intent"] for row, found in read),
        recall=_share(found.needs_ticket for _, found in needed),
        precision=_share(row["needs_ticket"] for row, _ in got),
        urgent=_share(found.urgent for found in urgent),
        category=_share(top(found.categories) == top(row["categories"]) for row, found in needed),
        wrong=tuple(_told(row, found) for row, found in read if _differs(row, found)),
    )


def _read(row: dict[str, Any]) -> Meaning:
    text = new_words(row["text"]) if row.get("channel") == "email" else row["text"]
    return meaning(text, row["context"])


def _share(held: Iterator[bool]) -> float:
    answers = list(held)
    return sum(answers) / len(answers) if answers else 1.0


def _differs(row: dict[str, Any], found: Meaning) -> bool:
    labels = (row["intent"], row["needs_ticket"], row["urgent"], row["wants_anonymity"])
    return (found.intent.value, found.needs_ticket, found.urgent, found.wants_anonymity) != labels


def _told(row: dict[str, Any], found: Meaning) -> str:
    marks = [name for name in ("needs_ticket", "urgent", "wants_anonymity") if row[name]]
    return f"[{row['context']}] {row['text']!r}: {row['intent']} {marks}, read as {found.intent} for {found.why}"


def main(files: list[str]) -> None:
    """Print the measure of each file; its mistakes too when a file was named."""
    for path in map(Path, files) if files else KEPT:
        found = measure(rows(path))
        print(f"{path.name}: {found}")
        if files:
            print(*(f"  {sentence}" for sentence in found.wrong), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
