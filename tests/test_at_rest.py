"""What lies on the disk and in the log is its owner's alone."""

import traceback
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from notifier.cli import main as frame
from notifier.store.engine import Database
from notifier.store.schema import people

ODD = {"name": "SITI AMINAH", "region": "Jl. Rahasia 7", "nik_masked": "317507******0001"}


async def test_a_row_the_database_refuses_is_not_quoted(database_url: str) -> None:
    database = Database(database_url)
    try:
        with pytest.raises(DBAPIError) as refused:
            async with database.write() as db:
                await db.execute(insert(people).values(**ODD))
    finally:
        await database.close()
    said = "".join(traceback.format_exception(refused.value))
    assert "people" in said
    assert not [word for word in ODD.values() if word in said]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_value_the_driver_cannot_write_is_not_quoted(database_url: str) -> None:
    database = Database(database_url)
    try:
        with pytest.raises(DBAPIError) as refused:
            async with database.write() as db:
                await db.execute(text("SELECT CAST(:n AS integer)"), {"n": ODD["name"]})
    finally:
        await database.close()
    said = "".join(traceback.format_exception(refused.value))
    assert "argument $1" in said
    assert ODD["name"] not in said


def test_check_warns_when_others_may_read_the_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    file = data / "notifier.db"
    file.touch(mode=0o600)
    words = ["check", "--config", str(tmp_path / "none.toml"), "--data", str(data)]
    (tmp_path / "none.toml").touch()
    frame.main(words)
    assert "chmod" not in capsys.readouterr().out
    data.chmod(0o755)
    file.chmod(0o640)
    frame.main(words)
    said = capsys.readouterr().out
    assert f"chmod 700 {data}" in said
    assert f"chmod 600 {file}" in said
