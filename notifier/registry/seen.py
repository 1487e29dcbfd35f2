"""What a run remembers of the rows it has read: who was named before, and which people the register must not miss.

People are remembered on disk, by the index of their NIK; in memory is one bit an id. Knows no table of the register.
"""

import struct
from hashlib import sha256
from typing import Any, Literal

from notifier.registry.person_rows import Candidate
from notifier.rules.people import fold_name
from notifier.store.notebook import Notebook

Sight = Literal["first", "same", "more", "later", "other_name"]
KEY = 16  # bytes of an index that tell one person of a run from another
_HALF = 0xFFFF_FFFF
_SAID = struct.Struct(">III")  # number of the file, hash of the name, hash of the row


class Seen:
    """People named in this run, by NIK."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def look(self, person: Candidate, index: bytes, file: int) -> Sight:
        """How this row stands to the earlier ones, and remember it. `index`: of the NIK.

        `same`: the same row again · `more`: the same person in the same file with other cells · `later`: in a later
        file, which may update · `other_name`: the NIK of somebody else.
        """
        name, row = hash(fold_name(person.name)) & _HALF, hash(person) & _HALF
        before = self._notebook.note(index[:KEY], _SAID.pack(file, name, row))
        if before is None:
            return "first"
        before_file, before_name, before_row = _SAID.unpack(before)
        if before_name != name:
            return "other_name"
        if before_row == row:
            return "same"
        if before_file == file:
            return "more"
        self._notebook.put(index[:KEY], _SAID.pack(file, name, row))
        return "later"

    def forget(self, index: bytes) -> None:
        """The row was not taken after all."""
        self._notebook.drop(index[:KEY])


def digest_of(row: Any) -> bytes:
    """Bytes that are the same for a row that is wholly the same, and for no other."""
    return sha256(repr(row).encode()).digest()[:KEY]


class Present:
    """Ids of people that a file names: one bit each."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, number: int) -> None:
        """Mark an id."""
        place = number >> 3
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 4096 - len(self._bits)))
        self._bits[place] |= 1 << (number & 7)

    def __contains__(self, number: int) -> bool:
        place = number >> 3
        return place < len(self._bits) and bool(self._bits[place] >> (number & 7) & 1)
