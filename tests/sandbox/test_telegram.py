"""The fake Bot API: it must refuse what Telegram refuses, and speak to webhooks as Telegram does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from notifier.sandbox.phones import Phones
from notifier.sandbox.server import Sandbox
from notifier.sandbox.telegram import FakeTelegram
from notifier.sandbox.telegram_html import Unreadable, read_html

TOKEN = "111:AAA"
AYU = "710001580"


class Desk:
    """The service's webhook: answers with the statuses it is told, then 200."""

    def __init__(self) -> None:
        self.url = ""
        self.statuses: list[int] = []
        self.heard: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []

    async def hook(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    app = web.Application()
    app.router.add_post("/hooks/bot", desk.hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/bot"
    yield desk
    await runner.cleanup()


@pytest.fixture
def phones() -> Phones:
    return Phones(now=lambda: datetime(2026, 12, 5, tzinfo=UTC))


@pytest.fixture
def now() -> list[float]:
    """The sandbox's stopwatch, in seconds."""
    return [100.0]


@pytest.fixture
async def bot(phones: Phones, now: list[float]) -> AsyncIterator[FakeTelegram]:
    bot = FakeTelegram(phones, "bot", TOKEN, monotonic=lambda: now[0])
    yield bot
    await bot.close()


@pytest.fixture
async def sandbox(phones: Phones, bot: FakeTelegram) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(phones)
    sandbox.add(bot)
    sandbox.add(FakeTelegram(phones, "bot-2", "222:BBB"))
    await sandbox.start()
    yield sandbox
    await sandbox.close()


class Api:
    """Calls the fake over HTTP: `await api("sendMessage", chat_id=…)` gives (status, answer)."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.http = http

    async def __call__(self, method: str, *, token: str = TOKEN, **params: Any) -> tuple[int, dict[str, Any]]:
        async with self.http.post(f"{self.url}/bot{token}/{method}", json=params) as answer:
            return answer.status, await answer.json()

    async def refused(self, method: str, **params: Any) -> str:
        status, answer = await self(method, **params)
        assert answer["ok"] is False
        assert answer["error_code"] == status
        return str(answer["description"])


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as http:
        yield Api(sandbox.url, http)


async def test_each_bot_answers_to_its_own_token_only(api: Api) -> None:
    assert (await api("getMe"))[1]["result"]["id"] == 111
    assert (await api("getMe", token="222:BBB"))[1]["result"]["username"] == "bot_2_bot"
    unauthorized = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert await api("getMe", token="111:BBB") == (401, unauthorized)
    assert await api("inventThis") == (404, {"ok": False, "error_code": 404, "description": "Not Found"})


async def test_method_names_are_read_in_any_case(api: Api) -> None:
    assert (await api("GETME"))[0] == 200


@pytest.mark.parametrize("encoding", ["query", "form", "multipart", "json"])
async def test_parameters_come_in_every_encoding(api: Api, phones: Phones, encoding: str) -> None:
    params = {"chat_id": AYU, "text": "Kamis & Jumat"}
    url = f"{api.url}/bot{TOKEN}/sendMessage"
    if encoding == "query":
        call = api.http.get(url, params=params)
    elif encoding == "json":
        call = api.http.post(url, json=params)
    else:
        form = aiohttp.FormData(params, default_to_multipart=encoding == "multipart")
        call = api.http.post(url, data=form)
    async with call as answer:
        result = (await answer.json())["result"]
    assert (result["message_id"], result["chat"]["id"], result["text"]) == (1, int(AYU), "Kamis & Jumat")
    assert [note.text for note in phones.notes(AYU)] == ["Kamis & Jumat"]


def keyboard(label: str, data: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": label, "callback_data": data}]]}


# what is wrong -> what Telegram says
REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"chat_id": ""}, "Bad Request: chat_id is empty"),
    ({"chat_id": "@ayu"}, "Bad Request: chat not found"),
    ({"chat_id": "999000080x"}, "Bad Request: chat not found"),
    ({"text": ""}, "Bad Request: message text is empty"),
    ({"text": "<b> </b>", "parse_mode": "HTML"}, "Bad Request: message text is empty"),
    ({"text": "x" * 4097}, "Bad Request: message is too long"),
    ({"text": "\ud800"}, "Bad Request: strings must be encoded in UTF-8"),
    ({"text": "<b>x", "parse_mode": "HTML"}, "Bad Request: can't parse entities: Can't find end tag"),
    ({"reply_markup": keyboard("Ya", "d" * 65)}, "Bad Request: BUTTON_DATA_INVALID"),
    ({"reply_markup": "{"}, "Bad Request: can't parse reply keyboard markup JSON object"),
    ({"reply_markup": [1]}, "Bad Request: can't parse reply keyboard markup JSON object"),
    ({"reply_parameters": {"message_id": 99}}, "Bad Request: message to be replied not found"),
]


@pytest.mark.parametrize(("wrong", "says"), REFUSALS)
async def test_it_refuses_what_telegram_refuses(api: Api, phones: Phones, wrong: dict[str, Any], says: str) -> None:
    assert (await api.refused("sendMessage", **{"chat_id": AYU, "text": "halo", **wrong})).startswith(says)
    assert phones.count() == 0


async def test_4096_characters_are_counted_after_the_html_is_read(api: Api) -> None:
    status, _ = await api("sendMessage", chat_id=AYU, text="<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
    assert status == 200


# source -> (what is seen, what may be shown)
HTML = [
    ("a &lt;b&gt; &amp; &quot;c&quot; &copy; &#65;", 'a <b> & "c" &copy; A', 'a &lt;b&gt; &amp; "c" &amp;copy; A'),
    ("<b>x<i>y</i></b>", "xy", "<b>x<i>y</i></b>"),
    ('<a href="https://x.test/?a=1&amp;b">x</a>', "x", '<a href="https://x.test/?a=1&amp;b">x</a>'),
    ('<a href="javascript:alert(1)" onclick="x">x</a>', "x", "<a>x</a>"),
    ('<span class="tg-spoiler">x</span>', "x", "<span>x</span>"),
    ("<B>x</B>", "x", "<b>x</b>"),
]


@pytest.mark.parametrize(("source", "seen", "shown"), HTML)
def test_html_is_read_as_telegram_reads_it(source: str, seen: str, shown: str) -> None:
    assert read_html(source) == (seen, shown)


UNREADABLE = [
    ("<font>x</font>", 'Unsupported start tag "font" at byte offset 0'),
    ("é<br>", 'Unsupported start tag "br" at byte offset 2'),
    ("1 < 2", "Unclosed start tag at byte offset 2"),
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("x</b>", "Unexpected end tag at byte offset 1"),
]


@pytest.mark.parametrize(("source", "says"), UNREADABLE)
def test_broken_html_is_refused_in_telegrams_words(source: str, says: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_html(source)
    assert str(error.value) == says


async def test_message_ids_count_per_chat(api: Api) -> None:
    sent = [(await api("sendMessage", chat_id=chat, text="x"))[1]["result"] for chat in (AYU, AYU, 5)]
    assert [message["message_id"] for message in sent] == [1, 2, 1]


async def test_an_album_is_one_note_and_one_message_each(api: Api, phones: Phones) -> None:
    form = aiohttp.FormData(
        {
            "chat_id": AYU,
            "media": '[{"type":"photo","media":"attach://a","caption":"dua"},{"type":"photo","media":"attach://b"}]',
        },
        default_to_multipart=True,
    )
    form.add_field("a", b"satu", filename="a.jpg", content_type="image/jpeg")
    form.add_field("b", b"dua", filename="b.jpg", content_type="image/jpeg")
    async with api.http.post(f"{api.url}/bot{TOKEN}/sendMediaGroup", data=form) as answer:
        messages = (await answer.json())["result"]
    assert [message["message_id"] for message in messages] == [1, 2]
    assert len({message["media_group_id"] for message in messages}) == 1
    (note,) = phones.notes(AYU)
    assert (note.text, len(note.files)) == ("dua", 2)


async def test_an_edit_changes_the_note_in_its_place(api: Api, phones: Phones) -> None:
    await api("sendMessage", chat_id=AYU, text="Kamis", reply_markup=keyboard("Ya", "ya"))
    await api("editMessageText", chat_id=AYU, message_id=1, text="Jumat")
    (note,) = phones.notes(AYU)
    assert (note.text, note.edited, note.buttons, phones.count()) == ("Jumat", True, (), 1)
    again = await api.refused("editMessageText", chat_id=AYU, message_id=1, text="Jumat")
    assert again == "Bad Request: message is not modified"
    assert "not found" in await api.refused("editMessageText", chat_id=AYU, message_id=9, text="Jumat")


async def test_a_poll_has_every_field_libraries_insist_on(api: Api) -> None:
    _, answer = await api("sendPoll", chat_id=AYU, question="Kapan?", options=["Kamis", {"text": "Jumat"}])
    poll = answer["result"]["poll"]
    assert (poll["allows_revoting"], poll["members_only"]) == (True, False)
    assert [option["text"] for option in poll["options"]] == ["Kamis", "Jumat"]


# The way back


async def test_the_webhook_gets_the_secret_and_ascending_ids(desk: Desk, bot: FakeTelegram, api: Api) -> None:
    await api("setWebhook", url=desk.url, secret_token="rahasia")
    await bot.say(AYU, text="satu")
    await bot.say(AYU, text="dua", reply_to=f"{AYU}:1")
    assert [update["update_id"] for update in desk.heard] == [1, 2]
    assert desk.secrets == ["rahasia", "rahasia"]
    message = desk.heard[1]["message"]
    assert (message["from"]["id"], message["reply_to_message"]["message_id"]) == (int(AYU), 1)


async def test_an_update_is_repeated_until_it_is_taken(desk: Desk, bot: FakeTelegram) -> None:
    bot.hook_url = desk.url
    desk.statuses = [500, 502]
    await bot.say(AYU, text="satu")
    assert [update["update_id"] for update in desk.heard] == [1, 1, 1]


async def test_what_the_webhook_never_took_waits_and_comes_first(desk: Desk, bot: FakeTelegram, api: Api) -> None:
    bot.hook_url = desk.url
    desk.statuses = [500] * 4
    await bot.say(AYU, text="satu")
    info = (await api("getWebhookInfo"))[1]["result"]
    assert (info["pending_update_count"], "500" in info["last_error_message"]) == (1, True)
    await bot.say(AYU, text="dua")
    assert [update["message"]["text"] for update in desk.heard] == ["satu"] * 5 + ["dua"]


async def test_a_duplicate_citizen_says_everything_twice(desk: Desk, bot: FakeTelegram) -> None:
    bot.hook_url = desk.url
    await bot.say("999000050", text="halo")
    assert [update["update_id"] for update in desk.heard] == [1, 1]


async def test_polling_waits_and_an_offset_confirms(bot: FakeTelegram, api: Api) -> None:
    waiting = asyncio.create_task(api("getUpdates", timeout=10))
    await bot.say(AYU, text="satu")
    ((update,),) = [(await waiting)[1]["result"]]
    assert update["message"]["text"] == "satu"
    assert len((await api("getUpdates"))[1]["result"]) == 1
    assert (await api("getUpdates", offset=update["update_id"] + 1))[1]["result"] == []


async def test_polling_and_a_webhook_exclude_each_other(bot: FakeTelegram, api: Api, desk: Desk) -> None:
    bot.hook_url = desk.url
    assert "deleteWebhook" in await api.refused("getUpdates")
    await api("deleteWebhook")
    assert (await api("getUpdates"))[0] == 200


async def updates_of(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api("getUpdates"))[1]["result"]
    return found


async def test_a_button_is_pressed_under_the_latest_message_that_has_it(
    bot: FakeTelegram, phones: Phones, api: Api
) -> None:
    for label in ("Ya", "Ya, sudah"):
        await api("sendMessage", chat_id=AYU, text="?", reply_markup=keyboard(label, "ya"))
    await bot.say(AYU, button="ya")
    (update,) = await updates_of(api)
    press = update["callback_query"]
    assert (press["data"], press["message"]["message_id"]) == ("ya", 2)
    assert phones.notes(AYU)[-1].text == "Ya, sudah"
    assert (await api("answerCallbackQuery", callback_query_id=press["id"], text="Baik"))[0] == 200
    assert bot.answered == {press["id"]: "Baik"}
    assert "too old" in await api.refused("answerCallbackQuery", callback_query_id="1")
    with pytest.raises(ValueError, match="no message on this phone"):
        await bot.say(AYU, button="tidak ada")


async def test_a_citizens_edit_keeps_the_message_id(bot: FakeTelegram, phones: Phones, api: Api) -> None:
    await bot.say(AYU, text="satu")
    await bot.say(AYU, text="dua", edit_of=f"{AYU}:1")
    first, second = await updates_of(api)
    assert second["edited_message"]["message_id"] == first["message"]["message_id"]
    assert [(note.text, note.edited) for note in phones.notes(AYU)] == [("dua", True)]


async def test_everything_else_a_citizen_can_say(bot: FakeTelegram, api: Api) -> None:
    await bot.say(AYU, photo=b"jpeg", text="apek")
    await bot.say(AYU, album=[b"a", b"b"], text="dua foto")
    await bot.say(AYU, document=("surat.pdf", "application/pdf", b"%PDF"))
    await bot.say(AYU, sticker="👍")
    await bot.say(AYU, contact="+6281298765432")
    messages = [update["message"] for update in await updates_of(api)]
    kinds = [next(kind for kind in ("photo", "document", "sticker", "contact") if kind in one) for one in messages]
    assert kinds == ["photo", "photo", "photo", "document", "sticker", "contact"]
    assert [message.get("caption") for message in messages[:3]] == ["apek", "dua foto", None]
    assert messages[1]["media_group_id"] == messages[2]["media_group_id"]
    assert messages[5]["contact"]["user_id"] == int(AYU)


async def test_a_photo_can_be_fetched_with_the_token_only(bot: FakeTelegram, api: Api) -> None:
    await bot.say(AYU, photo=b"jpeg")
    (update,) = await updates_of(api)
    largest = update["message"]["photo"][-1]["file_id"]
    path = (await api("getFile", file_id=largest))[1]["result"]["file_path"]
    for token, status in ((TOKEN, 200), ("111:salah", 401)):
        async with api.http.get(f"{api.url}/file/bot{token}/{path}") as answer:
            assert answer.status == status
            assert status != 200 or await answer.read() == b"jpeg"
    assert await api.refused("getFile", file_id="x") == "Bad Request: invalid file_id"


async def test_who_blocks_the_bot_gets_nothing_more(bot: FakeTelegram, phones: Phones, api: Api) -> None:
    await bot.block(AYU)
    assert await api.refused("sendMessage", chat_id=AYU, text="x") == "Forbidden: bot was blocked by the user"
    await bot.unblock(AYU)
    await api("sendMessage", chat_id=AYU, text="x")
    changes = [update["my_chat_member"]["new_chat_member"]["status"] for update in await updates_of(api)]
    assert (changes, phones.count()) == (["kicked", "member"], 1)


async def test_a_group_that_moved_says_where(bot: FakeTelegram, api: Api) -> None:
    await bot.migrate("-4011", "-1004011")
    status, answer = await api("sendMessage", chat_id="-4011", text="x")
    assert (status, answer["parameters"]) == (400, {"migrate_to_chat_id": -1004011})
    (update,) = await updates_of(api)
    assert update["message"]["migrate_to_chat_id"] == -1004011


# Misbehaviour


async def test_magic_chats_misbehave_as_documented(api: Api, phones: Phones) -> None:
    assert await api.refused("sendMessage", chat_id=999000010, text="x") == "Internal Server Error"
    assert "blocked" in await api.refused("sendMessage", chat_id=999000020, text="x")
    status, answer = await api("sendMessage", chat_id=999000030, text="x")
    assert (status, answer["parameters"]) == (429, {"retry_after": 2})
    assert (await api("sendMessage", chat_id=999000030, text="x"))[0] == 200
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await api("sendMessage", chat_id=999000040, text="x")
    assert len(phones.notes("999000040")) == 1
    assert [call.address for call in phones.calls].count("999000030") == 2


async def test_a_bouncing_citizen_takes_one_message_and_blocks(api: Api) -> None:
    assert (await api("sendMessage", chat_id=999000080, text="x"))[0] == 200
    assert "blocked" in await api.refused("sendMessage", chat_id=999000080, text="x")


async def test_a_strict_bot_holds_telegrams_rates(bot: FakeTelegram, api: Api, now: list[float]) -> None:
    bot.strict = True
    assert (await api("sendMessage", chat_id=1, text="x"))[0] == 200
    assert (await api("sendMessage", chat_id=1, text="x"))[0] == 429
    for chat in range(2, 31):
        assert (await api("sendMessage", chat_id=chat, text="x"))[0] == 200
    assert "retry after 1" in await api.refused("sendMessage", chat_id=31, text="x")
    now[0] += 1
    assert (await api("sendMessage", chat_id=31, text="x"))[0] == 200
