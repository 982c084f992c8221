"""A folder of this machine. Web and worker must share it; where they do not share a disk, use S3."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from app.files.ports import KEY, BlobMissing, Stored, StoreUnavailable

_BEGUN = ".begun"


class DiskStore:
    """Files under `folder`, for their owner only. A file appears under its key when all of it is on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, sealed: bytes) -> None:
        """Write beside, flush, move into place, flush the folder. What breaks off leaves nothing behind."""
        with _plainly(is_read=False):
            target = self._path(key)
            begun = self._folder / _BEGUN / secrets.token_hex(16)
            for folder in (begun.parent, target.parent):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(sealed)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(begun, target)
            except BaseException:
                with suppress(OSError):
                    begun.unlink()
                raise
            _flush(target.parent)

    def read(self, key: str, start: int, length: int) -> tuple[bytes, int]:
        """See BlobStore."""
        with _plainly(), self._path(key).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(start)
            return file.read(length), size

    def delete(self, key: str) -> None:
        """See BlobStore."""
        with _plainly():
            self._path(key).unlink(missing_ok=True)

    def listed(self, after: str, limit: int) -> list[Stored]:
        """See BlobStore."""
        with _plainly():
            return list(islice(self._walk(after), limit))

    def tidy(self, before: datetime) -> None:
        """See BlobStore."""
        with _plainly():
            for begun in _entries(self._folder / _BEGUN):
                if _changed(begun) < before:
                    begun.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError("not a key of a file")
        return self._folder / key

    def _walk(self, after: str) -> Iterator[Stored]:
        for workspace in _entries(self._folder):
            if workspace.name < after.split("/")[0] or workspace.name == _BEGUN:
                continue
            for shard in _entries(workspace):
                if f"{workspace.name}/{shard.name}/~" < after:
                    continue
                for file in _entries(shard):
                    key = f"{workspace.name}/{shard.name}/{file.name}"
                    if key > after and KEY.fullmatch(key):
                        yield Stored(key, _changed(file))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _changed(file: Path) -> datetime:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.now(UTC)  # taken away meanwhile


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _plainly(*, is_read: bool = True) -> Iterator[None]:
    """Say what went wrong in the port's words; a path never leaves here."""
    try:
        yield
    except OSError as error:
        if is_read and isinstance(error, FileNotFoundError):
            raise BlobMissing from None
        raise StoreUnavailable(f"disk_{error.errno}") from None
