"""The phone wall: pages a person can use without JavaScript, a small API, and nothing that escapes its bubble."""

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import count
from typing import Any

import aiohttp
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.sandbox.markup import PLAIN, safe_html
from notifier.sandbox.phones import Phones
from notifier.sandbox.server import Sandbox
from notifier.sandbox.sms import SmsGateway
from notifier.sandbox.wall import SHOWN
from notifier.sandbox.wall_asked import which_channel

START = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)
SMS, CHAT, MAIL = "+6281298765432", "710001580", "ayu@example.com"
NASTY = "<script>alert(1)</script>\"'&<b>"


@dataclass
class Told:
    """A provider that writes down what citizens say through it."""

    phones: Phones
    channel: str
    line: str
    hook_url: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)
    away: bool = False

    async def say(
        self,
        address: str,
        *,
        text: str = "",
        button: str = "",
        reply_to: str = "",
        photo: bytes | None = None,
        edit_of: str = "",
        sticker: str = "",
        headers: Mapping[str, str] = {},
    ) -> None:
        if self.away:
            raise aiohttp.ClientConnectionError("nobody listens")
        words = {"text": text, "button": button, "reply_to": reply_to, "edit_of": edit_of, "sticker": sticker}
        given_ = {name: value for name, value in words.items() if value}
        self.said.append({"address": address, **given_, **dict(headers), **({"photo": photo} if photo else {})})
        self.phones.add(self.channel, self.line, address, text or button or sticker, mine=True)


@dataclass
class World:
    phones: Phones
    bot: Told
    mail: Told
    http: aiohttp.ClientSession
    url: str

    async def page(self, path: str) -> str:
        async with self.http.get(self.url + path) as answer:
            assert answer.status == 200, await answer.text()
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            return await answer.text()

    async def say(self, **asked: Any) -> tuple[int, Any]:
        async with self.http.post(self.url + "/wall/say", json=asked) as answer:
            return answer.status, await answer.json()

    async def fill(self, path: str, **form: Any) -> str:
        """Sends a form and gives the place it leads to."""
        data = aiohttp.FormData({name: value for name, value in form.items() if isinstance(value, str)})
        for name, value in form.items():
            if isinstance(value, bytes):
                data.add_field(name, value, filename="foto.jpg", content_type="image/jpeg")
        async with self.http.post(self.url + path, data=data, allow_redirects=False) as answer:
            assert answer.status == 303
            return answer.headers["Location"]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    minutes = count()
    # numbered from the time on, as the demo does
    phones = Phones(lambda: START + timedelta(minutes=next(minutes)), first=1_790_000_000)
    bot, mail = Told(phones, "telegram", "bot_jakarta"), Told(phones, "email", "surel")
    sandbox = Sandbox(phones)
    for provider in (SmsGateway(phones, "sms", token="t", secret="s"), bot, Told(phones, "telegram", "bot_lain"), mail):
        sandbox.add(provider)
    await sandbox.start()
    async with aiohttp.ClientSession() as http:
        yield World(phones, bot, mail, http, sandbox.url)
    await sandbox.close()


async def test_an_empty_wall_says_so(world: World) -> None:
    assert "masih kosong" in await world.page("/")


async def test_everyone_is_on_the_wall_and_can_be_looked_for(world: World) -> None:
    world.phones.introduce("Ayu Nasyidah", {"sms": SMS})
    world.phones.introduce("Budi", {})
    world.phones.add("sms", "sms", "+6281200000009", "salah sambung")
    page = await world.page("/")
    assert page.index("salah sambung") < page.index("Ayu Nasyidah") < page.index("Budi")
    found = await world.page("/?q=0812-9876")
    assert "Ayu Nasyidah" in found
    assert "Budi" not in found
    assert "Tidak ada warga" in await world.page("/?q=siapa")


async def test_many_people_are_shown_page_by_page(world: World) -> None:
    for number in range(90):
        world.phones.introduce(f"Warga {number:03}", {"sms": f"+62812{number:07}"})
    first, last = await world.page("/?q=warga"), await world.page("/?q=warga&page=3")
    assert "Warga 000" in first
    assert "/?q=warga&amp;page=2" in first
    assert "Warga 089" in last
    assert 'rel="next"' not in last
    assert "Warga 000" in await world.page("/?page=-7")


async def test_a_citizens_phones_show_what_came_on_every_channel(world: World) -> None:
    ayu = world.phones.introduce("Ayu", {"sms": SMS, "telegram": CHAT, "email": MAIL})
    world.phones.introduce("Budi", {"sms": SMS})
    world.phones.add("sms", "sms", SMS, "Dinsos: ambil di https://dinsos.example/a?b=1&c=2 ya")
    asked = world.phones.add("telegram", "bot_jakarta", CHAT, "Sudah terima?", html="<b>Sudah</b> terima?", ref="7:1")
    world.phones.alter(asked, buttons=(("Sudah", "r:ya"), ("Situs", "")))
    world.phones.add("telegram", "bot_jakarta", CHAT, "belum", mine=True, thread="7:1", ref="7:2", edited=True)
    world.phones.add("email", "surel", MAIL, "teksnya", subject="Penyaluran", html="<h1>Halo</h1><script>x</script>")
    page = await world.page(f"/wall/citizen/{ayu.id}")
    assert '<a href="https://dinsos.example/a?b=1&amp;c=2" rel="noopener noreferrer"' in page
    assert "<b>Sudah</b> terima?" in page
    assert 'name="button" value="r:ya"' in page
    assert '<span class="key">Situs</span>' in page
    assert '<p class="quoted">Sudah terima?</p>' in page
    assert "diedit" in page
    assert "<h1>Halo</h1></div>" in page
    assert "Versi teks" in page
    assert "Membalas: Penyaluran" in page  # a mail programme answers the latest mail
    assert "dipakai bersama" in page
    assert "Sabtu, 5 Des 2026" in page
    assert "09.01" in page  # 02:01 UTC
    assert "Telegram bot_lain" in page  # a line without messages is offered, not shown
    assert 'id="hp-bot_lain"' not in page
    assert 'id="hp-bot_lain"' in await world.page(f"/wall/citizen/{ayu.id}?line=bot_lain")


async def test_nothing_a_citizen_or_the_service_writes_escapes(world: World) -> None:
    nasty = world.phones.introduce(NASTY, {"sms": SMS, "telegram": CHAT, "email": MAIL})
    for channel, line, address in (("sms", "sms", SMS), ("telegram", "bot_jakarta", CHAT), ("email", "surel", MAIL)):
        buttons, files = ((NASTY, NASTY),), (NASTY,)
        everything: dict[str, Any] = {"subject": NASTY, "html": NASTY, "ref": NASTY, "buttons": buttons, "files": files}
        world.phones.add(channel, line, address, NASTY, **everything)
        world.phones.add(channel, line, address, NASTY, mine=True, thread=NASTY)
    for page in (
        await world.page(f"/wall/citizen/{nasty.id}"),
        await world.page("/?q=<script>"),
        await world.page("/"),
    ):
        assert "<script>alert" not in page
        assert page.count("<script") == 1  # our own file
    assert "<script>" not in await world.page("/?trouble=<script>")


async def test_a_long_conversation_is_shown_from_its_end(world: World) -> None:
    for number in range(SHOWN + 5):
        world.phones.add("sms", "sms", SMS, f"pesan-{number:03}")
    page = await world.page("/wall/citizen/1")
    assert "5 pesan sebelumnya" in page
    assert "pesan-004" not in page
    assert "pesan-004" in await world.page("/wall/citizen/1?show=400")


async def test_one_answers_as_the_citizen_in_words_by_button_and_with_a_photo(world: World) -> None:
    ayu = world.phones.introduce("Ayu", {"telegram": CHAT})
    who = {"citizen": str(ayu.id), "line": "bot_jakarta", "address": CHAT}
    assert await world.fill("/wall/say", **who, text="halo\r\nbu ") == f"/wall/citizen/{ayu.id}#hp-bot_jakarta"
    await world.fill("/wall/say", **who, text="", quick="YA")
    await world.fill("/wall/say", **who, button="r:ya", reply_to="7:1")
    await world.fill("/wall/say", **who, text="ini", photo=b"\xff\xd8jpeg", reply_to="7:1")
    await world.fill("/wall/say", **who, text="", sample="1", photo=b"")
    await world.fill("/wall/say", **who, text="betul", edit_of="7:2")
    await world.fill("/wall/say", **who, text="", sticker="👍")
    sample = world.bot.said[4].pop("photo")
    assert sample.startswith(b"\x89PNG")
    assert world.bot.said == [
        {"address": CHAT, "text": "halo\nbu"},
        {"address": CHAT, "text": "YA"},
        {"address": CHAT, "button": "r:ya", "reply_to": "7:1"},
        {"address": CHAT, "text": "ini", "photo": b"\xff\xd8jpeg", "reply_to": "7:1"},
        {"address": CHAT},
        {"address": CHAT, "text": "betul", "edit_of": "7:2"},
        {"address": CHAT, "sticker": "👍"},
    ]
    assert "halo\nbu" in await world.page(f"/wall/citizen/{ayu.id}")


async def test_a_mail_has_a_subject(world: World) -> None:
    await world.fill("/wall/say", citizen="1", line="surel", address=MAIL, subject="Tanya", text="Kapan?")
    assert world.mail.said == [{"address": MAIL, "text": "Kapan?", "Subject": "Tanya"}]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"line": "bot_jakarta", "address": CHAT, "text": "  "}, "Tulis+sesuatu"),
        ({"line": "bot_jakarta", "address": "", "text": "a"}, "who+speaks"),
        ({"line": "faks", "address": CHAT, "text": "a"}, "faks"),
        ({"line": "sms", "address": SMS, "sample": "1"}, "words+only"),
        ({"line": "surel", "address": MAIL, "text": "a"}, "tidak+menjawab"),
    ],
)
async def test_what_cannot_be_said_comes_back_as_a_sentence(world: World, form: dict[str, str], sentence: str) -> None:
    world.mail.away = True
    assert sentence in await world.fill("/wall/say", citizen="1", **form)


async def test_another_site_may_not_speak_for_citizens(world: World) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    async with world.http.post(world.url + "/wall/say", data={"line": "surel"}, headers=headers) as answer:
        assert answer.status == 403


async def test_a_stranger_gets_a_phone(world: World) -> None:
    place = await world.fill("/wall/stranger", address="0812 9876 5432")
    page = await world.page(place)
    assert "Orang tak dikenal" in page
    assert SMS in page
    assert await world.fill("/wall/stranger", address=SMS) == place
    assert "Tulis+nomor" in await world.fill("/wall/stranger", address="bapak lurah")


@pytest.mark.parametrize(
    ("typed", "channel", "address"),
    [
        ("0812-9876-5432", "sms", SMS),
        ("6281298765432", "sms", SMS),
        (" +62 812 9876 5432 ", "sms", SMS),
        ("710001580", "telegram", CHAT),
        ("-1001234567890", "telegram", "-1001234567890"),
        ("ayu@example.com", "email", MAIL),
    ],
)
def test_a_typed_address_tells_its_channel(typed: str, channel: str, address: str) -> None:
    assert which_channel(typed) == (channel, address)


async def test_the_api_tells_what_lies_on_a_phone_and_speaks(world: World) -> None:
    first = world.phones.add("telegram", "bot_jakarta", CHAT, "halo", buttons=(("Ya", "y"),))
    photo = base64.b64encode(b"jpeg").decode()
    assert (await world.say(channel="telegram", address=CHAT, text="ya", photo=photo))[0] == 202
    async with world.http.get(world.url + "/wall/notes", params={"address": CHAT}) as answer:
        notes = (await answer.json())["notes"]
    assert [(note["text"], note["mine"], note["buttons"]) for note in notes] == [
        ("halo", False, [["Ya", "y"]]),
        ("ya", True, []),
    ]
    assert datetime.fromisoformat(notes[0]["at"]) == first.at
    async with world.http.get(world.url + "/wall/notes", params={"address": CHAT, "since": str(first.id)}) as answer:
        assert len((await answer.json())["notes"]) == 1
    async with world.http.get(world.url + "/wall/moved/0") as answer:
        assert await answer.json() == {"moved": 2}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"line": "bot_jakarta", "address": CHAT}, "Tulis"),
        ({"line": "bot_jakarta", "address": CHAT, "txt": "a"}, 'unknown key "txt"'),
        ({"line": "bot_jakarta", "address": CHAT, "text": 5}, "must be a string"),
        ({"line": "bot_jakarta", "address": CHAT, "photo": "%%"}, "base64"),
        ({"line": "bot_jakarta", "address": CHAT, "photo": 7}, "base64"),
        ({"line": "bot_jakarta", "address": CHAT, "text": "a", "headers": [1]}, "headers"),
        ({"line": "x", "address": CHAT, "text": "a"}, "no provider"),
    ],
)
async def test_the_api_names_what_is_wrong(world: World, asked: dict[str, Any], sentence: str) -> None:
    status, answer = await world.say(**asked)
    assert status == 400
    assert sentence in answer["error"]


@pytest.mark.parametrize("path", ["/wall/citizen/99", "/wall/moved/99", "/wall/file/7/a.png", "/wall/nothing"])
async def test_what_is_not_there_is_not_found(world: World, path: str) -> None:
    async with world.http.get(world.url + path) as answer:
        assert answer.status == 404


async def test_pictures_are_shown_and_everything_else_is_only_handed_out(world: World) -> None:
    picture = world.phones.attach("foto saya.png", "image/png", b"png")
    page = world.phones.attach("x.html", "text/html", b"<script>1</script>")
    world.phones.add("telegram", "bot_jakarta", CHAT, "", mine=True, files=(picture, page, "hilang.pdf"))
    shown = await world.page("/wall/citizen/1")
    assert 'alt="Gambar foto saya.png"' in shown
    assert "hilang.pdf" in shown
    async with world.http.get(f"{world.url}/wall/file/{picture}") as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", b"png")
    async with world.http.get(f"{world.url}/wall/file/{page}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_style_and_script_are_the_walls_own(world: World) -> None:
    assert ".phone" in await world.page("/wall/wall.css")
    assert "reload" in await world.page("/wall/wall.js")


def test_a_line_has_one_provider(world: World) -> None:
    sandbox = Sandbox(world.phones)
    sandbox.add(world.bot)
    with pytest.raises(ValueError, match="already"):
        sandbox.add(world.bot)


# markup


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<b>a</b> & <i>b", "<b>a</b> &amp; <i>b</i>"),
        ("a<script>alert(1)</script>b<style>p{}</style>c", "abc"),
        ('<a href="javascript:x()">a</a>', "<span>a</span>"),
        ('<a href="https://x.id/?a=1&amp;b" onclick="y">a</a>', None),
        ('<p style="color:red" class="x">a<br/>b</p>', "<p>a<br>b</p>"),
        ("</div></p>a", "a"),
        ("<b><i>a</b>c</i>", "<b><i>a</i></b>c"),
        ('<img src="x" alt="logo"><img>', "[logo][gambar]"),
        ("<tg-spoiler>a</tg-spoiler>", '<span class="spoiler">a</span>'),
        ("<head><meta x><title>t</title></head><body>a", "a"),
        ("1 < 2 &lt; 3", "1 &lt; 2 &lt; 3"),
        ("<marquee>a</marquee>", "a"),
    ],
)
def test_markup_keeps_formatting_and_drops_the_rest(source: str, shown: str | None) -> None:
    link = '<a href="https://x.id/?a=1&amp;b" rel="noopener noreferrer" target="_blank">a</a>'
    assert safe_html(source) == (shown or link)


class Reader(HTMLParser):
    """Refuses whatever should not be there, and counts what is open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in PLAIN | {"a", "br", "hr"}
        assert {name for name, _ in attrs} <= {"href", "rel", "target", "class"}
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(
    st.lists(
        st.sampled_from(["<b>", "</b>", "<p x='<'>", "</p>", "<a href='http://x'>", "</a>", "<script>", "a"])
        | st.text()
    )
)
@example(["<a href='", "http://x' ", "<script>", "</script", ">"])
def test_markup_is_always_balanced_and_harmless(pieces: list[str]) -> None:
    reader = Reader()
    reader.feed(safe_html("".join(pieces)))
    reader.close()
    assert not reader.open
