"""One row of a calendar of rounds, judged. Pure but for the list of regions it asks; knows no other round."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from notifier.registry.cells import moment, words
from notifier.registry.coded import Coded
from notifier.registry.findings import Finding, is_rejected, shown
from notifier.registry.places import Places, dotted
from notifier.registry.tables import Cell, Row
from notifier.rules.people import PROGRAMMES
from notifier.rules.roles import covers
from notifier.rules.rounds import Method, zone_of

MOST_RUPIAH = 10**12
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,47}")
_METHODS = frozenset(method.value for method in Method)
_RUPIAH = re.compile(r"(?:rp\.?\s*)?(\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,]00?)?(?:,-)?", re.IGNORECASE)
_STATES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("BUKA", "OPEN", "TERJADWAL"), "open"),
        **dict.fromkeys(("BATAL", "DIBATALKAN", "CANCELLED"), "cancelled"),
    }
)


def judge_round(row: Row, places: Places, within: str = "") -> tuple[Coded | None, Sequence[Finding]]:
    """The round of a row (None when it is rejected) and what was found in it."""
    found: list[Finding] = []
    if row.surplus:
        return None, [Finding("wrong_width", "", str(row.width))]
    cells = row.cells
    values: dict[str, Any] = {
        "programme": _one_of(cells["PROGRAM"], "PROGRAM", PROGRAMMES, "unknown_programme", found),
        "period": _text(cells["PERIODE"], "PERIODE", 60, found, needed=True),
        "region": _region(cells["KODE_WILAYAH"], places, within, found),
        # who names a point leaves the place to it
        "venue": _text(cells["TEMPAT"], "TEMPAT", 120, found, needed=not cells.get("TITIK")),
        "method": _one_of(cells["METODE"], "METODE", _METHODS, "unknown_method", found),
    }
    code = words(cells["KODE"], "KODE", found)
    if not _CODE.fullmatch(code):
        found.append(Finding("bad_code" if code else "missing_cell", "KODE", shown(code)))
    if "ALAMAT" in cells:
        values["address"] = _text(cells["ALAMAT"], "ALAMAT", 200, found)
    if "TITIK" in cells:
        values["point"] = words(cells["TITIK"], "TITIK", found)
    if "CATATAN" in cells:
        values["note"] = _text(cells["CATATAN"], "CATATAN", 300, found)
    if "NOMINAL" in cells:
        values["amount"] = _rupiah(cells["NOMINAL"], found)
    if state := _state(cells.get("STATUS", ""), found):
        values["state"] = state
    opens, closes = moment(cells["MULAI"], "MULAI", found), moment(cells["SELESAI"], "SELESAI", found)
    if is_rejected(found) or opens is None or closes is None:
        return None, found
    zone = zone_of(values["region"])
    values |= {"zone": zone.key, "opens_at": _utc(opens, zone), "closes_at": _utc(closes, zone)}
    if values["closes_at"] <= values["opens_at"]:
        return None, [*found, Finding("closes_before_opens", "SELESAI")]
    return Coded(code, values), found


def _utc(at: datetime, zone: Any) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _text(cell: Cell, column: str, longest: int, found: list[Finding], *, needed: bool = False) -> str:
    text = words(cell, column, found)
    if needed and not text:
        found.append(Finding("missing_cell", column, fatal=True))
    if len(text) > longest:
        found.append(Finding("long_cell", column, str(longest)))
    return text


def _one_of(cell: Cell, column: str, choices: Any, reason: str, found: list[Finding]) -> str:
    text = words(cell, column, found)
    value = text.upper().replace(" ", "_").replace("-", "_")
    if not text:
        found.append(Finding("missing_cell", column))
    elif value not in choices:
        found.append(Finding(reason, column, shown(text), fatal=True))
    return value


def _region(cell: Cell, places: Places, within: str, found: list[Finding]) -> str:
    text = words(cell, "KODE_WILAYAH", found)
    code = dotted(text)
    if places.name(code) is None:
        found.append(Finding("unknown_region", "KODE_WILAYAH", shown(text)))
    elif not covers(within, code):
        found.append(Finding("outside_region", "KODE_WILAYAH", code))
    elif code != text:
        found.append(Finding("region_spelling", "KODE_WILAYAH"))
    return code


def _rupiah(cell: Cell, found: list[Finding]) -> int | None:
    """An amount in rupiah; None when the cell is empty, for goods."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        text = str(int(cell)) if float(cell).is_integer() else str(cell)
    else:
        text = words(cell, "NOMINAL", found)
    if not text or text == "-":
        return None
    match = _RUPIAH.fullmatch(text)
    amount = int(re.sub(r"[.,]", "", match[1])) if match else -1
    if not 0 <= amount <= MOST_RUPIAH:
        found.append(Finding("bad_amount", "NOMINAL", shown(text)))
        return None
    if isinstance(cell, str) and text != str(amount):
        found.append(Finding("amount_spelling", "NOMINAL"))
    return amount or None


def _state(cell: Cell, found: list[Finding]) -> str:
    text = words(cell, "STATUS", found).upper()
    state = _STATES.get(text, "")
    if text and not state:
        found.append(Finding("unknown_state", "STATUS", shown(text)))
    return state
