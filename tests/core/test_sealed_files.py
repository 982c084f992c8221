"""Sealed files: any part opens, and nothing that was changed, cut or moved does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.crypto import CipherError, UnknownKey, WorkspaceCipher
from app.core.ids import new_id
from app.core.sealed_files import CHUNK_BYTES, HEADER_BYTES, SealedFile, fingerprints, seal_file

HERE, FILE = new_id(), new_id()
CIPHER = WorkspaceCipher(HERE, {1: b"k" * 32}, 1)
SEALED_CHUNK = CHUNK_BYTES + 16


def opened(sealed: bytes, cipher=CIPHER, file_id=FILE, variant="main") -> SealedFile:
    return SealedFile(cipher, lambda start, length: (sealed[start : start + length], len(sealed)), file_id, variant)


@pytest.mark.parametrize("size", (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 1_500_000))
def test_what_goes_in_comes_out(size) -> None:
    content = bytes(index % 251 for index in range(size))
    file = opened(seal_file(CIPHER, content, FILE, "main"))
    assert (file.size, file.read(), file.read()) == (size, content, b"")


CONTENT = bytes(index * 7 % 256 for index in range(4 * CHUNK_BYTES + 99))
SEALED = seal_file(CIPHER, CONTENT, FILE, "main")


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(CONTENT)), st.integers(0, 2 * CHUNK_BYTES))
def test_any_part_opens(start, length) -> None:
    file = opened(SEALED)
    file.seek(start)
    assert file.read(length) == CONTENT[start : start + length]
    assert file.tell() == min(start + length, len(CONTENT))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at, by) -> None:
    changed = bytearray(SEALED)
    changed[at] ^= by
    with pytest.raises((CipherError, UnknownKey)):
        opened(bytes(changed)).read()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, len(SEALED) - 1))
def test_an_end_that_is_missing_is_noticed(at) -> None:
    with pytest.raises(CipherError):
        opened(SEALED[:at]).read()


def test_chunks_can_not_be_left_out_swapped_or_added() -> None:
    header, chunks = SEALED[:HEADER_BYTES], [
        SEALED[at : at + SEALED_CHUNK] for at in range(HEADER_BYTES, len(SEALED), SEALED_CHUNK)
    ]
    for order in ([0, 1, 2, 3], [0, 2, 1, 3, 4], [1, 2, 3, 4], [0, 1, 2, 3, 4, 4], [4], [0, 1, 2, 4]):
        with pytest.raises(CipherError):
            opened(header + b"".join(chunks[index] for index in order)).read()


def test_a_part_is_not_given_out_before_it_is_checked() -> None:
    changed = bytearray(SEALED)
    changed[HEADER_BYTES + 2 * SEALED_CHUNK + 5] ^= 1
    file = opened(bytes(changed))
    assert file.read(CHUNK_BYTES) == CONTENT[:CHUNK_BYTES]
    file.seek(2 * CHUNK_BYTES + 60_000)
    with pytest.raises(CipherError):
        file.read(1)


@pytest.mark.parametrize(
    "place",
    [
        {"file_id": new_id()},
        {"variant": "thumb"},
        {"cipher": WorkspaceCipher(new_id(), {1: b"k" * 32}, 1)},
        {"cipher": WorkspaceCipher(HERE, {1: b"x" * 32}, 1)},
    ],
    ids=("file", "variant", "workspace", "key"),
)
def test_it_opens_in_its_own_place_alone(place) -> None:
    with pytest.raises(CipherError):
        opened(SEALED, **place)


def test_a_key_that_is_gone_is_an_error_and_an_old_one_still_opens() -> None:
    with pytest.raises(UnknownKey):
        opened(SEALED, WorkspaceCipher(HERE, {2: b"n" * 32}, 2))
    assert opened(SEALED, WorkspaceCipher(HERE, {1: b"k" * 32, 2: b"n" * 32}, 2)).read(9) == CONTENT[:9]


def test_one_who_reads_goes_on_when_the_file_is_sealed_anew() -> None:
    """As when keys change; bytes of another file in its place still don't open."""
    newer = WorkspaceCipher(HERE, {1: b"k" * 32, 2: b"n" * 32}, 2)
    content = bytes(index % 253 for index in range(40 * CHUNK_BYTES))
    for place, opens in ((FILE, True), (HERE, False)):
        store = {"sealed": seal_file(CIPHER, content, FILE, "main")}

        def fetch(start, length, held=store) -> tuple[bytes, int]:
            return held["sealed"][start : start + length], len(held["sealed"])

        reader = SealedFile(newer, fetch, FILE, "main")
        begun = reader.read(100)
        store["sealed"] = seal_file(newer, content, place, "main")
        if opens:
            assert begun + reader.read() == content
        else:
            with pytest.raises(CipherError):
                reader.read()


def test_the_same_file_is_sealed_differently_each_time_and_has_one_fingerprint_a_workspace() -> None:
    assert len({seal_file(CIPHER, b"x" * 99, FILE, "main")[HEADER_BYTES:] for _ in range(10)}) == 10
    other = WorkspaceCipher(new_id(), {1: b"z" * 32}, 1)
    assert fingerprints(CIPHER, b"x") == fingerprints(CIPHER, b"x") != fingerprints(other, b"x")
