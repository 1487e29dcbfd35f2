"""Broadcasts from the plan to the account, over real fake providers and both databases."""

from pathlib import Path

import pytest
from sqlalchemy import delete, update

from notifier.errors import Refused
from notifier.ledger import recall, remember, seal, verify
from notifier.store.schema import ledger
from tests.houses import Stage, add_person, add_round, open_stage


async def _village(stage: Stage) -> None:
    await add_round(stage)
    await add_person(stage, "SITI AMINAH", ("telegram", "710000001"), ("sms", "+6281230000001"))
    await add_person(stage, "D’ANGELO PUTRA", ("sms", "+6281230000002"))
    await add_person(stage, "RAISA DABUKKE", ("email", "raisa@example.com"))
    await add_person(stage, "TANPA HP")


async def test_everyone_of_the_audience_is_told_once_by_the_first_channel_that_reaches_them(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert account.balanced
        assert (account.audience, account.accepted + account.delivered, account.suppressed) == (4, 3, {"no_contact": 1})
        assert account.state == "done"
        phones = stage.providers.phones
        assert [
            len(phones.notes(a)) for a in ("710000001", "+6281230000001", "+6281230000002", "raisa@example.com")
        ] == [
            1,
            0,
            1,
            1,
        ]
        assert "Kantor Pos Duren Sawit" in phones.notes("+6281230000002")[0].text
        await seal(stage.house.database, stage.house.vault, "test", stage.clock())
        assert (await verify(stage.house.database, stage.house.vault)).sound


async def test_the_planner_cannot_approve_their_own_broadcast(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        number, preview = await stage.house.broadcasts.plan(
            stage.planner, "round_announced", "BPNT-2026-12-DS", "now", stage.clock()
        )
        assert number is not None
        assert (preview.people, preview.by_channel, preview.unreachable, preview.segments) == (
            4,
            {"email": 1, "sms": 1, "telegram": 1},
            1,
            1,
        )
        with pytest.raises(Refused, match="somebody else"):
            await stage.house.broadcasts.approve(stage.planner, number, stage.clock())


async def test_the_same_event_for_the_same_round_needs_again(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        with pytest.raises(Refused, match="as `again`"):
            await stage.broadcast("round_announced", "BPNT-2026-12-DS")


async def test_a_definite_refusal_climbs_to_the_next_contact(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("telegram", "99900002"), ("sms", "+6281230000001"))
        await add_person(stage, "BUDI", ("telegram", "9990000201"), ("sms", "+6281230000002"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert account.balanced
        assert len(stage.providers.phones.notes("+6281230000002")) == 1


async def test_a_time_out_after_acceptance_is_unknown_first_and_sent_once_more_with_the_same_key(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+62000004001"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.unknown, account.held, account.balanced) == (1, 0, True)
        stage.clock.move(minutes=3)
        await stage.dispatcher.drain()
        calls = [call.key for call in stage.providers.phones.calls]
        assert len(calls) == 2
        assert len(set(calls)) == 1
        account = await stage.house.broadcasts.statement(number)
        assert (account.unknown, account.held, account.balanced) == (1, 1, True)


async def test_outside_the_send_window_a_message_waits_for_the_morning(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        await add_person(stage, "YOHANA", ("sms", "+6281230000002"), zone="Asia/Jayapura")
        stage.clock.move(hours=10, minutes=30)  # 19:30 in Jakarta, 21:30 in Jayapura
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        phones = stage.providers.phones
        assert (len(phones.notes("+6281230000001")), len(phones.notes("+6281230000002"))) == (1, 0)
        assert (await stage.house.broadcasts.statement(number)).due == 1
        stage.clock.move(hours=11)  # 08:30 in Jayapura, before dawn in Jakarta
        await stage.send()
        assert len(phones.notes("+6281230000002")) == 1


async def test_stopping_recalls_what_has_not_left(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await stage.house.broadcasts.stop(stage.approver, number, stage.clock())
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.cancelled, account.accepted, account.balanced) == (3, 0, True)
        assert stage.providers.phones.count() == 0


async def test_an_audience_that_moved_since_the_approval_is_asked_about_again(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await add_person(stage, "BARU", ("sms", "+6281230000009"))
        await stage.send()
        b = await stage.house.broadcasts.get(stage.approver, number)
        assert (b.state, stage.providers.phones.count()) == ("asking", 0)
        await stage.house.broadcasts.approve(stage.approver, number, stage.clock())
        await stage.send()
        assert stage.providers.phones.count() == 4


async def test_a_plan_long_past_due_asks_before_it_sends(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        stage.clock.move(hours=9)
        await stage.send()
        b = await stage.house.broadcasts.get(stage.approver, number)
        assert (b.state, stage.providers.phones.count()) == ("asking", 0)


async def test_acts_cut_off_at_the_end_are_missed(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        database, head = stage.house.database, stage.house.ledger_head
        await seal(database, stage.house.vault, "test", stage.clock())
        await remember(database, head, stage.clock())
        assert (await verify(database, stage.house.vault, recall(head))).sound
        async with database.write() as db:
            await db.execute(delete(ledger).where(ledger.c.seq == 2))
        proof = await verify(database, stage.house.vault, recall(head))
        assert (proof.sound, "missing" in proof.broken) == (False, True)


async def test_a_row_altered_by_hand_breaks_the_chain(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await seal(stage.house.database, stage.house.vault, "test", stage.clock())
        async with stage.house.database.write() as db:
            await db.execute(update(ledger).where(ledger.c.seq == 1).values(who="account:99"))
        proof = await verify(stage.house.database, stage.house.vault)
        assert not proof.sound
        assert "act 1" in proof.broken
