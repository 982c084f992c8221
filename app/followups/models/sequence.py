"""Sequences: what follows one after the other with a lead, and which leads are under way on them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment, moment, one_of
from app.extensions import db

#: What puts a lead on a sequence: entering a stage, a person, or something that happened (`rule`).
STARTS = ("stage", "hand", "rule")
ENROLMENT_STATES = ("active", "paused", "finished", "stopped")
_UNDER_WAY = text("state in ('active', 'paused')")


class Sequence(WorkspaceModel):
    """Steps that follow one after the other. `steps` is what new leads get; versions keep what earlier ones got."""

    __tablename__ = "sequences"
    __table_args__ = (
        one_of("starts", STARTS),
        belongs_to("stage_id", "stages", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "key"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.Index("ix_sequences_stage_id", "workspace_id", "stage_id"),
    )

    #: The program's name for one that every workspace starts with, else a random one.
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    starts: Mapped[str] = mapped_column(Text, default="hand")
    stage_id: Mapped[UUID | None]
    #: What must have happened, and to what kind of lead, for `starts` = rule.
    rule: Mapped[dict] = mapped_column(JSONB, default=dict)
    #: Whether a lead that leaves the stage in which it began is taken off.
    ends_with_stage: Mapped[bool] = mapped_column(Boolean, default=True)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    version_no: Mapped[int] = mapped_column(Integer, default=1)
    steps: Mapped[list] = mapped_column(JSONB, default=list)
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class SequenceVersion(WorkspaceModel):
    """The steps of a sequence as they stood; a lead stays on the version it began with. Never changed."""

    __tablename__ = "sequence_versions"
    __table_args__ = (
        belongs_to("sequence_id", "sequences", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "sequence_id", "version_no"),
    )

    sequence_id: Mapped[UUID]
    version_no: Mapped[int] = mapped_column(Integer)
    steps: Mapped[list] = mapped_column(JSONB)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()


class Enrolment(WorkspaceModel):
    """A lead's way through a sequence: at most one at a time on each."""

    __tablename__ = "enrolments"
    __table_args__ = (
        one_of("state", ENROLMENT_STATES),
        one_of("started_how", STARTS),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("sequence_id", "sequences", ondelete="CASCADE"),
        belongs_to("stage_change_id", "stage_changes", ondelete="CASCADE"),
        db.Index(
            "uq_enrolments_under_way", "workspace_id", "sequence_id", "lead_id", unique=True,
            postgresql_where=_UNDER_WAY,
        ),
        db.Index("ix_enrolments_lead_id", "workspace_id", "lead_id", "state"),
        db.Index("ix_enrolments_sequence_id", "workspace_id", "sequence_id", "state", "started_at", "id"),
        db.UniqueConstraint("workspace_id", "stage_change_id", "sequence_id"),
    )  # fmt: skip

    lead_id: Mapped[UUID]
    sequence_id: Mapped[UUID]
    version_no: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text, default="active")
    started_how: Mapped[str] = mapped_column(Text)
    started_by: Mapped[UUID | None]
    started_at: Mapped[datetime] = created_moment()
    #: From when the delays are counted: the start, moved on by the days of each pause.
    counts_from: Mapped[datetime] = created_moment()
    #: The move by which it began; it ends with the stage that the move led to.
    stage_change_id: Mapped[UUID | None]
    paused_at: Mapped[datetime | None] = moment(nullable=True)
    paused_until: Mapped[datetime | None] = moment(nullable=True)
    ended_at: Mapped[datetime | None] = moment(nullable=True)
    #: Why it was paused or ended, as a code: replied, opted_out, booked, left_stage, by_person, finished …
    why: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
