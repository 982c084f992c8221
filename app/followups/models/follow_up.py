"""What follows when a lead enters a stage: the rules, and what they planned."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Integer, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment, moment, one_of
from app.extensions import db

#: What a step can be. `stage`, `wait` and `branch` are Sill's own affair; people see the others as their acts.
KINDS = ("email", "sms", "call", "task", "stage", "wait", "branch")
STATES = ("planned", "queued", "done", "cancelled", "skipped")


class FollowUpRule(WorkspaceModel):
    """Entering `stage_id` plans this after `delay_days` and `delay_minutes`, in business hours unless `any_hour`."""

    __tablename__ = "follow_up_rules"
    __table_args__ = (
        one_of("kind", ("email", "sms", "call", "task")),
        belongs_to("stage_id", "stages", ondelete="CASCADE"),
        belongs_to("template_id", "message_templates"),
        db.Index("ix_follow_up_rules_stage_id", "workspace_id", "stage_id"),
    )

    stage_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    delay_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    delay_minutes: Mapped[int] = mapped_column(Integer, default=0)
    any_hour: Mapped[bool] = mapped_column(Boolean, default=False)
    counts_as_attempt: Mapped[bool] = mapped_column(Boolean, default=True)
    template_id: Mapped[UUID | None]
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)


class FollowUp(WorkspaceModel):
    """One planned act with a lead. Messages are sent by the worker when due; calls and tasks wait for a person."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("state", STATES),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("rule_id", "follow_up_rules"),
        belongs_to("stage_change_id", "stage_changes", ondelete="CASCADE"),
        belongs_to("enrolment_id", "enrolments", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "stage_change_id", "rule_id"),
        db.UniqueConstraint("workspace_id", "enrolment_id", "step_key"),
        db.Index("ix_follow_ups_message_id", "workspace_id", "message_id"),
        db.Index("ix_follow_ups_sequence_id", "workspace_id", "sequence_id", "created_at", "step_key", "state"),
        db.Index("ix_follow_ups_lead_id", "workspace_id", "lead_id", "state", "due_at"),
        db.Index("ix_follow_ups_due", "workspace_id", "due_at", postgresql_where=text("state = 'planned'")),
    )

    lead_id: Mapped[UUID]
    rule_id: Mapped[UUID | None]
    stage_change_id: Mapped[UUID | None]
    enrolment_id: Mapped[UUID | None]
    #: The enrolment's, kept here too for the figures of a sequence.
    sequence_id: Mapped[UUID | None]
    step_key: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = moment()
    state: Mapped[str] = mapped_column(Text, default="planned")
    why: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    finished_at: Mapped[datetime | None] = moment(nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
