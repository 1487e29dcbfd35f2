"""The fake SMS gateway: a real server that misbehaves on demand, read and checked by the real SMS channel."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Heard, Hook, Inbound, Receipt
from channels.gsm import segments
from channels.sms import Settings, Sms
from notifier.sandbox.phones import Phones
from notifier.sandbox.posts import Post, Posts
from notifier.sandbox.server import Sandbox
from notifier.sandbox.sms import SmsGateway, parts

NOW = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)
TOKEN, SECRET = "kunci-gerbang", "rahasia-gerbang"
CITIZEN = "+6281298765432"


@dataclass
class Listener:
    """A service's hook: takes what is authentic, refuses the first `refuses` requests."""

    line: Sms
    url: str = ""
    refuses: int = 0
    facts: list[Inbound] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if self.refuses:
            self.refuses -= 1
            return web.Response(status=503)
        self.line.verify(Hook("POST", headers, dict(request.query), body))
        self.facts += self.line.read(body, headers)
        return web.Response()

    def states(self) -> Sequence[str]:
        return [fact.state.value for fact in self.facts if isinstance(fact, Receipt)]


@dataclass
class World:
    phones: Phones
    gateway: SmsGateway
    hook: Listener
    http: aiohttp.ClientSession
    url: str

    async def send(self, to: str = CITIZEN, text: str = "halo", key: str = "k1", token: str = TOKEN) -> tuple[int, Any]:
        body = {"to": to, "text": text, "from": "BANSOS", "reference": key}
        async with self.http.post(self.url, json=body, headers={"Authorization": f"Bearer {token}"}) as answer:
            return answer.status, await answer.json()


async def build(hook_settings: Mapping[str, Any], **given_: Any) -> AsyncIterator[World]:
    phones = Phones(lambda: NOW)
    sandbox, gateway = Sandbox(phones), SmsGateway(phones, "sms", token=TOKEN, secret=SECRET, **given_)
    sandbox.add(gateway)
    await sandbox.start()
    async with aiohttp.ClientSession() as http:
        line = Sms("sms", Settings.model_validate({"url": sandbox.url, **hook_settings}), http, now=lambda: NOW)
        hook = Listener(line)
        app = web.Application()
        app.router.add_post("/hooks/sms", hook.hear)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        gateway.hook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/sms"
        yield World(phones, gateway, hook, http, sandbox.url + gateway.path)
        await sandbox.close()
        await runner.cleanup()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async for one in build({"hmac": {"key": SECRET}}):
        yield one


async def test_a_message_is_taken_shown_and_reported_delivered(world: World) -> None:
    status, answer = await world.send(text="€" * 81)
    await world.gateway.posts.drained()
    (note,) = world.phones.notes(CITIZEN)
    assert (status, answer["id"], answer["segments"]) == (201, note.ref, 2)
    assert world.hook.states() == ["accepted", "delivered"]
    assert {(fact.ref, fact.key) for fact in world.hook.facts if isinstance(fact, Receipt)} == {(note.ref, "k1")}


@pytest.mark.parametrize(
    ("digit", "status", "states"),
    [
        ("1", 503, []),
        ("2", 400, []),
        ("3", 429, []),
        ("5", 201, ["accepted", "accepted", "delivered", "delivered"]),
        ("7", 201, []),
        ("8", 201, ["accepted", "failed"]),
    ],
)
async def test_magic_numbers_misbehave(world: World, digit: str, status: int, states: list[str]) -> None:
    got, _ = await world.send(to=f"+6200000{digit}00")
    await world.gateway.posts.drained()
    assert (got, world.hook.states()) == (status, states)
    assert len(world.phones.notes(f"+6200000{digit}00")) == (status == 201)
    assert len(world.phones.calls) == 1


async def test_a_bounced_number_is_finished(world: World) -> None:
    await world.send(to="+6200000800")
    await world.gateway.posts.drained()
    assert [fact.permanent for fact in world.hook.facts if isinstance(fact, Receipt)] == [False, True]


async def test_a_flood_ends_after_the_first_refusal(world: World) -> None:
    assert [(await world.send(to="+6200000300"))[0] for _ in range(3)] == [429, 201, 201]


async def test_a_late_receipt_comes_later() -> None:
    async for world in build({"hmac": {"key": SECRET}}, late=0.01):
        await world.send(to="+6200000600")
        await world.gateway.posts.drained()
        assert world.hook.states() == ["accepted", "delivered"]


async def test_a_message_taken_without_an_answer_lies_on_the_phone(world: World) -> None:
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await world.send(to="+6200000400")
    assert len(world.phones.notes("+6200000400")) == 1
    assert world.gateway.posts.idle


async def test_the_same_key_is_sent_again_unless_the_gateway_honours_it(world: World) -> None:
    for _ in range(2):
        await world.send()
    assert world.phones.count() == 2
    world.gateway.honours_key = True
    answers = [await world.send(key="k2") for _ in range(2)]
    assert world.phones.count() == 3
    assert answers[0][1] == answers[1][1]
    assert [call.key for call in world.phones.calls] == ["k1", "k1", "k2", "k2"]


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"token": "salah"}, 401, "unauthorized"),
        ({"to": "DINSOS"}, 400, "invalid_number"),
        ({"text": ""}, 400, "invalid_text"),
        ({"text": "a" * 1531}, 400, "invalid_text"),
    ],
)
async def test_a_bad_request_is_refused_with_a_code(
    world: World, asked: dict[str, str], status: int, code: str
) -> None:
    got, answer = await world.send(**asked)
    assert (got, answer["error"]["code"]) == (status, code)
    assert world.phones.count() == 0


async def test_numbers_are_understood_in_every_spelling(world: World) -> None:
    for spelled in ("081298765432", "6281298765432", "+62 812-9876-5432"):
        await world.send(to=spelled)
    assert len(world.phones.notes(CITIZEN)) == 3


async def test_a_citizens_answer_reaches_the_hook(world: World) -> None:
    await world.gateway.say(CITIZEN, text="YA 🙏")
    (heard,) = world.hook.facts
    assert isinstance(heard, Heard)
    assert (heard.sender, heard.text, heard.at) == (CITIZEN, "YA 🙏", NOW)
    (note,) = world.phones.notes(CITIZEN)
    assert (note.mine, note.ref) == (True, heard.id)


async def test_a_doubled_citizen_is_heard_twice_with_one_id(world: World) -> None:
    await world.gateway.say("+6200000500", text="YA")
    assert len(world.hook.facts) == 2
    assert len({fact.id for fact in world.hook.facts if isinstance(fact, Heard)}) == 1


async def test_an_sms_carries_no_picture(world: World) -> None:
    with pytest.raises(ValueError, match="words only"):
        await world.gateway.say(CITIZEN, photo=b"x")


async def test_a_gateway_may_show_its_secret_instead_of_signing() -> None:
    async for world in build({"secret": SECRET}, signing="secret"):
        await world.gateway.say(CITIZEN, text="YA")
        assert len(world.hook.facts) == 1


async def test_a_hook_that_is_away_is_told_again(world: World) -> None:
    world.hook.refuses = 2
    posts = Posts(lambda: world.gateway.hook_url, pauses=(0, 0, 0))
    world.gateway.posts, kept = posts, world.gateway.posts
    await posts.start()
    await world.gateway.say(CITIZEN, text="YA")
    assert len(world.hook.facts) == 1
    world.hook.refuses = 9
    await posts.put([Post(b"{}")])
    assert posts.given_up == 1
    await posts.close()
    world.gateway.posts = kept


async def test_without_a_hook_nothing_is_posted() -> None:
    posts = Posts(lambda: "")
    await posts.start()
    await asyncio.wait_for(posts.put([Post(b"{}")]), 5)
    assert posts.given_up == 0
    await posts.close()


@given(st.text(st.sampled_from("ab €^é’🙏漢\n"), max_size=400))
def test_the_gateway_and_the_channel_count_parts_alike(text: str) -> None:
    assert parts(text) == segments(text).count


@given(st.characters())
def test_the_gateway_and_the_channel_know_the_same_alphabet(char: str) -> None:
    assert parts(char * 80) == segments(char * 80).count
