"""Encryption of whole files: AES-256-GCM in chunks, so that any part opens without the rest.

    format (1) | key number (4) | salt (32) | chunk 0 | chunk 1 | ... | last chunk

A chunk holds up to 64 KiB of the file and a tag of 16 bytes. Each sealing has a key of its own: HKDF of the workspace's
data key over workspace, file, variant and a random salt. So nonces may count: 11 bytes of the chunk's number and one
byte that says whether it is the last (the STREAM construction of Hoang and others, 2015). What was cut short, reordered
or moved to another file, variant or workspace does not open.
"""

import hmac
import os
from collections.abc import Callable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.crypto import CipherError, WorkspaceCipher

CHUNK_BYTES = 65_536
TAG_BYTES = 16
HEADER_BYTES = 37
FILE_FORMAT = 1
#: How many chunks are fetched at once: a store over the network answers a megabyte as soon as a chunk.
READ_AHEAD = 16

_LABEL = b"sill/file/v1"
_PRINT_LABEL = b"sill/file-print/v1"
_SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES

#: Reads `length` bytes from `start` of what was sealed (fewer at its end); returns them with the whole's size.
Fetch = Callable[[int, int], tuple[bytes, int]]


def seal_file(cipher: WorkspaceCipher, content: bytes, file_id: UUID, variant: str) -> bytes:
    """Encrypt a file's content for that one place. `variant` names which form of the file it is."""
    salt = os.urandom(32)
    header = FILE_FORMAT.to_bytes(1, "big") + cipher.active.to_bytes(4, "big") + salt
    aead = _aead(cipher, cipher.active, salt, file_id, variant)
    last = max(0, (len(content) - 1) // CHUNK_BYTES)
    view = memoryview(content)
    chunks = (view[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES] for index in range(last + 1))
    sealed = (aead.encrypt(_nonce(index, index == last), chunk, header) for index, chunk in enumerate(chunks))
    return header + b"".join(sealed)


def fingerprints(cipher: WorkspaceCipher, content: bytes) -> list[bytes]:
    """Keyed hashes (32 bytes) by which a workspace knows the same content again, and nobody else does.

    The first is the one to keep, the others are those it may have been kept by under older data keys.
    """
    return [hmac.digest(cipher.subkey(number, _PRINT_LABEL), content, "sha256") for number in cipher.key_numbers]


def key_no(header: bytes) -> int:
    """The number of the data key of a sealed file that begins with `header`. Raises CipherError for no sealed file."""
    if len(header) < HEADER_BYTES or header[0] != FILE_FORMAT:
        raise CipherError("The file is not in a known encrypted form.")
    return int.from_bytes(header[1:5], "big")


class SealedFile:
    """A sealed file as something to read and seek in: chunks are fetched and opened as they are needed.

    The key is taken when it is made, so that it can be read on after the scope has been left. When the file is sealed
    anew meanwhile, as happens when keys change, it goes on with what lies there then: the content is the same.
    """

    def __init__(self, cipher: WorkspaceCipher, fetch: Fetch, file_id: UUID, variant: str) -> None:
        """Read the beginning. Raises CipherError when it is no sealed file, UnknownKey, and whatever `fetch` does."""
        self._fetch = fetch
        self._place = cipher, file_id, variant
        self._begin()
        self._at = 0
        self._open: tuple[int, bytes] = (-1, b"")
        self._chunk(0)

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes (all for -1; fewer at the end). Raises CipherError when they were tampered with."""
        wanted = self.size - self._at if size < 0 else min(size, self.size - self._at)
        parts = []
        while wanted > 0:
            index, offset = divmod(self._at, CHUNK_BYTES)
            part = self._chunk(index)[offset : offset + wanted]
            parts.append(part)
            self._at += len(part)
            wanted -= len(part)
        return b"".join(parts)

    def seekable(self) -> bool:
        """Yes: any part opens without the rest."""
        return True

    def seek(self, at: int) -> int:
        """Go on reading at byte `at`."""
        self._at = max(0, min(at, self.size))
        return self._at

    def tell(self) -> int:
        """The byte that is read next."""
        return self._at

    def _begin(self) -> None:
        window, sealed_size = self._fetch(0, HEADER_BYTES + READ_AHEAD * _SEALED_CHUNK)
        if len(window) < HEADER_BYTES + TAG_BYTES:
            raise CipherError("The file is not in a known encrypted form.")
        self._header = window[:HEADER_BYTES]
        cipher, file_id, variant = self._place
        self._aead = _aead(cipher, key_no(self._header), self._header[5:], file_id, variant)
        self._window_at, self._window = HEADER_BYTES, window[HEADER_BYTES:]
        body = sealed_size - HEADER_BYTES
        self._chunks = -(-body // _SEALED_CHUNK)
        self.size = body - self._chunks * TAG_BYTES

    def _chunk(self, index: int) -> bytes:
        if self._open[0] != index:
            opened = self._opened(index)
            if opened is None:
                before = self._header
                self._begin()
                opened = self._opened(index) if self._header != before else None
            if opened is None:
                raise CipherError("The file does not open: it was changed, cut short or belongs elsewhere.")
            self._open = index, opened
        return self._open[1]

    def _opened(self, index: int) -> bytes | None:
        sealed = self._sealed_chunk(HEADER_BYTES + index * _SEALED_CHUNK)
        try:
            return self._aead.decrypt(_nonce(index, index == self._chunks - 1), sealed, self._header)
        except InvalidTag:
            return None

    def _sealed_chunk(self, start: int) -> bytes:
        if not self._window_at <= start < self._window_at + len(self._window):
            self._window, _ = self._fetch(start, READ_AHEAD * _SEALED_CHUNK)
            self._window_at = start
        offset = start - self._window_at
        return self._window[offset : offset + _SEALED_CHUNK]


def _aead(cipher: WorkspaceCipher, number: int, salt: bytes, file_id: UUID, variant: str) -> AESGCM:
    place = cipher.workspace_id.bytes, file_id.bytes, variant.encode()
    return AESGCM(cipher.subkey(number, _LABEL, *place, salt))


def _nonce(index: int, is_last: bool) -> bytes:
    return index.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")
