"""Through whom a workspace sends and receives, where it does not use the installation's own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, created_moment, moment, one_of, sealed_column
from app.extensions import db

#: What each provider is for: channel -> kinds.
PROVIDERS = {"email": ("smtp",), "sms": ("twilio", "gateway"), "inbox": ("imap",)}


class MessageProvider(WorkspaceModel):
    """A provider's settings, secrets among them, as sealed JSON. `progress` is how far the inbox has been read."""

    __tablename__ = "message_providers"
    __table_args__ = (
        one_of("channel", tuple(PROVIDERS)),
        one_of("kind", tuple(kind for kinds in PROVIDERS.values() for kind in kinds)),
        db.UniqueConstraint("workspace_id", "channel"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    channel: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    settings_sealed: Mapped[bytes] = sealed_column(nullable=False)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    progress: Mapped[dict] = mapped_column(JSONB, default=dict)
    tested_at: Mapped[datetime | None] = moment(nullable=True)
    #: What the last test or reading ended with, as a code; None when it went well.
    error: Mapped[str | None] = mapped_column(Text)
    updated_by: Mapped[UUID | None]
    updated_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    settings = Sealed()

    __mapper_args__ = {"version_id_col": version}
