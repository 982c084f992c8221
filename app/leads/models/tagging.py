"""How people mark leads: tags that everyone sees, and stars of one's own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment
from app.extensions import db

TAG_COLOURS = ("grey", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")


class Tag(WorkspaceModel):
    """A word that the workspace hangs on leads."""

    __tablename__ = "tags"
    __table_args__ = (
        db.UniqueConstraint("workspace_id", "name"),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    name: Mapped[str] = mapped_column(Text)
    colour: Mapped[str] = mapped_column(Text, default="grey")
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class LeadTag(db.Model):
    """A tag on a lead."""

    __tablename__ = "lead_tags"
    __table_args__ = (
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("tag_id", "tags", ondelete="CASCADE"),
        db.Index("ix_lead_tags_tag_id", "workspace_id", "tag_id", "lead_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(primary_key=True)


class Favourite(db.Model):
    """A star that a member gave a lead; nobody else sees it."""

    __tablename__ = "favourites"
    __table_args__ = (
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("user_id", "memberships", parent="user_id", ondelete="CASCADE"),
        db.Index("ix_favourites_lead_id", "workspace_id", "lead_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
