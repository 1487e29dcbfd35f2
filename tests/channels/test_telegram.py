"""Telegram: what updates mean, what is sent, and what every refusal leads to.

Sending is tried against the fake Bot API on a free port, over real sockets.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from telegram import InlineKeyboardMarkup

from channels.contract import (
    Answers,
    BadWebhook,
    Button,
    ChannelError,
    Fetches,
    Heard,
    HeardKind,
    Hook,
    Introduces,
    Listens,
    Message,
    Moved,
    OutFile,
    Probes,
    SendFailed,
    Unknown,
)
from channels.table import channel_class
from channels.telegram import COMMANDS, Settings, Telegram
from channels.telegram_letter import letter
from channels.telegram_updates import UPDATES, read_updates
from notifier.sandbox.phones import Phones
from notifier.sandbox.server import Sandbox
from notifier.sandbox.telegram import FakeTelegram

FIXTURES = Path(__file__).parent / "fixtures" / "telegram"
TOKEN = "7123456789:AAE-kata_sandi_sandbox"
SECRET = "rahasia-kami"
AT = datetime(2026, 12, 5, 8, 3, 12, tzinfo=UTC)
AYU = "710001580"
GROUP = "-1002233445566"


def body(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def only(name: str) -> Any:
    facts = read_updates(body(name))
    assert len(facts) == 1, facts
    return facts[0]


# What updates mean

# fixture -> the fields of Heard that tell it apart; id and name are looked at below
HEARD: Mapping[str, dict[str, Any]] = {
    "text": {"text": "Siap, terima kasih banyak infonya 🙏", "ref": f"{AYU}:52"},
    "text_reply": {"text": "Saya belum terima beras bulan ini", "thread": f"{AYU}:41"},
    "edit": {"kind": HeardKind.EDIT, "text": "Saya belum terima beras bulan November", "ref": f"{AYU}:52"},
    "photo_caption": {"kind": HeardKind.PHOTO, "text": "Ini beras yang saya terima, bau apek"},
    "album_first": {"kind": HeardKind.PHOTO, "text": "Foto kartu dan struk", "album": "13592768812345678"},
    "album_second": {"kind": HeardKind.PHOTO, "text": "", "album": "13592768812345678", "ref": f"{AYU}:53"},
    "document": {"kind": HeardKind.DOCUMENT, "text": "Surat dari RT"},
    "animation": {"kind": HeardKind.DOCUMENT},
    "voice": {"kind": HeardKind.VOICE},
    "video": {"kind": HeardKind.DOCUMENT, "text": "Petugas minta uang"},
    "location": {"kind": HeardKind.LOCATION, "text": ""},
    "venue": {"kind": HeardKind.LOCATION, "text": "Kantor Pos Duren Sawit, Jl. Kolonel Sugiono"},
    "contact_own": {"kind": HeardKind.CONTACT},
    "contact_other": {"kind": HeardKind.CONTACT},
    "contact_no_telegram": {"kind": HeardKind.CONTACT},
    "sticker": {"kind": HeardKind.STICKER, "text": ""},
    "dice": {"kind": HeardKind.OTHER, "text": ""},
    "callback": {
        "kind": HeardKind.BUTTON,
        "button": "r:BPNT-2026-12-DS:ya",
        "call": "3049520110983411234",
        "thread": f"{AYU}:41",
        "ref": "",
        "at": None,
    },
    "callback_old_message": {
        "kind": HeardKind.BUTTON,
        "button": "help",
        "call": "3049520110983411235",
        "thread": f"{AYU}:12",
        "at": None,
    },
    "callback_inline": {"kind": HeardKind.BUTTON, "button": "help", "call": "3049520110983411236", "at": None},
    "blocked": {"kind": HeardKind.BLOCKED, "text": "", "at": AT},
    "unblocked": {"kind": HeardKind.UNBLOCKED},
    "removed_from_group": {"kind": HeardKind.BLOCKED, "sender": GROUP, "group": True},
    "restricted_out": {"kind": HeardKind.BLOCKED, "sender": GROUP, "group": True},
    "start": {"text": "/start"},
    "start_payload": {"text": "/start k7Qm2Vd9xT4b"},
    "command_in_group": {"sender": GROUP, "group": True, "ref": f"{GROUP}:52"},
    "group_message": {"sender": GROUP, "group": True, "text": "Kapan beras dibagikan?", "ref": f"{GROUP}:810"},
    "group_bot": {"sender": GROUP, "group": True, "machine": True, "language": ""},
    "channel_post": {"sender": "-1009988776655", "group": True, "language": "", "text": "Pengumuman"},
    "forwarded": {"text": "Bansos cair 2 juta, klik tautan ini"},
    "spoiled_text": {"text": "nol dan setengah � emoji 🙏"},
    "wrong_types": {"text": "masih terbaca", "at": None, "ref": "", "thread": "", "language": "", "id": ""},
}


@pytest.mark.parametrize("name", HEARD)
def test_what_people_do_is_heard(name: str) -> None:
    heard = only(name)
    assert isinstance(heard, Heard)
    usual: dict[str, Any] = {"sender": AYU, "at": AT, "kind": HeardKind.TEXT, "machine": False, "group": False}
    usual |= {"thread": "", "button": "", "call": "", "album": "", "language": "id"}
    if name == "edit":
        usual["at"] = AT + timedelta(minutes=1)
    expected = usual | HEARD[name]
    assert {field: getattr(heard, field) for field in expected} == expected


# fixture -> (handle, name, MIME type, size) of the one file
FILES = {
    "photo_caption": ("AgACAgUAAxkBAAIBx", "photo.jpg", "image/jpeg", 118903),  # the largest, wherever it stands
    "document": ("BQACAgUAAxkBAAIC", "surat keterangan.pdf", "application/pdf", 48211),
    "animation": ("CgACAgQAAxkBAAID", "a.mp4", "video/mp4", 90012),
    "voice": ("AwACAgUAAxkBAAIE", "voice.ogg", "audio/ogg", 28110),
    "video": ("BAACAgUAAxkBAAIF", "video.mp4", "video/mp4", 1290331),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_named_so_that_it_can_be_fetched_later(name: str) -> None:
    (file,) = only(name).files
    assert (file.handle, file.name, file.type, file.size) == FILES[name]
    assert file.body is None


# fixture -> extras
RAW: Mapping[str, dict[str, Any]] = {
    "location": {"latitude": -6.237163, "longitude": 106.928412},
    "contact_own": {"contact_phone": "6281298765432", "contact_own": True},
    "contact_other": {"contact_phone": "+62 813-1111-2222", "contact_own": False},
    "contact_no_telegram": {"contact_phone": "02186600000", "contact_own": False},
    "sticker": {"emoji": "👍"},
    "dice": {"content": "dice"},
    "start": {"command": "start", "start": ""},
    "start_payload": {"command": "start", "start": "k7Qm2Vd9xT4b"},
    "command_in_group": {"command": "status", "from": AYU, "title": "Warga RT 05 RW 03"},
    "group_message": {"from": AYU, "title": "Warga RT 05 RW 03"},
    "forwarded": {"forwarded": True},
    "text": {},
}


@pytest.mark.parametrize("name", RAW)
def test_small_extras_come_along(name: str) -> None:
    assert only(name).raw == {"name": "Ayu Nasyidah"} | RAW[name]


# fixture -> a word of the reason
UNKNOWN = {
    "poll_answer": "poll_answer",
    "unknown_kind": "quantum_message",
    "new_member": "new_chat_members",
    "no_chat": "without a chat",
    "live_location_moves": "edit without words",
    "callback_game": "button press",
    "promoted_in_group": "membership",
    "malformed": "not JSON",
    "not_an_object": "not a JSON object",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_cannot_be_used_is_kept_with_a_reason(name: str) -> None:
    fact = only(name)
    assert isinstance(fact, Unknown)
    assert UNKNOWN[name] in fact.why
    assert "rahasia" not in fact.why


@pytest.mark.parametrize("name", ["migrate_to", "migrate_from"])
def test_both_ends_of_a_migration_tell_the_same_move(name: str) -> None:
    assert only(name) == Moved("-4011223344", "-1002233445566")


def test_a_list_of_updates_is_read_in_its_order() -> None:
    first, second = read_updates(body("list"))
    assert (first, second) == (only("text"), only("blocked"))


def test_every_fixture_is_expected_somewhere() -> None:
    named = {*HEARD, *FILES, *RAW, *UNKNOWN, "migrate_to", "migrate_from", "list"}
    assert {path.stem for path in FIXTURES.iterdir()} == named


def test_update_ids_serve_to_hear_once() -> None:
    ids = [only(name).id for name in HEARD if name != "wrong_types"]
    assert len(set(ids)) == len(ids)
    assert all(one.isdigit() for one in ids)


# Hostile bodies

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [*UPDATES, "update_id", "message_id", "chat", "from", "id", "type", "date", "edit_date", "text", "caption"]
FIELDS += ["photo", "document", "voice", "location", "venue", "contact", "sticker", "file_id", "data", "status"]
FIELDS += ["new_chat_member", "old_chat_member", "reply_to_message", "migrate_to_chat_id", "latitude", "longitude"]
TELEGRAM_LIKE = st.recursive(
    st.sampled_from([0, -1, 1 << 70, -0.5, 1e308, True, None, "", "\0", "\ud800", "private", "kicked", "/start x"])
    | st.integers()
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=30,
)


def every_text(fact: Any) -> Iterator[str]:
    for field in fact.__slots__:
        value = getattr(fact, field)
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from (one for one in value.values() if isinstance(one, str))
        elif field == "files":
            yield from (one for file in value for one in (file.name, file.type, file.handle))


@settings(max_examples=150, deadline=None)
@given(value=JSON | TELEGRAM_LIKE)
@example(value={"message": {"chat": {"id": 5}, "text": "x" * 100_000}})
@example(value={"message": {"chat": {"id": 5}, "text": "x", "date": 10**15}})
def test_whatever_json_comes_becomes_facts_that_can_be_stored(value: Any) -> None:
    for fact in read_updates(json.dumps(value).encode()):
        for words in every_text(fact):
            words.encode()
            assert "\0" not in words


@settings(max_examples=60, deadline=None)
@given(raw=st.binary(max_size=200))
@example(raw=b"[" * 100_000)
@example(raw=b'{"update_id":' + b"9" * 5000 + b"}")
@example(raw=b"\xef\xbb\xbf{}")
@example(raw=b"")
def test_whatever_bytes_come_nothing_is_raised(raw: bytes) -> None:
    assert isinstance(read_updates(raw), list)


# Is it Telegram?


def hook(**headers: str) -> Hook:
    return Hook("POST", {name.replace("_", "-"): value for name, value in headers.items()}, {}, b"{}")


@pytest.mark.parametrize(
    ("given_hook", "status"),
    [
        (hook(), 401),
        (hook(x_telegram_bot_api_secret_token=""), 401),
        (hook(x_telegram_bot_api_secret_token="tebakan"), 403),
        (hook(x_telegram_bot_api_secret_token=SECRET + "x"), 403),
        (hook(x_telegram_bot_api_secret_token="\udcff\ud800"), 403),
    ],
)
async def test_a_forged_webhook_is_turned_away(given_hook: Hook, status: int, bot: Telegram) -> None:
    with pytest.raises(BadWebhook) as refusal:
        bot.verify(given_hook)
    assert refusal.value.status == status


async def test_the_secret_opens(bot: Telegram) -> None:
    bot.verify(hook(x_telegram_bot_api_secret_token=SECRET))


async def test_a_polling_line_takes_no_webhooks(http: aiohttp.ClientSession) -> None:
    bot = Telegram("bot", Settings.model_validate({"token": TOKEN, "polling": True}), http)
    with pytest.raises(BadWebhook, match="takes no webhooks"):
        bot.verify(hook(x_telegram_bot_api_secret_token="apa saja"))


# Settings


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"token": "abc", "polling": True}, "as @BotFather gave it"),
        ({"token": TOKEN}, "secret_token is missing"),
        ({"token": TOKEN, "secret_token": "dengan spasi"}, "letters, digits, _ and -"),
        ({"token": TOKEN, "polling": True, "api_url": "api.telegram.org"}, "must start with https://"),
        ({"token": TOKEN, "polling": True, "tokken": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_settings_are_explained_without_the_token(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate(values)
    problem = refusal.value.errors(include_input=False)[0]
    assert says in problem["msg"]
    assert TOKEN not in problem["msg"]


def test_the_table_leads_here_and_all_abilities_are_there() -> None:
    assert channel_class("telegram") is Telegram
    for ability in (Listens, Fetches, Probes, Answers, Introduces):
        assert issubclass(Telegram, ability)


# Sending, against the fake Bot API


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def phones() -> Phones:
    return Phones(now=lambda: AT)


@pytest.fixture
def fake(phones: Phones) -> FakeTelegram:
    return FakeTelegram(phones, "bot_jakarta", TOKEN, secret=SECRET)


@pytest.fixture
async def sandbox(phones: Phones, fake: FakeTelegram) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(phones)
    sandbox.add(fake)
    await sandbox.start()
    yield sandbox
    await sandbox.close()


def built(url: str, http: aiohttp.ClientSession, **more: Any) -> Telegram:
    values = {"token": TOKEN, "secret_token": SECRET, "api_url": url, "timeout": 5, **more}
    return Telegram("bot_jakarta", Settings.model_validate(values), http)


@pytest.fixture
async def bot(sandbox: Sandbox, http: aiohttp.ClientSession) -> Telegram:
    return built(sandbox.url, http)


def say(text: str = "Penyaluran Kamis", to: str = AYU, **more: Any) -> Message:
    return Message(to=to, key="d1", text=text, **more)


async def test_words_arrive_and_the_ref_names_chat_and_message(bot: Telegram, phones: Phones) -> None:
    sent = await bot.send(say("Penyaluran <Kamis> & Jumat 🙏"))
    (note,) = phones.notes(AYU)
    assert (note.text, note.ref, sent.ref) == ("Penyaluran <Kamis> & Jumat 🙏", f"{AYU}:1", f"{AYU}:1")


async def test_html_is_preferred_and_read_as_html(bot: Telegram, phones: Phones) -> None:
    await bot.send(say("Kamis", html="<b>Kamis</b> pukul 8 &amp; 9"))
    (note,) = phones.notes(AYU)
    assert (note.text, note.html) == ("Kamis pukul 8 & 9", "<b>Kamis</b> pukul 8 &amp; 9")


async def test_unreadable_html_gives_way_to_the_plain_text(bot: Telegram, phones: Phones) -> None:
    await bot.send(say("Kamis", html="<font>Kamis</font>"))
    assert [note.text for note in phones.notes(AYU)] == ["Kamis"]


async def test_unreadable_html_without_plain_text_is_refused(bot: Telegram) -> None:
    with pytest.raises(SendFailed, match="HTML") as failure:
        await bot.send(say("", html="<font>Kamis</font>"))
    assert failure.value.permanent
    assert not failure.value.address


async def test_buttons_stand_under_the_message_and_come_back_pressed(
    bot: Telegram, phones: Phones, fake: FakeTelegram
) -> None:
    sent = await bot.send(say(buttons=(Button("Sudah", "r:ya"), Button("Belum", "r:tidak"))))
    assert phones.notes(AYU)[0].buttons == (("Sudah", "r:ya"), ("Belum", "r:tidak"))
    await fake.say(AYU, button="r:tidak")
    (pressed,) = read_updates(json.dumps(await fake.updates.wait(0, 10, 0)).encode())
    assert isinstance(pressed, Heard)
    assert (pressed.button, pressed.thread) == ("r:tidak", sent.ref)
    await bot.answer(pressed.call, "Terima kasih")
    assert fake.answered == {pressed.call: "Terima kasih"}


async def test_answering_a_press_too_late_is_no_error(bot: Telegram) -> None:
    await bot.answer("12345", "Terima kasih")


async def test_a_reply_hangs_on_the_citizens_message(bot: Telegram, phones: Phones, fake: FakeTelegram) -> None:
    await fake.say(AYU, text="Kapan?")
    await bot.send(say("Kamis", thread=phones.notes(AYU)[0].ref))
    assert phones.notes(AYU)[1].thread == f"{AYU}:1"


@pytest.mark.parametrize("thread", [f"{AYU}:999", "710000257:1", "<abc@mail.test>", ""])
async def test_a_thread_that_is_not_there_does_not_hold_the_answer(bot: Telegram, phones: Phones, thread: str) -> None:
    await bot.send(say("Kamis", thread=thread))
    assert [note.thread for note in phones.notes(AYU)] == [""]


PICTURE = OutFile("peta.jpg", "image/jpeg", b"\xff\xd8peta")
PAPER = OutFile("jadwal.pdf", "application/pdf", b"%PDF-1.7")

# files, length of the text -> (words, number of files) of every note
LETTERS: list[tuple[tuple[OutFile, ...], int, list[tuple[int, int]]]] = [
    ((PICTURE,), 1024, [(1024, 1)]),
    ((PICTURE,), 1025, [(1025, 0), (0, 1)]),
    ((PAPER,), 10, [(10, 1)]),
    ((PAPER,), 0, [(0, 1)]),
    ((PICTURE, PICTURE), 10, [(10, 2)]),
    ((PICTURE, PAPER), 1100, [(1100, 0), (0, 2)]),
]


@pytest.mark.parametrize(("files", "length", "notes"), LETTERS)
async def test_files_carry_their_words_unless_they_are_too_long(
    bot: Telegram, phones: Phones, files: tuple[OutFile, ...], length: int, notes: list[tuple[int, int]]
) -> None:
    await bot.send(say("x" * length, files=files))
    assert [(len(note.text), len(note.files)) for note in phones.notes(AYU)] == notes


async def test_the_bytes_of_a_file_arrive_under_a_clean_name(bot: Telegram, phones: Phones) -> None:
    await bot.send(say(files=(OutFile('ja"dw\r\nal/.pdf', "application/pdf", b"%PDF-1.7"),)))
    attached = phones.attached(phones.notes(AYU)[0].files[0])
    assert attached is not None
    assert (attached.name, attached.body) == ("jadwal.pdf", b"%PDF-1.7")


async def test_a_phone_offers_its_own_number_by_a_key_and_the_other_keys_send_their_words(
    bot: Telegram, phones: Phones, fake: FakeTelegram
) -> None:
    phones.introduce("AYU", {"telegram": AYU, "sms": "+6281298765432"})
    await bot.send(say(buttons=(Button("Kirim nomor saya", "phone:7", asks="phone"), Button("TIDAK", "no:7"))))
    await fake.say(AYU, button="reply:contact")
    await fake.say(AYU, button="reply:text")
    updates = await fake.updates.wait(0, 10, 0)
    shared, said = read_updates(json.dumps(updates).encode())
    assert isinstance(shared, Heard)
    assert shared.raw["contact_own"] is True
    assert shared.raw["contact_phone"] == "+6281298765432"
    assert isinstance(said, Heard)
    assert said.text == "TIDAK"


async def test_many_short_buttons_stand_two_in_a_row() -> None:
    keyboard = letter(say(buttons=tuple(Button(word, word) for word in ("Jadwal", "Status", "Lapor")))).keyboard
    assert isinstance(keyboard, InlineKeyboardMarkup)
    assert [len(row) for row in keyboard.inline_keyboard] == [2, 1]


async def test_an_album_with_buttons_has_them_on_its_words(bot: Telegram, phones: Phones) -> None:
    sent = await bot.send(say(files=(PICTURE, PICTURE), buttons=(Button("Ya", "ya"),)))
    words, album = phones.notes(AYU)
    assert (words.ref, words.buttons, album.buttons, len(album.files)) == (sent.ref, (("Ya", "ya"),), (), 2)


async def test_a_lone_surrogate_does_not_stop_the_message(bot: Telegram, phones: Phones) -> None:
    await bot.send(say("rusak \ud83d dan \0 nol"))
    assert phones.notes(AYU)[0].text == "rusak � dan  nol"


NEVER = [
    say("x" * 4097),
    say("", html="<b>" + "x" * 4097 + "</b>"),
    say(""),
    say("  \n"),
    say(buttons=(Button("Ya", "d" * 65),)),
    say(buttons=(Button("Ya", "é" * 33),)),
    say(buttons=(Button(" ", "d"),)),
    say(files=(PAPER,) * 11),
    say(files=(OutFile("kosong.pdf", "application/pdf", b""),)),
]


@pytest.mark.parametrize("message", NEVER)
async def test_what_telegram_would_refuse_never_leaves(bot: Telegram, phones: Phones, message: Message) -> None:
    with pytest.raises(SendFailed) as failure:
        await bot.send(message)
    assert (failure.value.permanent, failure.value.address, failure.value.unknown) == (True, False, False)
    assert phones.calls == []


@pytest.mark.parametrize("to", ["", "0", "@ayu", "0812345678901234567", "12.0", "-", "٣٤"])
async def test_an_address_that_is_no_chat_id_is_finished(bot: Telegram, phones: Phones, to: str) -> None:
    with pytest.raises(SendFailed) as failure:
        await bot.send(say(to=to))
    assert failure.value.permanent
    assert failure.value.address
    assert phones.calls == []


# What refusals mean


class Canned:
    """A server that answers every call the same way."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body
        self.calls = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.calls += 1
        await request.read()
        return web.Response(status=self.status, body=self.body, content_type="application/json")


def refusal(code: int, description: str, **parameters: int) -> bytes:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return json.dumps(answer | ({"parameters": parameters} if parameters else {})).encode()


UNAUTHORIZED = refusal(401, "Unauthorized")
PERMANENT = {"permanent": True}
GONE = {"permanent": True, "address": True}
UNSURE = {"unknown": True}
# status, body, chat -> what SendFailed says beyond its defaults
OUTCOMES: list[tuple[int, bytes, str, dict[str, Any]]] = [
    (429, refusal(429, "Too Many Requests: retry after 7", retry_after=7), AYU, {"wait": timedelta(seconds=7)}),
    (
        429,
        refusal(429, "Too Many Requests: retry after 35", retry_after=35),
        GROUP,
        {"wait": timedelta(seconds=35), "scope": "group"},
    ),
    (429, refusal(429, "Too Many Requests"), AYU, {"wait": timedelta(seconds=5)}),
    (403, refusal(403, "Forbidden: bot was blocked by the user"), AYU, GONE),
    (403, refusal(403, "Forbidden: user is deactivated"), AYU, GONE),
    (403, refusal(403, "Forbidden: bot was kicked from the supergroup chat"), GROUP, GONE),
    (403, refusal(403, "Forbidden: bot is not a member of the supergroup chat"), GROUP, GONE),
    (403, refusal(403, "Forbidden: bot can't initiate conversation with a user"), AYU, GONE),
    (403, refusal(403, "Forbidden: bots can't send messages to bots"), AYU, PERMANENT),
    (400, refusal(400, "Bad Request: chat not found"), AYU, GONE),
    (400, refusal(400, "Bad Request: PEER_ID_INVALID"), AYU, GONE),
    (400, refusal(400, "Bad Request: not enough rights to send text messages to the chat"), GROUP, PERMANENT),
    (400, refusal(400, "Bad Request: message is too long"), AYU, PERMANENT),
    (400, refusal(400, "Bad Request: can't parse entities: Unclosed start tag at byte offset 3"), AYU, PERMANENT),
    (
        400,
        refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1005),
        "-44",
        GONE | {"moved_to": "-1005"},
    ),
    (401, UNAUTHORIZED, AYU, {"line": True}),
    (404, refusal(404, "Not Found"), AYU, {"line": True}),
    (413, refusal(413, "Request Entity Too Large"), AYU, PERMANENT),
    (500, refusal(500, "Internal Server Error"), AYU, {}),
    (502, b"<html>502 Bad Gateway</html>", AYU, {}),
    (503, b"", AYU, {}),
    (504, b"<html>504 Gateway Time-out</html>", AYU, UNSURE),
    (302, b"", AYU, {}),
    (200, b"<html>captive portal</html>", AYU, UNSURE),
    (200, b"[]", AYU, UNSURE),
    (200, b'{"ok": true}', AYU, UNSURE),
    (200, b'{"ok": true, "result": {}}', AYU, UNSURE),
    (200, b'{"ok": true, "result": {"message_id": 4, "date": 1, "chat": 5}}', AYU, UNSURE),
    (200, b'{"ok": true, "result": null}', AYU, UNSURE),
]


def differs(failure: SendFailed) -> dict[str, Any]:
    usual = SendFailed("")
    fields = ("permanent", "address", "wait", "scope", "unknown", "line", "moved_to")
    return {name: getattr(failure, name) for name in fields if getattr(failure, name) != getattr(usual, name)}


@pytest.mark.parametrize(("status", "answer", "to", "expected"), OUTCOMES)
async def test_every_refusal_has_its_meaning(
    status: int, answer: bytes, to: str, expected: dict[str, Any], http: aiohttp.ClientSession
) -> None:
    canned = Canned(status, answer)
    async with serving(canned.answer) as url:
        with pytest.raises(SendFailed) as failure:
            await built(url, http).send(say(to=to))
    assert differs(failure.value) == expected
    assert canned.calls == 1
    assert_says_nothing(failure.value)


def assert_says_nothing(error: BaseException | None) -> None:
    """Neither the error nor what is behind it names the token, the words or a page of HTML."""
    while error is not None:
        said = f"{error!r} {error}"
        assert not any(secret in said for secret in (TOKEN, "Penyaluran", "<html>"))
        error = error.__cause__ or error.__context__


async def test_a_migrated_group_tells_its_new_id(http: aiohttp.ClientSession) -> None:
    answer = refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009)
    async with serving(Canned(400, answer).answer) as url:
        with pytest.raises(SendFailed) as failure:
            await built(url, http).send(say(to="-44"))
        assert failure.value.moved_to == "-1009"


async def test_nobody_listening_is_a_trouble_that_passes(unused_tcp_port: int, http: aiohttp.ClientSession) -> None:
    with pytest.raises(SendFailed) as failure:
        await built(f"http://127.0.0.1:{unused_tcp_port}", http).send(say())
    assert differs(failure.value) == {}
    assert_says_nothing(failure.value)


@pytest.mark.parametrize("files", [(), (PICTURE,)])
@pytest.mark.parametrize("way", ["silence", "hang up"])
async def test_no_answer_after_the_request_left_is_unknown(
    way: str, files: tuple[OutFile, ...], http: aiohttp.ClientSession
) -> None:
    taken = asyncio.Event()
    done = asyncio.Event()

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        taken.set()
        if way == "silence":
            await done.wait()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(SendFailed) as failure:
        await built(f"http://127.0.0.1:{port}", http, timeout=0.2).send(say(files=files))
    done.set()
    server.close()
    await server.wait_closed()
    assert taken.is_set()
    assert differs(failure.value) == UNSURE
    assert_says_nothing(failure.value)


# a chat id spelled like magic -> what SendFailed says, how many notes lie on the phone
MAGIC: list[tuple[str, dict[str, Any], int]] = [
    ("999000010", {}, 0),
    ("999000020", GONE, 0),
    ("999000030", {"wait": timedelta(seconds=2)}, 0),
    ("999000040", UNSURE, 1),
]


@pytest.mark.parametrize(("to", "expected", "notes"), MAGIC)
async def test_magic_chats_fail_as_documented(
    bot: Telegram, phones: Phones, to: str, expected: dict[str, Any], notes: int
) -> None:
    with pytest.raises(SendFailed) as failure:
        await bot.send(say(to=to))
    assert differs(failure.value) == expected
    assert len(phones.notes(to)) == notes


async def test_words_that_arrived_before_a_file_that_did_not_are_not_called_refused(
    http: aiohttp.ClientSession,
) -> None:
    async def only_words(request: web.Request) -> web.Response:
        await request.read()
        if request.match_info["method"] == "sendMessage":
            message = {"message_id": 1, "date": 1, "chat": {"id": int(AYU), "type": "private"}, "text": "x"}
            return web.json_response({"ok": True, "result": message})
        return web.Response(status=400, body=refusal(400, "Bad Request: IMAGE_PROCESS_FAILED"))

    async with serving(only_words) as url:
        with pytest.raises(SendFailed, match="the words arrived") as failure:
            await built(url, http).send(say("x" * 1025, files=(PICTURE,)))
    assert differs(failure.value) == UNSURE


class serving:
    """A little server that answers every Bot API call with one handler, and every file with another."""

    def __init__(self, handler: Any, files: Any = None) -> None:
        self.handler = handler
        self.files = files or handler

    async def __aenter__(self) -> str:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self.handler)
        app.router.add_get("/file/bot{token}/{path:.+}", self.files)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        host, port = self.runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def __aexit__(self, *error: object) -> None:
        await self.runner.cleanup()


# The other abilities


async def test_the_probe_says_who_answers(bot: Telegram) -> None:
    assert await bot.probe() == "@bot_jakarta_bot (id 7123456789) answers"


async def test_a_wrong_token_is_found_at_the_start(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    with pytest.raises(ChannelError, match="does not accept the bot's token") as failure:
        await built(sandbox.url, http, token="1:salah").probe()
    assert_says_nothing(failure.value)


async def test_introducing_sets_the_webhook_and_the_menu_in_each_language(bot: Telegram, fake: FakeTelegram) -> None:
    await bot.introduce("https://bansos.test/hooks/bot_jakarta", "")
    assert (fake.hook_url, fake.updates.secret) == ("https://bansos.test/hooks/bot_jakarta", SECRET)
    assert set(fake.updates.wanted) == set(UPDATES)
    assert {language: len(menu) for language, menu in fake.commands.items()} == dict.fromkeys(COMMANDS, 10)


async def test_a_webhook_telegram_would_refuse_is_explained(bot: Telegram) -> None:
    with pytest.raises(ChannelError, match="public https:// address"):
        await bot.introduce("ftp://bansos.test", "")


async def test_a_photo_someone_sent_is_fetched(bot: Telegram, fake: FakeTelegram) -> None:
    await fake.say(AYU, photo=b"\xff\xd8beras", text="bau apek")
    (heard,) = read_updates(json.dumps(await fake.updates.wait(0, 10, 0)).encode())
    assert isinstance(heard, Heard)
    assert await bot.fetch(heard.files[0].handle, 1000) == b"\xff\xd8beras"
    with pytest.raises(ChannelError, match="more than the 3 allowed") as failure:
        await bot.fetch(heard.files[0].handle, 3)
    assert_says_nothing(failure.value)


async def test_a_file_that_is_larger_than_it_said_is_cut_off(http: aiohttp.ClientSession) -> None:
    async def small(request: web.Request) -> web.Response:
        file = {"file_id": "a", "file_unique_id": "b", "file_path": "photos/a.jpg"}
        return web.json_response({"ok": True, "result": file})

    async def large(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 300_000)

    async with serving(small, large) as url:
        with pytest.raises(ChannelError, match="larger than the 100000 bytes"):
            await built(url, http).fetch("a", 100_000)


@pytest.mark.parametrize("handle", ["tidak-ada", "", "../../etc/passwd"])
async def test_an_unknown_file_is_a_sentence(bot: Telegram, handle: str) -> None:
    with pytest.raises(ChannelError, match="does not know this file"):
        await bot.fetch(handle, 1000)


async def test_a_line_with_a_webhook_does_not_poll(bot: Telegram, fake: FakeTelegram) -> None:
    async def arrive(body: bytes, headers: Mapping[str, str]) -> None:
        raise AssertionError("nothing is asked for")

    fake.hook_url = "http://127.0.0.1:9/"
    await bot.listen(arrive)
    assert fake.hook_url


async def test_polling_confirms_an_update_only_after_it_is_kept(
    sandbox: Sandbox, http: aiohttp.ClientSession, fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    bot = built(sandbox.url, http, polling=True)
    arrived: list[bytes] = []
    all_here = asyncio.Event()

    async def arrive(body: bytes, headers: Mapping[str, str]) -> None:
        arrived.append(body)
        if len(arrived) == 2:
            raise OSError("the database is away")
        if len(arrived) == 4:
            all_here.set()

    for words in ("satu", "dua", "tiga"):
        await fake.say(AYU, text=words)
    fake.hook_url = "http://127.0.0.1:9/"  # a webhook of yesterday, in the way of polling
    with caplog.at_level(logging.DEBUG):
        listening = asyncio.create_task(bot.listen(arrive))
        await asyncio.wait_for(all_here.wait(), 10)
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening
    heard = [fact for one in arrived for fact in read_updates(one)]
    assert [fact.text for fact in heard if isinstance(fact, Heard)] == ["satu", "dua", "dua", "tiga"]
    assert fake.hook_url == ""
    assert "polling failed (OSError)" in caplog.text
    assert TOKEN not in caplog.text
    assert "tiga" not in caplog.text


async def test_nothing_is_logged_of_what_is_sent(bot: Telegram, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await bot.send(say("Penyaluran rahasia"))
    assert "rahasia" not in caplog.text
    assert TOKEN not in caplog.text
