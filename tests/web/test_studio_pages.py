"""The studio's smaller pages: previews while typing, a mail in its frame, tests to oneself, pages and added words."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from notifier.store import schema
from notifier.studio import refresh
from tests.web.sites import Site, fill

SMS = "/templates/round_reminder/sms/id"
MAIL = "/templates/round_reminder/email/id"
FAQ = "/texts/public_page/id/faq"
LEXICON = "/texts/lexicon/id/additions"
ONE = "{{ name|singkat(20) }}, {{ opens_at|tanggal }}. STOP=berhenti ASLI {{ code }}"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _posted(pages: Site, path: str, form: Mapping[str, str], status: int = 200) -> str:
    response = await pages.post(path, form)
    text = await response.text()
    assert response.status == status, text[-800:]
    return text


async def test_previews_follow_words_that_nobody_saved(pages: Site) -> None:
    await fill(pages)
    await pages.be("auditor")
    typed = await _posted(pages, f"{SMS}/preview?sample=shortest", {"text": "Halo {{ name }}"})
    assert "Halo Uli" in typed
    assert "Rp350 per pesan" in typed
    assert typed.count("<article") == 12
    assert "Belum dapat ditampilkan" in await _posted(pages, f"{SMS}/preview", {"text": "{{ nama }}"})
    mail = await pages.post(f"{MAIL}/mail", {"html": "<p>{{ name }}</p><script>x</script>"})
    assert "<p>Siti Aminah</p>" in await mail.text()
    policy = mail.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox"), "no script, no form, an origin of its own"
    assert "Pengingat" in await pages.read("/templates/round_reminder?sample=wit")
    await pages.read("/templates/nix", 404)


async def test_what_stops_publishing_stands_first_and_an_emptied_part_says_so(pages: Site) -> None:
    await pages.be("admin")
    form = {"subject": "Ingat", "text": "", "html": '<img src="https://x.test/y.png">{{ code }}', "do": "publish"}
    page = await _posted(pages, MAIL, form, 400)
    assert "Bagian “text” belum dapat diterbitkan: perbaiki dahulu baris 1, kolom 1" in page
    assert "Belum ada isinya. Tulis pesannya." in page
    levels = re.findall(r'<li class="(error|advice)">', page[page.index("Gambar dari luar") - 500 :])
    assert levels == sorted(levels, reverse=True)
    assert "Judul dan teks surel belum ditulis" in await _posted(
        pages, MAIL[:-2] + "bug", {"html": "<p>{{ code }}</p>", "do": "publish"}, 400
    )


async def test_a_test_goes_to_an_address_of_ones_own_as_a_citizen_would_receive_it(pages: Site) -> None:
    await pages.be("admin")
    await _posted(pages, SMS, {"text": ONE, "do": "send", "to": "bukan nomor"}, 400)
    page = await _posted(pages, SMS, {"text": ONE, "do": "send", "to": "081234567890"})
    assert "/lines?test=1" in page
    assert "{{ name|singkat(20) }}" in page, "what was typed stays"
    html = "<p>Halo <b>{{ name }}</b> {{ code }}</p>"
    sent = {"subject": "Ingat", "text": "Halo {{ code }}", "html": html, "do": "send", "to": "siti@example.id"}
    await _posted(pages, MAIL, sent)
    async with pages.house.database.read() as db:
        facts = list((await db.execute(select(schema.deliveries.c.facts).order_by(schema.deliveries.c.id))).scalars())
        acts = await db.execute(select(schema.ledger.c.detail).where(schema.ledger.c.act == "line.tested"))
        assert [json.loads(act)["template"] for act in acts.scalars()] == [
            "round_reminder/sms/id",
            "round_reminder/email/id",
        ]
    assert facts[0]["said"]["text"].startswith("[UJI] Siti Aminah, Senin, 7 Desember 2026.")
    assert facts[1]["said"]["subject"] == "[UJI] Ingat"
    assert "<p><strong>[UJI]</strong></p>\n<p>Halo <b>Siti Aminah</b>" in facts[1]["said"]["html"]


async def test_drafts_are_discarded_and_only_versions_that_were_in_force_come_back(pages: Site) -> None:
    await pages.be("admin")
    await _posted(pages, SMS, {"text": ONE, "do": "save"}, 303)
    assert "Yang diubah draf" in await pages.read(SMS)
    await _posted(pages, SMS, {"part": "text", "do": "discard"}, 303)
    assert "versi 1 yang pernah terbit" in await _posted(
        pages, SMS, {"part": "text", "version": "1", "do": "rollback"}, 400
    )
    await _posted(pages, SMS, {"part": "nix", "do": "withdraw"}, 400)
    await _posted(pages, SMS, {"do": "dance"}, 400)


async def test_what_citizens_read_on_a_page_is_changed_and_shown_there(pages: Site) -> None:
    await pages.be("admin")
    source = (await pages.house.studio.source(pages.viewers["admin"], "public_page", "web", "id", "faq")).source
    assert "tidak ada kalimat bernama “foo”" in await _posted(
        pages, FAQ, {"source": source + 'foo = "x"', "do": "check"}
    )
    more = source + 'q10 = "Apakah gratis?"\na10 = "Ya, selalu."\n'
    assert "Ya, selalu." in await _posted(pages, FAQ, {"source": more, "do": "check"})
    await _posted(pages, FAQ, {"source": more, "do": "publish"}, 303)
    await refresh(pages.house.database, pages.house.words, None, pages.house.texts)
    for language in ("id", "su"):
        assert "Ya, selalu." in await pages.read(f"/tanya?bahasa={language}")
    await _posted(pages, FAQ, {"do": "withdraw"}, 303)
    assert '<a href="/templates" aria-current="page">Templat</a>' in await pages.read(FAQ)
    await pages.read("/texts/public_page/fr/faq", 404)
    await pages.read("/texts/public_page/id/nix", 404)


async def test_added_words_are_tried_before_they_are_published(pages: Site) -> None:
    await pages.be("admin")
    form: dict[str, Any] = {"source": '[spelling]\nsudah = "zuwis"', "try": "zuwis terima", "do": "check"}
    tried = await _posted(pages, LEXICON, form)
    assert "<strong>unclear</strong>" in tried
    assert "<strong>receipt_yes</strong>" in tried
    wrong = await _posted(pages, LEXICON, form | {"source": '[concepts]\na = "{nope}"', "do": "publish"}, 400)
    assert "baris 2" in wrong
    await _posted(pages, LEXICON, form | {"do": "publish"}, 303)
    await _posted(pages, LEXICON, {"version": "1", "do": "rollback"}, 400)
