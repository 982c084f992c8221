"""Public quote forms and what was sent through them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.extensions import db


class LeadForm(WorkspaceModel):
    """A form on the web. `allowed_origins` are the sites that may frame it, exact origins."""

    __tablename__ = "lead_forms"
    __table_args__ = (
        belongs_to("source_id", "lead_sources"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    source_id: Mapped[UUID]
    allowed_origins: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    consent_wording: Mapped[str] = mapped_column(Text)
    thank_you: Mapped[str] = mapped_column(Text, default="")
    #: What the builder arranged: questions in their order and words, prices, looks. {} is the form as it comes.
    content: Mapped[dict] = mapped_column(JSONB, default=dict)
    version_no: Mapped[int] = mapped_column(Integer, default=1)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class LeadFormVersion(WorkspaceModel):
    """A form as it once stood, so that what somebody was shown and agreed to can be read again."""

    __tablename__ = "lead_form_versions"
    __table_args__ = (
        belongs_to("form_id", "lead_forms", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "form_id", "version_no"),
    )

    form_id: Mapped[UUID]
    version_no: Mapped[int] = mapped_column(Integer)
    consent_wording: Mapped[str] = mapped_column(Text)
    thank_you: Mapped[str] = mapped_column(Text)
    content: Mapped[dict] = mapped_column(JSONB)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()


class FormSubmission(WorkspaceModel):
    """One sent form, raw answers kept beside the lead made of them. `submission_key` makes a repeat harmless."""

    __tablename__ = "form_submissions"
    __table_args__ = (
        one_of("state", ("accepted", "quarantined", "released", "deleted")),
        belongs_to("form_id", "lead_forms"),
        belongs_to("lead_id", "leads", ondelete="SET NULL (lead_id)", may_precede=True),
        db.UniqueConstraint("workspace_id", "form_id", "submission_key"),
        db.Index("ix_form_submissions_lead_id", "workspace_id", "lead_id"),
        db.Index(
            "ix_form_submissions_text_key", "workspace_id", "text_key", postgresql_where=text("text_key is not null")
        ),
        db.Index(
            "ix_form_submissions_quarantined", "workspace_id", "created_at",
            postgresql_where=text("state = 'quarantined'"),
        ),
        db.Index(
            "ix_form_submissions_suspicion", "workspace_id", "suspicion", "created_at",
            postgresql_where=text("state = 'quarantined'"),
        ),
    )  # fmt: skip

    form_id: Mapped[UUID]
    lead_id: Mapped[UUID | None]
    form_version_no: Mapped[int | None] = mapped_column(Integer)
    submission_key: Mapped[bytes] = mapped_column(LargeBinary)
    answers_sealed: Mapped[bytes] = sealed_column(nullable=False)
    state: Mapped[str] = mapped_column(Text, default="accepted")
    suspicion: Mapped[str | None] = mapped_column(Text)
    #: A keyed hash of what was written, so that the same advertising is known again. None once it was let out.
    text_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    address: Mapped[str | None] = mapped_column(INET)
    device: Mapped[str | None] = mapped_column(Text)
    seconds: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = created_moment()

    answers = Sealed()


class SubmissionPhoto(WorkspaceModel):
    """A photo that came with a sending in the quarantine; its bytes lie sealed in the store until that is decided."""

    __tablename__ = "submission_photos"
    __table_args__ = (
        belongs_to("submission_id", "form_submissions", ondelete="CASCADE"),
        db.Index("ix_submission_photos_submission_id", "workspace_id", "submission_id"),
    )

    submission_id: Mapped[UUID]
    name_sealed: Mapped[bytes] = sealed_column(nullable=False)
    content_type: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = created_moment()

    name = Sealed()


class UsedChallenge(db.Model):
    """A proof of work that was accepted once; it counts no second time until it has expired by itself."""

    __tablename__ = "used_challenges"
    __table_args__ = (
        belongs_to("form_id", "lead_forms", ondelete="CASCADE"),
        db.Index("ix_used_challenges_expires_at", "workspace_id", "expires_at"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    form_id: Mapped[UUID] = mapped_column(primary_key=True)
    challenge_key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime] = moment()
