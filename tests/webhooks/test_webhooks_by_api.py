"""Webhooks by API, command line and page: made, tried, read in, told again, with no more rights than one has."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import update

from notifier.app.lines import build_caller
from notifier.errors import Refused
from notifier.rules.keys import Scope
from notifier.rules.webhooks import OFFERED, News
from notifier.store import schema
from notifier.web.api.news import BODIES
from notifier.webhooks import Reach, Wish
from tests.api.asking import Asking
from tests.web.sites import Site
from tests.webhooks.receivers import Receiver, signed_by

DOCS = Path(__file__).resolve().parents[2] / "docs"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _tell(pages: Site) -> int:
    await pages.house.webhooks.gather(pages.clock())
    return await build_caller(pages.house).drain()


async def test_a_system_is_tried_told_given_another_secret_and_told_again(pages: Site, receiver: Receiver) -> None:
    api = Asking(pages)
    key = await api.key("admin")
    given: dict[str, Any] = {"name": "SIKS-NG", "url": receiver.url, "kinds": ["ticket.opened", "broadcast.state"]}
    made = await api.post(key, "/webhooks", given, 201)
    where = f"/webhooks/{made['webhook']['id']}"
    assert made["secret"] not in json.dumps(await api.get(key, "/webhooks"))
    pinged = await api.post(key, f"{where}/ping")
    await pages.hear("satu")
    await _tell(pages)
    assert receiver.kinds == ["webhook.ping", "ticket.opened"]
    assert receiver.told[0]["id"] == pinged["event"]
    for body in receiver.told:
        BODIES[News(body["type"])].model_validate(body)
    rotated = await api.post(key, f"{where}/secret")
    assert (await api.post(key, f"{where}/replay", {"since": "2026-12-05T00:00:00Z"})) == {"told": 1}
    await _tell(pages)
    again, first = receiver.told[2], receiver.told[1]
    assert again == first, "word for word, under the same name"
    assert signed_by(rotated["secret"], *receiver.heard[2]) == [True, False]
    assert signed_by(made["secret"], *receiver.heard[2]) == [False, True]
    pages.clock.move(hours=25)
    assert (await api.post(key, f"{where}/replay", {"event": first["id"]})) == {"told": 1}
    await _tell(pages)
    assert signed_by(rotated["secret"], *receiver.heard[3]) == [True]
    log = (await api.get(key, f"{where}/calls?limit=2"))["data"]
    assert [(one["event"], one["state"], one["status"], one["said"]) for one in log] == [
        (first["id"], "done", 200, "ok")
    ] * 2
    etag = (await api.ask(key, "GET", where)).headers["ETag"]
    paused = {**given, "paused": True}
    assert (await api.put(key, where, paused, If_Match=etag))["state"] == "paused"
    assert (await api.ask(key, "PUT", where, paused, If_Match=etag)).status == 412
    await pages.hear("dua")
    assert await _tell(pages) == 0
    await api.put(key, where, given)
    assert await _tell(pages) == 1
    assert (await api.ask(key, "DELETE", where)).status == 204
    await api.get(key, where, 404)
    while await pages.house.webhooks.forget(pages.clock()):
        pass
    await pages.hear("tiga")
    assert await _tell(pages) == 0


@SQLITE
async def test_a_key_has_nobody_told_what_it_may_not_read_itself(pages: Site, receiver: Receiver) -> None:
    api = Asking(pages)
    few = await api.key("admin", [Scope.WEBHOOKS_WRITE, Scope.TICKETS_READ], login="few")
    given = {"name": "x", "url": receiver.url}
    await api.post(few, "/webhooks", {**given, "kinds": ["delivery.settled"]}, 403)
    no_tickets = await api.key("admin", [Scope.WEBHOOKS_WRITE, Scope.DELIVERIES_READ], login="none")
    await api.post(no_tickets, "/webhooks", {**given, "kinds": ["delivery.settled"]}, 403)
    await api.post(few, "/webhooks", {**given, "kinds": ["ticket.opened"], "shielded": True}, 403)
    made = await api.post(few, "/webhooks", {**given, "kinds": ["ticket.opened"]}, 201)
    assert (await api.ask(few, "GET", "/webhooks")).status == 403
    east = await api.key("admin", region="31.75", login="east")
    await api.get(east, f"/webhooks/{made['webhook']['id']}", 404)
    wrong = await api.post(east, "/webhooks", {**given, "kinds": ["ticket.opened"], "region": "73"}, 422)
    assert wrong["errors"][0]["pointer"] == "#/region"
    assert (await api.post(east, "/webhooks", {**given, "kinds": ["ticket.opened"]}, 201))["webhook"][
        "region"
    ] == "31.75"
    for url in ("https://127.0.0.2/", "https://2130706434/", "http://10.0.0.1/", "https://[::ffff:10.0.0.1]/"):
        wrong = await api.post(few, "/webhooks", {**given, "url": url, "kinds": ["ticket.opened"]}, 422)
        assert wrong["errors"][0]["pointer"] == "#/url", url


@SQLITE
async def test_hidden_tickets_are_told_to_those_alone_who_take_them_even_when_hidden_on_the_way(
    pages: Site, receiver: Receiver
) -> None:
    clock, webhooks = pages.clock, pages.house.webhooks
    await webhooks.add(Wish("desk", receiver.url, ["ticket.opened"]), who="cli:test", now=clock())
    await webhooks.add(Wish("east", receiver.url, ["ticket.opened"], "73"), who="cli:test", now=clock())
    ticket = await pages.hear("Ketua RT minta uang")
    await webhooks.gather(clock())
    async with pages.house.database.write() as db:
        hidden = update(schema.tickets).where(schema.tickets.c.id == ticket.id)
        await db.execute(hidden.values(shielded=True))
    assert await _tell(pages) == 1
    assert receiver.heard == []
    log = await webhooks.log(1, 0, 5)
    assert [(one.state, one.said) for one in log] == [("withheld", "the complaint was hidden meanwhile")]
    with pytest.raises(Refused):
        await webhooks.replay(1, who="cli:test", now=clock(), uid=log[0].uid)
    wish = Wish("inspectorate", receiver.url, ["ticket.opened"], shielded=True)
    made, _ = await webhooks.add(wish, who="cli:test", now=clock())
    assert await webhooks.replay(made.id, who="cli:test", now=clock(), uid=log[0].uid) == 1
    assert await _tell(pages) == 1
    assert receiver.kinds == ["ticket.opened"]
    await pages.hear("Belum cair")
    await webhooks.gather(clock())
    narrower = Wish("inspectorate", receiver.url, ["broadcast.state"], shielded=True)
    await webhooks.change(made.id, narrower, who="cli:test", now=clock())
    await _tell(pages)
    assert (await webhooks.log(made.id, 0, 1))[0].said == "the webhook follows this no more"
    assert receiver.kinds == ["ticket.opened"] * 2, "the desk heard, the other no more"


@SQLITE
async def test_an_answer_that_leads_elsewhere_or_never_ends_leads_nowhere(pages: Site, receiver: Receiver) -> None:
    reach, now = pages.house.reach, pages.clock()
    receiver.answers = [web.Response(status=302, headers={"Location": f"{receiver.url}/elsewhere"})]
    assert (await reach.post(receiver.url, b"{}", {}, now)).status == 302
    assert len(receiver.heard) == 1, "no redirect is followed"
    receiver.words = "0812-3456-7890 " + "a" * 100_000
    reply = await reach.post(receiver.url, b"{}", {}, now)
    assert reply.taken
    assert reply.said.startswith("… a")
    assert len(reply.said) <= 200
    strict = Reach(())
    by_name = receiver.url.replace("127.0.0.1", "localhost")
    for url in (
        receiver.url,
        by_name,
        by_name.replace("http:", "https:"),
        "https://[::ffff:127.0.0.1]/",
    ):
        refused = await strict.post(url, b"{}", {}, now)
        assert refused.status == 0, url
        assert "private network" in refused.said or "without TLS" in refused.said, (url, refused.said)
    await strict.close()
    assert len(receiver.heard) == 2


@SQLITE
async def test_the_example_receiver_believes_what_is_signed_and_nothing_else(pages: Site, receiver: Receiver) -> None:
    webhooks, clock = pages.house.webhooks, pages.clock
    made, secret = await webhooks.add(Wish("x", receiver.url, OFFERED), who="cli:test", now=clock())
    await webhooks.ping(made.id, who="cli:test", now=clock())
    await _tell(pages)
    headers, body = receiver.heard[0]
    program = (
        "import sys, json, runpy; page = runpy.run_path(sys.argv[1], run_name='page'); "
        "headers, body, now = json.loads(sys.stdin.read()); "
        "genuine = page['genuine']; raw = body.encode(); "
        "later = {**headers, 'webhook-timestamp': str(int(now) - 900)}; "
        "print([genuine(headers, raw, now), genuine(headers, raw + b' ', now), genuine(headers, raw, now + 900), "
        "genuine(later, raw, now - 900), genuine({}, raw, now)])"
    )
    environment = {**os.environ, "SECRET": secret}
    pipe = asyncio.subprocess.PIPE
    words = [sys.executable, "-c", program, str(DOCS / "webhook_receiver.py")]
    process = await asyncio.create_subprocess_exec(*words, env=environment, stdin=pipe, stdout=pipe)
    given = json.dumps([headers, body.decode(), clock().timestamp()]).encode()
    told, _ = await process.communicate(given)
    assert told.decode().strip() == "[True, False, False, False, False]"


@SQLITE
async def test_an_admin_adds_tries_and_removes_a_webhook_by_page(pages: Site, receiver: Receiver) -> None:
    await pages.be("admin")
    form = {"name": "SIKS <b>", "url": receiver.url, "ticket.opened": "1"}
    made = re.search(r"whsec_[A-Za-z0-9+/=]{44}", await (await pages.post("/webhooks", form)).text())
    assert made is not None
    assert made[0] not in await pages.read("/webhooks")
    assert (await pages.post("/webhooks/1", {"do": "ping"})).status == 303
    await pages.hear("satu")
    await _tell(pages)
    page = await pages.read("/webhooks/1")
    assert "SIKS &lt;b&gt;" in page
    assert page.count("jawaban 200") == 2
    event = receiver.told[1]["id"]
    for fields in ({"do": "replay", "event": event}, {"do": "replay", "days": "7"}, {"do": "pause"}, {"do": "on"}):
        assert (await pages.post("/webhooks/1", fields)).status == 303, fields
    assert "whsec_" in await (await pages.post("/webhooks/1", {"do": "secret"})).text()
    assert (await pages.post("/webhooks/1", {"do": "x"})).status == 400
    refused = await pages.post("/webhooks", {**form, "url": "https://10.0.0.1/"})
    assert refused.status == 400
    assert "https://10.0.0.1/" in await refused.text()
    assert (await pages.post("/webhooks/1", {"do": "remove"})).status == 303
    await pages.read("/webhooks/1", 404)
