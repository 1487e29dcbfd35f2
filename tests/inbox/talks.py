"""Citizens who write, in the formats of real providers, to a house with its inbox; and a look at what came of it."""

import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from itertools import count
from json import dumps
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Select, Table, func, insert, select

from channels.contract import Receipt
from notifier.inbox import Inbox
from notifier.outbox import Notice
from notifier.rules.roles import Role, Viewer
from notifier.store import contacts, heard, people, rounds
from notifier.store.schema import accounts, arrivals, attempts, deliveries, metadata
from notifier.web import hooks
from tests.houses import Stage, open_stage

BOT = 7100000001


def _proof(line: str, settings: dict[str, Any], body: bytes) -> dict[str, str]:
    """How each provider shows that it is itself."""
    if line == "bot":
        return {"X-Telegram-Bot-Api-Secret-Token": str(settings["secret_token"])}
    if line == "mail":
        return {"X-Hook-Secret": str(settings["secret"])}
    key = str(settings["hmac"]["key"]).encode()
    return {"X-Signature": f"sha256={hmac.new(key, body, sha256).hexdigest()}"}


class Talk:
    """One conversation with the service, at the times a test says."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.house = stage.house
        self.receipts: list[Receipt] = []
        self.inbox = Inbox(
            self.house.database, self.house.vault, self.house.channels, self.house.kinds, self.house.desk, self._receipt
        )
        self._numbers = count(1000)
        self._messages = count(500)
        self._door: TestClient[web.Request, web.Application] | None = None

    async def _receipt(self, line: str, receipt: Receipt, now: datetime) -> None:
        self.receipts.append(receipt)

    @property
    def now(self) -> datetime:
        return self.stage.clock()

    def at(self, text: str) -> None:
        """Move the clock to a local time of Jakarta, such as "2026-12-07 09:34"."""
        self.stage.clock.now = datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)

    # --- what providers bring ---

    @asynccontextmanager
    async def by_the_hooks(self) -> AsyncIterator[None]:
        """Within, what providers bring goes the whole way: a signed request to /hooks/<line> on a free port. The fake
        providers bring what is said on the phone wall there too.
        """
        app = web.Application(client_max_size=0)
        doorway = hooks.Doorway(self.house.database, self.house.vault, lambda: self.now, lambda: None)
        hooks.add(app, self.house.channels, doorway)
        async with TestClient(TestServer(app)) as client:
            self._door = client
            self.stage.providers.reach(str(client.make_url("")).rstrip("/"))
            try:
                yield
            finally:
                self._door = None

    async def _post(self, door: "TestClient[web.Request, web.Application]", line: str, body: bytes) -> None:
        proof = _proof(line, self.stage.providers.lines[line], body)
        async with door.post(f"/hooks/{line}", data=body, headers=proof) as answer:
            assert answer.status == 200, await answer.text()

    async def keep(self, line: str, body: bytes, headers: dict[str, str] | None = None) -> int:
        """As the hook does: sealed, committed, not yet understood."""
        if self._door is not None:
            await self._post(self._door, line, body)
            return int((await self.all(select(func.max(arrivals.c.id))))[0][0])
        vault = self.house.vault
        async with self.house.database.write() as db:
            sealed = vault.seal(body, heard.BODY), vault.seal_json(headers or {}, heard.HEADERS)
            return await heard.keep(db, line, *sealed, self.now)

    async def hear(self) -> None:
        """Understand everything that waits."""
        while await self.inbox.drain(self.now):
            pass

    async def sms(self, sender: str, text: str, number: str | None = "") -> None:
        """An SMS; `number` None is a gateway that gives no id."""
        entry = {"type": "message", "from": sender, "to": "BANSOS", "text": text, "time": self.now.isoformat()}
        if number is not None:
            entry["id"] = number or f"mo-{next(self._numbers)}"
        await self.keep("sms", dumps(entry).encode(), {"content-type": "application/json"})
        await self.hear()

    async def telegram(self, chat: int, text: str = "", *, reply_to: str = "", **fields: Any) -> int:
        """A message of a private chat; returns its id there."""
        number = int(fields.pop("message_id", 0)) or next(self._messages)
        message = {"message_id": number, **_framed(chat), "date": int(self.now.timestamp()), **fields}
        if text:
            message["text"] = text
        if reply_to:
            message["reply_to_message"] = {**message, "message_id": int(reply_to.rpartition(":")[2])}
        await self.update({"message": message})
        return number

    async def edit(self, chat: int, number: int, text: str) -> None:
        """New wording of an earlier message."""
        at = int(self.now.timestamp())
        message = {"message_id": number, **_framed(chat), "date": at - 60, "edit_date": at, "text": text}
        await self.update({"edited_message": message})

    async def press(self, chat: int, ref: str, data: str) -> None:
        """A button under the message that goes by `ref`."""
        message = {"message_id": int(ref.rpartition(":")[2]), **_framed(chat), "date": int(self.now.timestamp())}
        query = {"id": f"call-{next(self._numbers)}", "from": _person(chat), "message": message, "data": data}
        await self.update({"callback_query": query})

    async def membership(self, chat: int, status: str) -> None:
        """The person blocks the bot ("kicked") or lets it in again ("member")."""
        was = {"status": "member" if status == "kicked" else "kicked"}
        change = {**_framed(chat), "date": int(self.now.timestamp()), "old_chat_member": was}
        await self.update({"my_chat_member": {**change, "new_chat_member": {"status": status}}})

    async def update(self, content: dict[str, Any], update_id: int = 0) -> None:
        """Any update of the bot."""
        update = {"update_id": update_id or next(self._numbers), **content}
        await self.keep("bot", dumps(update).encode(), {"content-type": "application/json"})
        await self.hear()

    async def mail(
        self,
        sender: str,
        text: str,
        *,
        subject: str = "Laporan",
        reply_to: str = "",
        headers: dict[str, str] | None = None,
        files: Sequence[tuple[str, str, bytes]] = (),
    ) -> None:
        """A mail to our mailbox."""
        mail = EmailMessage()
        mail["From"], mail["To"] = f"Warga <{sender}>", "pengaduan@bansos.test"
        mail["Message-ID"] = f"<{next(self._numbers)}@mail.example.com>"
        mail["Date"] = format_datetime(self.now)
        if reply_to:
            mail["In-Reply-To"] = reply_to
        for name, value in {"Subject": subject, **(headers or {})}.items():
            mail[name] = value
        mail.set_content(text)
        for name, mime, body in files:
            kind, _, sub = mime.partition("/")
            mail.add_attachment(body, maintype=kind, subtype=sub, filename=name)
        await self.keep("mail", mail.as_bytes())
        await self.hear()

    # --- what we write ---

    async def notify(self, event: str, round_id: int, kind: str, address: str) -> None:
        """A notice to whoever is reached at an address, sent as a broadcast would send it."""
        async with self.house.database.write() as db:
            contact = (await contacts.at(db, kind, address))[0]
            person, of = await people.get(db, contact.person_id), await rounds.get(db, round_id)
            assert person is not None
            assert of is not None
            await rounds.draw(db, [(of.id, person.id)], "DIJADWALKAN", self.now)
            notice = Notice(
                event=event,
                language=person.language,
                zone=person.zone,
                person_id=person.id,
                contact_id=contact.id,
                round_id=of.id,
                round_version=of.version,
            )
            await self.house.outbox.queue(db, notice, self.now)

    async def send(self) -> int:
        """Let the worker send what is due; whoever answers does so a moment later."""
        sent = await self.stage.dispatcher.drain()
        self.stage.clock.move(milliseconds=50)
        return sent

    async def ref_to(self, kind: str, address: str, event: str) -> str:
        """The provider's id of the newest message of an event that went to an address."""
        vault = self.house.vault
        for key in await self._keys(kind, address):
            wanted = select(attempts.c.ref).where(attempts.c.address_index == key, attempts.c.event == event)
            found = await self.all(wanted.order_by(attempts.c.id.desc()).limit(1))
            if found:
                return str(found[0][0])
        raise LookupError(f"nothing of {event} went to {address}, {vault!r}")

    async def _keys(self, kind: str, address: str) -> Sequence[bytes]:
        from notifier.desk import Keys

        return Keys(self.house.vault, kind, address).attempts()

    # --- what came of it ---

    async def all(self, statement: Select[Any]) -> Sequence[Any]:
        """The rows of a query."""
        async with self.house.database.read() as db:
            return list((await db.execute(statement)).all())

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        """Every row of a table, in order."""
        order = [table.c.id] if "id" in table.c else []
        return [dict(row._mapping) for row in await self.all(select(table).order_by(*order))]

    async def events(self, *names: str) -> list[str]:
        """The events of deliveries, in order; of these names only, when some are given."""
        return [row["event"] for row in await self.rows(deliveries) if not names or row["event"] in names]

    async def outcomes(self) -> list[str]:
        """What came of each arrival."""
        return [row["outcome"] for row in await self.rows(arrivals)]

    async def texts(self) -> str:
        """Everything the database shows in clear, of every column that holds words."""
        found = []
        for table in metadata.sorted_tables:
            for row in await self.rows(table):
                found += [str(value) for value in row.values() if isinstance(value, str | dict | list)]
        return "\n".join(found)

    async def staff(self, login: str, role: Role = Role.AGENT, region: str = "", notify: str = "") -> Viewer:
        """A member of staff; `notify` is a phone that alerts go to."""
        row = {"login": login, "name": login, "role": role.value, "region": region, "password": "!"}
        row |= {"notify_kind": "sms" if notify else "", "notify_address": notify}
        async with self.house.database.write() as db:
            done = await db.execute(insert(accounts).values(**row, created_at=self.now).returning(accounts.c.id))
            return Viewer(int(done.scalar_one()), login, role, region)


def _person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Warga", "language_code": "id"}


def _framed(chat: int) -> dict[str, Any]:
    return {"from": _person(chat), "chat": {"id": chat, "first_name": "Warga", "type": "private"}}


@asynccontextmanager
async def open_talk(database_url: str, data: Path, **tables: Any) -> AsyncIterator[Talk]:
    """A house whose providers are fake and whose clock stands."""
    async with open_stage(database_url, data, **tables) as stage:
        yield Talk(stage)
