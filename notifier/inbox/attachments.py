"""Files that citizens send: noted with the message, fetched later, sealed on disk. What is too big is refused politely.

Knows how a file is kept, and tells its type by its first bytes; does not know what a ticket makes of it.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.contract import Channel, ChannelError, Fetches, Heard, Inbound, InFile, SendFailed
from notifier.desk import Reporter, Settings, safe
from notifier.inbox.replies import Replies
from notifier.store import heard, ledger
from notifier.store.engine import Database
from notifier.store.heard import Waiting
from notifier.store.tickets import Ticket
from notifier.vault import Vault

log = structlog.get_logger()
SEALED = "files.body"
SENDER = "heard.sender"
HERE = "arrival:"  # a handle of ours: the bytes lie in the sealed arrival
LEASE = timedelta(minutes=5)
TRIES = 5
PAUSE = timedelta(minutes=1)  # doubled after each failure
# first bytes (at an offset) → MIME type
MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"GIF8", "image/gif"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"#!AMR", "audio/amr"),
)
UNKNOWN = "application/octet-stream"

Read = Callable[[int], Awaitable[list[Inbound]]]  # arrival → its facts, from the sealed bytes


def type_of(body: bytes) -> str:
    """MIME type by the first bytes; what a file calls itself is not believed."""
    for offset, mark, mime in MAGIC:
        if body[offset : offset + len(mark)] == mark:
            return mime
    return UNKNOWN


@dataclass(frozen=True, slots=True)
class Came:
    """The files of one message, and the message they came with."""

    heard_id: int
    place: int  # of the message among the arrival's facts
    at: datetime
    reporter: Reporter
    ticket: Ticket | None
    files: Sequence[InFile]


async def add(db: AsyncConnection, replies: Replies, settings: Settings, came: Came, now: datetime) -> None:
    """Note the files of a message; those that are known to be too big are refused at once, and said so once."""
    ticket_id = came.ticket.id if came.ticket else None
    before = bool(came.files) and await heard.refused_before(db, came.heard_id, ticket_id)
    rows = []
    for place, file in enumerate(came.files):
        size = len(file.body) if file.body is not None else file.size
        too_big = size is not None and size > settings.attachment_limit
        handle = f"{HERE}{came.place}:{place}" if file.body is not None else file.handle
        reachable = bool(handle) and len(handle) <= 300
        state = "refused" if too_big else "waiting" if reachable else "lost"
        rows.append(
            {
                "heard_id": came.heard_id,
                "ticket_id": ticket_id,
                "name": _name(file),
                "type": safe(file.type, 80),
                "size": size,
                "handle": handle if reachable else "",
                "state": state,
                "reason": {"refused": "too big", "lost": "no way to fetch it"}.get(state, ""),
                "wake": now if state == "waiting" else None,
            }
        )
    await heard.add_files(db, rows)
    if any(row["state"] == "refused" for row in rows) and not before:
        await refuse(db, replies, settings, came.reporter, came.at, now)


async def refuse(
    db: AsyncConnection, replies: Replies, settings: Settings, to: Reporter, at: datetime, now: datetime
) -> None:
    """Tell the sender how big a file may be."""
    limit = max(settings.attachment_limit // (1024 * 1024), 1)
    await replies.send(db, to, "attachment_refused", {"limit": limit}, at, now)


def _name(file: InFile) -> str:
    """A name that is only a name: no folders, no signs that deceive, no personal number."""
    name = safe(file.name.replace("\\", "/").rsplit("/", 1)[-1].replace("\n", " "), 120)
    return name.strip(". ") or "file"


class Fetching:
    """Brings the files that wait."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        channels: Mapping[str, Channel],
        kinds: Mapping[str, str],
        replies: Replies,
        settings: Settings,
        read: Read,
    ) -> None:
        self._database = database
        self._vault = vault
        self._channels = channels
        self._kinds = kinds
        self._replies = replies
        self._settings = settings
        self._read = read

    async def fetch(self, now: datetime, limit: int) -> int:
        """Fetch up to `limit` files, no transaction open meanwhile; returns how many were tried."""
        async with self._database.write() as db:
            waiting = await heard.claim_files(db, now, now + LEASE, limit)
        for one in waiting:
            try:
                body = await self._bytes(one)
                values = await self._kept(one, body)
            except Exception as error:
                values = _failed(one, error, now)
            await self._settle(one, values, now)
        return len(waiting)

    async def _bytes(self, one: Waiting) -> bytes:
        if one.handle.startswith(HERE):
            place, number = (int(part) for part in one.handle.removeprefix(HERE).split(":"))
            said = (await self._read(one.arrival_id))[place]
            body = said.files[number].body if isinstance(said, Heard) else None
            if body is None:
                raise ChannelError("the file is no longer where it came from")
            return body
        channel = self._channels.get(one.line)
        if not isinstance(channel, Fetches):
            raise ChannelError(f"the line {one.line} can't fetch files")
        return await channel.fetch(one.handle, self._settings.attachment_limit)

    async def _kept(self, one: Waiting, body: bytes) -> dict[str, Any]:
        if len(body) > self._settings.attachment_limit:
            return {"state": "refused", "reason": "too big", "size": len(body), "wake": None}
        sealed = await asyncio.to_thread(self._vault.seal, body, SEALED)
        path = self._settings.files / str(one.id)
        await asyncio.to_thread(_write, path, sealed)
        found = type_of(body)
        return {"state": "kept", "reason": "", "size": len(body), "type": found, "path": str(one.id), "wake": None}

    async def _settle(self, one: Waiting, values: Mapping[str, Any], now: datetime) -> None:
        async with self._database.write() as db:
            before = await heard.refused_before(db, one.heard_id, one.ticket_id)
            await heard.settle_file(db, one.id, values)
            if values["state"] == "kept":
                about = f"file:{one.id}"
                await ledger.append(db, at=now, who="clock", act="file_kept", about=about)
            elif values["state"] in ("refused", "lost") and not before and one.line in self._kinds:
                await refuse(db, self._replies, self._settings, self._sender(one), now, now)

    def _sender(self, one: Waiting) -> Reporter:
        address = self._vault.open(one.sender, SENDER).decode()
        language, zone = self._settings.language, self._settings.zone
        return Reporter(self._kinds[one.line], one.line, address, language, zone)


def _failed(one: Waiting, error: Exception, now: datetime) -> dict[str, Any]:
    """Once more later, or never: a definite refusal, or too many tries."""
    reason = str(error)[:120] if isinstance(error, ChannelError) else type(error).__name__
    log.warning("file.not_fetched", file=one.id, line=one.line, tries=one.tries, error=type(error).__name__)
    if one.tries >= TRIES or (isinstance(error, SendFailed) and error.permanent):
        return {"state": "lost", "reason": reason, "wake": None}
    return {"state": "waiting", "reason": reason, "wake": now + PAUSE * 2 ** (one.tries - 1)}


def _write(path: Path, sealed: bytes) -> None:
    """All of it or nothing, readable by nobody else."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
