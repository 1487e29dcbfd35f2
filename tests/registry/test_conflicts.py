"""Same NIK, another name: listed side by side, decided once, recorded with who."""

from pathlib import Path

import pytest

from notifier.errors import Refused
from notifier.registry import Conflicts
from notifier.rules.roles import Role, Viewer
from tests.registry.conftest import NOW, Office
from tests.registry.files import SITI, write_csv, write_xlsx

RINA = Viewer(1, "rina", Role.ADMIN)
SECOND = SITI | {"NAMA": "SITI MARIAM", "NO_HP": "081299990000", "ALAMAT": "JL MELATI NO 9", "PROGRAM": "BST"}


async def _conflicts(office: Office, tmp_path: Path, *rows: dict[str, str]) -> Conflicts:
    await office.people(write_csv(tmp_path / "a.csv", [SITI, *(rows or (SECOND,))]))
    return Conflicts(office.database, office.vault)


async def test_both_rows_are_shown_side_by_side_without_a_number_in_clear(office: Office, tmp_path: Path) -> None:
    listed = await _conflicts(office, tmp_path)
    (one,) = await listed.page(RINA, 0, 10, NOW)
    sides = {side.column: side for side in one.sides}
    assert (one.nik, one.name, one.file, one.line, one.at) == ("317507******9763", "SITI AMINAH", "a.csv", 3, NOW)
    assert (sides["NAMA"].stands, sides["NAMA"].says) == ("SITI AMINAH", "SITI MARIAM")
    assert {column for column, side in sides.items() if side.differs} == {"NAMA", "ALAMAT", "NO_HP", "PROGRAM"}
    assert sides["NO_HP"].says == "+628***000"
    shown = repr(one)
    for hidden in (SITI["NIK"], SITI["NO_KK"], SITI["NO_HP"], SITI["TELEGRAM_CHAT_ID"], SITI["EMAIL"], "99990000"):
        assert hidden not in shown
    assert await listed.count(RINA) == 1


async def test_keeping_the_first_changes_nobody(office: Office, tmp_path: Path) -> None:
    listed = await _conflicts(office, tmp_path)
    before = await office.ask("SELECT name, address, flags FROM people")
    assert await listed.decide(RINA, 1, "keep", NOW) == "kept"
    assert await office.ask("SELECT name, address, flags FROM people") == before
    assert await listed.count(RINA) == 0
    assert await listed.page(RINA, 0, 10, NOW) == []
    assert await office.ask("SELECT who, act, about FROM ledger WHERE about = 'conflict:1'") == [
        ("account:1", "conflict_kept", "conflict:1")
    ]
    again = await office.people(tmp_path / "a.csv")
    assert again.counts["conflicts"] == 1
    assert await listed.count(RINA) == 0, "what was decided is not asked again"


async def test_taking_the_second_row_brings_its_name_and_what_it_fills(office: Office, tmp_path: Path) -> None:
    listed = await _conflicts(office, tmp_path, SECOND | {"EMAIL": ""})
    assert await listed.decide(RINA, 1, "take", NOW) == "taken"
    assert await office.ask("SELECT name, address FROM people") == [("SITI MARIAM", "JL MELATI NO 9")]
    assert await office.ask("SELECT kind, address, state FROM contacts ORDER BY kind, address") == [
        ("email", "siti@example.com", "ok"),
        ("sms", "+6281299990000", "ok"),
        ("sms", "+6281324776472", "old"),
        ("telegram", "710000002", "ok"),
    ]
    programmes = await office.ask("SELECT programme FROM enrolments ORDER BY programme")
    assert programmes == [("BPNT",), ("BST",), ("PKH",)]


async def test_two_people_are_marked_to_be_verified_and_stay_so(office: Office, tmp_path: Path) -> None:
    listed = await _conflicts(office, tmp_path)
    assert await listed.decide(RINA, 1, "flag", NOW) == "flagged"
    await office.people(write_csv(tmp_path / "b.csv", [SITI | {"ALAMAT": "JL BARU"}]))
    ((name, flags),) = await office.ask("SELECT name, flags FROM people")
    assert name == "SITI AMINAH"
    assert "nik_conflict" in flags


async def test_who_comes_second_is_told_that_it_was_decided(office: Office, tmp_path: Path) -> None:
    listed = await _conflicts(office, tmp_path)
    await listed.decide(RINA, 1, "keep", NOW)
    with pytest.raises(Refused, match=r"conflict 1 was decided already \(kept\)"):
        await listed.decide(RINA, 1, "take", NOW)
    assert await office.ask("SELECT name FROM people") == [("SITI AMINAH",)]


async def test_a_conflict_of_another_region_is_as_if_it_were_not_there(office: Office, tmp_path: Path) -> None:
    listed = await _conflicts(office, tmp_path)
    far = Viewer(2, "upe", Role.ADMIN, "73.71")
    assert (await listed.page(far, 0, 10, NOW), await listed.count(far)) == ([], 0)
    for number in (1, 99):
        with pytest.raises(Refused, match=f"there is no conflict {number} in your region"):
            await listed.decide(far, number, "keep", NOW)
    with pytest.raises(Refused, match="lacks the right"):
        await listed.page(Viewer(3, "sari", Role.AGENT), 0, 10, NOW)


async def test_a_second_row_outside_the_admins_region_cannot_be_taken(office: Office, tmp_path: Path) -> None:
    listed = await _conflicts(office, tmp_path, SECOND | {"KODE_WILAYAH": "73.71.10.1001"})
    near = Viewer(2, "tuti", Role.ADMIN, "31.75")
    with pytest.raises(Refused, match=r"can't be taken: KODE_WILAYAH: Wilayah .* bukan wilayah petugas"):
        await listed.decide(near, 1, "take", NOW)
    assert await listed.count(near) == 1, "a refused decision leaves it open"


async def test_pages_follow_one_another_by_key(office: Office, tmp_path: Path) -> None:
    others = [SECOND | {"NAMA": name} for name in ("BUDI", "TUTI", "WATI")]
    listed = await _conflicts(office, tmp_path, *others)
    first = await listed.page(RINA, 0, 2, NOW)
    rest = await listed.page(RINA, first[-1].id, 2, NOW)
    assert [one.id for one in (*first, *rest)] == [1, 2, 3]
    assert await listed.count(RINA, 2) == 2


async def test_numbers_and_dates_of_a_workbook_are_read_as_they_were(office: Office, tmp_path: Path) -> None:
    from datetime import date

    head = ["NIK", "NAMA", "KODE_WILAYAH", "NO_HP", "NO_KK", "TANGGAL_LAHIR"]
    row = [SITI["NIK"], "SITI AMINAH", SITI["KODE_WILAYAH"], "", "", ""]
    other = [SITI["NIK"], "TUTI", SITI["KODE_WILAYAH"], 81299990000, 3175072611075578, date(1968, 3, 10)]
    await office.people(write_xlsx(tmp_path / "a.xlsx", [head, row, other]))
    listed = Conflicts(office.database, office.vault)
    (one,) = await listed.page(RINA, 0, 10, NOW)
    says = {side.column: side.says for side in one.sides}
    assert (says["NO_HP"], says["NO_KK"], says["TANGGAL_LAHIR"]) == ("+628***000", "", "10/03/1968")
