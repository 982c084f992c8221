"""Giving an export's file out to who is signed in and may have it. Each time stands in the audit log."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.spreadsheets.pieces import WRITERS, Written
from app.exports.queries.showing import get_export
from app.files.services.keeping import in_turn
from app.workspaces.queries import current_workspace


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that was made just now."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file of the store, opened on the way out."""

    name: str
    content_type: str
    size: int
    content: Iterator[bytes] = field(repr=False)


def open_file(export_id: UUID, actor: Actor) -> OpenFile:
    """The file of an export that is done. Raises NotFound, also once it was deleted; BlobMissing, StoreUnavailable and
    CipherError for one that can't be read.
    """
    made = get_export(export_id)
    if made.state != "done":
        raise NotFound
    content = in_turn(made.pieces)
    said = {"leads": Written.of(made.written).rows - 1, "format": made.format}
    publish(Event("export.downloaded", made.workspace_id, actor, "export", made.id, data=said))
    name = file_name(made.format, made.created_at)
    return OpenFile(name, WRITERS[made.format].content_type, made.size_bytes, content)


def file_name(kind: str, made_at: datetime | None = None) -> str:
    """What a file is called, by the day on which it was asked for: "leads-2026-11-20.csv"."""
    day = (made_at or utcnow()).astimezone(ZoneInfo(current_workspace().time_zone)).date()
    return f"leads-{day.isoformat()}.{kind}"
