"""A new key: it seals at once, everything older is sealed anew beside the service, and the old key can go."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, func, insert, select

from notifier.app.house import open_house
from notifier.cli.check import _database
from notifier.cli.main import main
from notifier.cli.options import Options
from notifier.config import Config
from notifier.errors import Refused
from notifier.registry.rejected import opened
from notifier.resealing import Resealing
from notifier.store import sealed
from notifier.store.schema import (
    accounts,
    api_keys,
    api_requests,
    arrivals,
    deliveries,
    metadata,
    people,
)
from notifier.vault import Keyring, Vault, load_vault, read_keys, retired, rotated, write_keys
from tests.houses import Stage, add_crowd, open_stage

# Columns of bytes that are no sealed values: digests, and names under the keys that never change.
NAMES = {
    "sessions.digest",
    "api_keys.digest",
    "api_requests.digest",
    "ledger.link",
    "people.nik_index",
    "people.kk_index",
    "conflicts.digest",
    "attempts.address_index",
    "heard.sender_index",
    "reporters.person_index",
    "reporters.address_index",
    "talks.sender_index",
    "invitations.digest",
    "recovery_codes.digest",
    "applications.nik_index",
    "applications.sender_index",
}


def test_every_column_of_bytes_is_sealed_anew_or_needs_it_not() -> None:
    bytes_in = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert bytes_in == NAMES | {lies.name for lies in sealed.PLACES}


def test_a_new_key_seals_old_ones_open_and_names_stay() -> None:
    first = Keyring.of({1: b"k" * 32})
    was, second = Vault(first), rotated(first)
    now = Vault(second)
    assert now.open(was.seal(b"nik", "people.nik"), "people.nik") == b"nik"
    assert now.seal(b"nik", "people.nik").startswith(b"\x00\x02")
    assert (now.numbers, now.sealing) == ((1, 2), 2)
    alone = Vault(retired(second, 1))
    with pytest.raises(Refused, match="a key that the key file does not hold"):
        alone.open(was.seal(b"nik", "people.nik"), "people.nik")
    for vault in (now, alone):
        assert vault.index("31", "nik") == was.index("31", "nik")
        assert vault.link(b"x") == was.link(b"x")
        assert vault.codes.of(7) == was.codes.of(7)
    with pytest.raises(Refused, match="key 2 is in use"):
        retired(second, 2)
    with pytest.raises(Refused, match="there is no key 7"):
        retired(second, 7)


def test_a_key_for_later_opens_and_seals_from_the_next_time() -> None:
    first = Keyring.of({1: b"k" * 32})
    ready = rotated(first, later=True)
    assert (ready.sealing, sorted(ready.keys)) == (1, [1, 2])
    assert rotated(ready, later=True) == ready
    used = rotated(ready)
    assert (used.sealing, used.keys) == (2, ready.keys)
    assert rotated(used).sealing == 3


def test_a_key_file_comes_back_as_it_was_written_and_is_shut(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    ring = retired(rotated(Keyring.of({1: b"k" * 32})), 1)
    write_keys(file, ring)
    assert read_keys(file) == ring
    assert file.stat().st_mode & 0o077 == 0
    told = json.loads(file.read_text())
    file.write_text(json.dumps(told | {"sealing": 9}))
    with pytest.raises(Refused, match="says that key 9 seals"):
        read_keys(file)
    file.write_text(json.dumps(told | {"names": {"index": told["names"]["index"]}}))
    with pytest.raises(Refused):
        read_keys(file)


def test_a_process_that_runs_learns_of_a_new_key_when_it_meets_it(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    runs = load_vault(file, {})
    assert not runs.refresh()
    write_keys(file, rotated(read_keys(file)))
    other = load_vault(file, {})
    assert runs.sealing == 1
    assert runs.open(other.seal(b"x", "p"), "p") == b"x", "it reads the file again"
    assert runs.sealing == 2
    file.unlink()
    assert not runs.refresh(), "a file that is gone takes no key away"


async def _filled(stage: Stage) -> None:
    house, now = stage.house, stage.clock()
    vault = house.vault
    await add_crowd(stage, [("sms", f"+62812300{n:05}") for n in range(12)])
    async with house.database.write() as db:
        row = {"line": "sms", "at": now, "headers": vault.seal_json({}, "arrivals.headers")}
        await db.execute(insert(arrivals).values(**row, body=vault.seal(b"hello", "arrivals.body")))
        await db.execute(insert(arrivals).values(**row | {"headers": b""}, body=b""))  # emptied by age
        account = (await db.execute(select(func.min(accounts.c.id)))).scalar_one()
        key = {"name": "x", "prefix": "p", "digest": b"", "account_id": account, "scopes": [], "per_minute": 1}
        made = await db.execute(insert(api_keys).values(**key, created_by="x", created_at=now).returning(api_keys.c.id))
        asked = {"key_id": made.scalar_one(), "digest": b"", "lease_until": now, "created_at": now}
        for token in ("a", "b", "c"):
            answer = vault.seal_json({"n": token}, "api_requests.answer")
            await db.execute(insert(api_requests).values(**asked, token=token, answer=answer))
    folder = house.data / "imports" / "abc"
    folder.mkdir(parents=True)
    parts = [vault.seal(text, f"imports.rejected:{n}") for n, text in enumerate((b"one,", b"two"))]
    (folder / "rejected").write_bytes(b"".join(len(part).to_bytes(4, "big") + part for part in parts))
    (house.data / "files").mkdir()
    (house.data / "files" / "3").write_bytes(vault.seal(b"photo", "files.body"))


async def test_all_that_is_sealed_is_sealed_anew_in_slices_that_can_be_broken_off(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.resealing.SLICE", 5)
    monkeypatch.setattr(sealed, "SPAN", 4)
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        house, now = stage.house, stage.clock()
        await _filled(stage)
        assert not await house.resealing.wanted()
        assert await house.resealing.carry(now) == 0
        file = tmp_path / "keys.json"
        write_keys(file, rotated(read_keys(file)))
        house.vault.refresh()
        assert await house.resealing.wanted()
        assert await house.resealing.left(1) == "api_requests.answer"
        began = await house.resealing.reseal(now, "test", turns=6)
        assert 0 < began < 12
        again = Resealing(house.database, house.vault, house.data)  # the process was killed
        assert began + await again.reseal(now, "test") == 3 + 12 + 2 + 2
        assert not await again.wanted()
        assert await again.carry(now) == 0
        assert await again.left(1) == ""
        write_keys(file, retired(read_keys(file), 1))
        house.vault.refresh()
        async with house.database.read() as db:
            for nik, index in await db.execute(select(people.c.nik, people.c.nik_index)):
                assert house.vault.index(house.vault.open(nik, "people.nik").decode(), "nik") == index
            answers = (await db.execute(select(api_requests.c.answer).order_by(api_requests.c.token))).scalars()
            assert [house.vault.open_json(one, "api_requests.answer")["n"] for one in answers] == ["a", "b", "c"]
        assert b"".join(opened(tmp_path / "imports" / "abc" / "rejected", house.vault)) == b"one,two"
        assert house.vault.open((tmp_path / "files" / "3").read_bytes(), "files.body") == b"photo"


async def test_what_changed_meanwhile_is_not_written_over(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        row = {"event": "help", "lane": 0, "language": "id", "zone": "UTC", "state": "due"}
        row |= {"due_at": stage.clock(), "created_at": stage.clock(), "sealed": b"\x00\x01new"}
        async with stage.house.database.write() as db:
            made = await db.execute(insert(deliveries).values(**row).returning(deliveries.c.id))
            number = made.scalar_one()
            lies = sealed.Lies("deliveries", "sealed")
            await sealed.put(db, lies, [((number,), b"\x00\x01old", b"\x00\x02anew")])
            assert (await db.execute(select(deliveries.c.sealed))).scalar_one() == b"\x00\x01new"


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_command_makes_a_key_seals_anew_and_takes_the_old_one_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ["--data", str(tmp_path), "--json"]
    assert main(["vault", "rotate", *here]) == 0
    assert _said(capsys) == {"keys": [1, 2], "sealing": 2, "reseal": True}
    assert main(["vault", "reseal", *here]) == 0
    assert _said(capsys) == {"keys": [1, 2], "sealing": 2, "reseal": False}
    assert main(["vault", "retire", "1", *here]) == 0
    assert _said(capsys) == {"keys": [2], "sealing": 2, "reseal": False}
    assert sorted(read_keys(tmp_path / "keys.retired-1.json").keys) == [1, 2]
    monkeypatch.setitem(os.environ, "NOTIFIER_VAULT__KEY", "ab" * 32)
    assert main(["vault", "rotate", *here]) == 1
    assert "NOTIFIER_VAULT__KEY are others than those of this database" in capsys.readouterr().err
    assert main(["vault", "rotate", "--data", str(tmp_path / "new")]) == 1
    assert "comes from NOTIFIER_VAULT__KEY" in capsys.readouterr().err


async def test_no_process_works_with_keys_that_are_not_the_database_s(database_url: str, tmp_path: Path) -> None:
    """Another machine without the key file, or a command that was given the wrong folder."""
    config = Config.model_validate({"database": {"url": database_url}})
    one, two = tmp_path / "one", tmp_path / "two"

    async def started(data: Path) -> None:
        async with open_house(Options(data=data), config=config):
            pass

    await started(one)
    with pytest.raises(Refused, match="is not there"):
        await started(two)
    told = {found.what: found async for found in _database(config, two)}
    assert (told["database"].level, told["keys"].level) == ("ok", "error")
    assert not (two / "keys.json").exists(), "none is made that would have to be told from the right one"
    load_vault(two / "keys.json", {})
    with pytest.raises(Refused, match="are others than those of this database"):
        await started(two)
    write_keys(two / "keys.json", rotated(read_keys(one / "keys.json")))
    await started(two)
