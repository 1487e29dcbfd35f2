"""The frame of the command line: options anywhere, words to places, errors to sentences and exit codes."""

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from notifier.cli import main as frame
from notifier.cli.options import Options, UsageError, parser, split
from notifier.errors import Refused


@pytest.mark.parametrize(
    ("words", "options", "rest"),
    [
        ([], Options(), []),
        (["plan", "x"], Options(), ["plan", "x"]),
        (["--data", "d", "plan", "x"], Options(data=Path("d")), ["plan", "x"]),
        (["plan", "x", "--data=d"], Options(data=Path("d")), ["plan", "x"]),
        (["plan", "--config", "c.toml", "x"], Options(config=Path("c.toml"), config_named=True), ["plan", "x"]),
        (["plan", "--config=config.toml"], Options(config_named=True), ["plan"]),
        (["--data", "a", "plan", "--data", "b"], Options(data=Path("b")), ["plan"]),
        (["understand", "--", "--data", "saya"], Options(), ["understand", "--", "--data", "saya"]),
        (["plan", "--data-of-another-kind"], Options(), ["plan", "--data-of-another-kind"]),
        (["plan", "--data=--odd"], Options(data=Path("--odd")), ["plan"]),
    ],
)
def test_config_and_data_may_stand_anywhere(words: list[str], options: Options, rest: list[str]) -> None:
    assert split(words) == (options, rest)


@pytest.mark.parametrize("words", [["plan", "--data"], ["--config", "--data", "x"], ["--config=", "plan"]])
def test_an_option_without_its_value_is_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError):
        split(words)
    assert frame.main(words) == 2
    assert "after it" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["--data", "x"]])
def test_no_word_at_all_is_wrong_usage_and_gets_the_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main(words) == 2
    said = capsys.readouterr()
    assert not said.out
    assert "usage: notifier COMMAND" in said.err


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_help_names_every_word(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main(words) == 0
    said = capsys.readouterr().out
    assert all(f"  {word} " in said for word in frame.COMMANDS)


@pytest.mark.parametrize("word", frame.COMMANDS)
def test_every_word_leads_somewhere(word: str) -> None:
    module, _, function = frame.COMMANDS[word][0].partition(":")
    assert importlib.util.find_spec(module) is not None
    assert callable(getattr(importlib.import_module(module), function))


def test_a_misspelt_word_is_wrong_usage_and_gets_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main(["statment", "x"]) == 2
    said = capsys.readouterr()
    assert said.err == 'There is no command "statment". Did you mean "statement"? See: notifier --help\n'
    assert said.out == ""


def _run(monkeypatch: pytest.MonkeyPatch, does: Callable[[list[str], Options], int]) -> int:
    monkeypatch.setattr(frame, "_command", lambda word: does)
    return frame.main(["plan", "a", "--data", "d", "b"])


def _raising(error: BaseException) -> Callable[[list[str], Options], int]:
    def does(_args: list[str], _options: Options) -> int:
        raise error

    return does


def test_a_command_gets_its_words_and_the_options(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Sequence[str], Options]] = []

    def does(args: list[str], options: Options) -> int:
        seen.append((args, options))
        return 5

    assert _run(monkeypatch, does) == 5
    assert seen == [(["a", "b"], Options(data=Path("d")))]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refused("rounds.csv, line 3: no such region."), "rounds.csv, line 3: no such region.\n"),
        (ExceptionGroup("tasks", [ExceptionGroup("inner", [Refused("No.")]), ValueError("x")]), "No.\n"),
        (ExceptionGroup("tasks", [Refused("No."), Refused("No.")]), "No.\n"),
    ],
)
def test_a_refusal_is_its_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    assert _run(monkeypatch, _raising(error)) == 1
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    "error", [ValueError("bad row 3175074107920001"), ExceptionGroup("t", [ValueError("bad row 3175074107920001")])]
)
def test_a_fault_of_ours_says_so_in_one_line_without_peoples_numbers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    monkeypatch.delenv("NOTIFIER_DEBUG", raising=False)
    assert _run(monkeypatch, _raising(error)) == 1
    said = capsys.readouterr().err
    assert said.startswith("This is a fault in notifier, not in what you typed: ValueError: bad row … (")
    assert said.count("\n") == 1


def test_the_whole_trace_is_there_for_who_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NOTIFIER_DEBUG", "1")
    assert _run(monkeypatch, _raising(ValueError("x"))) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupted_command_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, _raising(KeyboardInterrupt())) == 128 + signal.SIGINT
    assert capsys.readouterr() == ("", "")


def test_a_reader_who_went_away_is_no_fault() -> None:
    there, here = os.pipe()
    os.close(there)
    words = [sys.executable, "-m", "notifier", "--help"]
    done = subprocess.run(words, stdout=here, stderr=subprocess.PIPE, text=True, check=False)
    os.close(here)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


def test_a_commands_own_usage_error_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    plan = parser("notifier plan", "Plan a broadcast.")
    plan.add_argument("--round", required=True)
    with pytest.raises(SystemExit) as stopped:
        plan.parse_args([])
    assert stopped.value.code == 2
    said = "The following arguments are required: --round. See: notifier plan --help\n"
    assert capsys.readouterr().err == said
