"""Who gets in where: every door by every role, sign-in and sign-out, forged forms, and what an answer carries."""

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, update

from notifier.accounts import Person
from notifier.app.lines import build_dispatcher, open_lines
from notifier.rules.roles import RIGHTS, Right, Role
from notifier.rules.tickets import Act, Status, impossible
from notifier.rules.tickets import Ticket as Numbered
from notifier.store import schema
from notifier.web import language, session, site
from notifier.web import pages as web_pages
from notifier.web.english import ENGLISH
from notifier.web.site import DOORS, HALFWAY, PUBLIC, Door
from tests.houses import START
from tests.web.sites import HOSTILE, LINES, OURS, Site, fill, open_site

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "web"
WHO = ("stranger", *Role)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# What the doors that take a form need to be asked something at all.
FORMS: Mapping[str, Mapping[str, str]] = {
    "/login": {"login": "siapa", "password": "salah sekali"},
    "/language": {"language": "en"},
    "/cek": {"nik": "3175070101800000", "nama": "Siapa"},
    "/lacak": {"nomor": "ADU-7K4M2QX", "kode": "2345-6789"},
    "/held": {"do": "leave", "delivery": "1"},
    "/imports": {"what": "people"},
    "/webhooks": {"name": "x", "url": "ftp://x"},
    "/people": {"q": "3175070101800001"},
    "/visits": {"delivery": "1", "result": "told"},
    "/broadcasts/plan": {"event": "round_announced", "round": "BPNT-2026-12-DS", "do": "reckon"},
}


LIVE = "/desk/live"


def address(door: Door, number: str, file: int) -> str:
    path = re.sub(r"\{number:[^}]*\}+", number, door.path)
    path = path.replace(site.PROGRAMME, "BPNT").replace(site.POINT, "KP-MK")
    path = path.replace(site.CODE, "BPNT-2026-12-DS").replace("/files/" + site.ID, f"/files/{file}")
    path = path.replace(site.ID, "1").replace(site.LINKED, "0" * 16)
    path = path.replace(site.TEXT, "public_page/id/faq")
    path = path.replace(site.MESSAGE, "round_announced/sms/id").replace(site.EVENT, "round_announced")
    return path.replace(site.MESSAGE, "round_announced/sms/id").replace(site.LINE, "sms").replace(site.FORM, "csv")


def _expected(door: Door, who: str) -> set[int]:
    if door.needs is PUBLIC:
        return {200, 400} if who == "stranger" else {200, 303, 400}
    if who == "stranger" or door.needs is HALFWAY:
        return {303}
    if isinstance(door.needs, Right) and door.needs not in RIGHTS[Role(who)]:
        return {403}
    return {200, 303, 400}  # what the room then says of an empty form is its own business


# On PostgreSQL, for every other test that opens many pages does it on SQLite; the rights are the same rows on both.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_every_door_opens_to_exactly_the_roles_that_have_its_right(pages: Site) -> None:
    ticket = await fill(pages)
    for who in WHO:
        for door in DOORS:
            if who == "stranger":
                pages.leave()
            else:
                await pages.be(who)
            path = address(door, ticket.number, 1)
            if door.method == "GET":
                response = await pages.get(path)
            else:
                response = await pages.post(path, FORMS.get(door.path, {}))
            told = f"{who} {door.method} {path}: {response.status}"
            assert response.status in _expected(door, who), told
            if who == "stranger" and response.status == 303:
                assert response.headers["Location"].startswith("/login?next=/"), told
            if door.path == LIVE and response.status == 200:
                response.close()  # it goes on as long as somebody looks
                continue
            assert b"Traceback" not in await response.read(), told


# Doors with a name in their address that stands for no place: words, lines, programmes, and one's own files.
NOWHERE = (
    "/templates/",
    "/texts/",
    "/lines/",
    "/programmes/",
    "/reports/",
    "/ledger/",
    "/plan/unreachable/",
    "/figures/",
)


@SQLITE
async def test_every_door_to_something_elsewhere_is_closed_as_if_it_were_not_there(pages: Site) -> None:
    ticket = await fill(pages)
    for role in (Role.SUPERVISOR, Role.ADMIN):  # between them they have every right
        await pages.be(role, "33.74", login=f"{role}-semarang")
        for door in DOORS:
            if "{" not in door.path or door.needs is PUBLIC or any(part in door.path for part in NOWHERE):
                continue
            if isinstance(door.needs, Right) and door.needs not in RIGHTS[role]:
                continue
            there = address(door, ticket.number, 1)
            absent = door.path.replace(site.CODE, "NIX-2026-01-XX").replace(site.ID, "999999").replace(site.FORM, "csv")
            absent = re.sub(r"\{number:[^}]*\}+", "ADU-2222222", absent)
            told = [await _asked(pages, door, path) for path in (there, absent)]
            assert told[0] == told[1], f"{role} {door.method} {there}: {told}"
            assert told[0] in (404, 400), (
                f"{role} {door.method} {there}: {told}"
            )  # 400: an empty form, whatever it is for
            assert door.method != "GET" or told[0] == 404, there


async def _asked(pages: Site, door: Door, path: str) -> int:
    if door.method == "GET":
        return (await pages.get(path)).status
    return (await pages.post(path, FORMS.get(door.path, {}))).status


@SQLITE
async def test_a_report_about_an_office_is_there_for_the_office_above_and_not_for_that_one(pages: Site) -> None:
    ticket = await pages.hear("Bantuan saya dipotong 50 ribu", categories=("deduction",))
    for role in Role:
        for region, status in (("31.75.07", 404), ("31.75.07.1003", 404), ("31.75", 200), ("31", 200)):
            await pages.be(role, region, login=f"{role}-{region}")
            await pages.read(f"/desk/tickets/{ticket.number}", status)


async def test_a_page_of_another_region_is_as_if_it_were_not_there(pages: Site) -> None:
    ticket = await fill(pages)
    await pages.be("supervisor", "73.71", login="makassar")
    await pages.read(f"/desk/tickets/{ticket.number}", 404)
    await pages.read("/broadcasts/1", 404)
    board, rounds = await pages.read("/desk"), await pages.read("/rounds")
    assert ticket.number not in board
    assert "BPNT-2026-12-DS" not in rounds
    assert "PKH-2026-12-MK" in rounds


# --- signing in and out ----------------------------------------------------------------------------------------------

RIGHT = "rahasia-sari"


async def _enter(pages: Site, password: str) -> int:
    return (await pages.post("/login", {"login": "Sari", "password": password})).status


async def _add_sari(pages: Site) -> None:
    await pages.house.accounts.add(Person("sari", "agent"), RIGHT, who="cli:test", now=pages.clock())


def _cookie(pages: Site) -> str:
    return next((c.value for c in pages.client.session.cookie_jar if c.key == session.COOKIE), "")


async def test_a_colleague_signs_in_and_goes_on_to_what_they_asked_for(pages: Site) -> None:
    await _add_sari(pages)
    asked = await pages.get("/desk?view=mine")
    assert asked.headers["Location"] == "/login?next=/desk%3Fview%3Dmine"
    form = await pages.read("/login?next=/desk%3Fview%3Dmine")
    assert 'value="/desk?view=mine"' in form
    response = await pages.post("/login", {"login": "sari", "password": RIGHT, "next": "/desk?view=mine"})
    assert response.headers["Location"] == "/desk?view=mine"
    assert "sari" in await pages.read("/desk")


@pytest.mark.parametrize("place", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)", "/a\nb"])
async def test_signing_in_never_leads_elsewhere(pages: Site, place: str) -> None:
    await _add_sari(pages)
    response = await pages.post("/login", {"login": "sari", "password": RIGHT, "next": place})
    assert response.headers["Location"] == "/home"


async def test_the_session_id_is_new_at_sign_in_and_only_its_digest_is_kept(pages: Site) -> None:
    await _add_sari(pages)
    planted = "A" * 43
    pages.client.session.cookie_jar.update_cookies({session.COOKIE: planted}, pages.client.make_url("/"))
    assert await _enter(pages, RIGHT) == 303
    first = _cookie(pages)
    assert first not in ("", planted)
    assert await _enter(pages, RIGHT) == 303
    assert _cookie(pages) != first
    async with pages.house.database.read() as db:
        kept = (await db.execute(select(schema.sessions))).all()
    assert len(kept) == 1, "the session before is over"
    assert first not in str(kept)
    assert _cookie(pages) not in str(kept)


async def test_the_cookie_is_for_this_site_alone(pages: Site) -> None:
    await _add_sari(pages)
    response = await pages.post("/login", {"login": "sari", "password": RIGHT})
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


async def test_a_wrong_password_gives_no_session_and_names_no_reason(pages: Site) -> None:
    await _add_sari(pages)
    stands = impossible(Numbered(1, "ADU-7K4M2QX", Status.REJECTED), Act.REFER)
    assert language.refusal(stands, "id") == (
        "Aduan ADU-7K4M2QX berstatus “Ditolak”, jadi “Rujuk ke instansi lain” tidak dapat dilakukan. "
        "Yang dapat dilakukan: Kirim jawaban, Tutup, Buka kembali."
    )
    assert language.refusal(stands, "en").endswith("What is possible: Send answer, Close, Reopen.")
    over = impossible(Numbered(1, "ADU-7K4M2QX", Status.MERGED), Act.ANSWER)
    assert language.refusal(over, "id").endswith("tidak ada tindakan lain yang mungkin.")
    unknown = await pages.post("/login", {"login": "siapa", "password": RIGHT})
    wrong = await pages.post("/login", {"login": "siapa", "password": "salah"})
    assert unknown.status == wrong.status == 400
    assert await unknown.text() == await wrong.text()
    assert not _cookie(pages)


@SQLITE
async def test_five_wrong_passwords_lock_the_door_even_for_the_right_one(pages: Site) -> None:
    await _add_sari(pages)
    for _ in range(5):
        assert await _enter(pages, "salah") == 400
    assert await _enter(pages, RIGHT) == 400
    pages.clock.move(minutes=16)
    assert await _enter(pages, RIGHT) == 303


async def test_signing_out_ends_the_session_in_the_database_too(pages: Site) -> None:
    await _add_sari(pages)
    await _enter(pages, RIGHT)
    stolen = _cookie(pages)
    assert (await pages.post("/logout")).headers["Location"] == "/login"
    assert not _cookie(pages)
    pages.client.session.cookie_jar.update_cookies({session.COOKIE: stolen}, pages.client.make_url("/"))
    assert (await pages.get("/home")).status == 303


async def test_a_session_ends_when_it_is_unused_for_twelve_hours(pages: Site) -> None:
    await pages.be("agent")
    for _ in range(3):
        pages.clock.move(hours=11)
        assert (await pages.get("/home")).status == 200
    pages.clock.move(hours=12, minutes=1)
    assert (await pages.get("/home")).status == 303


async def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(pages: Site) -> None:
    await fill(pages)
    await pages.be("admin", login="tuti")
    for _ in range(2):
        pages.clock.move(hours=7)
        response = await pages.get("/broadcasts/1/progress", headers={"HX-Request": "true"})
    assert response.status == 401
    assert response.headers["HX-Redirect"].startswith("/login")


async def test_a_disabled_colleague_is_out_at_once(pages: Site) -> None:
    who = await pages.be("agent")
    async with pages.house.database.write() as db:
        one = schema.accounts
        await db.execute(update(one).where(one.c.id == who.account_id).values(disabled_at=pages.clock()))
    assert (await pages.get("/home")).status == 303


# --- forged forms, headers, errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "{own}"}, 403),
        ({"Origin": "{own}"}, 303),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({}, 403),
    ],
)
@SQLITE
async def test_only_our_own_pages_may_post(pages: Site, headers: dict[str, str], status: int) -> None:
    await pages.be("agent")
    own = str(pages.client.make_url("")).rstrip("/")
    filled = {name: value.format(own=own) for name, value in headers.items()}
    response = await pages.post("/language", {"language": "en"}, headers=filled)
    assert response.status == status


@SQLITE
async def test_every_answer_tells_the_browser_what_it_may_do(pages: Site) -> None:
    await pages.be("agent")
    for path in ("/", "/home", "/nix", "/static/style.css", "/health"):
        headers = (await pages.get(path)).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"], path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert "unsafe" not in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path
    assert (await pages.get("/home")).headers["Cache-Control"] == "no-store"
    assert "immutable" in (await pages.get(web_pages.static("style.css"))).headers["Cache-Control"]


@SQLITE
async def test_no_page_carries_styles_scripts_or_addresses_of_its_own(pages: Site) -> None:
    ticket = await fill(pages)
    for door in DOORS:
        if door.method != "GET" or door.path == LIVE or door.path.endswith("/mail"):  # a stream; a mail in its frame
            continue
        if door.needs not in (PUBLIC, HALFWAY) and "files" not in door.path:
            await pages.be("agent" if door.needs is Right.ANSWER else "admin")  # an admin does not speak for the desk
            text = await pages.read(address(door, ticket.number, 1))
            assert not re.search(r"<style|style=|<script>|\son\w+=|javascript:", text), door.path
            assert not re.search(r"(src|href)=\"(https?:)?//", text), door.path


@pytest.mark.parametrize(
    "path",
    [
        "/nix",
        "/desk/tickets/ADU-2222222",
        "/desk/tickets/<b>",
        "/broadcasts/99",
        "/broadcasts/9999999999999999",
        "/broadcasts/1x",
        "/templates/nix/sms/id",
        "/templates/round_announced/fax/id",
        "/static/nix.css",
        "/static/../x",
    ],
)
@SQLITE
async def test_what_is_not_there_is_not_found(pages: Site, path: str) -> None:
    await pages.be("admin")
    text = await pages.read(path, 404)
    assert "Traceback" not in text
    assert "static" in path or "Ke halaman Hari ini" in text, "the way back for who is signed in"


@SQLITE
async def test_a_fault_of_ours_shows_a_page_and_nothing_of_the_fault(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pages.be("agent")

    async def broken(*_: object) -> None:
        raise RuntimeError("secret 3175070101800001")

    monkeypatch.setattr(pages.house.told, "etas", broken)
    text = await pages.read("/home", 500)
    assert "Terjadi kesalahan di sistem kami" in text
    assert "secret" not in text
    assert "3175" not in text


@SQLITE
async def test_a_form_that_is_too_large_is_refused_politely(pages: Site) -> None:
    await pages.be("agent")
    headers = {**OURS, "Content-Type": "application/x-www-form-urlencoded"}
    body = BytesIO(b"language=" + b"x" * 1_100_000)
    response = await pages.client.post("/language", data=body, headers=headers, allow_redirects=False)
    assert response.status == 413
    assert "Kiriman terlalu besar" in await response.text()


@pytest.mark.parametrize("body", [b"language=\xff\xfe", b"language=%ED%A0%80%00", b"=&&&%%%", b"\x00" * 50])
@SQLITE
async def test_bytes_that_are_no_form_are_refused_in_a_sentence(pages: Site, body: bytes) -> None:
    await pages.be("agent")
    headers = {**OURS, "Content-Type": "application/x-www-form-urlencoded"}
    response = await pages.client.post("/language", data=body, headers=headers, allow_redirects=False)
    assert response.status == 400
    assert "Traceback" not in await response.text()


# --- language --------------------------------------------------------------------------------------------------------


async def test_a_colleague_reads_english_once_they_say_so(pages: Site) -> None:
    await pages.be("agent")
    assert "Hari ini" in await pages.read("/home")
    response = await pages.post("/language", {"language": "en", "next": "/home"})
    assert response.headers["Location"] == "/home"
    text = await pages.read("/home")
    assert '<html lang="en">' in text
    assert "Hari ini" not in text
    await pages.be("agent")
    assert "Today" in await pages.read("/home"), "kept with the account"


def _sentences() -> set[str]:
    found: set[str] = set()
    for path in TEMPLATES.rglob("*.html"):
        if "wall" not in path.parts:
            found |= set(re.findall(r"\bt\([\"']((?:[^\"'\\]|\\.)*)[\"']", path.read_text()))
    return found | {sentence for pair in site.ERRORS.values() for sentence in pair}


def test_every_sentence_of_the_pages_is_said_in_english_too() -> None:
    assert not _sentences() - set(ENGLISH)


def test_translations_keep_the_places_for_values() -> None:
    for indonesian, english in ENGLISH.items():
        assert set(re.findall(r"\{\w+\}", indonesian)) == set(re.findall(r"\{\w+\}", english)), indonesian


def test_a_word_nobody_translated_is_readable_as_it_came() -> None:
    assert language.word("visit", "mailbox_full", "id") == "mailbox full"


def test_a_refusal_that_staff_meet_is_said_in_their_language() -> None:
    sentence = "ticket ADU-7K4M2QX was changed while you looked at it; look again before you act"
    assert language.refusal(sentence, "id").startswith("Aduan ADU-7K4M2QX sudah diubah rekan lain")
    assert language.refusal(sentence, "en").startswith("Ticket ADU-7K4M2QX was changed")
    merged = "ticket ADU-7K4M2QX is closed; merge into a ticket that is still worked on"
    assert language.refusal(merged, "id").endswith("gabungkan ke aduan yang masih terbuka.")
    unknown = "nobody knows the name hook.example; check the webhook's URL"
    assert language.refusal(unknown, "id") == "Nama “hook.example” tidak dikenal; periksa alamatnya."
    plain = "a webhook's URL begins with https://; http is for addresses of [webhooks] allowed alone"
    assert language.refusal(plain, "id") == "Alamat webhook diawali https://."


# --- machines --------------------------------------------------------------------------------------------------------


async def test_machines_are_told_that_the_service_lives_and_can_serve(pages: Site) -> None:
    assert (await (await pages.get("/health")).json()) == {"status": "ok"}
    body = await (await pages.get("/ready")).json()
    assert body["status"] == "ok"
    assert body["lines"] == {"bot": "ok", "sms": "ok", "mail": "ok"}


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
@SQLITE
async def test_machines_that_post_where_there_is_only_something_to_read_are_told_so(pages: Site, path: str) -> None:
    response = await pages.post(path, headers={})
    assert response.status == 405
    assert "GET" in response.headers["Allow"]
    assert response.content_type == "text/plain"


@SQLITE
async def test_sending_that_fails_at_every_turn_is_told_until_it_works_again(database_url: str, tmp_path: Path) -> None:
    def broken() -> bool:
        raise LookupError

    async with open_site(database_url, tmp_path, lines={"sms": LINES["sms"]}) as pages, open_lines(pages.house):
        house = pages.house
        house.dispatcher = dispatcher = build_dispatcher(house)
        dispatcher._may_send = broken
        pages.clock.move(minutes=1)
        running = asyncio.create_task(dispatcher.run(0.001))
        while dispatcher.failures < 10:
            pages.clock.move(seconds=1)
            await asyncio.sleep(0.001)
        for path in ("/health", "/ready"):
            assert (await (await pages.get(path)).json())["sending"].startswith("fails since 2026-12-05T02:0")
        assert re.search(r"notifier_dispatch_failures_total [1-9]", await pages.read("/metrics"))
        dispatcher._may_send = lambda: True
        async with asyncio.timeout(20):
            while dispatcher.failing_since is not None:
                dispatcher.poke()
                await asyncio.sleep(0.001)
        assert (await (await pages.get("/health")).json()) == {"status": "ok"}
        dispatcher.stop()
        await running


async def test_a_database_that_is_not_migrated_is_not_ready(pages: Site) -> None:
    async with pages.house.database.write() as db:
        await db.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    assert (await pages.get("/ready")).status == 503
    assert (await pages.get("/health")).status == 200


async def test_metrics_tell_how_much_waits_and_name_nobody(pages: Site) -> None:
    ticket = await fill(pages)
    await pages.be("agent")
    await pages.read(f"/desk/tickets/{ticket.number}")
    pages.leave()
    text = await pages.read("/metrics")
    assert 'notifier_deliveries_due{lane="broadcasts",line="sms"} 6.0' in text
    assert 'notifier_deliveries_due{lane="broadcasts",line="mail"} 0.0' in text
    assert "notifier_ledger_unsealed" in text
    assert 'route="/desk/tickets/{number}"' in text
    assert ticket.number not in text


async def test_citizens_read_how_to_complain_and_never_a_secret(pages: Site) -> None:
    text = await pages.read("/")
    assert "Cara melapor" in text
    assert "pengaduan@bansos.test" in text
    assert "AAE-x" not in text
    assert 'href="/login"' in text


@SQLITE
async def test_the_name_of_the_service_is_shown_as_text(database_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, tmp_path, service={"name": HOSTILE}) as opened:
        text = await opened.read("/")
    assert "<b>Budi" not in text
    assert "&lt;b&gt;Budi" in text


def test_times_are_told_in_words() -> None:
    now = START
    told = {
        timedelta(seconds=30): "kurang dari semenit lagi",
        timedelta(minutes=45): "45 menit lagi",
        timedelta(hours=47): "47 jam lagi",
        timedelta(days=3): "3 hari lagi",
        -timedelta(minutes=5): "terlambat 5 menit",
        -timedelta(days=10): "terlambat 10 hari",
    }
    assert {away: web_pages.time_left(now + away, now, "id") for away in told} == told
    assert web_pages.time_left(None, now, "en") == "no deadline"
    assert web_pages.moment(now, "Asia/Jakarta", "id") == "Sab 5 Des 2026, 09.00 WIB"
    assert web_pages.moment(now, "Asia/Jayapura", "en") == "Sat 5 Dec 2026, 11:00 WIT"
