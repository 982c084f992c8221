"""Photos and documents on leads. The bytes lie sealed in a store outside the database, found by the file's id."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.extensions import db

KINDS = ("photo", "document")


class File(WorkspaceModel):
    """A photo or document of a lead, perhaps of one line of its timeline."""

    __tablename__ = "files"
    __table_args__ = (
        one_of("kind", KINDS),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("activity_id", "activities"),
        db.Index("ix_files_lead_id", "workspace_id", "lead_id", "created_at", "id"),
        db.Index("ix_files_activity_id", "workspace_id", "activity_id"),
    )

    lead_id: Mapped[UUID]
    activity_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    name_sealed: Mapped[bytes] = sealed_column(nullable=False)
    content_type: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    #: Keyed hash of what was sent, so that the same file sent twice is kept once.
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    removed_at: Mapped[datetime | None] = moment(nullable=True)

    name = Sealed()


class PhotoRequest(WorkspaceModel):
    """A link by which a customer sends pictures of their house. Its secret opens nothing but the page to send them."""

    __tablename__ = "photo_requests"
    __table_args__ = (
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        db.Index("ix_photo_requests_lead_id", "workspace_id", "lead_id", "created_at"),
    )

    lead_id: Mapped[UUID]
    link_secret_sealed: Mapped[bytes] = sealed_column(nullable=False)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    expires_at: Mapped[datetime] = moment()
    revoked_at: Mapped[datetime | None] = moment(nullable=True)

    link_secret = Sealed()
