"""From what happens to what another system hears: every event once, in order, signed, tried again, never a person."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy import insert, select, update

from notifier.app.lines import build_caller
from notifier.rules.tickets import Act
from notifier.rules.webhooks import OFFERED
from notifier.store import happenings, schema
from notifier.store import webhooks as rows
from notifier.webhooks import Caller, Webhook, Wish
from tests.web.sites import Site
from tests.webhooks.receivers import Receiver, open_receiver, signed_by


async def follow(pages: Site, receiver: Receiver, **wish: object) -> tuple[Webhook, str]:
    """Have a system told of everything."""
    wanted = Wish("SIKS-NG", receiver.url, OFFERED)
    values = {name: getattr(wanted, name) for name in Wish.__dataclass_fields__} | wish
    return await pages.house.webhooks.add(Wish(**values), who="cli:test", now=pages.clock())


async def tell(pages: Site, caller: Caller | None = None) -> int:
    """What the clock and the worker do; returns how many calls were made."""
    await pages.house.webhooks.gather(pages.clock())
    return await (caller or build_caller(pages.house)).drain()


async def test_another_system_hears_of_tickets_broadcasts_and_messages_and_of_no_person(
    pages: Site, receiver: Receiver
) -> None:
    await pages.hear("sebelum ada yang mendengar")
    _, secret = await follow(pages, receiver)
    await pages.add_people(4)
    await pages.add_round()
    broadcast = await pages.broadcast()
    ticket = await pages.hear("Uang saya dipotong ketua RT 3175070101800001", urgent=True)
    agent = await pages.be("agent", login="sari")
    words = "Kami periksa, Bu Siti Aminah."
    await pages.house.desk.answer(agent, ticket.number, words, ticket.version, pages.clock())
    await tell(pages)
    assert sorted(set(receiver.kinds)) == [
        "broadcast.state",
        "delivery.settled",
        "ticket.answered",
        "ticket.changed",
        "ticket.opened",
    ]
    of_ticket = [body for body in receiver.told if body["type"].startswith("ticket.")]
    assert [body["type"] for body in of_ticket] == ["ticket.opened", "ticket.answered", "ticket.changed"]
    assert of_ticket[0]["data"]["ticket"] == ticket.number
    assert (of_ticket[2]["data"]["was"], of_ticket[2]["data"]["status"]) == ("received", "in_progress")
    states = [body["data"]["state"] for body in receiver.told if body["type"] == "broadcast.state"]
    assert states[0] == "planned"
    assert states[-1] in ("expanding", "sending")
    unreached = [body["data"] for body in receiver.told if body["type"] == "delivery.settled"]
    assert [(d["state"], d["reason"], d["broadcast"]) for d in unreached] == [("suppressed", "no_contact", broadcast)]
    everything = b"".join(body for _, body in receiver.heard).decode()
    for personal in ("Siti", "Aminah", "3175070101800001", "+62812", "dipotong", "317507******"):
        assert personal not in everything
    assert all(signed_by(secret, headers, body) == [True] for headers, body in receiver.heard)
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == len(receiver.heard)
    assert await tell(pages) == 0


async def test_nothing_is_noted_while_nobody_follows(pages: Site, receiver: Receiver) -> None:
    async def noted() -> int:
        async with pages.house.database.read() as db:
            return len((await db.execute(select(schema.happenings.c.id))).all())

    await pages.hear("satu")
    assert await noted() == 0
    first, _ = await follow(pages, receiver)
    second, _ = await follow(pages, receiver)
    await pages.hear("dua")
    assert await noted() == 1
    for one in (first, second):
        await pages.house.webhooks.remove(one.id, who="cli:test", now=pages.clock())
    await pages.hear("tiga")
    assert await noted() == 0
    async with pages.house.database.read() as db:
        assert not await happenings.followed(db)


async def test_a_receiver_that_is_away_hears_everything_later_in_order(pages: Site, receiver: Receiver) -> None:
    webhook, _ = await follow(pages, receiver, kinds=["ticket.opened", "ticket.changed"])
    ticket = await pages.hear("halo")
    agent = await pages.be("agent", login="sari")
    await pages.house.desk.act(agent, ticket.number, Act.START, "", ticket.version, pages.clock())
    receiver.answers = [web.Response(status=503, text="mohon tunggu 081234567890", headers={"Retry-After": "120"})]
    assert await tell(pages) == 1, "the later news waits for the one before"
    pages.clock.move(seconds=119)
    assert await tell(pages) == 0, "Retry-After is obeyed"
    pages.clock.move(seconds=2)
    assert await tell(pages) == 2
    assert receiver.kinds == ["ticket.opened", "ticket.opened", "ticket.changed"]
    names = [headers["webhook-id"] for headers, _ in receiver.heard]
    assert names[0] == names[1] != names[2]
    log = await pages.house.webhooks.log(webhook.id, 0, 10)
    assert [(one.state, one.tries, one.status) for one in log] == [("done", 1, 200), ("done", 2, 200)]
    async with pages.house.database.read() as db:
        said = (await db.execute(select(schema.webhook_tries.c.said).order_by(schema.webhook_tries.c.id))).scalars()
        assert list(said) == ["mohon tunggu …", "ok", "ok"]


async def test_one_that_fails_for_three_days_is_switched_off_and_admins_are_told_once(
    pages: Site, receiver: Receiver
) -> None:
    admin = await pages.be("admin")
    async with pages.house.database.write() as db:
        how = {"notify_kind": "sms", "notify_address": "+6281200000099"}
        await db.execute(update(schema.accounts).where(schema.accounts.c.id == admin.account_id).values(**how))
    webhook, _ = await follow(pages, receiver)
    await pages.hear("halo")
    receiver.always = 500
    made = 0
    for _ in range(8):
        made += await tell(pages)
        pages.clock.move(hours=12)
    found = await pages.house.webhooks.get(webhook.id)
    assert found.state == "off"
    assert "status 500" in found.why
    assert made == 7, "at once, and each half day until three days are over"
    async with pages.house.database.read() as db:
        alerts = await db.execute(select(schema.deliveries.c.facts).where(schema.deliveries.c.event == "webhook_off"))
        assert [facts["webhook"] for facts in alerts.scalars()] == ["SIKS-NG"]
    receiver.always = 200
    await pages.hear("selama mati")
    await tell(pages)
    wish = Wish("SIKS-NG", receiver.url, OFFERED)
    await pages.house.webhooks.change(webhook.id, wish, who="cli:test", now=pages.clock())
    await pages.house.webhooks.replay(webhook.id, who="cli:test", now=pages.clock(), since=pages.clock() - timedelta(5))
    receiver.heard.clear()
    await tell(pages)
    assert receiver.kinds.count("ticket.opened") == 2


async def test_several_workers_make_each_call_once_and_the_calls_of_one_that_died_again(
    pages: Site, receiver: Receiver
) -> None:
    await follow(pages, receiver, kinds=["ticket.opened"])
    for n in range(20):
        await pages.hear(f"aduan {n}")
    await pages.house.webhooks.gather(pages.clock())
    workers = [build_caller(pages.house) for _ in range(3)]
    assert sum(await asyncio.gather(*(worker.drain() for worker in workers))) == 20
    assert len({body["id"] for body in receiver.told}) == len(receiver.told) == 20
    await pages.hear("terakhir")
    await pages.house.webhooks.gather(pages.clock())
    async with pages.house.database.write() as db:  # one takes it, and dies over it
        now = pages.clock()
        taken = await rows.take(db, 1, now, now + timedelta(seconds=45), 8)
    assert await tell(pages) == 0, "it is another's for now"
    pages.clock.move(seconds=46)
    assert await tell(pages) == 1
    assert receiver.told[-1]["id"] == taken[0].uid
    async with pages.house.database.write() as db:  # a word that comes after all decides nothing
        late = rows.Made(taken[0].id, taken[0].tries, "due", pages.clock(), 0, 1, "terlambat")
        await rows.made(db, [late], pages.clock())
    assert await tell(pages) == 0


async def test_a_slow_receiver_holds_nobody_else(pages: Site, receiver: Receiver) -> None:
    answers = asyncio.Event()
    async with open_receiver() as slow:
        slow.until = answers
        await follow(pages, slow, kinds=["ticket.opened"])
        await follow(pages, receiver, kinds=["ticket.opened"])
        for n in range(3):
            await pages.hear(f"aduan {n}")
        await pages.house.webhooks.gather(pages.clock())
        caller = build_caller(pages.house)
        draining = asyncio.create_task(caller.drain())
        while len(receiver.heard) < 3:
            await asyncio.sleep(0)
        assert not draining.done()
        answers.set()
        assert await draining == 6


async def test_a_process_that_ends_gives_back_what_it_has_not_begun_and_another_tells_it(
    pages: Site, receiver: Receiver
) -> None:
    async def leased() -> int:
        c = schema.webhook_calls.c
        async with pages.house.database.read() as db:
            return len((await db.execute(select(c.id).where(c.lease_until.is_not(None)))).all())

    await follow(pages, receiver, kinds=["ticket.opened"])
    for n in range(9):
        await pages.hear(f"aduan {n}")
    await pages.house.webhooks.gather(pages.clock())
    receiver.until = asyncio.Event()
    ending = build_caller(pages.house)
    draining = asyncio.create_task(ending.drain())
    while len(receiver.heard) < 3 or await leased() < 6:
        await asyncio.sleep(0)
    ending.stop()
    receiver.until.set()
    assert await draining == 3
    assert await leased() == 0
    assert await build_caller(pages.house).drain() == 6, "at once: no lease is waited for"
    assert len({body["id"] for body in receiver.told}) == len(receiver.told) == 9
    log = await pages.house.webhooks.log(1, 0, 20)
    assert {(one.state, one.tries) for one in log} == {("done", 1)}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_is_committed_late_is_told_although_later_ones_were_told_before(
    pages: Site, receiver: Receiver
) -> None:
    await follow(pages, receiver, kinds=["ticket.opened"])
    async with pages.house.database.write() as db:
        numbers = select(schema.ticket_changes.c.id)
        first = await pages.hear("pertama")
        note = {"kind": "ticket", "subject_id": first.id, "state": "received", "reason": "", "at": pages.clock()}
        change = (await db.execute(numbers)).scalars().first()
        late = insert(schema.happenings).values(**note, change_id=change).returning(schema.happenings.c.id)
        early = (await db.execute(late)).scalar_one()
        await pages.hear("kedua")
        assert await tell(pages) == 2
    async with pages.house.database.read() as db:
        assert (await db.execute(select(schema.happenings.c.id))).scalars().all() == [early]
    assert await tell(pages) == 1
