"""Handing won leads over to Squeegee, every call that was made on the way, and files of many."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.extensions import db

METHODS = ("api", "copy_sheet", "csv")
STATES = ("pending", "running", "success", "failed", "partial", "uncertain", "cancelled")
STEPS = ("customer", "job", "quote", "find_customer", "find_job")
BATCH_STATES = ("open", "done", "cancelled")
BATCH_FORMATS = ("csv", "xlsx")


class TransferBatch(WorkspaceModel):
    """A file of leads for Squeegee. Its rows are transfers that wait until somebody says what became of each."""

    __tablename__ = "transfer_batches"
    __table_args__ = (
        one_of("format", BATCH_FORMATS),
        one_of("state", BATCH_STATES),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.Index("ix_transfer_batches_newest", "workspace_id", "created_at", "id"),
    )

    format: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="open")
    #: Titles and facts as they were set when the file was made.
    columns: Mapped[list[dict]] = mapped_column(JSONB, default=list)
    total: Mapped[int] = mapped_column(Integer, default=0)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    completed_at: Mapped[datetime | None] = moment(nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Transfer(WorkspaceModel):
    """One hand-over of one lead. At most one may be under way for a lead."""

    __tablename__ = "transfers"
    __table_args__ = (
        one_of("method", METHODS),
        one_of("state", STATES),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("batch_id", "transfer_batches"),
        db.Index("ix_transfers_lead_id", "workspace_id", "lead_id", "created_at"),
        db.Index("ix_transfers_newest", "workspace_id", "created_at", "id"),
        db.Index("ix_transfers_state", "workspace_id", "state", "created_at", "id"),
        db.Index("ix_transfers_method", "workspace_id", "method", "created_at", "id"),
        db.Index("ix_transfers_created_by", "workspace_id", "created_by", "created_at", "id"),
        db.Index("ix_transfers_batch_id", "workspace_id", "batch_id", "batch_position"),
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
    #: The quotes of the other rungs: our frequency to their id.
    quote_ids: Mapped[dict] = mapped_column(JSONB, default=dict)
    batch_id: Mapped[UUID | None]
    batch_position: Mapped[int | None] = mapped_column(Integer)
    #: What was handed over by sheet or file, as JSON [[label, value], ...].
    handed_sealed: Mapped[bytes | None] = sealed_column()
    #: What is agreed as far as Squeegee holds it, as mapping.Agreed writes it; None where nobody knows.
    holds_sealed: Mapped[bytes | None] = sealed_column()
    #: What a person said about it, such as why Squeegee would not take the row.
    remark_sealed: Mapped[bytes | None] = sealed_column()
    first_service_date: Mapped[date | None] = mapped_column(Date)
    error: Mapped[str | None] = mapped_column(Text)
    retries: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_by: Mapped[UUID | None]
    #: Who said in the end how it stands, when a person had to.
    settled_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    completed_at: Mapped[datetime | None] = moment(nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    handed = Sealed()
    holds = Sealed()
    remark = Sealed()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_a_persons_word(self) -> bool:
        """Whether only a person says that the lead is in Squeegee: by sheet or file, which Squeegee does not answer."""
        return self.state == "success" and self.method != "api" and self.job_id is None


class TransferCall(WorkspaceModel):
    """One call to Squeegee: written before it goes, completed with what came back. Both bodies are sealed."""

    __tablename__ = "transfer_calls"
    __table_args__ = (
        one_of("step", STEPS),
        one_of("outcome", ("begun", "accepted", "refused", "not_sent", "unclear")),
        belongs_to("transfer_id", "transfers", ondelete="CASCADE"),
        db.Index("ix_transfer_calls_transfer_id", "workspace_id", "transfer_id", "begun_at"),
    )

    transfer_id: Mapped[UUID]
    step: Mapped[str] = mapped_column(Text)
    #: For a quote: which rung it is of.
    rung: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text, default="begun")
    status: Mapped[int | None] = mapped_column(SmallInteger)
    request_sealed: Mapped[bytes] = sealed_column(nullable=False)
    answer_sealed: Mapped[bytes | None] = sealed_column()
    begun_at: Mapped[datetime] = created_moment()
    finished_at: Mapped[datetime | None] = moment(nullable=True)

    request = Sealed()
    answer = Sealed()
