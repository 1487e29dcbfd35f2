"""The pages of citizens: light, readable in four languages, honest about rounds, telling nobody about anybody else."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select
from structlog.testing import capture_logs

from notifier.desk.following import rating_code
from notifier.render import pagetexts
from notifier.rules.limits import LIMITS, Asked, Limit
from notifier.rules.tickets import Act
from notifier.store import imports, schema
from notifier.web.pages import STATIC
from notifier.web.public import frame
from notifier.web.site import DOORS, PUBLIC
from tests.web.sites import HOSTILE, OURS, Site, fill, open_site

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "web" / "public"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOT_OURS = {"/health", "/ready", "/metrics", "/login"}  # for machines and for staff
PAGES = sorted({d.path for d in DOORS if d.needs is PUBLIC and d.method == "GET" and "{" not in d.path} - NOT_OURS)
BY_LINK = "/nilai"  # of a mail, about one ticket
FIRST_LOAD = 30_000  # bytes: page, style sheet and picture, before any compression
# page → statements it may ask the database
STATEMENTS = {"/": 1, "/jadwal": 2, "/jadwal?w=31.75.07": 3, "/lapor": 0, "/lapor?jadwal=BPNT-2026-12-DS": 1}
STATEMENTS |= dict.fromkeys(("/cek", "/lacak", "/asli", "/cara-lapor", "/tanya", "/program", "/berhenti"), 0) | {
    "/layanan": 1
}
STATEMENTS |= {"/asli?kode=halo": 2, "/asli?kode=K7QM-3FXA": 3}  # two of them count who asks
NAMES = [
    ("31", "DKI Jakarta"),
    ("31.75", "Kota Jakarta Timur"),
    ("31.75.07", "Duren Sawit"),
    ("31.75.07.1003", "Klender"),
    ("73", "Sulawesi Selatan"),
    ("73.71", "Kota Makassar"),
]


async def name_places(pages: Site) -> None:
    async with pages.house.database.write() as db:
        await imports.name_regions(db, NAMES)


async def rated(pages: Site) -> str:
    """The page on which somebody says how content they are."""
    agent, ticket = await pages.be("agent"), await pages.hear("belum cair juga")
    done = await pages.house.desk.act(agent, ticket.number, Act.RESOLVE, "Sudah.", ticket.version, pages.clock())
    await pages.house.desk.act(agent, ticket.number, Act.CLOSE, "", done.version, pages.clock())
    pages.leave()
    return f"{BY_LINK}/{ticket.number}/{rating_code(pages.house.vault, ticket.number)}?nilai=4"


@contextmanager
def statements(pages: Site) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_db: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            asked.append(statement)

    engine = pages.house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


# --- light and readable ----------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """What a page is made of, as far as a screen reader stumbles over it."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.named: list[str] = []  # ids that others refer to
        self.fields: list[str] = []
        self.labelled: set[str] = set()
        self.levels: list[int] = []
        self.faults: list[str] = []
        self._label = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.ids += [told["id"]] if "id" in told else []
        for name in ("aria-describedby", "aria-labelledby"):
            self.named += told.get(name, "").split()
        if tag == "label":
            self._label = True
            self.labelled.add(told.get("for", ""))
        if tag in ("input", "select", "textarea") and told.get("type") != "hidden" and not self._label:
            self.fields.append(told.get("id", "?"))
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "script" or "style" in told or any(name.startswith("on") for name in told):
            self.faults.append(f"<{tag}> needs what the policy forbids")
        if tag == "img" and "alt" not in told:
            self.faults.append("a picture without words")
        if tag == "svg" and told.get("aria-hidden") != "true":
            self.faults.append("a picture that is read out")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._label = False


def faults(text: str) -> list[str]:
    reader = Reader()
    reader.feed(text)
    found = list(reader.faults)
    found += [f"{one} twice" for one in reader.ids if reader.ids.count(one) > 1]
    found += [f"nothing is called {one}" for one in reader.named if one not in reader.ids]
    found += [f"the field {one} has no label" for one in reader.fields if one not in reader.labelled]
    if reader.levels.count(1) != 1 or any(after - before > 1 for before, after in pairwise(reader.levels)):
        found.append(f"headings {reader.levels}")
    return found


@SQLITE
async def test_every_page_is_light_and_plain_in_every_language(pages: Site) -> None:
    await fill(pages)
    await name_places(pages)
    pages.leave()
    around = sum((STATIC / name).stat().st_size for name in ("public.css", "mark.svg"))
    for path in [*PAGES, "/jadwal?w=31.75.07", "/lapor?jadwal=BPNT-2026-12-DS", await rated(pages)]:
        for tongue in frame.LANGUAGES:
            text = await pages.read(f"{path}{'&' if '?' in path else '?'}bahasa={tongue}")
            assert f'<html lang="{tongue}">' in text
            assert faults(text) == [], (path, tongue)
            assert len(text.encode()) + around <= FIRST_LOAD, path
            assert re.findall(r'(?:src|href)="(/static/[\w.]+)', text) == [
                "/static/mark.svg",
                "/static/public.css",
                "/static/mark.svg",
            ]


@SQLITE
async def test_what_is_not_there_is_told_citizens_in_their_language_on_as_light_a_page(pages: Site) -> None:
    pages.leave()
    for tongue, title in (("id", "Halaman tidak ditemukan"), ("su", "Kaca teu kapendak"), ("jv", "Kaca mboten")):
        response = await pages.get(f"/tidak-ada?bahasa={tongue}")
        text = await response.text()
        assert (response.status, title in text) == (404, True)
        assert f'<html lang="{tongue}">' in text
        assert "/static/style.css" not in text, "the style sheet of staff weighs more than the whole page may"
        assert faults(text) == []
    response = await pages.post("/layanan", {})
    assert (response.status, response.headers["Allow"]) == (405, "GET,HEAD")


async def test_each_page_asks_the_database_as_little_as_it_must(pages: Site) -> None:
    await fill(pages)
    pages.leave()
    assert {path.partition("?")[0] for path in STATEMENTS} == set(PAGES)
    for path, most in {**STATEMENTS, await rated(pages): 4}.items():
        with statements(pages) as asked:
            await pages.read(path)
        assert len(asked) <= most, (path, asked)


@SQLITE
async def test_a_language_that_was_chosen_is_kept_and_the_place_too(pages: Site) -> None:
    await pages.add_round()
    text = await pages.read("/jadwal?w=31.75&bahasa=su")
    assert "Pilih kacamatan" in text
    assert 'href="/jadwal?w=31.75&amp;bahasa=en"' in text
    assert "Pariksa status bantosan" in await pages.read("/cek"), "the cookie remembers"
    assert "Basa Sunda dina kaca ieu masih kedah dipariksa" in await pages.read("/tanya"), "until a native reader has"
    assert '<html lang="id">' in await pages.read("/tanya?bahasa=xx")
    login = await pages.read("/login")
    assert "Masuk petugas" in login


# --- words -----------------------------------------------------------------------------------------------------------


def _keys(tongue: str) -> dict[str, str]:
    return {
        f"{page}.{key}": words for page, table in pagetexts.catalogue(tongue).items() for key, words in table.items()
    }


@pytest.mark.parametrize("tongue", frame.LANGUAGES)
def test_every_sentence_is_said_in_every_language_with_the_same_values(tongue: str) -> None:
    own, indonesian = _keys(tongue), _keys("id")
    names = {f"programmes.{code}" for code in ("PKH", "BPNT", "BST", "BLT", "LANSIA", "DISABILITAS")}
    assert not set(own) - set(indonesian)
    assert not set(indonesian) - set(own) - names, "only names of programmes may stand in Indonesian"
    for key, words in own.items():
        assert words.strip(), key
        assert re.findall(r"\{\w+\}", words) == re.findall(r"\{\w+\}", indonesian[key]), key


def test_every_sentence_that_a_page_names_is_there() -> None:
    named = {
        key
        for path in TEMPLATES.glob("*.html")
        for key in re.findall(r'\bs\(["\']([a-z]+\.\w+)["\'][,)]', path.read_text())
    }
    assert len(named) > 100
    assert not named - set(_keys("id"))


# --- the schedule ----------------------------------------------------------------------------------------------------


async def test_a_village_finds_its_rounds_moved_and_cancelled_ones_plainly_marked(pages: Site) -> None:
    await name_places(pages)
    await pages.add_round(note="Bawa undangan")
    await pages.add_round("BST-1", programme="BST", region="31.75.07.1003", venue="Kelurahan Klender", version=2)
    await pages.add_round("PKH-1", programme="PKH", state="cancelled", venue=HOSTILE)
    await pages.add_round("OLD-1", closes_at=pages.clock(), venue="Sudah lewat")
    await pages.add_round("PKH-MK", region="73.71", zone="Asia/Makassar", venue="Kantor Pos Makassar")
    text = await pages.read("/jadwal")
    assert re.findall(r'<a href="/jadwal\?w=([\d.]+)">([^<]+)</a>', text) == [
        ("31", "DKI Jakarta"),
        ("73", "Sulawesi Selatan"),
    ]
    assert '<a href="/jadwal?w=31.75.07">Duren Sawit</a>' in await pages.read("/jadwal?w=31.75")
    text = await pages.read("/jadwal?w=31.75.07")
    assert '<a href="/jadwal?w=31.75.07.1003">Klender</a>' in text
    text = await pages.read("/jadwal?w=31.75.07.1003")
    assert "Senin, 7 Desember 2026 sampai Jumat, 11 Desember 2026" in text
    assert "Pukul 08.00 – 15.00 WIB" in text
    assert "Bawa undangan" in text
    assert "KTP dan Kartu Keluarga asli" in text
    assert "BERUBAH" in text
    assert "DIBATALKAN" in text
    assert "&lt;b&gt;Budi" in text
    assert "Makassar" not in text
    assert "Sudah lewat" not in text
    assert "09.00 – 16.00 WITA" in await pages.read("/jadwal?w=73.71")
    news = await pages.read("/")
    assert news.index("BERUBAH") < news.index("Kantor Pos Makassar"), "what changed comes first"
    for odd in ("31.75.07.1003.9", "x", "%", "99", "31' or 1=1"):
        assert "<h1>" in await pages.read(f"/jadwal?w={odd}")


# --- one's own status ------------------------------------------------------------------------------------------------

NIK = "3175070101800000"


async def check(pages: Site, nik: str, name: str, **kwargs: Any) -> tuple[int, str]:
    response = await pages.post("/cek", {"nik": nik, "nama": name}, **kwargs)
    return response.status, await response.text()


async def test_who_gives_their_own_nik_and_name_is_told_and_everybody_else_learns_nothing(pages: Site) -> None:
    await pages.add_people(2)
    round_id = await pages.add_round()
    async with pages.house.database.write() as db:
        row = {"round_id": round_id, "person_id": 1, "status": "DITERIMA", "record": "DITERIMA"}
        await db.execute(insert(schema.entitlements).values(**row, updated_at=pages.clock()))
        await db.execute(schema.enrolments.update().where(schema.enrolments.c.person_id == 2).values(status="DITOLAK"))
    with capture_logs() as logs, statements(pages) as asked:
        status, own = await check(pages, "3175 0701 0180 0000", " siti  AMINAH 1")
    steps = len(asked)
    assert status == 200
    assert "Sudah Diterima" in own
    assert "BPNT" in own
    assert "Tidak Terdaftar" in (await check(pages, "3175070101800001", "Siti Aminah 2"))[1], "known, and not approved"
    with statements(pages) as asked:
        wrong = await check(pages, NIK, "Budi")
    assert len(asked) == steps
    with statements(pages) as asked:
        unknown = await check(pages, "3175070101809999", "Siti Aminah 1")
    assert len(asked) == steps, "the same steps, so the same time"
    assert wrong == unknown
    assert "Data tidak cocok" in wrong[1]
    assert "Tidak Terdaftar" not in wrong[1]
    for shown in (own, wrong[1], str(logs)):
        assert NIK not in shown
        assert "Siti" not in shown
    async with pages.house.database.read() as db:
        table = schema.ledger.c
        acts = (await db.execute(select(table.about, table.detail).where(table.act == "status_asked"))).all()
        scopes = "".join((await db.execute(select(schema.tries.c.scope))).scalars())
    assert [about for about, _ in acts] == ["person:1", "person:2", "person:unknown", "person:unknown"]
    assert NIK not in f"{acts}{scopes}"
    assert "127.0.0" not in scopes


async def test_a_nik_is_tried_a_few_times_only_and_all_together_not_without_end(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pages.add_people(2)
    most = LIMITS[Asked.STATUS]["subject"].most
    for _ in range(most):
        assert (await check(pages, NIK, "Budi"))[0] == 200
    status, text = await check(pages, NIK, "Siti Aminah 1")
    assert status == 429, "also with the right name"
    assert "Coba lagi pukul 10.01 WIB" in text
    assert (await check(pages, "3175070101800001", "Siti Aminah 2"))[0] == 200, "a neighbour on the same address may"
    pages.clock.move(minutes=60)
    assert "Dalam Proses" in (await check(pages, NIK, "Siti Aminah 1"))[1]
    limit = LIMITS[Asked.STATUS]["all"]
    monkeypatch.setattr("notifier.enquiries.LIMITS", {Asked.STATUS: {"all": type(limit)(1, limit.within)}})
    pages.clock.move(days=1)
    await pages.house.enquiries.forget(pages.clock())
    codes = [(await check(pages, f"317507010180{n:04d}", "Budi"))[0] for n in range(1, 4)]
    assert codes == [200, 429, 429]


@SQLITE
async def test_who_tries_one_nik_without_end_takes_nothing_from_the_others(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = LIMITS[Asked.STATUS]["subject"].within
    own = {"subject": Limit(1, hour), "block": Limit(2, hour), "all": Limit(3, hour)}
    monkeypatch.setattr("notifier.enquiries.LIMITS", {Asked.STATUS: own})
    ask, now = pages.house.enquiries.admit, pages.clock()
    assert await ask(Asked.STATUS, "a", "village", now) is None
    for _ in range(5):
        assert await ask(Asked.STATUS, "a", "village", now) == now + hour
    assert await ask(Asked.STATUS, "b", "village", now) is None
    assert await ask(Asked.STATUS, "c", "village", now) == now + hour, "the village has had its share"
    assert await ask(Asked.STATUS, "c", "town", now + hour) is None


@SQLITE
async def test_what_is_no_nik_is_refused_by_its_field_and_never_shown_again(pages: Site) -> None:
    status, text = await check(pages, "31750701018", HOSTILE)
    assert status == 400
    assert "NIK harus 16 angka" in text
    assert "31750701018" not in text
    assert "&lt;b&gt;Budi" in text
    assert 'aria-describedby="salah-nik" aria-invalid="true"' in text


@SQLITE
async def test_old_browsers_may_use_the_forms_of_citizens_and_other_sites_may_not(pages: Site) -> None:
    for path in ("/cek", "/lapor", "/lacak"):
        assert (await pages.post(path, headers={})).status == 400, "read, and found empty"
        for foreign in ({"Origin": "https://jahat.test"}, {"Sec-Fetch-Site": "cross-site"}):
            assert (await pages.post(path, headers=foreign)).status == 403
    assert (await pages.post("/login", headers={})).status == 403
    assert (await pages.get("/cek?nik=3175070101800000")).status == 200, "and asks nothing"


@SQLITE
async def test_only_as_many_proxies_are_believed_as_are_ours(database_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, tmp_path, service={"proxies": 1}) as pages:
        enquiries, seen = pages.house.enquiries, []
        original = enquiries.status

        async def note(nik: str, name: str, source: str, now: datetime) -> Any:
            seen.append(source)
            return await original(nik, name, source, now)

        enquiries.status = note  # type: ignore[method-assign]
        for hops in ("10.1.2.3", "6.6.6.6, 10.1.2.77", "2001:db8:1:2::3", "nonsense"):
            await check(pages, NIK, "Budi", headers={**OURS, "X-Forwarded-For": hops})
    assert seen == ["10.1.2.0/24", "10.1.2.0/24", "2001:db8:1::/56", "unknown"]


# --- figures ---------------------------------------------------------------------------------------------------------


async def test_figures_are_of_the_last_whole_quarter_and_speak_of_nobody_few(pages: Site) -> None:
    await name_places(pages)
    pages.clock.now = datetime(2026, 9, 30, 16, 59, tzinfo=UTC)  # one minute before October begins in Jakarta
    settled = {"status": "closed", "closed_at": pages.clock()}
    for n in range(12):
        ticket = await pages.hear(f"Bantuan belum masuk {n}")
        values = {"region": "73.71.01"} if n == 11 else settled
        async with pages.house.database.write() as db:
            await db.execute(schema.tickets.update().where(schema.tickets.c.id == ticket.id).values(**values))
    assert "Belum ada laporan" in await pages.read("/layanan"), "the quarter is not over"
    pages.clock.now = datetime(2026, 12, 5, tzinfo=UTC)
    await pages.hear("Bantuan belum masuk juga")
    text = " ".join(re.sub(r"<[^>]+>", " ", await pages.read("/layanan")).split())
    assert "dari Rabu, 1 Juli 2026 sampai Rabu, 30 September 2026" in text
    assert "Kota Makassar tidak ditampilkan" in text
    assert "Kota Jakarta Timur tidak ditampilkan" in text, "else the total would tell"
    assert "Semua 12 hampir semua" in text
