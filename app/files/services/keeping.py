"""A file's bytes on their way into the store and out of it: sealed before, opened after."""

from uuid import UUID

from app.core.keyring import cipher
from app.core.sealed_files import SealedFile, seal_file
from app.core.tenancy import current_workspace_id
from app.files.ports import VARIANTS, blob_key, file_store


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


def open_variant(file_id: UUID, variant: str) -> SealedFile:
    """A variant to read from. Raises BlobMissing, StoreUnavailable, CipherError."""
    key, store = blob_key(current_workspace_id(), file_id, variant), file_store()
    return SealedFile(cipher(), lambda start, length: store.read(key, start, length), file_id, variant)


def delete_variants(workspace_id: UUID, file_id: UUID) -> None:
    """Take all that is kept of a file out of the store. Raises StoreUnavailable."""
    store = file_store()
    for variant in VARIANTS:
        store.delete(blob_key(workspace_id, file_id, variant))
