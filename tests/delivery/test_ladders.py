"""In which order people are tried: by programme, by preference, and where a message is not carried at all."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from notifier.config import load, parse
from notifier.errors import Refused
from notifier.outbox import Notice
from notifier.store import contacts as rows
from notifier.store.schema import accounts, contacts, deliveries
from tests.houses import Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"
SITI, CHAT, MAIL = "+6281230000001", "710000001", "siti@example.com"
DEAD = "99900002"  # a chat that does not exist
EVERYWHERE = (("telegram", CHAT), ("sms", SITI), ("email", MAIL))


def _where(stage: Stage) -> list[str]:
    phones = stage.providers.phones
    return [address for address in (CHAT, SITI, MAIL) if phones.notes(address)]


async def _settled(stage: Stage) -> list[tuple[str, str]]:
    async with stage.house.database.read() as db:
        found = await db.execute(select(deliveries.c.state, deliveries.c.reason).order_by(deliveries.c.id))
        return [(state, reason) for state, reason in found]


@pytest.mark.parametrize(
    ("ladders", "prefers", "reached"),
    [
        ({}, "", CHAT),
        ({}, "sms", SITI),
        ({}, "email", MAIL),
        ({"BPNT": ["sms", "telegram"]}, "", SITI),
        ({"BPNT": ["sms", "telegram"]}, "telegram", CHAT),
        ({"BPNT": ["sms", "telegram"]}, "email", SITI),  # mail is not on that ladder
        ({"PKH": ["email"]}, "", CHAT),
    ],
)
async def test_people_are_tried_as_their_programme_and_they_themselves_have_it(
    database_url: str, tmp_path: Path, ladders: dict[str, list[str]], prefers: str, reached: str
) -> None:
    async with open_stage(database_url, tmp_path, delivery={"ladders": ladders}) as stage:
        round_id = await add_round(stage)
        person = await add_person(stage, "SITI AMINAH", *EVERYWHERE, prefers=prefers)
        _, preview = await stage.house.broadcasts.plan(
            stage.planner, "round_announced", CODE, "now", stage.clock(), dry_run=True
        )
        await stage.broadcast("round_announced", CODE)
        await stage.send()
        assert _where(stage) == [reached]
        assert list(preview.by_channel) == [{CHAT: "telegram", SITI: "sms", MAIL: "email"}[reached]]
        notice = Notice("entitlement_changed", "id", "Asia/Jakarta", person_id=person, round_id=round_id)
        async with stage.house.database.write() as db:
            queued = await stage.house.outbox.queue(db, notice, stage.clock())
            chosen = select(contacts.c.address).join(deliveries, deliveries.c.contact_id == contacts.c.id)
            assert (await db.execute(chosen.where(deliveries.c.id == queued))).scalar_one() == reached


async def test_after_a_refusal_the_climb_follows_the_person_s_own_order(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI", ("telegram", CHAT), ("email", MAIL), ("sms", "+62000002001"), prefers="sms")
        number = await stage.broadcast("round_announced", CODE)
        await stage.send()
        assert _where(stage) == [CHAT]
        assert (await stage.house.broadcasts.statement(number)).balanced


@pytest.mark.parametrize("now", ["sms email", "sms telegram email"])
async def test_a_ladder_that_is_changed_in_mid_send_leads_on_as_it_is_now(
    database_url: str, tmp_path: Path, now: str
) -> None:
    """Where a rung was taken off, or the one it stands on was put behind another."""
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("telegram", DEAD), ("sms", SITI), ("email", MAIL))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        ladder = {"ladder": now}
        await stage.house.programmes.change(stage.planner, "BPNT", ladder, "sinyal buruk", stage.clock())
        await stage.send()
        assert _where(stage) == [SITI]
        account = await stage.house.broadcasts.statement(number)
        assert (account.failed, account.balanced) == (0, True)


@pytest.mark.parametrize("quiet", [CHAT, SITI])
async def test_a_message_to_an_address_that_said_stop_is_not_carried_to_another(
    database_url: str, tmp_path: Path, quiet: str
) -> None:
    """STOP at the first address, or at the one a refusal leads to."""
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        first = CHAT if quiet == CHAT else DEAD
        await add_person(stage, "SITI AMINAH", ("telegram", first), ("sms", SITI), ("email", MAIL))
        async with stage.house.database.write() as db:
            await rows.stop(db, "telegram" if quiet == CHAT else "sms", quiet, stage.clock())
        number = await stage.broadcast("round_announced", CODE)
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (_where(stage), account.suppressed, account.balanced) == ([], {"stopped": 1}, True)


async def test_who_says_stop_while_a_message_is_under_way_is_left_alone_when_it_is_refused(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("telegram", DEAD), ("sms", SITI))
        await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        async with stage.house.database.write() as db:  # as if said between the claim and the refusal
            await db.execute(update(contacts).where(contacts.c.address == DEAD).values(stopped_at=stage.clock()))
            await db.execute(update(deliveries).values(lane=0))  # the claim lets it pass
        await stage.dispatcher.drain()
        assert (_where(stage), await _settled(stage)) == ([], [("suppressed", "stopped")])


async def test_an_answer_goes_to_an_address_that_said_stop(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        person = await add_person(stage, "SITI AMINAH", ("sms", SITI))
        async with stage.house.database.write() as db:
            await rows.stop(db, "sms", SITI, stage.clock())
            facts = {"number": "ADU-7K4M2QX", "category": "not_received", "text": "Sudah kami periksa."}
            notice = Notice("ticket_answer", "id", "Asia/Jakarta", facts=facts, person_id=person)
            await stage.house.outbox.queue(db, notice, stage.clock())
        await stage.dispatcher.drain()
        assert _where(stage) == [SITI]


async def test_a_stopped_broadcast_does_not_climb_when_a_bounce_comes_late(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("telegram", DEAD), ("sms", SITI))
        number = await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        grant = await stage.claim("bot")
        await stage.house.broadcasts.stop(stage.approver, number, stage.clock())
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await stage.deliver("bot", grant)
        stage.clock.move(seconds=5)
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (_where(stage), account.failed, account.due, account.balanced) == ([], 1, 0, True)


# --- the configuration -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[delivery]\nladder = ["pigeon"]', r'line 2, delivery.ladder: no channel is called "pigeon"'),
        ('[delivery.ladders]\nPKG = ["sms"]', r'line 2, delivery.ladders.PKG: no programme is called "PKG"'),
        ('[delivery.ladders]\nPKH = ["sms", "x"]', r'line 2, delivery.ladders.PKH: no channel is called "x"'),
        ('[delivery.ladders]\nPKH = ["sms", "sms"]', r"line 2, delivery.ladders.PKH: sms stands twice"),
        ("[delivery.ladders]\nPKH = []", r"line 2, delivery.ladders.PKH: an empty ladder"),
    ],
)
def test_a_ladder_nobody_can_climb_is_named_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(Refused, match=sentence):
        load(path, {})


def test_a_ladder_may_come_from_the_environment(tmp_path: Path) -> None:
    config = load(tmp_path / "config.toml", {"NOTIFIER_DELIVERY__LADDERS__PKH": '["sms"]'})
    assert config.delivery.ladders == {"PKH": ("sms",)}
    assert parse({}).delivery.past_due == timedelta(hours=6)


# --- addresses that providers rename ---------------------------------------------------------------------------------


async def test_a_renamed_address_is_followed_wherever_it_stands(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("telegram", "-44"))
        await add_person(stage, "BUDI", ("telegram", "-44"), ("telegram", "-1005"))
        async with stage.house.database.write() as db:
            await db.execute(update(accounts).values(notify_kind="telegram", notify_address="-44"))
        await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        async with stage.house.database.write() as db:
            await rows.stop(db, "telegram", "-44", stage.clock())
            numbers = (await db.execute(select(deliveries.c.id).order_by(deliveries.c.person_id))).scalars().all()
            assert [await rows.moved(db, number, "-1005") for number in numbers] == [True, False]
            kept = select(contacts.c.address, contacts.c.state).order_by(contacts.c.id)
            assert (await db.execute(kept)).all() == [("-1005", "ok"), ("-44", "old"), ("-1005", "ok")]
            assert set((await db.execute(select(accounts.c.notify_address))).scalars()) == {"-1005"}
            assert await rows.is_silent(db, "telegram", "-1005")
            staff = Notice("line_alert", "id", "Asia/Jakarta", account_id=stage.planner.account_id)
            alert = await stage.house.outbox.queue(db, staff, stage.clock())
            assert await rows.moved(db, alert, "-1006")
            assert set((await db.execute(select(accounts.c.notify_address))).scalars()) == {"-1006"}
