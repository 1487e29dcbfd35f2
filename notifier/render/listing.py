"""Several changes of one person's aid as a message lists them: whole, and short enough for one SMS. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from channels import gsm
from notifier.render import said

ROOM = 88  # septets an SMS leaves for the short list, beside a name, what follows it and the code


def listed(items: Sequence[Mapping[str, Any]], tongue: str) -> dict[str, Any]:
    """The facts `changes` (one a line), `n`, and `brief`: the same in one line, "" when that would be too long."""
    lines = [_line(item, tongue) for item in items]
    brief = gsm.fold("; ".join(_short(item, tongue) for item in items))
    units = len(brief) + sum(map(brief.count, gsm.EXTENSION))
    return {"changes": "\n".join(lines), "n": len(items), "brief": brief if units <= ROOM else ""}


def _line(item: Mapping[str, Any], tongue: str) -> str:
    reason = f" ({item['reason']})" if item.get("reason") else ""
    return f"- {item['programme']} {item['period']}: {said.code(item['status'], tongue)}{reason}"


def _short(item: Mapping[str, Any], tongue: str) -> str:
    return f"{item['programme']} {item['period']} {said.code(item['status'], tongue)}"
