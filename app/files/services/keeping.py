"""A file's bytes on their way into the store and out of it: sealed before, opened after."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from uuid import UUID

from app.core.keyring import cipher
from app.core.sealed_files import SealedFile, seal_file
from app.core.tenancy import current_workspace_id
from app.files.ports import VARIANTS, StoreUnavailable, blob_key, file_store

_PART_BYTES = 262_144


def seal_variants(file_id: UUID, main: bytes, thumb: bytes | None) -> dict[str, bytes]:
    """What goes into the store, by key."""
    workspace_id, plain = current_workspace_id(), {"main": main, "thumb": thumb}
    return {
        blob_key(workspace_id, file_id, variant): seal_file(cipher(), content, file_id, variant)
        for variant, content in plain.items()
        if content is not None
    }


def store_variants(sealed: dict[str, bytes]) -> None:
    """Put them into the store. Raises StoreUnavailable; what lies there by then is swept away a day later."""
    store = file_store()
    for key, content in sealed.items():
        store.put(key, content)


def store_new(sealed: dict[str, bytes]) -> None:
    """The same for a file that nobody knows yet: where it breaks off, what lies there already is taken away at once.

    A store that is full must not get fuller with each try.
    """
    store, done = file_store(), []
    try:
        for key, content in sealed.items():
            store.put(key, content)
            done.append(key)
    except StoreUnavailable:
        with suppress(StoreUnavailable):
            for key in done:
                store.delete(key)
        raise


def open_variant(file_id: UUID, variant: str) -> SealedFile:
    """A variant to read from. Raises BlobMissing, StoreUnavailable, CipherError."""
    key, store = blob_key(current_workspace_id(), file_id, variant), file_store()
    return SealedFile(cipher(), lambda start, length: store.read(key, start, length), file_id, variant)


def in_turn(file_ids: Sequence[UUID]) -> Iterator[bytes]:
    """The content of several files as one, a part at a time; the keys are taken now, so that it can be read on after
    the scope has been left. Raises BlobMissing, StoreUnavailable and CipherError, of the first of them at once.
    """
    workspace_id, seal, store = current_workspace_id(), cipher(), file_store()

    def opened(file_id: UUID) -> SealedFile:
        key = blob_key(workspace_id, file_id, "main")
        return SealedFile(seal, lambda start, length: store.read(key, start, length), file_id, "main")

    def parts(file: SealedFile) -> Iterator[bytes]:
        while part := file.read(_PART_BYTES):
            yield part

    first = opened(file_ids[0])
    return chain(parts(first), chain.from_iterable(parts(opened(each)) for each in file_ids[1:]))


def delete_variants(workspace_id: UUID, file_id: UUID) -> None:
    """Take all that is kept of a file out of the store. Raises StoreUnavailable."""
    store = file_store()
    for variant in VARIANTS:
        store.delete(blob_key(workspace_id, file_id, variant))
