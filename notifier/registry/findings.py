"""What was found in a file's rows: outcomes, the tally of a run, the report file.

Knows no rule that leads to a finding. Personal numbers never get here in clear.
"""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple, Self

from notifier.errors import Refused
from notifier.registry.reasons import REASONS, Effect


class Outcome(StrEnum):
    """What became of a row. The first three are accepted rows."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    ABSENT = "absent"  # no row at all: the register has this person, the file has not


class Finding(NamedTuple):
    """One thing about one cell."""

    reason: str
    column: str
    found: str = ""  # what stood there, when it is nobody's personal data
    fatal: bool = False  # here it rejects the row, whatever it does elsewhere

    @property
    def effect(self) -> Effect:
        """What it does to its row."""
        return Effect.REJECTS if self.fatal else REASONS[self.reason].effect


_OUTCOME_OF: Mapping[Effect, Outcome] = MappingProxyType(
    {
        Effect.REJECTS: Outcome.REJECTED,
        Effect.CORRECTS: Outcome.CORRECTED,
        Effect.DROPS: Outcome.ACCEPTED,
        Effect.FLAGS: Outcome.ACCEPTED,
        Effect.WARNS: Outcome.ACCEPTED,
        Effect.DUPLICATE: Outcome.DUPLICATE,
        Effect.CONFLICT: Outcome.CONFLICT,
        Effect.ABSENT: Outcome.ABSENT,
    }
)


def shown(text: str) -> str:
    """What stood in a cell, fit for a report: short, and without numbers long enough to be somebody's."""
    return re.sub(r"\d{11,}", "…", text)[:40]


def is_rejected(findings: Sequence[Finding]) -> bool:
    """Whether a row with these findings cannot be taken."""
    return any(finding.effect is Effect.REJECTS for finding in findings)


@dataclass(slots=True)
class Tally:
    """The counts of one file; rows = accepted + rejected + duplicates + conflicts at every moment."""

    rows: int = 0
    accepted: int = 0
    corrected: int = 0
    rejected: int = 0
    duplicates: int = 0
    conflicts: int = 0
    flagged: int = 0
    contacts_dropped: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    absent: int = 0
    notices: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)

    def turn_away(self, outcome: Outcome, findings: Sequence[Finding]) -> None:
        """A row that is rejected, or a second line. What else was found in it counts among the reasons alone."""
        self.rows += 1
        self.rejected += outcome is Outcome.REJECTED
        self.duplicates += outcome is Outcome.DUPLICATE
        self.conflicts += outcome is Outcome.CONFLICT
        self.by_reason.update({finding.reason for finding in findings})

    def accept(self, findings: Sequence[Finding], became: str) -> None:
        """A row that was taken; `became`: created, changed or unchanged."""
        self.rows += 1
        self.accepted += 1
        setattr(self, became, getattr(self, became) + 1)
        if not findings:
            return
        effects = [finding.effect for finding in findings]
        self.corrected += Effect.CORRECTS in effects
        self.flagged += Effect.FLAGS in effects
        self.contacts_dropped += effects.count(Effect.DROPS)
        self.by_reason.update({finding.reason for finding in findings})

    def __iadd__(self, other: Self) -> Self:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.by_reason.update(other.by_reason)
        return self

    def as_json(self) -> dict[str, Any]:
        """The counts by their names, reasons in order."""
        return {name: getattr(self, name) for name in COUNTS} | {"by_reason": dict(sorted(self.by_reason.items()))}


COUNTS = tuple(name for name in Tally.__dataclass_fields__ if name != "by_reason")


class Report:
    """The report file: one line a finding a person may have to look at; nothing when no file was asked for.

    What was put right by itself needs nobody: it is counted in lines of its own at the top. The other lines wait in a
    file without a name until the counts are known.
    """

    HEAD = ("file", "line", "column", "outcome", "reason", "how to mend")

    def __init__(self, path: Path | None, words: Mapping[str, str], rejected: Path | None = None) -> None:
        """`words`: lists that the mends name (programmes, methods, records). `rejected`: a file for the lines that
        were turned away for good, each with the mends, in the order of the table.
        """
        self._words = words
        self._lines: list[tuple[int, str]] = []
        self._rejected = rejected.open("w", encoding="utf-8", newline="") if rejected is not None else None
        self._told: list[tuple[int, tuple[object, ...]]] = []
        self._corrected: Counter[tuple[str, str, str]] = Counter()  # file, column, reason
        self._file = None
        if path is not None:
            try:
                self._file = path.open("w", encoding="utf-8-sig", newline="")
            except OSError as error:
                raise Refused(f"--report {path}: {(error.strerror or str(error)).lower()}") from None
            self._body = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 - closed in __exit__
            self._csv = csv.writer(self._body)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.flush()
        if self._rejected is not None:
            self._rejected.close()
        if self._file is None:
            return
        with self._file as file, self._body as body:
            head = csv.writer(file)
            head.writerow(self.HEAD)
            for (name, column, reason), n in sorted(self._corrected.items()):
                mend = f"{n} ×: {REASONS[reason].mend.format(found='', **self._words)}"
                head.writerow((_calm(name), "", column, Outcome.CORRECTED, reason, mend))
            body.seek(0)
            copyfileobj(body, file)

    def tell(self, file: str, line: int, findings: Sequence[Finding], outcome: Outcome | None = None) -> None:
        """Say what was found in one row (line 0: in none). `outcome`: the row's, when it was not accepted."""
        if self._rejected is not None and outcome is Outcome.REJECTED:
            faults = [finding for finding in findings if finding.effect is Effect.REJECTS]
            mends = (REASONS[fault.reason].mend.format(found=fault.found, **self._words) for fault in faults)
            self._lines.append((line, " ".join(mends)))
        if self._file is None:
            return
        for finding in findings:
            if finding.effect is Effect.CORRECTS:
                if outcome is None:  # else nothing was kept, so nothing was put right
                    self._corrected[file, finding.column, finding.reason] += 1
                continue
            mend = REASONS[finding.reason].mend.format(found=finding.found, **self._words)
            told = outcome or _OUTCOME_OF[finding.effect]
            self._told.append((line, (_calm(file), line or "", finding.column, told, finding.reason, mend)))

    def flush(self) -> None:
        """Write what was said since, by line."""
        if self._rejected is not None:
            csv.writer(self._rejected).writerows(sorted(self._lines))
            self._lines.clear()
        if self._file is not None:
            self._csv.writerows(row for _, row in sorted(self._told, key=itemgetter(0)))
        self._told.clear()


def _calm(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
