"""What comes in by the forms of the public pages: words, files, a token that makes two sendings one, and a field that
only machines see.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.web import FileField

from notifier.inbox import forms
from notifier.rules.people import read_phone
from notifier.web import pages

MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+", re.ASCII)
TOKEN = re.compile(r"[0-9a-f]{32}")
POT = "situs"  # looks like a field for an address, and is nowhere to be seen
FILES = "bukti"
LONGEST_TEXT = 3000  # characters


def fresh() -> str:
    """A token for an empty form."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in."""

    words: dict[str, str]
    files: tuple[tuple[str, bytes], ...]
    machine: bool  # something filled in what no person sees

    def get(self, name: str, longest: int = 120) -> str:
        """A field, trimmed and no longer than that; "" when it is empty."""
        return self.words.get(name, "")[:longest].strip()

    @property
    def token(self) -> str:
        """The form's token; a new one where somebody has spoiled it."""
        token = self.words.get("token", "")
        return token if TOKEN.fullmatch(token) else fresh()

    def faulty_files(self) -> str:
        """The key of what is wrong with the files; "" when nothing is."""
        if len(self.files) > forms.MOST_FILES:
            return "many"
        if any(len(body) > forms.LARGEST_FILE for _, body in self.files):
            return "large"
        return "" if all(forms.evidence(body) for _, body in self.files) else "strange"


async def read(request: web.Request) -> Filled:
    """The fields and files of a form. No more files are read than one too many."""
    words = await pages.form(request)
    posted: Any = await request.post()
    files: list[tuple[str, bytes]] = []
    for one in posted.getall(FILES, []):
        if isinstance(one, FileField) and one.filename and len(files) <= forms.MOST_FILES:
            files.append((pages.file_name(one.filename), one.file.read(forms.LARGEST_FILE + 1)))
    return Filled(words, tuple(file for file in files if file[1]), bool(words.get(POT)))


def contact(text: str) -> tuple[str, str]:
    """(channel, address) of a phone number or a mailbox; two empty ones for anything else."""
    if MAIL.fullmatch(text):
        return "email", text.lower()
    phone = read_phone(text)
    return ("sms", phone) if phone else ("", "")
