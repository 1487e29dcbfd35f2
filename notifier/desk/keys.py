"""Keyed names for those who wrote: by them a sender is found again, without the database saying who it is.

Each room of the database has keys of its own, so that two rows of different rooms never show the same value; and what
belongs to a confidential ticket has keys apart, so that it meets no row that names a person. Only who holds the vault
can go from one to the other.
"""

from dataclasses import dataclass

from notifier.vault import SHORT, Vault

PRIVATE = " private"  # behind the channel's name in a sealed address: its attempts go by a key of their own


@dataclass(frozen=True, slots=True)
class Keys:
    """The keyed names of one address on one channel, and of the person behind it when that is certain."""

    vault: Vault
    kind: str
    address: str
    person_id: int | None = None

    def _of_address(self, purpose: str) -> bytes:
        return self.vault.index(f"{self.kind}\0{self.address}", purpose)[:SHORT]

    def heard(self, private: bool = False) -> bytes:
        """What `heard` calls the sender."""
        return self._of_address("heard private" if private else "heard")

    def heards(self) -> tuple[bytes, bytes]:
        """Both names in `heard`."""
        return self.heard(), self.heard(private=True)

    def attempt(self, private: bool = False) -> bytes:
        """What `attempts` calls the receiver."""
        return self.vault.address_index(self.kind + PRIVATE if private else self.kind, self.address)

    def attempts(self) -> tuple[bytes, bytes]:
        """Both names in `attempts`."""
        return self.attempt(), self.attempt(private=True)

    def reporter(self, private: bool = False) -> bytes:
        """What `reporters` calls the address."""
        return self._of_address("reporter private" if private else "reporter")

    def person(self, private: bool = False) -> bytes | None:
        """What `reporters` calls the person; None when nobody in particular."""
        if self.person_id is None:
            return None
        if private:
            return self.vault.index(str(self.person_id), "person private")[:SHORT]
        return self.vault.person_index(self.person_id)

    def reporters(self) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """Every name in `reporters`: (of the person, of the address)."""
        people = tuple(key for key in (self.person(), self.person(private=True)) if key is not None)
        return people, (self.reporter(), self.reporter(private=True))


def ref_key(vault: Vault, line: str, ref: str) -> str:
    """What `heard` and a ticket's messages call a provider's id: Telegram's holds the chat, so it is not kept clear."""
    return vault.index(f"{line}\0{ref}", "ref").hex()[:40] if ref else ""
