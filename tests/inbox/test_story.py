"""Forty answers to one round, in the formats of their providers, lead to exactly what is expected of them."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from notifier.desk import Asked
from notifier.registry import Order, Registry
from notifier.rules.roles import Role
from notifier.store.schema import (
    entitlements,
    files,
    heard,
    rounds,
    silences,
    ticket_messages,
    tickets,
)
from tests.inbox.talks import Talk

DATA = Path(__file__).parents[1] / "data"
STORY = [json.loads(line) for line in (DATA / "story_answers.jsonl").read_text().splitlines()]
EXPECTED: dict[str, Any] = json.loads((DATA / "story_expected.json").read_text())
KINDS = {"telegram": "telegram", "sms": "sms", "email": "email"}


async def _register(talk: Talk) -> int:
    house = talk.house
    registry = Registry(house.database, house.vault, house.outbox)
    order = Order("cli:rina", talk.now)
    await registry.import_people([DATA / "penerima_duren_sawit.csv"], order)
    await registry.import_rounds([DATA / "penyaluran.csv"], order)
    return int(next(row["id"] for row in await talk.rows(rounds) if row["code"] == EXPECTED["story"]["round"]))


async def _announce(talk: Talk, of: int, event: str, at: str, people: set[tuple[str, str]]) -> None:
    talk.stage.clock.now = datetime.fromisoformat(at).astimezone(UTC)
    for kind, address in sorted(people):
        await talk.notify(event, of, kind, address)
    await talk.send()


async def _say(talk: Talk, one: dict[str, Any], messages: dict[int, Any], numbers: dict[int, str]) -> None:
    """Bring one answer to the hook as its provider would."""
    chat, text = one["sender"], one["text"]
    event = "ticket_received" if one["answers"] == "ticket" else one["answers"]
    ref = await talk.ref_to(KINDS[one["channel"]], chat, event) if one["reply_to"] or one["kind"] == "button" else ""
    if one["channel"] == "sms":
        messages.setdefault(one["n"], f"mo-{one['n']}")
        await talk.sms(chat, text, messages[one.get("of", one["n"])])
    elif one["channel"] == "email":
        for n, number in numbers.items():
            text = text.replace(f"{{ticket:{n}}}", number)
        headers = dict(one["headers"])
        await talk.mail(chat, text, subject=headers.pop("Subject"), reply_to=ref, headers=headers)
    elif one["kind"] == "edit":
        await talk.edit(int(chat), messages[one["of"]], text)
    elif one["kind"] == "button":
        delivery = (await talk.all(_delivery_of(ref)))[0][0]
        await talk.press(int(chat), ref, f"{'yes' if text == 'YA' else 'no'}:{delivery}")
    elif one["kind"] == "sticker":
        await talk.telegram(int(chat), sticker={"file_id": "CAACAg", "emoji": one["emoji"]})
    elif one["kind"] == "photo":
        photo = [{"file_id": "AgACAgUAAxkBAAIBx", "file_size": 118903, "width": 1280, "height": 960}]
        await talk.telegram(int(chat), reply_to=ref, photo=photo, caption=text)
    else:
        messages[one["n"]] = await talk.telegram(int(chat), text, reply_to=ref)


def _delivery_of(ref: str) -> Any:
    from sqlalchemy import select

    from notifier.store.schema import attempts

    return select(attempts.c.delivery_id).where(attempts.c.ref == ref)


@pytest.mark.parametrize("everybody", [False, True], ids=["ten are asked", "everybody is asked"])
async def test_forty_answers_lead_to_exactly_what_is_expected_of_them(talk: Talk, everybody: bool) -> None:
    """Whether only those who answer the receipt question were asked it, or everybody of the round."""
    async with talk.by_the_hooks():
        await _story(talk, everybody)


async def _story(talk: Talk, everybody: bool) -> None:
    of = await _register(talk)
    known = {(KINDS[one["channel"]], one["sender"]) for one in STORY if one["n"] not in EXPECTED["unverified"]}
    asked = {pair for pair in known if everybody or pair[1] in EXPECTED["story"]["receipt_question_to"]}
    await talk.staff("sari", region="31.75.07", notify="+6281100000001")
    await _announce(talk, of, "round_announced", EXPECTED["story"]["round_announced_at"], known)
    messages: dict[int, Any] = {}
    numbers: dict[int, str] = {}
    opened: dict[int, int] = {}  # n → ticket
    which: dict[str, list[int]] = {name: [] for name in EXPECTED["which"]}
    appended_to: dict[str, int] = {}
    question = datetime.fromisoformat(EXPECTED["story"]["receipt_question_at"])
    for one in STORY:
        at = datetime.fromisoformat(one["at"])
        if asked and at > question:
            await _announce(talk, of, "receipt_question", EXPECTED["story"]["receipt_question_at"], asked)
            asked = set()
        talk.stage.clock.now = at.astimezone(UTC)
        before = len(await talk.rows(heard))
        await _say(talk, one, messages, numbers)
        await talk.send()
        rows = (await talk.rows(heard))[before:]
        n = one["n"]
        assert len(rows) == (0 if one["kind"] == "duplicate" else 1), n
        row = rows[0] if rows else {"effect": "none", "intent": one["expected"]["intent"], "ticket_id": None}
        assert row["intent"] == one["expected"]["intent"], (n, row["why"])
        effect = row["effect"]
        if effect == "opened":
            which["tickets_opened"].append(n)
            opened[n] = row["ticket_id"]
            numbers[n] = next(t["number"] for t in await talk.rows(tickets) if t["id"] == row["ticket_id"])
        elif effect == "appended":
            which["appended"].append(n)
            appended_to[str(n)] = next(first for first, ticket in opened.items() if ticket == row["ticket_id"])
        elif effect == "received":
            which["entitlements_received"].append(n)
        elif effect == "edited":
            which["edits_kept"].append(n)
            assert row["ticket_id"] == opened[one["of"]]
        else:
            place = {"stopped": "opt_outs", "informed": "answered_with_information"}
            which[place.get(effect, "messages_without_effect")].append(n)
    # n 37 took back what n 25 had said
    which["entitlements_received"].remove(25)
    which["receipts_taken_back"] = [25]
    assert which == EXPECTED["which"]
    assert appended_to == EXPECTED["appended_to"]
    await _totals(talk, opened)


async def _totals(talk: Talk, opened: dict[int, int]) -> None:
    rows = {row["id"]: row for row in await talk.rows(tickets)}
    n_of = {ticket: n for n, ticket in opened.items()}
    assert len(rows) == EXPECTED["tickets_opened"]
    expected = {one["n"]: one["expected"]["category"] for one in STORY}
    found = Counter()  # type: Counter[str]
    for ticket, row in rows.items():
        wanted = expected[n_of[ticket]]
        same = {"not_received", "delayed"}
        assert wanted in row["categories"] or (wanted in same and same & set(row["categories"])), (n_of[ticket], row)
        found[wanted] += 1
    assert found == EXPECTED["tickets_by_category"]
    assert [n_of[row["id"]] for row in rows.values() if row["urgent"]] == EXPECTED["urgent"]
    confidential = [n_of[row["id"]] for row in rows.values() if row["confidentiality"] == "confidential"]
    assert confidential == EXPECTED["confidential"]
    assert [n_of[row["id"]] for row in rows.values() if not row["verified"]] == EXPECTED["unverified"]
    received = [row for row in await talk.rows(entitlements) if row["status"] == "DITERIMA"]
    assert len(received) == EXPECTED["entitlements_received"]
    assert len(await talk.rows(silences)) == EXPECTED["opt_outs"]
    assert len(await talk.rows(files)) == 1
    assert len(await talk.rows(heard)) == EXPECTED["messages"] - 1
    edited = [row for row in await talk.rows(ticket_messages) if row["versions"]]
    assert len(edited) == EXPECTED["edits_kept"]
    assert "ketua kelompok" in edited[0]["text"]
    assert "Pak RT" in edited[0]["versions"][0]["text"]
    assert Counter(await talk.events()) >= Counter(
        {"ticket_received": 18, "information": 2, "stop_confirmed": 1, "urgent_ticket": 1}
    )
    agent = await talk.staff("tono", Role.AGENT, "31.75")
    page = await talk.house.desk.list(agent, Asked(), talk.now)
    assert n_of[page.tickets[0].id] == EXPECTED["urgent"][0]
    told = [outcome for outcome in await talk.outcomes() if "again" in outcome or "failed" in outcome]
    assert told == []
