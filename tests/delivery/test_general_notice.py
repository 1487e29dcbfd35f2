"""A general notice: the office's own words to people of an area, about no round, with all that guards a broadcast."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from notifier.errors import Refused
from notifier.proofs import prove
from notifier.rules import notices
from notifier.rules.audiences import Rule
from notifier.rules.deliveries import GENERAL
from notifier.rules.words import Context
from notifier.store import schema
from tests.houses import NO_WINDOW, Stage, add_person, open_stage

SAYS = "Bantuan bulan ini bergeser ke pekan depan. Jangan membayar pungutan."


async def _crowd(stage: Stage) -> dict[str, int]:
    return {
        "ani": await add_person(stage, "ANI", ("sms", "+628120000000")),
        "budi": await add_person(stage, "BUDI", ("email", "budi@warga.test"), language="jv"),
        "cici": await add_person(stage, "CICI"),
        "dedi": await add_person(stage, "DEDI", ("sms", "+628120000003"), region="73.71.01.1001"),
        "eka": await add_person(stage, "EKA", ("sms", "+628120000004")),
    }


async def _plan(stage: Stage, rule: Rule = Rule(), **more: object) -> int:
    plan = stage.house.broadcasts.plan(
        stage.planner,
        GENERAL,
        "",
        "now",
        stage.clock(),
        rule=rule,
        text=SAYS,
        **more,  # type: ignore[arg-type]
    )
    number, _ = await plan
    assert number is not None
    return number


async def test_a_notice_about_no_round_is_reckoned_approved_sent_and_accounted_for(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        people, house = await _crowd(stage), stage.house
        async with house.database.write() as db:
            alerted = update(schema.accounts).where(schema.accounts.c.login == "budi")
            await db.execute(alerted.values(notify_kind="email", notify_address="b@b.test"))
        async with house.database.write() as db:
            gone = update(schema.people).where(schema.people.c.id == people["eka"])
            await db.execute(gone.values(erased_at=stage.clock()))
        rule = Rule(regions=("31.75",))
        _, preview = await house.broadcasts.plan(
            stage.planner, GENERAL, "", "now", stage.clock(), rule=rule, text=SAYS, dry_run=True
        )
        assert (preview.people, preview.unreachable, preview.by_channel) == (3, 1, {"email": 1, "sms": 1})
        number = await _plan(stage, rule, canary="1")
        with pytest.raises(Refused, match="these words are broadcast 1 already"):
            await _plan(stage)
        with pytest.raises(Refused, match="somebody else has to approve"):
            await house.broadcasts.approve(stage.planner, number, stage.clock())
        approved = await house.broadcasts.approve(stage.approver, number, stage.clock())
        assert (approved.round_id, approved.region, approved.zone) == (None, "31.75", "Asia/Jakarta")
        async with house.database.write() as db:  # as if many had come or gone since
            await db.execute(update(schema.broadcasts).values(approved_audience=30))
        await stage.send()
        [alert] = stage.providers.phones.notes("b@b.test")
        assert 'Siaran untuk "Bantuan bulan ini bergese..." berhenti' in alert.text
        await house.broadcasts.approve(stage.approver, number, stage.clock())
        rehearsed = await house.rehearsing.draft(stage.approver, number)
        spoken = (await house.rehearsing.rehearse(stage.approver, rehearsed, stage.clock())).spoken
        assert spoken
        assert all(SAYS in one.text for one in spoken)
        await stage.send()
        assert (await house.broadcasts.get(stage.planner, number)).state == "canary"
        stage.clock.move(hours=1)
        await stage.send()
        read = [n.text for a in ("+628120000000", "budi@warga.test") for n in stage.providers.phones.notes(a)]
        assert len(read) == 2
        assert all(SAYS in text and "ASLI" in text for text in read)
        assert "Kagem BUDI" in read[1]
        assert not stage.providers.phones.notes("+628120000003")
        statement = await house.broadcasts.statement(number)
        assert statement.balanced
        assert (statement.audience, statement.round) == (3, "")
        assert statement.suppressed == {"no_contact": 1}
        assert (await house.told.account(number)).broadcast.facts == {"text": SAYS}
        doors = await house.visiting.of_broadcast(number, stage.planner)
        assert (doors.round.note, [p.name for p in await house.visiting.page(doors)]) == (SAYS, ["CICI"])
        assert (await house.told.glance(await house.broadcasts.get(stage.planner, number), stage.clock())).ways
        async with house.database.read() as db:
            assert not (await db.execute(select(schema.entitlements.c.id))).all()  # nobody is drawn into a round
        assert [found async for found in prove(house.database, house.vault)] == []
        async with house.database.write() as db:
            await db.execute(update(schema.broadcasts).values(facts={"text": "Bayar dulu ke petugas."}))
        assert "its words are not" in "".join([found async for found in prove(house.database, house.vault)])


async def test_what_a_stopped_notice_left_is_planned_once_more_for_the_others(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        await _crowd(stage)
        house = stage.house
        number = await _plan(stage, canary="1")
        await house.broadcasts.approve(stage.approver, number, stage.clock())
        await stage.send()
        await house.broadcasts.stop(stage.planner, number, stage.clock(), "kata-katanya salah")
        await stage.send()
        rest = await house.broadcasts.plan_rest(stage.planner, number, "now", stage.clock())
        b = await house.broadcasts.approve(stage.approver, rest, stage.clock())
        assert (b.parent_id, b.approved_audience, b.facts) == (number, 4, {"text": SAYS})
        await stage.send()
        assert len(stage.providers.phones.notes("+628120000003")) == 1
        assert len(stage.providers.phones.notes("+628120000000")) == 1
        seen = await house.told.glance(await house.broadcasts.get(stage.planner, number), stage.clock())
        assert seen.rest is not None
        assert seen.rest.id == rest


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Pendek", "10 to 300 characters"),
        ("a" * 301, "10 to 300 characters"),
        ("Datang ke {{ venue }} besok pagi", "braces"),
        ("Nomor 3175070101800001 dapat bantuan", "16 digits"),
    ],
)
def test_words_that_cannot_be_said_to_many_are_refused(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        notices.worded(text)


def test_a_yes_to_a_general_notice_confirms_nothing() -> None:
    assert Context.read(GENERAL) is Context.NONE


async def test_a_notice_stays_in_its_planner_s_area_and_is_said_to_nobody_twice(
    database_url: str, tmp_path: Path
) -> None:
    async with open_stage(database_url, tmp_path, delivery=NO_WINDOW) as stage:
        await _crowd(stage)
        house, jakarta = stage.house, replace(stage.planner, region="31")
        with pytest.raises(Refused, match=r"the region 73\.71 is not in 31"):
            await house.choosing.count_notice(jakarta, Rule(regions=("73.71",)), "Asia/Jakarta", stage.clock())
        with pytest.raises(Refused, match=r"the region 73\.71 is not in 31"):
            await house.broadcasts.plan(
                jakarta, GENERAL, "", "now", stage.clock(), rule=Rule(regions=("73.71",)), text=SAYS
            )
        first = await _plan(stage, canary="1")
        await house.broadcasts.approve(stage.approver, first, stage.clock())
        await stage.send()
        await house.broadcasts.stop(stage.planner, first, stage.clock(), "salah jam")
        with pytest.raises(Refused, match=f"these words are broadcast {first} already"):
            await _plan(stage)  # its first ones have read them: the rest is planned from its page
        twins = [await _plan(stage, again=True), await _plan(stage, again=True)]
        async with house.database.write() as db:  # as if two had planned them at the same moment
            await db.execute(update(schema.broadcasts).where(schema.broadcasts.c.id.in_(twins)).values(again=False))
        with pytest.raises(Refused, match=f"these words are broadcast {first} already"):
            await house.broadcasts.approve(stage.approver, twins[0], stage.clock())
