"""What a run remembers of the rows it has read: who was named before, and which people the register must not miss.

Small on purpose: two integers a person and one bit an id, so that a million rows fit into memory. Knows no database.
"""

from typing import Literal

from notifier.registry.person_rows import Candidate
from notifier.rules.people import fold_name

Sight = Literal["first", "same", "more", "later", "other_name"]
_HALF = 0xFFFF_FFFF


class Seen:
    """People named in this run, by NIK."""

    def __init__(self) -> None:
        self._by_nik: dict[int, int] = {}  # NIK → number of the file, hash of the name, hash of the row

    def look(self, person: Candidate, file: int) -> Sight:
        """How this row stands to the earlier ones, and remember it.

        `same`: the same row again · `more`: the same person in the same file with other cells · `later`: in a later
        file, which may update · `other_name`: the NIK of somebody else.
        """
        key = int(person.nik)
        name, row = hash(fold_name(person.name)) & _HALF, hash(person) & _HALF
        before = self._by_nik.get(key)
        if before is None:
            self._by_nik[key] = file << 64 | name << 32 | row
            return "first"
        if before >> 32 & _HALF != name:
            return "other_name"
        if before & _HALF == row:
            return "same"
        if before >> 64 == file:
            return "more"
        self._by_nik[key] = file << 64 | name << 32 | row
        return "later"

    def forget(self, person: Candidate) -> None:
        """The row was not taken after all."""
        self._by_nik.pop(int(person.nik), None)


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
