"""The proof beyond the chain: rows altered by hand are found and named, whatever the ledger's own links say."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, text, update

from channels.contract import Receipt, ReceiptState
from notifier.app.lines import delivery_terms
from notifier.dispatch import settle_receipt
from notifier.ledger import seal, verify
from notifier.proofs import prove
from notifier.rules.settled import digest, named, told
from notifier.rules.tickets import Act
from notifier.store import rounds
from notifier.store.schema import (
    attempts,
    deliveries,
    entitlement_changes,
    entitlements,
    ledger,
    metadata,
    ticket_messages,
    tickets,
)
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk, open_talk

CODE = "BPNT-2026-12-DS"
PHONE = "+6281200000001"


@pytest.fixture
async def talk(database_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    """A broadcast to five people, one receipt, a complaint answered, an entitlement moved on."""
    async with open_talk(database_url, tmp_path) as opened:
        await _day(opened)
        yield opened


async def _day(talk: Talk) -> None:
    stage = talk.stage
    of = await add_round(stage)
    first = 0
    for n in range(1, 6):
        first = await add_person(stage, "SITI AMINAH", ("sms", f"+628120000000{n}"))
    await stage.broadcast("round_announced", CODE)
    await stage.send()
    async with stage.house.database.write() as db:
        ref = (await db.execute(select(attempts.c.ref).order_by(attempts.c.id).limit(1))).scalar_one()
        await settle_receipt(
            db, "sms", Receipt(ref, ReceiptState.DELIVERED), delivery_terms(stage.house), stage.clock()
        )
        drawn = await rounds.draw(db, [(of, first)], "DIJADWALKAN", stage.clock())
        await rounds.set_status(db, drawn[of, first].id, "DISALURKAN", "", "import:1", stage.clock())
        await rounds.set_status(db, drawn[of, first].id, "DITERIMA", "", "citizen", stage.clock())
    await talk.sms(PHONE, "bantuan saya dipotong 50 ribu oleh ketua RT")
    stage.clock.move(minutes=5)
    row = (await talk.rows(tickets))[0]
    boss = await talk.staff("sari")
    ticket = await talk.house.desk.act(boss, row["number"], Act.VERIFY, "", row["version"], stage.clock())
    await talk.house.desk.answer(boss, ticket.number, "Kami periksa.", ticket.version, stage.clock())
    await talk.house.desk.note(boss, ticket.number, "Telepon RT besok.", stage.clock())
    await talk.sms(PHONE, "terima kasih, saya tunggu kabarnya. ketua RT minta lagi 20 ribu")
    await stage.send()
    await seal(talk.house.database, talk.house.vault, "test", stage.clock())


async def _found(talk: Talk) -> list[str]:
    return [finding async for finding in prove(talk.house.database, talk.house.vault)]


async def test_rows_that_nobody_altered_agree_with_the_ledger(talk: Talk) -> None:
    seen: set[str] = set()
    found = [f async for f in prove(talk.house.database, talk.house.vault, lambda what, n: seen.add(what))]
    assert not found
    assert seen == {"attempts", "deliveries", "broadcasts", "entitlements", "tickets"}
    assert (await verify(talk.house.database, talk.house.vault)).sound


async def test_numbers_that_leap_after_a_restore_are_not_walked_through(talk: Talk) -> None:
    async with talk.house.database.write() as db:
        row = (await db.execute(select(deliveries).order_by(deliveries.c.id).limit(1))).mappings().one()
        await db.execute(
            insert(deliveries).values({**row, "id": 90_000_000, "broadcast_id": None, "state": "cancelled"})
        )
    looked: list[str] = []
    assert not [f async for f in prove(talk.house.database, talk.house.vault, lambda what, n: looked.append(what))]
    assert looked.count("deliveries") == 2


ALTERED = {
    "a ref": (
        "UPDATE attempts SET ref = 'forged' WHERE id = 2",
        "attempts: line, ref, key or person of one of the attempts",
    ),
    "a line": ("UPDATE attempts SET line = 'mail' WHERE id = 2", "attempts: line, ref, key"),
    "a weaker state": ("UPDATE attempts SET state = 'unknown' WHERE id = 2", "attempts 2: it is unknown, weaker than"),
    "a stronger state": ("UPDATE attempts SET state = 'read' WHERE id = 2", "attempts 2: it is read, ledger"),
    "a delivery that arrived": (
        "UPDATE deliveries SET state = 'read' WHERE id = 2",
        "deliveries 2: it is read, but no attempt of it is",
    ),
    "a delivery that failed": (
        "UPDATE deliveries SET state = 'failed' WHERE id = 2",
        "tallies of broadcast 1: 0 are counted as failed, 1 deliveries are",
    ),
    "a counter": (
        "UPDATE tallies SET n = n + 1 WHERE broadcast_id = 1 AND state = 'accepted'",
        "tallies of broadcast 1: 5 are counted as accepted, 4 deliveries are",
    ),
    "the planner": (
        "UPDATE broadcasts SET planned_by = 'account:9' WHERE id = 1",
        "broadcasts 1: planned by account:9",
    ),
    "the approver": ("UPDATE broadcasts SET approved_by = 'account:9'", "broadcasts 1: approved by account:9"),
    "no approver": ("UPDATE broadcasts SET approved_by = ''", "broadcasts 1: approved by nobody, the ledger says"),
    "the cap": ("UPDATE broadcasts SET cap = 5", "broadcasts 1: it may cost 5 rupiah"),
    "the audience": ("UPDATE broadcasts SET audience = 4", "broadcasts 1: its audience is 4, the ledger says 5"),
    "the state": ("UPDATE broadcasts SET state = 'stopped'", "broadcasts 1: it is stopped, but ledger"),
    "the person": ("UPDATE deliveries SET person_id = NULL WHERE id = 2", "attempts: line, ref, key or person of"),
    "the contact": ("UPDATE attempts SET contact_id = 1 WHERE id = 2", "attempts 2: its contact is 1, its key"),
    "a ticket's hour": (
        "UPDATE tickets SET opened_at = '2026-12-01T00:00:00.000000Z'",
        "tickets 1: opened at 2026-12-01 00:00:00+00:00, ledger",
    ),
    "the number approved": ("UPDATE broadcasts SET approved_audience = 9", "broadcasts 1: approved for 9 people"),
    "an entitlement": ("UPDATE entitlements SET status = 'GAGAL'", "entitlements 5: it is GAGAL, its last change"),
    "a change of one": ("UPDATE entitlement_changes SET status = 'GAGAL' WHERE id = 1", "entitlement_changes 2:"),
    "a ticket's status": ("UPDATE tickets SET status = 'closed' WHERE id = 1", "tickets 1: it is closed, its history"),
    "a ticket's category": ("UPDATE tickets SET category = 'other' WHERE id = 1", "tickets 1: it is about other"),
    "who moved a ticket": (
        "UPDATE ticket_changes SET who = 'account:9' WHERE act = 'verify'",
        "verify to verified by account:9, but ledger",
    ),
    "a move that is gone": ("DELETE FROM ticket_changes WHERE act = 'verify'", "ticket_changes"),
    "what a citizen said": (
        "UPDATE ticket_messages SET text = 'tidak jadi' WHERE id = 1",
        "ticket_messages 1: its words",
    ),
    "what we answered": (
        "UPDATE ticket_messages SET text = 'beres' WHERE kind = 'out'",
        "ticket_messages 2: its words",
    ),
    "a note": ("UPDATE ticket_messages SET text = 'aman' WHERE kind = 'note'", "ticket_messages 3: its words"),
}


async def test_each_row_altered_by_hand_is_named(talk: Talk) -> None:
    for what, (statement, sentence) in ALTERED.items():
        table = metadata.tables[re.split(r"UPDATE |DELETE FROM ", statement)[1].split()[0]]
        async with talk.house.database.write() as db:
            before = [dict(row) for row in (await db.execute(select(table))).mappings()]
            done = await db.execute(text(statement))
            assert done.rowcount, what
        found = await _found(talk)
        assert any(sentence in finding for finding in found), (what, found)
        await _put_back(talk, table, before)
    assert not await _found(talk), "all was put back"


async def _put_back(talk: Talk, table: Table, before: list[dict[str, Any]]) -> None:
    """The rows of a table as they were: one day is played for all that is altered."""
    keys = list(table.primary_key.columns)
    async with talk.house.database.write() as db:
        for row in before:
            mine = [key == row[key.name] for key in keys]
            if not (await db.execute(update(table).where(*mine).values(row))).rowcount:
                await db.execute(insert(table).values(row))


async def test_rows_slipped_in_or_taken_out_are_named(talk: Talk) -> None:
    async with talk.house.database.write() as db:
        row = (await db.execute(select(attempts).where(attempts.c.id == 1))).mappings().one()
        forged = {**row, "id": 900, "number": 7, "state": "accepted", "ref": "forged"}
        await db.execute(insert(attempts).values(forged))
        await db.execute(delete(attempts).where(attempts.c.id == 3))
        await db.execute(delete(ticket_messages).where(ticket_messages.c.kind == "note"))
        said = {"ticket_id": 1, "kind": "out", "text": "Selesai.", "at": talk.now, "versions": []}
        await db.execute(insert(ticket_messages).values(id=900, **said))
        await db.execute(delete(entitlement_changes))
        await db.execute(update(entitlements).values(status="GAGAL"))
    found = " | ".join(await _found(talk))
    for sentence in (
        "attempts 900: it is accepted, but neither an act of the ledger nor a receipt says so",
        "attempt 1 of delivery 3 is gone",
        "ticket_messages 3: it is gone",
        "ticket_messages 900: no act of the ledger tells of it",
        "entitlements 1: it is GAGAL, drawn as DIJADWALKAN",
    ):
        assert sentence in found


async def test_words_are_kept_as_digests_that_nobody_guesses_without_the_key(talk: Talk) -> None:
    for row in await talk.rows(ledger):
        assert "dipotong" not in row["detail"]
    digests = [json.loads(row["detail"])["words"] for row in await talk.rows(ledger) if '"words"' in row["detail"]]
    assert len(digests) == len(set(digests)) == len(await talk.rows(ticket_messages))


def test_an_act_names_a_group_of_attempts_in_few_words() -> None:
    group = [(n, 1, "accepted", f"r{n}", "") for n in range(1001, 1101)]
    group += [(5, 2, "failed", "", "5:1:2:7"), (1200, 1, "failed", "", "")]
    detail = told("sms", reversed(group))
    assert detail["of"] == {"failed": "5.2 1200", "accepted": "1001-1100"}
    assert len(json.dumps(detail)) < 200
    assert named(detail) == {(d, number): state for d, number, state, *_ in sorted(group)}
    assert detail["whom"] == digest((d, n, "sms", f"{ref}:{to}") for d, n, _, ref, to in sorted(group))
    assert detail["whom"] != told("mail", group)["whom"]
    mixed = [
        (7, 1, "accepted", "", ""),
        (8, 2, "accepted", "", ""),
        (9, 2, "accepted", "", ""),
        (10, 1, "accepted", "", ""),
    ]
    assert told("sms", mixed)["of"] == {"accepted": "7 8-9.2 10"}
    assert named(told("sms", mixed)) == {
        (7, 1): "accepted",
        (8, 2): "accepted",
        (9, 2): "accepted",
        (10, 1): "accepted",
    }
