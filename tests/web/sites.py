"""A site for tests: the real house and its pages over a test database, colleagues signed in, and things to look at."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import insert, select

from notifier.app import House, open_house
from notifier.broadcasts.recurring import Wanted
from notifier.cli.options import Options
from notifier.config import parse
from notifier.desk import Complaint, Reporter
from notifier.rules.roles import Role, Viewer
from notifier.store import accounts as account_rows
from notifier.store import person_lists, schema, webhooks
from notifier.store.tickets import Ticket
from notifier.web import session, site
from tests.houses import START, Clock

LINES = {
    "bot": {"channel": "telegram", "token": "123456789:AAE-x", "sandbox": True},
    "sms": {"channel": "sms", "url": "http://127.0.0.1:9/send", "sender": "BANSOS", "price": 350, "sandbox": True},
    "mail": {"channel": "email", "host": "127.0.0.1", "from_address": "pengaduan@bansos.test", "sandbox": True},
}
OURS = {"Sec-Fetch-Site": "same-origin"}
HOSTILE = "<b>Budi</b> \u202eitub\u202c \u200f&amp; \"'`{{7*7}}"


@dataclass
class Site:
    """The pages, someone to look at them, and what they show."""

    house: House
    clock: Clock
    client: TestClient[web.Request, web.Application]
    viewers: dict[str, Viewer] = field(default_factory=dict)

    async def get(self, path: str, **kwargs: Any) -> ClientResponse:
        return await self.client.get(path, allow_redirects=False, **kwargs)

    async def post(self, path: str, data: Mapping[str, str] | None = None, **kwargs: Any) -> ClientResponse:
        headers = kwargs.pop("headers", OURS)
        return await self.client.post(path, data=dict(data or {}), headers=headers, allow_redirects=False, **kwargs)

    async def read(self, path: str, status: int = 200) -> str:
        """The text of a page that has to come with this status."""
        response = await self.get(path)
        text = await response.text()
        assert response.status == status, text[:2000]
        return text

    async def be(self, role: str, region: str = "", login: str = "") -> Viewer:
        """Be signed in as someone of this role, without the cost of a password."""
        login = login or role
        async with self.house.database.write() as db:
            if login not in self.viewers:
                row = {"login": login, "name": login.title(), "role": role, "region": region, "password": "!"}
                account_id = await account_rows.create(db, {**row, "created_at": self.clock()})
                self.viewers[login] = Viewer(account_id, login, Role(role), region)
            token, now = secrets.token_urlsafe(32), self.clock()
            digest = sha256(token.encode()).digest()
            who = self.viewers[login]
            await account_rows.open_session(db, digest, who.account_id, {}, now, now + session.IDLE)
        self.client.session.cookie_jar.clear()
        self.client.session.cookie_jar.update_cookies({session.COOKIE: token}, self.client.make_url("/"))
        return who

    def leave(self) -> None:
        """Be a stranger."""
        self.client.session.cookie_jar.clear()

    # --- things to look at ---

    async def hear(self, text: str, **values: Any) -> Ticket:
        """A citizen complains by SMS; the ticket it led to."""
        now = self.clock()
        async with self.house.database.write() as db:
            row = {"line": "sms", "body": b"", "headers": b"", "at": now}
            arrival = (
                await db.execute(insert(schema.arrivals).values(row).returning(schema.arrivals.c.id))
            ).scalar_one()
            said = {
                "arrival_id": arrival,
                "line": "sms",
                "dedupe": secrets.token_hex(8),
                "sender_index": secrets.token_bytes(16),
                "sender": b"",
                "kind": "message",
                "text": text,
                "at": now,
                "why": {},
            }
            heard = (await db.execute(insert(schema.heard).values(said).returning(schema.heard.c.id))).scalar_one()
            address = values.pop("address", f"+62812{secrets.randbelow(10**8):08d}")
            person = values.pop("person_id", None)
            reporter = Reporter("sms", "sms", address, "id", "Asia/Jakarta", person, region="31.75.07.1003")
            complaint = Complaint(int(heard), reporter, text, now, **{"categories": ("not_received",), **values})
            return await self.house.desk.open(db, complaint, now)

    async def add_file(self, ticket: Ticket, name: str, kind: str, body: bytes) -> int:
        """An attachment of a ticket's first message, sealed on disk."""
        folder = Path(self.house.data) / "files"
        folder.mkdir(exist_ok=True)
        stored = secrets.token_hex(8)
        (folder / stored).write_bytes(self.house.vault.seal(body, "files.body"))
        async with self.house.database.write() as db:
            heard = select(schema.ticket_messages.c.heard_id).where(schema.ticket_messages.c.ticket_id == ticket.id)
            row = {
                "heard_id": (await db.execute(heard.limit(1))).scalar_one(),
                "ticket_id": ticket.id,
                "name": name,
                "type": kind,
                "size": len(body),
                "state": "kept",
                "path": f"files/{stored}",
            }
            return int((await db.execute(insert(schema.files).values(row).returning(schema.files.c.id))).scalar_one())

    async def add_round(self, code: str = "BPNT-2026-12-DS", **values: Any) -> int:
        """A round of Duren Sawit, open from 7 to 11 December."""
        now = self.clock()
        row = {
            "code": code,
            "programme": "BPNT",
            "period": "Desember 2026",
            "region": "31.75.07",
            "venue": "Kantor Pos Duren Sawit",
            "address": "Jl. Kolonel Sugiono No. 1",
            "opens_at": datetime(2026, 12, 7, 1, tzinfo=UTC),
            "closes_at": datetime(2026, 12, 11, 8, tzinfo=UTC),
            "zone": "Asia/Jakarta",
            "amount": 200000,
            "method": "KANTOR_POS",
            "created_at": now,
            "updated_at": now,
        } | values
        async with self.house.database.write() as db:
            found = await db.execute(insert(schema.rounds).values(**row).returning(schema.rounds.c.id))
            return int(found.scalar_one())

    async def add_people(self, n: int, name: str = "Siti Aminah", kind: str = "sms", first: int = 0) -> None:
        """People enrolled in BPNT in Duren Sawit, numbered from `first`; every fourth has no contact."""
        now, vault = self.clock(), self.house.vault
        async with self.house.database.write() as db:
            for i in range(first, first + n):
                nik = f"31750701018{i:05d}"
                row = {
                    "nik": vault.seal(nik.encode(), "people.nik"),
                    "nik_index": vault.index(nik, "nik"),
                    "nik_masked": f"317507******{nik[-4:]}",
                    "name": f"{name} {i + 1}",
                    "region": "31.75.07.1003",
                    "zone": "Asia/Jakarta",
                    "flags": [],
                    "created_at": now,
                    "updated_at": now,
                }
                one = schema.people
                person = (await db.execute(insert(one).values(**row).returning(one.c.id))).scalar_one()
                enrolled = {"person_id": person, "programme": "BPNT", "status": "DITETAPKAN", "updated_at": now}
                await db.execute(insert(schema.enrolments).values(enrolled))
                if i % 4 != 3:
                    contact = {"person_id": person, "kind": kind, "address": f"+6281200{i:06d}", "created_at": now}
                    await db.execute(insert(schema.contacts).values(contact))

    async def add_upload(self, **values: Any) -> int:
        """A register that came in by the page."""
        look = {"form": "csv", "line": 1, "columns": ["NIK", "NAMA"], "absent": ["RT"], "unknown": 1}
        row = {
            "what": "people",
            "name": "daftar.csv",
            "folder": "0" * 32,
            "size": 100,
            "who": "cli:test",
            "state": "done",
            "look": {**look, "rows": [["317507******0001", "SITI"]]},
            "counts": {"rows": 2, "created": 1, "rejected": 1},
            "at": self.clock(),
        } | values
        folder = Path(self.house.data) / "imports" / str(row["folder"])
        folder.mkdir(parents=True)
        sealed = self.house.vault.seal(b"NIK,NAMA\r\n31,SITI\r\n", "imports.rejected:0")
        (folder / "rejected").write_bytes(len(sealed).to_bytes(4, "big") + sealed)
        async with self.house.database.write() as db:
            found = await db.execute(insert(schema.uploads).values(**row).returning(schema.uploads.c.id))
            return int(found.scalar_one())

    async def broadcast(self, state: str = "sending", event: str = "round_announced") -> int:
        """A broadcast for the first round, planned by one admin and approved by another, as far as `state`."""
        planner, approver = await self.be("admin", login="rina"), await self.be("admin", login="dewi")
        now, b = self.clock(), self.house.broadcasts
        number, _ = await b.plan(planner, event, "BPNT-2026-12-DS", "now", now, again=True)
        assert number is not None
        if state != "planned":
            await b.approve(approver, number, now)
            await b.advance(now, "test")
        return number


@asynccontextmanager
async def open_site(database_url: str, data: Path, **tables: Any) -> AsyncIterator[Site]:
    """The pages over a migrated database."""
    clock = Clock(START)
    config = parse({"database": {"url": database_url}, "lines": LINES, **tables})
    async with open_house(Options(data=data), config=config, clock=clock) as house:
        app = site.build(house)
        client = TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True))
        async with client:
            yield Site(house, clock, client)


async def fill(pages: Site) -> Ticket:
    """Enough of everything that no page is empty; returns the ticket to look at."""
    await pages.add_people(8)
    await pages.add_round()
    async with pages.house.database.write() as db:
        row = {"code": "KP-MK", "name": "Kantor Pos Makassar", "region": "73.71", "zone": "Asia/Makassar"}
        await db.execute(insert(schema.points).values(**row, created_at=pages.clock(), updated_at=pages.clock()))
    await pages.add_round("PKH-2026-12-MK", region="73.71", zone="Asia/Makassar", method="BARANG", amount=None)
    await pages.add_upload()
    await pages.broadcast()
    async with pages.house.database.write() as db:
        await person_lists.create(db, "lansia.csv", "", "", "account:1", pages.clock())
        told = {"name": HOSTILE, "url": "https://siks.example/bansos", "kinds": ["ticket.opened"], "state": "off"}
        secret = pages.house.vault.seal(bytes(32), "webhooks.secret")
        await webhooks.create(db, {**told, "secret": secret, "created_by": "account:1", "created_at": pages.clock()})
    wanted = Wanted("Pengingat BPNT", "round_reminder", "BPNT", "round", -1, "09:00", 100)
    await pages.house.recurring.plan(pages.viewers["rina"], wanted, pages.clock())
    pages.clock.move(minutes=5)
    await pages.broadcast("planned", "round_reminder")
    agent = await pages.be("agent", login="sari")
    ticket = await pages.hear("Pak, uang BPNT saya dipotong 50 ribu oleh ketua RT. Tolong diperiksa.", urgent=True)
    await pages.hear("Bantuan belum masuk sampai hari ini", categories=("delayed",))
    await pages.hear("Nama saya salah di kartu", categories=("data_error",))
    pages.clock.move(hours=1)
    await pages.add_file(ticket, "bukti.jpg", "image/jpeg", b"\xff\xd8\xff bukti")
    ticket = await pages.house.desk.answer(
        agent, ticket.number, "Terima kasih, kami sedang memeriksanya dengan kelurahan.", ticket.version, pages.clock()
    )
    await pages.house.desk.note(
        agent, ticket.number, "Sudah telepon kelurahan Klender, tunggu kabar besok.", pages.clock()
    )
    pages.clock.move(minutes=90)
    return ticket
