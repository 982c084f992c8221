"""What customers write to us: one conversation a contact, and what has arrived and could not be placed by itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.extensions import db

#: What can arrive: a mail, a text, a call that nobody took.
ARRIVAL_CHANNELS = ("email", "sms", "call")
#: `waiting` is for a person; `placed` became a message; `bounce` told of a mail of ours; `ignored` was put aside.
ARRIVAL_STATES = ("waiting", "placed", "bounce", "ignored")


class Conversation(WorkspaceModel):
    """All that was written with one contact, by whatever channel. Its lead, on which hangs who sees it, is the one that
    was last written about; what Sill writes by itself does not count while something is unread.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        one_of("state", ("open", "done")),
        one_of("last_direction", ("out", "in")),
        belongs_to("contact_id", "contacts", ondelete="CASCADE"),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("owner_id", "memberships", parent="user_id"),
        db.UniqueConstraint("workspace_id", "contact_id"),
        db.Index("ix_conversations_state", "workspace_id", "state", "last_at", "id"),
        db.Index("ix_conversations_owner_id", "workspace_id", "owner_id", "state", "last_at", "id"),
        db.Index("ix_conversations_lead_id", "workspace_id", "lead_id"),
        db.Index("ix_conversations_unread", "workspace_id", "last_at", "id", postgresql_where=text("unread_count > 0")),
        db.Index(
            "ix_conversations_snoozed_until", "workspace_id", "snoozed_until", "id",
            postgresql_where=text("snoozed_until is not null"),
        ),
    )  # fmt: skip

    contact_id: Mapped[UUID]
    lead_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text, default="open")
    owner_id: Mapped[UUID | None]
    last_message_id: Mapped[UUID]
    last_at: Mapped[datetime] = moment()
    #: Who has the last word, the customer (`in`) or one of us; what Sill writes by itself leaves that as it is.
    last_direction: Mapped[str] = mapped_column(Text)
    unread_count: Mapped[int] = mapped_column(Integer, default=0)
    snoozed_until: Mapped[datetime | None] = moment(nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Arrival(WorkspaceModel):
    """Something that came in. `arrival_key` is a keyed hash of its provider's name for it: nothing comes in twice."""

    __tablename__ = "arrivals"
    __table_args__ = (
        one_of("channel", ARRIVAL_CHANNELS),
        one_of("state", ARRIVAL_STATES),
        belongs_to("message_id", "messages", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "arrival_key"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.Index("ix_arrivals_state", "workspace_id", "state", "received_at", "id"),
        db.Index("ix_arrivals_message_id", "workspace_id", "message_id"),
        db.Index("ix_arrivals_sender_key", "workspace_id", "sender_key", "received_at"),
    )

    channel: Mapped[str] = mapped_column(Text)
    arrival_key: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text, default="waiting")
    #: Why a person must place it, as a code: unknown_sender, several_leads, other_sender, …
    why: Mapped[str | None] = mapped_column(Text)
    sender_sealed: Mapped[bytes] = sealed_column(nullable=False)
    #: Blind index of the address or the number, None where a call hid its own.
    sender_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sender_name_sealed: Mapped[bytes | None] = sealed_column()
    subject_sealed: Mapped[bytes | None] = sealed_column()
    body_sealed: Mapped[bytes | None] = sealed_column()
    mail_id_sealed: Mapped[bytes | None] = sealed_column()
    #: Leads it may belong to, the likeliest first.
    candidate_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    message_id: Mapped[UUID | None]
    received_at: Mapped[datetime] = created_moment()
    settled_at: Mapped[datetime | None] = moment(nullable=True)
    settled_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    sender = Sealed()
    sender_name = Sealed()
    subject = Sealed()
    body = Sealed()
    mail_id = Sealed()

    __mapper_args__ = {"version_id_col": version}
