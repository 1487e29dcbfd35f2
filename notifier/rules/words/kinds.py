"""What is no complaint but is said to the desk all the same: a suggestion or praise that names itself.

Only who says so is taken at their word: kind words around a grievance do not make praise of it.
"""

import re
from collections.abc import Mapping

_SUGGESTION = re.compile(r"\W*(?:saran|usul|usulan|masukan)\b(?!\s*$)", re.IGNORECASE)
_PRAISE = re.compile(r"\W*(?:apresiasi|pujian|salut|penghargaan)\b(?!\s*$)", re.IGNORECASE)
_KINDS: Mapping[str, re.Pattern[str]] = {"suggestion": _SUGGESTION, "praise": _PRAISE}


def kind_of(text: str) -> str | None:
    """The category that a text gives itself with its first word; None for anything else, and for the bare word."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.match(text)), None)
