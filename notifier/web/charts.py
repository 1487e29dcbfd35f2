"""Pictures of figures: where each part of a bar or of a column chart lies. The templates draw them as SVG, a table or
the same in words beside each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEIGHT = 60.0  # of the tallest column, in the picture's own measure
WIDTH = 100.0
AIR = 0.18  # part of a column's place that stays empty


@dataclass(frozen=True, slots=True)
class Column:
    """What one column shows."""

    name: str
    parts: Mapping[str, int]  # kind, which is also its colour → how many


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a column as a rectangle."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """One column: its rectangles, from below, and what it is called."""

    name: str
    parts: Mapping[str, int]
    pieces: Sequence[Piece]


def columns(given: Sequence[Column]) -> Sequence[Drawn]:
    """Columns side by side, the tallest as high as the picture."""
    most = max((sum(one.parts.values()) for one in given), default=0)
    if not most:
        return []
    place = WIDTH / len(given)
    return [_drawn(one, n * place + place * AIR / 2, place * (1 - AIR), most) for n, one in enumerate(given)]


def _drawn(one: Column, x: float, width: float, most: int) -> Drawn:
    y, pieces = HEIGHT, []
    for kind, n in one.parts.items():
        if n:
            height = max(HEIGHT * n / most, 0.4)
            y -= height
            pieces.append(Piece(kind, round(x, 3), round(max(y, 0), 3), round(width, 3), round(height, 3)))
    return Drawn(one.name, one.parts, pieces)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a bar: what it holds, how many people, where it begins and how wide it is."""

    kind: str  # which is also its colour: told, waiting, unsure, untold, nobody
    n: int
    begins: float  # percent
    width: float


def bar(parts: Mapping[str, int], whole: int = 0) -> Sequence[Slice]:
    """Kind → how many, as the parts of one bar; of their sum when `whole` says nothing."""
    whole, begins, found = whole or max(sum(parts.values()), 1), 0.0, []
    for kind, n in parts.items():
        width = round(100 * n / whole, 3)
        found.append(Slice(kind, n, round(begins, 3), width))
        begins += width
    return found


ROW, NAME, THICK = 48.0, 22.0, 14.0  # pixels: of one lying bar with its name, from there to the bar, of the bar


def bars(given: Sequence[Mapping[str, int]]) -> Sequence[Sequence[Piece]]:
    """Bars that lie one below the other, their names above them: x and width in percent of the picture, the longest as
    wide as that; y and height in pixels, so that words in it stay as large as all others.
    """
    most = max((sum(parts.values()) for parts in given), default=0)
    return [_lying(parts, n * ROW + NAME, most) for n, parts in enumerate(given)] if most else []


def _lying(parts: Mapping[str, int], y: float, most: int) -> Sequence[Piece]:
    x, pieces = 0.0, []
    for kind, n in parts.items():
        if n:
            width = 100 * n / most
            pieces.append(Piece(kind, round(x, 3), y, round(max(width, 0.6), 3), THICK))
            x += width
    return pieces
