"""How people change what we say: drafts, previews, publishing that refuses mistakes, and a way back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from notifier.errors import Refused
from notifier.render import Words
from notifier.render.samples import SAMPLES, TYPICAL, sample
from notifier.rules.roles import Role, Viewer
from notifier.store import templates as rows
from notifier.store.engine import Database
from notifier.store.schema import ledger
from notifier.studio import Studio, overrides, refresh

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
SITI = Viewer(1, "siti", Role.ADMIN)
BUDI = Viewer(2, "budi", Role.ADMIN)
AGENT = Viewer(3, "ani", Role.AGENT)
AUDITOR = Viewer(4, "made", Role.AUDITOR)
SMS = ("round_announced", "sms", "id", "text")
GOOD = "Halo {{ name|singkat(20) }}, {{ opens_at|tanggal }}. STOP=berhenti ASLI {{ code }}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def studio(database: Database) -> Studio:
    return Studio(database)


async def _acts(database: Database) -> list[tuple[str, str, str]]:
    async with database.read() as db:
        rows = await db.execute(select(ledger.c.who, ledger.c.act, ledger.c.about).order_by(ledger.c.id))
        return [(row.who, row.act, row.about) for row in rows]


async def test_a_draft_changes_nothing_until_it_is_published(studio: Studio, database: Database) -> None:
    words = Words()
    shipped = words.label(*SMS[:3])
    assert await studio.save_draft(SITI, *SMS, GOOD, NOW) == 1
    known = await refresh(database, words)
    assert words.label(*SMS[:3]) == shipped
    assert await studio.publish(SITI, *SMS[:3], NOW) == {"text": "v1"}
    assert await refresh(database, words, known) != known
    rendered = words.render(*SMS[:3], sample("round_announced", TYPICAL))
    assert rendered.parts["text"] == "Halo Siti Aminah, Senin, 7 Desember 2026. STOP=berhenti ASLI K7QM-3FXA"
    assert rendered.template == "v1"


async def test_saving_again_rewords_the_draft_and_publishing_makes_room_for_the_next(studio: Studio) -> None:
    assert await studio.save_draft(SITI, *SMS, "x", NOW) == 1
    assert await studio.save_draft(BUDI, *SMS, GOOD, NOW) == 1
    await studio.publish(BUDI, *SMS[:3], NOW)
    assert await studio.save_draft(SITI, *SMS, GOOD + " Gratis.", NOW) == 2
    await studio.publish(SITI, *SMS[:3], NOW + timedelta(hours=1))
    history = await studio.history(AUDITOR, *SMS)
    assert [(one.version, one.state, one.who) for one in history] == [
        (2, "published", "account:1"),
        (1, "retired", "account:2"),
    ]
    assert history[1].source == GOOD


async def test_a_mistake_is_not_published_and_the_refusal_says_how_to_mend_it(
    studio: Studio, database: Database
) -> None:
    await studio.save_draft(SITI, *SMS, "Halo\n{{ nama }} STOP", NOW)
    with pytest.raises(Refused, match=r'round_announced/sms/id/text .* line 2, column 4: .*"nama".*"name"'):
        await studio.publish(SITI, *SMS[:3], NOW)
    async with database.read() as db:
        assert await overrides(db) == {}


async def test_all_parts_of_a_message_go_together_or_not_at_all(studio: Studio, database: Database) -> None:
    mail = ("round_announced", "email", "bug")
    await studio.save_draft(SITI, *mail, "html", "<p>Halo STOP {{ code }}</p>", NOW)
    with pytest.raises(Refused, match="email needs subject and text in bug too"):
        await studio.publish(SITI, *mail, NOW)
    await studio.save_draft(SITI, *mail, "subject", "Jadwal", NOW)
    await studio.save_draft(SITI, *mail, "text", "{{ nama }} {{ code }}", NOW)
    with pytest.raises(Refused, match="bug/text"):
        await studio.publish(SITI, *mail, NOW)
    async with database.read() as db:
        assert await overrides(db) == {}
    await studio.save_draft(SITI, *mail, "text", "Halo STOP {{ code }}", NOW)
    assert await studio.publish(SITI, *mail, NOW) == {"subject": "v1", "text": "v1", "html": "v1"}


async def test_an_advice_does_not_stop_anybody(studio: Studio) -> None:
    await studio.save_draft(SITI, *SMS, GOOD + " Datang besok.", NOW)
    assert [finding.code for finding in studio.check(*SMS, GOOD + " Datang besok.")] == ["relative_day"]
    assert await studio.publish(SITI, *SMS[:3], NOW) == {"text": "v1"}


async def test_without_a_draft_there_is_nothing_to_publish(studio: Studio) -> None:
    with pytest.raises(Refused, match="no draft of round_announced on sms in id"):
        await studio.publish(SITI, *SMS[:3], NOW)


async def test_withdrawing_goes_back_to_the_shipped_words(studio: Studio, database: Database) -> None:
    words = Words()
    shipped = words.label(*SMS[:3])
    await studio.save_draft(SITI, *SMS, GOOD, NOW)
    await studio.publish(SITI, *SMS[:3], NOW)
    known = await refresh(database, words)
    await studio.withdraw(SITI, *SMS, NOW)
    assert await refresh(database, words, known) != known
    assert words.label(*SMS[:3]) == shipped
    with pytest.raises(Refused, match="shipped words already"):
        await studio.withdraw(SITI, *SMS, NOW)
    with pytest.raises(Refused, match="no shipped words"):
        await studio.withdraw(SITI, "round_announced", "sms", "bug", "text", NOW)


async def test_the_list_shows_what_is_in_force_and_what_waits(studio: Studio) -> None:
    await studio.save_draft(SITI, *SMS, GOOD, NOW)
    await studio.publish(SITI, *SMS[:3], NOW)
    await studio.save_draft(SITI, *SMS, GOOD, NOW)
    await studio.save_draft(SITI, "help", "sms", "bug", "text", "Halo", NOW)
    entries = {(one.event, one.channel, one.language, one.part): one for one in await studio.list(AUDITOR)}
    assert (entries[SMS].label, entries[SMS].state, entries[SMS].draft) == ("v1", "published", 2)
    assert entries["help", "sms", "id", "text"].state == "shipped"
    assert (entries["help", "sms", "bug", "text"].label, entries["help", "sms", "bug", "text"].draft) == ("", 1)
    assert next(iter(entries)) == SMS


async def test_the_source_comes_with_its_draft(studio: Studio) -> None:
    shown = await studio.source(AUDITOR, *SMS)
    assert shown.label.startswith("file-")
    assert shown.draft is None
    await studio.save_draft(SITI, *SMS, "Halo\r\nSTOP", NOW)
    shown = await studio.source(AUDITOR, *SMS)
    assert shown.draft is not None
    assert shown.draft.source == "Halo\nSTOP"


@pytest.mark.parametrize("name", list(SAMPLES))
async def test_a_preview_shows_unsaved_words_to_any_sample(studio: Studio, name: str) -> None:
    shown = await studio.preview(SITI, "round_announced", "sms", "id", {"text": GOOD}, name)
    assert shown.rendered.parts["text"].startswith("Halo ")
    assert shown.rendered.template == "draft"
    assert shown.segments is not None
    assert shown.segments.alphabet == "GSM-7"
    whole = await studio.preview(SITI, "round_announced", "email", "jv", None, name)
    assert set(whole.rendered.parts) == {"subject", "text", "html"}


async def test_a_preview_of_broken_words_is_a_sentence(studio: Studio) -> None:
    with pytest.raises(Refused, match="line 1, column 4"):
        await studio.preview(SITI, "round_announced", "sms", "id", {"text": "{{ nama }}"})
    with pytest.raises(Refused, match="longest"):
        await studio.preview(SITI, "round_announced", "sms", "id", None, "giant")


async def test_every_change_is_in_the_ledger_without_its_words(studio: Studio, database: Database) -> None:
    await studio.save_draft(SITI, *SMS, GOOD, NOW)
    await studio.publish(BUDI, *SMS[:3], NOW)
    await studio.withdraw(SITI, *SMS, NOW)
    about = "template:round_announced/sms/id/text"
    assert await _acts(database) == [
        ("account:1", "template_drafted", about),
        ("account:2", "template_published", about),
        ("account:1", "template_withdrawn", about),
    ]


async def test_only_those_with_the_right_may(studio: Studio) -> None:
    for viewer in (AGENT, AUDITOR):
        with pytest.raises(Refused, match="lacks the right"):
            await studio.save_draft(viewer, *SMS, GOOD, NOW)
        with pytest.raises(Refused, match="lacks the right"):
            await studio.publish(viewer, *SMS[:3], NOW)
        with pytest.raises(Refused, match="lacks the right"):
            await studio.withdraw(viewer, *SMS, NOW)
    for look in (studio.list(AGENT), studio.source(AGENT, *SMS), studio.history(AGENT, *SMS)):
        with pytest.raises(Refused, match="lacks the right"):
            await look
    with pytest.raises(Refused, match="lacks the right"):
        await studio.preview(AGENT, *SMS[:3])


@pytest.mark.parametrize(
    ("key", "named"),
    [
        (("feast", "sms", "id", "text"), "round_announced"),
        (("help", "pigeon", "id", "text"), "telegram"),
        (("help", "sms", "id", "html"), "it has: text"),
        (("help", "sms", "Bahasa Indonesia", "text"), "language code"),
    ],
)
async def test_words_for_an_unknown_place_are_refused(
    studio: Studio, key: tuple[str, str, str, str], named: str
) -> None:
    with pytest.raises(Refused, match=named):
        await studio.save_draft(SITI, *key, "x", NOW)


async def test_a_draft_changed_while_it_is_looked_at_is_not_published_unseen(
    studio: Studio, database: Database
) -> None:
    await studio.save_draft(SITI, *SMS, GOOD, NOW)
    async with database.write() as db:
        looked_at = await rows.one(db, SMS, rows.DRAFT)
        assert looked_at is not None
        assert await rows.change_draft(db, looked_at.id, "{{ nama }}", BUDI.who, NOW)
        assert not await rows.publish(db, looked_at, NOW)
