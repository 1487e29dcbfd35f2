"""The SMS channel: what it makes of gateways' bodies (one file a case), of their answers, and whom it believes."""

import asyncio
import base64
import contextlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from channels.bodies import e164
from channels.contract import BadWebhook, Channel, Heard, Hook, Inbound, Message, Receipt, SendFailed, Unknown
from channels.sms import Settings, Sms
from notifier.sandbox.phones import Phones
from notifier.sandbox.server import Sandbox
from notifier.sandbox.sms import SmsGateway

FIXTURES = sorted((Path(__file__).parent / "fixtures" / "sms").glob("*.json"))
NOW = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)
URL = "http://127.0.0.1:9/"
TOKEN = "kunci-gerbang"

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Opens = Callable[[Answer], Awaitable[str]]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def phones() -> Phones:
    return Phones(lambda: NOW)


@pytest.fixture
async def gateway(phones: Phones) -> AsyncIterator[tuple[SmsGateway, str]]:
    """The fake gateway and the URL to send to."""
    sandbox = Sandbox(phones)
    one = SmsGateway(phones, "sms", token=TOKEN, secret="rahasia-gerbang")
    sandbox.add(one)
    await sandbox.start()
    yield one, sandbox.url + one.path
    await sandbox.close()


@pytest.fixture
async def opens() -> AsyncIterator[Opens]:
    """Starts a gateway that answers every request with the given function; gives its URL."""
    runners: list[web.AppRunner] = []

    async def start(answer: Answer) -> str:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


def channel(http: aiohttp.ClientSession | None = None, now: datetime = NOW, **given: Any) -> Sms:
    chosen = Settings.model_validate({"url": URL, **given})
    return Sms("sms", chosen, http or object(), now=lambda: now)  # type: ignore[arg-type]


def message(to: str = "+6281298765432", text: str = "BPNT: Senin 7 Des 08.00", key: str = "d1:c1:1") -> Message:
    return Message(to=to, key=key, text=text)


async def failure(line: Sms, one: Message | None = None) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await line.send(one or message())
    return caught.value


# hearing


def shown(fact: Inbound) -> dict[str, Any]:
    """A fact as the fixtures write it: only what differs from the defaults."""
    if isinstance(fact, Unknown):
        return {"fact": "Unknown", "why": fact.why}
    names = ("id", "ref", "sender", "text", "raw") if isinstance(fact, Heard) else ("ref", "key", "reason", "permanent")
    told = {name: getattr(fact, name) for name in names if getattr(fact, name)}
    at = getattr(fact, "at", None)
    state = {"state": fact.state.value} if isinstance(fact, Receipt) else {}
    return {"fact": type(fact).__name__, **told, **state, **({"at": at.isoformat()} if at else {})}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_body_leads_to_its_facts(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    headers = {"Content-Type": case.get("content_type", "application/json")}
    found = [shown(fact) for fact in channel(**case.get("settings", {})).read(body.encode(), headers)]
    for fact, expected in zip(found, case["facts"], strict=True):
        if expected["fact"] == "Unknown":
            assert fact["fact"] == "Unknown"
            assert expected.get("why", "") in fact["why"]
        else:
            assert fact == expected


def test_a_hundred_thousand_bytes_of_text_arrive_whole() -> None:
    words = "tolong " * 15_000
    (heard,) = channel().read(json.dumps({"from": "0812987654", "text": words}).encode(), {})
    assert isinstance(heard, Heard)
    assert heard.text == words


def test_a_body_nested_ten_thousand_deep_is_unknown() -> None:
    (fact,) = channel().read(b"[" * 10_000, {})
    assert isinstance(fact, Unknown)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "from", "text", "status", "time", "reference", "to", "x"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@given(JSON)
@settings(max_examples=150)
def test_no_json_whatever_makes_reading_fail(body: Any) -> None:
    for fact in channel().read(json.dumps(body).encode(), {"content-type": "application/json"}):
        assert isinstance(fact, Heard | Receipt | Unknown)
        if isinstance(fact, Heard):
            (fact.text + fact.sender + fact.id).encode()  # storable


@given(st.binary(max_size=200), st.sampled_from(["", "application/json", "application/x-www-form-urlencoded"]))
@settings(max_examples=150)
def test_no_bytes_whatever_make_reading_fail(body: bytes, kind: str) -> None:
    assert channel().read(body, {"content-type": kind})


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("081234567890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("+62 812-3456-7890", "+6281234567890"),
        ("+62 (0)812 3456 7890", "+6281234567890"),
        ("81234567890", "+6281234567890"),
        ("006281234567890", "+6281234567890"),
        ("0812.3456.7890", "+6281234567890"),
        ("+14155550123", "+14155550123"),
        ("3636", "3636"),
        ("INFO BANSOS", "INFO BANSOS"),
        ("", ""),
        ("+", "+"),
    ],
)
def test_every_indonesian_spelling_is_one_address(told: str, address: str) -> None:
    assert e164(told) == address


# whom it believes


def hook(headers: Mapping[str, str] | None = None, body: bytes = b"{}", query: Mapping[str, str] | None = None) -> Hook:
    return Hook("POST", headers or {}, query or {}, body)


def signed(key: str, body: bytes) -> str:
    return "sha256=" + hmac.new(key.encode(), body, sha256).hexdigest()


Given = dict[str, Any]


def verdict(line: Sms, request: Hook) -> int:
    """0 if the line believes the request, else the status of its refusal."""
    try:
        line.verify(request)
    except BadWebhook as refused:
        return refused.status
    return 0


SECRET: Given = {"secret": "rahasia-panjang"}
QUERY: Given = {"secret": {"query": "kunci", "value": "rahasia-panjang"}}
HMAC: Given = {"hmac": {"key": "kunci-tanda-tangan"}}
SHA1: Given = {
    "hmac": {"key": "kunci-tanda-tangan", "algorithm": "sha1", "encoding": "base64", "prefix": "", "header": "X-S"}
}
TIMED: Given = {"hmac": {"key": "kunci-tanda-tangan", "signed": "{time}.{body}", "time_header": "X-Time", "prefix": ""}}
SHA1_SHOWN = base64.b64encode(hmac.new(b"kunci-tanda-tangan", b"{}", sha1).digest()).decode()
AT = str(int(NOW.timestamp()))
TIMED_SHOWN = signed("kunci-tanda-tangan", AT.encode() + b".{}").removeprefix("sha256=")
BOTH = {"x-hook-secret": "rahasia-panjang", "x-signature": signed("kunci-tanda-tangan", b"{}")}


@pytest.mark.parametrize(
    ("given_settings", "request_", "status"),
    [
        ({}, hook(), 401),
        ({}, hook({"x-hook-secret": ""}), 401),
        (SECRET, hook(), 401),
        (SECRET, hook({"x-hook-secret": "rahasia-pendek"}), 403),
        (SECRET, hook({"x-hook-secret": "ráhasia\udce9"}), 403),
        (SECRET, hook({"x-hook-secret": "rahasia-panjang"}), 0),
        (QUERY, hook(), 401),
        (QUERY, hook(query={"kunci": "salah"}), 403),
        (QUERY, hook(query={"kunci": "rahasia-panjang"}), 0),
        (HMAC, hook(), 401),
        (HMAC, hook({"x-signature": "sha256=00"}), 403),
        (HMAC, hook({"x-signature": signed("kunci-tanda-tangan", b"{}")}), 0),
        (HMAC, hook({"x-signature": signed("kunci-tanda-tangan", b"{}").upper()}), 0),
        (HMAC, hook({"x-signature": signed("kunci-tanda-tangan", b"{}")}, b'{"text":1}'), 403),
        (HMAC, hook({"x-signature": signed("kunci-lain-sekali", b"{}")}), 403),
        (SHA1, hook({"x-s": SHA1_SHOWN}), 0),
        (SHA1, hook({"x-s": SHA1_SHOWN.swapcase()}), 403),
        (TIMED, hook({"x-signature": TIMED_SHOWN}), 401),
        (TIMED, hook({"x-signature": TIMED_SHOWN, "x-time": AT}), 0),
        (TIMED, hook({"x-signature": TIMED_SHOWN, "x-time": str(int(AT) + 1)}), 403),
        (SECRET | HMAC, hook(BOTH), 0),
        (SECRET | HMAC, hook({"x-hook-secret": "rahasia-panjang"}), 401),
        (SECRET | HMAC, hook({**BOTH, "x-hook-secret": "salah"}), 403),
    ],
)
def test_only_the_gateway_is_believed(given_settings: dict[str, Any], request_: Hook, status: int) -> None:
    assert verdict(channel(**given_settings), request_) == status


def test_a_signed_request_played_again_an_hour_later_is_refused() -> None:
    with pytest.raises(BadWebhook, match="away from now"):
        channel(now=NOW + timedelta(hours=1), **TIMED).verify(hook({"x-signature": TIMED_SHOWN, "x-time": AT}))


# sending, against the fake gateway


def test_it_is_a_channel() -> None:
    line: Channel = channel()
    assert line.parts == ("text",)


async def test_what_is_sent_lies_on_the_phone_and_its_receipt_names_it(
    http: aiohttp.ClientSession, phones: Phones, gateway: tuple[SmsGateway, str]
) -> None:
    line = channel(http, url=gateway[1], token=TOKEN)
    sent = await line.send(message(text="a" * 161))
    (note,) = phones.notes("+6281298765432")
    assert (note.ref, note.text, note.mine) == (sent.ref, "a" * 161, False)
    assert sent.segments == 2
    assert [call.key for call in phones.calls] == ["d1:c1:1"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("+62000001", {}),
        ("+62000002", {"permanent": True}),
        ("+62000003", {"wait": timedelta(seconds=2)}),
        ("+62000004", {"unknown": True}),
    ],
)
async def test_a_refusal_says_how_bad_it_is(
    http: aiohttp.ClientSession, gateway: tuple[SmsGateway, str], address: str, expected: dict[str, Any]
) -> None:
    # + three digits: the gateway wants eight
    failed = await failure(channel(http, url=gateway[1], token=TOKEN), message(to=address + "00"))
    usual = {"permanent": False, "wait": None, "unknown": False, "line": False, "address": False}
    assert {name: getattr(failed, name) for name in usual} == usual | expected


async def test_a_wrong_token_is_the_lines_fault(http: aiohttp.ClientSession, gateway: tuple[SmsGateway, str]) -> None:
    failed = await failure(channel(http, url=gateway[1], token="salah"))
    assert failed.line
    assert "unauthorized" in failed.reason
    assert not (await failure(channel(http, url=gateway[1]))).permanent  # no token at all


async def test_a_message_accepted_before_the_line_went_dead_is_unknown_and_on_the_phone(
    http: aiohttp.ClientSession, phones: Phones, gateway: tuple[SmsGateway, str]
) -> None:
    failed = await failure(channel(http, url=gateway[1], token=TOKEN), message(to="+6200000400"))
    assert failed.unknown
    assert len(phones.notes("+6200000400")) == 1


# sending, against gateways of other manners


def answering(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
    async def answer(request: web.Request) -> web.Response:
        text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        return web.Response(status=status, text=text, headers=headers, content_type="application/json")

    return answer


IN_A_MINUTE = "Sat, 05 Dec 2026 02:01:00 GMT"
LONG_AGO = "Sat, 05 Dec 2020 02:01:00 GMT"
STRICT: Given = {
    "accepted": {"path": "status", "values": ["0"]},
    "error": "status",
    "errors": {"6": "address", "9": "line"},
}
BUSY: Given = {"retry_after_path": "error.wait"}


@pytest.mark.parametrize(
    ("status", "body", "headers", "given_settings", "expected"),
    [
        (400, {"error": {"code": "bad"}}, {}, {}, {"permanent": True}),
        (422, None, {}, {}, {"permanent": True}),
        (400, {"error": {"code": "dead"}}, {}, {"errors": {"dead": "address"}}, {"permanent": True, "address": True}),
        (400, {"error": {"code": "x"}}, {}, {"errors": {"400": "temporary"}}, {}),
        (400, {"error": {"message": "saldo habis"}}, {}, {"errors": {"saldo habis": "line"}}, {"line": True}),
        (401, None, {}, {}, {"line": True}),
        (402, None, {}, {}, {"line": True}),
        (404, "<html>", {}, {}, {"line": True}),
        (301, None, {"Location": "http://example.com/"}, {}, {"line": True}),
        (429, None, {"Retry-After": "7"}, {}, {"wait": timedelta(seconds=7)}),
        (429, None, {"Retry-After": IN_A_MINUTE}, {}, {"wait": timedelta(seconds=60)}),
        (429, None, {"Retry-After": LONG_AGO}, {}, {"wait": timedelta(0)}),
        (429, None, {"Retry-After": "sebentar"}, {}, {"wait": timedelta(seconds=30)}),
        (429, {"error": {"wait": 90}}, {}, BUSY, {"wait": timedelta(seconds=90)}),
        (429, None, {"Retry-After": "999999999"}, {}, {"wait": timedelta(days=1)}),
        (503, None, {"Retry-After": "120"}, {}, {"wait": timedelta(seconds=120)}),
        (500, "not json", {}, {}, {}),
        (502, None, {}, {}, {}),
        (504, None, {}, {}, {"unknown": True}),
        (200, {"status": 6}, {}, STRICT, {"permanent": True, "address": True}),
        (200, {"status": 9}, {}, STRICT, {"line": True}),
        (200, {"status": 1234}, {}, STRICT, {}),
        (200, "oops", {}, STRICT, {"unknown": True}),
    ],
)
async def test_an_answer_becomes_an_outcome_by_the_table(
    http: aiohttp.ClientSession,
    opens: Opens,
    status: int,
    body: Any,
    headers: dict[str, str],
    given_settings: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    failed = await failure(channel(http, url=await opens(answering(status, body, headers)), **given_settings))
    usual = {"permanent": False, "wait": None, "unknown": False, "line": False, "address": False, "scope": "line"}
    assert {name: getattr(failed, name) for name in usual} == usual | expected


@pytest.mark.parametrize(
    ("body", "given_settings", "ref", "parts"),
    [
        ({"id": "m1", "segments": 3}, {}, "m1", 3),
        ({"id": 17}, {}, "17", 1),
        (
            {"messages": [{"uuid": "u-1", "count": "2"}]},
            {"ref": "messages.0.uuid", "segments": "messages.0.count"},
            "u-1",
            2,
        ),
        ({"queued": True}, {}, "", 1),
        ("", {}, "", 1),
        ("OK", {}, "", 1),
        ({"status": "0", "id": "z"}, STRICT, "z", 1),
        ({"id": "m1", "segments": "banyak"}, {}, "m1", 1),
    ],
)
async def test_the_ref_and_the_parts_are_taken_from_the_answer(
    http: aiohttp.ClientSession, opens: Opens, body: Any, given_settings: dict[str, Any], ref: str, parts: int
) -> None:
    sent = await channel(http, url=await opens(answering(202, body)), **given_settings).send(message())
    assert (sent.ref, sent.segments) == (ref, parts)


async def test_a_form_gateway_gets_a_form_in_its_own_spelling(http: aiohttp.ClientSession, opens: Opens) -> None:
    seen: list[tuple[str, dict[str, Any], str]] = []

    async def answer(request: web.Request) -> web.Response:
        form = dict((await request.post()).items())
        seen.append((request.path, form, request.headers["Authorization"]))
        return web.json_response({"id": "f1"})

    line = channel(
        http,
        url=await opens(answer) + "/accounts/{user}/messages",
        format="form",
        headers={"Authorization": "Basic {basic}"},
        body={"msisdn": "{to}", "message": "{text}", "flash": 0, "from": "{sender}", "ref": "x-{key}"},
        user="AC/1",
        password="kata sandi",
        number="0",
    )
    await line.send(message(text="{key} & Rp 600.000 – ya?"))
    basic = "Basic " + base64.b64encode(b"AC/1:kata sandi").decode()
    form = {"msisdn": "081298765432", "message": "{key} & Rp 600.000 – ya?", "flash": "0", "ref": "x-d1:c1:1"}
    assert seen == [("/accounts/AC/1/messages", form, basic)]


async def test_a_query_gateway_gets_everything_in_the_url(http: aiohttp.ClientSession, opens: Opens) -> None:
    seen: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(dict(request.query))
        return web.Response(text="id=q1&parts=1", content_type="application/x-www-form-urlencoded")

    line = channel(
        http,
        url=await opens(answer) + "/send?v=2",
        method="GET",
        format="query",
        headers={},
        body={"user": "{user}", "pass": "{password}", "to": "{to}", "text": "{text}"},
        user="dinsos",
        password="s+ndi",
        number="62",
    )
    sent = await line.send(message(text="100% + 2 = ya&tidak"))
    words = {"user": "dinsos", "pass": "s+ndi", "to": "6281298765432", "text": "100% + 2 = ya&tidak"}
    assert seen == [{"v": "2", **words}]
    assert sent.ref == "q1"


async def test_nested_bodies_are_filled_at_every_depth(http: aiohttp.ClientSession, opens: Opens) -> None:
    seen: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(await request.json())
        return web.json_response({}, status=200)

    body = {"messages": [{"destinations": [{"to": "{to}"}], "content": {"text": "{text}"}, "notify": True}]}
    await channel(http, url=await opens(answer), body=body).send(message(text="setengah \ud83d\0"))
    words = {"text": "setengah \ufffd"}
    assert seen == [{"messages": [{"destinations": [{"to": "+6281298765432"}], "content": words, "notify": True}]}]


# sending, when the wire breaks


async def test_nobody_listening_is_not_unknown_but_the_line(http: aiohttp.ClientSession, unused_tcp_port: int) -> None:
    failed = await failure(channel(http, url=f"http://127.0.0.1:{unused_tcp_port}/"))
    assert (failed.unknown, failed.permanent, failed.line) == (False, False, True)


async def test_a_gateway_that_hangs_after_taking_the_message_leaves_it_unknown(
    http: aiohttp.ClientSession, opens: Opens
) -> None:
    never = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    url = await opens(answer)
    failed = await failure(channel(http, url=url, timeout=0.05))
    never.set()
    assert failed.unknown


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def wire(talk: Talk) -> tuple[asyncio.Server, str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize(
    ("said", "unknown"),
    [
        (b"", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", True),
        (b"garbage\r\n\r\n", True),
        (b"HTTP/1.1 422 No\r\nContent-Length: 50\r\n\r\n{", False),
    ],
)
async def test_an_answer_that_breaks_off_leaves_it_unknown_unless_it_was_a_refusal(
    http: aiohttp.ClientSession, said: bytes, unknown: bool
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)

    server, url = await wire(talk)
    async with server:
        assert (await failure(channel(http, url=url))).unknown is unknown


async def test_a_get_gateway_is_asked_once_even_if_a_kept_connection_breaks(http: aiohttp.ClientSession) -> None:
    asked = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await reader.readuntil(b"\r\n\r\n")
        asked += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")  # the next one on this connection is read and not answered
        asked += 1

    server, url = await wire(talk)
    async with server:
        line = channel(http, url=url, method="GET", format="query", headers={})
        await line.send(message())
        assert (await failure(line)).unknown
    assert asked == 2


# settings


@pytest.mark.parametrize(
    ("given_settings", "sentence"),
    [
        ({"url": "gateway.example"}, "must begin with http"),
        ({"method": "GET"}, 'set format = "query"'),
        ({"format": "form", "body": {"to": ["{to}"], "text": "{text}"}}, "body.to"),
        ({"body": {"to": "{to}"}}, "must carry"),
        ({"body": {"to": "{to}", "text": "{text}", "x": [{"y": "{kunci}"}]}}, "known are"),
        ({"headers": {"X-To": "{to}"}}, "may not carry"),
        ({"accepted": {"path": "status"}}, "accepted.values"),
        ({"zone": "Asia/Bekasi"}, "no time zone"),
        ({"secret": "pendek"}, "at least 8"),
        ({"secret": {"value": "rahasia-panjang", "header": "X", "query": "x"}}, "either"),
        ({"hmac": {"key": "rahasia-panjang", "signed": "{time}"}}, "must contain"),
        ({"hmac": {"key": "rahasia-panjang", "signed": "{time}{body}"}}, "belong together"),
        ({"errors": {"5": "bad"}}, "permanent"),
        ({"receipts": {"states": {"OK": "arrived"}}}, "delivered"),
        ({"token": "kunci\n"}, "line break"),
        ({"urll": "x"}, "Extra inputs"),
        ({"timeout": 0}, "greater than 0"),
    ],
)
def test_a_wrong_setting_is_named_with_its_mend(given_settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        channel(**given_settings)


def test_settings_never_show_their_secrets() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"url": URL, "token": "rahasia1", "method": "GET"})
    assert "rahasia1" not in str(caught.value)
    told = repr(
        Settings.model_validate({"url": URL, "token": "rahasia1", "password": "rahasia2", "secret": "rahasia3"})
    )
    assert "rahasia" not in told


@pytest.mark.parametrize(
    ("told", "piece"),
    [
        ({"part": 2, "parts": 3, "group": "A7"}, {"part": 2, "parts": 3, "group": "A7"}),
        ({"part": "1", "parts": "2"}, {"part": 1, "parts": 2, "group": ""}),
        ({"udh": "050003A70302"}, {"part": 2, "parts": 3, "group": "A7"}),
        ({"udh": "06 08 04 12 a7 02 01"}, {"part": 1, "parts": 2, "group": "12A7"}),
        ({"udh": "0B05040B8423F00003A70302"}, {"part": 2, "parts": 3, "group": "A7"}),
        ({"part": 1, "parts": 1}, {}),
        ({"part": 4, "parts": 3}, {}),
        ({"part": 0, "parts": 3}, {}),
        ({"part": "x", "parts": 3}, {}),
        ({"part": 1, "parts": 999}, {}),
        ({"udh": "zz"}, {}),
        ({}, {}),
    ],
)
def test_pieces_of_a_long_reply_say_which_one_they_are(told: dict[str, Any], piece: dict[str, Any]) -> None:
    from channels.sms import _piece
    from channels.sms_settings import Replies

    assert _piece({"from": "+6281", "text": "x", **told}, Replies()) == piece
