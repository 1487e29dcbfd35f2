"""A broadcast says the words it was approved with: other words in its midst wait for another yes."""

from pathlib import Path

import pytest
from sqlalchemy import update

from notifier.broadcasts.pinning import reworded
from notifier.store.schema import accounts
from notifier.studio import refresh
from tests.houses import Stage, add_person, add_round, open_stage

CODE = "BPNT-2026-12-DS"
PHONE = "+6281230000001"
WORDS = (
    "Baru: {{ name|singkat(14) }}, {{ programme|singkat(11) }} di {{ venue|singkat(26) }} "
    "mulai {{ opens_at|tanggal_pendek }}. ASLI {{ code }}"
)


@pytest.mark.parametrize(
    ("pins", "now", "changed"),
    [
        ({"sms/id": "a"}, {"sms/id": "a"}, ""),
        ({}, {"sms/id": "b"}, ""),  # approved before anything was pinned
        ({"sms/id": "a"}, {"sms/id": "b"}, "sms/id is b, was a"),
        ({"sms/id": "a"}, {"sms/id": "a", "sms/jv": "b"}, "sms/jv is b, was none"),
        ({"sms/id": "a", "sms/jv": "b"}, {"sms/id": "a"}, "sms/jv is gone, was b"),
        ({"sms/id": "a", "email/id": "b"}, {"sms/id": "a"}, ""),  # no line carries mail any more
        ({"sms/id": "a"}, {"sms/id": "a", "email/id": "b"}, "email/id is b, was none"),
    ],
)
def test_other_words_are_named(pins: dict[str, str], now: dict[str, str], changed: str) -> None:
    assert reworded("help", pins, now).endswith(changed)
    assert bool(reworded("help", pins, now)) == bool(changed)


async def _due(stage: Stage) -> int:
    await add_round(stage)
    await add_person(stage, "SITI AMINAH", ("sms", PHONE))
    number = await stage.broadcast("round_announced", CODE)
    await stage.house.broadcasts.advance(stage.clock(), "test")
    return number


async def _publish(stage: Stage, words: str = WORDS) -> None:
    studio, who, now = stage.house.studio, stage.planner, stage.clock()
    await studio.save_draft(who, "round_announced", "sms", "id", "text", words, now)
    await studio.publish(who, "round_announced", "sms", "id", now)


async def _alerted(stage: Stage) -> None:
    alerted = {"notify_kind": "email", "notify_address": "b@b.test"}
    async with stage.house.database.write() as db:
        await db.execute(update(accounts).where(accounts.c.login == "budi").values(alerted))


async def _state(stage: Stage, number: int) -> tuple[str, str]:
    b = await stage.house.broadcasts.get(stage.approver, number)
    return b.state, b.why


async def test_words_published_in_mid_send_wait_for_another_yes(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _due(stage)
        before = (await stage.house.broadcasts.get(stage.approver, number)).pins
        assert set(before) >= {"sms/id", "telegram/id", "email/id"}
        await _alerted(stage)
        await _publish(stage)
        state, why = await _state(stage, number)
        assert (state, "sms/id is text v1 now" in why) == ("asking", True)
        await stage.send()
        assert not stage.providers.phones.notes(PHONE), "until then nothing more leaves"
        assert len(stage.providers.phones.notes("b@b.test")) == 1, "whoever may say yes is told once"
        await refresh(stage.house.database, stage.house.words)
        approved = await stage.house.broadcasts.approve(stage.approver, number, stage.clock())
        assert approved.pins == {**before, "sms/id": "v1"}
        await stage.send()
        assert stage.providers.phones.notes(PHONE)[0].text.startswith("Baru: ")
        await stage.house.studio.withdraw(stage.planner, "round_announced", "sms", "id", "text", stage.clock())
        assert (await _state(stage, number))[0] == "done", "what is through asks nothing"


async def test_words_of_another_event_or_channel_ask_nothing(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _due(stage)
        studio, who, now = stage.house.studio, stage.planner, stage.clock()
        await studio.save_draft(who, "round_reminder", "sms", "id", "text", WORDS, now)
        await studio.publish(who, "round_reminder", "sms", "id", now)
        await stage.send()
        assert (await _state(stage, number))[0] == "done"


async def test_a_paused_broadcast_asks_when_it_goes_on_with_other_words(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _due(stage)
        await stage.house.broadcasts.pause(stage.approver, number, stage.clock())
        await _publish(stage)
        assert (await _state(stage, number))[0] == "paused"
        await stage.house.broadcasts.resume(stage.approver, number, stage.clock())
        state, why = await _state(stage, number)
        assert (state, "sms/id" in why) == ("asking", True)


async def test_files_of_a_new_release_wait_for_another_yes(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _due(stage)
        assert await stage.house.broadcasts.question(stage.clock()) == 0
        await _alerted(stage)
        stage.house.words.take({("round_announced", "sms", "id", "text"): ("file-0badcafe", WORDS)})
        assert await stage.house.broadcasts.question(stage.clock()) == 1
        assert (await _state(stage, number))[0] == "asking"
        await stage.send()
        assert len(stage.providers.phones.notes("b@b.test")) == 1, "who may say yes is told that they are asked"
        await stage.house.broadcasts.approve(stage.approver, number, stage.clock())
        await stage.send()
        assert (await _state(stage, number))[0] == "done"


async def test_the_clock_sees_other_words_by_itself(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path) as stage:
        number = await _due(stage)
        stage.house.words.take({("round_announced", "sms", "id", "text"): ("file-0badcafe", WORDS)})
        stage.clock.move(seconds=3)
        await stage.house.broadcasts.advance(stage.clock(), "test")
        assert (await _state(stage, number))[0] == "asking"
