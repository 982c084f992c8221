"""Reading a lead's files: names and figures for the gallery, never their bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from app.accounts.models import User
from app.core.errors import NotFound
from app.core.keyring import cipher
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.exports.models import LeadExport
from app.extensions import db
from app.files.models import File
from app.lead_forms.models import SubmissionPhoto

#: More than a lead may have, should one have been given more while two were adding.
_MOST = 250
_SIZES = ((1024**2, "MB"), (1024, "KB"))
_TYPE_WORDS = {
    "application/pdf": "PDF",
    "text/plain": "Text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "application/vnd.oasis.opendocument.text": "Document",
    "application/vnd.oasis.opendocument.spreadsheet": "Spreadsheet",
    "application/vnd.oasis.opendocument.presentation": "Presentation",
}


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as the page shows it. `noun` names its element."""

    id: UUID
    lead_id: UUID
    kind: str
    name: str
    content_type: str
    size_bytes: int
    created_at: datetime
    uploaded_by: UUID | None
    who: str
    removed_at: datetime | None
    noun: str = "file"

    @property
    def type_words(self) -> str:
        """What kind of document it is."""
        return _TYPE_WORDS.get(self.content_type, "Picture")

    @property
    def size_words(self) -> str:
        """Its size, as 2.4 MB or 310 KB."""
        unit, words = next((each for each in _SIZES if self.size_bytes >= each[0]), (1024, "KB"))
        figure = self.size_bytes / unit
        return f"{figure:.1f} {words}" if figure < 10 and words == "MB" else f"{max(1, round(figure))} {words}"


@dataclass(frozen=True, slots=True)
class Gallery:
    """A lead's photos and documents, newest first."""

    photos: list[FileView]
    documents: list[FileView]


_FILES = (
    select(
        File.id, File.lead_id, File.kind, File.name_sealed, File.content_type, File.size_bytes, File.created_at,
        File.uploaded_by, User.name, File.removed_at,
    )
    .outerjoin(User, User.id == File.uploaded_by)
    .where(File.workspace_id == bindparam("here"))
)  # fmt: skip
_OF_LEAD = (
    _FILES.where(File.lead_id == bindparam("lead"), File.removed_at.is_(None))
    .order_by(File.created_at.desc(), File.id.desc())
    .limit(_MOST)
)
_ONE = _FILES.where(File.id == bindparam("file"))


def gallery(lead_id: UUID) -> Gallery:
    """The files of a lead that the scope sees."""
    rows = db.session.execute(_OF_LEAD, {"here": current_workspace_id(), "lead": lead_id}).all()
    views = [_view(row) for row in rows]
    return Gallery([it for it in views if it.kind == "photo"], [it for it in views if it.kind == "document"])


def get_file(file_id: UUID) -> FileView:
    """A file that is there and that the scope sees. Raises NotFound, also when it was removed."""
    row = db.session.execute(_ONE, {"here": current_workspace_id(), "file": file_id}).one_or_none()
    if row is None or row.removed_at is not None:
        raise NotFound
    return _view(row)


def with_rows(ids: Iterable[UUID]) -> set[UUID]:
    """Those of `ids` that the workspace in scope has a row for: a file, a photo in the quarantine of a form, or a piece
    of an export of leads.
    """
    here, wanted = current_workspace_id(), set(ids)
    found = {
        file_id
        for model in (File, SubmissionPhoto)
        for file_id in db.session.scalars(
            select(model.id).where(model.workspace_id == here, model.id == one_among(wanted))
        )
    }
    pieces = select(func.unnest(LeadExport.pieces)).where(LeadExport.workspace_id == here)
    return found | (wanted & set(db.session.scalars(pieces)))


def _view(row: object) -> FileView:
    name = cipher().open(row.name_sealed, "files", "name_sealed", row.id) or ""
    return FileView(
        row.id, row.lead_id, row.kind, name, row.content_type, row.size_bytes, row.created_at, row.uploaded_by,
        row.name or ("someone" if row.uploaded_by else "the customer"), row.removed_at,
    )  # fmt: skip
