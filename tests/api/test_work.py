"""Broadcasts, deliveries, complaints and templates at the API: what is done by key is done as on the pages."""

from typing import get_args

import pytest
from sqlalchemy import update

from notifier.rules.keys import LEANS_ON, Scope
from notifier.rules.roles import Role, may
from notifier.store import schema
from notifier.store.attempts import Attempt
from notifier.web.api import ENDPOINTS
from notifier.web.api.broadcasts import _attempt
from notifier.web.api.tickets import Move
from tests.api.asking import Asking
from tests.web.sites import fill

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_broadcast_is_planned_by_one_approved_by_another_steered_and_accounted_for(api: Asking) -> None:
    await api.site.add_people(8)
    await api.site.add_round()
    planner, approver = await api.key("admin", login="rina"), await api.key("admin", login="dewi")
    plan = {"event": "round_announced", "round": "BPNT-2026-12-DS", "canary": "50%"}
    seen = await api.post(planner, "/broadcasts/plan", plan)
    assert (seen["people"], seen["by_channel"], seen["unreachable"]) == (8, {"sms": 6}, 2)
    assert (await api.get(planner, "/broadcasts"))["data"] == [], "nothing was written"
    made = await api.post(planner, "/broadcasts", plan, 201, Idempotency_Key="plan")
    assert (await api.post(planner, "/broadcasts", plan, 201, Idempotency_Key="plan"))["id"] == made["id"]
    await api.post(planner, "/broadcasts", plan, 409)
    path = f"/broadcasts/{made['id']}"
    assert "somebody else" in (await api.post(planner, f"{path}/approve", {}, 409))["detail"]
    other = await api.key("admin", [Scope.BROADCASTS_APPROVE], login="rina")
    await api.post(other, f"{path}/approve", {}, 409)
    assert "shown with 4" in (await api.post(approver, f"{path}/approve", {"people": 4}, 409))["detail"]
    assert (await api.post(approver, f"{path}/approve", {"people": 8}))["state"] == "approved"
    await api.site.house.broadcasts.advance(api.site.clock(), "test")
    assert (await api.post(planner, f"{path}/pause", {"why": "banjir"}))["why"] == "banjir"
    assert (await api.post(planner, f"{path}/resume"))["state"] == "canary"
    account = await api.get(planner, f"{path}/statement")
    assert (account["audience"], account["balanced"]) == (8, True)
    due = await api.get(planner, f"/deliveries?broadcast={made['id']}&limit=2")
    rest = await api.get(planner, f"/deliveries?broadcast={made['id']}&limit=50&after={due['next']}")
    assert len(due["data"]) + len(rest["data"]) == account["audience"] - account["unexpanded"]
    one = await api.get(planner, f"/deliveries/{due['data'][0]['id']}")
    assert (one["attempts"], one["event"]) == ([], "round_announced")
    assert (await api.post(approver, f"{path}/stop", {}))["state"] == "stopped"
    await api.post(approver, f"{path}/pause", {}, 409)
    problem = await api.post(planner, "/broadcasts", {**plan, "round": "NIX"}, 422)
    assert problem["errors"][0]["pointer"] == "#/round"
    await api.get(planner, "/deliveries", 422)
    far = await api.key("admin", region="73.71", login="makassar")
    for method, place in (("GET", path), ("GET", f"{path}/statement"), ("POST", f"{path}/resume")):
        assert (await api.ask(far, method, place)).status == 404
    for place in (
        f"/deliveries?broadcast={made['id']}",
        f"/deliveries/{one['id']}",
        f"/deliveries?person={one['person']}",
    ):
        await api.get(far, place, 404)


@pytest.mark.parametrize(("ref", "told"), [("710000014:21", "…:21"), ("-100123:4", "…:4"), ("sms-1:2", "sms-1:2")])
def test_no_attempt_tells_the_chat_of_a_person(ref: str, told: str) -> None:
    one = Attempt(1, 2, 1, 1, 3, "bot", "accepted", ref, "2:3:1", "", 1, None)
    assert _attempt(one).ref == told


async def test_a_complaint_is_opened_answered_noted_and_settled(api: Asking) -> None:
    key = await api.key("agent")
    told = {
        "source": "phone",
        "text": "Bantuan saya bulan ini belum diterima.",
        "category": "not_received",
        "consent": True,
        "phone": "0812-3456-7890",
        "region": "31.75.07.1003",
        "name": "Siti",
    }
    await api.post(key, "/tickets", {**told, "consent": False}, 422)
    opened = await api.post(key, "/tickets", told, 201, Idempotency_Key="t")
    again = await api.post(key, "/tickets", told, 201, Idempotency_Key="t")
    number = opened["ticket"]["number"]
    assert {"take", "answer"} < set(opened["ticket"]["acts"]) <= {"answer", *get_args(Move)}
    assert (again["code"], again["ticket"]["number"]) == (opened["code"], number)
    path = f"/tickets/{number}"
    await api.post(key, f"{path}/notes", {"text": "Sudah telepon kelurahan."}, 201)
    ticket = await api.post(key, f"{path}/answer", {"text": "Kami periksa."}, If_Match='"v1"')
    assert (ticket["status"], [one["kind"] for one in ticket["conversation"]]) == ("in_progress", ["in", "note", "out"])
    await api.post(key, f"{path}/answer", {"text": "Kami periksa."}, 412, If_Match='"v1"')
    await api.post(key, f"{path}/move", {"act": "verify"}, 409)
    stands = await api.post(key, f"{path}/move", {"act": "pause", "text": "menunggu bank"})
    runs = await api.post(key, f"{path}/move", {"act": "resume"})
    assert (stands["status"], runs["status"]) == ("in_progress", "in_progress")
    assert [[act for act in one["acts"] if act in ("pause", "resume")] for one in (stands, runs)] == [
        ["resume"],
        ["pause"],
    ]
    problem = await api.post(key, f"{path}/move", {"act": "refer", "text": "Bukan wewenang kami."}, 422)
    assert problem["errors"][0]["pointer"] == "#/body"
    done = await api.post(key, f"{path}/move", {"act": "resolve", "text": "Sudah ditransfer ulang."})
    assert done["status"] == "resolved"
    assert "reopen" in done["acts"]
    assert "+62" not in str(done)
    assert "Siti" not in str(done), "who reported is not told"
    listed = await api.get(key, "/tickets?category=not_received&round=NIX")
    assert listed["data"] == []
    assert [one["number"] for one in (await api.get(key, "/tickets"))["data"]] == [number]
    far = await api.key("agent", region="73.71", login="makassar")
    assert (await api.get(far, "/tickets"))["data"] == []
    await api.get(far, path, 404)
    await api.post(far, f"{path}/answer", {"text": "x"}, 404)


@SQLITE
async def test_who_opens_a_complaint_that_goes_to_the_office_above_still_gets_number_and_code(api: Asking) -> None:
    key = await api.key("agent", region="31.75.07")
    told = {"source": "visit", "text": "Petugas minta uang 50rb.", "category": "illegal_levy", "consent": True}
    opened = await api.post(key, "/tickets", told, 201)
    assert (len(opened["code"]), opened["ticket"]["region"]) == (9, "31.75")
    await api.get(key, f"/tickets/{opened['ticket']['number']}", 404)


async def test_a_shielded_complaint_shows_only_to_the_scope_and_ends_by_two(api: Asking) -> None:
    ticket = await api.site.hear("Uang saya dipotong oleh ketua RT", categories=("illegal_levy",))
    async with api.site.house.database.write() as db:
        one = schema.tickets
        await db.execute(update(one).where(one.c.id == ticket.id).values(shielded=True))
    plain = await api.key("agent", [Scope.TICKETS_READ, Scope.TICKETS_WRITE], login="sari")
    path = f"/tickets/{ticket.number}"
    assert (await api.get(plain, "/tickets"))["data"] == []
    await api.get(plain, path, 404)
    await api.post(plain, f"{path}/notes", {"text": "x"}, 404)
    let_in = await api.key("agent", login="budi")
    assert (await api.get(let_in, path))["shielded"] is True
    assert len((await api.get(let_in, "/tickets?view=team"))["data"]) == 1
    proposed = await api.post(let_in, f"{path}/move", {"act": "reject", "text": "Bukan aduan."}, 202)
    assert (proposed["waits_for_second"], proposed["status"]) == (True, "received")


@SQLITE
async def test_words_are_checked_rendered_and_drafted(api: Asking) -> None:
    key = await api.key("admin")
    place, path = (
        {"event": "round_announced", "channel": "sms", "language": "id"},
        "/templates/round_announced/sms/id/text",
    )
    listed = (await api.get(key, "/templates?event=round_announced"))["data"]
    assert {one["event"] for one in listed} == {"round_announced"}
    assert (await api.get(key, path))["draft"] is None
    found = await api.post(key, "/templates/check", {**place, "part": "text", "source": "{{ nix }}"})
    assert found["data"][0]["level"] == "error"
    shown = await api.post(key, "/templates/render", {**place, "sources": {"text": "{{ venue }} buka."}})
    assert (shown["parts"]["text"].endswith("buka."), shown["segments"]) == (True, 1)
    await api.post(key, "/templates/render", {**place, "event": "nix"}, 422)
    await api.post(key, "/templates/render", {**place, "sources": {"text": "{{ nix }}"}}, 422)
    seen = (await api.ask(key, "GET", path)).headers["ETag"]
    draft = await api.post(key, f"{path}/drafts", {"source": "{{ venue }} buka."}, 201, If_Match=seen)
    await api.post(key, f"{path}/drafts", {"source": "{{ venue }}."}, 412, If_Match=seen)
    assert (await api.get(key, path))["draft"]["version"] == draft["version"]
    await api.post(key, "/templates/answer/desk/id/jadwal2/drafts", {"source": "Jadwal\nSegera."}, 201)
    await api.get(key, "/templates/nix/sms/id/text", 404)
    await api.post(key, "/templates/nix/sms/id/text/drafts", {"source": "x"}, 404)


@SQLITE
async def test_every_endpoint_opens_to_its_scope_alone_and_to_roles_that_have_its_right(api: Asking) -> None:
    await fill(api.site)
    async with api.site.house.database.read() as db:
        number = (
            (await db.execute(schema.tickets.select().with_only_columns(schema.tickets.c.number))).scalars().first()
        )
    values = {"id": "1", "contact": "1", "person": "1", "code": "BPNT-2026-12-DS", "number": str(number)}
    values |= {"event": "round_announced", "channel": "sms", "language": "id", "part": "text"}
    for role in Role:
        allowed = [scope for scope in Scope if may(role, LEANS_ON[scope])]
        key = await api.key(role)
        for endpoint in ENDPOINTS:
            path, body = endpoint.path.format(**values), dict(endpoint.example) if endpoint.body is not None else None
            response = await api.ask(key, endpoint.method, path, body)
            told = f"{role} {endpoint.method} {path}: {await response.text()}"
            if endpoint.scope in allowed:
                assert response.status in {200, 201, 202, 204, 404, 409, 422}, told
            else:
                assert response.status == 403, told
                assert endpoint.scope in (await response.json())["detail"], told
    for scope in {endpoint.scope for endpoint in ENDPOINTS}:
        role = next(role for role in Role if may(role, LEANS_ON[scope]))
        others = [other for other in Scope if other is not scope and may(role, LEANS_ON[other])]
        key = await api.key(role, others)
        for endpoint in (one for one in ENDPOINTS if one.scope is scope):
            path, body = endpoint.path.format(**values), dict(endpoint.example) if endpoint.body is not None else None
            assert (await api.ask(key, endpoint.method, path, body)).status == 403, f"{scope} {path}"
            assert (await api.ask("", endpoint.method, path, body)).status == 401, path
