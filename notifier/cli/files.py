"""Template files on the command line: how they are read, which part they are for, and how a finding in one is told."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from notifier.errors import Refused

if TYPE_CHECKING:
    from notifier.render import Finding


def read_file(file: str) -> str:
    """A file's text; "-" is standard input. Raises Refused."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{file}: byte {error.start + 1} is no UTF-8; save the file as UTF-8.") from None
    except OSError as error:
        raise Refused(f"{file}: {error.strerror or error}.") from None


def line_of(name: str, finding: "Finding") -> str:
    """A finding as one line with its place."""
    mend = f" → {finding.suggestion}" if finding.suggestion else ""
    return f"{name}:{finding.line}:{finding.column}: {finding.level} [{finding.code}] {finding.message}{mend}"


def part_of(file: str, channel: str) -> str:
    """The part a file is for, by its name, else the channel's main part."""
    from notifier.render import CHANNELS, NEEDED_PARTS
    from notifier.studio.kinds import KINDS

    if channel in KINDS:
        return Path(file).name.split(".")[0]
    ending = Path(file).suffix.removeprefix(".")
    return ending if ending in CHANNELS.get(channel, ()) else NEEDED_PARTS.get(channel, ("text",))[-1]
