"""Leads taken out to a file that is too large for a request: what was asked for, and how far it has got."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment, moment, one_of
from app.extensions import db

FORMATS = ("csv", "xlsx")
STATES = ("running", "done", "failed", "removed")
#: As many leads as one export takes.
MOST_LEADS = 100_000
#: As many files as one workspace keeps; with their leads that is a gigabyte.
MOST_FILES = 30


class LeadExport(WorkspaceModel):
    """One file of leads that the worker makes. It lies sealed in the file store, in pieces that joined are the file."""

    __tablename__ = "lead_exports"
    __table_args__ = (
        one_of("format", FORMATS),
        one_of("state", STATES),
        db.CheckConstraint(f"total between 1 and {MOST_LEADS}", name="total"),
        db.CheckConstraint("done between 0 and total", name="done"),
        belongs_to("created_by", "memberships", parent="user_id", ondelete="CASCADE"),
        db.Index("ix_lead_exports_created_by", "workspace_id", "created_by"),
        db.Index("ix_lead_exports_newest", "workspace_id", "created_at", "id"),
        # A person has one under way: a second press makes no second file.
        db.Index(
            "uq_lead_exports_under_way", "workspace_id", "created_by", unique=True,
            postgresql_where=text("state = 'running'"),
        ),
    )  # fmt: skip

    format: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="running")
    #: What stands in the columns, by key, in order.
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: The list's filter as [name, value] lists, without what was searched for, and the list's order.
    narrowed: Mapped[list[list[str]]] = mapped_column(JSONB, default=list)
    ordered: Mapped[str] = mapped_column(Text)
    #: Which leads it is about, in order, as the list had them when it was asked for. None once it has ended.
    lead_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid), deferred=True)
    total: Mapped[int] = mapped_column(Integer)
    #: Leads that have had their turn.
    done: Mapped[int] = mapped_column(Integer, default=0)
    #: What the next piece goes on from (core/spreadsheets/pieces.py).
    written: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    #: The ids of the pieces in the file store, in order.
    pieces: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    error: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = created_moment()
    finished_at: Mapped[datetime | None] = moment(nullable=True)
    #: When the file is deleted.
    expires_at: Mapped[datetime | None] = moment(nullable=True)
