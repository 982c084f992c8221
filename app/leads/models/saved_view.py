"""What people keep of the list and the board: filters by name, and the columns they like."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, belongs_to, created_moment, one_of
from app.extensions import db

PAGES = ("list", "board")


class SavedView(WorkspaceModel):
    """A filter with its order and columns, under a name; shared ones are everyone's to use, its maker's to change.

    It opens on the list and on the board alike; `page` says where it was made.
    """

    __tablename__ = "saved_views"
    __table_args__ = (
        one_of("page", PAGES),
        belongs_to("user_id", "memberships", parent="user_id", ondelete="CASCADE"),
        db.Index("ix_saved_views_user_id", "workspace_id", "user_id"),
    )

    user_id: Mapped[UUID]
    page: Mapped[str] = mapped_column(Text, default="list")
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[list] = mapped_column(JSONB, default=list)
    columns: Mapped[list | None] = mapped_column(JSONB(none_as_null=True))
    is_shared: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ListPreference(db.Model):
    """How a member likes the list: its columns in order, and the view it opens with; and the one the board does."""

    __tablename__ = "list_preferences"
    __table_args__ = (
        belongs_to("user_id", "memberships", parent="user_id", ondelete="CASCADE"),
        belongs_to("default_view_id", "saved_views"),
        belongs_to("board_view_id", "saved_views"),
        db.Index("ix_list_preferences_default_view_id", "workspace_id", "default_view_id"),
        db.Index("ix_list_preferences_board_view_id", "workspace_id", "board_view_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    columns: Mapped[list | None] = mapped_column(JSONB(none_as_null=True))
    default_view_id: Mapped[UUID | None]
    board_view_id: Mapped[UUID | None]
