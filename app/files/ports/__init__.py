"""Where sealed files lie: a folder of this machine or a bucket that speaks S3, by setting. Both see ciphertext only."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from flask import current_app

from app.config import Config

#: A key is workspace / last two letters of the id / id.variant; nothing a person typed is ever part of it.
KEY = re.compile(r"([0-9a-f-]{36})/([0-9a-f]{2})/([0-9a-f-]{36})\.(main|thumb)")
VARIANTS = ("main", "thumb")


class BlobMissing(Exception):
    """The store has nothing under this key."""


class StoreUnavailable(Exception):
    """The store can't be reached or refuses; the same may do later. The text is a code without customer data."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One thing in the store: its key, and since when it is there."""

    key: str
    stored_at: datetime


class BlobStore(Protocol):
    """What a place for sealed files can do. Every method raises StoreUnavailable when the place does not answer."""

    def put(self, key: str, sealed: bytes) -> None:
        """Keep it, whole or not at all; on return it survives a loss of power."""

    def read(self, key: str, start: int, length: int) -> tuple[bytes, int]:
        """Bytes from `start` (fewer at the end) and the size of the whole. Raises BlobMissing."""

    def delete(self, key: str) -> None:
        """Take it away; what is not there is taken away already."""

    def listed(self, after: str, limit: int) -> list[Stored]:
        """Up to `limit` things whose keys come after `after`, by key."""

    def tidy(self, before: datetime) -> None:
        """Throw away what was begun before that moment and never finished."""


def blob_key(workspace_id: UUID, file_id: UUID, variant: str) -> str:
    """The key of one variant of a file."""
    return f"{workspace_id}/{file_id.hex[-2:]}/{file_id}.{variant}"


def ids_in(key: str) -> tuple[UUID, UUID] | None:
    """Workspace and file of a key; None for what is not ours."""
    found = KEY.fullmatch(key)
    try:
        return (UUID(found[1]), UUID(found[3])) if found else None
    except ValueError:
        return None


def variant_in(key: str) -> str:
    """Which form of a file lies under a key of ours."""
    return key.rpartition(".")[2]


def file_store() -> BlobStore:
    """The store that the settings name, made once a process."""
    made: BlobStore | None = current_app.extensions.get("file_store")
    if made is None:
        made = current_app.extensions["file_store"] = _make(current_app.extensions["config"])
    return made


def _make(config: Config) -> BlobStore:
    from app.files.ports.disk import DiskStore
    from app.files.ports.s3 import Bucket, S3Store

    if config.file_store == "disk":
        return DiskStore(config.files_dir)
    return S3Store(
        Bucket(
            config.s3_endpoint, config.s3_region, config.s3_bucket, config.s3_access_key_id, config.s3_secret_access_key
        )
    )
