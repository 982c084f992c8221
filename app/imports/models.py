"""Bringing leads in from a file: the file, its rows as they were, and what became of each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.extensions import db

LAYOUTS = ("notion", "squeegee", "plain")
STATES = ("uploaded", "checking", "checked", "running", "done", "undoing", "undone", "cancelled", "failed")
OUTCOMES = ("created", "joined", "skipped", "failed", "undone", "kept")


class Import(WorkspaceModel):
    """One file of leads, how its columns are read, and how far it has got."""

    __tablename__ = "imports"
    __table_args__ = (
        one_of("layout", LAYOUTS),
        one_of("state", STATES),
        belongs_to("created_by", "memberships", parent="user_id", ondelete="CASCADE"),
        db.Index("ix_imports_newest", "workspace_id", "created_at", "id"),
        db.Index("ix_imports_created_by", "workspace_id", "created_by"),
    )

    layout: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="uploaded")
    file_name_sealed: Mapped[bytes] = sealed_column(nullable=False)
    #: The titles of the columns, in order.
    header: Mapped[list[str]] = mapped_column(JSONB, default=list)
    #: The position of a column (as text) to the lead's fact it holds; a column left out is kept raw alone.
    mapping: Mapped[dict] = mapped_column(JSONB, default=dict)
    #: What holds for all rows: source, owner, tag, stages by the file's words, what to do with duplicates.
    options: Mapped[dict] = mapped_column(JSONB, default=dict)
    total: Mapped[int] = mapped_column(Integer, default=0)
    #: Rows that the work under way (checking, bringing in, undoing) has behind it.
    done: Mapped[int] = mapped_column(Integer, default=0)
    #: Rows by what the dry run says of them, and by what became of them.
    figures: Mapped[dict] = mapped_column(JSONB, default=dict)
    error: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = created_moment()
    started_at: Mapped[datetime | None] = moment(nullable=True)
    finished_at: Mapped[datetime | None] = moment(nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    file_name = Sealed()

    __mapper_args__ = {"version_id_col": version}


class ImportRow(WorkspaceModel):
    """One row of the file, as it was (`raw`: JSON list of cells), and what became of it."""

    __tablename__ = "import_rows"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        belongs_to("import_id", "imports", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "import_id", "position"),
        db.Index("ix_import_rows_outcome", "workspace_id", "import_id", "outcome", "position"),
        db.Index("ix_import_rows_finding", "workspace_id", "import_id", "finding", "position"),
        db.Index("ix_import_rows_lead_id", "workspace_id", "lead_id"),
        db.Index("ix_import_rows_row_key", "workspace_id", "row_key"),
    )

    import_id: Mapped[UUID]
    #: The row's number in the file as a spreadsheet shows it.
    position: Mapped[int] = mapped_column(Integer)
    raw_sealed: Mapped[bytes] = sealed_column(nullable=False)
    #: What the dry run says: "ready", "duplicate", "invalid"; None before it.
    finding: Mapped[str | None] = mapped_column(Text)
    #: What is wrong or notable: [{"field": "phone", "code": "unreadable"}]; no customer data.
    problems: Mapped[list[dict]] = mapped_column(JSONB, default=list)
    outcome: Mapped[str | None] = mapped_column(Text)
    #: The lead that was made, or that the row belongs to.
    lead_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    property_id: Mapped[UUID | None]
    made_contact: Mapped[bool] = mapped_column(Boolean, default=False)
    made_property: Mapped[bool] = mapped_column(Boolean, default=False)
    #: Blind index of the whole row: the same row in this file or an earlier one.
    row_key: Mapped[bytes | None] = mapped_column(LargeBinary)

    raw = Sealed()
