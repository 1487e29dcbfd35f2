"""Photos and documents: noted with the message, fetched later, sealed on disk, refused politely when too big."""

from typing import Any

import pytest

from notifier.inbox.attachments import type_of
from notifier.store.schema import deliveries, files, heard, ledger, ticket_messages, tickets
from tests.inbox.talks import Talk, open_talk

JPEG = b"\xff\xd8\xff\xe0" + b"j" * 2000
LEVY = "petugas minta uang 10rb untuk administrasi sebelum bantuan diberikan"
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _photo(talk: Talk, body: bytes = JPEG, size: int | None = None) -> list[dict[str, Any]]:
    upload = talk.stage.providers.telegram.keep("photo.jpg", "image/jpeg", body)
    told = {"file_size": len(body) if size is None else size} if size != -1 else {}
    return [{"file_id": upload.id, "width": 1280, "height": 960, **told}]


@ONE_ENGINE
async def test_a_photo_without_words_is_never_met_with_silence(talk: Talk) -> None:
    await talk.telegram(7100, photo=_photo(talk))
    assert [(row["category"], row["summary"]) for row in await talk.rows(tickets)] == [
        ("other", "[foto tanpa keterangan]")
    ]
    await talk.telegram(7100, photo=_photo(talk))
    assert [row["effect"] for row in await talk.rows(heard)] == ["opened", "appended"]


async def test_a_photo_is_fetched_sealed_and_opened_for_staff_with_a_record(talk: Talk) -> None:
    sari = await talk.staff("sari")
    await talk.telegram(7100, photo=_photo(talk), caption=LEVY)
    assert await talk.inbox.fetch_files(talk.now) == 1
    row = (await talk.rows(files))[0]
    assert (row["state"], row["type"], row["size"]) == ("kept", "image/jpeg", len(JPEG))
    path = talk.house.data / "files" / row["path"]
    assert JPEG[4:] not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    number = (await talk.rows(tickets))[0]["number"]
    name, mime, body = await talk.house.desk.file(sari, number, row["id"], talk.now)
    assert (name, mime, body) == ("photo.jpg", "image/jpeg", JPEG)
    assert (await talk.rows(ledger))[-1]["act"] == "file_seen"
    assert await talk.inbox.fetch_files(talk.now) == 0


@ONE_ENGINE
async def test_the_photos_of_one_album_go_into_one_ticket(talk: Talk) -> None:
    for caption in (LEVY, "", ""):
        more = {"caption": caption} if caption else {}
        await talk.telegram(7100, photo=_photo(talk), media_group_id="albums-1", **more)
    assert len(await talk.rows(tickets)) == 1
    assert [row["ticket_id"] for row in await talk.rows(files)] == [1, 1, 1]


@ONE_ENGINE
async def test_a_mail_brings_its_files_along_and_they_are_kept_from_the_sealed_arrival(talk: Talk) -> None:
    picture = ("../../bukti \u202egpj.exe", "image/png", b"%PDF-1.7 bukti")
    await talk.mail("siti@example.com", LEVY, files=[picture])
    assert [row["state"] for row in await talk.rows(files)] == ["waiting"]
    await talk.inbox.fetch_files(talk.now)
    row = (await talk.rows(files))[0]
    assert (row["state"], row["type"]) == ("kept", "application/pdf")
    assert "/" not in row["name"]
    assert "\u202e" not in row["name"]


async def test_what_is_too_big_is_refused_once_and_says_how_big_it_may_be(database_url: str, tmp_path: Any) -> None:
    async with open_talk(database_url, tmp_path, desk={"attachment_limit": 1500}) as talk:
        await talk.telegram(7100, photo=_photo(talk), caption=LEVY)
        await talk.telegram(7100, photo=_photo(talk), media_group_id="a")
        await talk.telegram(7100, photo=_photo(talk, size=-1))
        await talk.inbox.fetch_files(talk.now)
        states = [row["state"] for row in await talk.rows(files)]
        assert states[:2] == ["refused", "refused"]
        assert states[2] in ("refused", "waiting")
        assert await talk.events("attachment_refused") == ["attachment_refused"]
        assert [row["facts"] for row in await talk.rows(deliveries) if row["event"] == "attachment_refused"] == [
            {"limit": 1}
        ]
        assert len(await talk.rows(ticket_messages)) == 3
        assert await talk.send() == 1  # a chat takes one message a second
        talk.stage.clock.move(seconds=2)
        assert await talk.send() == 1


async def test_a_file_that_cannot_be_had_is_tried_again_and_then_given_up_with_its_reason(talk: Talk) -> None:
    photo = [{"file_id": "AgACgone", "file_size": 10, "width": 10, "height": 10}]
    await talk.telegram(7100, photo=photo, caption=LEVY)
    for _ in range(6):
        await talk.inbox.fetch_files(talk.now)
        talk.stage.clock.move(hours=1)
    row = (await talk.rows(files))[0]
    assert (row["state"], row["wake"]) == ("lost", None)
    assert row["reason"]
    assert await talk.events("attachment_refused") == ["attachment_refused"]


@ONE_ENGINE
async def test_places_and_voices_reach_a_person_too(talk: Talk) -> None:
    await talk.telegram(7100, location={"latitude": -6.23456, "longitude": 106.91234})
    await talk.telegram(7101, voice={"file_id": "AwACAg", "duration": 3, "file_size": 100})
    await talk.telegram(7102, contact={"phone_number": "+6281200000009", "first_name": "A", "user_id": 7199})
    summaries = [row["summary"] for row in await talk.rows(tickets)]
    assert summaries == ["(-6.23456, 106.91234)", "[pesan suara]", "[nomor kontak: +6281200000009]"]


@pytest.mark.parametrize(
    ("body", "mime"),
    [
        (b"\xff\xd8\xff\xe0..", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n..", "image/png"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        (b"GIF89a", "image/gif"),
        (b"%PDF-1.4", "application/pdf"),
        (b"....ftypisom", "video/mp4"),
        (b"OggS..", "audio/ogg"),
        (b"MZ\x90", "application/octet-stream"),
        (b"<html>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(body: bytes, mime: str) -> None:
    assert type_of(body) == mime
