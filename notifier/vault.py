"""Personal data at rest: seals it, opens it, and finds it by a keyed index. Must not know any table's meaning.

Sealing is AES-256-GCM under a key derived per purpose; the sealed bytes name the key they were made with and are bound
to their place ("people.nik"), so that a value copied into another column does not open. The index is HMAC-SHA256 under
a key that never enters the database. Keys that seal are replaced now and then; those that find are not.
"""

import base64
import hmac
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from notifier.errors import Refused
from notifier.rules.codes import Codes

NONCE = 12  # bytes
KEY = 32  # bytes
NAMES = ("index", "chain", "codes")  # derived once, kept for good
SHORT = 16  # bytes of an index that need not be unique for ever


@dataclass(frozen=True, slots=True)
class Keyring:
    """What a key file holds: keys by number, which of them seals, and what was derived of the first one for good."""

    keys: Mapping[int, bytes]
    sealing: int
    names: Mapping[str, bytes]  # "index", "chain", "codes": they outlive the key they came from

    @classmethod
    def of(
        cls, keys: Mapping[int, bytes], sealing: int | None = None, names: Mapping[str, bytes] | None = None
    ) -> "Keyring":
        """Checked. Without `names` they come from the lowest key. Raises Refused."""
        lasting = names or {name: _derive(keys[min(keys)], name.encode()) for name in NAMES if keys}
        sized = [*keys.values(), *lasting.values()]
        if not keys or set(lasting) != set(NAMES) or any(len(key) != KEY for key in sized):
            raise Refused("the vault needs at least one key of 32 bytes (64 hex digits); see the operator's guide")
        if sealing is not None and sealing not in keys:
            raise Refused(f"the key file says that key {sealing} seals, and does not hold it; restore the key file")
        return cls(dict(keys), max(keys) if sealing is None else sealing, lasting)


class Vault:
    """Seals with the newest key; opens with whichever key a value names. By which values are found never changes."""

    def __init__(
        self,
        keys: Mapping[int, bytes] | Keyring,
        renew: Callable[[], Keyring | None] | None = None,
    ) -> None:
        """`keys` by number; the highest seals. `renew`: the key file, if it was written since."""
        self._renew = renew
        self._take(keys if isinstance(keys, Keyring) else Keyring.of(keys))

    def _take(self, ring: Keyring) -> None:
        self._ciphers = {number: AESGCM(_derive(key, b"seal")) for number, key in ring.keys.items()}
        self.sealing = ring.sealing
        self._index_key = ring.names["index"]
        self._chain_key = ring.names["chain"]
        self.codes = Codes(ring.names["codes"])  # of deliveries, as messages carry them

    @property
    def numbers(self) -> tuple[int, ...]:
        """The keys there are."""
        return tuple(sorted(self._ciphers))

    @property
    def head(self) -> bytes:
        """What every value begins with that the present key sealed."""
        return self.sealing.to_bytes(2, "big")

    def refresh(self) -> bool:
        """Read the key file again if somebody wrote it; whether there was something new."""
        ring = self._renew() if self._renew is not None else None
        if ring is None:
            return False
        self._take(ring)
        return True

    def seal(self, value: bytes, place: str) -> bytes:
        """The value, readable only here and only for `place` (a name such as "people.nik")."""
        nonce = secrets.token_bytes(NONCE)
        return self.head + nonce + self._ciphers[self.sealing].encrypt(nonce, value, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The clear value. Raises Refused when the key is missing or the bytes were altered or belong elsewhere."""
        number = int.from_bytes(sealed[:2], "big")
        if number not in self._ciphers:
            self.refresh()  # another process may seal with a key that was made since
        cipher = self._ciphers.get(number)
        if cipher is None:
            raise Refused("a sealed value names a key that the key file does not hold; restore the key file")
        try:
            return cipher.decrypt(sealed[2 : 2 + NONCE], sealed[2 + NONCE :], place.encode())
        except InvalidTag:
            raise Refused(f"a sealed value of {place} does not open: altered, or sealed with another key") from None

    def seal_json(self, value: Any, place: str) -> bytes:
        """The same for a small structure."""
        return self.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), place)

    def open_json(self, sealed: bytes, place: str) -> Any:
        """The structure that `seal_json` sealed."""
        return json.loads(self.open(sealed, place))

    def index(self, value: str, purpose: str) -> bytes:
        """32 bytes by which the value is found again without being told."""
        return hmac.digest(self._index_key, f"{purpose}\0{value}".encode(), sha256)

    def link(self, data: bytes) -> bytes:
        """32 bytes that only a holder of the key can work out: what chains the ledger's acts."""
        return hmac.digest(self._chain_key, data, sha256)

    def words_digest(self, message_id: int, text: str) -> str:
        """Hex by which a message's words are known again. Short words cannot be guessed from it without the key, and
        the same words elsewhere look different.
        """
        return self.index(f"{message_id}\0{text}", "words").hex()

    def address_index(self, kind: str, address: str) -> bytes:
        """16 bytes that stand for an address of a channel."""
        return self.index(f"{kind}\0{address}", "address")[:SHORT]

    def person_index(self, person_id: int) -> bytes:
        """16 bytes that stand for a person where the person must not be named."""
        return self.index(str(person_id), "person")[:SHORT]


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY, salt=None, info=b"notifier " + purpose).derive(key)


def load_vault(key_file: Path, environment: Mapping[str, str]) -> Vault:
    """This installation's vault: NOTIFIER_VAULT__KEY (hex), or the key file, made on the first start (mode 600)."""
    given = environment.get("NOTIFIER_VAULT__KEY", "")
    if given:
        return Vault({1: _hex(given, "the environment variable NOTIFIER_VAULT__KEY")})
    if not key_file.exists():
        _create(key_file)
    seen = _written(key_file)

    def renew() -> Keyring | None:
        nonlocal seen
        now = _written(key_file)
        if now in (seen, None):
            return None
        ring, seen = read_keys(key_file), now
        return ring

    return Vault(read_keys(key_file), renew)


def _written(file: Path) -> tuple[int, int] | None:
    try:
        return file.stat().st_mtime_ns, file.stat().st_ino
    except FileNotFoundError:
        return None


def read_keys(key_file: Path) -> Keyring:
    """What the key file holds. Raises Refused."""
    try:
        content = json.loads(key_file.read_text())
        keys = {int(number): base64.b64decode(text, validate=True) for number, text in content["keys"].items()}
        names = {name: base64.b64decode(text, validate=True) for name, text in content.get("names", {}).items()}
        sealing = int(content["sealing"]) if "sealing" in content else None
    except (ValueError, KeyError, AttributeError, TypeError):
        raise Refused(
            f"{key_file}: not a key file; it holds {{'keys': {{'1': …}}}}. Restore it from the backup: without it "
            "sealed personal data stays shut"
        ) from None
    if key_file.stat().st_mode & 0o077:
        raise Refused(f"{key_file}: others may read the keys; run: chmod 600 {key_file}")
    return Keyring.of(keys, sealing, names)


def write_keys(key_file: Path, ring: Keyring) -> None:
    """Put a key file in the place of the old one, all of it or nothing."""

    def text(keys: Mapping[Any, bytes]) -> dict[str, str]:
        return {str(name): base64.b64encode(key).decode() for name, key in keys.items()}

    content = json.dumps({"keys": text(ring.keys), "sealing": ring.sealing, "names": text(ring.names)})
    _draft(key_file, content).replace(key_file)


def rotated(ring: Keyring, *, later: bool = False) -> Keyring:
    """With a new key that seals; `later`: one that only opens until the next time, when it seals."""
    newest = max(ring.keys)
    if newest > ring.sealing:  # made before, for later
        return ring if later else Keyring.of(ring.keys, newest, ring.names)
    keys = {**ring.keys, newest + 1: secrets.token_bytes(KEY)}
    return Keyring.of(keys, ring.sealing if later else newest + 1, ring.names)


def retired(ring: Keyring, number: int) -> Keyring:
    """Without this key. Raises Refused."""
    if number not in ring.keys:
        raise Refused(f"there is no key {number}; there are: {', '.join(map(str, sorted(ring.keys)))}")
    if number >= ring.sealing:
        raise Refused(f"key {number} is in use; only keys older than key {ring.sealing} can be retired")
    return Keyring.of({n: key for n, key in ring.keys.items() if n != number}, ring.sealing, ring.names)


def _create(key_file: Path) -> None:
    key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(key_file, json.dumps({"keys": {"1": base64.b64encode(secrets.token_bytes(KEY)).decode()}}))
    try:
        os.link(draft, key_file)  # whoever is first wins; another process' key is never overwritten
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _draft(key_file: Path, content: str) -> Path:
    draft = key_file.with_name(f".{key_file.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, content.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return draft


def _hex(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY:
        raise Refused(f"{where} must be 64 hex digits (32 bytes); make one with: openssl rand -hex 32")
    return key
