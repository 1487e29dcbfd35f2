"""The doorway of providers: what is authentic is kept before it is answered, what is not leaves nothing."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from bench.breaking.disks import Pages
from notifier.app.service import open_service
from notifier.store.schema import arrivals, files, heard, tickets
from tests.houses import Stage, add_person, add_round, open_stage

AYU = "+6281230000001"


@asynccontextmanager
async def _served(database_url: str, data: Path) -> AsyncIterator[tuple[Stage, str]]:
    """The whole service on a free port, its providers told where it listens."""
    async with (
        open_stage(database_url, data, service={"port": 0}, lines_open=False) as stage,
        open_service(stage.house) as service,
    ):
        stage.providers.reach(service.url)
        yield stage, service.url


async def _count(stage: Stage, table: object) -> int:
    async with stage.house.database.read() as db:
        return int((await db.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]


def _secret(stage: Stage) -> str:
    return str(stage.providers.lines["bot"]["secret_token"])


async def test_what_cannot_prove_its_origin_is_refused_and_leaves_nothing(database_url: str, tmp_path: Path) -> None:
    async with _served(database_url, tmp_path) as (stage, url), aiohttp.ClientSession() as http:
        body = json.dumps({"update_id": 1})
        for path, headers, status in (
            ("/hooks/bot", {}, 401),
            ("/hooks/bot", {"X-Telegram-Bot-Api-Secret-Token": "guess"}, 403),
            ("/hooks/sms", {}, 401),
            ("/hooks/mail", {"X-Hook-Secret": "guess"}, 403),
            ("/hooks/nobody", {}, 404),
        ):
            async with http.post(url + path, data=body, headers=headers) as answer:
                assert (path, answer.status) == (path, status)
        assert await _count(stage, arrivals) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON at all",
        b"\x00\xff\xfe",
        b'{"update_id": 5, "brand_new_kind": {}}',
        b'{"update_id": 6, "message": {"text": 7, "chat": "x"}}',
        b'{"update_id": 7, "message": {"text": "\\ud800 \\u0000 \\u202e", "chat": {"id": 5}, "message_id": 1}}',
        json.dumps(
            {"update_id": 8, "message": {"text": "a" * 100_000, "chat": {"id": 5}, "message_id": 1, "date": 1}}
        ).encode(),
    ],
)
async def test_what_is_authentic_is_kept_and_answered_whatever_it_says(
    database_url: str, tmp_path: Path, body: bytes
) -> None:
    async with _served(database_url, tmp_path) as (stage, url), aiohttp.ClientSession() as http:
        headers = {"X-Telegram-Bot-Api-Secret-Token": _secret(stage)}
        async with http.post(f"{url}/hooks/bot", data=body, headers=headers) as answer:
            assert answer.status == 200
        assert await _count(stage, arrivals) == 1
        async with asyncio.timeout(20):
            while await _waiting(stage):
                await asyncio.sleep(0.05)


async def _waiting(stage: Stage) -> int:
    async with stage.house.database.read() as db:
        rows = await db.execute(select(func.count()).where(arrivals.c.wake.is_not(None), arrivals.c.tries < 1))
        return int(rows.scalar_one())


async def test_a_request_too_large_is_refused_politely(database_url: str, tmp_path: Path) -> None:
    async with _served(database_url, tmp_path) as (stage, url), aiohttp.ClientSession() as http:
        for line, size, headers in (
            ("bot", 31, {"X-Telegram-Bot-Api-Secret-Token": _secret(stage)}),
            ("mail", 49, {"X-Hook-Secret": str(stage.providers.lines["mail"]["secret"])}),
        ):
            body = io.BytesIO(bytes(size * 1024 * 1024))
            async with http.post(f"{url}/hooks/{line}", data=body, headers=headers) as answer:
                assert answer.status == 413
        assert await _count(stage, arrivals) == 0


async def test_a_stranger_with_a_great_mail_is_turned_away_by_the_headers(database_url: str, tmp_path: Path) -> None:
    async with _served(database_url, tmp_path) as (stage, url), aiohttp.ClientSession() as http:
        body = io.BytesIO(bytes(49 * 1024 * 1024))
        async with http.post(f"{url}/hooks/mail", data=body, headers={"X-Hook-Secret": "x" * 20}) as answer:
            assert answer.status == 403
        assert await _count(stage, arrivals) == 0


async def test_a_mail_with_a_great_attachment_keeps_its_words_and_its_sender_is_told(
    database_url: str, tmp_path: Path
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "siti@example.com", "pengaduan@bansos.test", "Laporan"
    mail["Message-ID"] = "<great@example.com>"
    mail.set_content("bantuan saya dipotong 50 ribu oleh ketua RT")
    mail.add_attachment(bytes(30 * 1024 * 1024), maintype="video", subtype="mp4", filename="bukti.mp4")
    mail.add_attachment(b"\xff\xd8\xff foto", maintype="image", subtype="jpeg", filename="foto.jpg")
    async with _served(database_url, tmp_path) as (stage, url), aiohttp.ClientSession() as http:
        headers = {"X-Hook-Secret": str(stage.providers.lines["mail"]["secret"])}
        async with http.post(f"{url}/hooks/mail", data=io.BytesIO(mail.as_bytes()), headers=headers) as answer:
            assert answer.status == 200
        phones = stage.providers.phones
        await phones.wait_for(lambda: any("paling besar 20 MB" in n.text for n in phones.notes("siti@example.com")), 20)
        assert await _count(stage, tickets) == 1
        async with stage.house.database.read() as db:
            rows = (await db.execute(select(files.c.name, files.c.state, files.c.size).order_by(files.c.id))).all()
            size = (await db.execute(select(func.length(arrivals.c.body)))).scalar_one()
        assert (rows[0][0], rows[0][1]) == ("bukti.mp4", "refused")
        assert rows[0][2] > 30 * 1024 * 1024
        assert rows[1][0] == "foto.jpg"
        assert rows[1][1] in ("waiting", "kept")
        assert size < 10_000, "what nobody can keep is not stored either"


async def test_many_at_once_are_all_kept(database_url: str, tmp_path: Path) -> None:
    async with _served(database_url, tmp_path) as (stage, url), aiohttp.ClientSession() as http:
        headers = {"X-Telegram-Bot-Api-Secret-Token": _secret(stage)}

        async def post(n: int) -> int:
            body = json.dumps({"update_id": n, "unknown": n})
            async with http.post(f"{url}/hooks/bot", data=body, headers=headers) as answer:
                return answer.status

        assert set(await asyncio.gather(*(post(n) for n in range(200)))) == {200}
        assert await _count(stage, arrivals) == 200


async def test_a_complaint_on_the_wall_becomes_a_ticket_and_its_number_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    """The second walk, whole: phone → gateway → hook → inbox → desk → outbox → gateway → phone."""
    async with _served(database_url, tmp_path) as (stage, _):
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", AYU))
        await stage.providers.sms.say(AYU, text="pak bantuan saya dipotong 50rb sama pak RT")
        phones = stage.providers.phones
        await phones.wait_for(lambda: any("ADU-" in note.text for note in phones.notes(AYU)), 20)
        assert (await _count(stage, tickets), await _count(stage, heard)) == (1, 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_a_full_disk_can_not_keep_the_provider_is_asked_to_bring_again(
    database_url: str, tmp_path: Path
) -> None:
    async with _served(database_url, tmp_path) as (stage, url), aiohttp.ClientSession() as http:
        headers = {"X-Telegram-Bot-Api-Secret-Token": _secret(stage)}
        body = b"x" * 100_000
        pages = Pages(stage.house.database)
        await pages.limit(0)
        async with http.post(f"{url}/hooks/bot", data=body, headers=headers) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
        assert await _count(stage, arrivals) == 0
        await pages.limit(1000)
        async with http.post(f"{url}/hooks/bot", data=body, headers=headers) as answer:
            assert answer.status == 200
