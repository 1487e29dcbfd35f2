"""Why attempts failed, in the few kinds that a figure can tell apart. Pure; a table from stored reasons to kinds."""

import re
from collections.abc import Sequence
from functools import lru_cache

OTHER = "other"
# The first that is found in a reason is its kind.
_KINDS: Sequence[tuple[str, str]] = (
    ("busy", r"too many messages|throttl|rate limit|\b429\b"),
    ("blocked", r"block|pressed /start|not allowed to write|removed from the group|not a member"),
    ("line", r"token|credential|\b401\b|\b403\b|credit|balance|the channel broke"),
    (
        "reach",
        r"can(?:'|no)t be reached|cannot be reached|connection broke|did not answer|fell silent|talked to|broke off|"
        r"no word|broken off|in trouble|without a readable body|unreadable|\b50\d\b|delayed",
    ),
    (
        "address",
        r"unknown_subscriber|unknown number|no such chat|does not exist|cannot be mailed|not an e-mail|not a telegram|"
        r"bounced|mailbox|address|\b550\b|supergroup|absent|expired",
    ),
    ("words", r"too long|too large|html|malformed|no words|characters|label|bytes|words are broken|button"),
)
KINDS = (*(kind for kind, _ in _KINDS), OTHER)
_FOUND = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _KINDS)


@lru_cache(maxsize=2_000)
def kind(reason: str) -> str:
    """The kind of a stored reason: busy, blocked, line, reach, address, words or other."""
    return next((kind for kind, words in _FOUND if words.search(reason)), OTHER)
