"""How a workspace reaches its Squeegee, what is whose there, and whether it answers."""

import base64
import secrets
from datetime import datetime

from sqlalchemy import Boolean, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, moment, sealed_column
from app.extensions import db


class SqueegeeAccount(WorkspaceModel):
    """How this workspace reaches its Squeegee. One row a workspace. What is left empty follows Sill's defaults."""

    __tablename__ = "squeegee_accounts"
    __table_args__ = (
        db.UniqueConstraint("workspace_id"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    base_url: Mapped[str] = mapped_column(Text, default="")
    token_sealed: Mapped[bytes | None] = sealed_column()
    webhook_secret_sealed: Mapped[bytes | None] = sealed_column()
    #: Our services and extras to the ids of theirs.
    service_ids: Mapped[dict] = mapped_column(JSONB, default=dict)
    #: Our rhythms to theirs: {"8_weekly": {"kind": "weeks", "interval": 8}}.
    frequencies: Mapped[dict] = mapped_column(JSONB, default=dict)
    #: What a job is tagged with, as patterns like "{district}" or plain words. None: the default.
    tags: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    #: How a job's notes are put together; empty: the default.
    notes_template: Mapped[str] = mapped_column(Text, default="")
    #: Which round works where: [{"round": "Wells, Tuesday", "districts": ["BA5"]}].
    rounds: Mapped[list[dict]] = mapped_column(JSONB, default=list)
    #: The columns of the batch file: [{"title": "Cust Ref", "fact": "reference"}]; empty: the default.
    file_columns: Mapped[list[dict]] = mapped_column(JSONB, default=list)
    #: Paths and field names of the API where they differ from the known ones, and those of its reading end, if any.
    wire: Mapped[dict] = mapped_column(JSONB, default=dict)
    #: Whether a quote is made for each other rung of the accepted offer.
    sends_quotes: Mapped[bool] = mapped_column(Boolean, default=False)
    tested_at: Mapped[datetime | None] = moment(nullable=True)
    test_outcome: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    token = Sealed()
    webhook_secret = Sealed()

    def renew_webhook_secret(self) -> str:
        """Make and keep a new secret that signs booking confirmations (form of standardwebhooks.com); returns it."""
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        self.webhook_secret = secret
        return secret

    __mapper_args__ = {"version_id_col": version}


class SqueegeeCircuit(WorkspaceModel):
    """Whether the API of a workspace's Squeegee answers. Open: nothing is sent until a trial has come through."""

    __tablename__ = "squeegee_circuits"
    __table_args__ = (
        db.UniqueConstraint("workspace_id"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    #: Failures in a row since the last answer that was one.
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    #: When it opened; None while it is closed.
    opened_at: Mapped[datetime | None] = moment(nullable=True)
    #: From when one trial may go; while it is under way it is pushed on, so that there is only one.
    trial_at: Mapped[datetime | None] = moment(nullable=True)
    reason: Mapped[str | None] = mapped_column(Text)
