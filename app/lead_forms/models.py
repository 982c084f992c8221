"""Public quote forms and what was sent through them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, INET
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, one_of, sealed_column
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
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


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
            "ix_form_submissions_quarantined", "workspace_id", "created_at",
            postgresql_where=text("state = 'quarantined'"),
        ),
    )  # fmt: skip

    form_id: Mapped[UUID]
    lead_id: Mapped[UUID | None]
    submission_key: Mapped[bytes] = mapped_column(LargeBinary)
    answers_sealed: Mapped[bytes] = sealed_column(nullable=False)
    state: Mapped[str] = mapped_column(Text, default="accepted")
    suspicion: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(INET)
    device: Mapped[str | None] = mapped_column(Text)
    seconds: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = created_moment()

    answers = Sealed()
