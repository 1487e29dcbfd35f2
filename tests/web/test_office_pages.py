"""Rounds, broadcasts and templates as the office sees them."""

import re
from pathlib import Path

import pytest

from notifier.broadcasts import Statement
from notifier.config import parse
from notifier.web.office.broadcasts import CONTROLLED, slices
from notifier.web.public.welcome import ways
from tests.web.sites import HOSTILE, Site, fill, open_site

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLAN = {"event": "round_announced", "round": "BPNT-2026-12-DS"}


async def test_a_plan_is_reckoned_then_made_then_approved_by_somebody_else(pages: Site) -> None:
    await pages.add_people(8)
    await pages.add_round()
    await pages.be("admin", login="rina")
    assert "BPNT-2026-12-DS" in await pages.read("/broadcasts/plan")
    reckoned = await (await pages.post("/broadcasts/plan", {**PLAN, "do": "reckon"})).text()
    assert "Rp2.100" in reckoned
    assert "Belum ada siaran" in await pages.read("/broadcasts"), "reckoning plans nothing"
    made = await pages.post("/broadcasts/plan", {**PLAN, "do": "plan"})
    assert made.headers["Location"] == "/broadcasts/1"
    own = await pages.read("/broadcasts/1")
    assert "Anda yang merencanakan siaran ini" in own
    assert (await pages.post("/broadcasts/1/approve")).status == 400
    await pages.be("admin", login="dewi")
    assert "Setujui siaran ini?" in await pages.read("/broadcasts/1")
    assert (await pages.post("/broadcasts/1/approve")).status == 303
    await pages.house.broadcasts.advance(pages.clock(), "test")
    text = await pages.read("/broadcasts/1")
    assert "Neraca seimbang." in text
    assert 'hx-get="/broadcasts/1/progress?was=' in text
    assert "tidak punya kontak" in await pages.read("/broadcasts/1/untold")


@pytest.mark.parametrize(
    "fields",
    [
        {"event": "fly"},
        {"round": "NIX"},
        {"round": HOSTILE},
        {"at": "besok"},
        {"at": "2027-01-01T09:00"},
        {"at": "2026-12-06T09:00", "do": "plan", "event": ""},
    ],
)
@SQLITE
async def test_a_plan_that_can_not_be_is_refused_with_the_form_as_it_was(pages: Site, fields: dict[str, str]) -> None:
    await pages.add_round()
    await pages.be("admin")
    response = await pages.post("/broadcasts/plan", {**PLAN, "do": "plan", **fields})
    text = await response.text()
    assert response.status == 400
    assert 'role="alert"' in text
    assert "<b>Budi" not in text


@SQLITE
async def test_times_of_a_round_are_told_in_its_own_zone_everywhere(pages: Site) -> None:
    await pages.add_round(region="91.71", zone="Asia/Jayapura")
    await pages.be("admin", login="rina")
    fields = {**PLAN, "at": "2026-12-06T09:00", "do": "plan"}
    assert (await pages.post("/broadcasts/plan", fields)).status == 303
    for path in ("/home", "/broadcasts", "/broadcasts/1", "/rounds", "/rounds/BPNT-2026-12-DS"):
        text = await pages.read(path)
        assert "WIT" in text, path
        assert "WIB" not in text, path


@SQLITE
async def test_a_time_that_is_past_is_told_before_it_is_approved_and_one_long_past_is_refused(pages: Site) -> None:
    await pages.add_people(4)
    await pages.add_round()
    await pages.be("admin", login="rina")
    late = {**PLAN, "at": "2026-12-05T07:00"}
    assert (
        "langsung dikirim setelah disetujui"
        in await (await pages.post("/broadcasts/plan", {**late, "do": "reckon"})).text()
    )
    refused = await pages.post("/broadcasts/plan", {**PLAN, "at": "2024-12-05T07:00", "do": "plan"})
    assert refused.status == 400
    assert "sudah lama lewat" in await refused.text()
    await pages.post("/broadcasts/plan", {**late, "do": "plan"})
    await pages.be("admin", login="dewi")
    assert "langsung dikirim setelah disetujui" in await pages.read("/broadcasts/1")
    await pages.post("/broadcasts/1/approve")
    assert "Waktunya sudah lewat" in await pages.read("/broadcasts/1")


@SQLITE
async def test_a_broadcast_is_paused_resumed_and_stopped(pages: Site) -> None:
    await fill(pages)
    await pages.be("admin", login="tuti")
    for do, state in (("pause", "dijeda"), ("resume", "mengirim"), ("stop", "dihentikan")):
        assert (await pages.post("/broadcasts/1/control", {"do": do, "why": "hujan & banjir"})).status == 303
        page = await pages.read("/broadcasts/1")
        assert state in page
        assert CONTROLLED[do] in page
    assert "hujan &amp; banjir" in await pages.read("/broadcasts/1")
    assert (await pages.post("/broadcasts/1/control", {"do": "resume"})).status == 400
    assert (await pages.post("/broadcasts/1/control", {"do": "fly"})).status == 400
    await pages.house.broadcasts.advance(pages.clock(), "test")
    whole = await pages.get("/broadcasts/1/progress?was=sending-1", headers={"HX-Request": "true"})
    assert whole.headers["HX-Retarget"] == "#siaran", "other words and buttons, and what is written there stays"
    text = await whole.text()
    assert "hx-trigger" not in text
    assert "dihentikan" in text


@SQLITE
async def test_older_broadcasts_follow_by_a_link(pages: Site) -> None:
    await pages.add_round()
    for _ in range(52):
        await pages.broadcast("planned")
    first = await pages.read("/broadcasts")
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link
    numbers = [re.findall(r'href="/broadcasts/(\d+)"', text) for text in (first, await pages.read(link[1]))]
    assert [len(found) for found in numbers] == [50, 2]
    assert not set(numbers[0]) & set(numbers[1])


def test_the_bar_of_a_statement_is_whole() -> None:
    counts = {
        "due": 3,
        "sending": 1,
        "accepted": 40,
        "delivered": 10,
        "read": 5,
        "failed": 2,
        "unknown": 1,
        "expired": 0,
        "cancelled": 0,
    }
    statement = Statement(
        1,
        "round_announced",
        "X",
        "sending",
        80,
        10,
        {"no_contact": 7, "stopped": 1},
        held=0,
        unconfirmed=0,
        balanced=True,
        **counts,
    )
    parts = slices(statement)
    assert {part.kind: part.n for part in parts} == {"told": 55, "waiting": 14, "unsure": 1, "untold": 10}
    assert sum(part.width for part in parts) == pytest.approx(100, abs=0.01)


def test_ways_to_complain_name_only_what_is_public() -> None:
    config = parse(
        {
            "lines": {
                "bot": {"channel": "telegram", "token": "1:SECRET"},
                "mail": {"channel": "email", "from_address": "a@b.id", "password": "SECRET"},
                "blast": {"channel": "sms", "sender": "BANSOS", "two_way": False},
            }
        }
    )
    assert ways(config) == [("telegram", ""), ("email", "a@b.id")]


# --- templates -------------------------------------------------------------------------------------------------------

SMS = "/templates/round_announced/sms/id"


async def test_a_template_is_checked_previewed_and_published(pages: Site) -> None:
    await pages.be("admin")
    assert "Siti Aminah" in await pages.read(SMS)
    wrong = await (await pages.post(SMS, {"text": "Halo\n{{ nama }}", "do": "check"})).text()
    assert "baris 2, kolom" in wrong
    refused = await pages.post(SMS, {"text": "Halo {{ nama }}", "do": "publish"})
    assert refused.status == 400
    assert "belum dapat diterbitkan" in await refused.text()
    shipped = await pages.house.studio.source(pages.viewers["admin"], "round_announced", "sms", "id", "text")
    good = "Halo " + shipped.source
    seen = await (await pages.post(SMS, {"text": good, "do": "check"})).text()
    assert "Halo Siti Aminah" in seen, good
    assert "segmen" in seen
    assert (await pages.post(SMS, {"text": good, "do": "save"})).status == 303
    assert "menunggu" in await pages.read(SMS)
    assert (await pages.post(SMS, {"text": good, "do": "publish"})).status == 303
    published = await pages.read(SMS)
    assert 'value="withdraw"' in published
    assert "terbit" in await pages.read("/templates")
    assert (await pages.post(SMS, {"part": "text", "do": "withdraw"})).status == 303
    assert 'value="withdraw"' not in await pages.read(SMS)


async def test_who_may_only_read_templates_has_no_buttons(pages: Site) -> None:
    await pages.be("auditor")
    text = await pages.read(SMS)
    assert "readonly" in text
    assert 'value="publish"' not in text
    assert (await pages.post(SMS, {"text": "x", "do": "save"})).status == 403


@pytest.mark.parametrize("sample", ["longest", "markup", "empty", "nix", "<b>"])
@SQLITE
async def test_every_sample_person_can_be_looked_at(pages: Site, sample: str) -> None:
    await pages.be("admin")
    for channel in ("sms/id", "telegram/id", "email/en"):
        text = await pages.read(f"/templates/round_announced/{channel}?sample={sample}")
        assert 'class="bubble"' in text


@SQLITE
async def test_a_language_nobody_wrote_yet_begins_empty(pages: Site) -> None:
    await pages.be("admin")
    text = await pages.read("/templates/stop_confirmed/sms/jv")
    assert "belum ada" in text


@pytest.mark.parametrize("source", ["{{ 'a' * 300000000 }}", "x" * 100_000, "{% for x in y %}", "\x00\ud800{{"])
@SQLITE
async def test_a_hostile_template_is_told_what_is_wrong_with_it(pages: Site, source: str) -> None:
    await pages.be("admin")
    for do in ("check", "publish"):
        response = await pages.post(SMS, {"text": source.encode("utf-8", "replace").decode(), "do": do})
        assert response.status in (200, 400)
        assert 'class="error"' in await response.text()


@pytest.mark.parametrize(
    ("window", "waits"), [({}, True), ({"window_opens": "00:00", "window_closes": "24:00"}, False)]
)
async def test_a_plan_says_that_messages_wait_only_where_they_do(
    database_url: str, tmp_path: Path, window: dict[str, str], waits: bool
) -> None:
    async with open_site(database_url, tmp_path, delivery=window) as pages:
        await pages.be("admin")
        assert ("pesan menunggu sampai pagi" in await pages.read("/broadcasts/plan")) is waits


@SQLITE
async def test_a_page_that_waits_follows_what_others_do(pages: Site) -> None:
    await fill(pages)
    await pages.be("admin", login="tuti")
    page = await pages.read("/broadcasts/2")
    [(path, pace)] = re.findall(r'hx-get="([^"]+)" hx-trigger="every (\d+s)"', page)
    assert (path, pace) == ("/broadcasts/2/progress?was=planned-late-1", "10s")
    part = await pages.get(path)
    assert "HX-Retarget" not in part.headers
    assert 'id="siaran"' not in await part.text()
    await pages.house.broadcasts.approve(pages.viewers["dewi"], 2, pages.clock())
    whole = await pages.get(path)
    assert whole.headers["HX-Reselect"] == "#siaran"
    assert "disetujui" in await whole.text()
