"""What lies on citizens' phones, who they are, and which addresses are magic."""

import asyncio
import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifier.sandbox.magic import Magic, magic
from notifier.sandbox.phones import Phones

NOW = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)
DATA = Path(__file__).parents[1] / "data"
AYU, BUDI = "+6281200000001", "+6281200000002"


@pytest.fixture
def phones() -> Phones:
    return Phones(lambda: NOW)


def test_notes_lie_in_the_order_they_came(phones: Phones) -> None:
    phones.add("sms", "sms", AYU, "satu")
    phones.add("sms", "sms", BUDI, "untuk Budi")
    phones.add("sms", "sms", AYU, "dua", mine=True)
    assert [(note.text, note.mine) for note in phones.notes(AYU)] == [("satu", False), ("dua", True)]
    assert phones.last(AYU) == phones.notes(AYU)[-1]
    assert phones.notes("+62999") == ()
    assert phones.last("+62999") is None


def test_only_what_citizens_receive_is_counted(phones: Phones) -> None:
    phones.add("sms", "sms", AYU, "satu")
    phones.add("telegram", "bot", "7100", "dua")
    phones.add("sms", "sms", AYU, "YA", mine=True)
    assert (phones.count(), phones.count("sms"), phones.count("email")) == (2, 1, 0)
    assert phones.latest == 3


def test_the_oldest_notes_are_forgotten_first_but_stay_counted() -> None:
    phones = Phones(lambda: NOW, keep=3)
    for number in range(5):
        phones.add("sms", "sms", BUDI if number == 1 else AYU, str(number))
    assert [note.text for note in phones.notes(AYU)] == ["2", "3", "4"]
    assert phones.notes(BUDI) == ()
    assert phones.count() == 5


def test_an_edit_changes_the_note_in_its_place(phones: Phones) -> None:
    first = phones.add("telegram", "bot", "7100", "lama", ref="7100:1")
    phones.add("telegram", "bot", "7100", "lain", ref="7100:2")
    phones.alter(first, text="baru", edited=True)
    assert [(note.text, note.edited) for note in phones.notes("7100")] == [("baru", True), ("lain", False)]
    found = phones.find("7100", "7100:1")
    assert found is not None
    assert phones.note("7100", found.id) == found


def test_people_are_found_by_name_and_by_every_spelling_of_their_number(phones: Phones) -> None:
    phones.introduce("Ayu Nasyidah", {"sms": AYU, "email": "ayu@example.com"})
    phones.introduce("Budi", {"sms": BUDI})
    for search in ("nasyi", "AYU@", "0812-0000-0001", "+62 812 0000 0001", "00001"):
        assert [one.name for one in phones.citizens(search)] == ["Ayu Nasyidah"], search
    assert len(list(phones.citizens())) == 2
    assert not list(phones.citizens("siti"))


def test_whoever_moved_last_comes_first(phones: Phones) -> None:
    for name, address in (("Ayu", AYU), ("Budi", BUDI), ("Citra", "7100")):
        phones.introduce(name, {"sms": address})
    phones.add("sms", "sms", BUDI, "halo")
    phones.add("sms", "sms", "+6281200000009", "salah sambung")
    assert [one.name for one in phones.citizens()] == ["", "Budi", "Ayu", "Citra"]


def test_a_shared_phone_belongs_to_everyone_introduced_with_it(phones: Phones) -> None:
    stranger = phones.stranger("sms", AYU)
    assert phones.stranger("sms", AYU) == stranger
    ayu = phones.introduce("Ayu", {"sms": AYU})
    budi = phones.introduce("Budi", {"sms": AYU})
    assert phones.owners(AYU) == [ayu, budi]  # the stranger became known
    phones.add("sms", "sms", AYU, "halo")
    assert [one.name for one in phones.citizens()] == ["Ayu", "Budi"]
    assert phones.stranger("sms", AYU) == ayu


def test_files_are_kept_until_there_are_too_many(phones: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifier.sandbox.phones.ATTACHED", 10)
    first = phones.attach("a.png", "image/png", b"123456")
    second = phones.attach("a.png", "image/png", b"123456")
    assert first != second
    assert phones.attached(first) is None
    kept = phones.attached(second)
    assert kept is not None
    assert kept.body == b"123456"


async def test_waiting_ends_when_the_condition_holds(phones: Phones) -> None:
    waiting = asyncio.create_task(phones.wait_for(lambda: phones.count() == 2))
    await asyncio.sleep(0)
    phones.add("sms", "sms", AYU, "satu")
    await asyncio.sleep(0)
    assert not waiting.done()
    await asyncio.to_thread(phones.add, "sms", "sms", AYU, "dua")  # a mail server may run in a thread
    await waiting
    with pytest.raises(TimeoutError):
        await phones.wait_for(lambda: False, timeout=0.01)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("+62000001", Magic.TEMPORARY),
        ("+6200000299", Magic.PERMANENT),
        ("+62899900003", Magic.FLOOD),
        ("99900004", Magic.TIMEOUT),
        ("999000055", Magic.DUPLICATE),
        ("late@sandbox.test", Magic.LATE),
        ("Silent+12@Sandbox.Test", Magic.SILENT),
        ("bounce@sandbox.test", Magic.BOUNCE),
        ("+62000008", Magic.BOUNCE),
        ("+62000009", Magic.OK),
        ("+6200000", Magic.OK),
        ("bounce@example.com", Magic.OK),
        ("nobounce@sandbox.test", Magic.OK),
        ("+6281200000001", Magic.OK),
        ("", Magic.OK),
    ],
)
def test_an_address_spelled_like_magic_misbehaves(address: str, kind: Magic) -> None:
    assert magic(address) is kind


def test_nobody_in_the_sample_data_is_magic() -> None:
    with (DATA / "penerima_duren_sawit.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    phones = ["".join(c for c in row["NO_HP"] or "" if c.isdigit()) for row in rows]
    addresses = ["+62" + phone.removeprefix("62").removeprefix("0") for phone in phones if phone]
    addresses += [row[name] for row in rows for name in ("TELEGRAM_CHAT_ID", "EMAIL") if row[name]]
    with (DATA / "story_answers.jsonl").open(encoding="utf-8") as file:
        addresses += [json.loads(line)["sender"] for line in file]
    assert len(addresses) > 1000
    assert {magic(address) for address in addresses} == {Magic.OK}
