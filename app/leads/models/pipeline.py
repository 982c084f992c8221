"""The pipeline: its stages, how full they are, and every move of a lead through them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, sealed_column
from app.extensions import db


class Pipeline(WorkspaceModel):
    """An ordered set of stages."""

    __tablename__ = "pipelines"
    __table_args__ = (db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),)

    name: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(SmallInteger, default=0)


class Stage(WorkspaceModel):
    """A step of the pipeline. `key` is the program's name for it, `name` the people's."""

    __tablename__ = "stages"
    __table_args__ = (
        db.UniqueConstraint("workspace_id", "pipeline_id", "key"),
        belongs_to("pipeline_id", "pipelines", ondelete="CASCADE"),
    )

    pipeline_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(SmallInteger)
    colour: Mapped[str] = mapped_column(Text)
    follow_up_days: Mapped[int | None] = mapped_column(SmallInteger)
    is_final: Mapped[bool] = mapped_column(Boolean, default=False)
    retired_at: Mapped[datetime | None] = moment(nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


#: Stands for "nobody" in counters, whose key can't be NULL.
NOBODY = UUID(int=0)


class StageCounter(db.Model):
    """How many leads of an owner a stage holds and what they are worth a year; kept by a trigger at every commit.

    By owner, so that a sales person's board is exact as well without counting leads.
    """

    __tablename__ = "stage_counters"
    __table_args__ = (belongs_to("stage_id", "stages", ondelete="CASCADE"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    stage_id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_key: Mapped[UUID] = mapped_column(primary_key=True)
    leads: Mapped[int] = mapped_column(BigInteger, default=0)
    annual_minor: Mapped[int] = mapped_column(BigInteger, default=0)


class StageChange(WorkspaceModel):
    """One move of a lead: from where to where, by whom, why, and how long it had stayed, in the names of then."""

    __tablename__ = "stage_changes"
    __table_args__ = (
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("from_stage_id", "stages"),
        belongs_to("to_stage_id", "stages"),
        db.Index("ix_stage_changes_lead_id", "workspace_id", "lead_id", "at"),
        db.Index("ix_stage_changes_to_stage_id", "workspace_id", "to_stage_id", "at"),
    )

    lead_id: Mapped[UUID]
    from_stage_id: Mapped[UUID | None]
    to_stage_id: Mapped[UUID]
    from_name: Mapped[str | None] = mapped_column(Text)
    to_name: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None]
    reason_sealed: Mapped[bytes | None] = sealed_column()
    seconds_in_stage: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = created_moment()

    reason = Sealed()
