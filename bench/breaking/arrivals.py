"""Everything that providers can bring, mixed, doubled, out of order, broken and unknown, by real requests to the hooks.

What must hold: no answer of ours is a fault, every complaint becomes exactly one ticket, nothing else does, and what
was sent twice was heard once.
"""

import asyncio
import hmac
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from sqlalchemy import func, select

from bench.breaking.values import Asked, Row
from notifier.app.lines import build_inbox
from notifier.app.service import open_service
from notifier.ledger import verify
from notifier.store.schema import arrivals, heard, tickets
from tests.houses import NO_WINDOW, Stage, open_stage

MESSAGES = 10_000, 2_000  # in full, for a quick look
BROKEN = "the ledger is broken"
TOGETHER = 32  # requests at a time
COMPLAINTS = (
    "petugas minta uang 10rb untuk administrasi sebelum bantuan diberikan",
    "beras yang dibagikan berbau dan berkutu pak, tidak layak dimakan",
    "nama saya salah di data, tidak sesuai KTP, tolong diperbaiki",
    "bantuan saya dipotong 50 ribu oleh ketua RT",
)
QUIET = ("terima kasih", "ok", "makasih banyak pak", "STOP", "👍")


@dataclass(frozen=True, slots=True)
class Update:
    """One request of a provider, and what it should lead to."""

    line: str
    body: bytes
    headers: Mapping[str, str]
    ticket: str = ""  # keyed by this: the same one twice is one ticket
    signed: bool = True


def updates(chance: Random, number: int, at: datetime, lines: Mapping[str, Any]) -> list[Update]:
    """That many requests, in the order they arrive: about a fifth complaints, the rest quiet, broken or unknown, a
    sixth of all sent again later on.
    """
    first = [_one(chance, n, at, lines) for n in range(number - number // 6)]
    again = chance.sample(first, min(len(first), number // 6))
    placed = [(n, update) for n, update in enumerate(first)]
    placed += [(chance.randrange(len(first)), update) for update in again]
    return [update for _, update in sorted(placed, key=lambda pair: pair[0] + chance.randrange(40))]


def _one(chance: Random, n: int, at: datetime, lines: Mapping[str, Any]) -> Update:
    kind = chance.choices(("complaint", "quiet", "broken", "unknown", "forged"), (22, 43, 14, 18, 3))[0]
    line = chance.choice(("bot", "sms", "mail"))
    if kind == "complaint":
        text = chance.choice(COMPLAINTS)
        return _signed(line, _SAYS[line](n, text, at), lines, ticket=f"{line}:{n}")
    if kind == "quiet":
        return _signed(line, _SAYS[line](n, chance.choice(QUIET), at), lines)
    if kind == "forged":
        return Update(line, _SAYS[line](n, COMPLAINTS[0], at), {"X-Signature": "sha256=00"}, signed=False)
    odd = _BROKEN if kind == "broken" else tuple(_unknown(n, at, line))
    return _signed(line, chance.choice(odd), lines)


def _telegram(n: int, text: str, at: datetime) -> bytes:
    chat = 500_000 + n
    framed = {"from": {"id": chat, "is_bot": False, "first_name": "Warga"}, "chat": {"id": chat, "type": "private"}}
    message = {"message_id": 7, **framed, "date": int(at.timestamp()), "text": text}
    return json.dumps({"update_id": 10_000 + n, "message": message}).encode()


def _sms(n: int, text: str, at: datetime) -> bytes:
    entry = {"type": "message", "id": f"mo-{n}", "from": f"+62813{n:08d}", "to": "BANSOS", "text": text}
    return json.dumps({**entry, "time": at.isoformat()}).encode()


def _mail(n: int, text: str, at: datetime) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Warga <warga{n}@example.com>", "pengaduan@bansos.test"
    mail["Message-ID"], mail["Date"], mail["Subject"] = f"<{n}@mail.example.com>", format_datetime(at), "Halo"
    mail.set_content(text)
    return mail.as_bytes()


_SAYS = {"bot": _telegram, "sms": _sms, "mail": _mail}
_BROKEN: Sequence[bytes] = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"update_id": "x"}',
    b'{"type": "message"}',
    b'{"type": "message", "from": 5, "text": null}',
    b"\xff\xfe\x00",
    b'{"update_id": 1, "message": {"chat": [], "from": "x", "message_id": {}}}',
    b"[" * 2000,
    b"From: \r\n\r\n",
)


def _unknown(n: int, at: datetime, line: str) -> Iterator[bytes]:
    """Kinds nobody knows, receipts of what we never sent, presses of buttons we never hung out."""
    if line == "bot":
        who = {"id": 900_000 + n, "is_bot": False, "first_name": "Warga"}
        yield json.dumps({"update_id": 10_000 + n, "business_connection": {"id": "x"}}).encode()
        yield json.dumps({"update_id": 10_000 + n, "poll": {"id": "1", "options": []}}).encode()
        press = {"id": f"c{n}", "from": who, "data": f"no:{n}", "chat_instance": "1"}
        yield json.dumps({"update_id": 10_000 + n, "callback_query": press}).encode()
    elif line == "sms":
        yield json.dumps({"type": "receipt", "id": f"never-{n}", "status": "DELIVRD"}).encode()
        yield json.dumps({"type": "hologram", "id": f"x-{n}"}).encode()
    else:
        yield _mail(n, "Saya sedang cuti.", at).replace(
            b"Subject: Halo", b"Auto-Submitted: auto-replied\nSubject: Halo"
        )


def _signed(line: str, body: bytes, lines: Mapping[str, Any], ticket: str = "") -> Update:
    settings = lines[line]
    if line == "bot":
        proof = {"X-Telegram-Bot-Api-Secret-Token": str(settings["secret_token"]), "Content-Type": "application/json"}
    elif line == "mail":
        proof = {"X-Hook-Secret": str(settings["secret"]), "Content-Type": "message/rfc822"}
    else:
        sealed = hmac.new(str(settings["hmac"]["key"]).encode(), body, sha256).hexdigest()
        proof = {"X-Signature": f"sha256={sealed}", "Content-Type": "application/json"}
    return Update(line, body, proof, ticket)


async def deliver(url: str, found: Sequence[Update]) -> Counter[int]:
    """Bring them to the hooks, some at a time; how often each status was answered."""
    answers: Counter[int] = Counter()
    gate = asyncio.Semaphore(TOGETHER)
    async with aiohttp.ClientSession() as http:

        async def post(update: Update) -> None:
            async with (
                gate,
                http.post(f"{url}/hooks/{update.line}", data=update.body, headers=update.headers) as answer,
            ):
                await answer.read()
                answers[answer.status] += 1

        await asyncio.gather(*(post(update) for update in found))
    return answers


async def faults(stage: Stage, found: Sequence[Update], answers: Mapping[int, int]) -> list[str]:
    """What did not hold, in sentences."""
    wrong = []
    if broken := sum(n for status, n in answers.items() if status >= 500):
        wrong.append(f"{broken} requests were answered with a fault")
    forged = sum(not update.signed for update in found)
    if answers.get(200, 0) != len(found) - forged:
        wrong.append(f"of {len(found) - forged} authentic requests {answers.get(200, 0)} were answered 200")
    expected = len({update.ticket for update in found if update.ticket})
    async with stage.house.database.read() as db:
        opened = (await db.execute(select(func.count()).select_from(tickets))).scalar_one()
        kept = (await db.execute(select(func.count()).select_from(arrivals))).scalar_one()
        twice = select(heard.c.dedupe).group_by(heard.c.line, heard.c.dedupe).having(func.count() > 1)
        doubled = (await db.execute(select(func.count()).select_from(twice.subquery()))).scalar_one()
        given_up = select(func.count()).where(arrivals.c.outcome.like("failed:%") | arrivals.c.outcome.like("again:%"))
        stuck = (await db.execute(given_up)).scalar_one()
        waits = (await db.execute(select(func.count()).where(arrivals.c.wake.is_not(None)))).scalar_one()
    if opened != expected:
        wrong.append(f"{opened} tickets were opened where {expected} were expected")
    if kept != answers.get(200, 0):
        wrong.append(f"{kept} arrivals are kept of {answers.get(200, 0)} that were answered 200")
    if doubled:
        wrong.append(f"{doubled} messages were heard twice")
    if waits:
        wrong.append(f"{waits} arrivals were not understood")
    known = sum(update.signed and update.body in _BROKEN for update in found)
    if stuck > known:
        wrong.append(f"{stuck} arrivals could not be read, where {known} are broken")
    return wrong


async def settle(stage: Stage) -> None:
    """Understand all that came, also what is tried again later."""
    inbox = build_inbox(stage.house)
    for _ in range(8):
        while await inbox.drain(stage.clock()):
            pass
        stage.clock.move(minutes=30)


async def replay(database_url: str, folder: Path, chance: Random, number: int) -> tuple[Counter[str], list[str]]:
    """The whole of it in a house of its own: (how much of what there was, what did not hold)."""
    tables: dict[str, Any] = {"service": {"port": 0}, "delivery": dict(NO_WINDOW)}
    async with open_stage(database_url, folder, lines_open=False, **tables) as stage:
        found = updates(chance, number, stage.clock(), stage.providers.lines)
        async with open_service(stage.house, ("web",)) as service:
            answers = await deliver(service.url, found)
            await settle(stage)
        wrong = await faults(stage, found, answers)
        if not (await verify(stage.house.database, stage.house.vault)).sound:
            wrong.append(BROKEN)
    seen = Counter({f"answered {status}": n for status, n in answers.items()})
    seen["tickets"] = len({update.ticket for update in found if update.ticket})
    seen["doubles"] = len(found) - len({(update.line, update.body) for update in found})
    return seen, wrong


async def arrivals_of_all_kinds(asked: Asked) -> Row:
    """Ten thousand requests of three providers."""
    number = MESSAGES[asked.quick]
    began = time.monotonic()
    seen, wrong = await replay(asked.database_url, asked.folder, asked.random, number)
    return Row(
        scenario="mixed arrivals",
        database="SQLite" if asked.database_url.startswith("sqlite") else "PostgreSQL",
        messages=number,
        events=seen["tickets"],
        lost=0,
        unaccounted=0,
        twice=0,
        bound=0,
        unknown=0,
        held=0,
        balanced=not wrong,
        sound=BROKEN not in wrong,
        wrong=tuple(wrong),
        notes=dict(seen),
        seconds=time.monotonic() - began,
    )
