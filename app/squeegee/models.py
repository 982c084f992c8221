"""Handing won leads over to Squeegee, and every call that was made on the way."""

import base64
import secrets
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.extensions import db

METHODS = ("api", "copy_sheet", "csv")
STATES = ("pending", "running", "success", "failed", "partial", "uncertain", "cancelled")


class SqueegeeAccount(WorkspaceModel):
    """How this workspace reaches its Squeegee. One row a workspace. `service_ids` maps our services to theirs."""

    __tablename__ = "squeegee_accounts"
    __table_args__ = (
        db.UniqueConstraint("workspace_id"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    base_url: Mapped[str] = mapped_column(Text, default="")
    token_sealed: Mapped[bytes | None] = sealed_column()
    webhook_secret_sealed: Mapped[bytes | None] = sealed_column()
    service_ids: Mapped[dict] = mapped_column(JSONB, default=dict)
    version: Mapped[int] = mapped_column(default=1)

    token = Sealed()
    webhook_secret = Sealed()

    def renew_webhook_secret(self) -> str:
        """Make and keep a new secret that signs booking confirmations (form of standardwebhooks.com); returns it."""
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        self.webhook_secret = secret
        return secret

    __mapper_args__ = {"version_id_col": version}


class Transfer(WorkspaceModel):
    """One hand-over of one lead. At most one may be under way for a lead."""

    __tablename__ = "transfers"
    __table_args__ = (
        one_of("method", METHODS),
        one_of("state", STATES),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        db.Index("ix_transfers_lead_id", "workspace_id", "lead_id", "created_at"),
        db.Index("ix_transfers_newest", "workspace_id", "created_at", "id"),
        db.Index(
            "uq_transfers_under_way", "workspace_id", "lead_id", unique=True,
            postgresql_where=text("state in ('pending', 'running', 'success', 'partial', 'uncertain')"),
        ),
    )  # fmt: skip

    lead_id: Mapped[UUID]
    method: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="pending")
    customer_id: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[str | None] = mapped_column(Text)
    first_service_date: Mapped[date | None] = mapped_column(Date)
    error: Mapped[str | None] = mapped_column(Text)
    retries: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    completed_at: Mapped[datetime | None] = moment(nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class TransferCall(WorkspaceModel):
    """One call to Squeegee: written before it goes, completed with what came back. Both bodies are sealed."""

    __tablename__ = "transfer_calls"
    __table_args__ = (
        one_of("step", ("customer", "job", "quote")),
        one_of("outcome", ("begun", "accepted", "refused", "not_sent", "unclear")),
        belongs_to("transfer_id", "transfers", ondelete="CASCADE"),
        db.Index("ix_transfer_calls_transfer_id", "workspace_id", "transfer_id", "begun_at"),
    )

    transfer_id: Mapped[UUID]
    step: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text, default="begun")
    status: Mapped[int | None] = mapped_column(SmallInteger)
    request_sealed: Mapped[bytes] = sealed_column(nullable=False)
    answer_sealed: Mapped[bytes | None] = sealed_column()
    begun_at: Mapped[datetime] = created_moment()
    finished_at: Mapped[datetime | None] = moment(nullable=True)

    request = Sealed()
    answer = Sealed()
