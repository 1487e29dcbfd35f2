"""Changes of people's aid and their notices: each is told once, several close together in one message, none is lost."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from channels import gsm
from notifier.broadcasts import course
from notifier.registry import Became, Statuses, Wanted
from notifier.registry.news import News
from notifier.render import Words
from notifier.render.listing import listed
from notifier.rules.rounds import Entitlement
from notifier.store import rounds as round_rows
from notifier.store import schema
from tests.houses import Stage, add_crowd, add_person, add_round, open_stage

SITI, BUDI = "+628121110001", "+628121110002"
CODES = ("BPNT-1", "BPNT-2", "BPNT-3")
TELLING = ("DISALURKAN", "GAGAL", "DITUNDA")
DAYTIME = {"window_opens": "00:00", "window_closes": "24:00"}


async def _rounds(stage: Stage) -> None:
    for number, code in enumerate(CODES, 1):
        await add_round(stage, code, period=f"Tahap {number}")


async def _say(stage: Stage, *rows: tuple[str, str, int], reason: str = "") -> Sequence[Became]:
    wanted = [Wanted(code, status, person_id=person, reason=reason) for code, status, person in rows]
    return await stage.house.statuses.change_statuses(stage.planner, wanted, stage.clock())


async def _notices(stage: Stage) -> list[Any]:
    one = schema.deliveries
    async with stage.house.database.read() as db:
        wanted = select(one.c.id, one.c.event, one.c.state, one.c.facts, one.c.round_id, one.c.person_id)
        return list((await db.execute(wanted.order_by(one.c.id))).all())


async def _changes(stage: Stage) -> list[tuple[str, int | None]]:
    one = schema.entitlement_changes
    async with stage.house.database.read() as db:
        return [(row.status, row.delivery_id) for row in await db.execute(select(one).order_by(one.c.id))]


def _read(stage: Stage) -> list[str]:
    phones = stage.providers.phones
    return [note.text for address in (SITI, BUDI) for note in phones.notes(address)]


async def test_several_changes_of_one_person_become_one_message(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=DAYTIME) as stage:
        siti, budi = (
            await add_person(stage, "Siti", ("sms", SITI)),
            await add_person(stage, "Budi", ("sms", BUDI)),
        )
        await _rounds(stage)
        [one] = await _say(stage, ("BPNT-1", "DISALURKAN", siti))
        assert (one.outcome, one.tells) == ("changed", True)
        stage.clock.move(minutes=10)
        await stage.dispatcher.drain()
        assert _read(stage) == [], "it waits for others"
        await _say(stage, ("BPNT-2", "GAGAL", siti), ("BPNT-2", "DITUNDA", budi), reason="Rekening tutup")
        assert [(row.event, row.state) for row in await _notices(stage)] == [
            ("entitlements_changed", "due"),
            ("entitlement_changed", "due"),
        ]
        stage.clock.move(minutes=6)
        await stage.dispatcher.drain()
        assert len(_read(stage)) == 1, "fifteen minutes after the first change, whatever came since"
        for part in ("Siti", "Tahap 1 sudah disalurkan", "Tahap 2 gagal disalurkan", "ASLI"):
            assert part in _read(stage)[0]
        assert gsm.segments(_read(stage)[0]).count == 1
        await _say(stage, ("BPNT-3", "DISALURKAN", siti))
        stage.clock.move(minutes=16)
        await stage.dispatcher.drain()
        assert [row.event for row in await _notices(stage)] == ["entitlements_changed", *["entitlement_changed"] * 2]
        assert len(_read(stage)) == 3
        assert [by is not None for _, by in await _changes(stage)] == [True] * 4


async def test_what_is_no_longer_so_is_not_told(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=DAYTIME) as stage:
        siti = await add_person(stage, "Siti", ("sms", SITI))
        await _rounds(stage)
        await _say(stage, ("BPNT-1", "GAGAL", siti))
        await _say(stage, ("BPNT-1", "DISALURKAN", siti))
        [notice] = await _notices(stage)
        assert (notice.event, notice.facts["status"]) == ("entitlement_changed", "DISALURKAN")
        await _say(stage, ("BPNT-2", "DITUNDA", siti))
        await _say(stage, ("BPNT-2", "DIJADWALKAN", siti))
        [notice] = await _notices(stage)
        assert (notice.event, notice.facts["round_code"]) == ("entitlement_changed", "BPNT-1"), "one is left"
        await _say(stage, ("BPNT-3", "DITUNDA", siti))
        stage.clock.move(minutes=16)
        await stage.dispatcher.drain()
        await _say(stage, ("BPNT-3", "DIJADWALKAN", siti))
        assert [row.state for row in await _notices(stage)] == ["accepted"], "nothing waits that could be taken back"
        await _say(stage, ("BPNT-2", "GAGAL", siti))
        await _say(stage, ("BPNT-2", "DIJADWALKAN", siti))
        assert [row.state for row in await _notices(stage)] == ["accepted", "cancelled"]
        stage.clock.move(minutes=16)
        await stage.dispatcher.drain()
        assert len(_read(stage)) == 1


async def test_what_the_night_put_back_is_still_waiting(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        siti = await add_person(stage, "Siti", ("sms", SITI))
        await _rounds(stage)
        stage.clock.now = stage.clock().replace(hour=16)  # 23:00 in Jakarta
        await _say(stage, ("BPNT-1", "DISALURKAN", siti), ("BPNT-2", "DITUNDA", siti))
        stage.clock.move(minutes=16)
        await stage.dispatcher.drain()
        assert [row.state for row in await _notices(stage)] == ["due"], "claimed, and put back until the morning"
        await _say(stage, ("BPNT-1", "GAGAL", siti), ("BPNT-2", "DIJADWALKAN", siti))
        stage.clock.move(hours=12)
        await stage.dispatcher.drain()
        assert [row.state for row in await _notices(stage)] == ["accepted"]
        [read] = _read(stage)
        assert "gagal" in read


async def test_a_crash_between_leaves_neither_the_change_nor_its_notice(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_stage(database_url, tmp_path, delivery=DAYTIME) as stage:
        siti = await add_person(stage, "Siti", ("sms", SITI))
        await _rounds(stage)
        await _say(stage, ("BPNT-1", "DISALURKAN", siti))
        before = await _notices(stage), await _changes(stage)

        async def gone(*_: object) -> None:
            raise ConnectionError("gone")

        for module, name in ((round_rows, "record"), (News, "_again")):
            with monkeypatch.context() as patch:
                patch.setattr(module, name, gone)
                with pytest.raises(ConnectionError):
                    await _say(stage, ("BPNT-2", "GAGAL", siti))
            assert (await _notices(stage), await _changes(stage)) == before
        await _say(stage, ("BPNT-2", "GAGAL", siti))
        [same] = await _say(stage, ("BPNT-2", "GAGAL", siti))
        assert same.outcome == "unchanged", "said again, it is told once"
        stage.clock.move(minutes=16)
        await stage.dispatcher.drain()
        assert len(_read(stage)) == 1


async def test_changes_that_come_at_the_same_moment_share_one_notice(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, delivery=DAYTIME) as stage:
        siti, budi = (
            await add_person(stage, "Siti", ("sms", SITI)),
            await add_person(stage, "Budi", ("sms", BUDI)),
        )
        await _rounds(stage)
        house = stage.house
        other = Statuses(house.database, house.vault, house.outbox, timedelta(minutes=15))
        here = [Wanted("BPNT-1", "GAGAL", person_id=siti), Wanted("BPNT-1", "GAGAL", person_id=budi)]
        there = [Wanted("BPNT-2", "GAGAL", person_id=budi), Wanted("BPNT-2", "GAGAL", person_id=siti)]
        await asyncio.gather(
            *(house.statuses.change_statuses(stage.planner, rows, stage.clock()) for rows in (here, there)),
            other.change_statuses(stage.approver, [Wanted("BPNT-3", "GAGAL", person_id=siti)], stage.clock()),
        )
        notices = await _notices(stage)
        assert sorted(row.person_id for row in notices) == sorted((siti, budi))
        assert {row.person_id: len(row.facts["items"]) for row in notices} == {siti: 3, budi: 2}


@pytest.mark.parametrize("seed", range(2))
async def test_every_change_is_told_once_whenever_messages_leave(database_url: str, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    async with open_stage(database_url, tmp_path, delivery=DAYTIME) as stage:
        people = [await add_person(stage, name, ("sms", f"+62812111000{n}")) for n, name in enumerate(("Siti", "Budi"))]
        await _rounds(stage)
        stands: dict[tuple[int, str], str] = {}
        for _ in range(14):
            person, code, status = dice.choice(people), dice.choice(CODES), dice.choice(list(Entitlement)).value
            [became] = await _say(stage, (code, status, person))
            if became.outcome == "changed":
                stands[person, code] = status
            stage.clock.move(minutes=dice.choice((1, 5, 14)))
            await stage.dispatcher.drain()
        stage.clock.move(minutes=16)
        await stage.dispatcher.drain()
        notices = {row.id: row for row in await _notices(stage)}
        assert {row.state for row in notices.values()} <= {"accepted", "cancelled"}
        changes = await _changes(stage)
        assert all((by is not None) == (status in TELLING) for status, by in changes if status != "DITERIMA")
        assert {by for _, by in changes if by is not None} == set(notices), "no notice without its change"
        for (person, code), status in stands.items():
            if status in TELLING:
                newest = [item for row in notices.values() if row.person_id == person for item in _items(row, code)]
                assert newest[-1]["status"] == status, "the last that a person read is what stands"


def _items(row: Any, code: str) -> list[dict[str, Any]]:
    if row.state != "accepted":
        return []
    return [item for item in row.facts.get("items", [row.facts]) if item["round_code"] == code]


@pytest.mark.parametrize("tongue", ["id", "en"])
@pytest.mark.parametrize("n", [2, 3, 9])
def test_a_list_that_is_too_long_for_an_sms_says_how_to_see_it(tongue: str, n: int) -> None:
    items = [
        {"programme": "BPNT", "period": f"Tahap {i}", "status": "GAGAL", "reason": "Rekening tutup"} for i in range(n)
    ]
    facts = {"name": "Siti Aminah", "code": "K7QM-3FXA", **listed(items, tongue)}
    assert facts["changes"].count("\n") == n - 1
    text = Words().render("entitlements_changed", "sms", tongue, facts).parts["text"]
    assert gsm.segments(text).count == 1
    assert ("STATUS" in text) == (not facts["brief"]) == (n > 2 or tongue == "en")
    assert f"{n}" in text or facts["brief"]


async def test_statuses_of_many_in_one_go_while_a_walk_draws_the_same_round(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another system says what became of everybody, twice at once, while the round's people are just being told."""
    monkeypatch.setattr(course, "SLICE_SQLITE", 7)
    monkeypatch.setattr(course, "SLICE_POSTGRESQL", 7)
    async with open_stage(database_url, tmp_path, delivery=DAYTIME) as stage:
        house, now = stage.house, stage.clock()
        await add_crowd(stage, [("sms", f"+62812111{n:04d}") for n in range(45)])
        await add_round(stage, CODES[0])
        number = await stage.broadcast("round_announced", CODES[0])
        rows = [Wanted(CODES[0], "DISALURKAN", person_id=person) for person in range(45, 0, -1)]
        other = Statuses(house.database, house.vault, house.outbox, timedelta(minutes=15))
        _, *said = await asyncio.gather(
            house.broadcasts.advance(now, "test"),
            house.statuses.change_statuses(stage.planner, rows, now),
            other.change_statuses(stage.approver, rows, now),
        )
        became = [sorted(one.outcome for one in both) for both in zip(*said, strict=True)]
        assert became == [["changed", "unchanged"]] * 45, "each once, whoever came first"
        told = [row.person_id for row in await _notices(stage) if row.event == "entitlement_changed"]
        assert sorted(told) == list(range(1, 46))
        assert {status for status, _ in await _changes(stage)} == {"DISALURKAN"}
        account = await house.broadcasts.statement(number)
        assert (account.audience, account.due, account.balanced) == (45, 45, True)
