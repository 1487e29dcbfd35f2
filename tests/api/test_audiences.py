"""Whom a broadcast is for, said at the API: the planner's rule, with its count, and lists of people."""

from typing import Any

import pytest

from notifier.rules.keys import Scope
from tests.api.asking import Asking

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "BPNT-2026-12-DS"


def _person(n: int, **more: Any) -> dict[str, Any]:
    return {
        "nik": f"317507410180{n:04}",
        "name": f"Siti {chr(64 + n)}",
        "region": "31.75.07.1003",
        "phones": [f"08123456{n:04}"],
        "programmes": [{"programme": "BPNT", "status": "DITETAPKAN"}],
        **more,
    }


async def test_a_plan_is_narrowed_by_the_planners_rule_and_tells_its_count(api: Asking) -> None:
    key, second = await api.key("admin", login="rina"), await api.key("admin", login="dewi")
    await api.site.add_round()
    pkh = [{"programme": one, "status": "DITETAPKAN"} for one in ("BPNT", "PKH")]
    for person in (
        _person(1),
        _person(2, language="jv"),
        _person(3, region="31.75.07.1004", programmes=pkh),
        _person(4, phones=[]),
    ):
        await api.put(key, "/people", person, 201)
    failed = f"/rounds/{CODE}/entitlements/1"
    await api.put(key, failed, {"status": "GAGAL"})
    niks = [_person(2)["nik"], "3175074101809999", _person(3)["nik"], "12"]
    brought = await api.post(key, "/lists", {"name": "Banjir", "niks": niks}, 201)
    assert (brought["brought"]["rows"], brought["brought"]["people"], brought["brought"]["strays"]) == (4, 2, 2)
    assert [(one["row"], one["reason"]) for one in brought["strays"]] == [(2, "unknown"), (4, "short_nik")]
    assert niks[1] not in str(brought)
    listed = brought["brought"]["id"]
    assert (await api.get(key, f"/lists/{listed}")) == brought["brought"] == (await api.get(key, "/lists"))["data"][0]
    plan = {"event": "round_announced", "round": CODE}
    for rule, count in (
        (None, 4),
        ({}, 4),
        ({"regions": ["31.75.07.1003"]}, 3),
        ({"programmes": ["PKH"]}, 1),
        ({"statuses": ["GAGAL"]}, 1),
        ({"languages": ["jv", "su"]}, 1),
        ({"channels": ["sms"]}, 3),
        ({"answer": "silent"}, 0),
        ({"answer": "silent", "asked": CODE}, 0),
        ({"listed": listed}, 2),
        ({"listed": listed, "languages": ["id"]}, 1),
    ):
        assert (await api.post(key, "/broadcasts/plan", {**plan, "rule": rule}))["people"] == count, rule
    for rule, field in (
        ({"regions": ["73"]}, "regions"),
        ({"asked": "NIX"}, "asked"),
        ({"listed": 99}, "listed"),
        ({"statuses": ["NIX"]}, "statuses/0"),
        ({"nix": 1}, "nix"),
    ):
        problem = await api.post(key, "/broadcasts/plan", {**plan, "rule": rule}, 422)
        assert [one["pointer"] for one in problem["errors"]] == [f"#/rule/{field}"], problem
    rule = {"regions": ["31.75.07.1003", "31.75.07"], "answer": "confirmed", "asked": CODE, "listed": listed}
    assert "on the list Banjir (2 people)" in (await api.post(key, "/broadcasts/plan", {**plan, "rule": rule}))["whom"]
    made = await api.post(key, "/broadcasts", {**plan, "rule": {"languages": ["id"], "listed": listed}}, 201)
    assert (made["rule"]["listed"], made["rule"]["languages"], made["approved_audience"]) == (listed, ["id"], 1)
    approved = await api.post(second, f"/broadcasts/{made['id']}/approve", {})
    assert (approved["rule"], approved["approved_audience"]) == (made["rule"], 1)
    asked = await api.post(key, "/broadcasts", {**plan, "event": "round_reminder", "rule": rule}, 201)
    kept = [(one["rule"]["regions"], one["rule"]["asked"]) for one in (await api.get(key, "/broadcasts"))["data"]]
    assert kept == [(["31.75.07"], CODE), ([], None)], asked
    far = await api.key("admin", [Scope.BROADCASTS_PLAN], region="73.71", login="makassar")
    await api.get(far, f"/lists/{listed}", 404)
    assert (await api.get(far, "/lists"))["data"] == []


async def test_a_general_notice_has_words_and_a_rule_and_no_round(api: Asking) -> None:
    key, second = await api.key("admin", login="rina"), await api.key("admin", login="dewi")
    for person in (_person(1), _person(2, language="jv"), _person(3, region="73.71.01.1001")):
        await api.put(key, "/people", person, 201)
    notice = {"event": "general_notice", "text": "Jangan membayar pungutan.", "rule": {"regions": ["31.75"]}}
    assert (await api.post(key, "/broadcasts/plan", notice))["people"] == 2
    made = await api.post(key, "/broadcasts", notice, 201)
    assert (made["round"], made["region"], made["text"]) == ("", "31.75", notice["text"])
    assert (await api.post(second, f"/broadcasts/{made['id']}/approve", {}))["state"] == "approved"
    for wrong in ({"text": ""}, {"round": CODE}, {"event": "round_announced"}, {"text": "NIK 3175070101800001 boleh"}):
        await api.post(key, "/broadcasts", {**notice, **wrong}, 422)
