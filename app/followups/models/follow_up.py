"""One planned act with a lead."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.core.sealed_columns import Binding
from app.extensions import db
from app.leads.models import ACT_WORDS_BOUND_TO, act_name, open_act_words, seal_act_words

#: What a step can be. `stage`, `wait` and `branch` are Sill's own affair; people see the others as their acts.
KINDS = ("email", "sms", "call", "task", "stage", "wait", "branch")
STATES = ("planned", "queued", "done", "cancelled", "skipped")


class FollowUp(WorkspaceModel):
    """One planned act with a lead. Messages are sent by the worker when due; calls and tasks wait for a person.

    One that belongs to a sequence names its enrolment and step; the database refuses a second one of the same step.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("state", STATES),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("stage_change_id", "stage_changes", ondelete="CASCADE"),
        belongs_to("enrolment_id", "enrolments", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "enrolment_id", "step_key"),
        db.Index("ix_follow_ups_message_id", "workspace_id", "message_id"),
        db.Index("ix_follow_ups_sequence_id", "workspace_id", "sequence_id", "created_at", "step_key", "state"),
        db.Index("ix_follow_ups_lead_id", "workspace_id", "lead_id", "state", "due_at"),
        db.Index("ix_follow_ups_due", "workspace_id", "due_at", postgresql_where=text("state = 'planned'")),
    )

    lead_id: Mapped[UUID]
    #: The move by which it was planned; it is off when the lead leaves that stage.
    stage_change_id: Mapped[UUID | None]
    enrolment_id: Mapped[UUID | None]
    #: The enrolment's, kept here too for the figures of a sequence.
    sequence_id: Mapped[UUID | None]
    #: Of the sequence; what was planned apart from any says by it what it is for (services/questions.py).
    step_key: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    #: What it is called by Sill or by its sequence; what a person calls it stands in `words`.
    title: Mapped[str] = mapped_column(Text)
    #: Sealed as the next words of its lead, so that the lead can show them as they stand.
    words_sealed: Mapped[bytes | None] = sealed_column(binding=Binding(*ACT_WORDS_BOUND_TO, row="lead_id"))
    due_at: Mapped[datetime] = moment()
    state: Mapped[str] = mapped_column(Text, default="planned")
    #: Why it was called off or left out, as a code; of a branch that is done, its answer: yes or no.
    why: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    finished_at: Mapped[datetime | None] = moment(nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def words(self) -> str | None:
        """What the person who planned it calls it, None when its title is its name."""
        return open_act_words(self.words_sealed, self.lead_id)

    @words.setter
    def words(self, words: str | None) -> None:
        self.words_sealed = seal_act_words(words, self.lead_id)

    @property
    def name(self) -> str:
        """What people see."""
        return act_name(self.title, self.words_sealed, self.lead_id)
