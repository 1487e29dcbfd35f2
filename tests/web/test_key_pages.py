"""The page of the API's keys: made and shown once, ended, and never a way round four eyes."""

import re

from notifier.rules.keys import Scope
from tests.web.sites import Site


async def test_an_admin_makes_a_key_sees_it_once_and_ends_it(pages: Site) -> None:
    await pages.be("agent", login="desk-bot")
    await pages.be("admin")
    assert '<option value="admin" selected' in await pages.read("/keys"), "nobody lends another's name by oversight"
    form = {"name": "SIKS <b>", "login": "admin", "people:read": "1", "rate": "60", "days": "30"}
    response = await pages.post("/keys", form)
    made = re.search(r"nk_[a-z0-9]{8}_[\w-]{43}", await response.text())
    assert made is not None
    page = await pages.read("/keys")
    assert made[0] not in page
    assert made[0][:11] in page
    assert "SIKS &lt;b&gt;" in page
    sign = {"Authorization": f"Bearer {made[0]}"}
    assert (await pages.client.get("/api/v1/people", headers=sign)).status == 200
    assert (await pages.post("/keys/revoke", {"prefix": made[0][:11]})).status == 303
    assert (await pages.client.get("/api/v1/people", headers=sign)).status == 401
    refused = await pages.post("/keys", {**form, "login": "desk-bot", "people:write": "1"})
    assert refused.status == 400
    assert "SIKS &lt;b&gt;" in await refused.text(), "what was typed stays"


async def test_nobody_makes_a_key_to_agree_with_themselves(pages: Site) -> None:
    await pages.be("admin", login="dewi")
    await pages.be("admin", login="rina")
    for scope in (Scope.BROADCASTS_APPROVE, Scope.BROADCASTS_PLAN, Scope.TEMPLATES_WRITE, Scope.TICKETS_SHIELDED):
        response = await pages.post("/keys", {"name": "x", "login": "dewi", scope.value: "1"})
        assert response.status == 400, scope
        assert (await pages.post("/keys", {"name": "x", "login": "rina", scope.value: "1"})).status == 200, scope


async def test_an_admin_of_an_area_makes_and_ends_keys_of_its_accounts_alone(pages: Site) -> None:
    await pages.be("admin", login="pusat")
    await pages.post("/keys", {"name": "pusat", "login": "pusat", "people:read": "1"})
    made = re.search(r"nk_[a-z0-9]{8}", await pages.read("/keys"))
    assert made is not None
    await pages.be("admin", "31.75", login="timur")
    page = await pages.read("/keys")
    assert "pusat" not in page
    assert (await pages.post("/keys", {"name": "x", "login": "pusat", "people:read": "1"})).status == 400
    assert (await pages.post("/keys/revoke", {"prefix": made[0]})).status == 400
