"""People at the API: brought in, brought up to date, found, paged; their contacts; and what is never told."""

import asyncio
import gzip
import json
from typing import Any

import pytest
from sqlalchemy import event, func, select
from yarl import URL

from notifier.store import schema
from tests.api.asking import Asking

NIK = "3175074101800001"
SITI: dict[str, Any] = {
    "nik": NIK,
    "name": "Siti Aminah",
    "region": "31.75.07.1003",
    "sex": "P",
    "born": "1980-01-01",
    "phones": ["0812-3456-7890"],
    "programmes": [{"programme": "BPNT", "status": "DITETAPKAN"}, {"programme": "PKH", "status": "TERDAFTAR"}],
}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_person_comes_in_is_brought_up_to_date_and_found(api: Asking) -> None:
    key = await api.key("admin")
    made = await api.ask(key, "PUT", "/people", SITI)
    body = await made.json()
    assert (made.status, body["became"]) == (201, "created"), body
    person = body["person"]
    assert made.headers["Location"] == f"/api/v1/people/{person['id']}"
    assert person["nik"] == "317507******0001"
    assert person["contacts"][0]["address"] == "+628***890"
    assert [one["status"] for one in person["programmes"]] == ["DITETAPKAN", "TERDAFTAR"]
    assert (await api.put(key, "/people", SITI))["became"] == "unchanged"
    changed = {"nik": NIK, "name": "Siti Aminah", "region": "31.75.07.1003", "phones": ["081299998888"]}
    again = await api.put(key, "/people", changed)
    assert again["became"] == "changed"
    assert [one["state"] for one in again["person"]["contacts"]] == ["old", "ok"]
    assert again["person"]["born"] == "1980-01-01", "what is left out stays"
    found = await api.post(key, "/people/find", {"nik": "3175 0741 0180 0001"})
    assert found == again["person"] == await api.get(key, f"/people/{person['id']}")
    await api.post(key, "/people/find", {"nik": "3175074101800002"}, 404)
    assert NIK not in str(again) + str(found)


async def test_another_name_waits_for_a_clerk(api: Asking) -> None:
    key = await api.key("admin")
    await api.put(key, "/people", SITI, 201)
    problem = await api.put(key, "/people", {**SITI, "name": "Budi Santoso"}, 409)
    assert "another name" in problem["detail"]
    async with api.site.house.database.read() as db:
        assert (await db.execute(select(func.count()).select_from(schema.conflicts))).scalar_one() == 1
        assert (await db.execute(select(schema.people.c.name))).scalar_one() == "Siti Aminah"


@SQLITE
async def test_what_is_wrong_is_pointed_at_and_never_repeated(api: Asking) -> None:
    key = await api.key("admin")
    secret = "3175074101800000"
    for body, pointers in (
        ({**SITI, "nik": secret}, {"#/nik"}),
        ({**SITI, "region": "31.75.07.9999", "name": "7"}, {"#/region", "#/name"}),
        ({**SITI, "surprise": 1}, {"#/surprise"}),
        ({**SITI, "born": "2030-01-01"}, {"#/born"}),
        ({**SITI, "name": "x\u0000"}, {"#/name"}),
        ({**SITI, "programmes": [{"programme": "BPNT"}, {"programme": "PKH", "status": "DITOLAK"}]}, {"#/programmes"}),
        ({**SITI, "programmes": [{"programme": "NIX"}]}, {"#/programmes/0/programme"}),
        ({}, {"#/nik", "#/name", "#/region"}),
    ):
        problem = await api.put(key, "/people", body, 422)
        assert {one["pointer"] for one in problem["errors"]} == pointers, problem
        assert secret not in str(problem)


async def test_who_changes_a_person_has_seen_the_newest(api: Asking) -> None:
    key = await api.key("admin")
    made = await api.ask(key, "PUT", "/people", SITI)
    seen = made.headers["ETag"]
    later = {**SITI, "address": "Jl. Baru 1"}
    await api.put(key, "/people", later, If_Match=seen)
    problem = await api.put(key, "/people", {**later, "address": "Jl. Lain 2"}, 412, If_Match=seen)
    assert problem["type"].endswith("#changed")


async def test_contacts_are_added_set_aside_and_brought_back(api: Asking) -> None:
    key = await api.key("admin")
    person = (await api.put(key, "/people", SITI, 201))["person"]
    path = f"/people/{person['id']}/contacts"
    added = await api.post(key, path, {"kind": "email", "address": "Siti@Desa.ID"}, 201)
    assert (added["address"], added["state"]) == ("S***@desa.id", "ok")
    assert (await api.post(key, path, {"kind": "email", "address": "Siti@desa.id"}))["id"] == added["id"]
    assert (await api.ask(key, "DELETE", f"{path}/{added['id']}")).status == 204
    assert [one["state"] for one in (await api.get(key, path))["data"]] == ["ok", "old"]
    assert (await api.post(key, path, {"kind": "email", "address": "Siti@desa.id"}))["state"] == "ok"
    problem = await api.post(key, path, {"kind": "sms", "address": "1234"}, 422)
    assert problem["errors"][0]["pointer"] == "#/address"
    assert (await api.ask(key, "DELETE", f"{path}/999")).status == 404


async def test_people_come_page_by_page_at_the_same_cost(api: Asking) -> None:
    await api.site.add_people(7)
    key = await api.key("admin", region="31.75")
    await api.get(key, "/people")
    counts = []
    for limit in (2, 7):
        seen, after, statements = [], "", 0

        def count(*_: Any) -> None:
            nonlocal statements
            statements += 1

        engine = api.site.house.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", count)
        page = await api.get(key, f"/people?limit={limit}")
        event.remove(engine, "before_cursor_execute", count)
        counts.append(statements)
        while True:
            seen += [one["id"] for one in page["data"]]
            after = page["next"]
            if after is None:
                break
            page = await api.get(key, f"/people?limit={limit}&after={after}")
        assert len(set(seen)) == len(seen) == 7
    assert counts[0] == counts[1]
    assert counts[0] <= 6, counts
    for query in ("limit=201", "limit=0", "limit=x", "after=nix", "nix=1", "limit=1&limit=2", "region=31.7"):
        assert (await api.get(key, f"/people?{query}", 422))["errors"][0]["parameter"]


async def test_people_of_another_area_are_not_there(api: Asking) -> None:
    everywhere = await api.key("admin")
    person = (await api.put(everywhere, "/people", SITI, 201))["person"]
    key = await api.key("admin", region="73.71", login="makassar")
    assert (await api.get(key, "/people"))["data"] == []
    assert (await api.get(key, "/people?region=31.75.07"))["data"] == []
    await api.get(key, f"/people/{person['id']}", 404)
    await api.get(key, f"/people/{person['id']}/contacts", 404)
    await api.post(key, f"/people/{person['id']}/contacts", {"kind": "sms", "address": "081234567890"}, 404)
    await api.post(key, "/people/find", {"nik": NIK}, 404)
    await api.put(key, "/people", SITI, 422)
    moved = {**SITI, "region": "73.71.01.1001"}
    assert "another area" in (await api.put(key, "/people", moved, 409))["detail"]


# --- once ------------------------------------------------------------------------------------------------------------


async def test_a_post_with_a_key_of_its_own_is_done_once(api: Asking) -> None:
    key = await api.key("admin")
    person = (await api.put(key, "/people", SITI, 201))["person"]
    path, body = f"/people/{person['id']}/contacts", {"kind": "sms", "address": "081298765432"}
    first = await api.ask(key, "POST", path, body, Idempotency_Key="a-1")
    again = await api.ask(key, "POST", path, body, Idempotency_Key="a-1")
    assert (first.status, await first.text()) == (again.status, await again.text())
    assert again.status == 201, "made anew it would be 200"
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await api.post(key, path, {**body, "address": "081211112222"}, 422, Idempotency_Key="a-1")
    assert other["type"].endswith("#key_reused")
    wrong = await api.ask(key, "POST", path, {"kind": "sms", "address": "12"}, Idempotency_Key="a-2")
    replay = await api.ask(key, "POST", path, {"kind": "sms", "address": "12"}, Idempotency_Key="a-2")
    assert (wrong.status, replay.headers["Idempotent-Replayed"]) == (422, "true")
    assert (await api.ask(key, "POST", path, body, Idempotency_Key="a b")).status == 422
    stranger = await api.key("admin", login="other")
    assert (await api.ask(stranger, "POST", path, body, Idempotency_Key="a-1")).status == 200, "each key has its own"
    async with api.site.house.database.read() as db:
        assert "81298765432" not in str((await db.execute(select(schema.api_requests))).all())
    api.site.clock.move(hours=25)
    assert await api.site.house.keys.forget(api.site.clock()) == 3
    assert (await api.ask(key, "POST", path, body, Idempotency_Key="a-1")).status == 200


async def test_while_the_first_is_under_way_the_second_waits_and_a_crash_ends_with_its_lease(
    api: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, body = await api.key("admin"), {"nik": NIK}
    await api.put(key, "/people", SITI, 201)
    by_hand, begun, go_on = api.site.house.by_hand, asyncio.Event(), asyncio.Event()
    find = by_hand.find

    async def slow(*words: Any) -> Any:
        begun.set()
        await go_on.wait()
        return await find(*words)

    monkeypatch.setattr(by_hand, "find", slow)
    first = asyncio.create_task(api.ask(key, "POST", "/people/find", body, Idempotency_Key="b"))
    await begun.wait()
    second = await api.ask(key, "POST", "/people/find", body, Idempotency_Key="b")
    assert (second.status, second.headers["Retry-After"]) == (409, "5")
    api.site.clock.move(seconds=61)  # the first one's process may be dead by now
    third = asyncio.create_task(api.ask(key, "POST", "/people/find", body, Idempotency_Key="b"))
    go_on.set()
    assert (await first).status == (await third).status == 200
    replay = await api.ask(key, "POST", "/people/find", body, Idempotency_Key="b")
    assert replay.headers["Idempotent-Replayed"] == "true"


@SQLITE
async def test_what_failed_by_our_fault_may_be_asked_again_and_tells_nothing(
    api: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, body = await api.key("admin"), {"nik": NIK}

    async def broken(*_: object) -> None:
        raise RuntimeError(f"secret {NIK}")

    with monkeypatch.context() as during:
        during.setattr(api.site.house.by_hand, "find", broken)
        problem = await api.post(key, "/people/find", body, 500, Idempotency_Key="c")
        assert "secret" not in str(problem)

    async def away(*_: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as during:
        during.setattr(api.site.house.by_hand, "find", away)
        response = await api.ask(key, "POST", "/people/find", body, Idempotency_Key="c")
        assert (response.status, response.headers["Retry-After"]) == (503, "5")
    await api.post(key, "/people/find", body, 404, Idempotency_Key="c")


@SQLITE
async def test_what_is_no_request_of_ours_is_told_as_a_problem(api: Asking) -> None:
    key = await api.key("admin")
    for method, path, status in (
        ("GET", "/nix", 404),
        ("POST", "/people", 405),
        ("GET", "/people/x", 404),
        ("GET", "/people/99999999999999999999", 404),
        ("OPTIONS", "/people", 405),
        ("HEAD", "/people/x", 404),
    ):
        response = await api.ask(key, method, path)
        assert response.status == status, path
        assert response.content_type == "application/problem+json"
        assert ("Allow" in response.headers) is (status == 405)
    asked = await api.ask(key, "GET", "/people")
    heads = await api.ask(key, "HEAD", "/people")
    assert (heads.status, await heads.read(), heads.headers["Content-Length"]) == (200, b"", str(asked.content_length))
    client, sign = api.site.client, {"Authorization": f"Bearer {key}"}
    for path in ("/api/v1/rounds/%FF", "/api/v1/tickets/%00%ff", "/api/v1/people?region=%FF", "/api/%FF"):
        response = await client.get(URL(path, encoded=True), headers=sign)
        assert (response.status in (403, 404, 422), response.content_type) == (True, "application/problem+json"), path
    for data, kind, status in (
        (b'{"nik": "', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"nik": NaN}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b'{"nik": "\\ud800"}', "application/json", 400),
        (b"nik=1", "application/x-www-form-urlencoded", 415),
        (b'{"nik": "' + b"1" * 300_000 + b'"}', "application/json", 413),
    ):
        response = await client.post("/api/v1/people/find", data=data, headers={**sign, "Content-Type": kind})
        assert response.status == status, (data[:20], await response.text())
    packed, sent = gzip.compress(json.dumps({"nik": NIK}).encode()), {**sign, "Content-Type": "application/json"}
    for data, encoding, status in (
        (packed, "gzip", 404),
        (packed[:15], "gzip", 400),
        (b"no gzip", "gzip", 400),
        (gzip.compress(b" " * 10_000_000), "gzip", 413),
    ):
        response = await client.post("/api/v1/people/find", data=data, headers={**sent, "Content-Encoding": encoding})
        assert (response.status, response.content_type) == (status, "application/problem+json"), data[:20]
