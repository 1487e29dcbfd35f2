"""Long SMS that come in pieces, in any order: kept until all are there, then one message.

A piece is read again from its sealed arrival, for half a personal number can't be masked. Knows no meaning.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import Heard, Inbound
from notifier.desk import Keys, ref_key
from notifier.inbox.origin import Arrived
from notifier.store import heard
from notifier.vault import Vault

TOGETHER = timedelta(hours=1)  # pieces of one message are not further apart: gateways count their groups round
WAITS = timedelta(minutes=5)  # then what came is understood without the rest
MISSING = "[…]"

Read = Callable[[int], Awaitable[list[Inbound]]]  # arrival → its facts, from the sealed bytes


def part_of(said: Heard) -> tuple[int, int] | None:
    """(which one, of how many); None for a whole message."""
    part, parts = said.raw.get("part"), said.raw.get("parts")
    return (part, parts) if isinstance(part, int) and isinstance(parts, int) and 1 <= part <= parts > 1 else None


def placeholder(said: Heard) -> str:
    """What is kept of a piece in clear."""
    part = part_of(said)
    return f"[bagian {part[0]} dari {part[1]}]" if part else said.text


class Pieces:
    """Joins them; `kinds`: line to the channel's name."""

    def __init__(self, vault: Vault, kinds: Mapping[str, str], read: Read) -> None:
        self._vault = vault
        self._kinds = kinds
        self._read = read

    def group(self, line: str, said: Heard) -> str:
        """What `heard` calls the message that a piece belongs to."""
        return ref_key(self._vault, line, f"pieces {said.raw.get('group', '')} {said.raw.get('parts', '')}")

    async def whole(self, db: AsyncConnection, where: Arrived, said: Heard, keys: Keys, at: datetime) -> Heard | None:
        """The message once this was its last piece; None while others are missing."""
        rows = await heard.pieces(db, where.line, keys.heard(), self.group(where.line, said), at - TOGETHER)
        found = await self._texts(rows, where.line, said)
        if len(found) < int(said.raw["parts"]):
            return None
        await heard.join(db, [row for row, _ in rows])
        return _joined(said, found)

    async def lone(self, db: AsyncConnection, now: datetime) -> tuple[Arrived, int, Heard] | None:
        """What came of one message whose other pieces never did: (where, row, said as far as it came)."""
        for row, arrival, line, group, at in await heard.lone_pieces(db, now - WAITS, 20):
            facts = await self._read(arrival)
            place = next((n for n, one in enumerate(facts) if self._is_of(one, line, group)), None)
            said = facts[place] if place is not None else None
            if place is None or not isinstance(said, Heard) or line not in self._kinds:
                await heard.join(db, [row])
                continue
            where = Arrived(arrival, place, line, self._kinds[line], at)
            keys = Keys(self._vault, where.kind, said.sender)
            await heard.hold_sender(db, keys.heard())
            rows = await heard.pieces(db, line, keys.heard(), group, at - TOGETHER)
            if rows:  # nobody else was faster
                found = await self._texts(rows, line, said)
                await heard.join(db, [number for number, _ in rows])
                return where, row, _joined(said, found)
        return None

    async def _texts(self, rows: Sequence[tuple[int, int]], line: str, like: Heard) -> dict[int, str]:
        """part → words, of one message."""
        found: dict[int, str] = {}
        group = self.group(line, like)
        for arrival in dict.fromkeys(arrival for _, arrival in rows):
            for one in await self._read(arrival):
                if isinstance(one, Heard) and self._is_of(one, line, group) and one.sender == like.sender:
                    found.setdefault(int(one.raw["part"]), one.text)
        return found

    def _is_of(self, one: Inbound, line: str, group: str) -> bool:
        return isinstance(one, Heard) and part_of(one) is not None and self.group(line, one) == group


def _joined(said: Heard, found: Mapping[int, str]) -> Heard:
    """In their order; what is missing shows."""
    raw = {name: value for name, value in said.raw.items() if name not in ("part", "parts", "group")}
    words = [found.get(part, MISSING) for part in range(1, int(said.raw["parts"]) + 1)]
    return replace(said, text="".join(words), raw=raw)
