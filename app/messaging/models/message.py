"""Templates, messages, the attempts to send them, and who must not be written to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.extensions import db

CHANNELS = ("email", "sms")
#: What a reply says: yes, yes with something to settle, no, a question, nothing that Sill dares to judge, a machine.
TRIAGE = ("yes", "yes_but", "no", "question", "unclear", "automatic")
STATES = ("queued", "sending", "sent", "delivered", "failed", "uncertain", "refused", "cancelled", "received")


class MessageTemplate(WorkspaceModel):
    """Words with variables. `purpose` decides on which basis they may be sent."""

    __tablename__ = "message_templates"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("purpose", ("service", "marketing")),
        db.UniqueConstraint("workspace_id", "key"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text, default="service")
    subject: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)
    #: Raised with every change of its words; messages keep which one they were made of.
    version_no: Mapped[int] = mapped_column(Integer, default=1)
    #: Offered under a conversation for an answer in two taps.
    is_quick_reply: Mapped[bool] = mapped_column(Boolean, default=False)
    archived_at: Mapped[datetime | None] = moment(nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class MessageTemplateVersion(WorkspaceModel):
    """The words of a template as they stood. Never changed."""

    __tablename__ = "message_template_versions"
    __table_args__ = (
        belongs_to("template_id", "message_templates", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "template_id", "version_no"),
    )

    template_id: Mapped[UUID]
    version_no: Mapped[int] = mapped_column(Integer)
    purpose: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()


class Message(WorkspaceModel):
    """One email or SMS. `lead_id` is empty for mail to staff (invitations)."""

    __tablename__ = "messages"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("direction", ("out", "in")),
        one_of("purpose", ("service", "marketing")),
        one_of("state", STATES),
        one_of("triage", TRIAGE),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("contact_id", "contacts", ondelete="CASCADE"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.Index("ix_messages_contact_id", "workspace_id", "contact_id", "created_at", "id"),
        db.Index("ix_messages_template_key", "workspace_id", "template_key", "created_at"),
        db.Index("ix_messages_lead_id", "workspace_id", "lead_id", "created_at"),
        db.Index("ix_messages_state", "workspace_id", "state", "channel", "created_at", "id"),
        db.Index("ix_messages_provider_id", "workspace_id", "provider_id"),
    )

    lead_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    channel: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(Text, default="out")
    purpose: Mapped[str] = mapped_column(Text, default="service")
    state: Mapped[str] = mapped_column(Text, default="queued")
    recipient_sealed: Mapped[bytes] = sealed_column(nullable=False)
    subject_sealed: Mapped[bytes | None] = sealed_column()
    body_sealed: Mapped[bytes] = sealed_column(nullable=False)
    html_sealed: Mapped[bytes | None] = sealed_column()
    template_key: Mapped[str | None] = mapped_column(Text)
    template_version_no: Mapped[int | None] = mapped_column(Integer)
    #: The message of ours or theirs that this one answers.
    answers_id: Mapped[UUID | None]
    #: The Message-ID that a received mail came with, for the headers of our answer.
    mail_id_sealed: Mapped[bytes | None] = sealed_column()
    #: What a received message says, of TRIAGE; `triaged_by` is the person who said so, None for Sill itself.
    triage: Mapped[str | None] = mapped_column(Text)
    triaged_by: Mapped[UUID | None]
    resend_when_unsure: Mapped[bool] = mapped_column(Boolean, default=False)
    provider: Mapped[str | None] = mapped_column(Text)
    provider_id: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    sent_at: Mapped[datetime | None] = moment(nullable=True)
    delivered_at: Mapped[datetime | None] = moment(nullable=True)
    opened_at: Mapped[datetime | None] = moment(nullable=True)
    clicked_at: Mapped[datetime | None] = moment(nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    recipient = Sealed()
    subject = Sealed()
    body = Sealed()
    html = Sealed()
    mail_id = Sealed()

    __mapper_args__ = {"version_id_col": version}


class DeliveryAttempt(WorkspaceModel):
    """One try to hand a message to its provider, written before the call, so that a crash leaves a trace."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        one_of("outcome", ("begun", "accepted", "refused", "not_sent", "unclear")),
        belongs_to("message_id", "messages", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "message_id", "attempt"),
    )

    message_id: Mapped[UUID]
    attempt: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[str] = mapped_column(Text, default="begun")
    error: Mapped[str | None] = mapped_column(Text)
    begun_at: Mapped[datetime] = created_moment()
    finished_at: Mapped[datetime | None] = moment(nullable=True)


class Suppression(WorkspaceModel):
    """An address that must not be written to. The keyed hash outlives the contact."""

    __tablename__ = "suppressions"
    __table_args__ = (
        one_of("channel", CHANNELS),
        db.UniqueConstraint("workspace_id", "channel", "address_key"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    channel: Mapped[str] = mapped_column(Text)
    address_key: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(Text)
    #: Through what it came: reply, link, webhook, person, bounce, provider.
    source: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
