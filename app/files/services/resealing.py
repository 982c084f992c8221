"""Sealing the bytes of a workspace's files anew with its newest data key. Their content never changes, only its seal.

Fingerprints stay under the key they were made with: of a photo that was drawn anew, nobody has what they were made of.
"""

from dataclasses import dataclass
from uuid import UUID

from app.core.crypto import CryptoError, WorkspaceCipher
from app.core.keyring import cipher
from app.core.sealed_files import HEADER_BYTES, SealedFile, key_no, seal_file
from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.files.ports import BlobMissing, file_store, ids_in, variant_in
from app.files.queries import with_rows

_AT_ONCE = 200


@dataclass(slots=True)
class ResealedFiles:
    """How many were sealed anew, and how many don't open."""

    done: int = 0
    closed: int = 0


def reseal_files() -> ResealedFiles:
    """Go over all that the store holds of the workspace in scope, by the beginnings of files. Raises StoreUnavailable.

    Nothing of the database is held meanwhile. Who reads a file goes on with it (SealedFile).
    """
    workspace_id, made = current_workspace_id(), ResealedFiles()
    last = prefix = f"{workspace_id}/"
    while last.startswith(prefix):
        page = [each.key for each in file_store().listed(last, _AT_ONCE)]
        _reseal_page({key: ids[1] for key in page if (ids := ids_in(key)) and ids[0] == workspace_id}, made)
        last = page[-1] if len(page) == _AT_ONCE else ""
    return made


def _reseal_page(keys: dict[str, UUID], made: ResealedFiles) -> None:
    with transaction():
        seal, before = cipher(), with_rows(set(keys.values()))
    changed = {}
    for key, file_id in keys.items():
        try:
            if _reseal(seal, key, file_id):
                changed[key] = file_id
        except BlobMissing:  # deleted meanwhile
            continue
        except CryptoError:
            made.closed += file_id in before  # what has no row is swept away
    with transaction():
        erased = before - with_rows(set(changed.values()))
    for key, file_id in changed.items():
        if file_id in erased:  # between our reading and our writing: what we wrote must not outlive it
            file_store().delete(key)
    made.done += len(changed)


def _reseal(seal: WorkspaceCipher, key: str, file_id: UUID) -> bool:
    store, variant = file_store(), variant_in(key)
    if key_no(store.read(key, 0, HEADER_BYTES)[0]) == seal.active:
        return False
    content = SealedFile(seal, lambda start, length: store.read(key, start, length), file_id, variant).read()
    store.put(key, seal_file(seal, content, file_id, variant))
    return True
