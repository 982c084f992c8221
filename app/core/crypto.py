"""Encryption of customer data: AES-256-GCM, one data key per workspace, every value bound to its row and
column.

    master key (numbered) --wraps--> workspace data key (numbered) --HKDF--> key per table and column

A stored value is `format (1) | key number (4) | nonce (12) | ciphertext | tag (16)`. The associated data
names the format, workspace, table, column, row and key number, so a value copied to any other place does not
open. No error raised here carries a value, a key or a row id. Nonces are random: SP 800-38D allows 2^32 of
them for one key, and each key here serves a single column of a single workspace.
"""

import base64
import binascii
import os
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
OVERHEAD_BYTES = 33
FIELD_FORMAT = 1
WRAP_FORMAT = 1

_FIELD_LABEL = b"sill/field/v1"
_WRAP_LABEL = b"sill/wrap/v1"
_BODY_AT = 17
# More columns than the schema will ever have; the bound only guards against a caller inventing names without
# end.
_MAX_CACHED_COLUMNS = 512


class CryptoError(Exception):
    """Something could not be sealed or opened. The message never holds data."""


class CipherError(CryptoError):
    """The value was tampered with, cut short, or moved from another row, column or workspace."""


class UnknownKey(CryptoError):
    """The value names a key number that is not loaded: a configuration fault, never shown as a blank."""


def new_key() -> bytes:
    """Return 32 fresh random bytes, fit to be a master, data or index key."""
    return os.urandom(KEY_BYTES)


def length_prefixed(parts: Iterable[bytes]) -> bytes:
    """Join `parts` so that no two different lists give the same bytes: each is preceded by its length (8
    bytes, big-endian).
    """
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def derive_key(secret: bytes, *info: bytes) -> bytes:
    """Return a 32-byte subkey of `secret` for the purpose named by `info` (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=length_prefixed(info)).derive(secret)


class MasterKeys:
    """The numbered master keys that wrap every workspace's keys. The last in the list is the active one."""

    __slots__ = ("_keys", "active")

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        """`keys` maps number to 32 bytes, in order of age. Raises ValueError if empty or ill-formed."""
        if not keys:
            raise ValueError("At least one master key is needed.")
        for number, key in keys.items():
            if not 0 < number < 2**32 or len(key) != KEY_BYTES:
                raise ValueError("A master key needs a number from 1 and 32 bytes.")
        self._keys = {number: AESGCM(key) for number, key in keys.items()}
        self.active = list(keys)[-1]

    @classmethod
    def parse(cls, text: str) -> "MasterKeys":
        """Read "1:<base64>,2:<base64>" (standard or URL-safe). Raises ValueError naming the entry, not the key."""
        keys: dict[int, bytes] = {}
        for place, entry in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
            number, colon, encoded = entry.partition(":")
            if not colon or not number.strip().isdecimal():
                raise ValueError(f"Master key entry {place} is not of the form number:base64.")
            try:
                key = base64.b64decode(encoded.strip().replace("-", "+").replace("_", "/"), validate=True)
            except (binascii.Error, ValueError):
                raise ValueError(f"Master key entry {place} is not base64.") from None
            if int(number) in keys:
                raise ValueError(f"Master key number {int(number)} is given twice.")
            keys[int(number)] = key
        return cls(keys)

    def wrap(self, data_key: bytes, workspace_id: UUID, purpose: str, key_no: int) -> bytes:
        """Seal a workspace's key under the active master key, bound to workspace, purpose (data, index) and number."""
        nonce = os.urandom(12)
        header = WRAP_FORMAT.to_bytes(1, "big") + self.active.to_bytes(4, "big")
        bound = self._bound(workspace_id, purpose, key_no, self.active)
        return header + nonce + self._keys[self.active].encrypt(nonce, data_key, bound)

    def unwrap(self, blob: bytes, workspace_id: UUID, purpose: str, key_no: int) -> bytes:
        """Return the key that `wrap` sealed. Raises UnknownKey for a master key not loaded, CipherError if it
        does not fit.
        """
        number = self.master_no(blob)
        master = self._keys.get(number)
        if master is None:
            raise UnknownKey(f"Master key {number} is not loaded.")
        try:
            bound = self._bound(workspace_id, purpose, key_no, number)
            return master.decrypt(blob[5:_BODY_AT], blob[_BODY_AT:], bound)
        except InvalidTag:
            raise CipherError("A wrapped key does not open for this workspace, purpose and number.") from None

    @staticmethod
    def master_no(blob: bytes) -> int:
        """Return the number of the master key that wrapped `blob`: what a rotation looks for. Raises
        CipherError if it is none.
        """
        return _key_no(blob, WRAP_FORMAT)

    @staticmethod
    def _bound(workspace_id: UUID, purpose: str, key_no: int, master_no: int) -> bytes:
        numbers = key_no.to_bytes(4, "big"), master_no.to_bytes(4, "big")
        return length_prefixed([_WRAP_LABEL, workspace_id.bytes, purpose.encode(), *numbers])


class WorkspaceCipher:
    """Seals and opens the customer data of one workspace. Safe to share between threads; keep it in process
    memory only.
    """

    __slots__ = ("_columns", "_data_keys", "_find_key", "active", "workspace_id")

    def __init__(
        self, workspace_id: UUID, data_keys: Mapping[int, bytes], active: int,
        find_key: Callable[[int], bytes | None] | None = None,
    ) -> None:  # fmt: skip
        """`data_keys` maps key number to 32 bytes; `active` is the number used to seal. `find_key` is asked for a
        number above all of these, which may have been made since. Raises ValueError, UnknownKey.
        """
        if active not in data_keys:
            raise UnknownKey(f"Data key {active} is not loaded.")
        if any(len(key) != KEY_BYTES or not 0 < number < 2**32 for number, key in data_keys.items()):
            raise ValueError("A data key needs a number from 1 and 32 bytes.")
        self.workspace_id = workspace_id
        self.active = active
        self._data_keys = dict(data_keys)
        self._find_key = find_key
        self._columns: dict[tuple[int, str, str], tuple[AESGCM, bytes, bytes]] = {}

    def seal(self, text: str | None, table: str, column: str, row_id: UUID) -> bytes | None:
        """Encrypt `text` for that one place; None stays None, "" becomes a value that opens to "".

        Half a character (a lone surrogate, as JSON and some character sets of mail can hold) becomes a question mark:
        nobody can read it, and work that failed for it would fail each time.
        """
        return None if text is None else self.seal_bytes(text.encode("utf-8", "replace"), table, column, row_id)

    def open(self, blob: bytes | None, table: str, column: str, row_id: UUID) -> str | None:
        """Decrypt what `seal` made for that place; None stays None. Raises CipherError, UnknownKey."""
        plain = self.open_bytes(blob, table, column, row_id)
        return None if plain is None else plain.decode()

    def seal_bytes(self, plain: bytes | None, table: str, column: str, row_id: UUID) -> bytes | None:
        """As `seal`, for bytes."""
        if plain is None:
            return None
        aead, before, after = self._column(self.active, table, column)
        nonce = os.urandom(12)
        # The binding ends with the four bytes of the key number, which the header repeats in the open.
        return b"\x01" + after[-4:] + nonce + aead.encrypt(nonce, plain, before + row_id.bytes + after)

    def open_bytes(self, blob: bytes | None, table: str, column: str, row_id: UUID) -> bytes | None:
        """As `open`, for bytes."""
        if blob is None:
            return None
        if type(blob) is not bytes:
            blob = bytes(blob)
        if len(blob) < OVERHEAD_BYTES or blob[0] != FIELD_FORMAT:
            raise CipherError("The value is not in a known encrypted form.")
        number = int.from_bytes(blob[1:5], "big")
        found = self._columns.get((number, table, column))
        aead, before, after = found if found is not None else self._column(number, table, column)
        try:
            return aead.decrypt(blob[5:_BODY_AT], blob[_BODY_AT:], before + row_id.bytes + after)
        except InvalidTag:
            raise CipherError("The value does not open here: it was changed or belongs elsewhere.") from None

    def key_no(self, blob: bytes) -> int:
        """Return the number of the data key that sealed `blob`. Raises CipherError for what is no sealed value."""
        return _key_no(blob, FIELD_FORMAT)

    @property
    def newest_header(self) -> bytes:
        """What every value begins with that is sealed from now on."""
        return FIELD_FORMAT.to_bytes(1, "big") + self.active.to_bytes(4, "big")

    @property
    def key_numbers(self) -> list[int]:
        """The numbers of the loaded data keys, the newest first."""
        return sorted(self._data_keys, reverse=True)

    def subkey(self, number: int, *info: bytes) -> bytes:
        """Return a key under data key `number` for what `info` names (a file, a fingerprint). Raises UnknownKey."""
        return derive_key(self._data_key(number), *info)

    def _data_key(self, number: int) -> bytes:
        """Return a data key, one made meanwhile included. Keys are numbered in order and stay, so that nobody need
        look for a lower number than the last.
        """
        data_key = self._data_keys.get(number)
        if data_key is None and self._find_key is not None and number > max(self._data_keys):
            data_key = self._find_key(number)
            if data_key is not None:
                self._data_keys = {**self._data_keys, number: data_key}
        if data_key is None:
            raise UnknownKey(f"Data key {number} is not loaded for this workspace.")
        return data_key

    def _column(self, number: int, table: str, column: str) -> tuple[AESGCM, bytes, bytes]:
        """Return the column's AES object and the binding before and after the row id, all of it cached."""
        place = (number, table, column)
        found = self._columns.get(place)
        if found is not None:
            return found
        data_key = self._data_key(number)
        names = table.encode(), column.encode()
        aead = AESGCM(derive_key(data_key, _FIELD_LABEL, *names))
        before = length_prefixed([_FIELD_LABEL, self.workspace_id.bytes, *names]) + (16).to_bytes(8, "big")
        made = aead, before, length_prefixed([number.to_bytes(4, "big")])
        if len(self._columns) >= _MAX_CACHED_COLUMNS:
            self._columns.clear()
        self._columns[place] = made
        return made


def _key_no(blob: bytes, expected_format: int) -> int:
    if len(blob) < OVERHEAD_BYTES or blob[0] != expected_format:
        raise CipherError("The value is not in a known encrypted form.")
    return int.from_bytes(blob[1:5], "big")
