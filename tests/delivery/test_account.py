"""The account of a broadcast and what is done about it: lists, held, retries, the unreached, visits, the digest."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import event, insert, select, update

from notifier.broadcasts import accounted
from notifier.broadcasts.account import follows, shelf_of
from notifier.errors import Refused
from notifier.rules.ahead import Ahead
from notifier.rules.outlook import Next
from notifier.rules.roles import Role, Viewer
from notifier.rules.visits import code_of
from notifier.store import broadcasts, told
from notifier.store import deliveries as rows
from notifier.store import visits as visit_rows
from notifier.store.deliveries import Step
from notifier.store.schema import contacts, deliveries, ledger, people, regions, rounds, visits
from notifier.store.told import Shelf
from notifier.store.visits import Scope
from tests.houses import Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"


async def _begin(stage: Stage, event: str = "round_announced") -> int:
    """A broadcast to four people, expanded and not sent yet."""
    await add_round(stage)
    await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"), address="JL MAWAR 1", rt="003", rw="002")
    await add_person(stage, "=BUDI", ("sms", "+6281230000002"))
    await add_person(stage, "TANPA HP")
    await add_person(stage, "DIAM", ("sms", "+6281230000004"))
    async with stage.house.database.write() as db:
        await db.execute(
            update(contacts).where(contacts.c.address == "+6281230000004").values(stopped_at=stage.clock())
        )
    number = await stage.broadcast(event, CODE)
    await stage.house.broadcasts.advance(stage.clock(), "test")
    return number


async def _delivery(stage: Stage, name: str, broadcast: int | None = None) -> Any:
    async with stage.house.database.read() as db:
        wanted = select(deliveries).join(people, people.c.id == deliveries.c.person_id).where(people.c.name == name)
        if broadcast:
            wanted = wanted.where(deliveries.c.broadcast_id == broadcast)
        return (await db.execute(wanted)).one()


async def _becomes(stage: Stage, name: str, state: str, reason: str = "", **values: Any) -> int:
    """Let somebody's delivery come to this, counters and all."""
    d = await _delivery(stage, name)
    async with stage.house.database.write() as db:
        values = {"settled_at": stage.clock(), **values}
        await rows.move(db, [Step(d.id, d.broadcast_id, d.state, state, reason, values)], "test")
    return int(d.id)


async def _acts(stage: Stage, act: str) -> list[str]:
    async with stage.house.database.read() as db:
        return list((await db.execute(select(ledger.c.about).where(ledger.c.act == act))).scalars())


# --- lists -----------------------------------------------------------------------------------------------------------


async def test_every_list_says_who_why_and_what_happens_next(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        await _becomes(stage, "SITI AMINAH", "failed", "no route")
        told = stage.house.told
        b, failed = await told.people(stage.planner, number, shelf_of("failed", "no route"))
        assert [(e.name, e.line, e.reason, follows(b, e).next) for e in failed] == [
            ("SITI AMINAH", "sms", "no route", Next.VISIT)
        ]
        _, due = await told.people(stage.planner, number, shelf_of("due"))
        assert [(e.name, follows(b, e).next, follows(b, e).at) for e in due] == [("=BUDI", Next.LEAVES, b.at)]
        _, untold = await told.people(stage.planner, number, shelf_of("untold"), limit=2)
        _, further = await told.people(stage.planner, number, shelf_of("untold"), after=untold[-1].person_id)
        assert [(e.name, follows(b, e).next) for e in (*untold, *further)] == [
            ("SITI AMINAH", Next.VISIT),
            ("TANPA HP", Next.VISIT),
            ("DIAM", Next.SILENT),
        ]
        assert await told.reasons(number) == ([("failed", "no route", 1)], True)
        with pytest.raises(Refused, match="no list of people"):
            shelf_of("lost")
        with pytest.raises(Refused, match="no broadcast"):
            await told.people(Viewer(9, "makassar", Role.ADMIN, "73"), number, shelf_of("failed"))


async def test_those_who_were_told_are_listed_with_line_and_time(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        await stage.send()
        _, told = await stage.house.told.people(stage.planner, number, shelf_of("told"))
        assert [(e.name, e.channel, e.left_at is not None) for e in told] == [
            ("SITI AMINAH", "sms", True),
            ("=BUDI", "sms", True),
        ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_list_is_taken_away_without_formulas_and_on_record(
    database_url: str, tmp_path: Path, form: str
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        file, count = await stage.house.told.sheet(stage.planner, number, shelf_of("due"), form, stage.clock())
        with file:
            table = _table(file.read(), form)
        assert count == 2
        assert [row["NAMA"] for row in table] == ["SITI AMINAH", "'=BUDI"]
        assert table[0]["NIK"].count("*") == 6
        assert await _acts(stage, "export.people") == [f"broadcast:{number}"]
        agent = Viewer(9, "sari", Role.AGENT)
        with pytest.raises(Refused, match="lacks the right"):
            await stage.house.told.sheet(agent, number, shelf_of("due"), form, stage.clock())


def _table(body: bytes, form: str) -> list[dict[str, str]]:
    if form == "csv":
        return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    lines = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, lines[0]), map(str, line), strict=True)) for line in lines[1:]]


# --- held ------------------------------------------------------------------------------------------------------------


async def test_a_held_delivery_is_sent_again_as_a_new_generation(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        held = await _becomes(stage, "SITI AMINAH", "unknown", "timeout", held=True)
        again = stage.house.again
        assert [(one.delivery_id, one.name) for one in await again.held(stage.planner)] == [(held, "SITI AMINAH")]
        assert await again.count_held(stage.planner) == 1
        assert await again.count_held(Viewer(9, "makassar", Role.ADMIN, "73")) == 0
        assert (await stage.house.broadcasts.progress(number)).held == 1
        assert (await again.resend(stage.approver, stage.clock(), ids=[held])).again == 1
        d = await _delivery(stage, "SITI AMINAH")
        assert (d.state, d.held, d.generation, d.maybe_twice, d.due_at) == ("due", False, 2, True, stage.clock())
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.maybe_twice, account.held, account.balanced, account.state) == (1, 0, True, "done")
        assert len(stage.providers.phones.notes("+6281230000001")) == 1
        with pytest.raises(Refused, match="not"):
            await again.resend(stage.approver, stage.clock(), ids=[held])


async def test_a_held_delivery_that_is_left_stays_unknown_and_is_visited(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        await _becomes(stage, "SITI AMINAH", "unknown", "timeout", held=True)
        assert (await stage.house.again.leave(stage.approver, stage.clock(), broadcast_id=number)).left == 1
        account = await stage.house.broadcasts.statement(number)
        assert (account.unknown, account.held, account.balanced) == (1, 0, True)
        doors = await stage.house.visiting.of_broadcast(number)
        assert [p.name for p in await stage.house.visiting.page(doors)] == ["SITI AMINAH", "TANPA HP"]
        assert len(await _acts(stage, "delivery.left")) == 1


async def test_only_an_admin_decides_and_has_to_say_on_what(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        with pytest.raises(Refused, match="lacks the right"):
            await stage.house.again.resend(Viewer(9, "sari", Role.AGENT), stage.clock(), ids=[1])
        with pytest.raises(Refused, match="say which"):
            await stage.house.again.leave(stage.approver, stage.clock())


# --- retry only these ------------------------------------------------------------------------------------------------


async def test_only_these_are_retried_and_the_account_balances(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        await _becomes(stage, "SITI AMINAH", "failed", "no route")
        await _becomes(stage, "=BUDI", "failed", "mailbox full")
        stage.clock.move(seconds=3)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        assert (await stage.house.broadcasts.get(stage.planner, number)).state == "done"
        done = await stage.house.again.retry(stage.approver, number, shelf_of("failed", "no route"), stage.clock())
        assert (done.again, done.skipped) == (1, {})
        assert (await stage.house.broadcasts.get(stage.planner, number)).state == "sending"
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.failed, account.accepted + account.delivered, account.state) == (1, 1, "done")
        assert account.balanced
        assert await _acts(stage, "broadcast.retried") == [f"broadcast:{number}"]


async def test_whoever_has_a_contact_by_now_is_told_after_all(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        person = (await _delivery(stage, "TANPA HP")).person_id
        async with stage.house.database.write() as db:
            row = {"person_id": person, "kind": "email", "address": "x@example.com", "created_at": stage.clock()}
            await db.execute(insert(contacts).values(**row))
        await stage.house.again.retry(stage.approver, number, shelf_of("suppressed", "no_contact"), stage.clock())
        await stage.send()
        account = await stage.house.broadcasts.statement(number)
        assert (account.suppressed, account.balanced) == ({"stopped": 1}, True)
        assert len(stage.providers.phones.notes("x@example.com")) == 1


async def test_a_dead_contact_gives_way_to_the_next_and_without_one_it_is_refused(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        await _becomes(stage, "SITI AMINAH", "failed", "no route")
        async with stage.house.database.write() as db:
            await db.execute(update(contacts).values(state="dead"))
        with pytest.raises(Refused, match="there is no other"):
            await stage.house.again.retry(stage.approver, number, shelf_of("failed"), stage.clock())
        person = (await _delivery(stage, "SITI AMINAH")).person_id
        async with stage.house.database.write() as db:
            row = {"person_id": person, "kind": "email", "address": "siti@example.com", "created_at": stage.clock()}
            await db.execute(insert(contacts).values(**row))
        assert (await stage.house.again.retry(stage.approver, number, shelf_of("failed"), stage.clock())).again == 1
        assert (await _delivery(stage, "SITI AMINAH")).line == "mail"


async def test_whoever_asked_us_to_stop_is_never_retried(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        with pytest.raises(Refused, match="asked us to stop"):
            await stage.house.again.retry(stage.approver, number, shelf_of("suppressed", "stopped"), stage.clock())


async def test_what_is_stopped_over_or_cancelled_is_not_retried(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        await _becomes(stage, "SITI AMINAH", "failed", "no route")
        retry, shelf = stage.house.again.retry, shelf_of("failed")
        with pytest.raises(Refused, match="nothing to retry"):
            await retry(stage.approver, number, shelf_of("accepted"), stage.clock())
        with pytest.raises(Refused, match="is over since"):
            await retry(stage.approver, number, shelf, datetime(2026, 12, 11, 8, tzinfo=UTC))
        async with stage.house.database.write() as db:
            await db.execute(update(rounds).values(state="cancelled"))
        with pytest.raises(Refused, match="is cancelled"):
            await retry(stage.approver, number, shelf, stage.clock())
        held = await _becomes(stage, "=BUDI", "unknown", "timeout", held=True)
        await stage.house.broadcasts.stop(stage.approver, number, stage.clock())
        with pytest.raises(Refused, match="was stopped"):
            await retry(stage.approver, number, shelf, stage.clock())
        with pytest.raises(Refused, match="was stopped"):
            await stage.house.again.resend(stage.approver, stage.clock(), ids=[held])


# --- the unreached, and visits ---------------------------------------------------------------------------------------


async def test_the_unreached_are_listed_by_village_and_who_asked_to_stop_apart(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        await _becomes(stage, "SITI AMINAH", "failed", "no route")
        visiting = stage.house.visiting
        doors = await visiting.of_broadcast(number, stage.planner)
        assert [(p.name, p.address, p.rt, p.rw) for p in await visiting.page(doors)] == [
            ("SITI AMINAH", "JL MAWAR 1", "003", "002"),
            ("TANPA HP", "", "", ""),
        ]
        assert [(region, n) for region, _, n in await visiting.villages(doors)] == [("31.75.07.1003", 2)]
        assert await visiting.asked_to_stop(doors) == 1
        async with stage.house.database.write() as db:
            codes = ("31", "31.75", "31.75.07", "31.75.07.1001", "31.75.07.1003", "31.75.08")
            await db.execute(insert(regions), [{"code": code, "name": f"Wilayah {code}"} for code in codes])
            assert await visit_rows.at_most(db, doors.scope) >= 2, "never fewer than are listed"
            assert await visit_rows.at_most(db, replace(doors.scope, stopped=True)) == 1
            below = {code: [one for one, _ in await visit_rows.areas(db, code)] for code in ("", codes[2], codes[3])}
        assert below == {"": ["31.75.07", "31.75.08"], codes[2]: list(codes[3:5]), codes[3]: []}
        assert [code for code, _ in await visiting.areas(doors)] == list(codes[3:5]), "of the round's own part"
        silent = await visiting.of_broadcast(number, stage.planner, stopped=True)
        assert [p.name for p in await visiting.page(silent)] == ["DIAM"]
        elsewhere = await visiting.of_broadcast(number, stage.planner, region="31.75.08")
        assert not await visiting.page(elsewhere)
        await stage.house.watching.count(stage.clock())  # of a long list it is kept where they live
        async with stage.house.database.read() as db:
            for scope in (doors.scope, Scope(round_id=doors.round.id)):
                whole = await visit_rows.page(db, scope, ("", 0), 10)
                assert await visit_rows.page_of_many(db, scope, ("", 0), 10) == whole
                first = await visit_rows.page_of_many(db, scope, ("", 0), 1)
                rest = await visit_rows.page_of_many(db, scope, (first[0].region, first[0].person_id), 10)
                assert [*first, *rest] == whole
            by_person = await visit_rows.page_by_person(db, silent.scope, ("", 0), 10)
            assert by_person == await visit_rows.page(db, silent.scope, ("", 0), 10)
        for form in ("csv", "xlsx"):
            file, count = await visiting.sheet(doors, form, "cli:test", stage.clock())
            with file:
                table = _table(file.read(), form)
            assert (count, table[0]["KODE"]) == (
                2,
                code_of((await _delivery(stage, "SITI AMINAH")).id),
            )


async def test_told_takes_a_person_off_the_list_and_moved_asks_for_a_look(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        failed = await _becomes(stage, "SITI AMINAH", "failed", "no route")
        without = (await _delivery(stage, "TANPA HP")).id
        visiting = stage.house.visiting
        for _ in range(2):  # once more changes nothing
            await visiting.found(stage.planner, failed, "moved", stage.clock())
        await visiting.found(stage.planner, without, "told", stage.clock())
        [left] = await visiting.page(await visiting.of_broadcast(number))
        assert (left.name, left.visited, left.visited_on) == ("SITI AMINAH", "moved", date(2026, 12, 5))
        doors = await visiting.of_broadcast(number)
        for form in ("csv", "xlsx"):
            file, _ = await visiting.sheet(doors, form, "cli:test", stage.clock())
            with file:
                assert [row["KUNJUNGAN"] for row in _table(file.read(), form)] == ["pindah, 2026-12-05"]
        async with stage.house.database.read() as db:
            flags = dict(tuple(row) for row in await db.execute(select(people.c.name, people.c.flags)))
            assert len((await db.execute(select(visits))).all()) == 2
        assert (flags["SITI AMINAH"], flags["TANPA HP"]) == (["moved"], [])
        assert (await stage.house.told.account(number)).visits == {"moved": 1, "told": 1}
        assert len(await _acts(stage, "visit.recorded")) == 2
        for wrong in ("fine", ""):
            with pytest.raises(Refused, match="no result of a visit"):
                await visiting.found(stage.planner, failed, wrong, stage.clock())
        with pytest.raises(Refused, match="nobody on a list"):
            await visiting.found(Viewer(9, "makassar", Role.ADMIN, "73"), failed, "told", stage.clock())


async def test_the_list_of_a_round_names_whom_no_broadcast_told_as_much(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _begin(stage)
        await stage.send()
        await stage.broadcast("round_reminder", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        async with stage.house.database.write() as db:  # the reminder fails for all: both know it from the first
            await db.execute(update(deliveries).where(deliveries.c.state == "due").values(state="failed"))
            of = (await db.execute(select(rounds.c.id))).scalar_one()
        visiting = stage.house.visiting
        doors = await visiting.of_round(stage.planner, of)
        assert [p.name for p in await visiting.page(doors)] == ["TANPA HP"]
        async with stage.house.database.write() as db:  # … but not that it moved
            failed = deliveries.c.state == "failed"
            await db.execute(update(deliveries).where(failed).values(round_version=2))
        assert [p.name for p in await visiting.page(doors)] == ["SITI AMINAH", "=BUDI", "TANPA HP"]
        await visiting.found(stage.planner, (await _delivery(stage, "TANPA HP", 1)).id, "told", stage.clock())
        assert [p.name for p in await visiting.page(doors)] == ["SITI AMINAH", "=BUDI"]


# --- the statement ---------------------------------------------------------------------------------------------------


async def test_a_statement_is_known_again_by_its_digest(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        await stage.send()
        first = await stage.house.told.put_on_record(stage.approver, number, stage.clock())
        assert first.lines["sms"]["people"] == {"accepted": 2, "suppressed": 1} or first.statement.delivered
        printed = await stage.house.told.printed(number)
        assert printed is not None
        assert (printed.digest, printed.who) == (first.digest, stage.approver.who)
        assert (await stage.house.told.account(number)).digest == first.digest
        await stage.house.visiting.found(stage.planner, (await _delivery(stage, "TANPA HP")).id, "told", stage.clock())
        assert (await stage.house.told.account(number)).digest != first.digest


async def test_the_account_of_a_large_broadcast_is_counted_by_the_clock_and_kept(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounted, "LARGE", 3)
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        house, kept = stage.house, stage.house.accounting

        async def look() -> tuple[bool, bool, int]:
            seen = await kept.look(await house.broadcasts.get(stage.planner, number))
            assert seen.account is not None
            same = seen.account == await house.told.account(number)
            return same, seen.moved, seen.account.statement.due

        assert (await kept.look(await house.broadcasts.get(stage.planner, number))).account is None
        assert await kept.carry(stage.clock()) == 1
        assert await look() == (True, False, 2)
        await stage.send()
        assert await look() == (False, True, 2), "as it was, and that it is not so any more"
        assert await kept.carry(stage.clock()) == 0
        stage.clock.move(minutes=1)
        assert await kept.carry(stage.clock()) == 1
        assert await look() == (True, False, 0)
        await house.visiting.found(stage.planner, (await _delivery(stage, "TANPA HP")).id, "told", stage.clock())
        await kept.put_on_record(stage.approver, number, stage.clock())
        assert await look() == (True, False, 0), "whoever puts it on record has it counted"


# --- how long --------------------------------------------------------------------------------------------------------


async def test_a_broadcast_says_when_it_will_be_through(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        house = stage.house
        etas = await house.told.etas(await house.broadcasts.list(stage.planner), stage.clock())
        assert set(etas) == {number}
        assert etas[number] > stage.clock()
        await house.broadcasts.pause(stage.approver, number, stage.clock())
        assert not await house.told.etas(await house.broadcasts.list(stage.planner), stage.clock())
        await house.broadcasts.resume(stage.approver, number, stage.clock())
        await stage.send()
        assert not await house.told.etas(await house.broadcasts.list(stage.planner), stage.clock())


async def test_first_ones_and_retries_are_reckoned_with(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        for n in range(6):
            await add_person(stage, f"WARGA {n}", ("sms", f"+62812300000{n:02d}"))
        house, plan = stage.house, stage.house.broadcasts.plan
        number, _ = await plan(stage.planner, "round_announced", CODE, "now", stage.clock(), canary="2")
        assert number is not None
        await house.broadcasts.approve(stage.approver, number, stage.clock())
        await house.broadcasts.advance(stage.clock(), "test")
        [b] = await house.broadcasts.list(stage.planner)
        etas = await house.told.etas([b], stage.clock())
        assert b.canary_until is not None
        assert etas[number] >= b.canary_until, "the others leave once the first ones are judged"
        await house.broadcasts.release(stage.approver, number, stage.clock())
        await house.broadcasts.advance(stage.clock(), "test")
        grant = await stage.claim("sms")
        again = stage.clock() + timedelta(minutes=40)
        async with house.database.write() as db:  # every one of them was refused for now
            tried = [one.delivery.id for one in grant.ready]
            assert len(tried) == 6
            await rows.move(db, [Step(i, number, "sending", "due", "busy", {"due_at": again}) for i in tried], "test")
        [b] = await house.broadcasts.list(stage.planner)
        assert (await house.told.etas([b], stage.clock()))[number] == again
        seen = await house.told.glance(b, stage.clock())
        assert next((step.what, step.n, step.at) for step in seen.ahead) == (Ahead.RETRIES, 6, again)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_rare_is_found_by_its_own_index(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _begin(stage)
        asked: list[tuple[str, Any]] = []
        engine = stage.house.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
        async with stage.house.database.read() as db:
            looks: list[tuple[str, Any]] = [
                ("held", told.count_held(db, "")),
                ("held", told.held(db, "31", broadcast_id=number)),
                ("untold", told.page(db, number, Shelf("failed"), 0, 50)),
                ("untold", told.reasons(db, number)),
                ("lease", broadcasts.goes_on(db, number)),
                ("untold", visit_rows.page(db, Scope(broadcast_id=number), ("", 0), 50)),
            ]
            for index, look in looks:
                await look
                statement, values = asked[-1]
                plan = await db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(values))
                assert f"ix_deliveries_{index}" in str(plan.all()), statement
