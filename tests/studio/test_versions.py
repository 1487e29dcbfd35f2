"""The life of words: reviewed by a second person, compared, rolled back; pages and the lexicon go the same way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from notifier.errors import Refused
from notifier.render import Words, pagetexts
from notifier.rules.roles import Role, Viewer
from notifier.rules.words import Intent, additions, meaning
from notifier.store.engine import Database
from notifier.store.schema import ledger, people, templates
from notifier.studio import Studio, broken, kinds, refresh
from notifier.studio.texts import Texts

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
SITI = Viewer(1, "siti", Role.ADMIN)
BUDI = Viewer(2, "budi", Role.ADMIN)
AUDITOR = Viewer(4, "made", Role.AUDITOR)
SMS = ("round_reminder", "sms", "id", "text")
STAFF = ("line_alert", "sms", "id", "text")
FAQ = (kinds.PAGE, kinds.WEB, "id", "faq")
ADDED = (kinds.LEXICON, kinds.WORDS, "id", kinds.ADDED)
ONE = "{{ name|singkat(20) }}, {{ opens_at|tanggal }}. STOP=berhenti {{ code }}"
TWO = "Ingat: {{ name|singkat(20) }}, {{ opens_at|tanggal }}. STOP=berhenti {{ code }}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


async def _register_one(database: Database) -> None:
    row = {
        "nik": b"sealed",
        "nik_index": bytes(32),
        "nik_masked": "317507******3689",
        "name": "SITI",
        "region": "31.75.07.1003",
        "zone": "Asia/Jakarta",
        "flags": [],
        "created_at": NOW,
        "updated_at": NOW,
    }
    async with database.write() as db:
        await db.execute(insert(people).values(row))


async def test_what_reaches_many_needs_a_second_pair_of_eyes(database: Database) -> None:
    studio = Studio(database, four_eyes_above=0)
    await studio.save_draft(SITI, *SMS, ONE, NOW)
    assert await studio.publish(SITI, *SMS[:3], NOW) == {"text": "v1"}, "nobody is registered yet"
    await _register_one(database)
    await studio.save_draft(SITI, *SMS, TWO, NOW)
    with pytest.raises(Refused, match="more than 0 people: another admin has to review it first"):
        await studio.publish(SITI, *SMS[:3], NOW)
    with pytest.raises(Refused, match="your own words"):
        await studio.review(SITI, *SMS[:3], NOW)
    assert await studio.review(BUDI, *SMS[:3], NOW) == ["text"]
    with pytest.raises(Refused, match="reviewed already"):
        await studio.review(BUDI, *SMS[:3], NOW)
    await studio.save_draft(SITI, *SMS, TWO + " Gratis.", NOW)
    with pytest.raises(Refused, match="another admin"):  # a change undoes the review
        await studio.publish(SITI, *SMS[:3], NOW)
    await studio.review(BUDI, *SMS[:3], NOW)
    assert await studio.publish(SITI, *SMS[:3], NOW) == {"text": "v2"}
    newest = (await studio.history(AUDITOR, *SMS))[0]
    assert (newest.who, newest.reviewer, newest.state) == ("account:1", "account:2", "published")
    await studio.save_draft(SITI, *SMS, ONE, NOW)
    assert await studio.publish(BUDI, *SMS[:3], NOW) == {"text": "v3"}, (
        "whoever publishes another's words has read them"
    )
    await studio.save_draft(SITI, *STAFF, "{{ line|singkat(20) }} {% if works %}baik{% else %}rusak{% endif %}", NOW)
    assert await studio.publish(SITI, *STAFF[:3], NOW) == {"text": "v1"}, "colleagues are few"


async def test_older_words_come_back_with_their_own_number(database: Database) -> None:
    studio, words = Studio(database), Words()
    known = await refresh(database, words)
    for source in (ONE, TWO):
        await studio.save_draft(SITI, *SMS, source, NOW)
        await studio.publish(SITI, *SMS[:3], NOW)
    known = await refresh(database, words, known)
    assert await studio.rollback(BUDI, *SMS, 1, NOW + timedelta(hours=1)) == "v1"
    assert await refresh(database, words, known) != known
    assert words.label(*SMS[:3]) == "v1"
    with pytest.raises(Refused, match="in force already"):
        await studio.rollback(BUDI, *SMS, 1, NOW)
    await studio.save_draft(SITI, *SMS, "{{ nama }}", NOW)
    with pytest.raises(Refused, match="no version 3 that was in force"):
        await studio.rollback(BUDI, *SMS, 3, NOW)
    await studio.discard(SITI, *SMS, NOW)
    with pytest.raises(Refused, match="no draft"):
        await studio.discard(SITI, *SMS, NOW)
    assert [one.state for one in await studio.history(AUDITOR, *SMS)] == ["retired", "retired", "published"]
    async with database.read() as db:
        acts = (await db.execute(select(ledger.c.act).order_by(ledger.c.id))).scalars().all()
    assert list(acts)[-3:] == ["template_rolled_back", "template_drafted", "template_discarded"]


async def test_any_two_wordings_can_be_compared(database: Database) -> None:
    studio = Studio(database)
    await studio.save_draft(SITI, *SMS, ONE, NOW)
    await studio.publish(SITI, *SMS[:3], NOW)
    await studio.save_draft(SITI, *SMS, TWO, NOW)
    assert list(await studio.diff(AUDITOR, SMS))[:2] == ["--- v1", "+++ draft v2"]
    assert f"+{TWO}" in await studio.diff(AUDITOR, SMS)
    assert f"-{ONE}" in await studio.diff(AUDITOR, SMS, "v1", "v2")
    assert await studio.diff(AUDITOR, SMS, "v1", "published") == []
    assert f"+{ONE}" in await studio.diff(AUDITOR, SMS, "shipped", "published")
    for name in ("v9", "vx", "old", "draft"):
        with pytest.raises(Refused, match="there are: shipped, published"):
            await studio.diff(AUDITOR, ("help", *SMS[1:]), name, name)


async def test_dropping_or_adding_a_fact_is_told_with_who_still_says_it(database: Database) -> None:
    studio = Studio(database)
    found = await studio.advise(
        SITI, *SMS, "{{ name|singkat(9) }} {{ round_code|singkat(9) }} STOP=berhenti {{ code }}"
    )
    told = {finding.code: finding for finding in found if finding.code.startswith("fact_")}
    assert "en, jv, su still say it" in told["fact_dropped"].suggestion
    assert "Say it in en, jv, su too" in told["fact_added"].suggestion
    assert {finding.level for finding in told.values()} == {"advice"}


# --- pages and the words we understand -------------------------------------------------------------------------------


async def test_a_page_is_changed_like_a_message(database: Database) -> None:
    studio, texts, words = Studio(database), Texts(), Words()
    shown = await studio.source(AUDITOR, *FAQ)
    assert dict(pagetexts.read(shown.source)) == dict(pagetexts.catalogue("id")["faq"])
    assert texts.say("id", "faq.title") == "Tanya jawab"
    more = shown.source.replace('"Tanya jawab"', '"Tanya & jawab"') + 'q10 = "Gratis?"\na10 = "Ya."\n'
    await studio.save_draft(SITI, *FAQ, more, NOW)
    assert await studio.publish(SITI, *FAQ[:3], NOW, ["faq"]) == {"faq": "v1"}
    known = await refresh(database, words, None, texts)
    assert (texts.say("id", "faq.title"), texts.say("su", "faq.a10")) == ("Tanya & jawab", "Ya.")
    assert texts.say("en", "faq.title") == pagetexts.catalogue("en")["faq"]["title"]
    await studio.withdraw(SITI, *FAQ, NOW)
    await refresh(database, words, known, texts)
    assert texts.say("id", "faq.title") == "Tanya jawab"


async def test_words_that_were_added_are_understood_and_wrong_ones_are_not_published(database: Database) -> None:
    studio, texts, words = Studio(database), Texts(), Words()
    await studio.save_draft(SITI, *ADDED, '[spelling]\nsudah = "zuwis"\n[concepts]\nnew = "{nope}"', NOW)
    with pytest.raises(Refused, match=r"line 4, column 1: .*\{nope\}"):
        await studio.publish(SITI, *ADDED[:3], NOW)
    await studio.save_draft(SITI, *ADDED, '[spelling]\nsudah = "zuwis"', NOW)
    await studio.publish(SITI, *ADDED[:3], NOW)
    assert meaning("zuwis terima", "receipt", texts.lexicon).intent is Intent.UNCLEAR
    await refresh(database, words, None, texts)
    assert meaning("zuwis terima", "receipt", texts.lexicon).intent is Intent.RECEIPT_YES


async def test_a_shipped_word_is_turned_off_and_comes_back(database: Database) -> None:
    studio, texts, words = Studio(database), Texts(), Words()
    for source, told in (
        ('[without.spelling]\nsudah = "nix"', r"line 2, .* names \"nix\", which is not among its shipped words"),
        (
            '[without.concepts]\nlate = """' + str(additions._shipped()["concepts"]["late"]) + '"""',
            "would leave",
        ),
        ('[without.nix]\na = "b"', "without.nix is no section"),
    ):
        await studio.save_draft(SITI, *ADDED, source, NOW)
        with pytest.raises(Refused, match=told):
            await studio.publish(SITI, *ADDED[:3], NOW)
    await studio.save_draft(SITI, *ADDED, '[without.spelling]\nsudah = "udh"', NOW)
    await studio.publish(SITI, *ADDED[:3], NOW)
    assert meaning("udh terima", "receipt", texts.lexicon).intent is Intent.RECEIPT_YES
    known = await refresh(database, words, None, texts)
    assert meaning("udh terima", "receipt", texts.lexicon).intent is Intent.UNCLEAR
    assert meaning("sdh terima", "receipt", texts.lexicon).intent is Intent.RECEIPT_YES
    await studio.withdraw(SITI, *ADDED, NOW)
    await refresh(database, words, known, texts)
    assert meaning("udh terima", "receipt", texts.lexicon).intent is Intent.RECEIPT_YES


async def test_conversations_say_what_was_published(database: Database) -> None:
    studio, texts, words = Studio(database), Texts(), Words()
    key = (kinds.TALK, kinds.SPOKEN, "id", "menu")
    await studio.save_draft(SITI, *key, 'ask = "Layanan bantuan sosial, tanpa biaya."', NOW)
    assert await studio.publish(SITI, *key[:3], NOW) == {"menu": "v1"}
    known = await refresh(database, words, None, texts)
    assert texts.phrases.say("id", "menu.ask", {}, short=True) == "Layanan bantuan sosial, tanpa biaya."
    await studio.withdraw(SITI, *key, NOW)
    await refresh(database, words, known, texts)
    assert texts.phrases.say("id", "menu.ask", {}, short=True) == "Layanan bansos. Gratis."
    for wrong in (("fr", "menu"), ("id", "nix")):
        with pytest.raises(Refused, match=r"there is no part|are not held"):
            await studio.source(AUDITOR, kinds.TALK, "", *wrong)


async def test_words_that_a_new_release_can_not_read_are_named_and_stop_nobody(database: Database) -> None:
    studio, texts, words = Studio(database), Texts(), Words()
    for key, source in ((SMS, ONE), (ADDED, '[spelling]\nsudah = "zuwis"')):
        await studio.save_draft(SITI, *key, source, NOW)
        await studio.publish(SITI, *key[:3], NOW)
    async with database.write() as db:
        assert await broken(db) == []
        spoil = update(templates).where(templates.c.event == kinds.LEXICON)
        await db.execute(spoil.values(source='[concepts]\nnew = "{gone}"'))
        await db.execute(update(templates).where(templates.c.event == SMS[0]).values(source="{{ gone }}"))
        told = await broken(db)
    assert [sentence.split(":")[0] for sentence in told] == ["round_reminder/sms/id/text v1", "/".join(ADDED) + " v1"]
    await refresh(database, words, None, texts)
    assert meaning("sudah terima", "receipt", texts.lexicon).intent is Intent.RECEIPT_YES
    marked = {"/".join((entry.event, entry.part)) for entry in await studio.list(AUDITOR) if entry.broken}
    assert marked == {"round_reminder/text", "lexicon/additions"}
