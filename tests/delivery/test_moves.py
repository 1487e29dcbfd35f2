"""Rounds that move: what has not left is planned again, what waits is recalled, who read the old words is corrected."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from channels.contract import Receipt, ReceiptState
from notifier.app.lines import delivery_terms
from notifier.broadcasts import course, following
from notifier.broadcasts.following import follows
from notifier.dispatch import settle_receipt
from notifier.errors import Refused
from notifier.jobs import LATE, RoundCarrier
from notifier.proofs import prove
from notifier.store import broadcasts as rows
from notifier.store import deliveries as delivery_rows
from notifier.store import rounds as round_rows
from notifier.store.broadcasts import Broadcast
from notifier.store.schema import attempts, broadcasts, deliveries
from tests.houses import Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"
PHONES = tuple(f"+62812300000{n:02}" for n in range(1, 5))
MOVED = {"MULAI": "2026-12-14 08:00", "SELESAI": "2026-12-18 15:00"}


async def _village(stage: Stage) -> None:
    await add_round(stage)
    for number, phone in enumerate(PHONES):
        await add_person(stage, f"SITI {'ABCD'[number]}", ("sms", phone))


async def _change(stage: Stage, cells: Mapping[str, str] | None = None) -> None:
    """Change the round as a page does, and let the clock carry it. Without cells it is cancelled."""
    if cells is None:
        await stage.house.rounds.cancel(stage.planner, CODE, stage.clock())
    else:
        await stage.house.rounds.change(stage.planner, CODE, cells, stage.clock())
    await _carry(stage)


async def _carry(stage: Stage) -> None:
    await RoundCarrier(stage.house.database, stage.house.broadcasts, stage.house.config.reminders).carry(stage.clock())


async def _there(stage: Stage, *events: str) -> list[Broadcast]:
    """The round's broadcasts of these events, oldest first."""
    async with stage.house.database.read() as db:
        of = await round_rows.by_code(db, CODE)
        assert of is not None
        return [b for b in await rows.of_round(db, of.id) if b.event in events]


async def _approve(stage: Stage, *events: str) -> None:
    for b in await _there(stage, *events):
        if b.state in ("planned", "asking"):
            await stage.house.broadcasts.approve(stage.approver, b.id, stage.clock())
    await stage.send()


def _heard(stage: Stage) -> list[list[str]]:
    """What each phone was told, in the order it came."""
    return [[_kind(note.text) for note in stage.providers.phones.notes(phone)] for phone in PHONES]


def _kind(text: str) -> str:
    return CHANGED if text.startswith("BERUBAH") else OFF if text.startswith("BATAL") else NEWS


async def _balanced(stage: Stage) -> bool:
    async with stage.house.database.read() as db:
        numbers = (await db.execute(select(broadcasts.c.id))).scalars().all()
    return all([(await stage.house.broadcasts.statement(number)).balanced for number in numbers])


# --- in every state --------------------------------------------------------------------------------------------------

NEWS, CHANGED, OFF = "news", "changed", "off"


@dataclass(frozen=True)
class Case:
    """How far the announcement was when the round moved, and what everybody has heard in the end."""

    name: str
    reach: Callable[[Stage], Awaitable[None]]
    heard: list[list[str]]
    again: int = 0  # people the announcement is planned for once more
    corrected: int = 0


async def _planned(stage: Stage) -> None:
    await stage.house.broadcasts.plan(stage.planner, "round_announced", CODE, "now", stage.clock())


async def _approved(stage: Stage) -> None:
    number, _ = await stage.house.broadcasts.plan(
        stage.planner, "round_announced", CODE, "2026-12-05T11:00", stage.clock()
    )
    await stage.house.broadcasts.approve(stage.approver, number or 0, stage.clock())


async def _half(stage: Stage) -> None:
    """Two of four are expanded and told, the clock has not come to the others."""
    number = await stage.broadcast("round_announced", CODE)
    async with stage.house.database.write() as db:
        await db.execute(update(broadcasts).where(broadcasts.c.id == number).values(state="expanding", audience=4))
        b = await rows.get(db, number, lock=True)
        assert b is not None
        await stage.house.broadcasts._course._expand(db, b, stage.clock(), "test")
    await stage.dispatcher.drain()


async def _half_paused(stage: Stage) -> None:
    await _half(stage)
    await stage.house.broadcasts.pause(stage.approver, 1, stage.clock())


async def _half_asking(stage: Stage) -> None:
    await _half(stage)
    async with stage.house.database.write() as db:
        await rows.change(db, 1, ("expanding",), state="asking", why="a test")


async def _expanded(stage: Stage) -> None:
    """All are due, none has left."""
    await stage.broadcast("round_announced", CODE)
    await stage.house.broadcasts.advance(stage.clock(), "test")


async def _done(stage: Stage) -> None:
    await stage.broadcast("round_announced", CODE)
    await stage.send()


async def _stopped(stage: Stage) -> None:
    await _half(stage)
    await stage.house.broadcasts.stop(stage.approver, 1, stage.clock())


CASES = (
    Case("planned", _planned, [[NEWS]] * 4, again=4),
    Case("approved", _approved, [[NEWS]] * 4, again=4),
    Case("half expanded", _half, [[NEWS, CHANGED]] * 2 + [[NEWS]] * 2, again=2, corrected=2),
    Case("half expanded and paused", _half_paused, [[NEWS, CHANGED]] * 2 + [[NEWS]] * 2, again=2, corrected=2),
    Case("half expanded and asking", _half_asking, [[NEWS, CHANGED]] * 2 + [[NEWS]] * 2, again=2, corrected=2),
    Case("due and not sent", _expanded, [[NEWS]] * 4, again=4),
    Case("done", _done, [[NEWS, CHANGED]] * 4, corrected=4),
    Case("stopped by a person half-way", _stopped, [[NEWS, CHANGED]] * 2 + [[]] * 2, corrected=2),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_who_was_told_is_corrected_and_who_was_not_is_told_the_new(
    database_url: str, tmp_path: Path, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    for engine in ("SLICE_SQLITE", "SLICE_POSTGRESQL"):
        monkeypatch.setattr(course, engine, 2)
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        await case.reach(stage)
        house, before = stage.house, await stage.house.rounds.get(stage.planner, CODE)
        async with house.database.read() as db:
            wanted = house.rounds.changed(before, MOVED)
            shown = await follows(db, house.config.reminders, before, wanted, stage.clock())
            with monkeypatch.context() as patch:
                patch.setattr(following, "MANY", 1)
                least = await follows(db, house.config.reminders, before, wanted, stage.clock())
        await _change(stage, MOVED)
        announced, corrections = await _there(stage, "round_announced"), await _there(stage, "round_changed")
        again = [b for b in announced if b.round_version == 2]
        assert [(b.state, b.approved_audience, b.parent_id) for b in again] == (
            [("planned", case.again, 1)] if case.again else []
        )
        assert [b.approved_audience for b in corrections] == ([case.corrected] if case.corrected else [])
        assert (shown.told, [one.people for one in shown.again]) == (case.corrected, [case.again] * bool(case.again))
        assert (shown.whole, least.whole) == (True, case.corrected < 2)
        assert 0 < least.told <= case.corrected or not case.corrected, "of many a least is told, by the kept counters"
        assert len(shown.reminders) == len(await _there(stage, "round_reminder", "receipt_question"))
        stage.clock.move(hours=2)
        await _approve(stage, "round_announced", "round_changed")
        assert _heard(stage) == case.heard
        assert await _balanced(stage)
        last = [notes[-1].text for phone in PHONES if (notes := stage.providers.phones.notes(phone))]
        assert all("14 Des" in text or "14-18 Des" in text or "14/12" in text for text in last), last
        stage.clock.now += LATE
        await _carry(stage)
        assert len(await _there(stage, "round_announced", "round_changed")) == len(announced) + len(corrections)


async def test_the_rest_of_a_broadcast_is_taken_up_once_and_each_names_its_correction(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        assert await stage.broadcast("round_announced", CODE) == 1
        house = stage.house.broadcasts
        await house.advance(stage.clock(), "test")

        async def stop(number: int) -> None:
            await house.stop(stage.approver, number, stage.clock())
            await house.advance(stage.clock(), "test")

        async def rest(number: int) -> int:
            return await house.plan_rest(stage.planner, number, "now", stage.clock())

        await stop(1)
        withdrawn = await rest(1)
        await stop(withdrawn)  # before it began: the rest is still to be planned
        second = await rest(1)
        await house.approve(stage.approver, second, stage.clock())
        await house.advance(stage.clock(), "test")
        await stage.dispatcher.drain()
        async with stage.house.database.write() as db:  # as if somebody had stopped it while it was on its way
            await db.execute(update(broadcasts).where(broadcasts.c.id == second).values(state="stopped"))
        with pytest.raises(Refused, match=f"is broadcast {second}, stopped half-way; plan the rest of that one"):
            await rest(1)
        assert _heard(stage) == [[NEWS]] * 4
        await _change(stage, MOVED)
        [correction] = await _there(stage, "round_changed")
        for b in await _there(stage, "round_announced"):
            seen = await stage.house.told.glance(b, stage.clock())
            assert [one.id for one in seen.corrections] == ([correction.id] if b.id == second else [])
            followed = (await stage.house.told.account(b.id)).corrections
            assert (correction.id in followed) is (b.id == second), "the statement names it too"
            assert b.id != 1 or (seen.rest is not None and seen.rest.id == second)


async def test_a_cancelled_round_is_called_off_with_those_who_heard_of_it_alone(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for engine in ("SLICE_SQLITE", "SLICE_POSTGRESQL"):
        monkeypatch.setattr(course, engine, 2)
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        await _half(stage)
        await _change(stage)
        await _approve(stage, "round_announced", "round_cancelled")
        assert _heard(stage) == [[NEWS, OFF]] * 2 + [[]] * 2
        assert not [b for b in await _there(stage, "round_reminder", "receipt_question") if b.state != "stopped"]
        # A calendar that opens it again: those who heard of either are told how it stands.
        async with stage.house.database.write() as db:
            of = await round_rows.by_code(db, CODE)
            assert of is not None
            assert await round_rows.edit(db, of, {"state": "open"}, stage.clock())
        await _carry(stage)
        await _approve(stage, "round_changed")
        assert [heard[-1:] for heard in _heard(stage)] == [[CHANGED], [CHANGED], [], []]
        assert await _there(stage, "round_reminder")
        assert await _balanced(stage)


# --- what a correction says, and to whom -----------------------------------------------------------------------------


async def _mails(stage: Stage) -> list[str]:
    return [note.text for note in stage.providers.phones.notes("siti@example.com")]


async def test_a_correction_says_what_was_and_what_is(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("email", "siti@example.com"))
        await _done(stage)
        await _change(stage, {"TEMPAT": "Balai Warga"})
        (correction,) = await _there(stage, "round_changed")
        assert correction.facts == {"was_venue": "Kantor Pos Duren Sawit"}
        await _approve(stage, "round_changed")
        text = (await _mails(stage))[-1]
        assert "Tempat: Balai Warga" in text
        assert "Tempat lama, tidak berlaku: Kantor Pos Duren Sawit" in text
        assert "Waktu lama" not in text


async def test_a_round_that_moves_twice_is_corrected_once_from_what_people_read(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("email", "siti@example.com"))
        await _done(stage)
        await _change(stage, {"TEMPAT": "Balai Warga"})
        await _change(stage, {"TEMPAT": "Balai Desa", **MOVED})
        first, second = await _there(stage, "round_changed")
        assert (first.state, second.state) == ("stopped", "planned")
        assert not [finding async for finding in prove(stage.house.database, stage.house.vault)]
        await _approve(stage, "round_changed")
        mails = await _mails(stage)
        assert len(mails) == 2
        assert "Tempat lama, tidak berlaku: Kantor Pos Duren Sawit" in mails[-1]
        assert "Waktu lama, tidak berlaku: Senin, 7 Desember 2026" in mails[-1]


async def test_what_only_some_have_read_is_not_said_to_have_been(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        await _done(stage)
        await _change(stage, {"TEMPAT": "Balai Warga"})
        await _approve(stage, "round_changed")
        async with stage.house.database.write() as db:  # one of them never got the correction
            (correction,) = await _there(stage, "round_changed")
            lost = select(deliveries.c.id).where(deliveries.c.broadcast_id == correction.id).limit(1).scalar_subquery()
            await db.execute(update(attempts).where(attempts.c.delivery_id == lost).values(state="failed"))
        await _change(stage, {"TEMPAT": "Balai Desa", **MOVED})
        facts = (await _there(stage, "round_changed"))[-1].facts
        assert set(facts) == {"was_opens_at", "was_closes_at"}


async def test_who_was_told_by_two_broadcasts_gets_one_correction(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        await _done(stage)
        number, _ = await stage.house.broadcasts.plan(
            stage.planner, "round_announced", CODE, "now", stage.clock(), again=True
        )
        await stage.house.broadcasts.approve(stage.approver, number or 0, stage.clock())
        await stage.send()
        await _change(stage, MOVED)
        await _approve(stage, "round_changed")
        assert _heard(stage) == [[NEWS, NEWS, CHANGED]] * 4


async def test_who_turns_out_to_have_been_told_joins_the_correction(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI A", ("sms", PHONES[0]))
        await add_person(stage, "SITI B", ("sms", PHONES[1]))
        await _done(stage)
        async with stage.house.database.write() as db:
            failed = (await db.execute(select(attempts).order_by(attempts.c.id.desc()).limit(1))).mappings().one()
            await db.execute(update(attempts).where(attempts.c.id == failed["id"]).values(state="failed"))
        await _change(stage, MOVED)
        await _approve(stage, "round_changed")
        assert sorted(len(heard) for heard in _heard(stage)) == [0, 0, 1, 2]
        stage.clock.move(hours=3)
        async with stage.house.database.write() as db:
            late = Receipt(failed["ref"], ReceiptState.DELIVERED, at=stage.clock(), key=failed["key"])
            await settle_receipt(db, failed["line"], late, delivery_terms(stage.house), stage.clock())
        await _carry(stage)
        await stage.send()
        assert sorted(len(heard) for heard in _heard(stage)) == [0, 0, 2, 2]
        (correction,) = await _there(stage, "round_changed")
        account = await stage.house.broadcasts.statement(correction.id)
        assert (account.state, account.audience, account.balanced) == ("done", 2, True)


async def test_a_correction_waits_for_what_is_in_flight_when_the_round_moves(database_url: str, tmp_path: Path) -> None:
    """One of two is refused, the other taken, both after the change: the correction is for the second alone."""
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI A", ("sms", PHONES[0]))
        await add_person(stage, "SITI B", ("sms", "+62000002001"))
        await _expanded(stage)
        grant = await stage.claim("sms")
        assert len(grant.ready) == 2
        await _change(stage, MOVED)
        (correction,) = await _there(stage, "round_changed")
        await stage.house.broadcasts.approve(stage.approver, correction.id, stage.clock())
        await stage.house.broadcasts.advance(stage.clock(), "test")
        assert [b.state for b in await _there(stage, "round_changed")] == ["approved"]
        await stage.deliver("sms", grant)
        stage.clock.move(seconds=3)
        await stage.send()
        (correction,) = await _there(stage, "round_changed")
        if correction.state == "asking":  # two were counted when it was approved, one is left
            await _approve(stage, "round_changed")
        assert _heard(stage)[0] == [NEWS, CHANGED]
        account = await stage.house.broadcasts.statement(correction.id)
        assert (account.audience, account.balanced) == (1, True)
        assert not stage.providers.phones.notes("+62000002001")


async def test_what_may_have_been_sent_stays_unknown_when_its_resend_is_recalled(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI", ("sms", "+62000004001"))
        await stage.broadcast("round_announced", CODE)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await stage.dispatcher.drain()
        await _change(stage, MOVED)
        stage.clock.move(minutes=3)
        await stage.dispatcher.lapse()
        await stage.send()
        account = await stage.house.broadcasts.statement(1)
        assert (account.unknown, account.cancelled, account.due, account.balanced) == (1, 0, 0, True)
        assert len(stage.providers.phones.calls) == 1
        (correction,) = await _there(stage, "round_changed")
        assert correction.approved_audience == 1


# --- the use case ----------------------------------------------------------------------------------------------------


async def test_of_two_who_change_a_round_the_second_is_told_to_look_again(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await stage.house.rounds.change(stage.planner, CODE, {"TEMPAT": "Balai Warga"}, stage.clock(), version=1)
        with pytest.raises(Refused, match="version 2 now"):
            await stage.house.rounds.change(stage.approver, CODE, MOVED, stage.clock(), version=1)
        again = await stage.house.rounds.change(stage.approver, CODE, {"TEMPAT": "Balai Warga"}, stage.clock())
        assert again.version == 2, "without a difference there is no new version"
        history = await stage.house.rounds.history(stage.approver, CODE)
        assert [(edition.version, edition.was) for edition in history] == [(2, {"venue": "Kantor Pos Duren Sawit"})]


async def test_times_of_a_change_are_those_of_the_round_s_zone(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage, region="91.71.02", zone="Asia/Jayapura")
        of = await stage.house.rounds.change(stage.planner, CODE, MOVED, stage.clock())
        assert of.opens_at == datetime(2026, 12, 13, 23, tzinfo=UTC)


async def test_a_reminder_that_would_come_too_late_holds_up_no_correction(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _village(stage)
        await _done(stage)
        early = {"MULAI": "2026-12-14 06:00", "SELESAI": "2026-12-14 08:00"}  # over before the day's reminder at nine
        await _change(stage, early)
        assert await _there(stage, "round_changed")


@pytest.mark.parametrize("fate", ["moved", "stopped"])
async def test_what_is_refused_after_its_broadcast_ended_is_not_tried_again(
    database_url: str, tmp_path: Path, fate: str
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI A", ("sms", "+62000001001"), ("email", "siti@example.com"))  # refused for now
        await _expanded(stage)
        grant = await stage.claim("sms")
        if fate == "moved":
            await _change(stage, MOVED)
        else:
            await stage.house.broadcasts.stop(stage.approver, 1, stage.clock())
        await stage.house.broadcasts.advance(stage.clock(), "test")
        await stage.deliver("sms", grant)
        for _ in range(4):
            stage.clock.move(minutes=20)
            await stage.send()
        account = await stage.house.broadcasts.statement(1)
        assert (account.failed, account.due, account.balanced) == (1, 0, True)
        assert len([call for call in stage.providers.phones.calls if call.key.startswith("1:")]) == 1
        assert not stage.providers.phones.notes("siti@example.com")


async def _bounce(stage: Stage, number: int = 1) -> None:
    """The provider says late that the first attempt of a delivery did not arrive."""
    async with stage.house.database.write() as db:
        tried = select(attempts.c.line, attempts.c.ref).where(attempts.c.delivery_id == number, attempts.c.number == 1)
        line, ref = (await db.execute(tried)).one()
        late = Receipt(ref, ReceiptState.FAILED, reason="no such number", permanent=True)
        await settle_receipt(db, line, late, delivery_terms(stage.house), stage.clock())


async def _one_of_two_ways(stage: Stage) -> None:
    await add_round(stage)
    await add_person(stage, "SITI AMINAH", ("sms", PHONES[0]), ("email", "siti@example.com"))
    await _done(stage)
    stage.clock.move(minutes=2)
    await stage.house.broadcasts.advance(stage.clock(), "test")


async def test_a_late_bounce_opens_a_finished_broadcast_until_the_next_rung_is_told(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _one_of_two_ways(stage)
        await _bounce(stage)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        assert [b.state for b in await _there(stage, "round_announced")] == ["sending"]
        await stage.send()
        assert len(await _mails(stage)) == 1
        account = await stage.house.broadcasts.statement(1)
        assert (account.state, account.accepted + account.delivered, account.balanced) == ("done", 1, True)
        assert not [finding async for finding in prove(stage.house.database, stage.house.vault)]


async def test_a_bounce_in_the_moment_a_broadcast_ends_is_seen_a_minute_later(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await add_round(stage)
        await add_person(stage, "SITI AMINAH", ("sms", PHONES[0]), ("email", "siti@example.com"))
        await _done(stage)
        await _bounce(stage)
        async with stage.house.database.write() as db:  # neither saw the other
            wake = stage.clock() + course.ONCE_MORE
            await db.execute(update(broadcasts).where(broadcasts.c.wake < wake).values(wake=wake))
        stage.clock.move(minutes=1)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        assert [b.state for b in await _there(stage, "round_announced")] == ["sending"]


async def test_a_late_bounce_after_the_round_is_cancelled_invites_nobody_on_another_channel(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _one_of_two_ways(stage)
        await _change(stage)
        await _bounce(stage)
        await stage.send()
        assert not await _mails(stage)
        account = await stage.house.broadcasts.statement(1)
        assert (account.state, account.failed, account.due, account.balanced) == ("done", 1, 0, True)


async def test_that_a_round_is_cancelled_climbs_after_a_late_bounce_until_the_round_is_open_again(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _one_of_two_ways(stage)
        await _change(stage)
        await _approve(stage, "round_cancelled")
        await _bounce(stage, 2)
        await stage.send()
        assert ["dibatalkan" in mail.lower() for mail in await _mails(stage)] == [True]


async def test_a_cancellation_of_a_round_that_is_open_again_climbs_no_more(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _one_of_two_ways(stage)
        await _change(stage)
        await _approve(stage, "round_cancelled")
        async with stage.house.database.write() as db:
            of = await round_rows.by_code(db, CODE)
            assert of is not None
            assert await round_rows.edit(db, of, {"state": "open"}, stage.clock())
        await _bounce(stage, 2)
        await stage.send()
        assert not await _mails(stage)


@pytest.mark.parametrize("corrected", [False, True], ids=["not corrected yet", "corrected"])
async def test_a_late_bounce_after_the_round_moved_carries_the_new_facts_to_whoever_has_not_got_them(
    database_url: str, tmp_path: Path, corrected: bool
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _one_of_two_ways(stage)
        await _change(stage, MOVED)
        if corrected:
            await _approve(stage, "round_changed")
        await _bounce(stage)
        await stage.send()
        mails = await _mails(stage)
        async with stage.house.database.read() as db:
            wanted = select(attempts.c.delivery_id, attempts.c.round_version).order_by(attempts.c.id)
            told = (await db.execute(wanted)).all()
        if corrected:
            assert not mails, "the correction went out, and its own bounce would carry it on"
        else:
            assert [("14 Desember" in mail, "JADWAL BERUBAH" in mail) for mail in mails] == [(True, False)]
            assert [tuple(row) for row in told] == [(1, 1), (1, 2)]
            stage.clock.now += LATE
            await _carry(stage)
            await _approve(stage, "round_changed")
            assert len(await _mails(stage)) == 1, "who heard the new facts alone is not corrected"
        assert await _balanced(stage)


@pytest.mark.parametrize("fate", [MOVED, None], ids=["moved", "cancelled"])
async def test_a_held_message_of_a_round_that_was_changed_stays_unknown(
    database_url: str, tmp_path: Path, fate: Mapping[str, str] | None
) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        await _one_of_two_ways(stage)
        async with stage.house.database.write() as db:
            await db.execute(update(deliveries).values(state="unknown", held=True, lease_until=stage.clock()))
            await delivery_rows.count(db, {(1, "unknown", ""): 1, (1, "accepted", ""): -1}, "test")
        await _change(stage, fate)
        stage.clock.move(seconds=1)
        await stage.send()
        assert not await _mails(stage)
        account = await stage.house.broadcasts.statement(1)
        assert (account.unknown, account.held, account.balanced) == (1, 0, True)
