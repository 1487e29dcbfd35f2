"""What a general notice may say: the office's own words, which stand in a template's frame as they are. Pure."""

import re
from hashlib import sha256

from notifier.errors import Refused

SHORTEST, LONGEST = 10, 300  # characters; an SMS has 160 of them a segment, the frame's included
_LONG_NUMBER = re.compile(r"\d{16}")


def worded(text: str) -> str:
    """The words of a notice on one line, without spaces too many. Raises Refused for what cannot be said to many."""
    plain = " ".join(text.split())
    if not SHORTEST <= len(plain) <= LONGEST:
        raise Refused(f"a notice says {SHORTEST} to {LONGEST} characters; this has {len(plain)}", field="text")
    if any(mark in plain for mark in ("{{", "{%", "{#")):
        raise Refused("the words of a notice are said as they are and name no facts; take the braces out", field="text")
    if _LONG_NUMBER.search(plain):
        raise Refused("a notice to many must not hold a number of 16 digits: it may be somebody's NIK", field="text")
    return plain


def digest(text: str) -> str:
    """What the ledger names the words by; "" for none."""
    return sha256(text.encode()).hexdigest() if text else ""
