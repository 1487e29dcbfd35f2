"""Groups on a chat channel: nothing personal is said where everybody can read, so who speaks to us there is shown the
way to a private chat. What is said in a group becomes no ticket.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import Heard, HeardKind
from notifier.desk import Desk, Keys, Reporter, safe
from notifier.inbox.origin import Arrived
from notifier.inbox.replies import Replies
from notifier.inbox.turns import worded
from notifier.posting import code_of
from notifier.rules.talks.values import Say
from notifier.store import group_chats, heard

EVENT = "talk"
POINTED = "pointed"  # the effect of words that were answered so
AGAIN = timedelta(days=1)  # how often a group is told


class Groups:
    """Answers them, in the caller's transaction."""

    def __init__(self, desk: Desk, replies: Replies) -> None:
        self._settings = desk.room.settings
        self._vault = desk.room.vault
        self._replies = replies
        self._phrases = desk.room.phrases

    async def hear(
        self, db: AsyncConnection, where: Arrived, said: Heard, keys: Keys, at: datetime, now: datetime
    ) -> str:
        """The effect of what was said: "pointed", or "group" for what is only kept.

        A command or an answer to a message speaks to us; who writes in a channel of their own speaks to its readers.
        """
        to_us = said.kind is not HeardKind.EDIT and "from" in said.raw and (said.thread or "command" in said.raw)
        if not to_us or await heard.led_to(db, keys.heards(), POINTED, at - AGAIN):
            return "group"
        await self._say(db, where, said, Say("in_group"), at, now)
        return POINTED

    async def door(self, db: AsyncConnection, where: Arrived, said: Heard, at: datetime, now: datetime) -> None:
        """The bot was added to a group, which shows its code, or was removed from it."""
        if said.kind is HeardKind.BLOCKED:
            await group_chats.leave(db, where.line, said.sender)
            return
        title = safe(str(said.raw.get("title", "")), 120)
        await group_chats.add(db, where.line, where.kind, said.sender, title, now)
        code = code_of(self._vault, where.line, said.sender)
        await self._say(db, where, said, Say("group_code", {"code": code}), at, now)

    async def _say(
        self, db: AsyncConnection, where: Arrived, said: Heard, say: Say, at: datetime, now: datetime
    ) -> None:
        language, zone = self._settings.language, self._settings.zone
        to = Reporter(where.kind, where.line, said.sender, language, zone, thread=said.ref)
        await self._replies.send(db, to, EVENT, worded(self._phrases, to, say), at, now)
