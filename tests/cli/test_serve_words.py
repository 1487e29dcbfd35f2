"""The start: what is shipped with an error is told to nobody."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from notifier.cli import serve
from notifier.cli.main import main
from notifier.errors import Refused
from notifier.render import Finding, Key, words
from notifier.render.lint import check_all
from notifier.render.words import shipped_folder


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ nomber }}", '1:4: error [unknown_fact] There is no fact "nomber" here. → Did you mean "number"?'),
        ("“Halo” {{ code }}", "1:1: error [not_gsm]"),
        ("{{ summary }} {{ url }} {{ number }}" * 3, "[segments] With the sample"),
    ],
)
def test_a_shipped_message_with_an_error_stops_the_start(
    source: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "messages"
    for name in ("urgent_ticket", "line_alert"):
        shutil.copytree(shipped_folder() / name, folder / name)
    (folder / "urgent_ticket" / "sms.id.text").write_text(source, encoding="utf-8")
    monkeypatch.setattr(words, "_defaults", lambda: words.shipped(folder))
    monkeypatch.setattr(serve, "set_up", lambda **_: None)  # what is logged stays as the tests have it
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "--quiet", "--data", "data"]) == 1
    said = capsys.readouterr().err
    assert "templates/messages/urgent_ticket/sms.id.text:" in said
    assert told in said
    assert not (tmp_path / "data" / serve.CHECKED_FILE).exists()


def test_what_was_found_sound_is_not_looked_at_again_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, looked = tmp_path / "messages", 0
    shutil.copytree(shipped_folder() / "line_alert", folder / "line_alert")

    def counted(sources: Mapping[Key, tuple[str, str]]) -> Iterator[tuple[Key, Finding]]:
        nonlocal looked
        looked += 1
        yield from check_all(sources)

    monkeypatch.setattr(words, "_defaults", lambda: words.shipped(folder))
    monkeypatch.setattr(serve, "check_all", counted)
    for _ in range(3):
        serve._sound(tmp_path)
    assert looked == 1
    (folder / "line_alert" / "sms.id.text").write_text("NIK 3175070101900001", encoding="utf-8")
    with pytest.raises(Refused, match="personal_data"):
        serve._sound(tmp_path)
