"""The price book: what work costs, in versions that are never changed once written."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import WorkspaceModel, created_moment
from app.extensions import db


class PriceBook(WorkspaceModel):
    """One version of a workspace's prices, valid from a day until the next one begins.

    `content` is what price_book.queries reads into a Book; it is written once, so that a quote can always show how
    its price came about.
    """

    __tablename__ = "price_books"
    __table_args__ = (
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "version_no"),
        db.Index("ix_price_books_valid_from", "workspace_id", "valid_from", "version_no"),
    )

    version_no: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column(Date)
    content: Mapped[dict] = mapped_column(JSONB)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
