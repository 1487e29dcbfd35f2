"""Groups and channels: schedules are posted there once an admin has said for which area; nobody is answered there."""

from typing import Any

import pytest
from sqlalchemy import update

from notifier.errors import Refused
from notifier.store.schema import attempts, deliveries, ledger, rounds, tickets
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

RT = -5001
GROUP = {"id": RT, "type": "group", "title": "RT 05 Klender"}


async def _member(talk: Talk, was: str, now: str) -> None:
    change = {
        "chat": GROUP,
        "from": {"id": 7101, "is_bot": False, "first_name": "Budi"},
        "date": int(talk.now.timestamp()),
    }
    await talk.update(
        {"my_chat_member": {**change, "old_chat_member": {"status": was}, "new_chat_member": {"status": now}}}
    )


async def _says(talk: Talk, number: int, text: str) -> None:
    message = {"message_id": number, "chat": GROUP, "from": {"id": 7101, "is_bot": False, "first_name": "Budi"}}
    await talk.update({"message": {**message, "date": int(talk.now.timestamp()), "text": text}})


async def _posts(talk: Talk) -> list[dict[str, Any]]:
    return [row for row in await talk.rows(deliveries) if row["event"] == "round_posted"]


async def test_an_approved_schedule_is_posted_once_in_a_confirmed_group_of_its_area(talk: Talk) -> None:
    posting, planner = talk.house.posting, talk.stage.planner
    await _member(talk, "left", "member")
    shown = (await talk.rows(deliveries))[-1]["facts"]["words"]
    ((code, waiting),) = await posting.list(planner)
    assert code in shown
    assert (waiting.title, waiting.region) == ("RT 05 Klender", "")
    of = await add_round(talk.stage)
    await add_person(talk.stage, "AYU", ("sms", "+6281200000001"))
    await talk.stage.broadcast("round_announced", "BPNT-2026-12-DS")
    await talk.stage.send()
    assert await posting.post(talk.now) == 0, "nobody has said for which area the group is"
    with pytest.raises(Refused, match="no group has the code"):
        await posting.confirm(planner, "XXXXXX", "31.75.07", talk.now)
    elsewhere = await talk.staff("tono", region="73")
    with pytest.raises(Refused, match="lies outside"):
        await posting.confirm(elsewhere, code, "31.75.07", talk.now)
    await posting.confirm(planner, f" {code.lower()}", "31.75.07.1003", talk.now)
    assert await posting.post(talk.now) == 1
    assert await posting.post(talk.now) == 0, "once"
    talk.stage.clock.move(seconds=5)
    await talk.send()
    (post,) = await _posts(talk)
    assert (post["state"], post["person_id"], post["round_id"]) == ("accepted", None, of)
    notes = talk.stage.providers.phones.notes(str(RT))
    assert "Kantor Pos Duren Sawit" in notes[-1].text
    assert "AYU" not in notes[-1].text
    async with talk.house.database.write() as db:
        await db.execute(update(rounds).values(version=2, state="cancelled"))
    assert await posting.post(talk.now) == 0, "a change is posted once an approved broadcast tells people of it"
    await posting.remove(planner, code, talk.now)
    acts = [row["act"] for row in await talk.rows(ledger) if row["act"].startswith("group.")]
    assert acts == ["group.confirmed", "group.removed"]


async def test_who_speaks_to_us_in_a_group_is_shown_the_way_to_a_private_chat_once_a_day(talk: Talk) -> None:
    for number, text in enumerate(("/lapor", "/cek", "bantuan saya dipotong 50 ribu oleh ketua RT"), 900):
        await _says(talk, number, text)
    said = [row["facts"]["words"] for row in await talk.rows(deliveries)]
    assert len(said) == 1
    assert "tulis langsung ke saya" in said[0]
    talk.stage.clock.move(days=1, minutes=1)
    await _says(talk, 950, "/cek")
    assert len(await talk.rows(deliveries)) == 2
    assert not await talk.rows(tickets)
    await _member(talk, "member", "left")
    assert not await talk.rows(attempts)
