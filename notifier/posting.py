"""Schedules posted to groups and channels: one message for all who read there, in groups of the round's area.

A group is known once the bot is added to it, and is used once an admin has confirmed by its code which area it is for.
Posts follow an approved broadcast of the round, and name nobody.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Refused
from notifier.outbox import Notice, Outbox
from notifier.rules.roles import Right, Viewer, covers
from notifier.rules.tickets import ALPHABET
from notifier.store import group_chats, ledger, notices
from notifier.store.engine import Database
from notifier.store.group_chats import Group
from notifier.vault import Vault

EVENT = "round_posted"
CODE = 6  # characters of 31
AREA = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
AT_ONCE = 50  # posts that one look queues


def code_of(vault: Vault, line: str, address: str) -> str:
    """The code that a group shows and an admin types: a keyed function of the chat, in no column."""
    value, letters = int.from_bytes(vault.index(f"{line}\0{address}", "group code"), "big"), ""
    for _ in range(CODE):
        value, letter = divmod(value, len(ALPHABET))
        letters += ALPHABET[letter]
    return letters


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as the page lists it."""

    code: str  # "" for who may not decide
    group: Group
    area: str  # its name; "" until it is confirmed
    last: tuple[str, str, datetime] | None  # (code of a round, programme and period, when it was posted)


class Posting:
    """Groups and what is posted there."""

    def __init__(self, database: Database, vault: Vault, outbox: Outbox, language: str) -> None:
        self._database = database
        self._vault = vault
        self._outbox = outbox
        self._language = language

    async def list(self, viewer: Viewer) -> Sequence[tuple[str, Group]]:
        """(code, group) of those in the viewer's region, and of those that wait to be confirmed."""
        viewer.needs(Right.PLAN)
        async with self._database.read() as db:
            return [(self._code(one), one) for one in await _seen(db, viewer)]

    async def look(self, viewer: Viewer) -> Sequence[Shown]:
        """The same, those that wait first, with what was posted there last; codes are for who may decide."""
        viewer.needs(Right.SEE_BROADCASTS)
        may = viewer.may(Right.PLAN)
        async with self._database.read() as db:
            found, posts = await _seen(db, viewer), await group_chats.last_posts(db)
            areas = await notices.names(db, [one.region for one in found if one.region])
        shown = [
            Shown(self._code(one) if may else "", one, areas.get(one.region, one.region), posts.get(one.id))
            for one in found
            if one.region or one.title  # the bot has left those that have neither
        ]
        return sorted(shown, key=lambda one: (one.group.region != "", one.area, one.group.title))

    async def confirm(self, viewer: Viewer, code: str, region: str, now: datetime) -> Group:
        """Say which area a group is for. Raises Refused for an unknown code, or an area that is not one's own."""
        if not AREA.fullmatch(region):
            raise Refused(f'"{region[:20]}" is no area; write its code, such as 31.75.07')
        if not covers(viewer.region, region):
            raise Refused(f"{viewer.login} plans for {viewer.region}; {region} lies outside")
        return await self._decide(viewer, code, region, now)

    async def remove(self, viewer: Viewer, code: str, now: datetime) -> Group:
        """Nothing is posted there any more. Raises Refused for a code that no group has."""
        return await self._decide(viewer, code, "", now)

    async def _decide(self, viewer: Viewer, code: str, region: str, now: datetime) -> Group:
        viewer.needs(Right.PLAN)
        plain = code.strip().upper()
        async with self._database.write() as db:
            found = next((one for one in await group_chats.all_of(db) if self._code(one) == plain), None)
            if found is None or (found.region and not covers(viewer.region, found.region)):
                raise Refused(f'no group has the code "{code}"; add the bot to the group, it shows the code there')
            await group_chats.confirm(db, found.id, region, viewer.who if region else "")
            act = "group.confirmed" if region else "group.removed"
            await ledger.append(
                db, at=now, who=viewer.who, act=act, about=f"group:{found.id}", detail={"region": region}
            )
        return found

    async def post(self, now: datetime) -> int:
        """Queue what groups have not been told of; returns how many posts."""
        async with self._database.read() as db:
            due = await group_chats.due(db, now, AT_ONCE)
        done = 0
        for one in due:
            async with self._database.write() as db:
                if not await group_chats.posted(db, one, now):
                    continue
                told = {"kind": one.group.kind, "address": one.group.address}
                notice = Notice(
                    event=EVENT,
                    language=self._language,
                    zone=one.zone,
                    facts={"cancelled": one.cancelled, "changed": one.version > 1},
                    sealed=self._vault.seal_json(told, "deliveries.sealed"),
                    line=one.group.line,
                    round_id=one.round_id,
                    round_version=one.version,
                    expires_at=one.closes_at,
                )
                await self._outbox.queue(db, notice, now)
                done += 1
        return done

    def _code(self, one: Group) -> str:
        return code_of(self._vault, one.line, one.address)


async def _seen(db: AsyncConnection, viewer: Viewer) -> list[Group]:
    """Of the viewer's region, or of none yet."""
    found = await group_chats.all_of(db)
    return [one for one in found if not one.region or covers(viewer.region, one.region)]
