"""From what the database noted to what others are told: one event, word for word, and a call for each who follows it.

Knows rows and words; opens no connection to anybody. A body holds numbers, codes and states: nobody's name, number or
words.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.rules.deliveries import discreet
from notifier.rules.roles import covers
from notifier.rules.webhooks import News, for_ticket
from notifier.store import happenings, told_elsewhere
from notifier.store import webhooks as rows
from notifier.store.engine import Database
from notifier.store.happenings import Happening
from notifier.store.webhooks import Webhook

SLICE = 200  # notes made into events in one transaction
DISTRICT = 8  # characters of a region's code down to the district: a village's would say too much of a person


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell."""

    kind: News
    subject: str
    at: datetime
    data: Mapping[str, Any]
    region: str = ""
    ticket_id: int | None = None
    shielded: bool = False


def follows(webhook: Webhook, kind: str, region: str, shielded: bool) -> bool:
    """Whether a webhook is to be told of this."""
    if kind == News.PING:
        return True
    return kind in webhook.kinds and covers(webhook.region, region) and (webhook.shielded or not shielded)


async def gather(database: Database, now: datetime) -> int:
    """Make events of everything that was noted; returns how many notes there were."""
    async with database.read() as db:
        if not await happenings.wait(db):
            return 0
    read = 0
    while True:
        async with database.write_slice() as db:
            notes = await happenings.take(db, SLICE)
            following = await rows.every(db)
            events = await _events(db, notes, now)
            await rows.tell(db, [told for event in events if (told := _told(event, following, now))], now)
        read += len(notes)
        if len(notes) < SLICE:
            return read


async def write(db: AsyncConnection, event: Event, following: Sequence[Webhook], now: datetime) -> str:
    """Keep an event and have those called who follow it; returns its name, or "" when nobody does."""
    told = _told(event, following, now)
    if told is None:
        return ""
    await rows.tell(db, [told], now)
    return str(told[0]["uid"])


def _told(event: Event, following: Sequence[Webhook], now: datetime) -> tuple[Mapping[str, Any], Sequence[int]] | None:
    """An event as it is kept, and who is called; None when nobody follows it."""
    whom = [one for one in following if follows(one, event.kind, event.region, event.shielded)]
    if not whom:
        return None
    uid = f"evt_{secrets.token_hex(12)}"
    body = {"id": uid, "type": event.kind.value, "timestamp": event.at.isoformat(), "data": dict(event.data)}
    row = {
        "uid": uid,
        "kind": event.kind.value,
        "subject": event.subject,
        "region": event.region,
        "ticket_id": event.ticket_id,
        "body": json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        "at": now,
    }
    return row, [one.id for one in whom if one.state != "off"]


async def _events(db: AsyncConnection, notes: Sequence[Happening], now: datetime) -> list[Event]:
    """What the notes mean, in their order."""
    by_kind: dict[str, list[Happening]] = {}
    for note in notes:
        by_kind.setdefault(note.kind, []).append(note)
    messages = await told_elsewhere.of_deliveries(db, {n.subject_id for n in by_kind.get("delivery", ())})
    entries = await told_elsewhere.of_tickets(db, {n.change_id or 0 for n in by_kind.get("ticket", ())})
    plans = await told_elsewhere.of_broadcasts(db, {n.subject_id for n in by_kind.get("broadcast", ())})
    found: list[Event] = []
    for note in notes:
        if note.kind == "delivery" and note.subject_id in messages:
            found.append(_of_delivery(note, messages[note.subject_id], now))
        elif note.kind == "ticket" and note.change_id in entries:
            found += _of_ticket(note, entries[note.change_id], now)
        elif note.kind == "broadcast" and note.subject_id in plans:
            found.append(_of_broadcast(note, plans[note.subject_id], now))
    return found


def _of_delivery(note: Happening, of: told_elsewhere.OfDelivery, now: datetime) -> Event:
    data = {
        "delivery": of.id,
        "event": of.event,
        "state": note.state,
        "reason": discreet(note.reason),
        "line": of.line,
        "broadcast": of.broadcast_id,
        "round": of.round_code,
        "ticket": of.number,
        "region": of.region[:DISTRICT],
    }
    at = note.at or now
    return Event(News.DELIVERY_SETTLED, f"delivery:{of.id}", at, data, of.region, of.ticket_id, of.shielded)


def _of_ticket(note: Happening, of: told_elsewhere.OfTicket, now: datetime) -> Iterator[Event]:
    data = {
        "ticket": of.number,
        "status": of.status or None,
        "was": of.was or None,
        "category": of.category,
        "urgent": of.urgent,
        "channel": of.channel,
        "region": of.region,
    }
    for kind in for_ticket(of.act, of.was, of.status):
        yield Event(kind, f"ticket:{of.ticket_id}", note.at or now, data, of.region, of.ticket_id, of.shielded)


def _of_broadcast(note: Happening, of: told_elsewhere.OfBroadcast, now: datetime) -> Event:
    data = {
        "broadcast": of.id,
        "event": of.event,
        "round": of.round_code,
        "state": note.state,
        "why": discreet(note.reason),
        "audience": of.audience,
        "region": of.region,
    }
    return Event(News.BROADCAST_STATE, f"broadcast:{of.id}", note.at or now, data, of.region)
