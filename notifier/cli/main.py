"""The `notifier` command: finds the word, imports that word's module and no other, and turns errors into sentences.

Exit codes: 0 done, 1 refused (one sentence on stderr), 2 usage, 130 interrupted. Knows no command's own options.
"""

import os
import re
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from notifier.cli.options import ANYWHERE, USAGE, Options, UsageError, split
from notifier.errors import Refused

REFUSED = 1
INTERRUPTED = 130
PIPE_CLOSED = 141  # what a shell reports for a program whose reader went away

# group -> word -> (where it is done, what it does)
GROUPS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Running the service": {
        "serve": ("notifier.cli.serve:command", "run everything in one process (SQLite or PostgreSQL)"),
        "web": ("notifier.cli.web:command", "run the pages and hooks only (PostgreSQL)"),
        "worker": ("notifier.cli.worker:command", "run the sending only (PostgreSQL)"),
        "clock": ("notifier.cli.clock:command", "run the timed work only (PostgreSQL)"),
        "demo": ("notifier.cli.demo:command", "try it all with sample data and fake providers"),
        "check": ("notifier.cli.check:command", "check configuration, templates, database and lines"),
    },
    "Registers and rounds": {
        "import": ("notifier.cli.imports:command", "bring in people, rounds, statuses or visits from files"),
        "rounds": ("notifier.cli.rounds:command", "look at a round, change or cancel it, and see what follows"),
        "invite": ("notifier.cli.invite:command", "make a one-time Telegram link for a person"),
        "groups": ("notifier.cli.groups:command", "groups where schedules are posted: list, confirm, remove"),
        "conflicts": ("notifier.cli.conflicts:command", "decide rows with the same NIK and another name"),
    },
    "Broadcasts": {
        "plan": ("notifier.cli.plan:command", "plan a broadcast for a round, or show what it would do"),
        "approve": ("notifier.cli.approve:command", "approve a broadcast that someone else planned"),
        "control": ("notifier.cli.control:command", "pause, resume or stop a broadcast, or let its others go"),
        "test-send": ("notifier.cli.test_send:command", "send a test message over one line"),
        "statement": ("notifier.cli.statement:command", "account for every person of a broadcast"),
        "held": ("notifier.cli.held:command", "decide on what may have arrived and waits for a person"),
        "retry": ("notifier.cli.retry:command", "send once more to those who were not told"),
        "coverage": (
            "notifier.cli.coverage:command",
            "say who of a round confirmed, denied or kept silent, by village",
        ),
        "genuine": ("notifier.cli.genuine:command", "say what the code of a message belongs to"),
        "unreached": ("notifier.cli.unreached:command", "list whom no message reached, for field officers"),
    },
    "Words": {
        "templates": ("notifier.cli.templates:command", "list, show, check, render or publish messages"),
        "understand": ("notifier.cli.understand:command", "say what a citizen's words mean, and why"),
        "sla": ("notifier.cli.sla:command", "say when a promise is due, and why"),
    },
    "Trust": {
        "accounts": ("notifier.cli.accounts:command", "add staff, reset a password, list who may do what"),
        "keys": ("notifier.cli.keys:command", "keys of the API: add, list, revoke"),
        "vault": ("notifier.cli.vault:command", "keys that seal personal data: show, rotate, reseal, retire"),
        "backup": ("notifier.cli.backup:command", "write everything into one file, while the service runs"),
        "restore": ("notifier.cli.restore:command", "put a backup in an empty place"),
        "webhooks": ("notifier.cli.webhooks:command", "other systems that are told what happens, and how it goes"),
        "confirm-restore": ("notifier.cli.confirm_restore:command", "say that a restored backup may send again"),
        "retain": ("notifier.cli.retain:command", "empty what was kept long enough; rows and counts stay"),
        "verify": ("notifier.cli.verify:command", "prove that the ledger, and the rows it tells of, were not altered"),
    },
}
COMMANDS: Mapping[str, tuple[str, str]] = {word: row for group in GROUPS.values() for word, row in group.items()}

Command = Callable[[list[str], Options], int]


def main(words: Sequence[str] | None = None) -> int:
    """Run one command line (sys.argv's by default) and return its exit code."""
    try:
        return _run(list(sys.argv[1:] if words is None else words))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # What is still buffered has nowhere to go; without this the interpreter complains about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except UsageError as error:
        _say(str(error))
        return USAGE
    except Exception as error:
        _say(_sentence(error))
        return REFUSED


def _run(words: list[str]) -> int:
    options, rest = split(words)
    if not rest:
        raise UsageError(_help())
    if rest[0] in ("-h", "--help", "help"):
        print(_help(), flush=True)
        return 0
    if rest[0] == "--version":
        from importlib.metadata import version

        print(version("notifier"), flush=True)
        return 0
    word, *args = rest
    code = _command(word)(args, options)
    sys.stdout.flush()  # here, so that a reader who went away is met above
    return code


def _command(word: str) -> Command:
    if word not in COMMANDS:
        raise UsageError(_unknown(word))
    module, _, function = COMMANDS[word][0].partition(":")
    try:
        command: Command = getattr(import_module(module), function)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise Refused(f'"notifier {word}" is not built yet.') from None
    return command


def _unknown(word: str) -> str:
    from difflib import get_close_matches

    if word.startswith("-"):
        return f"There is no option {word}. See: notifier --help"
    close = get_close_matches(word, COMMANDS, n=1)
    hint = f' Did you mean "{close[0]}"?' if close else ""
    return f'There is no command "{word}".{hint} See: notifier --help'


def _help() -> str:
    lines = [
        "Tells people when and where their social assistance is, and turns their answers into tickets with a promise.",
        "",
        "usage: notifier COMMAND …        notifier COMMAND --help tells more",
    ]
    for group, rows in GROUPS.items():
        lines += ["", group, *(f"  {word:<16}{does}" for word, (_, does) in rows.items())]
    return "\n".join([*lines, "", ANYWHERE, "Exit codes: 0 done, 1 refused (the reason is on stderr), 2 usage."])


def _sentence(error: Exception) -> str:
    """What a person is told: a refusal in its own words, anything else as a fault of ours with its place."""
    if isinstance(error, ExceptionGroup):  # a refusal raised inside a group of tasks
        found = error.subgroup(Refused)
        if found is not None:
            return " ".join(dict.fromkeys(str(leaf) for leaf in _leaves(found)))
    if isinstance(error, Refused):
        return str(error)
    if os.environ.get("NOTIFIER_DEBUG"):
        return "".join(traceback.format_exception(error)).rstrip()
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    what = re.sub(r"\d{9,}", "…", str(error).partition("\n")[0])[:200]  # may quote people's data
    return (
        f"This is a fault in notifier, not in what you typed: {type(error).__name__}: {what} ({_place(error)}). "
        f"NOTIFIER_DEBUG=1 shows the whole trace."
    )


def _leaves(group: BaseExceptionGroup[Exception]) -> list[BaseException]:
    return [
        leaf
        for error in group.exceptions
        for leaf in (_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]


def _place(error: Exception) -> str:
    """The innermost line of ours that the error passed through, or the innermost at all."""
    root = Path(__file__).resolve().parents[2]
    rooms = (str(root / "notifier") + os.sep, str(root / "channels") + os.sep)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(rooms)]
    return next((f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(ours or frames)), "place unknown")


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
