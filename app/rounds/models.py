"""Rounds: which postcode districts are cleaned on which days, and the days on which nobody works."""

from datetime import date, datetime
from functools import cached_property

from sqlalchemy import Boolean, Date, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.catalogue import known
from app.core.models import WorkspaceModel, created_moment
from app.extensions import db


class Round(WorkspaceModel):
    """A day's work in an area that comes round every few weeks, counted from `first_day`.

    `areas` are postcode districts (BA5) or sectors (BA5 2); `capacity` is how many jobs fit into one day.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.CheckConstraint("every_weeks between 1 and 52", name="every_weeks"),
        db.CheckConstraint("capacity between 1 and 200", name="capacity"),
        db.UniqueConstraint("workspace_id", "name"),
    )

    name: Mapped[str] = mapped_column(Text)
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    first_day: Mapped[date] = mapped_column(Date)
    every_weeks: Mapped[int] = mapped_column(SmallInteger, default=4)
    capacity: Mapped[int] = mapped_column(SmallInteger, default=8)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Closure(WorkspaceModel):
    """Days on which the business is closed, first and last one included."""

    __tablename__ = "closures"
    __table_args__ = (
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.CheckConstraint("ends_on >= starts_on", name="ends_on"),
        db.Index("ix_closures_ends_on", "workspace_id", "ends_on"),
    )

    name: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = created_moment()


class ClosedDays:
    """The days of closure of the workspace in scope, as a container of dates. Read when first asked for."""

    @cached_property
    def _closures(self) -> list[Closure]:
        return known(Closure)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and any(each.starts_on <= day <= each.ends_on for each in self._closures)
