"""Somebody asks whether a message is real: finds the code in their words and answers what it belongs to.

Knows no ticket; whether a person has to look is said to whoever asks, and decided on what is beside the code.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.desk import Reporter
from notifier.genuine import Finding, Verdict, look
from notifier.inbox.replies import Replies
from notifier.rules.codes import find, without
from notifier.rules.words import Intent
from notifier.vault import Vault

EVENT = "genuine_checked"
FORWARDED = 24  # letters beside a code from which on it is a message that somebody passes on
_KEYWORD = re.compile(r"\W*(?:(?:cek|cék|kode|code)\W+)?asli\b(?!\s*\?)\W*", re.IGNORECASE)
_ATTEMPT = re.compile(r"[A-Z0-9][A-Z0-9 .-]{1,12}", re.IGNORECASE | re.ASCII)
_LETTER = re.compile(r"[^\W\d_]")
_LINK = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|net|org|info|id|me|ly|link|site|xyz|top|click|online)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What somebody asks about: the code they name, as the codes it may be, and the words beside it."""

    codes: Sequence[str]
    beside: str

    def for_a_person(self, found: Finding) -> bool:
        """Whether someone at the desk has to see it: what was passed on under a false code or none, and a message that
        leads elsewhere under a code of ours, which never do.
        """
        if not found.real:
            return found.verdict is Verdict.FALSE and len(_LETTER.findall(self.beside)) >= FORWARDED
        return _LINK.search(self.beside) is not None


def doubt(text: str, intent: Intent) -> Doubt | None:
    """The question in a text, if that is what it is: the word ASLI before a code, a code alone, or a text that asks
    whether a message is real and brings its code along. None for everything else.
    """
    codes, beside = next(find(text), None), without(text).strip()
    keyword = _KEYWORD.match(text)
    behind = beside[keyword.end() :].strip() if keyword else beside
    if codes is not None:
        asked = keyword is not None or intent is Intent.VERIFY_AUTHENTICITY or not _LETTER.search(beside)
        return Doubt(codes, behind) if asked else None
    mistyped = not behind or (_ATTEMPT.fullmatch(behind) and re.search(r"\d", behind))
    return Doubt((), "") if keyword and mistyped else None


class Checks:
    """Answers whoever asks, in the caller's transaction."""

    def __init__(self, replies: Replies, vault: Vault) -> None:
        self._replies = replies
        self._vault = vault

    async def tell(self, db: AsyncConnection, to: Reporter, asked: Doubt, said_at: datetime, now: datetime) -> Finding:
        """Say what the code belongs to; returns what was found."""
        found = await look(db, self._vault, asked.codes)
        facts: dict[str, Any] = {
            "verdict": found.verdict.value,
            "checked": found.code,
            "about": found.event,
            "sent_at": found.at.isoformat() if found.at else None,
        }
        facts |= {
            f"was_{name}": value.isoformat() if isinstance(value, datetime) else value
            for name, value in found.was.items()
        }
        await self._replies.send(db, to, EVENT, facts, said_at, now, about=found.of)
        return found
