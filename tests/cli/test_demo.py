"""notifier demo: what somebody who starts it is told while it fills itself."""

from pathlib import Path

import pytest

from notifier.app import open_house
from notifier.cli import demo
from notifier.cli.options import Options


async def test_each_file_is_told_with_its_counts_also_where_nobody_watches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "REGISTERS", ("penerima_wamena.csv",))
    async with open_house(Options(data=tmp_path)) as house:
        await demo._fill(house, tmp_path)
    told = capsys.readouterr().err
    assert "penerima_wamena.csv: 404 rows, 388 accepted, 107 corrected, 12 rejected, 2 duplicates, 2 conflicts" in told
    assert "penyaluran.csv: 5 rows, 5 accepted" in told
