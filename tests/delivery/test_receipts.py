"""A provider's word on a message: repeated, early, late, for nobody we know; rank decides."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from channels.contract import Receipt, ReceiptState
from notifier.app.lines import delivery_terms
from notifier.dispatch import Outcome, settle_receipt
from notifier.dispatch import receipts as receipt_words
from notifier.dispatch.settle import settle_group
from notifier.rules.deliveries import State
from notifier.store import attempts as attempt_rows
from notifier.store.schema import attempts, contacts, deliveries, receipts
from tests.houses import Stage, add_person, add_round, open_stage

A, D, R, F = ReceiptState.ACCEPTED, ReceiptState.DELIVERED, ReceiptState.READ, ReceiptState.FAILED


async def _tell(stage: Stage, receipt: Receipt, line: str = "sms") -> str:
    async with stage.house.database.write() as db:
        return await settle_receipt(db, line, receipt, delivery_terms(stage.house), stage.clock())


async def _sent(stage: Stage, *addresses: tuple[str, str]) -> tuple[int, str]:
    await add_round(stage)
    await add_person(stage, "SITI AMINAH", *addresses)
    number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
    await stage.send()
    async with stage.house.database.read() as db:
        ref = (await db.execute(select(attempts.c.ref).order_by(attempts.c.id))).scalars().first()
    assert ref
    return number, ref


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ([D], "delivered"),
        ([D, A], "delivered"),
        ([A, R, D], "read"),
        ([F], "failed"),
        ([D, F], "delivered"),
        ([F, D], "delivered"),
        ([D, D, D], "delivered"),
    ],
)
async def test_a_stronger_word_never_loses_to_a_weaker_one(
    database_url: str, tmp_path: Path, words: list[ReceiptState], end: str
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number, ref = await _sent(stage, ("sms", "+6281230000001"))
        for word in words:
            await _tell(stage, Receipt(ref, word))
        account = await stage.house.broadcasts.statement(number)
        assert account.balanced
        assert account.as_json()[end] == 1


async def test_a_word_repeated_is_kept_once(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        _, ref = await _sent(stage, ("sms", "+6281230000001"))
        assert [await _tell(stage, Receipt(ref, D)) for _ in range(2)] == ["delivered", "repeated"]


async def test_a_word_about_a_message_nobody_knows_is_kept(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        assert await _tell(stage, Receipt("nobody-knows", D)) == "kept"
        async with stage.house.database.read() as db:
            row = (await db.execute(select(receipts.c.ref, receipts.c.attempt_id))).one()
        assert tuple(row) == ("nobody-knows", None)


async def test_a_receipt_that_overtakes_its_own_send_counts_once_the_ref_is_known(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("telegram", "710000001"))
        # A chat's first message is number 1 of that chat: the receipt comes before we have sent it.
        assert await _tell(stage, Receipt("710000001:1", R), "bot") == "kept"
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        assert (await stage.house.broadcasts.statement(number)).read == 1


async def test_a_bounce_marks_the_contact_and_climbs_to_the_next(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number, ref = await _sent(stage, ("sms", "+6281230000001"), ("email", "siti@example.com"))
        await _tell(stage, Receipt(ref, F, reason="unknown_subscriber", permanent=True))
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.accepted + account.delivered, account.failed, account.balanced) == (1, 0, True)
        assert len(stage.providers.phones.notes("siti@example.com")) == 1
        async with stage.house.database.read() as db:
            dead = (await db.execute(select(contacts.c.address).where(contacts.c.state == "dead"))).scalars().all()
        assert dead == ["+6281230000001"]


async def test_success_on_an_earlier_rung_calls_off_a_later_one_that_has_not_left(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number, ref = await _sent(stage, ("sms", "+6281230000001"), ("email", "siti@example.com"))
        await _tell(stage, Receipt(ref, F, reason="error"))
        await _tell(stage, Receipt(ref, D))
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.delivered, account.due, account.balanced) == (1, 0, True)
        assert not stage.providers.phones.notes("siti@example.com")


async def test_a_late_word_lifts_unknown_and_cancels_the_resend(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+62000004001"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.send()
        async with stage.house.database.read() as db:
            key = (await db.execute(select(attempts.c.key))).scalar_one()
        await _tell(stage, Receipt("late", D, key=key))
        stage.clock.move(minutes=3)
        await stage.dispatcher.drain()
        account = await stage.house.broadcasts.statement(number)
        assert (account.delivered, account.unknown, account.balanced) == (1, 0, True)
        assert len(stage.providers.phones.calls) == 1


async def test_an_attempt_nobody_reported_becomes_unknown_and_is_sent_once_more(
    database_url: str, tmp_path: Path
) -> None:
    """What a killed worker leaves behind: a row that says we were about to."""
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        grant = await stage.claim("sms")
        assert len(grant.ready) == 1  # and here the worker dies
        assert (await stage.house.broadcasts.statement(number)).sending == 1
        stage.clock.move(minutes=2)
        await stage.dispatcher.lapse()
        account = await stage.house.broadcasts.statement(number)
        assert (account.unknown, account.sending, account.balanced) == (1, 0, True)
        stage.clock.move(minutes=3)
        await stage.dispatcher.drain()
        account = await stage.house.broadcasts.statement(number)
        assert (account.accepted + account.delivered, account.balanced) == (1, True)
        async with stage.house.database.read() as db:
            keys = (await db.execute(select(attempts.c.key, attempts.c.state).order_by(attempts.c.number))).all()
            twice = (await db.execute(select(deliveries.c.maybe_twice))).scalar_one()
        assert [tuple(key) for key in keys] == [("1:1:1", "unknown"), ("1:1:1", "accepted")]
        assert twice


async def test_a_bounce_that_overtakes_the_settling_still_climbs(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"), ("email", "siti@example.com"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        claimed = (await stage.claim("sms")).ready[0].delivery
        await _tell(stage, Receipt("r1", F, reason="no such number", key="1:1:1", permanent=True))
        outcome = Outcome(claimed.id, claimed.fence, stage.clock(), State.ACCEPTED, ref="r1")
        async with stage.house.database.write() as db:
            await settle_group(db, "sms", [outcome], delivery_terms(stage.house), stage.clock(), [0.5])
        await stage.send()
        assert len(stage.providers.phones.notes("siti@example.com")) == 1
        assert (await stage.house.broadcasts.statement(number)).balanced
        async with stage.house.database.read() as db:
            dead = (await db.execute(select(contacts.c.address).where(contacts.c.state == "dead"))).scalars().all()
            why = (await db.execute(select(attempts.c.reason).where(attempts.c.state == "failed"))).scalars().all()
        assert (dead, why) == (["+6281230000001"], ["no such number"])


async def test_a_bounce_told_before_the_sender_died_is_a_failure_and_not_a_riddle(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"), ("email", "siti@example.com"))
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await stage.claim("sms")
        await _tell(stage, Receipt("r1", F, reason="no such number", key="1:1:1", permanent=True))
        stage.clock.move(minutes=2)
        await stage.dispatcher.lapse()
        async with stage.house.database.read() as db:
            assert (await db.execute(select(attempts.c.state))).scalars().all() == ["failed"]
        await stage.send()
        assert len(stage.providers.phones.notes("siti@example.com")) == 1
        assert (await stage.house.broadcasts.statement(number)).balanced


async def test_an_acceptance_that_comes_after_the_refusal_of_the_same_attempt_says_nothing(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", "+62000001001"))  # refuses for now, every time
        number = await stage.broadcast("round_announced", "BPNT-2026-12-DS")
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await stage.dispatcher.drain()
        await _tell(stage, Receipt("", A, key="1:1:1"))
        account = await stage.house.broadcasts.statement(number)
        assert (account.accepted, account.due, account.balanced) == (0, 1, True)


async def test_a_receipt_that_met_its_send_is_found_behind_many_of_messages_that_others_sent(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, real = [], attempt_rows.found_late

    async def found_late(*words: Any) -> Any:
        looked.append(words[2])
        return await real(*words)

    monkeypatch.setattr(attempt_rows, "found_late", found_late)
    monkeypatch.setattr(receipt_words, "PAGE", 2)
    async with open_stage(database_url, tmp_path) as stage:
        _, ref = await _sent(stage, ("sms", "+6281230000001"))
        now, known = stage.clock(), {"line": "sms", "key": "", "state": "delivered"}
        async with stage.house.database.write() as db:
            for foreign in ("!1", "!2", "!3", ref):
                await db.execute(insert(receipts).values(ref=foreign, heard_at=now, **known))
        looked.clear()
        assert [await stage.dispatcher.lapse() for _ in range(3)] == [0, 1, 0]
        assert len(set(looked)) == 3, "each look goes on where the last one ended"
        async with stage.house.database.read() as db:
            assert (await db.execute(select(deliveries.c.state))).scalars().all() == ["delivered"]
