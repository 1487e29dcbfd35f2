"""Rounds and entitlements at the API: made, changed, moved, called off; a status and what it leads to."""

import json
from typing import Any

from sqlalchemy import event, select

from notifier.store import schema
from tests.api.asking import Asking
from tests.api.test_people import NIK, SITI

DECEMBER: dict[str, Any] = {
    "programme": "BPNT",
    "period": "Desember 2026",
    "region": "31.75.07",
    "venue": "Kantor Pos Duren Sawit",
    "opens_at": "2026-12-07T08:00:00+07:00",
    "closes_at": "2026-12-11T15:00:00+07:00",
    "method": "KANTOR_POS",
    "amount": 200000,
}
CODE = "BPNT-2026-12-DS"
LISTS = (
    "/people",
    "/rounds",
    f"/rounds/{CODE}/entitlements",
    "/broadcasts",
    "/deliveries?broadcast=1",
    "/tickets",
    "/templates",
)


async def test_a_round_is_made_changed_moved_and_called_off(api: Asking) -> None:
    key = await api.key("admin")
    made = await api.ask(key, "PUT", f"/rounds/{CODE}", DECEMBER)
    assert made.status == 201, await made.text()
    assert made.headers["Location"] == f"/api/v1/rounds/{CODE}"
    of = await made.json()
    assert (of["version"], of["zone"], of["opens_at"]) == (1, "Asia/Jakarta", "2026-12-07T01:00:00Z")
    assert (await api.put(key, f"/rounds/{CODE}", DECEMBER))["version"] == 1, "nothing differs"
    second = await api.put(key, f"/rounds/{CODE}", {**DECEMBER, "venue": "Balai Warga"}, If_Match='"v1"')
    assert (second["version"], second["venue"]) == (2, "Balai Warga")
    await api.put(key, f"/rounds/{CODE}", {**DECEMBER, "venue": "Lain"}, 412, If_Match='"v1"')
    times = {"opens_at": "2026-12-08T08:00:00+07:00", "closes_at": "2026-12-12T15:00:00+07:00"}
    await api.post(key, f"/rounds/{CODE}/move", times, 412, If_Match='"v1"')
    api.site.clock.move(minutes=1)
    moved = await api.post(key, f"/rounds/{CODE}/move", times, If_Match='"v2"', Idempotency_Key="m1")
    assert await api.get(key, f"/rounds/{CODE}") == moved, "with the time of the change"
    assert (moved["version"], moved["opens_at"], moved["venue"]) == (3, "2026-12-08T01:00:00Z", "Balai Warga")
    assert await api.post(key, f"/rounds/{CODE}/move", times, If_Match='"v2"', Idempotency_Key="m1") == moved
    backwards = {"opens_at": times["closes_at"], "closes_at": times["opens_at"]}
    problem = await api.post(key, f"/rounds/{CODE}/move", backwards, 422)
    assert problem["errors"][0]["pointer"] == "#/closes_at"
    off = await api.post(key, f"/rounds/{CODE}/cancel")
    assert off["state"] == "cancelled"
    await api.post(key, f"/rounds/{CODE}/cancel", status=409)
    again = await api.put(key, f"/rounds/{CODE}", {**DECEMBER, "state": "open"})
    assert (again["state"], again["version"]) == ("open", 5)
    async with api.site.house.database.read() as db:
        acts = (await db.execute(select(schema.ledger.c.who, schema.ledger.c.act).order_by(schema.ledger.c.id))).all()
    by_key = [act for who, act in acts if who.startswith("account:")]
    assert by_key == ["round.created", *["round.changed"] * 2, "round.cancelled", "round.changed"], by_key


async def test_rounds_of_another_area_are_not_there(api: Asking) -> None:
    everywhere = await api.key("admin")
    await api.put(everywhere, f"/rounds/{CODE}", DECEMBER, 201)
    await api.put(everywhere, "/rounds/PKH%2F1", {**DECEMBER, "programme": "PKH", "region": "73.71"}, 201)
    key = await api.key("admin", region="73.71", login="makassar")
    assert [one["code"] for one in (await api.get(key, "/rounds"))["data"]] == ["PKH/1"]
    assert (await api.get(key, "/rounds?programme=BPNT"))["data"] == []
    assert (await api.get(key, "/rounds/PKH%2F1"))["code"] == "PKH/1"
    for method, path, body in (
        ("GET", f"/rounds/{CODE}", None),
        ("POST", f"/rounds/{CODE}/cancel", None),
        ("GET", f"/rounds/{CODE}/entitlements", None),
        ("PUT", f"/rounds/{CODE}/entitlements/1", {"status": "GAGAL"}),
    ):
        assert (await api.ask(key, method, path, body)).status == 404, path
    await api.put(key, f"/rounds/{CODE}", {**DECEMBER, "region": "73.71"}, 409)
    problem = await api.put(key, "/rounds/X1", DECEMBER, 422)
    assert problem["errors"][0]["pointer"] == "#/region"


async def test_a_status_leads_to_its_notice_as_an_import_does(api: Asking) -> None:
    key = await api.key("admin")
    person = (await api.put(key, "/people", SITI, 201))["person"]["id"]
    await api.put(key, f"/rounds/{CODE}", DECEMBER, 201)
    path = f"/rounds/{CODE}/entitlements/{person}"
    assert (await api.get(key, f"/rounds/{CODE}/entitlements"))["data"] == []
    first = await api.put(key, path, {"status": "DIJADWALKAN"})
    assert (first["changed"], first["told"]) == (True, False)
    early = await api.put(key, path, {"status": "DISALURKAN", "on": "2026-12-08"}, 422)
    assert early["errors"][0]["pointer"] == "#/on"
    assert early["errors"][0]["detail"].startswith("The day 2026-12-08 is still to come.")
    api.site.clock.move(days=3)
    paid = await api.put(key, path, {"status": "DISALURKAN", "on": "2026-12-07"})
    assert (paid["changed"], paid["told"], paid["entitlement"]["since"]) == (True, True, "2026-12-07")
    same = await api.put(key, path, {"status": "DISALURKAN", "on": "2026-12-07"})
    assert (same["changed"], same["told"]) == (False, False)
    await api.put(key, path, {"status": "GAGAL", "on": "2026-12-01"}, 409)
    await api.put(key, path, {"status": "DITUNDA"}, 409)
    failed = await api.put(key, path, {"status": "GAGAL", "on": "2026-12-08", "reason": "rekening tutup"})
    assert (failed["told"], failed["entitlement"]["status"]) == (True, "GAGAL")
    page = await api.get(key, f"/rounds/{CODE}/entitlements?status=GAGAL")
    assert [(one["person"], one["nik"], one["reason"]) for one in page["data"]] == [
        (person, "317507******0001", "rekening tutup")
    ]
    assert NIK not in str(page)
    async with api.site.house.database.read() as db:
        kept = schema.ledger.c
        acts = await db.execute(select(kept.about, kept.detail).where(kept.act == "statuses.changed").order_by(kept.id))
    became = [(about, json.loads(detail)["entitlements"]) for about, detail in acts]
    assert became == [("round:1", {status: [1]}) for status in ("DISALURKAN", "GAGAL")]
    notices = (await api.get(key, f"/deliveries?person={person}"))["data"]
    assert [one["event"] for one in notices] == ["entitlement_changed"], "the later status took the waiting one's place"
    stranger = (await api.put(key, "/people", {**SITI, "nik": "3175074101800002", "programmes": []}, 201))["person"]
    await api.put(key, f"/rounds/{CODE}/entitlements/{stranger['id']}", {"status": "DISALURKAN"}, 409)
    await api.put(key, f"/rounds/{CODE}/entitlements/999", {"status": "DISALURKAN"}, 404)


async def test_a_longer_page_asks_the_database_no_oftener(api: Asking) -> None:
    keys = {path: await api.key("agent" if path == "/tickets" else "admin") for path in LISTS}
    counts: list[dict[str, int]] = []
    for n, people in enumerate((2, 6)):
        await api.site.add_people(people, first=4 * n)
        await api.site.add_round(f"BPNT-2026-12-{'DS' if not n else 'X'}")
        await api.site.broadcast()
        await api.site.hear("Bantuan belum masuk sampai hari ini")
        for path, key in keys.items():
            await api.get(key, path)  # what is read once and kept is read now
        counts.append({path: await _statements(api, key, path) for path, key in keys.items()})
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 10, counts


async def _statements(api: Asking, key: str, path: str) -> int:
    statements = 0

    def count(*_: Any) -> None:
        nonlocal statements
        statements += 1

    engine = api.site.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        await api.get(key, path)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return statements
