"""Personal data at rest: seals it, opens it, and finds it by a keyed index. Must not know any table's meaning.

Sealing is AES-256-GCM under a key derived per purpose; the sealed bytes name the key they were made with and are bound
to their place ("people.nik"), so that a value copied into another column does not open. The index is HMAC-SHA256 under
a key that never enters the database.
"""

import base64
import hmac
import json
import os
import secrets
from collections.abc import Mapping
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
SHORT = 16  # bytes of an index that need not be unique for ever


class Vault:
    """Seals and indexes with the newest key; opens with whichever key a value names."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        """`keys` by number; the highest seals. The index key always comes from the lowest, so that it never changes."""
        if not keys or any(len(key) != KEY for key in keys.values()):
            raise Refused("the vault needs at least one key of 32 bytes (64 hex digits); see the operator's guide")
        self._ciphers = {number: AESGCM(_derive(key, b"seal")) for number, key in keys.items()}
        self._newest = max(keys)
        self._index_key = _derive(keys[min(keys)], b"index")
        self._chain_key = _derive(keys[min(keys)], b"chain")
        self.codes = Codes(_derive(keys[min(keys)], b"codes"))  # of deliveries, as messages carry them

    def seal(self, value: bytes, place: str) -> bytes:
        """The value, readable only here and only for `place` (a name such as "people.nik")."""
        nonce = secrets.token_bytes(NONCE)
        head = self._newest.to_bytes(2, "big")
        return head + nonce + self._ciphers[self._newest].encrypt(nonce, value, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The clear value. Raises Refused when the key is missing or the bytes were altered or belong elsewhere."""
        cipher = self._ciphers.get(int.from_bytes(sealed[:2], "big"))
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
    try:
        content = json.loads(key_file.read_text())
        keys = {int(number): base64.b64decode(text, validate=True) for number, text in content["keys"].items()}
    except (ValueError, KeyError, AttributeError, TypeError):
        raise Refused(
            f"{key_file}: not a key file; it holds {{'keys': {{'1': …}}}}. Restore it from the backup: without it "
            "sealed personal data stays shut"
        ) from None
    if key_file.stat().st_mode & 0o077:
        raise Refused(f"{key_file}: others may read the keys; run: chmod 600 {key_file}")
    return Vault(keys)


def _create(key_file: Path) -> None:
    key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = json.dumps({"keys": {"1": base64.b64encode(secrets.token_bytes(KEY)).decode()}})
    draft = key_file.with_name(f".{key_file.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, content.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, key_file)  # whoever is first wins; another process' key is never overwritten
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _hex(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY:
        raise Refused(f"{where} must be 64 hex digits (32 bytes); make one with: openssl rand -hex 32")
    return key
