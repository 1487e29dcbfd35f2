"""What every command shares: the two options that may stand anywhere, and how usage errors are told.

Knows nothing of what the commands do, and reads neither the configuration nor the data folder.
"""

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Never

CONFIG = Path("config.toml")
DATA = Path("var")
USAGE = 2  # exit code

ANYWHERE = f"Anywhere on the line: --config FILE (default {CONFIG}), --data DIR (default {DATA}/)."


@dataclass(frozen=True, slots=True)
class Options:
    """Where the service's configuration is, and where it keeps everything of its own."""

    config: Path = CONFIG
    data: Path = DATA  # SQLite file, keys, attachments
    config_named: bool = False  # the person named the file: it has to be there


class UsageError(Exception):
    """The words make no sense as a command line; the text is a sentence. Exit code 2."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Never:
        sentence = message[:1].upper() + message[1:].rstrip(".")
        print(f"{sentence}. See: {self.prog} --help", file=sys.stderr)
        raise SystemExit(USAGE)


def parser(prog: str, description: str) -> argparse.ArgumentParser:
    """A parser for one command's own words; `prog` is what a person types, as in "notifier plan".

    Wrong usage prints one sentence on stderr and exits 2. Options are never abbreviated. Sub-parsers made from it
    behave in the same way.
    """
    return _Parser(prog=prog, description=description, epilog=ANYWHERE, allow_abbrev=False)


def split(words: Sequence[str]) -> tuple[Options, list[str]]:
    """Take --config and --data out of a command line, wherever they stand before a bare "--".

    Returns the options and the other words in their order. The last one given wins. Raises UsageError.
    """
    found: dict[str, Path] = {}
    rest: list[str] = []
    queue = iter(words)
    for word in queue:
        if word == "--":
            rest += [word, *queue]
            break
        name, equals, value = word.partition("=")
        if name not in ("--config", "--data"):
            rest.append(word)
            continue
        if not equals:
            value = next(queue, "")
        if not value or (not equals and value.startswith("--")):
            raise UsageError(f"{name} needs a {'file' if name == '--config' else 'folder'} after it.")
        found[name] = Path(value)
    return (
        Options(config=found.get("--config", CONFIG), data=found.get("--data", DATA), config_named="--config" in found),
        rest,
    )


def operator() -> str:
    """How records name whoever sits at this command line: "cli:siti"."""
    try:
        return f"cli:{getpass.getuser()[:40]}"
    except (KeyError, OSError):  # a container may run under a number without a name
        return f"cli:{os.getuid()}"
