"""What a person hears when their aid changes: one notice a change, or one for several that come close together.

A notice waits a while before it leaves. A change that comes meanwhile is added to it, and what was overtaken or taken
back is left out, so that nobody reads what is no longer so. Everything in the transaction of the change: no change
without its notice, and none with two.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.outbox import Notice, Outbox
from notifier.store import news
from notifier.store.news import ONE, SEVERAL, Waiting
from notifier.store.people import Person
from notifier.store.rounds import Round

FRESH_FOR = timedelta(days=7)  # after which nobody need hear of a status any more
_OWN = ("status", "reason", "period", "amount", "programme", "round_code")


class Change(NamedTuple):
    """One change of one person's aid. `tells`: they are to hear of it; otherwise it may take back what they were to."""

    person: Person
    of: Round
    status: str
    reason: str
    tells: bool


class News:
    """Puts changes into notices."""

    def __init__(self, outbox: Outbox, span: timedelta) -> None:
        """`span`: how long a notice waits for further changes; none: each change leaves at once, by itself."""
        self._outbox, self._span = outbox, span

    async def tell(self, db: AsyncConnection, changes: Sequence[Change], now: datetime) -> list[int | None]:
        """Write the notices of these changes; returns the delivery that tells of each, None for what tells nothing."""
        waiting: dict[int, Waiting] = {}
        if self._span and changes:
            everybody = sorted({change.person.id for change in changes})
            await news.hold(db, everybody)
            waiting = await news.waiting(db, everybody)
        told: list[int | None] = []
        for change in changes:
            there = waiting.pop(change.person.id, None)
            left = await self._new(db, change, now) if there is None else await self._again(db, there, change, now)
            if left is not None and self._span:
                waiting[change.person.id] = left
            told.append(left.id if left is not None and change.tells else None)
        return told

    async def _new(self, db: AsyncConnection, change: Change, now: datetime) -> Waiting | None:
        if not change.tells:
            return None
        event, round_id, version, facts = said([_item(change)])
        notice = Notice(
            event,
            change.person.language,
            change.person.zone,
            facts=facts,
            person_id=change.person.id,
            round_id=round_id,
            round_version=version,
            due_at=now + self._span,
            expires_at=now + FRESH_FOR,
            window=True,
        )
        number = await self._outbox.queue(db, notice, now)
        return Waiting(number, change.person.id, event, round_id, version, facts)

    async def _again(self, db: AsyncConnection, there: Waiting, change: Change, now: datetime) -> Waiting | None:
        items = [item for item in items_of(there) if item["round_id"] != change.of.id]
        if change.tells:
            items.append(_item(change))
        if not items:
            await news.drop(db, there.id, now)
            return None
        event, round_id, version, facts = said(items)
        became = Waiting(there.id, there.person_id, event, round_id, version, facts)
        if became != there:
            await news.rewrite(db, became, now + FRESH_FOR)
        return became


def _item(change: Change) -> dict[str, Any]:
    of = change.of
    return {
        "status": change.status,
        "reason": change.reason,
        "period": of.period,
        "amount": of.amount,
        "programme": of.programme,
        "round_code": of.code,
        "round_id": of.id,
        "round_version": of.version,
    }


def said(items: Sequence[Mapping[str, Any]]) -> tuple[str, int | None, int, dict[str, Any]]:
    """(event, round, its version, facts) of a notice that tells of these: of one as such, of several in a list."""
    if len(items) == 1:
        [one] = items
        return ONE, one["round_id"], one["round_version"], {name: one[name] for name in _OWN}
    return SEVERAL, None, 0, {"items": [dict(item) for item in items]}


def items_of(notice: Waiting) -> list[dict[str, Any]]:
    """What a notice tells of, oldest first."""
    if notice.event == SEVERAL:
        return [dict(item) for item in notice.facts["items"]]
    of = {"round_id": notice.round_id, "round_version": notice.round_version}
    return [{name: notice.facts.get(name) for name in _OWN} | of]
