"""What is refused at the API: with the status that tells what to do, a pointer to the field, and in one language."""

from collections.abc import Mapping
from typing import Any

import pytest

from notifier.registry.reasons import REASONS
from notifier.rules.keys import Scope
from notifier.web.api import ENDPOINTS, mends
from tests.api.asking import Asking
from tests.web.sites import fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLAN: dict[str, Any] = {"event": "round_announced", "round": "BPNT-2026-12-DS"}
TOLD: dict[str, Any] = {
    "source": "phone",
    "text": "Bantuan saya bulan ini belum diterima.",
    "category": "not_received",
    "consent": True,
    "region": "31.75.07.1003",
}
PLACE = {"event": "round_announced", "channel": "sms", "language": "id"}
HOOK = {"name": "SIKS", "url": "https://127.0.0.1/x", "kinds": ["broadcast.state"]}
# (path, body, the field that is at fault)
FAULTS: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    ("/broadcasts/plan", {**PLAN, "at": "2026-11-01T09:00:00+07:00"}, "#/at"),
    ("/broadcasts/plan", {**PLAN, "at": "2027-01-01T09:00:00+07:00"}, "#/at"),
    ("/broadcasts/plan", {**PLAN, "event": "receipt_question"}, "#/at"),
    ("/broadcasts/plan", {**PLAN, "cap": 1}, "#/cap"),
    ("/broadcasts/plan", {**PLAN, "round": "NIX"}, "#/round"),
    ("/tickets", {**TOLD, "phone": "12"}, "#/phone"),
    ("/tickets", {**TOLD, "nik": "3175074101800002"}, "#/nik"),
    ("/tickets", {**TOLD, "round": "NIX"}, "#/round"),
    ("/tickets", {**TOLD, "region": "99.99.99.9999"}, "#/region"),
    ("/tickets", {**TOLD, "region": "73.71"}, "#/region"),
    ("/tickets", {**TOLD, "text": "          \n"}, "#/text"),
    ("/tickets/{number}/notes", {"text": " "}, "#/text"),
    ("/tickets/{number}/answer", {"text": " "}, "#/text"),
    ("/tickets/{number}/move", {"act": "ask_citizen"}, "#/text"),
    ("/tickets/{number}/move", {"act": "reject"}, "#/text"),
    ("/tickets/{number}/move", {"act": "pause"}, "#/text"),
    ("/tickets/{number}/move", {"act": "refer", "text": "Bukan kami.", "body": "police", "letter": "1"}, "#/letter"),
    ("/templates/check", {**PLACE, "event": "nix", "part": "text", "source": "x"}, "#/event"),
    ("/templates/check", {**PLACE, "part": "nix", "source": "x"}, "#/part"),
    ("/templates/render", {**PLACE, "channel": "nix", "sources": {"text": "x"}}, "#/channel"),
    ("/templates/render", {**PLACE, "sources": {"text": "{{ nix }}"}}, "#/sources"),
    ("/webhooks", HOOK, "#/url"),
    ("/webhooks", {**HOOK, "url": "https://gateway.example/#x"}, "#/url"),
    ("/webhooks", {**HOOK, "region": "73"}, "#/region"),
)


@SQLITE
async def test_a_field_that_can_not_be_taken_is_pointed_at_in_the_words_of_no_command(api: Asking) -> None:
    await fill(api.site)
    ticket = await api.site.hear("Bantuan saya belum cair sampai sekarang")
    office, desk = await api.key("admin", region="31"), await api.key("agent", region="31.75")
    for path, body, field in FAULTS:
        key = desk if path.startswith("/tickets") else office
        problem = await api.post(key, path.format(number=ticket.number), body, 422)
        assert [one["pointer"] for one in problem["errors"]] == [field], (path, body, problem)
        assert "--" not in str(problem), problem
        assert "notifier " not in str(problem), problem


@SQLITE
async def test_whoever_would_rather_have_indonesian_is_refused_in_it(api: Asking) -> None:
    key = await api.key("agent")
    wrong = {**TOLD, "phone": "12"}
    for wanted, said in (
        ("", "is no phone number"),
        ("en-GB, id;q=0.8", "is no phone number"),
        ("fr", "is no phone number"),
        ("id", "bukan nomor telepon"),
        ("id-ID, en;q=0.5", "bukan nomor telepon"),
        ("en;q=0.3, in", "bukan nomor telepon"),
        ("id;q=wrong", "is no phone number"),
    ):
        problem = await api.post(key, "/tickets", wrong, 422, Accept_Language=wanted)
        assert said in problem["errors"][0]["detail"], (wanted, problem)


def test_every_sentence_about_a_row_is_had_in_both_languages() -> None:
    holes = {"found": "X (1) y", "programmes": "PKH, BPNT", "methods": "TUNAI", "statuses": "GAGAL"}
    assert set(mends.ENGLISH) == set(REASONS)
    for code, reason in REASONS.items():
        written = reason.mend.format(**holes)
        assert mends.said(written, "id") == written
        assert mends.said(written, "en") == mends.ENGLISH[code].format(**holes)


@SQLITE
async def test_what_a_clerk_mends_in_a_row_is_said_in_the_language_that_was_asked_for(api: Asking) -> None:
    key = await api.key("admin")
    row = {"nik": "3175074101800000", "name": "Siti", "region": "31.75.07.1003"}
    for wanted, said in (("en", "serial numbers begin"), ("id", "nomor urut mulai")):
        problem = await api.put(key, "/people", row, 422, Accept_Language=wanted)
        assert said in problem["errors"][0]["detail"]
        good = {**row, "nik": "3175074101800001", "phones": ["12"]}
        put = await api.ask(key, "PUT", "/people", good, Accept_Language=wanted)
        found = (await put.json())["findings"][0]
        assert (found["field"], "not kept" in found["detail"]) == ("phones", wanted == "en")


@SQLITE
async def test_every_list_comes_in_pages_by_the_same_words(api: Asking) -> None:
    await fill(api.site)
    lists = [one for one in ENDPOINTS if one.method == "GET" and "next" in getattr(one.answers, "model_fields", {})]
    assert len(lists) == 11
    assert all({"limit", "after"} <= set(one.query.model_fields) for one in lists)
    office, desk = await api.key("admin"), await api.key("agent")
    for one in (one for one in lists if one.path != "/webhooks/{id}/calls"):
        path = one.path.format(id=1, code="BPNT-2026-12-DS") + ("?broadcast=1&" if one.path == "/deliveries" else "?")
        key = desk if one.scope is Scope.TICKETS_READ else office
        whole = (await api.get(key, f"{path}limit=200"))["data"]
        first = await api.get(key, f"{path}limit=1")
        assert first["data"] == whole[:1], path
        if first["next"]:
            rest = await api.get(key, f"{path}limit=199&after={first['next']}")
            assert first["data"] + rest["data"] == whole, path
        assert (await api.get(key, f"{path}after=nix", 422))["errors"][0]["parameter"] == "after"
        assert (await api.get(key, f"{path}limit=0", 422))["errors"][0]["parameter"] == "limit"
